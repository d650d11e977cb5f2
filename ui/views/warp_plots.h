// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QWidget>

#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/theme.h"

class QCustomPlot;
class QStackedLayout;

namespace anamorph {

/// The learned warp of data on a line, live: u = f(x) beside the line that leaves everything as it is, and its
/// slope f′(x), above 1 where space is stretched and correlation short.
class WarpPlots : public QWidget {
    Q_OBJECT
public:
    explicit WarpPlots(QWidget* parent = nullptr);

    void setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot);
    void setTheme(const Theme& theme);
    [[nodiscard]] QCustomPlot* warpPlot() const { return warp_; }
    [[nodiscard]] QCustomPlot* slopePlot() const { return slope_; }

private:
    void draw();

    QStackedLayout* pages_;
    QCustomPlot* warp_;
    QCustomPlot* slope_;
    std::shared_ptr<const SpacesSnapshot> snapshot_;
    Theme theme_ = Theme::light();
};

}  // namespace anamorph
