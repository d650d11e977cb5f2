// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QWidget>

#include "ui/models/comparison_model.h"
#include "ui/views/theme.h"

class QComboBox;
class QCustomPlot;
class QLabel;

namespace anamorph {

/// What accuracy costs: the error of each approximation against the seconds it takes, both on
/// logarithmic axes, a curve an approximation, a point a tuning value. Down and to the left is better.
class ComparisonPlot : public QWidget {
    Q_OBJECT
public:
    explicit ComparisonPlot(QWidget* parent = nullptr);
    void setComparison(std::shared_ptr<const ApproximationComparison> comparison, const QString& value_unit);
    void setTheme(const Theme& theme);
    [[nodiscard]] QCustomPlot* plot() const { return plot_; }

private:
    void draw();
    void draw_family(const QString& family, const QColor& colour, int shape);
    void read_out(const QPointF& pixel);

    struct Point {
        double seconds, error;
        QString label;
    };
    QComboBox* error_;
    QComboBox* cost_;
    QCustomPlot* plot_;
    QLabel* empty_;
    std::shared_ptr<const ApproximationComparison> comparison_;
    QString value_unit_;
    std::vector<Point> points_;
    Theme theme_ = Theme::light();
};

}  // namespace anamorph
