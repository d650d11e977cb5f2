// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <utility>

#include <QWidget>

#include "ui/models/selection_model.h"
#include "ui/scenes/layer_settings.h"
#include "ui/scenes/space_scene.h"
#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/hover_card.h"
#include "ui/views/theme.h"

class QCustomPlot;

namespace anamorph {

/// One-dimensional data: measurements and prediction with its 95 % band, against the geographic
/// coordinate or the deformed one.
class SpaceCurves : public QWidget {
    Q_OBJECT
public:
    SpaceCurves(Space space, QWidget* parent = nullptr);

    void setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot, bool keep_range);
    void setLayers(const LayerSettings& layers);
    void setTheme(const Theme& theme);
    void setSelection(const std::vector<Index>& rows);
    void resetRange();
    /// A vertical line at this coordinate (as shown); NaN: none.
    void setMarker(double coordinate);
    void setCard(const QList<HoverReading::Line>& lines);  ///< empty: no card
    /// The shown coordinate (between the spaces) of a geographic one, and back, by the curve.
    [[nodiscard]] double shown(double x_in_geographic) const;
    [[nodiscard]] double geographic(double shown_coordinate) const;
    [[nodiscard]] QCustomPlot* plot() const { return plot_; }
    void setRangeFrom(double lower_in_geographic, double upper_in_geographic);

Q_SIGNALS:
    void pointerAt(anamorph::Space space, double x_in_geographic, qlonglong site);
    void pointerLeft();
    void picked(qlonglong site, anamorph::SiteSelection::Mode mode);  ///< −1: none
    void banded(QList<qlonglong> sites, anamorph::SiteSelection::Mode mode);
    void rangeChanged(anamorph::Space space, double lower_in_geographic, double upper_in_geographic);
    void resetRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void rebuild();
    void drawFill();
    void drawSimulations();
    /// Coordinates (as this space shows them) and values of the sites that are drawn.
    [[nodiscard]] std::pair<Vector, Vector> drawnSites() const;
    [[nodiscard]] qlonglong siteAt(const QPointF& position) const;
    [[nodiscard]] double weight() const;
    [[nodiscard]] Vector shownAll(const Vector& x, const Vector& u) const;

    Space space_;
    QCustomPlot* plot_;
    HoverCard* card_;
    QPointF pointer_;
    Theme theme_ = Theme::light();
    LayerSettings layers_;
    std::shared_ptr<const SpacesSnapshot> snapshot_;
    std::vector<Index> selection_;
    double marker_ = 0.0;
    bool changing_range_ = false;
    QPointF pressed_at_;
    bool banding_ = false;
    QPointF band_end_;
};

}  // namespace anamorph
