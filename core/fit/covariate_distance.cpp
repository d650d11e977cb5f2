// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/covariate_distance.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/error.h"
#include "core/covariance/covariate_covariance.h"

namespace anamorph {

namespace {

/// Column of a covariate; −1 where there is none of that name.
Index column_of(const SpatialDataset& dataset, const std::string& name) {
    const auto& names = dataset.covariate_names;
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? -1 : static_cast<Index>(found - names.begin());
}

}  // namespace

bool needs_covariates(const ModelSpecification& s) {
    return s.trend == Trend::covariates || !s.distance_covariates.empty();
}

Matrix distance_covariates(const ModelState& model, const Matrix& covariates, Index count) {
    const auto& names = model.specification.distance_covariates;
    const Standardisation& s = model.standardisation;
    Matrix c(count, static_cast<Index>(names.size()));
    if (names.empty()) return c;
    if (covariates.rows() != count || covariates.cols() != s.covariate_mean.size())
        throw Error(ErrorCode::dimension_mismatch,
                    "The model's distance uses covariates, of which the data have " +
                        std::to_string(s.covariate_mean.size()) + "; " +
                        std::to_string(covariates.rows()) + " × " + std::to_string(covariates.cols()) +
                        " values were given for " + std::to_string(count) + " points.",
                    "Give the covariates' values at every point that is predicted.");
    for (std::size_t k = 0; k < names.size(); ++k) {
        const Index column = column_of(*model.dataset, names[k]);
        c.col(static_cast<Index>(k)) =
            (covariates.col(column).array() - s.covariate_mean(column)) / s.covariate_sd(column);
    }
    return c;
}

SiteFeatures features_at(const ModelState& model, const Points& x, const Matrix& covariates) {
    SiteFeatures f = model.features(x);
    if (!model.specification.distance_covariates.empty())
        f.local = distance_covariates(model, covariates, x.rows());
    return f;
}

SearchSpace search_space(const ModelState& model, const Points& x, const Matrix& covariates) {
    SearchSpace space{x, model.deformation->forward(x)};
    const auto covariance =
        std::dynamic_pointer_cast<const CovariateCovariance>(model.covariance_at_estimate());
    if (!covariance) return space;
    const Matrix c = distance_covariates(model, covariates, x.rows());
    space.before.resize(x.rows(), x.cols() + c.cols());
    space.before << x, c;
    space.after = covariance->extended(space.after, c);
    return space;
}

void check_distance_covariates(const SpatialDataset& dataset, const ModelSpecification& s) {
    std::set<std::string> seen;
    for (const auto& name : s.distance_covariates) {
        const Index column = column_of(dataset, name);
        if (column < 0) {
            std::string known;
            for (const auto& each : dataset.covariate_names)
                known += (known.empty() ? "\"" : ", \"") + each + "\"";
            throw Error(ErrorCode::bad_input, "The data have no covariate \"" + name + "\" for the distance.",
                        known.empty() ? "Give a column the role \"covariate\", or a raster."
                                      : "Their covariates are " + known + ".");
        }
        if (!seen.insert(name).second)
            throw Error(ErrorCode::bad_input, "The covariate \"" + name + "\" is named twice for the distance.");
        const auto values = dataset.covariates.col(column);
        const double spread = values.maxCoeff() - values.minCoeff();
        if (!(spread > 1e-9 * std::max(1.0, values.cwiseAbs().maxCoeff())))
            throw Error(ErrorCode::bad_input,
                        "The covariate \"" + name + "\" is constant: it cannot be part of the distance.",
                        "Leave it out.");
    }
}

std::vector<CovariateScale> covariate_scales(const FittedModel& model) {
    const ModelState& s = model.state();
    const auto covariance =
        std::dynamic_pointer_cast<const CovariateCovariance>(s.covariance_at_estimate());
    std::vector<CovariateScale> out;
    if (!covariance) return out;
    const Vector scales = covariance->scales();
    const auto& names = s.specification.distance_covariates;
    for (std::size_t k = 0; k < names.size(); ++k) {
        const double scale = scales(static_cast<Index>(k));
        const double sd = s.standardisation.covariate_sd(column_of(*s.dataset, names[k]));
        out.push_back({names[k], sd / scale, scale * s.alignment.scale});
    }
    return out;
}

}  // namespace anamorph
