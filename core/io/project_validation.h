// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/io/project_store.h"
#include "core/validate/ranking.h"

namespace anamorph {

/// A comparison of models with its folds, scores and fitted models: the document `validation`, and for
/// model i the arrays of `validation/i` and the fit `validation/i/fit`.
/// Models that were fitted to other sites than all of `dataset` are kept without their fit.
void store_validation(ProjectStore& store, const ValidationResult& validation,
                      const SpatialDataset& dataset);
/// Ranks, differences and verdict are made anew. @throws Error(bad_input) and nlohmann's exceptions
/// for contents that make no sense.
[[nodiscard]] ValidationResult stored_validation(const ProjectStore& store,
                                                 const std::shared_ptr<const SpatialDataset>& dataset);

}  // namespace anamorph
