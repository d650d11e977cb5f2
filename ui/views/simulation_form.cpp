// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/simulation_form.h"

#include <limits>

#include <QComboBox>
#include <QSpinBox>

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

constexpr int most_simulations = 10'000;
constexpr double much_memory = 4e9;  ///< bytes that a window should not hold

}  // namespace

SimulationForm::SimulationForm(Session& session, SimulationController& simulation, std::function<MapRequest()> map,
                               QWidget* parent)
    : QWidget(parent), session_(session), simulation_(simulation), map_(std::move(map)) {
    QVBoxLayout* column = panel_column(this);
    column->addWidget(section_label(tr("Conditional simulations")));
    count_ = count_box(1, most_simulations);
    count_->setObjectName(QStringLiteral("simulationCount"));
    count_->setValue(20);
    add_field(column, tr("Number"), count_,
              tr("How many fields are drawn: each agrees with the data and varies between the sites as the model says."), 88);
    seed_ = count_box(0, std::numeric_limits<int>::max());
    seed_->setObjectName(QStringLiteral("simulationSeed"));
    seed_->setValue(1);
    add_field(column, tr("Seed"), seed_, tr("The same seed gives the same simulations."), 88);
    averaged_ = new QComboBox;
    averaged_->addItem(tr("Estimates"), false);
    averaged_->addItem(tr("Drawn"), true);
    add_field(column, tr("Parameters"), averaged_,
              tr("Estimates: all simulations with the estimated parameters. Drawn: the parameters and the deformation vary, too, as the data allow."), 106);
    method_ = new QComboBox;
    method_->setObjectName(QStringLiteral("simulationMethod"));
    method_->addItem(tr("Sequential"), static_cast<int>(SimulationMethod::sequential));
    method_->addItem(tr("Spectral"), static_cast<int>(SimulationMethod::spectral));
    add_field(column, tr("Method"), method_,
              tr("How the field is simulated that is then conditioned on the data. Sequential: each cell given its nearest before it; any "
                 "covariance. Spectral: a sum of cosines in deformed space, without a factorisation at any number of cells; Matérn and "
                 "Gaussian covariances."), 106);
    size_ = muted_label(QString());
    column->addWidget(size_);
    draw_ = new QPushButton(tr("Draw simulations"));
    draw_->setObjectName(QStringLiteral("drawButton"));
    draw_->setToolTip(tooltip_text(tr("On the grid above, of what is chosen there: the signal or an observation, with its quantiles and thresholds.")));
    column->addWidget(draw_);
    cancel_ = new QPushButton(tr("Cancel"));
    cancel_->setObjectName(QStringLiteral("cancelDrawing"));
    cancel_->hide();
    column->addWidget(cancel_);
    summary_ = muted_label(QString());
    summary_->setObjectName(QStringLiteral("simulationSummary"));
    column->addWidget(summary_);
    connect(count_, &QSpinBox::valueChanged, this, &SimulationForm::refresh);
    connect(draw_, &QPushButton::clicked, this, [this] { simulation_.simulate(request()); });
    connect(cancel_, &QPushButton::clicked, &simulation_, &SimulationController::cancel);
    connect(&simulation_, &SimulationController::started, this, &SimulationForm::refresh);
    connect(&simulation_, &SimulationController::finished, this, &SimulationForm::refresh);
    connect(&session_, &Session::simulationsChanged, this, &SimulationForm::refresh);
    connect(&session_, &Session::candidateChanged, this, &SimulationForm::refresh);
    connect(&session_, &Session::datasetChanged, this, &SimulationForm::refresh);
}

SimulationRequest SimulationForm::request() const {
    const MapRequest map = map_();
    SimulationRequest request;
    request.cells_on_longest_side = map.cells_on_longest_side;
    request.options.target = map.options.target;
    request.options.count = count_->value();
    request.options.seed = static_cast<std::uint64_t>(seed_->value());
    request.options.averaged = averaged_->currentData().toBool();
    request.options.method = static_cast<SimulationMethod>(method_->currentData().toInt());
    request.options.threads = session_.options().threads;
    request.quantiles = map.options.quantiles;
    request.thresholds = map.options.thresholds;
    return request;
}

void SimulationForm::refresh() {
    const bool busy = simulation_.isSimulating();
    const auto model = session_.shownModel();
    const QString no_map = model ? PredictionController::whyNoMap(*model, session_.covariateRasters()) : QString();
    const auto dataset = session_.dataset();
    const double bytes = dataset ? SimulationController::bytes(session_.facts(), map_().cells_on_longest_side, count_->value()) : 0.0;
    size_->setVisible(bytes > 1e8);
    size_->setText(bytes > much_memory ? tr("%1: too much for the window. Draw fewer, take larger cells, or use anamorph-cli draw.").arg(memory_text(bytes))
                                       : tr("They take %1 of memory.").arg(memory_text(bytes)));
    draw_->setEnabled(!busy && model && no_map.isEmpty() && bytes <= much_memory);
    draw_->setText(busy ? tr("Drawing …") : tr("Draw simulations"));
    cancel_->setVisible(busy);
    const Session::SimulationsPointer drawn = session_.simulations();
    summary_->setVisible(drawn != nullptr);
    if (drawn)
        summary_->setText(tr("Shown: %1 of %2, seed %3. They are not saved with the project: the same seed draws them again, "
                             "and Export writes them as a GeoTIFF with a band each.")
                              .arg(drawn->count() == 1 ? tr("one simulation") : tr("%1 simulations").arg(count_text(drawn->count())),
                                   drawn->of_observation ? tr("an observation") : tr("the signal"))
                              .arg(drawn->seed));
}

}  // namespace anamorph
