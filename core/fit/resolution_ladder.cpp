// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/resolution_ladder.h"

#include <algorithm>
#include <cmath>

#include "core/deformation/composition.h"
#include "core/deformation/velocity_field.h"
#include "core/fit/laplace.h"
#include "core/fit/stage.h"

namespace anamorph {

namespace {

constexpr int resolutions[] = {6, 8, 10, 12};
constexpr int ridge_updates = 2;
constexpr double ridge_growth = 2.5;  // λ grows with m^2.5 before it is updated

VelocityField& field_of(ModelState& model) {
    auto& after = dynamic_cast<LinearAfter&>(*model.deformation);
    return dynamic_cast<VelocityField&>(after.inner());
}

void set_ridge(ModelState& model, double ridge) {
    model.specification.ridge = ridge;
    field_of(model).set_ridge(ridge);
}

StageOptions rung_stage(const ModelState& model, const std::string& what) {
    StageOptions stage;
    stage.name = model_label(model.specification, model.specification.log_scale == LogScale::yes) +
                 ", " + std::to_string(model.specification.basis_size) + " centres an axis" + what;
    stage.expected_evaluations = 50.0;
    stage.max_iterations = 100;
    stage.relative_tolerance = 1e-8;
    return stage;
}

/// MacKay's updates at a fixed resolution; false when the user stopped.
bool settle_ridge(TrainingRun& run, ModelState& model) {
    if (model.hessian.size() == 0 && !compute_posterior(run, model)) return false;
    for (int update = 0; update < ridge_updates; ++update) {
        const double norm = field_of(model).squared_norm();
        const double gamma = determined_velocity_coefficients(model);
        const double ridge = std::clamp(gamma / (2.0 * std::max(norm, 1e-12)), 0.5, 1000.0);
        if (std::abs(std::log(ridge / model.specification.ridge)) < 0.25) break;
        set_ridge(model, ridge);
        fit_stage(run, model, rung_stage(model, ", ridge updated"));
        if (run.stopped() || !compute_posterior(run, model)) return false;
    }
    return true;
}

}  // namespace

void climb_resolution(TrainingRun& run, ModelState& model) {
    run.plan(2, 250.0);
    if (!settle_ridge(run, model)) return;
    for (int m : resolutions) {
        if (m <= model.specification.basis_size) continue;
        run.plan(3, 150.0 + 2.0 * m * m);
        ModelSpecification finer = model.specification;
        finer.ridge *= std::pow(static_cast<double>(m) / finer.basis_size, ridge_growth);
        finer.basis_size = m;
        ModelState rung = make_model(model.dataset, finer, run.options().seed);
        start_from(rung, model);
        rung.rows = model.rows;
        rung.conditioning = model.conditioning;  // frozen, so that the rungs can be compared
        fit_stage(run, rung, rung_stage(rung, ""));
        if (run.stopped() || !settle_ridge(run, rung)) return;
        rung.seconds += model.seconds;
        if (!(rung.criterion < model.criterion)) return;
        model = std::move(rung);
        run.keep(model);
    }
}

}  // namespace anamorph
