// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/hover_reading.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "ui/scenes/colour_map.h"
#include "ui/scenes/snapshot_parts.h"

namespace anamorph {
namespace {

constexpr qsizetype most_further = 3;  ///< more would cover the map

QString joined(const Points& point, const Vector& extent, const QString& unit) {
    QString text;
    for (Index a = 0; a < point.cols(); ++a) {
        if (a > 0) text += QStringLiteral(", ");
        text += coordinate_text(point(0, a), extent(a));
    }
    return unit.isEmpty() ? text : text + QChar(' ') + unit;
}

double spread_of(const Limits& limits) { return limits.upper - limits.lower; }

void read_model(const SpatialMapSource& source, Space space, const Points& at, HoverReading& r) {
    try {
        if (space == Space::geographic) {
            r.u_in_deformed = source.deformed_from_geographic(at);
        } else {
            r.u_in_deformed = at;
            r.x_in_geographic = source.geographic_from_deformed(at);
        }
        const Points& x = *r.x_in_geographic;
        r.log_abs_det = source.log_abs_det_jacobian(x)(0);
        if (x.cols() == 2) {
            const Matrix ranges = source.local_ranges(x);
            r.major_range = ranges(0, 0);
            r.minor_range = ranges(0, 1);
            r.angle = ranges(0, 2);
        }
    } catch (const Error&) {
        // Outside the image of f there is no geographic point: the reading stays without it.
        if (space == Space::deformed) r.x_in_geographic.reset();
    }
}

}  // namespace

QString coordinate_text(double value, double extent) {
    const double step = extent > 0.0 ? std::pow(10.0, std::floor(std::log10(extent / 500.0))) : 1.0;
    return QString::fromStdString(tick_label(value, std::min(step, 1e6)));
}

QString value_text(double value, double spread) {
    const double step = spread > 0.0 ? std::pow(10.0, std::floor(std::log10(spread)) - 2.0) : 0.01;
    return QString::fromStdString(tick_label(value, step));
}

HoverReading read_at(const SpacesSnapshot& snapshot, const SpatialMapSource* source, Space space,
                     const Points& at, Index site) {
    HoverReading r;
    r.site = site;
    if (site >= 0 && site < snapshot.values.size()) {
        r.value = snapshot.values(site);
        r.x_in_geographic = snapshot.sites.in_geographic.row(site);
        if (snapshot.has_model && snapshot.sites.in_deformed.row(site).allFinite())
            r.u_in_deformed = snapshot.sites.in_deformed.row(site);
        if (source != nullptr) read_model(*source, Space::geographic, *r.x_in_geographic, r);
    } else if (space == Space::geographic || !snapshot.has_model) {
        r.x_in_geographic = at;
        if (source != nullptr) read_model(*source, Space::geographic, at, r);
    } else if (source != nullptr) {
        read_model(*source, space, at, r);
    } else {
        r.u_in_deformed = at;
    }
    if (snapshot.grid_map && r.x_in_geographic) {
        const Index cell = cell_at(snapshot.grid_map->grid, *r.x_in_geographic);
        if (cell >= 0 && std::isfinite(snapshot.grid_map->mean(cell))) {
            r.mean = snapshot.grid_map->mean(cell);
            r.standard_deviation = snapshot.grid_map->standard_deviation(cell);
            for (const FurtherLayer& layer : snapshot.grid_map->further)
                if (r.further.size() < most_further)
                    r.further.append({QString::fromStdString(layer.title()), layer.values(cell),
                                      layer.in_value_unit()});
        }
    }
    return r;
}

QList<HoverReading::Line> HoverReading::lines(const SpacesSnapshot& s) const {
    const QString unit = QString::fromStdString(s.coordinate_unit);
    const QString value_unit = s.value_unit.empty() ? QString() : QChar(' ') + QString::fromStdString(s.value_unit);
    const Vector extent = s.upper_in_geographic - s.lower_in_geographic;
    QList<Line> all;
    Line where;
    if (x_in_geographic) where.append({QStringLiteral("at"), joined(*x_in_geographic, extent, unit)});
    if (u_in_deformed) where.append({QStringLiteral("deformed"), joined(*u_in_deformed, extent, {})});
    if (!where.isEmpty()) all.append(where);

    const double spread = spread_of(s.value_limits);
    Line what;
    if (value)
        what.append({QStringLiteral("site %1").arg(QString::fromStdString(tick_label(static_cast<double>(site + 1), 1.0))), value_text(*value, spread) + value_unit});
    if (mean)
        what.append({QStringLiteral("prediction"),
                     value_text(*mean, spread) + QStringLiteral(" ± ") +
                         value_text(*standard_deviation, spread) + (value ? QString() : value_unit)});
    if (!what.isEmpty()) all.append(what);
    for (const Further& layer : further)
        all.append(Line{{layer.title, layer.in_value_unit
                                          ? value_text(layer.number, spread) + value_unit
                                          : QString::number(layer.number, 'f', 3)}});

    Line strain;
    if (major_range && minor_range && angle)
        strain.append({QStringLiteral("local range"),
                       coordinate_text(*major_range, extent.maxCoeff()) + QStringLiteral(" × ") +
                           coordinate_text(*minor_range, extent.maxCoeff()) +
                           (unit.isEmpty() ? QString() : QChar(' ') + unit) +
                           QStringLiteral(", %1°").arg(std::lround(*angle))});
    if (log_abs_det)
        strain.append({QStringLiteral("log|det J|"), QString::fromStdString(tick_label(*log_abs_det, 0.01))});
    if (!strain.isEmpty()) all.append(strain);
    return all;
}

QString HoverReading::text(const SpacesSnapshot& s) const {
    QStringList parts;
    for (const Line& line : lines(s))
        for (const auto& [label, number] : line) parts.append(label + QChar(' ') + number);
    return parts.join(QStringLiteral("  ·  "));
}

QString HoverReading::coordinates_text(const SpacesSnapshot& s) const {
    if (!x_in_geographic) return {};
    static const QStringList names{QStringLiteral("x"), QStringLiteral("y"), QStringLiteral("z")};
    QStringList parts;
    for (Index a = 0; a < x_in_geographic->cols(); ++a)
        parts.append(names[a] + QChar(' ') +
                     coordinate_text((*x_in_geographic)(0, a),
                                     s.upper_in_geographic(a) - s.lower_in_geographic(a)));
    return parts.join(QStringLiteral("  "));
}

}  // namespace anamorph
