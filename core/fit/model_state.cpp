// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/model_state.h"

#include <cmath>

#include "core/base/error.h"
#include "core/data/point_grid.h"
#include "core/data/realisations.h"
#include "core/deformation/composition.h"
#include "core/deformation/gaussian_basis.h"
#include "core/deformation/space_only.h"
#include "core/fit/alignment.h"
#include "core/fit/covariate_distance.h"
#include "core/fit/local_fields.h"
#include "core/fit/make_deformation.h"
#include "core/fit/model_trend.h"
#include "core/fit/make_covariance.h"
#include "core/fit/make_value_transform.h"
#include "core/fit/velocity_levels.h"
#include "core/likelihood/make_likelihood.h"
#include "core/likelihood/realisation_rows.h"
#include "core/likelihood/spde_variation.h"

namespace anamorph {

namespace {

std::vector<int> log_scale_sizes(const Axes& axes) {
    const int d = axes.dimension;
    if (axes.alike) return {3, 3, 3};
    if (d == 3) return {4, 4, 2};
    return std::vector<int>(static_cast<std::size_t>(d), 4);
}

const LinearDeformation& linear_part(const ModelState& m) {
    if (const auto* after = dynamic_cast<const LinearAfter*>(m.deformation.get())) return after->outer();
    return dynamic_cast<const LinearDeformation&>(*m.deformation);
}

/// The linear deformation's parameters of a model, [scales | anisotropy…].
Vector linear_parameters(const ModelState& m) {
    return linear_part(m).parameters();
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
    if (dataset->has_realisations())
        f.realisation.assign(static_cast<std::size_t>(x.rows()), realisation);
    f.coefficients = coefficients;
    if (log_scale_basis) f.log_scale = log_scale_basis->values(x) * log_scale_coefficients;
    if (log_noise_basis) f.log_noise = log_noise_basis->values(x) * log_noise_coefficients;
    if (local_basis)
        f.local = local_features(local_basis->values(x));
    else if (covariance->local_count() > 0)  // covariates of the distance: at their means
        f.local = Matrix::Zero(x.rows(), covariance->local_count());
    return f;
}

PairCovariancePointer ModelState::covariance_at_estimate() const {
    return covariance->coefficient_count() > 0 ? covariance->with(coefficients) : covariance;
}

Matrix ModelState::local_features(const Matrix& basis_values) const {
    const Index k = covariance->local_count();
    if (!specification.distance_covariates.empty()) return basis_values;  // the covariates themselves
    if (kernel_coefficients.size() == 0) return basis_values.cwiseMax(0.0).cwiseSqrt();
    return basis_values * kernel_coefficients.reshaped(basis_values.cols(), k);
}

Observations ModelState::observations() const {
    Observations o;
    o.values = transform ? transformed(*transform, dataset->values) : dataset->values;
    o.realisation = dataset->realisation_indices();
    o.trend = trend_of(*this, standardisation.standardised(dataset->coordinates),
                       dataset->covariates);
    o.noise_scale = dataset->weights.size() > 0 ? Vector(dataset->weights.cwiseInverse())
                                                : Vector::Ones(dataset->size());
    if (noise_weights.size() > 0) o.noise_scale.array() /= noise_weights.array();
    return o;
}

LikelihoodOptions ModelState::likelihood_options() const {
    LikelihoodOptions o = specification.likelihood;
    const double unit = standardisation.half_width.head(dataset->space_dimension()).maxCoeff();
    o.taper_range /= unit;
    o.mesh_edge /= unit;
    return o;
}

std::unique_ptr<const KrigingSystem> ModelState::kriging_system(double jitter) const {
    const Points sites = standardisation.standardised(dataset->coordinates);
    const auto likelihood = make_likelihood(observations(), covariance, likelihood_options(), sites, jitter);
    if (!rows) likelihood->fix_conditioning(conditioning);
    SiteFeatures f = features_at(*this, sites, dataset->covariates);
    Points auxiliary = likelihood->auxiliary_points();
    if (auxiliary_points.rows() > 0 && auxiliary_points.rows() == auxiliary.rows())
        auxiliary = auxiliary_points;
    if (auxiliary.rows() > 0)
        f.auxiliary = auxiliary_features(*this, deformation->forward(auxiliary),
                                         local_basis ? local_basis->values(auxiliary) : Matrix());
    return likelihood->kriging_system(f, log_nugget_ratio);
}

void ModelState::refresh_conditioning() {
    if (specification.likelihood.kind != LikelihoodKind::vecchia) return;
    Points x = standardisation.standardised(dataset->coordinates);
    if (rows) x = Points(x(*rows, Eigen::all));
    const SearchSpace space = search_space(
        *this, x, rows ? Matrix(dataset->covariates(*rows, Eigen::all)) : dataset->covariates);
    std::vector<int> realisation_of = dataset->realisation_indices();
    if (rows && !realisation_of.empty()) {
        std::vector<int> some;
        for (const Index r : *rows) some.push_back(realisation_of[static_cast<std::size_t>(r)]);
        realisation_of = std::move(some);
    }
    conditioning = conditioning ? refreshed(*conditioning, space.after, realisation_of)
                                : conditioning_sets(space.before, space.after,
                                                    specification.likelihood, realisation_of);
}

void ModelState::align() { alignment = alignment_of(*this); }

ModelState make_model(std::shared_ptr<const SpatialDataset> dataset,
                      const ModelSpecification& specification, std::uint64_t seed) {
    ModelState model;
    model.standardisation = Standardisation::of(*dataset);
    model.specification = specification;
    const int d = dataset->dimension();
    model.dataset = std::move(dataset);
    model.deformation = make_deformation(specification, Axes(*model.dataset), seed);
    Vector theta = model.deformation->parameters();
    theta.head(linear_part(model).scale_count()).setConstant(std::log(3.0));
    model.deformation->set_parameters(theta);
    model.log_nugget_ratio = std::log(0.1);
    model.realisation = realisation_count(*model.dataset) - 1;
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
        model.log_scale_basis = std::make_shared<GaussianBasis>(log_scale_sizes(Axes(*model.dataset)));
        model.log_scale_coefficients = Vector::Zero(model.log_scale_basis->count());
    }
    if (specification.varying_nugget) {
        model.log_noise_basis = std::make_shared<GaussianBasis>(log_scale_sizes(Axes(*model.dataset)));
        model.log_noise_coefficients = Vector::Zero(model.log_noise_basis->count());
    }
    if (specification.noise == NoiseKind::student) model.noise_weights = Vector::Ones(model.dataset->size());
    set_local_fields(model, seed);
    return model;
}

void start_from(ModelState& model, const ModelState& from) {
    // A velocity field that may have added units takes those that were found.
    if (const VelocityField* units = velocity_field_of(from);
        units && model.specification.added_units > 0 && units->basis().units().count() > 0)
        if (VelocityField* field = velocity_field_of(model); field && field->basis().units().count() == 0)
            field->add_units(units->basis().units(), units->groups().back().ridge);
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
        VelocityField* field = velocity_field_of(model);
        if (const VelocityField* from_field = velocity_field_of(from); field && from_field) {
            field->start_from(*from_field);
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
    if (from.noise_weights.size() == model.noise_weights.size()) model.noise_weights = from.noise_weights;
}

}  // namespace anamorph
