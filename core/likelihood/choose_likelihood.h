// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/types.h"
#include "core/likelihood/likelihood_options.h"

namespace anamorph {

inline constexpr Index exact_by_default = 5'000;   ///< sites up to which the program chooses the exact likelihood
inline constexpr Index exact_for_warps = 1'500;  ///< the same for models of many evaluations
inline constexpr Index exact_on_request = 15'000;  ///< sites up to which it may be asked for

/// Largest memory, in bytes, that a likelihood of n sites in d dimensions takes while a model is
/// fitted and mapped: two n×n matrices where it is exact, n·m or n·k numbers for Vecchia and the
/// predictive process; for tapers and meshes from the fill-in that nested dissection leaves (George
/// 1973; about 31 n log₂ n numbers for a mesh in the plane, n^{4/3} in space).
/// `sites_in_taper`: sites within the taper range of one; `vertices`: of the mesh; 0: as chosen by
/// default.
[[nodiscard]] double estimated_bytes(const LikelihoodOptions& options, Index n, int d,
                                     double sites_in_taper = 0.0, double vertices = 0.0);

struct LikelihoodChoice {
    LikelihoodOptions options;  ///< never `automatic`
    std::string reason;         ///< one sentence: which and why
};

/// Resolves `automatic`: exact up to 5,000 sites where it fits into `available_bytes`, Vecchia's
/// approximation beyond. Models that need hundreds of evaluations (`many_evaluations`: warps and the
/// automatic model) go over to Vecchia above 1,500 sites, where minutes would become an hour. Other
/// kinds are kept.
[[nodiscard]] LikelihoodChoice choose_likelihood(const LikelihoodOptions& asked, Index n, int d,
                                                 double available_bytes,
                                                 bool many_evaluations = false);

/// "1.2 GB", "35 MB".
[[nodiscard]] std::string bytes_in_words(double bytes);

}  // namespace anamorph
