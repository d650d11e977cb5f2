// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/kriging.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/realisations.h"
#include "core/data/sphere.h"
#include "core/fit/model_realisations.h"
#include "core/predict/predictor.h"

namespace anamorph {

namespace {

constexpr std::size_t most_levels = 50;

}  // namespace

std::vector<std::string> PredictOptions::validate() const {
    std::vector<std::string> problems;
    if (draws < 2 || draws > 1000)
        problems.emplace_back("The number of posterior draws must lie between 2 and 1000.");
    if (!std::all_of(quantiles.begin(), quantiles.end(), [](double p) { return p > 0.0 && p < 1.0; }))
        problems.emplace_back("The probability of a quantile lies between 0 and 1, the ends left out.");
    if (!std::all_of(thresholds.begin(), thresholds.end(), [](double t) { return std::isfinite(t); }))
        problems.emplace_back("A threshold must be a finite number.");
    if (quantiles.size() > most_levels || thresholds.size() > most_levels)
        problems.emplace_back("At most 50 quantiles and 50 thresholds are predicted together.");
    return problems;
}

std::vector<int> realisation_of_points(const SpatialDataset& dataset,
                                       const std::vector<std::string>& labels, Index points) {
    if (labels.empty()) return {};
    const auto m = static_cast<std::size_t>(points);
    if (labels.size() == 1) return std::vector<int>(m, realisation_named(dataset, labels.front()));
    if (labels.size() != m)
        throw Error(ErrorCode::dimension_mismatch,
                    std::to_string(labels.size()) + " labels of realisations were given for " +
                        std::to_string(points) + " points.");
    std::unordered_map<std::string, int> known;
    std::vector<int> places;
    for (const std::string& label : labels) {
        const auto [found, fresh] = known.try_emplace(label, 0);
        if (fresh) found->second = realisation_named(dataset, label);
        places.push_back(found->second);
    }
    return places;
}

std::vector<FurtherLayer> further_layers(const PredictOptions& options) {
    std::vector<FurtherLayer> layers;
    for (double p : options.quantiles) layers.push_back({FurtherLayer::Kind::quantile, p, {}});
    for (double t : options.thresholds) layers.push_back({FurtherLayer::Kind::exceedance, t, {}});
    return layers;
}

Prediction predict_at(const FittedModel& model, const Points& x_in_geographic,
                      const Matrix& covariates, const PredictOptions& options,
                      const ProgressObserver& progress, std::stop_token stop) {
    Predictor predictor(model, options);
    ProgressMeter meter(progress, predictor.averaged() ? "Predicting, averaged over the posterior"
                                                       : "Predicting");
    return predictor.predict(
        x_in_geographic, covariates, [&](double part) { meter.report(part); }, stop);
}

GridMap predict_on_grid(const FittedModel& model, const PredictionGrid& grid,
                        const Matrix& covariates, const PredictOptions& options,
                        const ProgressObserver& progress, std::stop_token stop) {
    const std::vector<Index> active = grid.active_cells();
    const Points centres = working_from_map(model.dataset().coordinate_system, grid.centres());
    const auto m = static_cast<Index>(active.size());
    Points x(m, centres.cols());
    Matrix c(m, covariates.cols());
    for (Index i = 0; i < m; ++i) {
        const Index cell = active[static_cast<std::size_t>(i)];
        x.row(i) = centres.row(cell);
        if (covariates.cols() > 0) c.row(i) = covariates.row(cell);
    }
    const Prediction p = predict_at(model, x, c, options, progress, std::move(stop));
    GridMap map;
    map.grid = grid;
    map.mean = Vector::Constant(grid.cell_count(), std::numeric_limits<double>::quiet_NaN());
    map.standard_deviation = map.mean;
    map.further = further_layers(options);
    for (auto& layer : map.further) layer.values = map.mean;
    for (Index i = 0; i < m; ++i) {
        const Index cell = active[static_cast<std::size_t>(i)];
        map.mean(cell) = p.mean(i);
        map.standard_deviation(cell) = std::sqrt(p.variance(i));
        Index k = 0;
        for (auto& layer : map.further) {
            const Index q = p.quantiles.cols();
            layer.values(cell) = k < q ? p.quantiles(i, k) : p.exceedance(i, k - q);
            ++k;
        }
    }
    map.of_observation = options.target == PredictionTarget::observation;
    map.averaged = options.averaged && model.has_posterior();
    map.label = model.label();
    map.realisation = options.realisations.empty() ? realisation_label(model) : options.realisations.front();
    return map;
}

}  // namespace anamorph
