// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/covariance/pair_covariance.h"
#include "core/likelihood/likelihood.h"
#include "core/likelihood/likelihood_options.h"

namespace anamorph {

/// The likelihood that `options.kind` names (not `automatic`), for observations at `sites` (n×d, in
/// the coordinates that the deformation takes; lengths among the options are in their unit).
/// `jitter` is added to the diagonal of the correlation matrix.
/// @throws Error(bad_input | unsupported | out_of_memory)
[[nodiscard]] std::unique_ptr<Likelihood> make_likelihood(Observations observations,
                                                          PairCovariancePointer covariance,
                                                          const LikelihoodOptions& options,
                                                          const Points& sites,
                                                          double jitter = 1e-8);
/// The same for a Matérn covariance of given smoothness.
[[nodiscard]] std::unique_ptr<Likelihood> make_likelihood(Observations observations,
                                                          Smoothness smoothness,
                                                          const LikelihoodOptions& options,
                                                          const Points& sites,
                                                          double jitter = 1e-8);

}  // namespace anamorph
