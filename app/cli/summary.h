// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "app/cli/console.h"
#include "core/fit/fit.h"

namespace anamorph::cli {

/// A fit as JSON: `selected`, `parameters`, `log_likelihood`, `criteria`, `loss`, `iterations`,
/// `seconds`, `warnings`, `verdict` …
[[nodiscard]] Json fit_json(const FitResult& fit);

/// The same on one screen.
[[nodiscard]] std::string fit_text(const FitResult& fit);

/// Number of sites, dimension, extent and variable of a data set.
[[nodiscard]] Json dataset_json(const SpatialDataset& dataset);
[[nodiscard]] std::string dataset_text(const SpatialDataset& dataset);

}  // namespace anamorph::cli
