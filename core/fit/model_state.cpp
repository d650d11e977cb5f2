// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/model_state.h"

#include <Eigen/SVD>
#include <Eigen/LU>
#include <cmath>

#include "core/base/error.h"
#include "core/deformation/composition.h"
#include "core/deformation/gaussian_basis.h"
#include "core/deformation/velocity_field.h"
#include "core/fit/local_fields.h"
#include "core/fit/make_deformation.h"
#include "core/fit/model_trend.h"
#include "core/fit/make_covariance.h"
#include "core/fit/make_value_transform.h"
#include "core/likelihood/make_likelihood.h"
#include "core/likelihood/spde_variation.h"

namespace anamorph {

namespace {

std::vector<int> log_scale_sizes(int d) {
    if (d == 3) return {4, 4, 2};
    return std::vector<int>(static_cast<std::size_t>(d), 4);
}

/// The linear deformation's parameters of a model, [scales | anisotropy…].
Vector linear_parameters(const ModelState& m) {
    if (const auto* after = dynamic_cast<const LinearAfter*>(m.deformation.get()))
        return after->outer().parameters();
    return m.deformation->parameters();
}

/// Cells of a regular grid over [−1, 1]^d in the proportions of the data's bounding box.
Points extent_grid(const ModelState& m) {
    const int d = m.dataset->dimension();
    const int per_axis = d == 1 ? 200 : d == 2 ? 24 : 9;
    const Points s = m.standardisation.standardised(m.dataset->coordinates);
    const Vector low = s.colwise().minCoeff(), high = s.colwise().maxCoeff();
    Index count = 1;
    for (int j = 0; j < d; ++j) count *= per_axis;
    Points grid(count, d);
    for (Index k = 0; k < count; ++k) {
        Index rest = k;
        for (int j = 0; j < d; ++j) {
            const double t = (static_cast<double>(rest % per_axis) + 0.5) / per_axis;
            grid(k, j) = low(j) + t * (high(j) - low(j));
            rest /= per_axis;
        }
    }
    return grid;
}

}  // namespace

ModelState::ModelState(const ModelState& o)
    : dataset(o.dataset),
      specification(o.specification),
      standardisation(o.standardisation),
      deformation(o.deformation ? o.deformation->clone() : nullptr),
      log_nugget_ratio(o.log_nugget_ratio),
      covariance(o.covariance),
      coefficients(o.coefficients),
      log_scale_basis(o.log_scale_basis),
      log_scale_coefficients(o.log_scale_coefficients),
      log_noise_basis(o.log_noise_basis),
      log_noise_coefficients(o.log_noise_coefficients),
      local_basis(o.local_basis),
      kernel_coefficients(o.kernel_coefficients),
      transform(o.transform),
      auxiliary_points(o.auxiliary_points),
      noise_weights(o.noise_weights),
      realisation(o.realisation),
      rows(o.rows),
      conditioning(o.conditioning),
      partial_sill(o.partial_sill),
      trend_coefficients(o.trend_coefficients),
      loss(o.loss),
      leave_one_out_residuals(o.leave_one_out_residuals),
      alignment(o.alignment),
      hessian(o.hessian),
      criterion(o.criterion),
      effective_parameters(o.effective_parameters),
      history(o.history),
      termination(o.termination),
      iterations(o.iterations),
      evaluations(o.evaluations),
      seconds(o.seconds),
      warnings(o.warnings) {}

Index ModelState::parameter_count() const {
    return deformation->parameter_count() + 1 + coefficients.size() +
           log_scale_coefficients.size() + log_noise_coefficients.size() +
           kernel_coefficients.size();
}

Index ModelState::fitted_site_count() const {
    return rows ? static_cast<Index>(rows->size()) : dataset->size();
}

Vector ModelState::parameters() const {
    Vector theta(parameter_count());
    theta << deformation->parameters(), log_nugget_ratio, coefficients, log_scale_coefficients,
        log_noise_coefficients, kernel_coefficients;
    return theta;
}

void ModelState::set_parameters(const Vector& theta) {
    if (theta.size() != parameter_count())
        throw Error(ErrorCode::dimension_mismatch,
                    "The model has " + std::to_string(parameter_count()) + " parameters, not " +
                        std::to_string(theta.size()) + ".");
    const Index k = deformation->parameter_count();
    deformation->set_parameters(theta.head(k));
    log_nugget_ratio = theta(k);
    Index next = k + 1;
    for (Vector* part : {&coefficients, &log_scale_coefficients, &log_noise_coefficients,
                         &kernel_coefficients}) {
        *part = Vector(theta.segment(next, part->size()));
        next += part->size();
    }
}

SiteFeatures ModelState::features(const Points& x) const {
    SiteFeatures f;
    f.deformed = deformation->forward(x);
    f.geographic = x;
    f.coefficients = coefficients;
    if (log_scale_basis) f.log_scale = log_scale_basis->values(x) * log_scale_coefficients;
    if (log_noise_basis) f.log_noise = log_noise_basis->values(x) * log_noise_coefficients;
    if (local_basis) f.local = local_features(local_basis->values(x));
    return f;
}

PairCovariancePointer ModelState::covariance_at_estimate() const {
    return covariance->coefficient_count() > 0 ? covariance->with(coefficients) : covariance;
}

Matrix ModelState::local_features(const Matrix& basis_values) const {
    const Index k = covariance->local_count();
    if (kernel_coefficients.size() == 0) return basis_values.cwiseMax(0.0).cwiseSqrt();
    return basis_values * kernel_coefficients.reshaped(basis_values.cols(), k);
}

Observations ModelState::observations() const {
    Observations o;
    o.values = transform ? transformed(*transform, dataset->values) : dataset->values;
    o.trend = trend_of(*this, standardisation.standardised(dataset->coordinates),
                       dataset->covariates);
    o.noise_scale = dataset->weights.size() > 0 ? Vector(dataset->weights.cwiseInverse())
                                                : Vector::Ones(dataset->size());
    return o;
}

LikelihoodOptions ModelState::likelihood_options() const {
    LikelihoodOptions o = specification.likelihood;
    const double unit = standardisation.half_width.maxCoeff();
    o.taper_range /= unit;
    o.mesh_edge /= unit;
    return o;
}

std::unique_ptr<const KrigingSystem> ModelState::kriging_system(double jitter) const {
    const Points sites = standardisation.standardised(dataset->coordinates);
    const auto likelihood = make_likelihood(observations(), covariance, likelihood_options(), sites, jitter);
    if (!rows) likelihood->fix_conditioning(conditioning);
    SiteFeatures f = features(sites);
    Points auxiliary = likelihood->auxiliary_points();
    if (auxiliary_points.rows() > 0 && auxiliary_points.rows() == auxiliary.rows())
        auxiliary = auxiliary_points;
    if (auxiliary.rows() > 0) f.auxiliary = deformation->forward(auxiliary);
    return likelihood->kriging_system(f, log_nugget_ratio);
}

void ModelState::refresh_conditioning() {
    if (specification.likelihood.kind != LikelihoodKind::vecchia) return;
    Points x = standardisation.standardised(dataset->coordinates);
    if (rows) x = Points(x(*rows, Eigen::all));
    const Points u = deformation->forward(x);
    conditioning = conditioning ? refreshed(*conditioning, u)
                                : conditioning_sets(x, u, specification.likelihood);
}

void ModelState::align() {
    const Points sites = standardisation.standardised(dataset->coordinates);
    const Index d = sites.cols();
    // mean |det J| with respect to geographic coordinates, over the data's bounding box.
    const Vector log_det = deformation->log_abs_det(extent_grid(*this));
    double mean_det = log_det.array().exp().mean();
    for (Index j = 0; j < d; ++j) mean_det /= standardisation.half_width(j);
    if (!std::isfinite(mean_det) || !(mean_det > 0.0)) mean_det = 1.0;
    alignment.scale = std::pow(mean_det, -1.0 / static_cast<double>(d));

    // Kabsch: the rotation that brings the deformed sites nearest to the geographic ones.
    const Points u = alignment.scale * deformation->forward(sites);
    const Eigen::RowVectorXd u_mean = u.colwise().mean();
    const Eigen::RowVectorXd x_mean = dataset->coordinates.colwise().mean();
    const Matrix cross = (dataset->coordinates.rowwise() - x_mean).transpose() *
                         (u.rowwise() - u_mean);
    const Eigen::JacobiSVD<Matrix> svd(cross, Eigen::ComputeFullU | Eigen::ComputeFullV);
    Vector sign = Vector::Ones(d);
    if ((svd.matrixU() * svd.matrixV().transpose()).determinant() < 0.0) sign(d - 1) = -1.0;
    alignment.rotation = svd.matrixU() * sign.asDiagonal() * svd.matrixV().transpose();
    alignment.shift = x_mean.transpose() - alignment.rotation * u_mean.transpose();
}

ModelState make_model(std::shared_ptr<const SpatialDataset> dataset,
                      const ModelSpecification& specification, std::uint64_t seed) {
    ModelState model;
    model.standardisation = Standardisation::of(*dataset);
    model.specification = specification;
    const int d = dataset->dimension();
    model.dataset = std::move(dataset);
    model.deformation = make_deformation(specification, d, seed);
    Vector theta = model.deformation->parameters();
    theta(0) = std::log(3.0);
    if (d == 3) theta(1) = std::log(3.0);
    model.deformation->set_parameters(theta);
    model.log_nugget_ratio = std::log(0.1);
    model.covariance = make_covariance(specification, d, specification.regions);
    model.coefficients = model.covariance->coefficients();
    if (specification.transform != TransformKind::none)
        model.transform = make_value_transform(
            specification.transform, model.dataset->values,
            trend_matrix(specification.trend, model.standardisation,
                         model.standardisation.standardised(model.dataset->coordinates),
                         model.dataset->covariates));
    if (specification.likelihood.kind == LikelihoodKind::spde)
        model.coefficients = Vector::Zero(
            SpdeVariation::parameter_count(specification.likelihood.spde_basis, d));
    if (specification.log_scale == LogScale::yes) {
        model.log_scale_basis = std::make_shared<GaussianBasis>(log_scale_sizes(d));
        model.log_scale_coefficients = Vector::Zero(model.log_scale_basis->count());
    }
    set_local_fields(model, seed);
    return model;
}

void start_from(ModelState& model, const ModelState& from) {
    const Vector source = linear_parameters(from);
    auto* after = dynamic_cast<LinearAfter*>(model.deformation.get());
    Vector target = linear_parameters(model);
    const Index shared = std::min(source.size(), target.size());
    target.head(shared) = source.head(shared);
    Vector theta = model.deformation->parameters();
    theta.head(target.size()) = target;
    const auto* from_after = dynamic_cast<const LinearAfter*>(from.deformation.get());
    if (after && from_after &&
        from.specification.deformation == model.specification.deformation &&
        from.specification.layers == model.specification.layers) {
        auto* field = dynamic_cast<VelocityField*>(&after->inner());
        const auto* from_field = dynamic_cast<const VelocityField*>(&from_after->inner());
        if (field && from_field && field->basis().sizes() != from_field->basis().sizes()) {
            field->project_from(*from_field, 0.9);
            theta.tail(field->parameter_count()) = field->parameters();
        } else if (after->inner().parameter_count() == from_after->inner().parameter_count()) {
            theta.tail(after->inner().parameter_count()) = from_after->inner().parameters();
        }
    }
    model.deformation->set_parameters(theta);
    model.log_nugget_ratio = from.log_nugget_ratio;
    if (from.log_scale_coefficients.size() == model.log_scale_coefficients.size())
        model.log_scale_coefficients = from.log_scale_coefficients;
    if (from.coefficients.size() == model.coefficients.size()) model.coefficients = from.coefficients;
    if (from.log_noise_coefficients.size() == model.log_noise_coefficients.size())
        model.log_noise_coefficients = from.log_noise_coefficients;
    if (from.kernel_coefficients.size() == model.kernel_coefficients.size())
        model.kernel_coefficients = from.kernel_coefficients;
    model.auxiliary_points = from.auxiliary_points;
}

}  // namespace anamorph
