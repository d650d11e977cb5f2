// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/comparison_dialog.h"

#include <cmath>
#include <limits>

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QSaveFile>
#include <QSpinBox>
#include <QSplitter>
#include <QTableView>

#include "core/base/error.h"
#include "ui/models/number_text.h"
#include "ui/views/comparison_plot.h"
#include "ui/views/curve_export.h"
#include "ui/views/custom_plot.h"
#include "ui/views/models_tab.h"
#include "ui/views/panel_parts.h"

namespace anamorph {

ComparisonDialog::ComparisonDialog(Session& session, ComparisonController& controller, QWidget* parent)
    : QDialog(parent), session_(session), controller_(controller) {
    setObjectName(QStringLiteral("comparisonDialog"));
    setWindowTitle(tr("Compare approximations"));
    resize(1240, 720);
    model_ = new ComparisonModel(this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(8);
    column->addWidget(muted_label(tr("Every approximation of the likelihood at the deformation and the parameters of the model that is shown, "
                                     "beside the exact likelihood: what each gets wrong, and what it costs.")));
    column->addWidget(make_options());
    column->addWidget(make_results(), 1);
    notes_ = muted_label(QString());
    notes_->setObjectName(QStringLiteral("comparisonNotes"));
    column->addWidget(notes_);
    column->addWidget(make_buttons());
    connect(&controller_, &ComparisonController::started, this, &ComparisonDialog::show_state);
    connect(&controller_, &ComparisonController::finished, this, &ComparisonDialog::show_state);
    connect(&controller_, &ComparisonController::progressed, this, &ComparisonDialog::show_progress);
    connect(&controller_, &ComparisonController::compared, this,
            [this](std::shared_ptr<const ApproximationComparison> comparison, const std::shared_ptr<const FittedModel>& of) {
                show_result(std::move(comparison), *of);
            });
    connect(&controller_, &ComparisonController::cancelled, this, [this] { notes_->setText(tr("Cancelled; what was compared before stays.")); });
    connect(&controller_, &ComparisonController::failed, this, [this](const QString& sentence) { notes_->setText(sentence); });
    connect(&session_, &Session::candidateChanged, this, &ComparisonDialog::show_state);
    connect(&session_, &Session::datasetChanged, this, [this] {
        model_->setComparison(nullptr, {}, {});
        plot_->setComparison(nullptr, {});
        notes_->clear();
        show_state();
    });
    show_state();
}

QWidget* ComparisonDialog::make_options() {
    auto* row_widget = new QWidget;
    auto* row = new QHBoxLayout(row_widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    const auto add = [row](const QString& name, QSpinBox* box, const QString& tooltip, int width) {
        auto* label = new QLabel(name);
        label->setProperty("role", QStringLiteral("muted"));
        label->setToolTip(tooltip_text(tooltip));
        label->setBuddy(box);
        box->setToolTip(tooltip_text(tooltip));
        box->setFixedWidth(width);
        row->addWidget(label);
        row->addWidget(box);
        row->addSpacing(6);
    };
    const ComparisonOptions defaults;
    exact_limit_ = count_box(0, 100'000);
    exact_limit_->setValue(static_cast<int>(defaults.exact_limit));
    add(tr("Exact up to"), exact_limit_, tr("Sites up to which the exact likelihood and map are computed; without them errors are unknown."), 76);
    divergence_limit_ = count_box(0, 100'000);
    divergence_limit_->setValue(static_cast<int>(defaults.divergence_limit));
    add(tr("Divergence up to"), divergence_limit_, tr("Sites up to which the Kullback–Leibler divergence is computed; it takes a value of each likelihood for each probe."), 76);
    probes_ = count_box(0, 10'000);
    probes_->setValue(defaults.probes);
    add(tr("Probes"), probes_, tr("Random vectors that estimate the divergence: more are more precise."), 64);
    map_cells_ = count_box(0, 1000);
    map_cells_->setObjectName(QStringLiteral("comparisonCells"));
    map_cells_->setValue(static_cast<int>(defaults.map_cells));
    add(tr("Map cells"), map_cells_, tr("Cells on the map's longest side on which kriging is compared; 0: no map."), 64);
    seed_ = count_box(0, std::numeric_limits<int>::max());
    seed_->setValue(1);
    add(tr("Seed"), seed_, tr("Of the probes."), 64);
    row->addStretch(1);
    compare_ = primary_button(tr("Compare"));
    compare_->setObjectName(QStringLiteral("compareApproximations"));
    cancel_ = new QPushButton(tr("Cancel"));
    cancel_->setObjectName(QStringLiteral("cancelComparison"));
    row->addWidget(compare_);
    row->addWidget(cancel_);
    connect(compare_, &QPushButton::clicked, this, [this] { controller_.compare(options()); });
    connect(cancel_, &QPushButton::clicked, &controller_, &ComparisonController::cancel);
    return row_widget;
}

QWidget* ComparisonDialog::make_results() {
    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("comparison"));
    table_->setModel(model_);
    style_table(*table_);
    table_->horizontalHeader()->setStretchLastSection(true);
    fit_columns();
    plot_ = new ComparisonPlot;
    auto* both = new QSplitter(Qt::Vertical);
    both->setChildrenCollapsible(false);
    both->setHandleWidth(1);
    both->addWidget(table_);
    both->addWidget(plot_);
    both->setStretchFactor(0, 5);
    both->setStretchFactor(1, 6);
    both->setSizes({240, 300});
    return both;
}

QWidget* ComparisonDialog::make_buttons() {
    auto* row_widget = new QWidget;
    auto* row = new QHBoxLayout(row_widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    message_ = new QLabel;
    message_->setObjectName(QStringLiteral("comparisonMessage"));
    message_->setProperty("role", QStringLiteral("muted"));
    bar_ = new QProgressBar;
    bar_->setTextVisible(false);
    bar_->setFixedWidth(200);
    bar_->setRange(0, 1000);
    row->addWidget(bar_);
    row->addWidget(message_);
    row->addStretch(1);
    const auto add = [&](const QString& text, const QString& name, const QString& tooltip, auto action) {
        auto* button = new QPushButton(text);
        button->setObjectName(name);
        button->setToolTip(tooltip_text(tooltip));
        connect(button, &QPushButton::clicked, this, action);
        row->addWidget(button);
        outputs_ << button;
    };
    add(tr("Copy the table"), QStringLiteral("copyComparison"), tr("As comma-separated text, to the clipboard."),
        [this] { QApplication::clipboard()->setText(model_->csv()); });
    add(tr("Table as CSV …"), QStringLiteral("saveComparison"), tr("With all digits."), [this] { choose_and_write(true); });
    add(tr("Figure …"), QStringLiteral("saveComparisonFigure"), tr("PDF, SVG or PNG."), [this] { choose_and_write(false); });
    auto* close = new QPushButton(tr("Close"));
    connect(close, &QPushButton::clicked, this, &QWidget::hide);
    row->addWidget(close);
    return row_widget;
}

ComparisonOptions ComparisonDialog::options() const {
    ComparisonOptions options;
    options.exact_limit = exact_limit_->value();
    options.divergence_limit = divergence_limit_->value();
    options.probes = probes_->value();
    options.map_cells = map_cells_->value();
    options.seed = static_cast<std::uint64_t>(seed_->value());
    options.threads = session_.options().threads;
    return options;
}

void ComparisonDialog::show_state() {
    const bool busy = controller_.isComparing();
    const bool model = session_.shownModel() != nullptr;
    compare_->setVisible(!busy);
    compare_->setEnabled(model);
    compare_->setToolTip(model ? QString() : tooltip_text(tr("This needs a fitted model. Train one first.")));
    cancel_->setVisible(busy);
    bar_->setVisible(busy);
    if (busy) {
        notes_->clear();
        bar_->setRange(0, 0);
        message_->setText(tr("Comparing …"));
    }
    if (!busy) message_->clear();
    for (QPushButton* button : outputs_) button->setEnabled(model_->rowCount() > 0);
}

void ComparisonDialog::show_progress(const Progress& progress) {
    bar_->setRange(0, progress.fraction >= 0.0 ? 1000 : 0);
    if (progress.fraction >= 0.0) bar_->setValue(static_cast<int>(std::lround(1000.0 * std::min(progress.fraction, 1.0))));
    QStringList parts;
    if (!progress.message.empty()) parts << QString::fromStdString(progress.message);
    if (progress.seconds_left >= 0.0) parts << tr("%1 left").arg(duration_text(progress.seconds_left));
    message_->setText(parts.join(QStringLiteral(" · ")));
}

void ComparisonDialog::show_result(std::shared_ptr<const ApproximationComparison> comparison, const FittedModel& model) {
    const SpatialDataset& dataset = model.dataset();
    QStringList notes{tr("%1 sites, %2.").arg(count_text(comparison->sites), QString::fromStdString(model.label()))};
    for (const std::string& note : comparison->notes) notes << QString::fromStdString(note);
    notes_->setText(notes.join(QLatin1Char(' ')));
    plot_->setComparison(comparison, QString::fromStdString(dataset.value_unit));
    model_->setComparison(std::move(comparison), QString::fromStdString(dataset.value_unit),
                          QString::fromStdString(dataset.coordinate_system.unit));
    fit_columns();
    show_state();
}

void ComparisonDialog::fit_columns() {
    constexpr int padding = 14;  // of the header's style, which the table does not count
    table_->resizeColumnsToContents();
    for (int c = 0; c + 1 < model_->columnCount(); ++c) table_->setColumnWidth(c, table_->columnWidth(c) + padding);
}

void ComparisonDialog::writeTable(const QString& path) const {
    QSaveFile file(path);
    const QByteArray text = model_->csv().toUtf8();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        throw Error(ErrorCode::input_output, "The file " + path.toStdString() + " could not be written: " + file.errorString().toStdString() + ".",
                    "Choose another folder or name.");
}

void ComparisonDialog::writeFigure(const QString& path) const {
    if (!path.endsWith(QLatin1String(".png"), Qt::CaseInsensitive))
        return export_curves({plot_->plot()}, tr("Approximations"), path);
    if (!plot_->plot()->savePng(path, 0, 0, 2.0))
        throw Error(ErrorCode::input_output, "The file " + path.toStdString() + " could not be written.", "Choose another folder or name.");
}

void ComparisonDialog::choose_and_write(bool of_table) {
    const QString filter = of_table ? tr("CSV table (*.csv)") : tr("PDF (*.pdf);;SVG (*.svg);;PNG picture (*.png)");
    QString path = QFileDialog::getSaveFileName(this, of_table ? tr("Table") : tr("Figure"),
                                                of_table ? QStringLiteral("approximations.csv") : QStringLiteral("approximations.pdf"), filter);
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += of_table ? QStringLiteral(".csv") : QStringLiteral(".pdf");
    try {
        if (of_table)
            writeTable(path);
        else
            writeFigure(path);
        message_->setText(tr("Wrote %1").arg(QFileInfo(path).fileName()));
    } catch (const Error& error) {
        notes_->setText(QString::fromStdString(error.full_text()));
    }
}

void ComparisonDialog::setTheme(const Theme& theme) { plot_->setTheme(theme); }

}  // namespace anamorph
