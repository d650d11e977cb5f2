// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/simulation_controller.h"

#include <algorithm>

#include "core/base/error.h"
#include "ui/controllers/prediction_controller.h"

namespace anamorph {
namespace {

Session::SimulationsPointer draw(const FittedModel& model, const SimulationRequest& request,
                                 const std::vector<RasterSource>& rasters, double time, const JobContext& context) {
    auto [grid, covariates] = PredictionController::gridFor(
        model, request.cells_on_longest_side, rasters,
        PredictionController::knowsTime(model) ? std::vector<double>{time} : std::vector<double>());
    auto result = std::make_shared<Simulations>();
    result->grid = std::move(grid);
    result->draws = draw_on_grid(model, result->grid, covariates, request.options, context.progress(), context.stop());
    const DrawSummary summary = summary_of(result->draws, request.quantiles, request.thresholds);
    result->summary.grid = result->grid;
    result->summary.mean = summary.mean;
    result->summary.standard_deviation = summary.standard_deviation;
    for (std::size_t k = 0; k < request.quantiles.size(); ++k)
        result->summary.further.push_back(
            {FurtherLayer::Kind::quantile, request.quantiles[k], summary.quantiles.col(static_cast<Index>(k))});
    for (std::size_t k = 0; k < request.thresholds.size(); ++k)
        result->summary.further.push_back(
            {FurtherLayer::Kind::exceedance, request.thresholds[k], summary.exceedance.col(static_cast<Index>(k))});
    result->of_observation = request.options.target == PredictionTarget::observation;
    result->summary.of_observation = result->of_observation;
    result->summary.averaged = request.options.averaged;
    result->seed = request.options.seed;
    result->label = result->summary.label = model.label();
    return result;
}

}  // namespace

SimulationController::SimulationController(Session& session, QObject* parent) : QObject(parent), session_(session) {
    connect(&runner_, &JobRunner::started, this, &SimulationController::started);
    connect(&runner_, &JobRunner::progressed, this, &SimulationController::progressed);
    connect(&runner_, &JobRunner::cancelled, this, &SimulationController::cancelled);
    connect(&runner_, &JobRunner::finished, this, &SimulationController::finished);
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("The simulations could not be drawn: %1").arg(sentence));
        Q_EMIT failed(sentence);
    });
    connect(&session_, &Session::datasetChanged, &runner_, &JobRunner::cancel);
    // Simulations are of one time, where the model knows it, and of one realisation.
    connect(&session_, &Session::timeChanged, this, [this] {
        const auto model = session_.shownModel();
        if (!model || PredictionController::knowsTime(*model)) runner_.cancel();
    });
    connect(&session_, &Session::realisationChanged, &runner_, &JobRunner::cancel);
}

double SimulationController::bytes(const DataFacts& facts, int cells, int count) {
    double total = 8.0 * count;
    for (const Index side : PredictionController::gridShape(facts, cells)) total *= static_cast<double>(side);
    return total;
}

void SimulationController::simulate(const SimulationRequest& asked) {
    const std::shared_ptr<const FittedModel> model = session_.shownModel();
    if (!model) return;
    SimulationRequest request = asked;
    request.options.realisation = session_.realisation().toStdString();
    runner_.start([model, request, rasters = session_.covariateRasters(), time = session_.time()](
                      JobContext& context) { return draw(*model, request, rasters, time, context); },
                  [this, model](Session::SimulationsPointer simulations) {
                      if (model != session_.shownModel()) return;  // another class is looked at by now
                      session_.appendLog(tr("Drew %1 conditional simulations of %2, seed %3.")
                                             .arg(simulations->count())
                                             .arg(QString::fromStdString(simulations->label))
                                             .arg(simulations->seed));
                      session_.setSimulations(std::move(simulations));
                      Q_EMIT simulated();
                  });
}

}  // namespace anamorph
