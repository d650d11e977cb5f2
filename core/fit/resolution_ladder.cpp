// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/resolution_ladder.h"

#include <cmath>

#include "core/fit/stage.h"
#include "core/fit/velocity_levels.h"

namespace anamorph {

namespace {

constexpr int resolutions[] = {6, 8, 10, 12};
constexpr double ridge_growth = 2.5;  // λ grows with m^2.5 before it is updated

}  // namespace

void climb_resolution(TrainingRun& run, ModelState& model) {
    run.plan(2, 250.0);
    if (!settle_ridges(run, model)) return;
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
        if (run.stopped() || !settle_ridges(run, rung)) return;
        rung.seconds += model.seconds;
        if (!(rung.criterion < model.criterion)) return;
        model = std::move(rung);
        run.keep(model);
    }
}

}  // namespace anamorph
