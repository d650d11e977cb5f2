// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/deformation/velocity_basis.h"
#include "core/fit/model_state.h"
#include "core/fit/training_run.h"

namespace anamorph {

/// Adds Gaussian functions to a fitted velocity field where the data ask for them, one after the
/// other, at most ModelSpecification::added_units (forward selection, Friedman 2001, Ann. Stat.
/// 29:1189, sec. 3, with evidence as the rule for stopping).
///
/// A place is one of `unit_places`. One evaluation of a model that has a function of weight zero at
/// every place gives the objective's gradient with respect to all of them; where it is largest, a
/// second gives the curvature, so that the gain in the criterion is foreseen:
///   ½ g²/h − ½ log(h/P) − log(number of places),
/// h the curvature after all other parameters have followed, P the prior's precision. The best is
/// added, the model fitted again, and the unit kept where the criterion, which counts
/// log(number of places) for each, has fallen. How many were kept.
/// The model must hold its curvature. @throws Error(cancelled)
int add_units(TrainingRun& run, ModelState& model);

/// Where a unit may stand: grids over the sites' bounding box with functions half as wide as those of
/// the finest level, and, in one and two dimensions, a quarter as wide; places with fewer than five
/// sites within twice their width are left out.
[[nodiscard]] GaussianUnits unit_places(const ModelState& model);

/// What the places of a model's units cost in its criterion, nats: log(number of places) each.
[[nodiscard]] double price_of_unit_places(const ModelState& model);

/// A model's units as numbers, k×(2d + 1): centre, widths, ridge; empty without any.
[[nodiscard]] Matrix units_to_numbers(const ModelState& model);
/// Gives a model without units those of such numbers. @throws Error(bad_input)
void set_units(ModelState& model, const Matrix& numbers);

}  // namespace anamorph
