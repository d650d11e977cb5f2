// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spaces_widget.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QStackedLayout>

#include <cmath>
#include <limits>
#include <numbers>

#include "ui/scenes/map_viewing.h"
#include "ui/views/space_curves.h"
#include "ui/views/space_view.h"
#include "ui/views/spaces_empty_state.h"

namespace anamorph {
namespace {

constexpr double fit_margin = 10.0;   ///< pixels around the data, d ≤ 2
constexpr double box_margin = 60.0;   ///< pixels around the box with its labels, d = 3
constexpr double pick_tolerance = 8.0;

QWidget* side_by_side(QWidget* left, QWidget* right, QList<QWidget*>& hairlines) {
    auto* page = new QWidget;
    auto* layout = new QHBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* hairline = new QWidget;
    hairline->setFixedWidth(1);
    hairline->setAutoFillBackground(true);
    hairlines.append(hairline);
    layout->addWidget(left, 1);
    layout->addWidget(hairline);
    layout->addWidget(right, 1);
    return page;
}

/// The local ellipse at x, at its true size, in both spaces.
std::optional<PointsInBoth> ellipse_at(const SpatialMapSource& source, const HoverReading& r) {
    if (!r.x_in_geographic || !r.major_range || !(*r.major_range > 0.0)) return std::nullopt;
    constexpr Index corners = 73;
    PointsInBoth outline;
    outline.in_geographic.resize(corners, 2);
    const double angle = *r.angle * std::numbers::pi / 180.0;
    for (Index k = 0; k < corners; ++k) {
        const double t = 2.0 * std::numbers::pi * static_cast<double>(k) / (corners - 1);
        const double a = *r.major_range * std::cos(t), b = *r.minor_range * std::sin(t);
        outline.in_geographic(k, 0) = (*r.x_in_geographic)(0, 0) + a * std::cos(angle) - b * std::sin(angle);
        outline.in_geographic(k, 1) = (*r.x_in_geographic)(0, 1) + a * std::sin(angle) + b * std::cos(angle);
    }
    outline.in_deformed = source.deformed_from_geographic(outline.in_geographic);
    return outline;
}

}  // namespace

SpacesWidget::SpacesWidget(QWidget* parent)
    : QWidget(parent), stack_(new QStackedLayout(this)), empty_(new SpacesEmptyState),
      geographic_(new SpaceView(Space::geographic)), deformed_(new SpaceView(Space::deformed)),
      geographic_curves_(new SpaceCurves(Space::geographic)),
      deformed_curves_(new SpaceCurves(Space::deformed)), selection_(new SiteSelection(this)) {
    maps_page_ = side_by_side(geographic_, deformed_, hairlines_);
    curves_page_ = side_by_side(geographic_curves_, deformed_curves_, hairlines_);
    stack_->addWidget(empty_);
    stack_->addWidget(maps_page_);
    stack_->addWidget(curves_page_);
    connect(empty_, &SpacesEmptyState::openRequested, this, &SpacesWidget::openRequested);
    connect(empty_, &SpacesEmptyState::sampleRequested, this, &SpacesWidget::sampleRequested);
    connectViews();
    connectCurves();
    connect(selection_, &SiteSelection::changed, this, &SpacesWidget::showSelection);
    pointer_timer_.setSingleShot(true);
    pointer_timer_.setInterval(16);
    connect(&pointer_timer_, &QTimer::timeout, this, &SpacesWidget::readPointer);
    setTheme(theme_);
}

SpacesWidget::~SpacesWidget() = default;

SpaceView* SpacesWidget::view(Space space) const {
    return space == Space::geographic ? geographic_ : deformed_;
}

SpaceCurves* SpacesWidget::curves(Space space) const {
    return space == Space::geographic ? geographic_curves_ : deformed_curves_;
}

void SpacesWidget::connectViews() {
    for (SpaceView* v : {geographic_, deformed_}) {
        connect(v, &SpaceView::plotResized, this, [this](Space space, QSizeF size) {
            cameras_.resize(space, {size.width(), size.height()});
            if (at_home_) fit();
            applyCameras();
        });
        connect(v, &SpaceView::zoomed, this, [this](Space space, QPointF pixel, double factor) {
            at_home_ = false;
            const ViewCamera& camera = cameras_.camera(space);
            Eigen::Vector3d at = camera.unproject({pixel.x(), pixel.y()});
            if (space == Space::deformed) at = cameras_.in_other(space, at);
            const Points x = geographic_->scene().frame().from_display(at);
            cameras_.zoom(space, {pixel.x(), pixel.y()}, factor);
            applyCameras();
            Q_EMIT zoomedAround(x, factor);
        });
        connect(v, &SpaceView::panned, this, [this](Space space, QPointF pixels) {
            at_home_ = false;
            const Eigen::Vector3d before = cameras_.camera(Space::geographic).centre;
            cameras_.pan(space, {pixels.x(), pixels.y()});
            applyCameras();
            const ViewCamera& now = cameras_.camera(Space::geographic);
            const Pixel moved = now.project(before) - now.project(now.centre);
            Q_EMIT pannedBy({moved.x(), moved.y()});
        });
        connect(v, &SpaceView::rotated, this, [this](QPointF pixels) {
            at_home_ = false;
            cameras_.rotate({pixels.x(), pixels.y()});
            applyCameras();
            Q_EMIT turnedBy(pixels);
        });
        connect(v, &SpaceView::resetRequested, this, [this] {
            resetView();
            Q_EMIT wentHome();
        });
        connect(v, &SpaceView::clearRequested, this, [this] { selection_->clear(); });
        connect(v, &SpaceView::pointerAt, this, [this](Space space, QPointF pixel) {
            pointer_space_ = space;
            pointer_pixel_ = pixel;
            if (!pointer_timer_.isActive()) pointer_timer_.start();
        });
        connect(v, &SpaceView::pointerLeft, this, [this] {
            clearReading();
            Q_EMIT pointerGone();
        });
        connect(v, &SpaceView::picked, this, [this, v](Space space, QPointF pixel, SiteSelection::Mode mode) {
            const Index row = v->scene().pick(cameras_.camera(space), {pixel.x(), pixel.y()}, pick_tolerance);
            if (row >= 0)
                selection_->select({row}, mode);
            else if (mode == SiteSelection::Mode::replace)
                selection_->clear();
        });
        connect(v, &SpaceView::banded, this, [this, v](Space space, QRectF band, SiteSelection::Mode mode) {
            selection_->select(v->scene().pick_in(cameras_.camera(space), {band.left(), band.top()},
                                                  {band.right(), band.bottom()}),
                               mode);
        });
    }
}

void SpacesWidget::connectCurves() {
    for (SpaceCurves* c : {geographic_curves_, deformed_curves_}) {
        SpaceCurves* partner = c == geographic_curves_ ? deformed_curves_ : geographic_curves_;
        connect(c, &SpaceCurves::pointerAt, this, &SpacesWidget::readCurve);
        connect(c, &SpaceCurves::pointerLeft, this, [this] {
            clearReading();
            Q_EMIT pointerGone();
        });
        connect(c, &SpaceCurves::resetRequested, this, [this] {
            resetView();
            Q_EMIT wentHome();
        });
        connect(c, &SpaceCurves::rangeChanged, this, [this, partner](Space, double lower, double upper) {
            at_home_ = false;
            partner->setRangeFrom(lower, upper);
            Q_EMIT rangeShown(lower, upper);
        });
        connect(c, &SpaceCurves::picked, this, [this](qlonglong site, SiteSelection::Mode mode) {
            if (site >= 0)
                selection_->select({static_cast<Index>(site)}, mode);
            else if (mode == SiteSelection::Mode::replace)
                selection_->clear();
        });
        connect(c, &SpaceCurves::banded, this, [this](const QList<qlonglong>& sites, SiteSelection::Mode mode) {
            selection_->select(std::vector<Index>(sites.begin(), sites.end()), mode);
        });
    }
}

void SpacesWidget::setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot) {
    const bool other_data = !snapshot || !snapshot_ || snapshot->data_key != snapshot_->data_key;
    snapshot_ = std::move(snapshot);
    if (other_data) {
        selection_->clear();
        clearReading();
        at_home_ = true;
    }
    if (!snapshot_ || !snapshot_->has_model) model_source_.reset();
    adaptSource();
    if (!snapshot_) {
        stack_->setCurrentWidget(empty_);
    } else if (snapshot_->dimension == 1) {
        stack_->setCurrentWidget(curves_page_);
        geographic_curves_->setSnapshot(snapshot_, !at_home_);
        deformed_curves_->setSnapshot(snapshot_, !at_home_);
    } else {
        stack_->setCurrentWidget(maps_page_);
        geographic_->setSnapshot(snapshot_);
        deformed_->setSnapshot(snapshot_);
        geographic_->setTitles(tr("Geographic space"), QString::fromStdString(snapshot_->geographic_subtitle));
        deformed_->setTitles(tr("Deformed space"), QString::fromStdString(snapshot_->deformed_subtitle));
        cameras_.set_frame(geographic_->scene().frame());
        updateLookup();
        if (other_data) cameras_.set_home_direction(snapshot_->dimension);
        if (at_home_) fit();
        applyCameras();
    }
    Q_EMIT snapshotChanged();
}

void SpacesWidget::setMapSource(std::shared_ptr<const SpatialMapSource> source) {
    model_source_ = std::move(source);
    adaptSource();
    clearReading();
}

/// The model is one of all axes; the pointer is read on a map.
void SpacesWidget::adaptSource() {
    source_ = snapshot_ && snapshot_->viewing ? as_map_source(model_source_, *snapshot_->viewing) : model_source_;
}

void SpacesWidget::setLayers(const LayerSettings& layers) {
    if (layers == layers_) return;
    const bool moved = layers.morph != layers_.morph;
    layers_ = layers;
    for (SpaceView* v : {geographic_, deformed_}) {
        v->scene().set_layers(layers);
        v->sceneChanged();
    }
    geographic_curves_->setLayers(layers);
    deformed_curves_->setLayers(layers);
    if (!moved || !snapshot_ || snapshot_->dimension == 1) return;
    updateLookup();
    if (at_home_) fit();
    applyCameras();
}

void SpacesWidget::setTheme(const Theme& theme) {
    theme_ = theme;
    geographic_->setTheme(theme);
    deformed_->setTheme(theme);
    geographic_curves_->setTheme(theme);
    deformed_curves_->setTheme(theme);
    empty_->setTheme(theme);
    for (QWidget* hairline : hairlines_) {
        QPalette palette = hairline->palette();
        palette.setColor(QPalette::Window, theme.hairline);
        hairline->setPalette(palette);
    }
}

void SpacesWidget::setSelection(SiteSelection* selection) {
    disconnect(selection_, nullptr, this, nullptr);
    selection_ = selection;
    connect(selection_, &SiteSelection::changed, this, &SpacesWidget::showSelection);
    showSelection();
}

void SpacesWidget::showSelection() {
    for (SpaceView* v : {geographic_, deformed_}) {
        v->scene().set_selection(selection_->rows());
        v->sceneChanged();
    }
    geographic_curves_->setSelection(selection_->rows());
    deformed_curves_->setSelection(selection_->rows());
}

void SpacesWidget::updateLookup() {
    lookup_ = SpaceLookup(snapshot_, layers_.morph);
    cameras_.set_lookup(lookup_);
}

void SpacesWidget::fit() {
    if (!snapshot_ || snapshot_->dimension == 1) return;
    const double margin = snapshot_->dimension == 3 ? box_margin : fit_margin;
    for (const SpaceView* v : {geographic_, deformed_}) {
        Eigen::Vector3d lower, upper;
        v->scene().bounds(lower, upper);
        cameras_.fit(v->space(), lower, upper, margin);
    }
}

void SpacesWidget::applyCameras() {
    geographic_->setCamera(cameras_.camera(Space::geographic));
    deformed_->setCamera(cameras_.camera(Space::deformed));
}

void SpacesWidget::resetView() {
    at_home_ = true;
    if (!snapshot_) return;
    if (snapshot_->dimension == 1) {
        geographic_curves_->resetRange();
        deformed_curves_->resetRange();
        return;
    }
    cameras_.set_home_direction(snapshot_->dimension);
    fit();
    applyCameras();
}

void SpacesWidget::readPointer() {
    if (!snapshot_ || snapshot_->dimension == 1) return;
    SpaceView* v = view(pointer_space_);
    const ViewCamera& camera = cameras_.camera(pointer_space_);
    const Pixel pixel(pointer_pixel_.x(), pointer_pixel_.y());
    const Index site = layers_.sites ? v->scene().pick(camera, pixel, pick_tolerance) : -1;
    if (snapshot_->dimension == 3 && site < 0) return clearReading();  // a pixel is a line in space

    const DisplayFrame& frame = v->scene().frame();
    Points at = frame.from_display(camera.unproject(pixel));
    Space space = pointer_space_;
    if (space == Space::deformed && layers_.morph < 1.0) {  // in between: read the geographic point
        at = lookup_.geographic_from_deformed(at);
        space = Space::geographic;
    }
    reading_ = read_at(*snapshot_, source_.get(), space, at, site);
    showReading(pointer_space_);
    if (reading_.x_in_geographic) Q_EMIT pointedAt(pointer_space_, *reading_.x_in_geographic, site);
}

QList<HoverReading::Line> SpacesWidget::cardLines() const {
    if (!brief_cards_) return reading_.lines(*snapshot_);
    HoverReading brief;
    brief.site = reading_.site;
    brief.value = reading_.value;
    brief.mean = reading_.mean;
    brief.standard_deviation = reading_.standard_deviation;
    return brief.lines(*snapshot_);
}

void SpacesWidget::showReading(Space space) {
    for (SpaceView* v : {geographic_, deformed_}) {
        const DisplayFrame& frame = v->scene().frame();
        std::optional<Eigen::Vector3d> marker;
        if (reading_.site >= 0)
            marker = v->scene().site_position(reading_.site);
        else if (v->space() != space && reading_.x_in_geographic)
            marker = frame.to_display(v->space() == Space::geographic
                                          ? *reading_.x_in_geographic
                                          : lookup_.deformed_from_geographic(*reading_.x_in_geographic),
                                      0);
        v->setMarker(marker);
        v->setCard(v->space() == space ? cardLines() : QList<HoverReading::Line>());
        if (layers_.probe || layers_.ellipses) {
            v->scene().set_probe(reading_.u_in_deformed);
            if (source_ && layers_.ellipses && !snapshot_->ellipses.outlines.empty())
                v->scene().set_pointer_ellipse(ellipse_at(*source_, reading_));
            v->sceneChanged();
        }
    }
    Q_EMIT hovered(reading_.coordinates_text(*snapshot_));
}

void SpacesWidget::readCurve(Space space, double x_in_geographic, qlonglong site) {
    Points at(1, 1);
    at(0, 0) = x_in_geographic;
    reading_ = read_at(*snapshot_, source_.get(), Space::geographic, at, static_cast<Index>(site));
    showCurveReading(space);
    Q_EMIT pointedAt(space, at, site);
}

void SpacesWidget::showCurveReading(Space space) {
    const double x = (*reading_.x_in_geographic)(0, 0);
    geographic_curves_->setMarker(geographic_curves_->shown(x));
    deformed_curves_->setMarker(deformed_curves_->shown(x));
    const Space elsewhere = space == Space::geographic ? Space::deformed : Space::geographic;
    curves(space)->setCard(cardLines());
    curves(elsewhere)->setCard({});
    Q_EMIT hovered(reading_.coordinates_text(*snapshot_));
}

void SpacesWidget::clearReading() {
    pointer_timer_.stop();
    reading_ = {};
    for (SpaceView* v : {geographic_, deformed_}) {
        v->setMarker(std::nullopt);
        v->setCard({});
        v->scene().set_pointer_ellipse(std::nullopt);
        if (layers_.ellipses) v->sceneChanged();
    }
    for (SpaceCurves* c : {geographic_curves_, deformed_curves_}) {
        c->setMarker(std::numeric_limits<double>::quiet_NaN());
        c->setCard({});
    }
    Q_EMIT hovered(QString());
}

QImage SpacesWidget::grabSpaces(double scale) {
    QImage picture(QSize(static_cast<int>(std::lround(width() * scale)), static_cast<int>(std::lround(height() * scale))),
                   QImage::Format_RGB32);
    picture.setDevicePixelRatio(scale);
    picture.fill(theme_.card);
    render(&picture);
    return picture;
}

}  // namespace anamorph
