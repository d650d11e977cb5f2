// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/objective.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "core/base/error.h"
#include "core/data/point_grid.h"
#include "core/data/value_transform.h"
#include "core/fit/covariate_distance.h"
#include "core/fit/local_fields.h"
#include "core/fit/student_noise.h"
#include "core/likelihood/make_likelihood.h"
#include "core/likelihood/spde_variation.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

namespace {

constexpr double nugget_prior_mean = -3.0;   // of log η
constexpr double nugget_prior_precision = 0.25;
constexpr double kernel_ridge = 2.0;         // 2|w|² of a process convolution's kernel field
constexpr double largest_log_nugget = 25.0;
constexpr double largest_coordinate = 1e6;

Points selected_rows(const Points& x, const std::vector<Index>& rows) {
    Points out(static_cast<Index>(rows.size()), x.cols());
    for (std::size_t i = 0; i < rows.size(); ++i) out.row(static_cast<Index>(i)) = x.row(rows[i]);
    return out;
}

Observations selected_rows(const Observations& all, const std::vector<Index>& rows) {
    Observations out{selected_rows(all.values, rows), selected_rows(all.trend, rows),
                     selected_rows(all.noise_scale, rows)};
    if (!all.realisation.empty())
        for (const Index r : rows) out.realisation.push_back(all.realisation[static_cast<std::size_t>(r)]);
    return out;
}

bool within_reach(const Points& deformed) {
    return deformed.allFinite() && deformed.cwiseAbs().maxCoeff() <= largest_coordinate;
}

}  // namespace

Objective::Objective(const ModelState& model, ObjectiveScope scope)
    : model_(model), rows_(std::move(scope.rows)) {
    const Index n = model.dataset->size();
    const bool own_rows = rows_.empty();
    if (own_rows && model.rows) {
        rows_ = *model.rows;
        scope.score_others = false;
    }
    const bool every_row = rows_.empty();
    if (every_row) {
        rows_.resize(static_cast<std::size_t>(n));
        std::iota(rows_.begin(), rows_.end(), Index(0));
    }
    if (!every_row && scope.score_others) {
        std::vector<char> fitted(static_cast<std::size_t>(n), 0);
        for (Index r : rows_) fitted[static_cast<std::size_t>(r)] = 1;
        for (Index r = 0; r < n; ++r)
            if (!fitted[static_cast<std::size_t>(r)]) held_out_.push_back(r);
    }

    const Points all = model.standardisation.standardised(model.dataset->coordinates);
    sites_ = selected_rows(all, rows_);
    Observations observations = selected_rows(model.observations(), rows_);
    if (scope.trend_coefficients.size() > 0) {
        observations.values -= observations.trend * scope.trend_coefficients;
        observations.trend.resize(observations.values.size(), 0);
    }
    if (!observations.realisation.empty()) places_ = places_of(sites_);
    values_ = observations.values;
    mean_log_derivative_ = mean_log_derivative(rows_);
    // What the evidence of Student noise lacks of that at its weights counts with the data.
    const double penalty =
        model.noise_weights.size() > 0
            ? student_penalty(model.noise_weights(rows_), model.specification.degrees_of_freedom) /
                  static_cast<double>(rows_.size())
            : 0.0;
    log_jacobian_ = (mean_log_derivative_ - penalty) *
                    (scope.terms.empty() ? static_cast<double>(rows_.size()) : scope.whole);
    likelihood_ = make_likelihood(observations, model.covariance, model.likelihood_options(), sites_);
    if (!scope.conditioning && own_rows) scope.conditioning = model.conditioning;
    likelihood_->fix_conditioning(scope.conditioning);
    if (!scope.terms.empty()) likelihood_->restrict_to_terms(scope.terms, scope.whole);
    likelihood_->fix_partial_sill(scope.partial_sill);
    auxiliary_ = likelihood_->auxiliary_points();
    auxiliary_free_ = likelihood_->auxiliary_points_free();
    if (model.auxiliary_points.rows() > 0 && model.auxiliary_points.rows() == auxiliary_.rows())
        auxiliary_ = model.auxiliary_points;
    if (model_.local_basis && auxiliary_.rows() > 0) auxiliary_values_ = model_.local_basis->values(auxiliary_);
    if (model_.log_scale_basis) log_scale_values_ = model_.log_scale_basis->values(sites_);
    if (model_.log_noise_basis) log_noise_values_ = model_.log_noise_basis->values(sites_);
    local_values_ = model_.local_basis
                        ? model_.local_basis->values(sites_)
                        : distance_covariates(model_, covariates_of(rows_), sites_.rows());
    if (model_.specification.likelihood.kind == LikelihoodKind::spde) {
        coefficient_mean_ = Vector::Zero(model_.coefficients.size());
        coefficient_precision_ =
            Vector::Constant(model_.coefficients.size(), 2.0 * SpdeVariation::ridge);
    } else {
        coefficient_mean_ = model_.covariance->prior_mean();
        coefficient_precision_ = model_.covariance->prior_precision();
    }
    const int d = model.dataset->dimension();
    extent_ = grid_nodes(Vector::Constant(d, -1.0), Vector::Ones(d), d == 1 ? 101 : d == 2 ? 13 : 7);
}

Objective::Objective(const Objective& o)
    : model_(o.model_),
      likelihood_(o.likelihood_->clone()),
      sites_(o.sites_),
      places_(o.places_),
      auxiliary_(o.auxiliary_),
      auxiliary_values_(o.auxiliary_values_),
      auxiliary_free_(o.auxiliary_free_),
      extent_(o.extent_),
      log_scale_values_(o.log_scale_values_),
      log_noise_values_(o.log_noise_values_),
      local_values_(o.local_values_),
      coefficient_mean_(o.coefficient_mean_),
      coefficient_precision_(o.coefficient_precision_),
      rows_(o.rows_),
      held_out_(o.held_out_),
      values_(o.values_),
      mean_log_derivative_(o.mean_log_derivative_),
      log_jacobian_(o.log_jacobian_) {}

Objective::~Objective() = default;

std::shared_ptr<const ConditioningSets> Objective::conditioning() {
    return likelihood_->conditioning(features_at(model_, sites_, covariates_of(rows_)));
}

Vector Objective::start() const {
    Vector theta(parameter_count() + (auxiliary_free_ ? auxiliary_.size() : 0));
    theta.head(parameter_count()) = model_.parameters();
    if (auxiliary_free_) theta.tail(auxiliary_.size()) = auxiliary_.reshaped();
    return theta;
}

void Objective::put(const Vector& theta, ModelState& model) const {
    model.set_parameters(theta.head(parameter_count()));
    if (theta.size() > parameter_count())
        model.auxiliary_points =
            theta.tail(auxiliary_.size()).reshaped(auxiliary_.rows(), auxiliary_.cols());
}

bool Objective::evaluate(const Vector& theta, double& value, Vector& gradient) {
    ++evaluations_;
    const Index k = model_.deformation->parameter_count();
    if (!theta.allFinite() || std::abs(theta(k)) > largest_log_nugget) return false;
    put(theta, model_);
    const bool moves_auxiliary = theta.size() > parameter_count();
    if (moves_auxiliary) auxiliary_ = model_.auxiliary_points;
    // Of several realisations each place is mapped once.
    const bool by_place = !places_.of_site.empty();
    const auto tape = model_.deformation->record(by_place ? places_.points : sites_);
    if (!within_reach(tape->deformed())) return false;
    SiteFeatures features;
    features.deformed = by_place ? Points(tape->deformed()(places_.of_site, Eigen::all)) : tape->deformed();
    std::unique_ptr<DeformationTape> auxiliary;
    if (auxiliary_.rows() > 0) {
        auxiliary = model_.deformation->record(auxiliary_);
        if (!within_reach(auxiliary->deformed())) return false;
        features.auxiliary = auxiliary_features(model_, auxiliary->deformed(), auxiliary_values_);
    }
    features.coefficients = model_.coefficients;
    if (model_.log_scale_basis) features.log_scale = log_scale_values_ * model_.log_scale_coefficients;
    if (model_.log_noise_basis) features.log_noise = log_noise_values_ * model_.log_noise_coefficients;
    if (local_values_.cols() > 0) features.local = model_.local_features(local_values_);
    if (!likelihood_->evaluate(features, model_.log_nugget_ratio, true, profiled_)) return false;

    const Vector& log_det = tape->log_abs_det();
    log_det_range_ = log_det.maxCoeff() - log_det.minCoeff();
    gradient = Vector::Zero(theta.size());
    const double weight = model_.specification.design_weight;
    Points d_deformed = by_place ? Points(Points::Zero(places_.points.rows(), sites_.cols())) : profiled_.d_deformed;
    for (std::size_t i = 0; i < places_.of_site.size(); ++i)
        d_deformed.row(places_.of_site[i]) += profiled_.d_deformed.row(static_cast<Index>(i));
    Points d_deformed_design = Points::Zero(d_deformed.rows(), d_deformed.cols());
    Vector d_log_det, d_parameters = Vector::Zero(k);
    parts_ = LossParts{};
    parts_.data = profiled_.negative_log_likelihood - log_jacobian_;
    parts_.design = design_term(*tape, d_deformed_design, d_log_det, d_parameters);
    if (weight > 0.0) {
        if (!std::isfinite(parts_.design)) return false;
        gradient.head(k) = tape->pull_back(d_deformed + weight * d_deformed_design,
                                           weight * d_log_det) +
                           weight * d_parameters;
    } else {
        gradient.head(k) = tape->pull_back(d_deformed, {});
    }
    const Points d_auxiliary = profiled_.d_auxiliary.leftCols(auxiliary ? sites_.cols() : 0);
    if (auxiliary) gradient.head(k) += auxiliary->pull_back(d_auxiliary, {});
    if (moves_auxiliary) {
        const auto jacobian = jacobians(*model_.deformation, auxiliary_);
        Points d_points(auxiliary_.rows(), auxiliary_.cols());
        for (Index i = 0; i < d_points.rows(); ++i)
            d_points.row(i) = d_auxiliary.row(i) * jacobian[static_cast<std::size_t>(i)];
        gradient.tail(d_points.size()) = d_points.reshaped();
    }

    Vector d_regulariser = Vector::Zero(k);
    parts_.regulariser = model_.deformation->regulariser(d_regulariser);
    gradient.head(k) += d_regulariser;
    const double t = model_.log_nugget_ratio - nugget_prior_mean;
    parts_.regulariser += 0.5 * nugget_prior_precision * t * t;
    gradient(k) = profiled_.d_log_nugget_ratio + nugget_prior_precision * t;
    add_field_terms(gradient);
    parts_.total = parts_.data + (weight > 0.0 ? weight * parts_.design : 0.0) + parts_.regulariser;
    value = parts_.total;
    return std::isfinite(value) && gradient.allFinite();
}

/// What belongs to coefficients, log-scale, log-noise and kernel field: gradient and penalties.
void Objective::add_field_terms(Vector& gradient) {
    Index next = model_.deformation->parameter_count() + 1;
    const auto add = [&](const Vector& v, const Vector& mean, const Vector& precision,
                         const Vector& d_value) {
        const Vector off = v - mean;
        parts_.regulariser += 0.5 * off.dot(precision.cwiseProduct(off));
        gradient.segment(next, v.size()) = d_value + precision.cwiseProduct(off);
        next += v.size();
    };
    const auto zero = [](const Vector& v) { return Vector(Vector::Zero(v.size())); };
    const auto flat = [](const Vector& v, double precision) {
        return Vector(Vector::Constant(v.size(), precision));
    };
    if (model_.coefficients.size() > 0)
        add(model_.coefficients, coefficient_mean_, coefficient_precision_, profiled_.d_coefficients);
    if (const Vector& v = model_.log_scale_coefficients; v.size() > 0)
        add(v, zero(v), flat(v, model_.log_scale_basis->log_scale_precision()),
            log_scale_values_.transpose() * profiled_.d_log_scale);
    if (const Vector& v = model_.log_noise_coefficients; v.size() > 0)
        add(v, zero(v), flat(v, model_.log_noise_basis->log_scale_precision()),
            log_noise_values_.transpose() * profiled_.d_log_noise);
    if (const Vector& v = model_.kernel_coefficients; v.size() > 0) {
        Matrix d_kernel = local_values_.transpose() * profiled_.d_local;
        if (auxiliary_values_.rows() > 0)
            d_kernel += auxiliary_values_.transpose() * profiled_.d_auxiliary.rightCols(d_kernel.cols());
        add(v, zero(v), flat(v, 2.0 * kernel_ridge), d_kernel.reshaped());
    }
}

bool Objective::allows_scoring() const {
    return model_.specification.deformation == DeformationKind::stationary &&
           model_.specification.likelihood.kind == LikelihoodKind::vecchia &&
           model_.specification.likelihood.nugget_form == NuggetForm::response &&
           model_.covariance->closed_form() && !model_.log_noise_basis &&
           !model_.dataset->has_realisations() &&
           model_.specification.design_weight == 0.0 && start().size() == 2;
}

bool Objective::scoring_step(const Vector& theta, double& value, Vector& gradient,
                             Matrix& information) {
    if (!allows_scoring() || !theta.allFinite() || std::abs(theta(1)) > largest_log_nugget)
        return false;
    ++evaluations_;
    put(theta, model_);
    const SiteFeatures features = model_.features(sites_);
    CovarianceStep step;
    if (!within_reach(features.deformed) ||
        !likelihood_->covariance_step(features, model_.log_nugget_ratio, step))
        return false;
    Vector d_regulariser = Vector::Zero(1);
    parts_ = LossParts{};
    parts_.data = step.negative_log_likelihood - log_jacobian_;
    parts_.regulariser = model_.deformation->regulariser(d_regulariser);
    const double t = model_.log_nugget_ratio - nugget_prior_mean;
    parts_.regulariser += 0.5 * nugget_prior_precision * t * t;
    gradient = step.gradient;
    gradient(0) += d_regulariser(0);
    gradient(1) += nugget_prior_precision * t;
    information = step.information;
    information(1, 1) += nugget_prior_precision;
    profiled_ = ProfiledValue{};
    profiled_.negative_log_likelihood = step.negative_log_likelihood;
    profiled_.partial_sill = step.partial_sill;
    profiled_.trend_coefficients = step.trend_coefficients;
    log_det_range_ = 0.0;
    value = parts_.total = parts_.data + parts_.regulariser;
    return std::isfinite(value) && gradient.allFinite() && information.allFinite();
}

/// −log p(X), X the sites (places, where there are several realisations), and its gradients with respect to f(x), log|det J(x)| and, for the uniform base
/// density (whose support is f of the extent), directly to the deformation's parameters.
double Objective::design_term(const DeformationTape& tape, Points& d_deformed, Vector& d_log_det,
                              Vector& d_parameters) const {
    const ModelSpecification& s = model_.specification;
    const Points& u = tape.deformed();
    const double n = static_cast<double>(u.rows()), d = static_cast<double>(u.cols());
    const double sign = s.design_term == DesignTerm::coherent ? 1.0 : -1.0;
    d_log_det = Vector::Constant(u.rows(), -sign);
    double log_p = sign * tape.log_abs_det().sum();
    if (s.base_density == BaseDensity::gaussian) {
        // Isotropic Gaussian with its mean and variance profiled.
        const Points centred = u.rowwise() - u.colwise().mean();
        const double variance = centred.squaredNorm() / (n * d);
        log_p -= 0.5 * n * d * (std::log(2.0 * std::numbers::pi * variance) + 1.0);
        d_deformed = centred / variance;
        return -log_p;
    }
    // Uniform on f([−1, 1]^d), whose volume is 2^d times the mean of |det J| over the extent.
    const bool needed = s.design_weight > 0.0;
    const auto grid_tape = needed ? model_.deformation->record(extent_) : nullptr;
    const Vector grid = needed ? grid_tape->log_abs_det() : model_.deformation->log_abs_det(extent_);
    const double top = grid.maxCoeff();
    const Vector share = (grid.array() - top).exp();
    log_p -= n * (d * std::log(2.0) + top + std::log(share.mean()));
    if (needed)
        d_parameters = grid_tape->pull_back(Points::Zero(extent_.rows(), extent_.cols()),
                                            n * share / share.sum());
    return -log_p;
}

Matrix Objective::covariates_of(const std::vector<Index>& rows) const {
    return model_.dataset->covariates.cols() > 0 ? Matrix(model_.dataset->covariates(rows, Eigen::all))
                                                 : Matrix(static_cast<Index>(rows.size()), 0);
}

double Objective::mean_log_derivative(const std::vector<Index>& rows) const {
    if (!model_.transform || rows.empty()) return 0.0;
    return log_derivatives(*model_.transform, model_.dataset->values(rows)).mean();
}

double Objective::held_out_score() const {
    if (held_out_.empty() && profiled_.leave_one_out_residual.size() == 0)
        return std::numeric_limits<double>::quiet_NaN();
    if (held_out_.empty() && model_.noise_weights.size() > 0) {
        const Vector log_density = student_leave_one_out(model_, profiled_).log_density;
        return log_density.size() > 0 ? -log_density.mean() - mean_log_derivative_
                                      : std::numeric_limits<double>::quiet_NaN();
    }
    if (held_out_.empty()) {
        const auto& r = profiled_.leave_one_out_residual.array();
        const auto& v = profiled_.leave_one_out_variance.array();
        return (0.5 * (2.0 * std::numbers::pi * v).log() + 0.5 * r.square()).mean() -
               mean_log_derivative_;
    }
    const Points all = model_.standardisation.standardised(model_.dataset->coordinates);
    const Observations test = selected_rows(model_.observations(), held_out_);
    SiteFeatures fitted = features_at(model_, sites_, covariates_of(rows_));
    if (auxiliary_.rows() > 0)
        fitted.auxiliary = auxiliary_features(model_, model_.deformation->forward(auxiliary_), auxiliary_values_);
    const auto system = likelihood_->kriging_system(fitted, model_.log_nugget_ratio);
    if (!system) return std::numeric_limits<double>::quiet_NaN();
    SiteFeatures at = features_at(model_, selected_rows(all, held_out_), covariates_of(held_out_));
    at.realisation = test.realisation;
    Vector mean, variance;
    system->predict(at, test.trend, false, mean, variance);
    // The nugget of each held-out site, which its weight may scale.
    Vector nugget = system->partial_sill() * std::exp(model_.log_nugget_ratio) * test.noise_scale;
    if (at.log_scale.size() > 0) nugget.array() *= at.log_scale.array().exp();
    if (at.log_noise.size() > 0) nugget.array() *= at.log_noise.array().exp();
    variance += nugget;
    return (0.5 * (2.0 * std::numbers::pi * variance.array()).log() +
            0.5 * (test.values - mean).array().square() / variance.array())
               .mean() -
           mean_log_derivative(held_out_);
}

Vector Objective::prior_precision() const {
    Vector p = Vector::Zero(parameter_count());
    const Index k = model_.deformation->parameter_count();
    p.head(k) = model_.deformation->prior_precision();
    Index next = k + 1;
    p.segment(next, coefficient_precision_.size()) = coefficient_precision_;
    next += coefficient_precision_.size();
    const auto add = [&](const Vector& v, double precision) {
        p.segment(next, v.size()).setConstant(precision);
        next += v.size();
    };
    if (model_.log_scale_basis)
        add(model_.log_scale_coefficients, model_.log_scale_basis->log_scale_precision());
    if (model_.log_noise_basis)
        add(model_.log_noise_coefficients, model_.log_noise_basis->log_scale_precision());
    add(model_.kernel_coefficients, 2.0 * kernel_ridge);
    return p;
}

}  // namespace anamorph
