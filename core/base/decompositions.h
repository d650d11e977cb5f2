// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Cholesky>

#include "core/base/types.h"

namespace anamorph {

/// Decompositions of dense matrices, behind plain functions: the templates of Eigen that compute them
/// are compiled once here, not in every file that needs one. Arguments may be expressions or blocks.
using MatrixView = Eigen::Ref<const Matrix>;

/// A copy of right-hand sides that the solvers below overwrite: a vector stays a vector.
template <class Derived>
using Solution = Eigen::Matrix<double, Eigen::Dynamic, Derived::ColsAtCompileTime>;

/// Eigenvalues and eigenvectors of a symmetric n×n matrix, of which the lower triangle is read.
class SymmetricEigen {
public:
    explicit SymmetricEigen(const MatrixView& symmetric);

    /// n, ascending.
    const Vector& eigenvalues() const { return values_; }
    /// n×n, orthonormal columns in the order of the eigenvalues.
    const Matrix& eigenvectors() const { return vectors_; }
    /// A^½, n×n; the eigenvalues must not be negative.
    Matrix square_root() const;
    /// A^−½, n×n; the eigenvalues must be positive.
    Matrix inverse_square_root() const;

private:
    Vector values_;
    Matrix vectors_;
};

/// The eigenvalues alone of a symmetric n×n matrix, n, ascending.
Vector symmetric_eigenvalues(const MatrixView& symmetric);

/// A = U diag(s) Vᵀ of an m×n matrix.
struct SingularValues {
    Matrix left;    ///< U, m×m
    Vector values;  ///< s, min(m, n), descending
    Matrix right;   ///< V, n×n
};
SingularValues singular_value_decomposition(const MatrixView& a);

/// LDLᵀ with pivots of a symmetric n×n matrix, of which the lower triangle is read.
class SymmetricFactor {
public:
    explicit SymmetricFactor(const MatrixView& symmetric);

    /// Whether the factorisation succeeded and found no negative pivot.
    bool is_positive() const;
    /// A⁻¹ b, n×k for b n×k.
    template <class Derived>
    Solution<Derived> solve(const Eigen::MatrixBase<Derived>& b) const {
        Solution<Derived> x = b;
        solve_in_place(x);
        return x;
    }
    /// A⁻¹, n×n.
    Matrix inverse() const;
    /// R with A = RRᵀ, n×n; a pivot that rounding made negative counts as zero.
    Matrix root() const;

private:
    void solve_in_place(Eigen::Ref<Matrix> b) const;

    Eigen::LDLT<Matrix> factor_;
};

/// Cholesky factor A = LLᵀ of a symmetric n×n matrix, of which the lower triangle is read.
class CholeskyFactor {
public:
    explicit CholeskyFactor(const MatrixView& symmetric);

    /// Whether the matrix is positive definite to working precision; nothing else may be asked if not.
    bool is_positive_definite() const { return positive_definite_; }
    /// L, n×n, zero above the diagonal.
    const Matrix& lower() const { return lower_; }
    /// ½ log|A|.
    double half_log_determinant() const { return lower_.diagonal().array().log().sum(); }
    /// L⁻¹ b, n×k for b n×k.
    template <class Derived>
    Solution<Derived> half_solve(const Eigen::MatrixBase<Derived>& b) const {
        Solution<Derived> x = b;
        solve_in_place(x, false);
        return x;
    }
    /// A⁻¹ b, n×k for b n×k.
    template <class Derived>
    Solution<Derived> solve(const Eigen::MatrixBase<Derived>& b) const {
        Solution<Derived> x = b;
        solve_in_place(x, true);
        return x;
    }

private:
    void solve_in_place(Eigen::Ref<Matrix> b, bool both_halves) const;

    Matrix lower_;
    bool positive_definite_ = false;
};

/// The b that makes ‖y − X b‖ least, k; X n×k of any rank, y n.
Vector least_squares(const MatrixView& x, const Vector& y);

/// Orthonormal columns that span those of X (n×k): n×rank.
Matrix column_space(const MatrixView& x);

/// Of a square matrix, by elimination with partial pivots.
double determinant(const MatrixView& a);
Matrix matrix_inverse(const MatrixView& a);
/// A⁻¹ b of a square matrix, n×k for b n×k.
Matrix solve_square(const MatrixView& a, const MatrixView& b);

}  // namespace anamorph
