// SPDX-License-Identifier: GPL-3.0-or-later
// What the widget does when another one of the same sites is told something.
#include "ui/views/space_curves.h"
#include "ui/views/space_view.h"
#include "ui/views/spaces_widget.h"

namespace anamorph {

void SpacesWidget::followZoom(const Points& x_in_geographic, double factor) {
    if (!snapshot_ || snapshot_->dimension == 1) return;
    at_home_ = false;
    const Eigen::Vector3d at = geographic_->scene().frame().to_display(x_in_geographic, 0);
    cameras_.zoom(Space::geographic, cameras_.camera(Space::geographic).project(at), factor);
    applyCameras();
}

void SpacesWidget::followPan(QPointF pixels) {
    if (!snapshot_ || snapshot_->dimension == 1) return;
    at_home_ = false;
    cameras_.pan(Space::geographic, {pixels.x(), pixels.y()});
    applyCameras();
}

void SpacesWidget::followTurn(QPointF pixels) {
    if (!snapshot_ || snapshot_->dimension == 1) return;
    at_home_ = false;
    cameras_.rotate({pixels.x(), pixels.y()});
    applyCameras();
}

void SpacesWidget::followRange(double lower, double upper) {
    if (!snapshot_ || snapshot_->dimension != 1) return;
    at_home_ = false;
    geographic_curves_->setRangeFrom(lower, upper);
    deformed_curves_->setRangeFrom(lower, upper);
}

void SpacesWidget::followPointer(Space space, const Points& x_in_geographic, Index site) {
    if (!snapshot_ || snapshot_->dimension != x_in_geographic.cols()) return;
    reading_ = read_at(*snapshot_, source_.get(), Space::geographic, x_in_geographic, site);
    if (snapshot_->dimension == 1) return showCurveReading(space);
    showReading(space);
    // Nobody points here: both views need the ring.
    if (reading_.site < 0)
        view(space)->setMarker(view(space)->scene().frame().to_display(
            space == Space::geographic ? x_in_geographic : lookup_.deformed_from_geographic(x_in_geographic), 0));
}

void SpacesWidget::followPointerGone() { clearReading(); }

}  // namespace anamorph
