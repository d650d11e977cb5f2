// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/types.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/covariance/taper.h"
#include "core/likelihood/gathered_row.h"
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

/// c = ρ T(κ √s): any covariance ρ of two sites' features, times a taper of their distance √s in
/// deformed space; a product of positive definite functions, and so positive definite (Schur).
struct TaperedCovariance {
    PairCovariancePointer covariance = matern_covariance(Smoothness::three_halves);
    Taper taper = Taper::wendland_1;
    double squared_factor = 1.0;  ///< κ²

    /// T of the pairs of a row, whose first d features are deformed coordinates.
    void tapers(const GatheredRow& pairs, Index count, Index d, double* t) const;
    /// c of them; `work` is resized as needed.
    void values(const GatheredRow& pairs, Index count, Index d, double* c, std::vector<double>& work) const;
};

/// The taper for a covariance: that of its smoothness where it is a Matérn of closed form, else the
/// second, which is smooth enough for ν ≤ 5/2 and for all rougher families.
[[nodiscard]] Taper taper_for(const PairCovariance& covariance);

/// Numbers of the tapered correlation matrix of sites (deformed n×d, local n×k) on a pattern, and on
/// the diagonal `diagonal`.
[[nodiscard]] Vector tapered_values(const SymmetricPattern& pattern, const Points& deformed,
                                    const Matrix& local, const TaperedCovariance& covariance,
                                    const Vector& diagonal);

inline constexpr int sites_in_taper_by_default = 40;

/// A taper range such that about `neighbours` sites lie within it: the median over sites of the
/// distance to their `neighbours`-th nearest (of at most 2,000 sites, evenly taken).
[[nodiscard]] double range_holding(const Points& sites, int neighbours);

}  // namespace anamorph
