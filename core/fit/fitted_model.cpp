// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/fitted_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/covariance/convolution_covariance.h"
#include "core/data/point_grid.h"
#include "core/data/sphere.h"
#include "core/fit/leave_one_out.h"
#include "core/fit/local_fields.h"
#include "core/fit/model_realisations.h"
#include "core/fit/model_state.h"
#include "core/fit/model_trend.h"
#include "core/likelihood/make_likelihood.h"
#include "core/likelihood/spde_likelihood.h"

namespace anamorph {

namespace {

/// Jacobians of the map that is shown, with respect to geographic coordinates.
std::vector<Matrix> shown_jacobians(const ModelState& s, const Points& x_in_geographic) {
    auto result = jacobians(*s.deformation, s.standardisation.standardised(x_in_geographic));
    const Vector per_unit = s.standardisation.half_width.cwiseInverse();
    for (Matrix& j : result)
        j = s.alignment.scale * s.alignment.rotation * j * per_unit.asDiagonal();
    return result;
}

/// The SPDE's κ(x), H(x) vary; other likelihoods keep the covariance's coefficients there.
bool has_varying_operator(const ModelState& s) {
    return s.specification.likelihood.kind == LikelihoodKind::spde && s.coefficients.size() > 0;
}

/// Where the SPDE's coefficients vary, lengths are those of κ H^{−1/2} δ instead of δ in deformed
/// space: J becomes κ H^{−1/2} J.
void stretch_by_coefficients(const ModelState& s, const Points& x_in_geographic,
                             std::vector<Matrix>& jacobians) {
    if (!has_varying_operator(s)) return;
    const Matrix fields = SpdeVariation::fields_at(
        s.specification.likelihood.spde_basis, s.coefficients,
        s.standardisation.standardised(x_in_geographic));
    const Matrix& rotation = s.alignment.rotation;
    const Matrix back = matrix_inverse(rotation);
    const Index d = x_in_geographic.cols();
    for (Index i = 0; i < fields.rows(); ++i) {
        Matrix h(d, d);
        for (Index r = 0, k = 1; r < d; ++r)
            for (Index c = 0; c <= r; ++c, ++k) h(r, c) = h(c, r) = fields(i, k);
        const SymmetricEigen eigen(h);
        Matrix& j = jacobians[static_cast<std::size_t>(i)];
        j = std::exp(fields(i, 0)) * rotation * eigen.inverse_square_root() * back * j;
    }
}

/// Where the covariance differs from place to place, lengths are those of its own metric in deformed
/// space: J becomes T J, TᵀT that metric (Σ⁻¹ of a process convolution, Σ w_k B_k² of regions).
void stretch_by_local_covariance(const ModelState& s, const Points& x_in_geographic,
                                 std::vector<Matrix>& jacobians) {
    if (s.specification.local == LocalCovariance::same) return;
    const Matrix local =
        s.local_features(s.local_basis->values(s.standardisation.standardised(x_in_geographic)));
    const auto parts = s.covariance_at_estimate()->parts();
    const Matrix& rotation = s.alignment.rotation;
    const Matrix back = matrix_inverse(rotation);
    const auto d = static_cast<int>(x_in_geographic.cols());
    for (Index i = 0; i < local.rows(); ++i) {
        Matrix stretch;
        if (s.specification.local == LocalCovariance::convolution) {
            stretch = matrix_inverse(ConvolutionCovariance::kernel_root(local.row(i).transpose(), d));
        } else {
            Matrix metric = Matrix::Zero(d, d);
            for (std::size_t k = 0; k < parts.size(); ++k) {
                const double root = local(i, static_cast<Index>(k));
                metric += root * root * parts[k].stretch * parts[k].stretch;
            }
            stretch = SymmetricEigen(metric).square_root();
        }
        Matrix& j = jacobians[static_cast<std::size_t>(i)];
        j = rotation * stretch * back * j;
    }
}

double quantile(std::vector<double> values, double share) {
    const auto k = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(k), values.end());
    return values[k];
}

bool is_plain_space(const SpatialDataset& data) {
    return !data.last_axis_is_time && !data.coordinate_system.chordal;
}

}  // namespace

FittedModel::FittedModel(std::shared_ptr<const ModelState> state) : state_(std::move(state)) {}
FittedModel::~FittedModel() = default;

const SpatialDataset& FittedModel::dataset() const { return *state_->dataset; }
const ModelSpecification& FittedModel::specification() const { return state_->specification; }
bool FittedModel::has_log_scale() const {
    return state_->log_scale_basis != nullptr && !is_regional(state_->specification);
}
std::string FittedModel::label() const {
    return model_label(state_->specification, has_log_scale());
}

Points FittedModel::deformed_from_geographic(const Points& x) const {
    const Alignment& a = state_->alignment;
    Points u = a.scale * state_->deformation->forward(state_->standardisation.standardised(x)) *
               a.rotation.transpose();
    u.rowwise() += a.shift.transpose();
    return u;
}

Points FittedModel::geographic_from_deformed(const Points& u) const {
    const Alignment& a = state_->alignment;
    const Points inner =
        (u.rowwise() - a.shift.transpose()) * matrix_inverse(a.rotation).transpose() / a.scale;
    return state_->standardisation.geographic(state_->deformation->inverse(inner));
}

Vector FittedModel::log_abs_det_jacobian(const Points& x) const {
    if (!is_plain_space(*state_->dataset)) {
        const auto jac = shown_jacobians(*state_, x);
        const Matrix back = matrix_inverse(state_->alignment.rotation);
        Vector log_det(x.rows());
        for (Index i = 0; i < x.rows(); ++i) {
            const Matrix along = back * jac[static_cast<std::size_t>(i)] *
                                 directions_of_space(*state_->dataset, x.row(i));
            log_det(i) = 0.5 * std::log(determinant(along.transpose() * along));
        }
        return log_det;
    }
    const double d = static_cast<double>(x.cols());
    return state_->deformation->log_abs_det(state_->standardisation.standardised(x)).array() +
           d * std::log(state_->alignment.scale) -
           state_->standardisation.half_width.array().log().sum();
}

std::vector<LocalStrain> FittedModel::strain_at(const Points& x) const {
    auto jac = shown_jacobians(*state_, x);
    stretch_by_coefficients(*state_, x, jac);
    stretch_by_local_covariance(*state_, x, jac);
    const double practical = parameters().practical_range;
    std::vector<LocalStrain> out;
    out.reserve(jac.size());
    const Matrix back = matrix_inverse(state_->alignment.rotation);
    for (Index i = 0; i < x.rows(); ++i) {
        const Matrix j = back * jac[static_cast<std::size_t>(i)] *
                         directions_of_space(*state_->dataset, x.row(i));
        // Locally h² = δᵀJᵀJδ: the range along an eigenvector of JᵀJ is range / stretch.
        const SymmetricEigen eigen(j.transpose() * j);
        const Vector stretch = eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt();
        const Index last = stretch.size() - 1;
        LocalStrain s;
        s.log_abs_det = j.rows() == j.cols() ? std::log(std::abs(determinant(j)))
                                             : 0.5 * std::log(determinant(j.transpose() * j));
        s.major_range = practical / std::max(stretch(0), 1e-300);
        s.minor_range = practical / std::max(stretch(last), 1e-300);
        s.condition = stretch(last) / std::max(stretch(0), 1e-300);
        if (j.cols() >= 2) {
            const double angle = std::atan2(eigen.eigenvectors()(1, 0), eigen.eigenvectors()(0, 0)) *
                                 180.0 / std::numbers::pi;
            s.major_angle = angle < 0.0 ? angle + 180.0 : angle >= 180.0 ? angle - 180.0 : angle;
        }
        out.push_back(s);
    }
    return out;
}

Vector FittedModel::correlation_with(const Points& site, const Points& x) const {
    const auto& s = *state_;
    if (has_varying_operator(s)) {
        const ModelState one = of_one_realisation(s, s.realisation);
        const Points sites = s.standardisation.standardised(one.dataset->coordinates);
        const auto likelihood = make_likelihood(one.observations(), s.covariance,
                                                s.likelihood_options(), sites);
        SiteFeatures features = s.features(sites);
        features.auxiliary = s.deformation->forward(likelihood->auxiliary_points());
        if (const auto* spde = dynamic_cast<const SpdeLikelihood*>(likelihood.get()))
            return spde->correlation(features, s.standardisation.standardised(site),
                                     s.standardisation.standardised(x));
    }
    const SiteFeatures all = s.features(s.standardisation.standardised(x));
    const SiteFeatures own = s.features(s.standardisation.standardised(site));
    return cross_correlation(*s.covariance_at_estimate(), all.deformed, all.local, own.deformed,
                             own.local);
}

Vector FittedModel::log_scale_at(const Points& x) const {
    const auto& s = *state_;
    if (!s.log_scale_basis) return Vector::Zero(x.rows());
    const Vector at_sites = s.log_scale_basis->values(s.standardisation.standardised(
                                s.dataset->coordinates)) *
                            s.log_scale_coefficients;
    return (s.log_scale_basis->values(s.standardisation.standardised(x)) *
            s.log_scale_coefficients)
               .array() -
           at_sites.mean();
}

DeformationCertificate FittedModel::certificate() const {
    const auto& s = *state_;
    const Points& x = s.dataset->coordinates;
    const Points grid = s.dataset->coordinate_system.chordal
                            ? Points(x.topRows(std::min<Index>(x.rows(), 1500)))
                            : grid_nodes(x.colwise().minCoeff(), x.colwise().maxCoeff(),
                                         x.cols() == 1 ? 400 : x.cols() == 2 ? 40 : 11);
    DeformationCertificate c;
    std::vector<double> conditions;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    c.minimum_det = low;
    for (const Matrix& j : shown_jacobians(s, grid)) {
        const double det = determinant(j);
        c.minimum_det = std::min(c.minimum_det, det);
        low = std::min(low, std::log(std::abs(det)));
        high = std::max(high, std::log(std::abs(det)));
        const Vector stretch = singular_value_decomposition(j).values;
        conditions.push_back(stretch(0) / std::max(stretch(stretch.size() - 1), 1e-300));
    }
    c.log_det_range = high - low;
    c.maximum_condition = *std::max_element(conditions.begin(), conditions.end());
    c.condition_95 = quantile(conditions, 0.95);
    c.folds = !(c.minimum_det > 0.0);
    const Vector extent = s.dataset->coordinates.colwise().maxCoeff() -
                          s.dataset->coordinates.colwise().minCoeff();
    try {
        const Points back = geographic_from_deformed(deformed_from_geographic(grid));
        c.round_trip_error =
            ((back - grid).array().rowwise() / extent.transpose().array()).abs().maxCoeff();
    } catch (const Error&) {
        c.round_trip_error = std::numeric_limits<double>::quiet_NaN();
    }
    return c;
}

CovarianceParameters FittedModel::parameters() const {
    const auto& s = *state_;
    CovarianceParameters p;
    // l is reported with mean zero over the sites; its mean moves into the sill.
    double mean = 0.0;
    if (s.log_scale_basis)
        mean = (s.log_scale_basis->values(s.standardisation.standardised(s.dataset->coordinates)) *
                s.log_scale_coefficients)
                   .mean();
    p.partial_sill = s.partial_sill * std::exp(mean);
    p.nugget = p.partial_sill * std::exp(s.log_nugget_ratio);
    if (s.log_noise_basis)  // the mean over the sites of a nugget that varies
        p.nugget *= (s.log_noise_basis->values(s.standardisation.standardised(s.dataset->coordinates)) *
                     s.log_noise_coefficients)
                        .array()
                        .exp()
                        .mean();
    p.range = s.alignment.scale;
    const PairCovariancePointer covariance = s.covariance_at_estimate();
    p.practical_range = p.range * covariance->practical_range_factor();
    if (s.dataset->last_axis_is_time) {
        // The last axis is shown at the mean rate of time: see alignment_of.
        p.time_range = s.alignment.scale * s.alignment.rotation.row(s.alignment.rotation.rows() - 1).norm();
        p.practical_time_range = p.time_range * covariance->practical_range_factor();
    }
    p.smoothness = covariance->smoothness();
    p.covariance = covariance->label();
    const auto names = covariance->coefficient_names();
    const Vector coefficients = covariance->coefficients();
    for (std::size_t k = 0; k < names.size(); ++k)
        p.coefficients.emplace_back(names[k], coefficients(static_cast<Index>(k)));
    p.trend_coefficients =
        trend_in_user_units(s);
    return p;
}

const LossParts& FittedModel::loss() const { return state_->loss; }
double FittedModel::log_likelihood() const { return -state_->loss.data; }
double FittedModel::criterion() const { return state_->criterion; }
bool FittedModel::has_posterior() const { return state_->hessian.size() > 0; }
int FittedModel::effective_parameters() const {
    return static_cast<int>(std::lround(state_->effective_parameters));
}
const TrainingHistory& FittedModel::history() const { return state_->history; }
Termination FittedModel::termination() const { return state_->termination; }
int FittedModel::iterations() const { return state_->iterations; }
int FittedModel::evaluations() const { return state_->evaluations; }
double FittedModel::seconds() const { return state_->seconds; }
const std::vector<std::string>& FittedModel::warnings() const { return state_->warnings; }
const Vector& FittedModel::leave_one_out_residuals() const {
    return state_->leave_one_out_residuals;
}

Vector FittedModel::leave_one_out_predictions() const {
    const LeaveOneOut left_out = leave_one_out(*state_);
    if (left_out.error.size() == 0)
        throw Error(ErrorCode::not_positive_definite,
                    "The covariance matrix of the sites could not be factorised.");
    if (left_out.error.size() != state_->dataset->size())
        throw Error(ErrorCode::unsupported,
                    "The fit was stopped while it used a subset of the sites: there are no leave-one-out "
                    "predictions of all.",
                    "Continue the fit.");
    return state_->dataset->values - left_out.error;
}

}  // namespace anamorph
