// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <utility>

#include <QList>
#include <QString>

#include "ui/scenes/display_frame.h"
#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

/// What can be read at one point of one of the spaces.
struct HoverReading {
    std::optional<Points> x_in_geographic;  ///< 1×d; none where f has no inverse
    std::optional<Points> u_in_deformed;    ///< 1×d; none without a model
    Index site = -1;                        ///< the site under the pointer, or −1
    std::optional<double> value;            ///< measured there
    std::optional<double> mean, standard_deviation;          ///< of the map's cell
    /// Quantiles (true) and probabilities (false) of the map's cell, with their titles.
    struct Further {
        QString title;
        double number = 0.0;
        bool in_value_unit = true;
    };
    QList<Further> further;
    std::optional<double> major_range, minor_range, angle;   ///< of the local ellipse, d = 2
    std::optional<double> log_abs_det;

    /// Lines of (label, number) pairs: labels are drawn muted, numbers in ink.
    using Line = QList<std::pair<QString, QString>>;
    [[nodiscard]] QList<Line> lines(const SpacesSnapshot& snapshot) const;
    /// The same as one plain line, for the status bar.
    [[nodiscard]] QString text(const SpacesSnapshot& snapshot) const;
    /// "x 412 y 381": just the coordinates.
    [[nodiscard]] QString coordinates_text(const SpacesSnapshot& snapshot) const;
};

/// Reads the snapshot's map and, where there is one, the model (`source` may be null) at a point
/// (1×d) of `space`; `site` is the row of the site under the pointer or −1.
[[nodiscard]] HoverReading read_at(const SpacesSnapshot& snapshot, const SpatialMapSource* source,
                                   Space space, const Points& at, Index site);

/// A number with as many decimals as a picture of `extent` can resolve.
[[nodiscard]] QString coordinate_text(double value, double extent);
/// A measured quantity with three significant digits of its spread.
[[nodiscard]] QString value_text(double value, double spread);

}  // namespace anamorph
