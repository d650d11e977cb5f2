// SPDX-License-Identifier: GPL-3.0-or-later
// Pointer, wheel and keys over one space, as signals.
#include <cmath>
#include <utility>

#include <QApplication>
#include <QMouseEvent>
#include <QWheelEvent>

#include "ui/views/space_view.h"

namespace anamorph {
namespace {

SiteSelection::Mode mode_of(Qt::KeyboardModifiers modifiers, bool is_band) {
    if (modifiers & Qt::ControlModifier) return SiteSelection::Mode::toggle;
    if (!is_band && (modifiers & Qt::ShiftModifier)) return SiteSelection::Mode::add;
    return SiteSelection::Mode::replace;
}

}  // namespace

void SpaceView::mousePressEvent(QMouseEvent* event) {
    if (!snapshot_) return;
    pressed_at_ = last_at_ = event->position();
    drag_ = Drag::undecided;
    event->accept();
}

void SpaceView::mouseMoveEvent(QMouseEvent* event) {
    if (!snapshot_) return;
    const QPointF at = event->position();
    if (drag_ == Drag::undecided &&
        (at - pressed_at_).manhattanLength() >= QApplication::startDragDistance()) {
        const bool is_left = event->buttons() & Qt::LeftButton;
        drag_ = is_left && (event->modifiers() & Qt::ShiftModifier) ? Drag::band
                : is_left && snapshot_->dimension == 3              ? Drag::rotate
                                                                    : Drag::pan;
        setCard({});
        setCursor(drag_ == Drag::band ? Qt::CrossCursor : Qt::ClosedHandCursor);
    }
    const QPointF moved = at - last_at_;
    switch (drag_) {
        case Drag::none:
            last_at_ = at;
            if (drawing_) {
                update();
                return;
            }
            if (plotRect().contains(at))
                Q_EMIT pointerAt(space_, at - plotRect().topLeft());
            else
                Q_EMIT pointerLeft();
            return;
        case Drag::undecided: return;
        case Drag::pan: Q_EMIT panned(space_, moved); break;
        case Drag::rotate: Q_EMIT rotated(moved); break;
        case Drag::band: update(); break;
    }
    last_at_ = at;
}

void SpaceView::mouseReleaseEvent(QMouseEvent* event) {
    if (!snapshot_) return;
    const Drag drag = std::exchange(drag_, Drag::none);
    const QPointF origin = plotRect().topLeft();
    if (drawing_)
        setCursor(Qt::CrossCursor);
    else
        unsetCursor();
    if (drawing_ && drag == Drag::undecided && event->button() == Qt::LeftButton) {
        const Pixel pixel = plotPixel(event->position());
        if (plotRect().contains(event->position())) Q_EMIT cornerPlaced(scene_.frame().from_display(camera_.unproject(pixel)));
        return;
    }
    if (drag == Drag::band)
        Q_EMIT banded(space_, QRectF(pressed_at_ - origin, event->position() - origin).normalized(),
                      mode_of(event->modifiers(), true));
    else if (drag == Drag::undecided && event->button() == Qt::LeftButton)
        Q_EMIT picked(space_, event->position() - origin, mode_of(event->modifiers(), false));
    update();
}

void SpaceView::mouseDoubleClickEvent(QMouseEvent*) {
    if (!snapshot_) return;
    if (drawing_)
        Q_EMIT outlineClosed();
    else
        Q_EMIT resetRequested();
}

void SpaceView::wheelEvent(QWheelEvent* event) {
    if (!snapshot_) return;
    const double notches = event->angleDelta().y() / 120.0;
    if (notches != 0.0)
        Q_EMIT zoomed(space_, event->position() - plotRect().topLeft(), std::pow(1.25, notches));
    event->accept();
}

void SpaceView::keyPressEvent(QKeyEvent* event) {
    const QPointF middle = plotRect().center() - plotRect().topLeft();
    const auto pan = [this](double x, double y) { Q_EMIT panned(space_, QPointF(x, y)); };
    if (drawing_) {
        switch (event->key()) {
            case Qt::Key_Return:
            case Qt::Key_Enter: Q_EMIT outlineClosed(); return;
            case Qt::Key_Backspace: Q_EMIT cornerTakenBack(); return;
            case Qt::Key_Escape: Q_EMIT drawingEnded(); return;
            default: break;
        }
    }
    switch (event->key()) {
        case Qt::Key_Home:
        case Qt::Key_R: Q_EMIT resetRequested(); return;
        case Qt::Key_Plus:
        case Qt::Key_Equal: Q_EMIT zoomed(space_, middle, 1.25); return;
        case Qt::Key_Minus: Q_EMIT zoomed(space_, middle, 0.8); return;
        case Qt::Key_Left: return pan(40.0, 0.0);
        case Qt::Key_Right: return pan(-40.0, 0.0);
        case Qt::Key_Up: return pan(0.0, 40.0);
        case Qt::Key_Down: return pan(0.0, -40.0);
        case Qt::Key_Escape: Q_EMIT clearRequested(); return;
        default: QWidget::keyPressEvent(event);
    }
}

void SpaceView::leaveEvent(QEvent*) { Q_EMIT pointerLeft(); }

}  // namespace anamorph
