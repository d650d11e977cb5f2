// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QWidget>

#include "ui/models/pictures.h"
#include "ui/views/theme.h"

class QCustomPlot;
class QLabel;
class QStackedLayout;

namespace anamorph {

/// Leave-one-out residuals of the shown model: against the fitted value, against normal quantiles,
/// and the coverage of the intervals.
class DiagnosticsPlots : public QWidget {
    Q_OBJECT
public:
    explicit DiagnosticsPlots(QWidget* parent = nullptr);
    void setPictures(std::shared_ptr<const ModelPictures> pictures, const QString& value_title);
    /// Rows of the sites to mark.
    void setSelection(const std::vector<Index>& rows);
    void setTheme(const Theme& theme);
    [[nodiscard]] QCustomPlot* residualPlot() const { return residuals_; }
    [[nodiscard]] QCustomPlot* quantilePlot() const { return quantiles_; }

private:
    void draw();
    void draw_residuals();
    void draw_quantiles();
    void write_numbers();

    QStackedLayout* pages_;
    QCustomPlot* residuals_;
    QCustomPlot* quantiles_;
    QLabel* coverage_90_;
    QLabel* coverage_95_;
    QLabel* mean_;
    QLabel* deviation_;
    QLabel* drawn_;  ///< that only a part is drawn
    QLabel* fold_;
    QLabel* round_trip_;
    std::shared_ptr<const ModelPictures> pictures_;
    std::vector<Index> selection_;
    QString value_title_;
    Theme theme_ = Theme::light();
};

}  // namespace anamorph
