// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/number_text.h"

#include <algorithm>
#include <cmath>

#include <QLocale>

namespace anamorph {
namespace {

QString with_true_minus(QString text) { return text.replace(QLatin1Char('-'), QChar(0x2212)); }

/// "6.4 × 10⁻¹⁶"
QString power_text(double value, int digits) {
    const QString text = QLocale::c().toString(value, 'e', std::max(digits - 1, 0));
    const auto split = text.indexOf(QLatin1Char('e'));
    QString mantissa = text.left(split);
    while (mantissa.contains(QLatin1Char('.')) && mantissa.endsWith(QLatin1Char('0'))) mantissa.chop(1);
    if (mantissa.endsWith(QLatin1Char('.'))) mantissa.chop(1);
    static const QString raised = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString exponent;
    for (const QChar c : QString::number(text.mid(split + 1).toInt()))
        exponent += c == QLatin1Char('-') ? QChar(0x207B) : raised[c.digitValue()];
    return with_true_minus(mantissa) + QStringLiteral("\u00A0×\u00A010") + exponent;
}

}  // namespace

QString number_text(double value, int digits) {
    if (std::isnan(value)) return QStringLiteral("–");
    if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    const double magnitude = std::abs(value);
    if (magnitude == 0.0) return QStringLiteral("0");
    if (magnitude < 1e-4 || magnitude >= 1e12) return power_text(value, digits);
    const int decimals = std::clamp(digits - 1 - static_cast<int>(std::floor(std::log10(magnitude))), 0, 12);
    QString text = QLocale(QLocale::English).toString(value, 'f', decimals);
    if (decimals > 0) {  // no needless zeros
        while (text.endsWith(QLatin1Char('0'))) text.chop(1);
        if (text.endsWith(QLatin1Char('.'))) text.chop(1);
    }
    return with_true_minus(text);
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

QString memory_text(double bytes) {
    if (bytes < 0.0) return QStringLiteral("–");
    return bytes < 1e9 ? QStringLiteral("%1 MB").arg(number_text(std::max(1.0, std::round(bytes / 1e6)), 2))
                       : QStringLiteral("%1 GB").arg(number_text(bytes / 1e9, 2));
}

}  // namespace anamorph
