// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/linked_spaces.h"

#include "ui/views/spaces_widget.h"

namespace anamorph {

template <class Action>
void LinkedSpaces::tell(const SpacesWidget* source, Action action) const {
    for (SpacesWidget* widget : widgets_)
        if (widget != source) action(*widget);
}

void LinkedSpaces::add(SpacesWidget* widget) {
    widgets_ << widget;
    connect(widget, &SpacesWidget::zoomedAround, this, [this, widget](const Points& x, double factor) {
        tell(widget, [&](SpacesWidget& other) { other.followZoom(x, factor); });
    });
    connect(widget, &SpacesWidget::pannedBy, this, [this, widget](QPointF pixels) {
        tell(widget, [&](SpacesWidget& other) { other.followPan(pixels); });
    });
    connect(widget, &SpacesWidget::turnedBy, this, [this, widget](QPointF pixels) {
        tell(widget, [&](SpacesWidget& other) { other.followTurn(pixels); });
    });
    connect(widget, &SpacesWidget::rangeShown, this, [this, widget](double lower, double upper) {
        tell(widget, [&](SpacesWidget& other) { other.followRange(lower, upper); });
    });
    connect(widget, &SpacesWidget::wentHome, this, [this, widget] {
        tell(widget, [](SpacesWidget& other) { other.resetView(); });
    });
    connect(widget, &SpacesWidget::pointedAt, this, [this, widget](Space space, const Points& x, qlonglong site) {
        tell(widget, [&](SpacesWidget& other) { other.followPointer(space, x, static_cast<Index>(site)); });
    });
    connect(widget, &SpacesWidget::pointerGone, this, [this, widget] {
        tell(widget, [](SpacesWidget& other) { other.followPointerGone(); });
    });
}

void LinkedSpaces::clear() {
    for (SpacesWidget* widget : widgets_) widget->disconnect(this);
    widgets_.clear();
}

}  // namespace anamorph
