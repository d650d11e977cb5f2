// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "core/base/decompositions.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/fit/fit.h"
#include "core/predict/kriging.h"

// Fields with noise of any kind, and the options that tests of noise share.
namespace anamorph::testing {

/// Sites of the unit square with an elevation that is rough beside the sites' distances, the values a
/// field of exponential covariance in (x, y, `by_elevation`·elevation) and independent noise of standard
/// deviation noise(x).
inline std::shared_ptr<SpatialDataset> field(Index n, std::uint64_t seed, const std::function<double(double)>& noise,
                                      double by_elevation = 0.0) {
    RandomStream random(seed);
    auto data = std::make_shared<SpatialDataset>();
    data->coordinates.resize(n, 2);
    data->covariates.resize(n, 1);
    for (Index i = 0; i < n; ++i) {
        data->coordinates.row(i) << random.uniform(), random.uniform();
        data->covariates(i, 0) = 800.0 + 300.0 * random.normal();
    }
    Matrix c(n, n);
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < n; ++j) {
            const double across = by_elevation * (data->covariates(i, 0) - data->covariates(j, 0)) / 300.0;
            const double h = std::hypot((data->coordinates.row(i) - data->coordinates.row(j)).norm() / 0.3, across);
            c(i, j) = correlation_at(Smoothness::half, h) + (i == j ? 1e-9 : 0.0);
        }
    data->values = CholeskyFactor(c).lower() * random.normals(n);
    for (Index i = 0; i < n; ++i) data->values(i) += noise(data->coordinates(i, 0)) * random.normal();
    data->coordinate_names = {"x", "y"};
    data->covariate_names = {"elevation"};
    data->value_name = "z";
    return data;
}

inline double even_noise(double) { return 0.2; }

inline ModelSpecification specification(const char* model = "stationary") {
    ModelSpecification s;
    set_model(s, model);
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::half;
    s.likelihood.kind = LikelihoodKind::exact;
    return s;
}

inline FitOptions options(bool posterior = false) {
    FitOptions o;
    o.threads = 1;
    o.posterior = posterior;
    return o;
}

inline PredictOptions plug_in(PredictionTarget target = PredictionTarget::signal) {
    PredictOptions o;
    o.target = target;
    o.averaged = false;
    o.threads = 1;
    return o;
}

/// Every likelihood with what it needs.
inline std::vector<std::pair<std::string, LikelihoodOptions>> likelihoods() {
    std::vector<std::pair<std::string, LikelihoodOptions>> all;
    const auto add = [&](const std::string& name, LikelihoodKind kind) -> LikelihoodOptions& {
        LikelihoodOptions o;
        o.kind = kind;
        o.neighbours = 12;
        o.inducing_sites = 20;
        o.mesh_edge = 0.15;
        all.emplace_back(name, o);
        return all.back().second;
    };
    add("exact", LikelihoodKind::exact);
    add("Vecchia", LikelihoodKind::vecchia);
    add("latent", LikelihoodKind::vecchia).nugget_form = NuggetForm::latent;
    add("taper", LikelihoodKind::taper);
    add("predictive process", LikelihoodKind::predictive_process);
    add("SPDE", LikelihoodKind::spde);
    return all;
}

inline double t_density(double e, double nu) {
    return std::exp(std::lgamma(0.5 * (nu + 1.0)) - std::lgamma(0.5 * nu) -
                    0.5 * std::log(nu * std::numbers::pi) - 0.5 * (nu + 1.0) * std::log1p(e * e / nu));
}

}  // namespace anamorph::testing
