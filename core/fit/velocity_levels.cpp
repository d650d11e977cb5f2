// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/velocity_levels.h"

#include <algorithm>
#include <cmath>

#include "core/base/decompositions.h"
#include "core/deformation/composition.h"
#include "core/deformation/space_only.h"
#include "core/fit/laplace.h"
#include "core/fit/stage.h"

namespace anamorph {

namespace {

constexpr int ridge_updates = 2;

/// Ridges as the model's description has them: of the first level and of the second.
void describe_ridges(ModelState& model) {
    const VelocityField& field = *velocity_field_of(model);
    model.specification.ridge = field.groups()[0].ridge;
    if (model.specification.fine_basis_size > 0) model.specification.fine_ridge = field.groups()[1].ridge;
}

}  // namespace

const VelocityField* velocity_field_of(const ModelState& model) {
    const auto* after = dynamic_cast<const LinearAfter*>(model.deformation.get());
    return after ? dynamic_cast<const VelocityField*>(&spatial_part(after->inner())) : nullptr;
}

VelocityField* velocity_field_of(ModelState& model) {
    return const_cast<VelocityField*>(velocity_field_of(std::as_const(model)));
}

std::string resolution_of(const ModelState& model) {
    const ModelSpecification& s = model.specification;
    std::string text = std::to_string(s.basis_size);
    if (s.fine_basis_size > 0) text += " and " + std::to_string(s.fine_basis_size);
    text += " centres an axis";
    const VelocityField* field = velocity_field_of(model);
    const Index units = field ? field->basis().units().count() : 0;
    if (units > 0) text += ", " + std::to_string(units) + (units == 1 ? " unit" : " units");
    return text;
}

std::vector<double> determined_velocity_coefficients(const ModelState& model) {
    const VelocityField* field = velocity_field_of(model);
    if (!field || model.hessian.size() == 0) return {};
    const Index p = field->parameter_count();
    const Index first = model.deformation->parameter_count() - p;
    const Vector whiten = field->prior_precision().cwiseSqrt().cwiseInverse();
    const SymmetricEigen eigen(
        whiten.asDiagonal() * model.hessian.block(first, first, p, p) * whiten.asDiagonal());
    const Vector inverse = eigen.eigenvalues().cwiseMax(1.0).cwiseInverse();
    const Vector diagonal = eigen.eigenvectors().cwiseAbs2() * inverse;
    const Index count = field->basis().count();
    std::vector<double> gamma;
    for (const auto& group : field->groups()) {
        double sum = 0.0;
        for (int j = 0; j < field->dimension(); ++j)
            sum += (1.0 - diagonal.segment(j * count + group.first, group.count).array()).sum();
        gamma.push_back(sum);
    }
    return gamma;
}

StageOptions rung_stage(const ModelState& model, const std::string& what) {
    StageOptions stage;
    stage.name = model_label(model.specification, model.specification.log_scale == LogScale::yes) +
                 ", " + resolution_of(model) + what;
    stage.expected_evaluations = 50.0;
    stage.max_iterations = 100;
    stage.relative_tolerance = 1e-8;
    return stage;
}

bool settle_ridges(TrainingRun& run, ModelState& model) {
    if (model.hessian.size() == 0 && !compute_posterior(run, model)) return false;
    for (int update = 0; update < ridge_updates; ++update) {
        VelocityField& field = *velocity_field_of(model);
        const std::vector<double> gamma = determined_velocity_coefficients(model);
        bool moved = false;
        for (std::size_t g = 0; g < gamma.size(); ++g) {
            const double before = field.groups()[g].ridge;
            const double ridge = std::clamp(gamma[g] / (2.0 * std::max(field.squared_norm(g), 1e-12)), 0.5,
                                            g == 0 ? 1000.0 : 10'000.0);
            if (std::abs(std::log(ridge / before)) < 0.25) continue;
            field.set_ridge(g, ridge);
            moved = true;
        }
        if (!moved) break;
        describe_ridges(model);
        fit_stage(run, model, rung_stage(model, ", ridge updated"));
        if (run.stopped() || !compute_posterior(run, model)) return false;
    }
    return true;
}

void try_second_level(TrainingRun& run, ModelState& model, int size, bool settle) {
    ModelSpecification finer = model.specification;
    finer.fine_basis_size = size;
    run.plan(2, 150.0 + 2.0 * size * size);
    ModelState both = make_model(model.dataset, finer, run.options().seed);
    start_from(both, model);
    both.rows = model.rows;
    both.conditioning = model.conditioning;  // frozen, so that the two can be compared
    fit_stage(run, both, rung_stage(both, ""));
    if (run.stopped() || !compute_posterior(run, both)) return;
    if (settle && !settle_ridges(run, both)) return;
    both.seconds += model.seconds;
    if (!(both.criterion < model.criterion)) return;
    model = std::move(both);
    run.keep(model);
}

}  // namespace anamorph
