// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/preflight_controller.h"

#include "core/data/realisations.h"
#include "core/base/error.h"
#include "core/fit/classes.h"
#include "core/fit/combinations.h"
#include "core/fit/forecast.h"
#include "core/fit/local_fields.h"

namespace anamorph {
namespace {

constexpr int settle_ms = 120;

std::map<LikelihoodKind, QString> unavailable_with(const SpatialDataset& dataset, const ModelSpecification& specification, bool automatic) {
    CombinationRequest request;
    request.specification = specification;
    request.automatic_model = automatic;
    request.sites = largest_realisation(dataset);
    request.dimension = dataset.dimension();
    request.last_axis_is_time = dataset.last_axis_is_time;
    request.chordal = dataset.coordinate_system.chordal;
    request.trend_coefficients = trend_columns(specification, dataset.dimension(), dataset.covariates.cols());
    std::map<LikelihoodKind, QString> reasons;
    for (const LikelihoodKind kind : {LikelihoodKind::exact, LikelihoodKind::vecchia, LikelihoodKind::taper,
                                      LikelihoodKind::predictive_process, LikelihoodKind::spde}) {
        request.specification.likelihood.kind = kind;
        if (const auto sentence = refusal(request)) reasons[kind] = QString::fromStdString(*sentence);
    }
    return reasons;
}

Preflight look_at(const SpatialDataset& dataset, const ModelSpecification& specification, const FitOptions& options, bool automatic) {
    Preflight found;
    found.kind = with_resolved_likelihood(specification, dataset).likelihood.kind;
    found.unavailable = unavailable_with(dataset, specification, automatic);
    try {
        check_before_fit(&dataset, specification, options);
        check_combination(dataset, specification, automatic);
        ForecastOptions asked;
        asked.automatic_model = automatic;
        asked.posterior = options.posterior;
        asked.threads = options.threads;
        const Forecast forecast = forecast_fit(dataset, specification, asked);
        found.kind = forecast.likelihood.options.kind;
        found.forecast = QString::fromStdString(forecast.sentence());
        found.seconds = forecast.fit_seconds;
        found.bytes = forecast.bytes;
    } catch (const Error& error) {
        found.problems << QString::fromStdString(error.full_text());
    }
    return found;
}

}  // namespace

PreflightController::PreflightController(Session& session, QObject* parent) : QObject(parent), session_(session) {
    timer_.setSingleShot(true);
    timer_.setInterval(settle_ms);
    connect(&timer_, &QTimer::timeout, this, &PreflightController::look);
    const auto start = [this] { timer_.start(); };
    connect(&session_, &Session::datasetChanged, this, start);
    connect(&session_, &Session::modelChanged, this, start);
}

void PreflightController::look() {
    if (!session_.dataset()) {
        runner_.cancel();
        return;
    }
    runner_.start(
        [dataset = session_.dataset(), specification = session_.specification(), options = session_.options(),
         automatic = session_.automatic()](JobContext&) { return look_at(*dataset, specification, options, automatic); },
        [this](Preflight found) { session_.setPreflight(std::make_shared<const Preflight>(std::move(found))); });
}

}  // namespace anamorph
