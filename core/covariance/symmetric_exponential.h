// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"

namespace anamorph {

/// exp(S) of a symmetric matrix S, d×d, and its adjoint.
class SymmetricExponential {
public:
    explicit SymmetricExponential(const Matrix& symmetric);

    [[nodiscard]] const Matrix& value() const { return value_; }
    /// Derivative by S, given that by exp(S): V (F ∘ VᵀGV) Vᵀ, F_ij = (e^λi − e^λj)/(λi − λj)
    /// (Daleckii and Krein; Higham 2008, Functions of Matrices, theorem 3.11).
    [[nodiscard]] Matrix pull_back(const Matrix& d_value) const;

private:
    Matrix vectors_, divided_, value_;
};

/// The d(d+1)/2 entries of a symmetric matrix, diagonal first, then above it row by row, and back.
[[nodiscard]] Matrix symmetric_from_entries(const Vector& entries, int d);
/// Derivatives by the entries, given those by the matrix's elements.
[[nodiscard]] Vector by_symmetric_entries(const Matrix& d_matrix);

}  // namespace anamorph
