// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/approximation_comparison.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>

#include "core/base/error.h"
#include "core/data/map_grid.h"
#include "core/data/sphere.h"
#include "core/base/heap_usage.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/data/prediction_grid.h"
#include "core/fit/model_realisations.h"
#include "core/fit/model_state.h"
#include "core/fit/model_trend.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/make_likelihood.h"
#include "core/likelihood/spde_precision.h"

namespace anamorph {

namespace {

constexpr double jitter = 1e-8;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Shortest of a few runs, at most about a third of a second of them.
template <class Function>
double shortest_seconds(const Function& function) {
    double best = std::numeric_limits<double>::infinity();
    const double began = now();
    for (int i = 0; i < 5 && (i == 0 || now() - began < 0.3); ++i) {
        const double start = now();
        function();
        best = std::min(best, now() - start);
    }
    return best;
}

/// The exact model of one smoothness: what approximations are measured against.
struct Reference {
    SiteFeatures sites, cells;  ///< features at this smoothness's range; sites without auxiliary
    ProfiledValue value;
    bool has_value = false;
    Vector mean, sd;   ///< the map; empty: none
    Matrix data;       ///< n×probes: L₀e
    double log_determinant = 0.0;  ///< log|C₀|
};

class Laboratory {
public:
    Laboratory(const FittedModel& model, const ComparisonOptions& options,
               const ProgressObserver& progress, std::stop_token stop)
        : model_(of_one_realisation(model.state(), model.state().realisation)),
          options_(options),
          stop_(std::move(stop)),
          meter_(progress, "Comparing approximations"),
          observations_(model_.observations()),
          sites_(model_.standardisation.standardised(model_.dataset->coordinates)) {
        if (!model_.specification.distance_covariates.empty())
            throw Error(ErrorCode::unsupported,
                        "Approximations are compared for distances in space alone; this model's distance has "
                        "covariates.",
                        "Fit without them, or compare fits by the exact and by Vecchia's likelihood.");
        if (model_.log_noise_basis)  // the varying nugget counts with the weights
            observations_.noise_scale.array() *=
                (model_.log_noise_basis->values(sites_) * model_.log_noise_coefficients).array().exp();
        if (options_.map_cells > 0 && model_.specification.trend != Trend::covariates) {
            const SpatialDataset& data = *model_.dataset;
            const auto grid = map_grid(data, options_.map_cells, {}, 0.0, 0.0);
            cells_ = model_.standardisation.standardised(
                working_from_map(data.coordinate_system, grid.centres()));
            cell_trend_ = trend_of(model_, cells_, {});
        }
    }

    ApproximationComparison run() {
        ApproximationComparison result;
        result.sites = sites_.rows();
        result.cells = cells_.rows();
        std::vector<LikelihoodOptions> wanted = options_.approximations;
        if (wanted.empty()) wanted = default_approximations(*model_.dataset);
        const bool exact = sites_.rows() <= options_.exact_limit;
        if (exact) result.rows.push_back(exact_row());
        else
            result.notes.push_back("With " + std::to_string(sites_.rows()) +
                                   " sites the exact likelihood was left out: errors are unknown.");
        if (options_.map_cells > 0 && cells_.rows() == 0)
            result.notes.push_back("Maps were left out: the trend needs covariates on a grid.");
        if (model_.transform)
            result.notes.push_back("The values are transformed: likelihoods and differences of maps are those of "
                                   "the transformed values.");
        if (exact && sites_.rows() > options_.divergence_limit)
            result.notes.push_back("The divergence was left out above " +
                                   std::to_string(options_.divergence_limit) + " sites.");
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            throw_if_cancelled(stop_);
            meter_.report((static_cast<double>(i) + 1.0) / (static_cast<double>(wanted.size()) + 1.0));
            if (wanted[i].kind == LikelihoodKind::exact || wanted[i].kind == LikelihoodKind::automatic)
                continue;
            result.rows.push_back(row_of(wanted[i]));
        }
        meter_.report(1.0);
        return result;
    }

private:
    [[nodiscard]] LikelihoodOptions standardised(LikelihoodOptions o) const {
        const double unit =
            model_.standardisation.half_width.head(model_.dataset->space_dimension()).maxCoeff();
        o.taper_range /= unit;
        o.mesh_edge /= unit;
        return o;
    }

    [[nodiscard]] double sill() const { return model_.partial_sill; }

    /// Features of points where the range is that of `smoothness` with the model's practical range.
    SiteFeatures features(const Points& x, Smoothness smoothness) const {
        SiteFeatures f = model_.features(x);
        f.log_noise.resize(0);
        f.deformed *= stretch(smoothness);
        f.geographic = x;
        return f;
    }
    [[nodiscard]] double stretch(Smoothness smoothness) const {
        const Smoothness own = model_.specification.smoothness;
        return smoothness == own ? 1.0
                                 : practical_range_factor(smoothness) / practical_range_factor(own);
    }

    Smoothness smoothness_of(const LikelihoodOptions& o) const {
        return o.kind == LikelihoodKind::spde
                   ? spde_smoothness(o.spde_alpha, model_.dataset->dimension())
                   : model_.specification.smoothness;
    }

    /// What every row has: value, gradient, their seconds, memory, the map.
    void measure(ApproximationRow& row, const LikelihoodOptions& o, const SiteFeatures& at_sites,
                 const SiteFeatures& at_cells, ProfiledValue& value, Vector& mean, Vector& sd) {
        const double before = heap_bytes_in_use();
        const double start = now();
        const auto likelihood = make_likelihood(observations_, row.smoothness, o, sites_, jitter);
        likelihood->fix_partial_sill(sill());
        SiteFeatures f = at_sites;
        f.auxiliary = auxiliary_features(*likelihood, row.smoothness);
        const auto evaluate = [&](bool gradient) {
            if (!likelihood->evaluate(f, model_.log_nugget_ratio, gradient, value))
                throw Error(ErrorCode::not_positive_definite,
                            "The likelihood cannot be evaluated at these parameters.");
        };
        evaluate(false);  // chooses neighbours, patterns
        const double first = now() - start;
        row.likelihood_seconds = shortest_seconds([&] { evaluate(false); });
        row.setup_seconds = std::max(0.0, first - row.likelihood_seconds);
        throw_if_cancelled(stop_);
        row.gradient_seconds = shortest_seconds([&] { evaluate(true); });
        row.bytes = heap_bytes_in_use() - before;
        row.log_likelihood = -value.negative_log_likelihood;
        if (cells_.rows() == 0) return;
        throw_if_cancelled(stop_);
        const double map_start = now();
        const auto system = likelihood->kriging_system(f, model_.log_nugget_ratio);
        if (!system)
            throw Error(ErrorCode::not_positive_definite, "The kriging system cannot be factorised.");
        Vector variance;
        system->predict(at_cells, cell_trend_, false, mean, variance);
        sd = variance.cwiseSqrt();
        row.map_seconds = now() - map_start;
    }

    Points auxiliary_features(const Likelihood& likelihood, Smoothness smoothness) const {
        const Points auxiliary = likelihood.auxiliary_points();
        if (auxiliary.rows() == 0) return {};
        return stretch(smoothness) * model_.deformation->forward(auxiliary);
    }

    ApproximationRow exact_row() {
        ApproximationRow row;
        row.options.kind = LikelihoodKind::exact;
        row.label = label_of(row.options);
        row.smoothness = model_.specification.smoothness;
        Reference& r = references_[row.smoothness];
        prepare(r, row.smoothness);
        try {
            measure(row, row.options, r.sites, r.cells, r.value, r.mean, r.sd);
            r.has_value = true;
            row.log_likelihood_error = 0.0;
            if (r.data.cols() > 0) row.divergence = row.divergence_standard_error = 0.0;
            if (r.mean.size() > 0) row.largest_mean_difference = row.largest_sd_difference = 0.0;
        } catch (const Error& error) {
            if (error.code() == ErrorCode::cancelled) throw;
            row.failure = error.full_text();
        }
        return row;
    }

    void prepare(Reference& r, Smoothness smoothness) {
        r.sites = features(sites_, smoothness);
        if (cells_.rows() > 0) r.cells = features(cells_, smoothness);
        const Index n = sites_.rows();
        if (n > std::min(options_.divergence_limit, options_.exact_limit)) return;
        Matrix covariance = cross_correlation(smoothness, r.sites.deformed, r.sites.deformed);
        covariance.diagonal().array() =
            1.0 + jitter + std::exp(model_.log_nugget_ratio) * observations_.noise_scale.array();
        throw_if_cancelled(stop_);
        const Eigen::LLT<Eigen::Ref<Matrix>> factor(covariance);
        if (factor.info() != Eigen::Success) return;
        r.log_determinant = 2.0 * covariance.diagonal().array().log().sum();
        Matrix probes = Matrix::Identity(n, n);
        if (n > options_.probes) {
            RandomStream random(options_.seed);
            probes.resize(n, options_.probes);
            for (Index i = 0; i < probes.size(); ++i)
                probes.data()[i] = random.uniform() < 0.5 ? -1.0 : 1.0;
        }
        r.data = covariance.triangularView<Eigen::Lower>() * probes;
    }

    /// The exact model of a smoothness; for the SPDE's, whose own is not the model's.
    const Reference& reference(Smoothness smoothness) {
        const auto found = references_.find(smoothness);
        if (found != references_.end()) return found->second;
        Reference& r = references_[smoothness];
        prepare(r, smoothness);
        if (sites_.rows() > options_.exact_limit) return r;
        throw_if_cancelled(stop_);
        LikelihoodOptions exact;
        exact.kind = LikelihoodKind::exact;
        const auto likelihood = make_likelihood(observations_, smoothness, exact, sites_, jitter);
        likelihood->fix_partial_sill(sill());
        r.has_value = likelihood->evaluate(r.sites, model_.log_nugget_ratio, false, r.value);
        if (!r.has_value || cells_.rows() == 0) return r;
        throw_if_cancelled(stop_);
        if (const auto system = likelihood->kriging_system(r.sites, model_.log_nugget_ratio)) {
            Vector variance;
            system->predict(r.cells, cell_trend_, false, r.mean, variance);
            r.sd = variance.cwiseSqrt();
        }
        return r;
    }

    ApproximationRow row_of(const LikelihoodOptions& asked) {
        ApproximationRow row;
        row.options = asked;
        row.label = label_of(asked);
        switch (asked.kind) {
            case LikelihoodKind::vecchia:
                row.tuning_name = "neighbours", row.tuning = asked.neighbours;
                break;
            case LikelihoodKind::taper:
                row.tuning_name = "taper range", row.tuning = asked.taper_range;
                break;
            case LikelihoodKind::predictive_process:
                row.tuning_name = "inducing sites", row.tuning = asked.inducing_sites;
                break;
            case LikelihoodKind::spde: row.tuning_name = "mesh edge", row.tuning = asked.mesh_edge; break;
            default: break;
        }
        try {
            row.smoothness = smoothness_of(asked);
            const Reference& r = reference(row.smoothness);
            ProfiledValue value;
            Vector mean, sd;
            const LikelihoodOptions o = standardised(asked);
            measure(row, o, r.sites, r.cells, value, mean, sd);
            if (r.has_value)
                row.log_likelihood_error = r.value.negative_log_likelihood - value.negative_log_likelihood;
            if (r.mean.size() > 0 && mean.size() > 0) {
                row.largest_mean_difference = (mean - r.mean).cwiseAbs().maxCoeff();
                row.largest_sd_difference = (sd - r.sd).cwiseAbs().maxCoeff();
            }
            throw_if_cancelled(stop_);
            if (r.data.cols() > 0 && has_density(asked)) diverge(row, o, r);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::cancelled) throw;
            row.failure = error.full_text();
        } catch (const std::bad_alloc&) {
            row.failure = "It does not fit in memory.";
        }
        return row;
    }

    static bool has_density(const LikelihoodOptions& o) {
        return o.kind != LikelihoodKind::taper || o.taper_form == TaperForm::one_taper;
    }

    /// KL(exact ‖ approximation) without trend and log-scale, which do not change it, at σ² = 1.
    void diverge(ApproximationRow& row, const LikelihoodOptions& o, const Reference& r) {
        const Index n = sites_.rows(), count = r.data.cols();
        std::unique_ptr<Likelihood> likelihood;
        SiteFeatures f = r.sites;
        f.log_scale.resize(0);
        ProfiledValue value;
        Vector forms(count);
        double log_determinant = 0.0;
        for (Index p = 0; p < count; ++p) {
            throw_if_cancelled(stop_);
            if (!likelihood || !likelihood->replace_values(r.data.col(p))) {
                likelihood = make_likelihood({r.data.col(p), Matrix(n, 0), observations_.noise_scale},
                                             row.smoothness, o, sites_, jitter);
                likelihood->fix_partial_sill(1.0);
                f.auxiliary = auxiliary_features(*likelihood, row.smoothness);
            }
            if (!likelihood->evaluate(f, model_.log_nugget_ratio, false, value)) return;
            forms(p) = value.quadratic_form;
            log_determinant = 2.0 * value.negative_log_likelihood - forms(p) -
                              static_cast<double>(n) * std::log(2.0 * std::numbers::pi);
        }
        const double size = static_cast<double>(n);
        const bool exact = count == n;  // unit vectors: the sum is the trace
        const double trace = exact ? forms.sum() : forms.mean();
        row.divergence = 0.5 * (trace - size + log_determinant - r.log_determinant);
        const double spread = (forms.array() - forms.mean()).square().sum() /
                              std::max(1.0, static_cast<double>(count - 1));
        row.divergence_standard_error =
            exact ? 0.0 : 0.5 * std::sqrt(spread / static_cast<double>(count));
    }

    const ModelState model_;  // of one realisation, where there are several
    const ComparisonOptions& options_;
    std::stop_token stop_;
    ProgressMeter meter_;
    Observations observations_;
    Points sites_, cells_;  // standardised
    Matrix cell_trend_;
    std::map<Smoothness, Reference> references_;
};

}  // namespace

ApproximationComparison compare_approximations(const FittedModel& model,
                                               const ComparisonOptions& options,
                                               const ProgressObserver& progress,
                                               std::stop_token stop) {
    std::string problems;
    for (const auto& p : options.validate()) problems += (problems.empty() ? "" : " ") + p;
    if (!problems.empty()) throw Error(ErrorCode::bad_input, problems);
    if (!(model.state().partial_sill > 0.0))
        throw Error(ErrorCode::bad_input, "The model has no estimates to compare likelihoods at.");
    // The approximations themselves take nothing else.
    if (!model.state().covariance->closed_form())
        throw Error(ErrorCode::unsupported,
                    "Approximations are compared for one Matérn correlation of given smoothness; this model's "
                    "covariance is \"" + model.parameters().covariance + "\".",
                    "Fit with smoothness 0.5, 1.5, 2.5 or inf, one structure, the same everywhere.");
    const ThreadCount threads(options.threads);
    return Laboratory(model, options, progress, std::move(stop)).run();
}

}  // namespace anamorph
