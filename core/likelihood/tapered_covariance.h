// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/types.h"
#include "core/covariance/smoothness.h"
#include "core/covariance/taper.h"
#include "core/likelihood/sparse_cholesky.h"

namespace anamorph {

/// The most pairs within a taper range, twelve thousand sites all within it: a factor holds these
/// and more, and so does its analysis.
inline constexpr Index most_tapered_pairs = 80'000'000;

/// √(Σ|xᵢ − x̄|²/n) of points n×d.
[[nodiscard]] double root_mean_square_spread(const Points& points);

/// A taper range in deformed space, whatever the scale of the deformation: the taper acts on
/// h_U·s, where s = spread / rms(U) brings the sites' deformed coordinates to their own root mean
/// square spread. So T's argument is κ h_U with κ = spread / (rms(U)·range).
struct TaperRange {
    double range = 0.0;   ///< R, unit of the sites' coordinates
    double spread = 0.0;  ///< rms(x) of the sites in these coordinates

    /// κ² for the deformed sites; 0 or not finite where they coincide.
    [[nodiscard]] double squared_factor(const Points& deformed) const;
    /// κ times U, its mean taken away: pairs in range lie nearer than 1.
    [[nodiscard]] Points scaled(const Points& deformed) const;
};

/// c(s) = ρ(√s) T(κ √s) as a function of the squared distance s in deformed space.
struct TaperedCorrelation {
    Smoothness smoothness = Smoothness::three_halves;
    Taper taper = Taper::wendland_1;
    double squared_factor = 1.0;  ///< κ²

    /// c for `count` squared distances; `work` is resized as needed. In place allowed.
    void operator()(const double* squared_distance, Index count, double* c,
                    std::vector<double>& work) const;
};

/// Squared distances of column j's entries of a pattern: sites `row[0 … count − 1]` to site j.
void squared_distances_of(const Points& u, Index j, const std::int32_t* row, Index count, double* out);

/// Numbers of the tapered correlation matrix on a pattern: c(sᵢⱼ), and on the diagonal `diagonal`.
[[nodiscard]] Vector tapered_values(const SymmetricPattern& pattern, const Points& deformed,
                                    const TaperedCorrelation& correlation, const Vector& diagonal);

inline constexpr int sites_in_taper_by_default = 40;

/// A taper range such that about `neighbours` sites lie within it: the median over sites of the
/// distance to their `neighbours`-th nearest (of at most 2,000 sites, evenly taken).
[[nodiscard]] double range_holding(const Points& sites, int neighbours);

}  // namespace anamorph
