// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/fit/fitted_model.h"

namespace anamorph {

/// True for every deformation beyond a linear one.
[[nodiscard]] bool is_warp(const FittedModel& model);

/// A number with so many decimals and a true minus sign, for sentences.
[[nodiscard]] std::string fixed_number(double value, int digits);

/// Each a sentence, or nothing where there is nothing to warn of.

/// A standardised leave-one-out residual beyond 5.
[[nodiscard]] std::optional<std::string> outlier_warning(const FittedModel& model);
/// Several realisations: the same sites are missed in the same direction in all of them, the mean square of
/// a site's average error being more than twice what independent realisations give.
[[nodiscard]] std::optional<std::string> persistent_sites_warning(const FittedModel& model);
/// log|det J| varies by more than 10, or stretches differ by more than 1000 : 1.
[[nodiscard]] std::optional<std::string> collapse_warning(const FittedModel& model);
/// det J is not positive somewhere on a fine grid over the sites' extent: a plain network, say.
[[nodiscard]] std::optional<std::string> fold_warning(const FittedModel& model);
/// The share of that grid where it is not.
[[nodiscard]] double folded_share(const FittedModel& model);
/// The model is less than 3 nats more likely than trend and independent errors. Meant for the
/// stationary and anisotropic models: a warp gains that much from noise.
[[nodiscard]] std::optional<std::string> no_correlation_warning(const FittedModel& model);

/// SPDE: mesh lines more than half a range apart, or a border less than one range wide, in deformed
/// space.
[[nodiscard]] std::vector<std::string> mesh_warnings(const FittedModel& model);

/// All of these, and clusters or duplicates, folds, strong local anisotropy.
[[nodiscard]] std::vector<std::string> warnings_about(const FittedModel& model);

}  // namespace anamorph
