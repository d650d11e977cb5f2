// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/space_view.h"

#include "ui/views/site_picture.h"

namespace anamorph {
namespace {

constexpr double left_margin = 58.0, right_margin = 14.0, top_margin = 46.0, bottom_margin = 38.0;
constexpr double title_height = 34.0;
constexpr int rest_ms = 120;  ///< without a movement for so long, a view rests

SceneTheme scene_theme_of(const Theme& theme) {
    const auto rgb = [](const QColor& c) { return Rgb{c.redF(), c.greenF(), c.blueF()}; };
    return {rgb(theme.card), rgb(theme.ink), rgb(theme.hairline), rgb(theme.accent)};
}

bool same_view(const ViewCamera& a, const ViewCamera& b) {
    return a.centre == b.centre && a.towards_eye == b.towards_eye && a.up == b.up &&
           a.units_per_pixel == b.units_per_pixel && a.size == b.size;
}

}  // namespace

SpaceView::SpaceView(Space space, QWidget* parent)
    : QWidget(parent), space_(space), scene_(space), renderer_(scene_.renderer()), card_(new HoverCard(this)) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAttribute(Qt::WA_OpaquePaintEvent);
    render_timer_.setSingleShot(true);
    render_timer_.setInterval(0);
    connect(&render_timer_, &QTimer::timeout, this, &SpaceView::renderForScreen);
    rest_timer_.setSingleShot(true);
    rest_timer_.setInterval(rest_ms);
    connect(&rest_timer_, &QTimer::timeout, this, &SpaceView::drawAllSitesAtRest);
    connect(&site_raster_, &SiteRasterController::drawn, this, [this](const SiteRaster& raster) {
        if (allSitesAreStale()) return;
        all_sites_ = image_of(raster, devicePixelRatioF());
        update();
    });
    // The first drawing makes the OpenGL context, which takes time: better before there are data.
    QTimer::singleShot(space == Space::geographic ? 80 : 160, this, [this] {
        if (!snapshot_) (void)renderer_.render(QSize(16, 16), OffscreenRenderer::Quality::on_screen);
    });
    setAccessibleName(space == Space::geographic ? tr("Geographic space") : tr("Deformed space"));
}

SpaceView::~SpaceView() = default;

QRectF SpaceView::plotRect() const {
    if (snapshot_ && snapshot_->dimension == 3)  // the axes are at the box, within the plot
        return QRectF(right_margin, title_height, std::max(10.0, width() - 2.0 * right_margin),
                      std::max(10.0, height() - title_height - right_margin));
    return QRectF(left_margin, top_margin, std::max(10.0, width() - left_margin - right_margin),
                  std::max(10.0, height() - top_margin - bottom_margin));
}

Pixel SpaceView::plotPixel(const QPointF& position) const {
    const QPointF at = position - plotRect().topLeft();
    return {at.x(), at.y()};
}

void SpaceView::setTitles(const QString& title, const QString& subtitle) {
    title_ = title;
    subtitle_ = subtitle;
    update();
}

void SpaceView::setTheme(const Theme& theme) {
    theme_ = theme;
    scene_.set_theme(scene_theme_of(theme));
    card_->setTheme(theme);
    sceneChanged();
}

void SpaceView::setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot) {
    const QSizeF before = plotRect().size();
    snapshot_ = std::move(snapshot);
    scene_.set_snapshot(snapshot_);
    if (plotRect().size() != before) Q_EMIT plotResized(space_, plotRect().size());
    sceneChanged();
}

void SpaceView::setCamera(const ViewCamera& camera) {
    camera_ = camera;
    sceneChanged();
}

void SpaceView::sceneChanged() {
    if (snapshot_) render_timer_.start();
    if (allSitesAreStale()) {
        all_sites_ = QImage();
        rest_timer_.start();
    }
    update();
}

bool SpaceView::allSitesAreStale() const {
    return all_sites_version_ != scene_.sites_version() || !same_view(all_sites_camera_, camera_);
}

bool SpaceView::showsAllSites() const {
    return snapshot_ && (!scene_.all_sites(camera_, 1.0) || !all_sites_.isNull());
}

void SpaceView::drawAllSitesAtRest() {
    if (!isVisible()) return;
    all_sites_version_ = scene_.sites_version();
    all_sites_camera_ = camera_;
    if (const auto request = scene_.all_sites(camera_, devicePixelRatioF()))
        site_raster_.draw(*request);
    else
        site_raster_.cancel();
}

void SpaceView::renderForScreen() {
    if (!snapshot_ || !isVisible()) return;
    picture_ = renderScene(devicePixelRatioF(), OffscreenRenderer::Quality::on_screen);
    update();
}

QImage SpaceView::renderScene(double ratio, OffscreenRenderer::Quality quality) {
    const QSizeF size = plotRect().size() * ratio;
    scene_.set_camera(camera_, ratio);
    return renderer_.render(size.toSize(), quality);
}

void SpaceView::setMarker(const std::optional<Eigen::Vector3d>& display) {
    if (marker_ == display) return;
    marker_ = display;
    update();
}

void SpaceView::setCard(const QList<HoverReading::Line>& lines) {
    card_->showLines(drag_ == Drag::none ? lines : QList<HoverReading::Line>(), plotRect(), last_at_);
}

void SpaceView::setOutlines(std::vector<Points> closed, Points open) {
    outlines_ = std::move(closed);
    open_outline_ = std::move(open);
    update();
}

void SpaceView::setDrawing(bool drawing) {
    if (drawing == drawing_) return;
    drawing_ = drawing;
    setCard({});
    if (drawing) {
        setCursor(Qt::CrossCursor);
        setFocus(Qt::OtherFocusReason);
    } else {
        unsetCursor();
    }
}

void SpaceView::showEvent(QShowEvent*) { sceneChanged(); }

void SpaceView::resizeEvent(QResizeEvent*) {
    Q_EMIT plotResized(space_, plotRect().size());
}

}  // namespace anamorph
