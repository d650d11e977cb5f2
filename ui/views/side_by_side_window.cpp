// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/side_by_side_window.h"

#include <cmath>

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>

#include "ui/scenes/space_scene.h"
#include "ui/views/colour_legend.h"
#include "ui/views/linked_spaces.h"
#include "ui/views/panel_parts.h"
#include "ui/views/spaces_widget.h"

namespace anamorph {

SideBySideWindow::SideBySideWindow(SideBySideController& controller, SiteSelection& selection, QWidget* parent)
    : QDialog(parent), controller_(controller), selection_(selection) {
    setObjectName(QStringLiteral("sideBySideWindow"));
    setWindowTitle(tr("Models side by side"));
    setWindowFlag(Qt::WindowMaximizeButtonHint);
    setWindowFlag(Qt::WindowMinimizeButtonHint);
    resize(1240, 760);
    links_ = new LinkedSpaces(this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(make_bar());
    column->addWidget(horizontal_hairline());
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    auto* views = new QWidget;
    cells_ = new QGridLayout(views);
    cells_->setContentsMargins(0, 0, 0, 0);
    cells_->setSpacing(0);
    row->addWidget(views, 1);
    row->addWidget(vertical_hairline());
    auto* side = new QWidget;
    auto* side_column = new QVBoxLayout(side);
    side_column->setContentsMargins(14, 14, 14, 14);
    legend_ = new ColourLegend(220);
    legend_->setObjectName(QStringLiteral("sideBySideLegend"));
    side_column->addWidget(legend_);
    side_column->addStretch(1);
    side->setFixedWidth(150);
    row->addWidget(side);
    column->addLayout(row, 1);
    connect(&controller_, &SideBySideController::started, this, [this] { show_busy(true); });
    connect(&controller_, &SideBySideController::progressed, this, &SideBySideWindow::show_progress);
    connect(&controller_, &SideBySideController::ready, this, &SideBySideWindow::setModels);
    connect(&controller_, &SideBySideController::finished, this, [this] { show_busy(false); });
    connect(&controller_, &SideBySideController::failed, this, [this](const QString& sentence) { message_->setText(sentence); });
    connect(&controller_, &SideBySideController::cancelled, this, [this] { message_->setText(tr("Cancelled.")); });
    show_busy(controller_.isBusy());
}

QWidget* SideBySideWindow::make_bar() {
    auto* widget = new QWidget;
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(14, 8, 14, 8);
    row->setSpacing(12);
    fill_ = new QComboBox;
    fill_->setObjectName(QStringLiteral("sideBySideFill"));
    fill_->addItem(tr("Prediction"), static_cast<int>(Fill::prediction));
    fill_->addItem(tr("Standard deviation"), static_cast<int>(Fill::standard_deviation));
    fill_->addItem(tr("log|det J|"), static_cast<int>(Fill::log_det));
    fill_->addItem(tr("No map"), static_cast<int>(Fill::none));
    fill_->setToolTip(tooltip_text(tr("What fills all maps, with the same colours in all.")));
    sites_ = new QCheckBox(tr("Sites"));
    sites_->setChecked(true);
    grid_lines_ = new QCheckBox(tr("Grid"));
    grid_lines_->setChecked(true);
    grid_lines_->setToolTip(tooltip_text(tr("Straight lines of geographic space, and what each deformation makes of them.")));
    auto* home = new QPushButton(tr("Whole map"));
    row->addWidget(fill_);
    row->addWidget(sites_);
    row->addWidget(grid_lines_);
    row->addWidget(home);
    message_ = muted_label(QString());
    message_->setWordWrap(false);
    row->addWidget(message_, 1);
    bar_ = new QProgressBar;
    bar_->setTextVisible(false);
    bar_->setFixedWidth(160);
    row->addWidget(bar_);
    cancel_ = new QPushButton(tr("Cancel"));
    row->addWidget(cancel_);
    connect(cancel_, &QPushButton::clicked, &controller_, &SideBySideController::cancel);
    connect(home, &QPushButton::clicked, this, [this] {
        for (SpacesWidget* spaces : spaces_) spaces->resetView();
    });
    connect(fill_, &QComboBox::currentIndexChanged, this, &SideBySideWindow::show_layers);
    connect(sites_, &QCheckBox::toggled, this, &SideBySideWindow::show_layers);
    connect(grid_lines_, &QCheckBox::toggled, this, &SideBySideWindow::show_layers);
    return widget;
}

QWidget* SideBySideWindow::make_cell(const SideBySideModel& model) {
    auto* cell = new QWidget;
    auto* column = new QVBoxLayout(cell);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(14, 6, 14, 2);
    head->setSpacing(8);
    auto* title = new QLabel(model.label);
    title->setFont(theme_font(13.5, true));
    head->addWidget(title);
    QLabel* score = muted_label(model.score);
    score->setWordWrap(false);
    head->addWidget(score, 1);
    QPushButton* open = link_button(tr("Open"));
    open->setObjectName(QStringLiteral("open_") + model.name);
    open->setToolTip(tooltip_text(tr("As the current model of the main window.")));
    connect(open, &QPushButton::clicked, this, [this, name = model.name] { Q_EMIT openRequested(name); });
    head->addWidget(open);
    column->addLayout(head);
    auto* spaces = new SpacesWidget;
    spaces->setSelection(&selection_);
    spaces->setTheme(theme_);
    spaces->setLayers(layers_);
    spaces->setBriefCards(true);
    spaces->setSnapshot(model.snapshot);
    spaces->setModel(model.model);
    links_->add(spaces);
    spaces_ << spaces;
    column->addWidget(spaces, 1);
    return cell;
}

void SideBySideWindow::setModels(const std::vector<SideBySideModel>& models) {
    links_->clear();
    spaces_.clear();
    qDeleteAll(frames_);
    frames_.clear();
    const bool curves = !models.empty() && models.front().snapshot->dimension == 1;
    const int columns = models.size() > 2 && !curves ? 2 : 1;
    legend_->parentWidget()->setVisible(!curves);  // curves have no colours
    QStringList notes;
    for (std::size_t k = 0; k < models.size(); ++k) {
        QWidget* cell = make_cell(models[k]);
        // Hairlines between cells, as between the two spaces.
        auto* frame = new QWidget;
        auto* layout = new QGridLayout(frame);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
        const int row = static_cast<int>(k) / columns, column = static_cast<int>(k) % columns;
        if (row > 0) layout->addWidget(horizontal_hairline(), 0, 0, 1, 2);
        if (column > 0) layout->addWidget(vertical_hairline(), 1, 0);
        layout->addWidget(cell, 1, 1);
        layout->setColumnStretch(1, 1);
        cells_->addWidget(frame, row, column);
        frames_ << frame;
        if (!models[k].note.isEmpty() && !notes.contains(models[k].note)) notes << models[k].note;
    }
    for (int c = 0; c < 2; ++c) cells_->setColumnStretch(c, c < columns ? 1 : 0);
    for (int r = 0; r < 4; ++r) cells_->setRowStretch(r, r * columns < static_cast<int>(models.size()) ? 1 : 0);
    message_->setText(notes.join(QLatin1Char(' ')));
    show_layers();
}

void SideBySideWindow::show_layers() {
    layers_.fill = static_cast<Fill>(fill_->currentData().toInt());
    layers_.sites = sites_->isChecked();
    layers_.grid = grid_lines_->isChecked();
    for (SpacesWidget* spaces : spaces_) spaces->setLayers(layers_);
    if (spaces_.isEmpty() || !spaces_.front()->snapshot())
        legend_->setScale(std::nullopt);
    else
        legend_->setScale(colour_scale_of(*spaces_.front()->snapshot(), layers_));
}

void SideBySideWindow::show_busy(bool busy) {
    bar_->setVisible(busy);
    cancel_->setVisible(busy);
    if (busy) {
        bar_->setRange(0, 0);
        message_->setText(tr("Predicting the maps …"));
    } else if (message_->text() == tr("Predicting the maps …")) {
        message_->clear();
    }
}

void SideBySideWindow::show_progress(const Progress& progress) {
    if (progress.fraction < 0.0) return;
    bar_->setRange(0, 1000);
    bar_->setValue(static_cast<int>(std::lround(1000.0 * std::min(progress.fraction, 1.0))));
}

void SideBySideWindow::setTheme(const Theme& theme) {
    theme_ = theme;
    legend_->setTheme(theme);
    for (SpacesWidget* spaces : spaces_) spaces->setTheme(theme);
}

}  // namespace anamorph
