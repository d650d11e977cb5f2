// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map_panel.h"

#include <QComboBox>
#include <QSpinBox>

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"
#include "ui/views/simulation_form.h"

namespace anamorph {
namespace {

constexpr double many_cells = 250'000.0;

}  // namespace

MapPanel::MapPanel(Session& session, PredictionController& prediction, SimulationController& simulation,
                   QWidget* parent)
    : QWidget(parent), session_(session), prediction_(prediction) {
    QVBoxLayout* column = panel_column(this);
    cells_ = new QSpinBox;
    cells_->setObjectName(QStringLiteral("gridCells"));
    cells_->setLocale(QLocale::c());
    cells_->setRange(4, 4000);
    cells_->setSingleStep(10);
    cells_->setValue(96);
    add_field(column, tr("Cells, long side"), cells_,
              tr("Number of grid cells along the longest side of the map; cells are square."), 88);
    count_ = muted_label(QString());
    count_->setObjectName(QStringLiteral("cellCount"));
    column->addWidget(count_);
    target_ = new QComboBox;
    target_->addItem(tr("Signal"), static_cast<int>(PredictionTarget::signal));
    target_->addItem(tr("Observation"), static_cast<int>(PredictionTarget::observation));
    add_field(column, tr("Of"), target_,
              tr("Signal: the field without measurement error. Observation: a new measurement, with its nugget, so with larger standard deviation."));
    averaged_ = new QComboBox;
    averaged_->addItem(tr("Averaged"), true);
    averaged_->addItem(tr("Plug-in"), false);
    add_field(column, tr("Parameters"), averaged_,
              tr("Averaged: over the uncertainty of the parameters and the deformation. Plug-in: as if the estimates were the truth; faster, and too sure of itself."));
    predict_ = primary_button(tr("Predict the map"));
    predict_->setObjectName(QStringLiteral("predictButton"));
    predict_->setToolTip(tr("Kriging mean and standard deviation in every cell (Ctrl+P)"));
    column->addWidget(predict_);
    cancel_ = new QPushButton(tr("Cancel"));
    cancel_->hide();
    column->addWidget(cancel_);
    summary_ = muted_label(QString());
    column->addWidget(summary_);
    column->addWidget(horizontal_hairline());
    simulations_ = new SimulationForm(session_, simulation, [this] { return request(); });
    column->addWidget(simulations_);
    column->addStretch(1);
    connect(cells_, &QSpinBox::valueChanged, this, &MapPanel::show_cells);
    connect(cells_, &QSpinBox::valueChanged, simulations_, &SimulationForm::refresh);
    connect(predict_, &QPushButton::clicked, this, [this] { prediction_.predict(request()); });
    connect(cancel_, &QPushButton::clicked, &prediction_, &PredictionController::cancel);
    connect(&prediction_, &PredictionController::started, this, &MapPanel::refresh);
    connect(&prediction_, &PredictionController::finished, this, &MapPanel::refresh);
    connect(&session_, &Session::mapChanged, this, &MapPanel::refresh);
    connect(&session_, &Session::candidateChanged, this, &MapPanel::refresh);
    connect(&session_, &Session::datasetChanged, this, [this] {
        if (session_.dataset()) cells_->setValue(prediction_.request().cells_on_longest_side);
        show_cells();
        refresh();
    });
    refresh();
    simulations_->refresh();
}

MapRequest MapPanel::request() const {
    MapRequest request;
    request.cells_on_longest_side = cells_->value();
    request.options.target = static_cast<PredictionTarget>(target_->currentData().toInt());
    request.options.averaged = averaged_->currentData().toBool();
    request.options.threads = session_.options().threads;
    request.options.seed = session_.options().seed;
    return request;
}

void MapPanel::show_cells() {
    const auto dataset = session_.dataset();
    if (!dataset) return;
    QStringList sides;
    double total = 1.0;
    for (const Index side : PredictionController::gridShape(*dataset, cells_->value())) {
        sides << count_text(side);
        total *= static_cast<double>(side);
    }
    QString text = tr("%1 = %2 cells").arg(sides.join(QStringLiteral(" × ")), count_text(static_cast<long long>(total)));
    if (sides.size() == 1) text = tr("%1 cells").arg(sides.front());
    if (total * 16.0 > 1e7) text += tr(", %1 MB").arg(total * 16.0 / 1e6, 0, 'f', 0);
    if (total > many_cells) text += tr(". This will take a while.");
    count_->setText(text);
}

void MapPanel::refresh() {
    const bool busy = prediction_.isPredicting();
    const auto model = session_.shownModel();
    const QString no_map = model ? PredictionController::whyNoMap(*model) : QString();
    predict_->setEnabled(!busy && model && no_map.isEmpty());
    predict_->setText(busy ? tr("Predicting …") : tr("Predict the map"));
    cancel_->setVisible(busy);
    const Session::MapPointer map = session_.shownMap();
    if (map) {
        summary_->setText(tr("Shown: %1 of %2 cells, %3, %4, by %5.")
                              .arg(count_text(map->grid.active_count()), count_text(map->grid.cell_count()),
                                   map->of_observation ? tr("an observation") : tr("the signal"),
                                   map->averaged ? tr("averaged over the posterior") : tr("plug-in"),
                                   QString::fromStdString(map->label)));
    } else {
        summary_->setText(!model ? QString() : no_map.isEmpty() ? tr("No map of this model yet.") : no_map);
    }
}

}  // namespace anamorph
