// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QImage>
#include <QTimer>
#include <QWidget>

#include "ui/models/selection_model.h"
#include "ui/scenes/layer_settings.h"
#include "ui/scenes/linked_cameras.h"
#include "ui/views/hover_reading.h"
#include "ui/views/theme.h"

class QStackedLayout;

namespace anamorph {

class FittedModel;
class SpaceCurves;
class SpaceView;
class SpacesEmptyState;

/// The two spaces side by side: linked cameras, one selection, one read-out. One-dimensional data
/// are shown as curves; without data it says what to do next.
class SpacesWidget : public QWidget {
    Q_OBJECT
public:
    explicit SpacesWidget(QWidget* parent = nullptr);
    ~SpacesWidget() override;

    /// Null: the empty state. Cheap; keeps the cameras unless the data set has changed.
    void setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot);
    [[nodiscard]] std::shared_ptr<const SpacesSnapshot> snapshot() const { return snapshot_; }
    /// The model that the pointer reads; null: the map only.
    void setModel(std::shared_ptr<const FittedModel> model);
    void setMapSource(std::shared_ptr<const SpatialMapSource> source);
    void setLayers(const LayerSettings& layers);
    [[nodiscard]] const LayerSettings& layers() const { return layers_; }
    void setTheme(const Theme& theme);
    /// The card beside the pointer has only what is measured and predicted: for small views.
    void setBriefCards(bool brief) { brief_cards_ = brief; }
    /// The selection to show and change; without a call the widget has its own. Not owned.
    void setSelection(SiteSelection* selection);
    [[nodiscard]] SiteSelection* selection() const { return selection_; }

    /// Both spaces as they are seen, `scale` device pixels a logical pixel.
    [[nodiscard]] QImage grabSpaces(double scale);
    void resetView();

    // What another widget of the same sites was told by its user; none of these is told on.
    void followZoom(const Points& x_in_geographic, double factor);
    void followPan(QPointF pixels);
    void followTurn(QPointF pixels);
    void followRange(double lower_in_geographic, double upper_in_geographic);
    /// Reads this model at the point, with the card in `space`.
    void followPointer(Space space, const Points& x_in_geographic, Index site);
    void followPointerGone();

    [[nodiscard]] SpaceView* view(Space space) const;
    [[nodiscard]] SpaceCurves* curves(Space space) const;
    [[nodiscard]] SpacesEmptyState* emptyState() const { return empty_; }
    [[nodiscard]] const LinkedCameras& cameras() const { return cameras_; }
    /// What the card shows now.
    [[nodiscard]] const HoverReading& reading() const { return reading_; }

Q_SIGNALS:
    void hovered(QString text);  ///< for the status bar; empty when the pointer leaves
    void snapshotChanged();
    // For widgets that follow this one:
    void zoomedAround(const anamorph::Points& x_in_geographic, double factor);
    void pannedBy(QPointF pixels);  ///< of geographic space
    void turnedBy(QPointF pixels);
    void rangeShown(double lower_in_geographic, double upper_in_geographic);
    void wentHome();
    void pointedAt(anamorph::Space space, const anamorph::Points& x_in_geographic, qlonglong site);
    void pointerGone();
    void openRequested();    ///< from the empty state
    void sampleRequested();

private:
    void connectViews();
    void connectCurves();
    void fit();
    void applyCameras();
    void updateLookup();
    void adaptSource();
    void readPointer();
    void readCurve(Space space, double x_in_geographic, qlonglong site);
    void showCurveReading(Space space);
    [[nodiscard]] QList<HoverReading::Line> cardLines() const;
    void showReading(Space space);
    void clearReading();
    void showSelection();

    QStackedLayout* stack_;
    SpacesEmptyState* empty_;
    QWidget* maps_page_;
    QWidget* curves_page_;
    SpaceView* geographic_;
    SpaceView* deformed_;
    SpaceCurves* geographic_curves_;
    SpaceCurves* deformed_curves_;
    QList<QWidget*> hairlines_;

    std::shared_ptr<const SpacesSnapshot> snapshot_;
    std::shared_ptr<const SpatialMapSource> model_source_;  ///< as it was given
    std::shared_ptr<const SpatialMapSource> source_;  ///< of the points of the map that is shown
    LayerSettings layers_;
    Theme theme_ = Theme::light();
    SiteSelection* selection_;
    LinkedCameras cameras_;
    SpaceLookup lookup_;
    bool at_home_ = true;
    bool brief_cards_ = false;

    QTimer pointer_timer_;  ///< at most one reading a frame
    Space pointer_space_ = Space::geographic;
    QPointF pointer_pixel_;
    HoverReading reading_;
};

}  // namespace anamorph
