// SPDX-License-Identifier: GPL-3.0-or-later
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "core/base/error.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/sparse_cholesky.h"
#include "core/likelihood/sparse_cholesky_internal.h"

namespace anamorph {

namespace {

void make_room(Vector& v, Index size) {
    if (v.size() < size) v.resize(size);
}

/// Calls visit(j, column, local) for each row j below supernode s: the entry (R[i], R[j]), i ≥ j, of
/// a matrix laid out as the factor stands at column + local[i].
template <class Analysis, class Visit>
void visit_ancestors(const Analysis& a, Index s, std::vector<int>& local, const Visit& visit) {
    const int own = a.columns_of(s), below = a.rows_of(s) - own;
    const std::int32_t* r = a.rows_in(s) + own;
    if (static_cast<int>(local.size()) < below) local.resize(static_cast<std::size_t>(below));
    for (int first = 0; first < below;) {
        const Index t = a.supernode_of[static_cast<std::size_t>(r[first])];
        const std::int32_t* t_rows = a.rows_in(t);
        int at = r[first] - a.super()[t];
        for (int i = first; i < below; ++i) {  // both lists ascend, and t's holds all of r's
            while (t_rows[at] != r[i]) ++at;
            local[static_cast<std::size_t>(i)] = at;
        }
        int j = first;
        for (; j < below && r[j] < a.super()[t + 1]; ++j)
            visit(j, a.block_start()[t] + static_cast<Index>(r[j] - a.super()[t]) * a.rows_of(t),
                  local.data());
        first = j;
    }
}

/// One supernode's share of the selected inverse Z = A⁻¹. With its factor block [L_J; L_R] (own
/// columns J, rows below R), pivot K = L_J L_Jᵀ and Y = L_R L_J⁻¹:
///   Z_RJ = −Z_RR Y,   Z_JJ = K⁻¹ − Yᵀ Z_RJ,
/// where Z_RR belongs to supernodes nearer to the root.
///
/// Differentiated along A + t M, with K̇ and Ḃ the derivatives of the pivot and of the rows below it
/// at the time of their elimination:
///   Ẏ = (Ḃ − Y K̇) K⁻¹,  and the elimination takes  Q Yᵀ + Y Qᵀ,  Q = Ḃ − ½ Y K̇,  from the rest;
///   Ż_RJ = −Ż_RR Y − Z_RR Ẏ,   Ż_JJ = −K⁻¹K̇K⁻¹ − ẎᵀZ_RJ − YᵀŻ_RJ.
template <class Analysis>
class SupernodeInversion {
public:
    SupernodeInversion(const Analysis& analysis, const double* factor)
        : a_(&analysis), factor_(factor) {}

    /// z: the selected inverse, laid out as the factor.
    void invert(Index s, double* z) {
        start(s);
        double* out = z + a_->block_start()[s];
        for (int c = 0; c < own_; ++c)
            std::copy_n(block_ + static_cast<Index>(c) * rows_, own_, out + static_cast<Index>(c) * rows_);
        int info = 0;
        dpotri_("L", &own_, out, &rows_, &info);
        if (below_ == 0) return;
        gather(s, z, ancestors_);
        fill_y();
        cblas_dsymm(CblasColMajor, CblasLeft, CblasLower, below_, own_, -1.0, ancestors_.data(),
                    below_, y_.data(), below_, 0.0, out + own_, rows_);
        cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, own_, own_, below_, -1.0, y_.data(),
                    below_, out + own_, rows_, 1.0, out, rows_);
    }

    /// f: M, then what elimination has made of it so far; laid out as the factor.
    void eliminate(Index s, double* f) {
        start(s);
        if (below_ == 0) return;
        const double* in = f + a_->block_start()[s];
        fill_y();
        make_room(q_, static_cast<Index>(below_) * own_);
        copy_below(in, q_);
        cblas_dsymm(CblasColMajor, CblasRight, CblasLower, below_, own_, -0.5, in, rows_, y_.data(),
                    below_, 1.0, q_.data(), below_);
        make_room(ancestors_, static_cast<Index>(below_) * below_);
        cblas_dsyr2k(CblasColMajor, CblasLower, CblasNoTrans, below_, own_, 1.0, q_.data(), below_,
                     y_.data(), below_, 0.0, ancestors_.data(), below_);
        visit_ancestors(*a_, s, local_, [&](int j, Index column, const int* local) {
            const double* from = ancestors_.data() + static_cast<Index>(j) * below_;
            for (int i = j; i < below_; ++i) f[column + local[i]] -= from[i];
        });
    }

    /// z: the selected inverse; f: after elimination of all, its supernode's block is replaced by Ż.
    void differentiate(Index s, const double* z, double* f) {
        start(s);
        double* out = f + a_->block_start()[s];
        const double* z_block = z + a_->block_start()[s];
        pivot_.resize(own_, own_);
        for (int c = 0; c < own_; ++c)
            for (int r = c; r < own_; ++r)
                pivot_(r, c) = pivot_(c, r) = out[static_cast<Index>(c) * rows_ + r];
        if (below_ > 0) {
            fill_y();
            make_room(q_, static_cast<Index>(below_) * own_);
            copy_below(out, q_);  // Ẏ from here on
            cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, below_, own_, own_, -1.0,
                        y_.data(), below_, pivot_.data(), own_, 1.0, q_.data(), below_);
            solve_right(q_.data(), below_);
        }
        solve_right(pivot_.data(), own_);  // K⁻¹K̇K⁻¹: right, then left
        triangular(CblasLeft, CblasNoTrans, pivot_.data(), own_, own_);
        triangular(CblasLeft, CblasTrans, pivot_.data(), own_, own_);
        for (int c = 0; c < own_; ++c)
            for (int r = 0; r < own_; ++r) out[static_cast<Index>(c) * rows_ + r] = -pivot_(r, c);
        if (below_ == 0) return;
        double* out_below = out + own_;
        gather(s, f, ancestors_);
        cblas_dsymm(CblasColMajor, CblasLeft, CblasLower, below_, own_, -1.0, ancestors_.data(),
                    below_, y_.data(), below_, 0.0, out_below, rows_);
        gather(s, z, ancestors_);
        cblas_dsymm(CblasColMajor, CblasLeft, CblasLower, below_, own_, -1.0, ancestors_.data(),
                    below_, q_.data(), below_, 1.0, out_below, rows_);
        cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, own_, own_, below_, -1.0, q_.data(),
                    below_, z_block + own_, rows_, 1.0, out, rows_);
        cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, own_, own_, below_, -1.0, y_.data(),
                    below_, out_below, rows_, 1.0, out, rows_);
    }

private:
    void start(Index s) {
        own_ = a_->columns_of(s);
        rows_ = a_->rows_of(s);
        below_ = rows_ - own_;
        block_ = factor_ + a_->block_start()[s];
    }
    void copy_below(const double* from, Vector& to) const {
        for (int c = 0; c < own_; ++c)
            std::copy_n(from + static_cast<Index>(c) * rows_ + own_, below_,
                        to.data() + static_cast<Index>(c) * below_);
    }
    void fill_y() {
        make_room(y_, static_cast<Index>(below_) * own_);
        copy_below(block_, y_);
        triangular(CblasRight, CblasNoTrans, y_.data(), below_, own_);
    }
    void triangular(CBLAS_SIDE side, CBLAS_TRANSPOSE transpose, double* b, int b_rows, int b_columns) const {
        cblas_dtrsm(CblasColMajor, side, CblasLower, transpose, CblasNonUnit, b_rows, b_columns, 1.0,
                    block_, rows_, b, b_rows);
    }
    /// b ← b K⁻¹, b of b_rows × own_.
    void solve_right(double* b, int b_rows) const {
        triangular(CblasRight, CblasTrans, b, b_rows, own_);
        triangular(CblasRight, CblasNoTrans, b, b_rows, own_);
    }
    /// The lower triangle of `from`'s entries on R×R, dense.
    void gather(Index s, const double* from, Vector& to) {
        make_room(to, static_cast<Index>(below_) * below_);
        visit_ancestors(*a_, s, local_, [&](int j, Index column, const int* local) {
            double* out = to.data() + static_cast<Index>(j) * below_;
            for (int i = j; i < below_; ++i) out[i] = from[column + local[i]];
        });
    }

    const Analysis* a_;
    const double* factor_;
    const double* block_ = nullptr;  // of the supernode at work
    int own_ = 0, rows_ = 0, below_ = 0;
    Vector ancestors_, y_, q_;
    Matrix pivot_;
    std::vector<int> local_;
};

/// work(s, inversion) for all supernodes, each after the one above it in the tree; supernodes of
/// the same depth at the same time. False if memory ran out.
template <class Analysis, class Work>
bool from_the_root(const Analysis& a, const double* factor, const Work& work) {
    // Starting threads is worth it for factors beyond a thousand or so rows.
    const int threads = a.symbolic->xsize > 50'000 ? omp_get_max_threads() : 1;
    bool complete = true;
    const BlasThreads one(1);
    try {
        std::vector<SupernodeInversion<Analysis>> inversions(static_cast<std::size_t>(threads),
                                                             {a, factor});
        for (const auto& level : a.levels) {
            if (level.size() == 1 || threads == 1) {
                for (const std::int32_t s : level) work(s, inversions[0]);
                continue;
            }
#pragma omp parallel for schedule(dynamic) num_threads(threads)
            for (std::size_t k = 0; k < level.size(); ++k) {
                try {
                    work(level[k], inversions[static_cast<std::size_t>(omp_get_thread_num())]);
                } catch (const std::bad_alloc&) {
#pragma omp atomic write
                    complete = false;
                }
            }
        }
    } catch (const std::bad_alloc&) {
        complete = false;
    }
    return complete;
}

void check_inverse(const Vector& inverse) {
    if (inverse.size() == 0)
        throw Error(ErrorCode::not_positive_definite, "The selected inverse was not computed.");
}

}  // namespace

void SparseCholesky::compute_selected_inverse() {
    if (!numbers_->factorised)
        throw Error(ErrorCode::not_positive_definite, "The sparse matrix is not factorised.");
    bool complete = true;
    try {
        numbers_->inverse.resize(factor_entries());
        double* z = numbers_->inverse.data();
        complete = from_the_root(*analysis_, numbers_->values(),
                                 [z](Index s, auto& inversion) { inversion.invert(s, z); });
    } catch (const std::bad_alloc&) {
        complete = false;
    }
    if (complete) return;
    numbers_->inverse.resize(0);
    refuse_memory("The inverse on the factor's pattern", static_cast<double>(factor_entries()));
}

Vector SparseCholesky::inverse_on_pattern() const {
    check_inverse(numbers_->inverse);
    const auto& entry = analysis_->entries();
    Vector values(pattern().entries());
    for (Index k = 0; k < values.size(); ++k)
        values(k) = numbers_->inverse(entry[static_cast<std::size_t>(k)]);
    return values;
}

Vector SparseCholesky::inverse_diagonal() const {
    check_inverse(numbers_->inverse);
    const Analysis& a = *analysis_;
    Vector diagonal(size());
    for (Index i = 0; i < size(); ++i) {
        const Index column = a.place[static_cast<std::size_t>(i)];
        const Index s = a.supernode_of[static_cast<std::size_t>(column)];
        diagonal(i) = numbers_->inverse(a.block_start()[s] +
                                        (column - a.super()[s]) * (a.rows_of(s) + Index(1)));
    }
    return diagonal;
}

double SparseCholesky::inverse_at(Index i, Index j) const {
    check_inverse(numbers_->inverse);
    const Index at = analysis_->entry_at(i, j);
    return at < 0 ? std::numeric_limits<double>::quiet_NaN() : numbers_->inverse(at);
}

Vector SparseCholesky::inverse_product_on_pattern(const Vector& m) const {
    check_inverse(numbers_->inverse);
    if (m.size() != pattern().entries())
        throw Error(ErrorCode::dimension_mismatch, "The product needs a matrix of the same pattern.");
    const Analysis& a = *analysis_;
    const double* z = numbers_->inverse.data();
    const auto& entry = a.entries();
    bool complete = true;
    Vector product(m.size());
    try {
        Vector f = Vector::Zero(factor_entries());
        for (Index k = 0; k < m.size(); ++k) f(entry[static_cast<std::size_t>(k)]) = m(k);
        const BlasThreads one(1);
        SupernodeInversion<Analysis> inversion(a, numbers_->values());
        for (Index s = 0; s < a.supernodes(); ++s) inversion.eliminate(s, f.data());
        complete = from_the_root(a, numbers_->values(), [z, &f](Index s, auto& own) {
            own.differentiate(s, z, f.data());
        });
        for (Index k = 0; k < m.size(); ++k) product(k) = -f(entry[static_cast<std::size_t>(k)]);
    } catch (const std::bad_alloc&) {
        complete = false;
    }
    if (!complete)
        refuse_memory("The derivative of the inverse", static_cast<double>(factor_entries()));
    return product;
}

}  // namespace anamorph
