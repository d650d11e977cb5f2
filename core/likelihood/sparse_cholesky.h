// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// The lower triangle's pattern of a symmetric matrix in compressed columns: the entries of column
/// j are `row[column_start[j]] … row[column_start[j + 1] − 1]`, rows ascending, the diagonal first.
struct SymmetricPattern {
    Index size = 0;
    std::vector<std::int32_t> column_start;  ///< size + 1
    std::vector<std::int32_t> row;           ///< one for each entry

    [[nodiscard]] Index entries() const { return static_cast<Index>(row.size()); }
    /// Position of entry (i, j) or (j, i) in `row`; −1 where the pattern does not hold it.
    [[nodiscard]] Index position(Index i, Index j) const;

    /// The pattern that holds the diagonal and the pairs (in any order, repetitions allowed).
    /// @throws Error(out_of_memory) where it has more than 2³¹ − 1 entries.
    [[nodiscard]] static SymmetricPattern of_pairs(
        Index size, std::vector<std::pair<std::int32_t, std::int32_t>> pairs);
};

/// Columns of a sparse matrix: column j holds `value[k]` at `row[k]`, start[j] ≤ k < start[j + 1];
/// rows in any order.
struct SparseColumns {
    std::vector<std::int32_t> start = {0};  ///< one more than there are columns
    std::vector<std::int32_t> row;
    std::vector<double> value;
};

/// Sparse Cholesky factor P A Pᵀ = L Lᵀ of symmetric positive definite matrices of one pattern, by
/// CHOLMOD (supernodal; Chen, Davis, Hager, Rajamanickam 2008), and the selected inverse: the
/// entries of A⁻¹ on the pattern of L + Lᵀ, by the recursion of Takahashi, Fagan and Chin (1973),
/// here over supernodes with dense blocks.
///
/// The ordering and the symbolic factor are computed once and shared by copies; a copy owns its
/// numbers. Factorisation and selected inversion change the object and are not thread-safe; const
/// functions are, at the same time, once the object is factorised. Numbers are the same, to the last
/// bit, for any number of threads: the BLAS inside runs on one.
class SparseCholesky {
public:
    /// Symbolic analysis. Allocates nothing of the numeric factor's size.
    /// @throws Error(out_of_memory | dimension_mismatch)
    explicit SparseCholesky(std::shared_ptr<const SymmetricPattern> pattern);
    SparseCholesky(const SparseCholesky& other);  ///< shares the analysis; not yet factorised
    SparseCholesky(SparseCholesky&&) noexcept;
    SparseCholesky& operator=(SparseCholesky&&) noexcept;
    ~SparseCholesky();

    [[nodiscard]] const SymmetricPattern& pattern() const;
    [[nodiscard]] Index size() const;
    /// Numbers that the factor stores (8 bytes each), zeros inside its dense blocks included.
    [[nodiscard]] Index factor_entries() const;
    /// Floating-point operations of a factorisation, from the symbolic count.
    [[nodiscard]] double factor_operations() const;

    /// New numbers, in the order of the pattern's entries. False where the matrix is not positive
    /// definite to working precision or holds a number that is not finite.
    /// @throws Error(out_of_memory | dimension_mismatch)
    [[nodiscard]] bool factorise(const Vector& values);
    [[nodiscard]] bool is_factorised() const;
    [[nodiscard]] double log_determinant() const;  ///< log |A|

    // b is size()×k; each acts in place. @throws Error(out_of_memory | dimension_mismatch)
    void solve(Matrix& b) const;                  ///< A⁻¹ b
    void solve(Vector& b) const;                  ///< A⁻¹ b
    void solve_half(Matrix& b) const;             ///< L⁻¹ P b, so that bᵀA⁻¹b is its square
    void solve_half_transposed(Matrix& b) const;  ///< Pᵀ L⁻ᵀ b: covariance A⁻¹ for standard normal b
    void multiply_half(Matrix& b) const;          ///< Pᵀ L b: covariance A for standard normal b
    /// cᵀA⁻¹c for each column c. Touches only the part of the factor that the columns' rows reach,
    /// all columns together: give columns whose rows lie near each other. @throws std::bad_alloc
    [[nodiscard]] Vector inverse_quadratic_forms(const SparseColumns& columns) const;

    /// Computes the selected inverse of the factorised matrix. Parallel (OpenMP) over supernodes.
    /// @throws Error(out_of_memory)
    void compute_selected_inverse();
    /// A⁻¹ on the pattern of A, in the order of its entries.
    [[nodiscard]] Vector inverse_on_pattern() const;
    [[nodiscard]] Vector inverse_diagonal() const;
    /// A⁻¹ M A⁻¹ on the pattern of A for a symmetric M of the same pattern: the directional derivative
    /// of the selected inverse, −d/dt (A + tM)⁻¹ at t = 0, by differentiating elimination and
    /// recursion; a small multiple of their cost. Needs the selected inverse. @throws Error(out_of_memory)
    [[nodiscard]] Vector inverse_product_on_pattern(const Vector& m) const;
    /// True where (i, j) lies in the pattern of L + Lᵀ (in the original numbering).
    [[nodiscard]] bool factor_holds(Index i, Index j) const;
    /// (A⁻¹)ᵢⱼ where factor_holds(i, j), else NaN.
    [[nodiscard]] double inverse_at(Index i, Index j) const;

private:
    struct Analysis;
    struct Numbers;
    std::shared_ptr<const Analysis> analysis_;
    std::unique_ptr<Numbers> numbers_;
};

/// The most numbers a sparse factor may hold (1.6 GB); beyond, likelihoods refuse in words.
inline constexpr Index most_factor_entries = 200'000'000;

/// @throws Error(out_of_memory) with this hint where the factor, not yet computed, would hold more
/// than `most_factor_entries`.
void check_factor_size(const SparseCholesky& cholesky, const std::string& hint);

}  // namespace anamorph
