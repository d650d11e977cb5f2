// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QLocale>
#include <QRegularExpression>
#include <QSpinBox>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/fit/model_state.h"
#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"
#include "ui/views/simulation_form.h"

namespace anamorph {
namespace {

constexpr double many_cells = 250'000.0;

/// Numbers with points, between commas, semicolons or blanks; nothing where one is no number.
std::optional<std::vector<double>> numbers_in(const QString& text) {
    static const QRegularExpression between(QStringLiteral("[,;\\s]+"));
    std::vector<double> numbers;
    for (const QString& part : text.split(between, Qt::SkipEmptyParts)) {
        bool good = false;
        numbers.push_back(QLocale::c().toDouble(part, &good));
        if (!good) return std::nullopt;
    }
    return numbers;
}

bool same_values_at_same_places(const SpatialDataset& a, const SpatialDataset& b) {
    return a.name == b.name && a.value_name == b.value_name && a.values.size() == b.values.size() &&
           a.coordinates.cols() == b.coordinates.cols() && a.values == b.values && a.coordinates == b.coordinates;
}

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
    times_row_ = new QWidget;
    auto* times_column = new QVBoxLayout(times_row_);
    times_column->setContentsMargins(0, 0, 0, 0);
    times_ = count_box(1, 60);
    times_->setObjectName(QStringLiteral("mapTimes"));
    times_->setValue(9);
    add_field(times_column, tr("Times"), times_,
              tr("The map is made at so many times, from the first to the last of the data; the slider below the maps chooses the one that is shown. Data with fewer different times have their own."), 88);
    column->addWidget(times_row_);
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
    quantiles_ = new QLineEdit;
    quantiles_->setObjectName(QStringLiteral("quantiles"));
    quantiles_->setPlaceholderText(tr("such as 0.05, 0.5, 0.95"));
    add_field(column, tr("Quantiles"), quantiles_,
              tr("Probabilities between 0 and 1: for each a map of the value that is not exceeded with it."));
    thresholds_ = new QLineEdit;
    thresholds_->setObjectName(QStringLiteral("thresholds"));
    thresholds_->setPlaceholderText(tr("such as 50"));
    add_field(column, tr("Exceeding"), thresholds_,
              tr("Values in the unit of the variable: for each a map of the probability that it is exceeded."));
    local_range_ = new QCheckBox(tr("Local range, how sure"));
    local_range_->setObjectName(QStringLiteral("localRange"));
    local_range_->setToolTip(
        tr("Two more maps: how far the correlation reaches at each place (posterior median of the geometric mean of the local "
           "practical ranges), and the spread, the upper over the lower end of its 90 % interval. Where the spread is small the data "
           "determine the deformation; where it is large they say little."));
    column->addWidget(local_range_);
    unreadable_ = muted_label(QString());
    unreadable_->setObjectName(QStringLiteral("levelsProblem"));
    unreadable_->setProperty("role", QStringLiteral("warning"));
    unreadable_->hide();
    column->addWidget(unreadable_);
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
    for (QSpinBox* box : {cells_, times_}) connect(box, &QSpinBox::valueChanged, this, &MapPanel::show_cells);
    for (QLineEdit* edit : {quantiles_, thresholds_}) connect(edit, &QLineEdit::textChanged, this, &MapPanel::read_levels);
    connect(cells_, &QSpinBox::valueChanged, simulations_, &SimulationForm::refresh);
    connect(predict_, &QPushButton::clicked, this, &MapPanel::predict);
    connect(cancel_, &QPushButton::clicked, &prediction_, &PredictionController::cancel);
    connect(&prediction_, &PredictionController::started, this, &MapPanel::refresh);
    connect(&prediction_, &PredictionController::finished, this, &MapPanel::refresh);
    connect(&session_, &Session::mapChanged, this, &MapPanel::refresh);
    connect(&session_, &Session::candidateChanged, this, &MapPanel::refresh);
    connect(&session_, &Session::datasetChanged, this, &MapPanel::take_data);
    take_data();
    simulations_->refresh();
}

void MapPanel::take_data() {
    const Session::DatasetPointer before = std::exchange(data_, session_.dataset());
    const bool same = before && data_ && !session_.covariateRasters().empty() && !session_.shownMap() &&
                      same_values_at_same_places(*before, *data_);
    if (same)
        read_levels();
    else
        start_afresh();
    if (data_) prediction_.setRequest(request());
}

void MapPanel::start_afresh() {
    MapRequest asked;
    QStringList quantiles, thresholds;
    if (const Session::MapPointer map = session_.shownMap()) {
        const PredictionGrid& grid = map->grid;
        const bool with_times = grid.times.size() > 0;
        asked.cells_on_longest_side = static_cast<int>(*std::max_element(grid.shape.begin(), grid.shape.end() - (with_times ? 1 : 0)));
        if (with_times) asked.times = static_cast<int>(grid.times.size());
        asked.options.target = map->of_observation ? PredictionTarget::observation : PredictionTarget::signal;
        asked.options.averaged = map->averaged;
        const auto model = session_.shownModel();
        const bool with_band = session_.dataset()->space_dimension() == 1 && model && model->state().transform;
        for (const FurtherLayer& layer : map->further) {
            asked.local_range = asked.local_range || layer.kind == FurtherLayer::Kind::local_range;
            const bool band = with_band && (layer.level == 0.025 || layer.level == 0.975);  // drawn in any case
            if (layer.kind == FurtherLayer::Kind::quantile && !band) quantiles << QString::number(layer.level, 'g', 10);
            if (layer.kind == FurtherLayer::Kind::exceedance) thresholds << QString::number(layer.level, 'g', 10);
        }
    } else if (session_.dataset()) {
        asked.cells_on_longest_side = prediction_.request().cells_on_longest_side;
    }
    cells_->setValue(asked.cells_on_longest_side);
    times_->setValue(asked.times);
    target_->setCurrentIndex(target_->findData(static_cast<int>(asked.options.target)));
    averaged_->setCurrentIndex(averaged_->findData(asked.options.averaged));
    local_range_->setChecked(asked.local_range);
    quantiles_->setText(quantiles.join(QStringLiteral(", ")));
    thresholds_->setText(thresholds.join(QStringLiteral(", ")));
    read_levels();
}

void MapPanel::predict() { prediction_.predict(request()); }

MapRequest MapPanel::request() const {
    MapRequest request;
    request.cells_on_longest_side = cells_->value();
    request.times = times_->value();
    request.local_range = local_range_->isChecked() && local_range_->isEnabled();
    request.options.target = static_cast<PredictionTarget>(target_->currentData().toInt());
    request.options.averaged = averaged_->currentData().toBool();
    request.options.quantiles = levels_;
    request.options.thresholds = limits_;
    request.options.threads = session_.options().threads;
    request.options.seed = session_.options().seed;
    return request;
}

void MapPanel::read_levels() {
    const auto levels = numbers_in(quantiles_->text()), limits = numbers_in(thresholds_->text());
    PredictOptions options;
    options.quantiles = levels.value_or(std::vector<double>{});
    options.thresholds = limits.value_or(std::vector<double>{});
    QString problem;
    if (!levels || !limits)
        problem = tr("%1 are numbers with decimal points, separated by commas.")
                      .arg(levels ? tr("Thresholds") : tr("Quantiles"));
    else if (const auto problems = options.validate(); !problems.empty())
        problem = QString::fromStdString(problems.front());
    unreadable_->setText(problem);
    unreadable_->setVisible(!problem.isEmpty());
    if (problem.isEmpty()) {
        levels_ = options.quantiles;
        limits_ = options.thresholds;
    }
    refresh();
}

void MapPanel::show_cells() {
    const auto dataset = session_.dataset();
    if (!dataset) return;
    QStringList sides;
    double total = 1.0;
    for (const Index side : PredictionController::gridShape(session_.facts(), cells_->value())) {
        sides << count_text(side);
        total *= static_cast<double>(side);
    }
    QString text = tr("%1 = %2 cells").arg(sides.join(QStringLiteral(" × ")), count_text(static_cast<long long>(total)));
    if (sides.size() == 1) text = tr("%1 cells").arg(sides.front());
    if (times_row_->isVisibleTo(this)) {
        const auto times = std::min<std::size_t>(static_cast<std::size_t>(times_->value()), session_.facts().times.size());
        text += times == 1 ? tr(", at one time") : tr(", at each of %1 times").arg(times);
        total *= static_cast<double>(times);
    }
    if (total * 16.0 > 1e7) text += tr(", %1 MB").arg(total * 16.0 / 1e6, 0, 'f', 0);
    if (total > many_cells) text += tr(". This will take a while.");
    count_->setText(text);
}

void MapPanel::refresh() {
    const bool busy = prediction_.isPredicting();
    const auto model = session_.shownModel();
    const QString no_map = model ? PredictionController::whyNoMap(*model, session_.covariateRasters()) : QString();
    times_row_->setVisible(model ? PredictionController::knowsTime(*model) : session_.dataset() && session_.dataset()->last_axis_is_time);
    show_cells();
    predict_->setEnabled(!busy && model && no_map.isEmpty() && unreadable_->text().isEmpty());
    local_range_->setEnabled(!model || model->has_posterior());
    predict_->setText(busy ? tr("Predicting …") : tr("Predict the map"));
    cancel_->setVisible(busy);
    const Session::MapPointer map = session_.shownMap();
    if (map) {
        summary_->setText(tr("Shown: %1 of %2 cells, %3, %4, by %5.")
                              .arg(count_text(map->grid.active_count()), count_text(map->grid.cell_count()),
                                   map->of_observation ? tr("an observation") : tr("the signal"),
                                   map->averaged ? tr("averaged over the posterior") : tr("plug-in"),
                                   map->realisation.empty()
                                       ? QString::fromStdString(map->label)
                                       : tr("%1, realisation %2").arg(QString::fromStdString(map->label),
                                                              QString::fromStdString(map->realisation))));
    } else {
        summary_->setText(!model ? QString() : no_map.isEmpty() ? tr("No map of this model yet.") : no_map);
    }
}

}  // namespace anamorph
