// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include <QWidget>

#include "core/fit/observer.h"
#include "ui/views/theme.h"

class QCPGraph;
class QCPRange;
class QCustomPlot;
class QStackedLayout;

namespace anamorph {

/// The objective in its parts over the iterations, live: total, data term, design term and
/// regulariser at the left, the held-out score at the right, the stages of the fit marked. On the
/// logarithmic scale each curve is drawn above its own lowest value, since objectives may be
/// negative. A click on a legend entry hides its curve.
class LossPlot : public QWidget {
    Q_OBJECT
public:
    explicit LossPlot(QWidget* parent = nullptr);

    void clear();
    /// Rows are appended; their stages' names by index.
    void append(const HistoryRow& row, const QString& stage, int total_iteration);
    /// Draws what was appended since; call it once after many appends.
    void draw();
    void setHistory(const TrainingHistory& history);
    void setLogarithmic(bool logarithmic);
    /// The design term is drawn from the start only where it has a weight.
    void setDesignShown(bool shown);
    void setTheme(const Theme& theme);
    [[nodiscard]] QCustomPlot* plot() const { return plot_; }
    [[nodiscard]] std::size_t rowCount() const { return rows_.size(); }

private:
    enum Curve { total, data, design, regulariser, held_out, curve_count };
    struct Row {
        int iteration;
        std::array<double, curve_count> values;
    };
    void redraw_all();
    void add_point(const Row& row);
    void mark_stages();
    /// Hides the stage numbers that would overlap.
    void thin_out_labels();
    /// The values that decide the range, of the curves that are shown.
    [[nodiscard]] std::vector<double> settled_values() const;
    [[nodiscard]] QCPRange held_out_range(bool& found) const;
    void read_out(const QPointF& pixel);
    void set_ranges();
    void apply_theme_to_curves();

    QStackedLayout* pages_;  ///< words before there is a curve, then the plot
    QCustomPlot* plot_;
    std::array<QCPGraph*, curve_count> graphs_{};
    std::vector<Row> rows_;
    std::vector<std::pair<int, QString>> stages_;  ///< first iteration and name of each stage
    std::vector<class QCPAbstractItem*> marks_;
    std::vector<class QCPItemText*> labels_;  ///< of the stages, in order; also among the marks
    std::array<double, curve_count> lowest_{};
    std::size_t drawn_ = 0;
    std::size_t marked_ = 0;
    bool logarithmic_ = false;
    Theme theme_ = Theme::light();
};

}  // namespace anamorph
