// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QPolygonF>
#include <QTimer>
#include <QWidget>

#include "ui/controllers/site_raster_controller.h"
#include "ui/models/selection_model.h"
#include "ui/scenes/space_scene.h"
#include "ui/views/hover_card.h"
#include "ui/views/offscreen_renderer.h"
#include "ui/views/theme.h"

namespace anamorph {

/// One space on the screen: title, scene, axes, scale bar, read-out. It turns pointer and keys into
/// signals; the widget that holds both views answers them for both.
class SpaceView : public QWidget {
    Q_OBJECT
public:
    SpaceView(Space space, QWidget* parent = nullptr);
    ~SpaceView() override;

    [[nodiscard]] Space space() const { return space_; }
    [[nodiscard]] SpaceScene& scene() { return scene_; }
    [[nodiscard]] const SpaceScene& scene() const { return scene_; }
    /// Where the scene is drawn, in logical pixels of this widget.
    [[nodiscard]] QRectF plotRect() const;
    /// A pixel of the plot for a position in this widget.
    [[nodiscard]] Pixel plotPixel(const QPointF& position) const;

    void setTitles(const QString& title, const QString& subtitle);
    void setTheme(const Theme& theme);
    void setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot);
    void setCamera(const ViewCamera& camera);
    [[nodiscard]] const ViewCamera& camera() const { return camera_; }
    /// The scene has changed and must be drawn again. Each view renders in an event of its own, so
    /// that the window is never busy for two renderings in a row.
    void sceneChanged();
    /// A ring around the point (display coordinates) that the pointer is at in either view.
    void setMarker(const std::optional<Eigen::Vector3d>& display);
    void setCard(const QList<HoverReading::Line>& lines);  ///< empty: no card
    /// Outlines over the map, k×2 corners each in the coordinates of this space, and one that is being drawn,
    /// which follows the pointer.
    void setOutlines(std::vector<Points> closed, Points open);
    /// Clicks place corners instead of picking sites.
    void setDrawing(bool drawing);
    [[nodiscard]] const HoverCard* card() const { return card_; }
    /// Every site is on the screen; where there are very many, a part of them is drawn while the view
    /// moves and the rest when it rests.
    [[nodiscard]] bool showsAllSites() const;

    [[nodiscard]] QSize minimumSizeHint() const override { return {180, 160}; }
    [[nodiscard]] QSize sizeHint() const override { return {480, 520}; }

Q_SIGNALS:
    void plotResized(anamorph::Space space, QSizeF size);
    void zoomed(anamorph::Space space, QPointF pixel, double factor);
    void panned(anamorph::Space space, QPointF pixels);
    void rotated(QPointF pixels);
    void resetRequested();
    void pointerAt(anamorph::Space space, QPointF pixel);
    void pointerLeft();
    void picked(anamorph::Space space, QPointF pixel, anamorph::SiteSelection::Mode mode);
    void banded(anamorph::Space space, QRectF pixels, anamorph::SiteSelection::Mode mode);
    void clearRequested();
    // While outlines are drawn:
    void cornerPlaced(const anamorph::Points& at);  ///< 1×d, in the coordinates of this space
    void cornerTakenBack();
    void outlineClosed();
    void drawingEnded();

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    enum class Drag { none, undecided, pan, rotate, band };
    void drawTitles(QPainter& painter) const;
    /// "easting (km)"
    [[nodiscard]] QString axisTitle(int axis) const;
    void drawMarker(QPainter& painter) const;
    void drawBand(QPainter& painter) const;
    void drawOutlines(QPainter& painter) const;
    [[nodiscard]] QPolygonF onScreen(const Points& corners) const;
    void drawScene(QPainter& painter);
    void renderForScreen();
    [[nodiscard]] QImage renderScene(double ratio, OffscreenRenderer::Quality quality);
    void drawAllSitesAtRest();
    /// The sites have moved, or look different, since the picture of all of them was drawn.
    [[nodiscard]] bool allSitesAreStale() const;

    Space space_;
    SpaceScene scene_;
    OffscreenRenderer renderer_;
    ViewCamera camera_;
    Theme theme_ = Theme::light();
    std::shared_ptr<const SpacesSnapshot> snapshot_;
    QString title_, subtitle_;
    QImage picture_;
    QTimer render_timer_;  ///< one rendering for all changes of a turn of the event loop
    QImage all_sites_;         ///< every site, over picture_; null: not drawn, or not needed
    ViewCamera all_sites_camera_;
    long all_sites_version_ = -1;
    QTimer rest_timer_;        ///< ends when the view has not moved for a moment
    SiteRasterController site_raster_;
    std::optional<Eigen::Vector3d> marker_;
    HoverCard* card_;
    std::vector<Points> outlines_;
    Points open_outline_{0, 2};
    bool drawing_ = false;
    Drag drag_ = Drag::none;
    QPointF pressed_at_, last_at_;
};

}  // namespace anamorph
