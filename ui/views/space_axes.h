// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QRectF>
#include <QString>

#include "ui/scenes/display_frame.h"
#include "ui/scenes/view_camera.h"
#include "ui/views/theme.h"

class QPainter;

namespace anamorph {

/// Draws the coordinates around a view: ticks and labels at the left and below (d = 2) or along the
/// edges of the box (d = 3), and a scale bar where the unit is known.
class SpaceAxes {
public:
    /// `plot`: where the scene is drawn, logical pixels of the widget.
    SpaceAxes(const DisplayFrame& frame, const ViewCamera& camera, const QRectF& plot,
              const Theme& theme)
        : frame_(frame), camera_(camera), plot_(plot), theme_(theme) {}

    /// With the titles of both axes: that of the first below, that of the second above its end. `degrees`: of
    /// longitude and latitude, at round parts of the full circle; those of latitude divide the right angle and
    /// end at the poles.
    void draw_planar(QPainter& painter, const QString& title_x, const QString& title_y, bool degrees = false) const;
    /// `lower`, `upper`: the box, display coordinates; names of the three axes.
    void draw_box(QPainter& painter, const Eigen::Vector3d& lower, const Eigen::Vector3d& upper,
                  const std::array<QString, 3>& names) const;
    void draw_scale_bar(QPainter& painter, const QString& unit) const;

private:
    void draw_edge(QPainter& painter, const Eigen::Vector3d& from, const Eigen::Vector3d& to, int axis,
                   const QPointF& middle, const QString& name) const;

    const DisplayFrame& frame_;
    const ViewCamera& camera_;
    QRectF plot_;
    const Theme& theme_;
};

}  // namespace anamorph
