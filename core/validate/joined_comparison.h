// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/fit/options.h"
#include "core/fit/specification.h"
#include "core/validate/ranking.h"

namespace anamorph {

/// What the models of a comparison have in common, for ValidationResult::settings: everything of `base`
/// but the family, the options that change a fit, and `hold_out`, which tells the folds. Comparisons of
/// the same data with the same settings belong into one table.
[[nodiscard]] std::string comparison_settings(const ModelSpecification& base, const FitOptions& options,
                                              const std::string& hold_out);

/// Whether the models of `earlier` belong into one table with those of a comparison of the same data.
[[nodiscard]] bool can_join(const ValidationResult& earlier, const std::string& settings);

/// One table: the models of `earlier` that `later` has not (yet), then those of `later`, ranked anew.
/// `asked`: the names of all models of the later comparison, also of those still to come.
/// @throws Error(bad_input) unless both have the same settings and folds.
[[nodiscard]] ValidationResult joined(const ValidationResult& earlier, const ValidationResult& later,
                                      const std::vector<std::string>& asked);

}  // namespace anamorph
