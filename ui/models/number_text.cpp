// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/number_text.h"

#include <cmath>

#include <QLocale>

namespace anamorph {

QString number_text(double value, int digits) {
    if (std::isnan(value)) return QStringLiteral("–");
    if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    const QLocale c = QLocale::c();
    const double magnitude = std::abs(value);
    QString text;
    if (magnitude >= 10000.0 && magnitude < 1e12) {
        const int decimals = std::max(0, digits - 1 - static_cast<int>(std::floor(std::log10(magnitude))));
        QLocale grouped(QLocale::English);
        text = grouped.toString(value, 'f', decimals);
    } else {
        text = c.toString(value, 'g', digits);
    }
    text.replace(QLatin1Char('-'), QChar(0x2212));
    return text;
}

QString number_with_unit(double value, const QString& unit, int digits) {
    const QString number = number_text(value, digits);
    return unit.isEmpty() ? number : number + QChar(0x00A0) + unit;
}

QString count_text(long long count) { return QLocale(QLocale::English).toString(count); }

QString duration_text(double seconds) {
    if (seconds < 10.0) return QStringLiteral("%1 s").arg(std::max(seconds, 0.0), 0, 'f', 1);
    const auto whole = static_cast<long long>(std::llround(seconds));
    if (whole < 60) return QStringLiteral("%1 s").arg(whole);
    if (whole < 3600) return QStringLiteral("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    return QStringLiteral("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

}  // namespace anamorph
