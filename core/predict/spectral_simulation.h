// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/predict/unconditional_field.h"

namespace anamorph {

/// Spectral simulation: Y(u) = √(2/L) Σ cos(ω_lᵀu + φ_l), the L = 1,000 frequencies of each simulation
/// drawn from the covariance's spectral distribution and the phases uniform, so that the covariance is
/// exact over simulations and the law nearly Gaussian. No matrix is factorised: a simulation costs
/// points × L cosines. Shinozuka (1971), J. Acoust. Soc. Am. 49:357; Mantoglou and Wilson (1982), Water
/// Resour. Res. 18:1379.
/// A frequency of the Matérn covariance of range 1 is multivariate t: ω = z/√(2g), z standard normal,
/// g ~ Gamma(ν, 1), whose density is proportional to (1 + |ω|²)^{−ν−d/2}; that of the Gaussian is z.
/// A nested structure k is chosen with probability a_k, its frequencies are B_k ω.
class SpectralSimulation final : public UnconditionalField {
public:
    /// @throws Error(cancelled | not_finite | unsupported), std::bad_alloc
    SpectralSimulation(const Points& points, const UnconditionalOptions& options,
                       const ProgressObserver& progress, const std::stop_token& stop);

    [[nodiscard]] double* at(Index point) override { return values_.data() + point * count_; }
    [[nodiscard]] const double* at(Index point) const override { return values_.data() + point * count_; }

private:
    Index count_;
    std::vector<double> values_;  // the simulations of a point side by side
};

/// Why this covariance cannot be simulated so; nothing where it can: Matérn of any smoothness and
/// Gaussian, alone or nested, the same everywhere.
[[nodiscard]] std::optional<std::string> spectral_refusal(const PairCovariance& covariance);

}  // namespace anamorph
