// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/likelihood/likelihood.h"

namespace anamorph {

// What likelihoods with a matrix C⁻¹ share: the log-scale, β and σ² profiled, the value.

/// e^{l/2} at n sites, all one for an empty `log_scale`. False where it is no positive finite number.
[[nodiscard]] bool log_scale_factor(const Vector& log_scale, Index n, Vector& scale);

/// [z, H] with each row divided by the scale: n×(1+q).
[[nodiscard]] Matrix scaled_columns(const Vector& values, const Matrix& trend, const Vector& scale);

/// β by generalised least squares from the scaled columns and C⁻¹ times them (each n×(1+q)), with the
/// residual y, the dual C⁻¹y, (HᵀC⁻¹H)⁻¹, and σ̂² = yᵀC⁻¹y/n. Chilès and Delfiner (2012),
/// Geostatistics, sec. 3.4. False where the trend is not determined; σ̂² is 0 where the
/// trend explains all.
[[nodiscard]] bool profile_trend(const Matrix& scaled, const Matrix& weights, Vector& residual,
                                 Vector& dual, Matrix& trend_information_inverse,
                                 ProfiledValue& out);

/// −log p = n/2 (log 2πσ² + yᵀC⁻¹y/(nσ²)) + ½ log|C| + ½ Σ l, at out.partial_sill = σ̂² or, where it
/// is positive, at `fixed_partial_sill`. False where it is not finite, or σ² not positive.
[[nodiscard]] bool profile_value(double half_log_det, const Vector& log_scale, Index n,
                                 double fixed_partial_sill, ProfiledValue& out);

}  // namespace anamorph
