// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QWidget>

#include "ui/models/pictures.h"
#include "ui/views/theme.h"

class QCustomPlot;
class QLabel;

namespace anamorph {

/// Directional variograms in both spaces side by side on one vertical scale: if the deformation is
/// right, the directions that differ at the left fall on one curve at the right.
class VariogramPlots : public QWidget {
    Q_OBJECT
public:
    explicit VariogramPlots(QWidget* parent = nullptr);
    void setDataPictures(std::shared_ptr<const DataPictures> pictures, const QString& coordinate_unit);
    void setModelPictures(std::shared_ptr<const ModelPictures> pictures);
    void setTheme(const Theme& theme);
    [[nodiscard]] QCustomPlot* geographicPlot() const { return geographic_; }
    [[nodiscard]] QCustomPlot* deformedPlot() const { return deformed_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void draw();
    /// As many ticks as their labels have room.
    void space_ticks();
    void write_legend();
    void draw_curves(QCustomPlot& plot, const std::vector<VariogramCurve>& curves);

    QLabel* geographic_title_;
    QLabel* deformed_title_;
    QLabel* legend_;  ///< one for both plots
    QLabel* empty_;   ///< without data
    QCustomPlot* geographic_;
    QCustomPlot* deformed_;
    std::shared_ptr<const DataPictures> data_;
    std::shared_ptr<const ModelPictures> model_;
    QString unit_;
    Theme theme_ = Theme::light();
};

}  // namespace anamorph
