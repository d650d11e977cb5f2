// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"

namespace anamorph {

// Diagnostics of Markov chains; `series` holds one quantity, draws×chains.

/// Split R̂: the square root of the ratio of the total to the mean within-half variance, each chain
/// cut into halves. Gelman et al. (2013), Bayesian Data Analysis, sec. 11.4, eq. 11.4. NaN where
/// nothing varies.
[[nodiscard]] double split_r_hat(const Matrix& series);

/// Number of independent draws that tell as much of the mean: m n/(1 + 2 Σ ρ_t), the
/// autocorrelations ρ_t of the split chains summed in pairs while these are positive, and kept
/// from rising (Geyer 1992, Statist. Sci. 7:473; Gelman et al. 2013, sec. 11.5).
[[nodiscard]] double effective_sample_size(const Matrix& series);

/// Σ(E_t − E_{t−1})²/Σ(E_t − Ē)² of the energies of one chain. Betancourt (2016), arXiv 1604.00695.
[[nodiscard]] double energy_fraction_of(const Vector& energies);

}  // namespace anamorph
