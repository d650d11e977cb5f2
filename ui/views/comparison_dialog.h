// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/controllers/comparison_controller.h"
#include "ui/models/comparison_model.h"
#include "ui/views/theme.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTableView;

namespace anamorph {

class ComparisonPlot;

/// The approximation laboratory: every approximation of the likelihood at the model that is shown,
/// beside the exact one, as a table and as a figure, which can be copied and written to files. A
/// window of its own that stays open beside the main one.
class ComparisonDialog : public QDialog {
    Q_OBJECT
public:
    ComparisonDialog(Session& session, ComparisonController& controller, QWidget* parent);
    void setTheme(const Theme& theme);
    [[nodiscard]] QTableView* table() const { return table_; }
    [[nodiscard]] ComparisonPlot* figure() const { return plot_; }
    [[nodiscard]] const ComparisonModel& model() const { return *model_; }
    /// Writes the table as CSV, or the figure as PNG, PDF or SVG, by the ending.
    /// @throws Error(input_output | bad_input)
    void writeTable(const QString& path) const;
    void writeFigure(const QString& path) const;

private:
    QWidget* make_options();
    QWidget* make_results();
    QWidget* make_buttons();
    void show_state();
    void show_progress(const Progress& progress);
    void show_result(std::shared_ptr<const ApproximationComparison> comparison, const FittedModel& model);
    void fit_columns();
    void choose_and_write(bool of_table);
    [[nodiscard]] ComparisonOptions options() const;

    Session& session_;
    ComparisonController& controller_;
    ComparisonModel* model_;
    QSpinBox* map_cells_;
    QSpinBox* exact_limit_;
    QSpinBox* divergence_limit_;
    QSpinBox* probes_;
    QSpinBox* seed_;
    QPushButton* compare_;
    QPushButton* cancel_;
    QProgressBar* bar_;
    QLabel* message_;
    QTableView* table_;
    ComparisonPlot* plot_;
    QLabel* notes_;
    QList<QPushButton*> outputs_;
};

}  // namespace anamorph
