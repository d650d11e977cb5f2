// SPDX-License-Identifier: GPL-3.0-or-later
// What is compared unless the user says otherwise.
#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include "core/base/error.h"
#include "core/fit/model_state.h"
#include "core/validate/approximation_comparison.h"

namespace anamorph {

std::vector<std::string> ComparisonOptions::validate() const {
    std::vector<std::string> problems;
    for (const auto& o : approximations)
        for (const auto& p : o.validate()) problems.push_back(p);
    if (exact_limit < 0 || exact_limit > 15'000)
        problems.emplace_back("The exact likelihood's limit must lie between 0 and 15,000 sites.");
    if (divergence_limit < 0 || divergence_limit > 10'000)
        problems.emplace_back("The divergence's limit must lie between 0 and 10,000 sites.");
    if (probes < 2 || probes > 1000)
        problems.emplace_back("The divergence needs between 2 and 1000 probes.");
    if (map_cells < 0 || map_cells > 1000)
        problems.emplace_back("The map takes up to 1000 cells on the longest side.");
    return problems;
}

std::vector<LikelihoodOptions> default_approximations(const SpatialDataset& dataset) {
    const Index n = dataset.size();
    const int d = dataset.dimension();
    std::vector<LikelihoodOptions> all;
    const auto add = [&](LikelihoodKind kind, auto&& set) {
        LikelihoodOptions o;
        o.kind = kind;
        set(o);
        all.push_back(o);
    };
    for (int m : {5, 10, 20, 40, 80})
        if (m < n) add(LikelihoodKind::vecchia, [&](LikelihoodOptions& o) { o.neighbours = m; });
    const Vector extent = dataset.coordinates.colwise().maxCoeff() -
                          dataset.coordinates.colwise().minCoeff();
    double volume = 1.0;
    for (int j = 0; j < d; ++j) volume *= std::max(extent(j), 1e-9 * extent.maxCoeff());
    const double ball = d == 1 ? 2.0 : d == 2 ? std::numbers::pi : 4.0 / 3.0 * std::numbers::pi;
    for (int within : {20, 40, 80, 160})
        if (within < n)
            add(LikelihoodKind::taper, [&](LikelihoodOptions& o) {
                o.taper_range = std::pow(volume * within / (ball * static_cast<double>(n)), 1.0 / d);
            });
    for (int k : {50, 100, 200, 400, 800})
        if (k < n) {
            add(LikelihoodKind::predictive_process, [&](LikelihoodOptions& o) { o.inducing_sites = k; });
            if (k == 200)
                add(LikelihoodKind::predictive_process,
                    [&](LikelihoodOptions& o) { o.inducing_sites = k, o.fitc = false; });
        }
    const std::vector<int> cells = d == 1 ? std::vector<int>{100, 400, 1600}
                                   : d == 2 ? std::vector<int>{25, 50, 100}
                                            : std::vector<int>{8, 12, 16};
    for (int c : cells)
        add(LikelihoodKind::spde, [&](LikelihoodOptions& o) {
            o.mesh_edge = extent.maxCoeff() * std::sqrt(static_cast<double>(d)) / c;
        });
    return all;
}

std::shared_ptr<const FittedModel> stationary_model_at(std::shared_ptr<const SpatialDataset> dataset,
                                                       Trend trend, const GivenParameters& p) {
    if (!(p.partial_sill > 0.0) || !(p.range > 0.0) || !(p.nugget >= 0.0) ||
        !std::isfinite(p.partial_sill) || !std::isfinite(p.range) || !std::isfinite(p.nugget))
        throw Error(ErrorCode::bad_input,
                    "Partial sill and range must be positive and the nugget not negative.");
    ModelSpecification s;
    s.deformation = DeformationKind::stationary;
    s.log_scale = LogScale::no;
    s.smoothness = p.smoothness;
    s.trend = trend;
    s.likelihood.kind = LikelihoodKind::exact;
    auto state = std::make_shared<ModelState>(make_model(std::move(dataset), s, 1));
    // All axes of one scale: the range is the same along each, also where standardisation is not.
    Vector theta = state->parameters();
    for (Index j = 0; j + 1 < theta.size(); ++j)
        theta(j) = std::log(state->standardisation.half_width(j == 0 ? 0 : theta.size() - 1) / p.range);
    theta(theta.size() - 1) = std::log(std::max(p.nugget / p.partial_sill, 1e-10));
    state->set_parameters(theta);
    state->partial_sill = p.partial_sill;
    state->align();
    return std::make_shared<const FittedModel>(state);
}

}  // namespace anamorph
