// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/sparse_cholesky.h"

#include <cholmod.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <string>

#include "core/base/error.h"
#include "core/likelihood/lapack.h"

namespace anamorph {

namespace {

[[noreturn]] void refuse_memory(const char* what, double entries) {
    const auto gigabytes = static_cast<long long>(std::ceil(entries * 8e-9));
    throw Error(ErrorCode::out_of_memory,
                std::string(what) + " does not fit in memory (about " + std::to_string(gigabytes) +
                    " GB).",
                "Use fewer sites, a shorter taper range, or a coarser mesh.");
}

/// CHOLMOD's settings and workspace; prints nothing.
class Workspace {
public:
    Workspace() {
        cholmod_start(&common_);
        common_.print = 0;
        common_.error_handler = nullptr;
        common_.try_catch = 1;
        common_.supernodal = CHOLMOD_SUPERNODAL;
        common_.final_ll = 1;
        common_.quick_return_if_not_posdef = 1;
    }
    ~Workspace() { cholmod_finish(&common_); }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    cholmod_common* operator()() { return &common_; }
    [[nodiscard]] bool lacks_memory() const {
        return common_.status == CHOLMOD_OUT_OF_MEMORY || common_.status == CHOLMOD_TOO_LARGE;
    }
    [[nodiscard]] double factor_entries() const { return common_.lnz; }
    [[nodiscard]] double operations() const { return common_.fl; }

private:
    cholmod_common common_;
};

/// A pattern, and numbers where given, seen as CHOLMOD's matrix: nothing is copied.
cholmod_sparse as_cholmod(const SymmetricPattern& pattern, const double* values) {
    cholmod_sparse a{};
    a.nrow = a.ncol = static_cast<std::size_t>(pattern.size);
    a.nzmax = pattern.row.size();
    a.p = const_cast<std::int32_t*>(pattern.column_start.data());
    a.i = const_cast<std::int32_t*>(pattern.row.data());
    a.x = const_cast<double*>(values);
    a.stype = -1;
    a.itype = CHOLMOD_INT;
    a.xtype = values ? CHOLMOD_REAL : CHOLMOD_PATTERN;
    a.dtype = CHOLMOD_DOUBLE;
    a.sorted = 1;
    a.packed = 1;
    return a;
}

}  // namespace

Index SymmetricPattern::position(Index i, Index j) const {
    if (i < j) std::swap(i, j);
    const auto first = row.begin() + column_start[static_cast<std::size_t>(j)];
    const auto last = row.begin() + column_start[static_cast<std::size_t>(j) + 1];
    const auto at = std::lower_bound(first, last, static_cast<std::int32_t>(i));
    return at != last && *at == i ? at - row.begin() : -1;
}

SymmetricPattern SymmetricPattern::of_pairs(
    Index size, std::vector<std::pair<std::int32_t, std::int32_t>> pairs) {
    pairs.reserve(pairs.size() + static_cast<std::size_t>(size));
    for (auto& [j, i] : pairs)
        if (j > i) std::swap(i, j);
    for (Index j = 0; j < size; ++j)
        pairs.emplace_back(static_cast<std::int32_t>(j), static_cast<std::int32_t>(j));
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    if (pairs.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        refuse_memory("A sparse matrix", static_cast<double>(pairs.size()));
    SymmetricPattern made;
    made.size = size;
    made.column_start.assign(static_cast<std::size_t>(size) + 1, 0);
    made.row.reserve(pairs.size());
    for (const auto& [j, i] : pairs) {
        ++made.column_start[static_cast<std::size_t>(j) + 1];
        made.row.push_back(i);
    }
    for (std::size_t j = 0; j < static_cast<std::size_t>(size); ++j)
        made.column_start[j + 1] += made.column_start[j];
    return made;
}

/// What depends on the pattern alone. Supernode s holds the columns super[s] … super[s + 1] − 1 of
/// the permuted matrix as one dense column-major block, whose rows are listed in s_rows(s): first
/// its own columns, then the rows below.
struct SparseCholesky::Analysis {
    std::shared_ptr<const SymmetricPattern> pattern;
    cholmod_factor* symbolic = nullptr;
    Workspace workspace;
    double operations = 0.0;
    std::vector<std::int32_t> place;         // of each original row in the permuted matrix
    std::vector<std::int32_t> supernode_of;  // each permuted column
    std::vector<std::vector<std::int32_t>> levels;  // supernodes by depth in the tree, root first
    mutable std::once_flag entries_located;
    mutable std::vector<std::int32_t> entry;  // of each of the pattern's entries, in the factor

    Analysis() = default;
    ~Analysis() { cholmod_free_factor(&symbolic, workspace()); }
    Analysis(const Analysis&) = delete;
    Analysis& operator=(const Analysis&) = delete;

    [[nodiscard]] const std::int32_t* super() const { return static_cast<std::int32_t*>(symbolic->super); }
    [[nodiscard]] const std::int32_t* row_start() const { return static_cast<std::int32_t*>(symbolic->pi); }
    [[nodiscard]] const std::int32_t* block_start() const { return static_cast<std::int32_t*>(symbolic->px); }
    [[nodiscard]] const std::int32_t* rows() const { return static_cast<std::int32_t*>(symbolic->s); }
    [[nodiscard]] Index supernodes() const { return static_cast<Index>(symbolic->nsuper); }
    [[nodiscard]] int columns_of(Index s) const { return super()[s + 1] - super()[s]; }
    [[nodiscard]] int rows_of(Index s) const { return row_start()[s + 1] - row_start()[s]; }
    [[nodiscard]] const std::int32_t* rows_in(Index s) const { return rows() + row_start()[s]; }

    void arrange();
    [[nodiscard]] Index entry_at(Index i, Index j) const;
    const std::vector<std::int32_t>& entries() const;
};

void SparseCholesky::Analysis::arrange() {
    const Index n = pattern->size;
    const auto* permutation = static_cast<const std::int32_t*>(symbolic->Perm);
    place.resize(static_cast<std::size_t>(n));
    for (Index k = 0; k < n; ++k)
        place[static_cast<std::size_t>(permutation[k])] = static_cast<std::int32_t>(k);
    supernode_of.resize(static_cast<std::size_t>(n));
    for (Index s = 0; s < supernodes(); ++s)
        std::fill(supernode_of.begin() + super()[s], supernode_of.begin() + super()[s + 1],
                  static_cast<std::int32_t>(s));
    std::vector<std::int32_t> depth(static_cast<std::size_t>(supernodes()), 0);
    for (Index s = supernodes() - 1; s >= 0; --s) {
        const int own = columns_of(s);
        if (rows_of(s) > own) {
            const auto row = static_cast<std::size_t>(rows_in(s)[own]);
            const auto parent = static_cast<std::size_t>(supernode_of[row]);
            depth[static_cast<std::size_t>(s)] = depth[parent] + 1;
        }
        const auto level = static_cast<std::size_t>(depth[static_cast<std::size_t>(s)]);
        if (level >= levels.size()) levels.resize(level + 1);
        levels[level].push_back(static_cast<std::int32_t>(s));
    }
}

/// Place of (A⁻¹)ᵢⱼ among the factor's numbers, original numbering; −1 where it has none.
Index SparseCholesky::Analysis::entry_at(Index i, Index j) const {
    std::int32_t row = place[static_cast<std::size_t>(i)], column = place[static_cast<std::size_t>(j)];
    if (row < column) std::swap(row, column);
    const Index s = supernode_of[static_cast<std::size_t>(column)];
    const std::int32_t* first = rows_in(s);
    const std::int32_t* last = first + rows_of(s);
    const std::int32_t* at = std::lower_bound(first, last, row);
    if (at == last || *at != row) return -1;
    return block_start()[s] + static_cast<Index>(column - super()[s]) * rows_of(s) + (at - first);
}

const std::vector<std::int32_t>& SparseCholesky::Analysis::entries() const {
    std::call_once(entries_located, [this] {
        entry.resize(pattern->row.size());
        const Index n = pattern->size;
#pragma omp parallel for schedule(static)
        for (Index j = 0; j < n; ++j)
            for (auto k = static_cast<std::size_t>(pattern->column_start[static_cast<std::size_t>(j)]);
                 k < static_cast<std::size_t>(pattern->column_start[static_cast<std::size_t>(j) + 1]); ++k)
                entry[k] = static_cast<std::int32_t>(entry_at(pattern->row[k], j));
    });
    return entry;
}

struct SparseCholesky::Numbers {
    cholmod_factor* factor = nullptr;
    Workspace workspace;
    bool factorised = false;
    double log_determinant = 0.0;
    Vector inverse;  // the selected inverse, laid out as the factor's numbers; empty: not computed

    Numbers() = default;
    ~Numbers() { cholmod_free_factor(&factor, workspace()); }
    Numbers(const Numbers&) = delete;
    Numbers& operator=(const Numbers&) = delete;
    [[nodiscard]] const double* values() const { return static_cast<const double*>(factor->x); }
};

SparseCholesky::SparseCholesky(std::shared_ptr<const SymmetricPattern> pattern) {
    if (static_cast<Index>(pattern->column_start.size()) != pattern->size + 1 ||
        pattern->column_start.back() != pattern->entries())
        throw Error(ErrorCode::dimension_mismatch, "The sparse matrix's column starts and rows do "
                                                   "not belong together.");
    auto made = std::make_shared<Analysis>();
    made->pattern = std::move(pattern);
    cholmod_sparse a = as_cholmod(*made->pattern, nullptr);
    made->symbolic = cholmod_analyze(&a, made->workspace());
    if (!made->symbolic || !made->symbolic->is_super)
        refuse_memory("The sparse factor", made->workspace.factor_entries());
    made->operations = made->workspace.operations();
    made->arrange();
    analysis_ = std::move(made);
    numbers_ = std::make_unique<Numbers>();
}

SparseCholesky::SparseCholesky(const SparseCholesky& other)
    : analysis_(other.analysis_), numbers_(std::make_unique<Numbers>()) {}
SparseCholesky::SparseCholesky(SparseCholesky&&) noexcept = default;
SparseCholesky& SparseCholesky::operator=(SparseCholesky&&) noexcept = default;
SparseCholesky::~SparseCholesky() = default;

const SymmetricPattern& SparseCholesky::pattern() const { return *analysis_->pattern; }
Index SparseCholesky::size() const { return analysis_->pattern->size; }
Index SparseCholesky::factor_entries() const {
    return static_cast<Index>(analysis_->symbolic->xsize);
}
double SparseCholesky::factor_operations() const { return analysis_->operations; }
bool SparseCholesky::is_factorised() const { return numbers_->factorised; }
double SparseCholesky::log_determinant() const { return numbers_->log_determinant; }

bool SparseCholesky::factorise(const Vector& values) {
    Numbers& numbers = *numbers_;
    numbers.factorised = false;
    numbers.inverse.resize(0);
    if (values.size() != pattern().entries())
        throw Error(ErrorCode::dimension_mismatch,
                    "The sparse matrix has " + std::to_string(pattern().entries()) +
                        " entries, but got " + std::to_string(values.size()) + " numbers.");
    if (!values.allFinite()) return false;
    if (!numbers.factor) {
        numbers.factor = cholmod_copy_factor(analysis_->symbolic, numbers.workspace());
        if (!numbers.factor) refuse_memory("The sparse factor", static_cast<double>(factor_entries()));
    }
    cholmod_sparse a = as_cholmod(pattern(), values.data());
    cholmod_factorize(&a, numbers.factor, numbers.workspace());
    if (numbers.workspace.lacks_memory())
        refuse_memory("The sparse factor", static_cast<double>(factor_entries()));
    if (numbers.workspace()->status != CHOLMOD_OK ||
        numbers.factor->minor < static_cast<std::size_t>(size()))
        return false;

    double half = 0.0;
    for (Index s = 0; s < analysis_->supernodes(); ++s) {
        const double* block = numbers.values() + analysis_->block_start()[s];
        const Index stride = analysis_->rows_of(s) + 1;
        for (int k = 0; k < analysis_->columns_of(s); ++k) half += std::log(block[k * stride]);
    }
    numbers.log_determinant = 2.0 * half;
    numbers.factorised = std::isfinite(half);
    return numbers.factorised;
}

namespace {

void check_rows(Index rows, Index expected) {
    if (rows != expected)
        throw Error(ErrorCode::dimension_mismatch, "A right-hand side of " + std::to_string(rows) +
                                                       " rows for a matrix of " +
                                                       std::to_string(expected) + ".");
}

/// b ← X, where X solves CHOLMOD's system `kind`. Each call has its own workspace, so that several
/// threads can solve with one factor.
void solve_system(int kind, cholmod_factor* factor, double* b, Index rows, Index columns) {
    if (columns == 0 || rows == 0) return;
    Workspace workspace;
    cholmod_dense dense{};
    dense.nrow = dense.d = static_cast<std::size_t>(rows);
    dense.ncol = static_cast<std::size_t>(columns);
    dense.nzmax = dense.nrow * dense.ncol;
    dense.x = b;
    dense.xtype = CHOLMOD_REAL;
    dense.dtype = CHOLMOD_DOUBLE;
    cholmod_dense* x = cholmod_solve(kind, factor, &dense, workspace());
    if (!x) refuse_memory("The solution", static_cast<double>(dense.nzmax));
    std::copy_n(static_cast<const double*>(x->x), dense.nzmax, b);
    cholmod_free_dense(&x, workspace());
}

}  // namespace

void SparseCholesky::solve(Matrix& b) const {
    check_rows(b.rows(), size());
    solve_system(CHOLMOD_A, numbers_->factor, b.data(), b.rows(), b.cols());
}

void SparseCholesky::solve(Vector& b) const {
    check_rows(b.rows(), size());
    solve_system(CHOLMOD_A, numbers_->factor, b.data(), b.rows(), 1);
}

void SparseCholesky::solve_half(Matrix& b) const {
    check_rows(b.rows(), size());
    solve_system(CHOLMOD_P, numbers_->factor, b.data(), b.rows(), b.cols());
    solve_system(CHOLMOD_L, numbers_->factor, b.data(), b.rows(), b.cols());
}

void SparseCholesky::solve_half_transposed(Matrix& b) const {
    check_rows(b.rows(), size());
    solve_system(CHOLMOD_Lt, numbers_->factor, b.data(), b.rows(), b.cols());
    solve_system(CHOLMOD_Pt, numbers_->factor, b.data(), b.rows(), b.cols());
}

void SparseCholesky::multiply_half(Matrix& b) const {
    check_rows(b.rows(), size());
    const Analysis& a = *analysis_;
    const int k = static_cast<int>(b.cols()), n = static_cast<int>(b.rows());
    if (k == 0 || n == 0) return;
    Matrix product = Matrix::Zero(n, k), below;
    for (Index s = 0; s < a.supernodes(); ++s) {
        const double* block = numbers_->values() + a.block_start()[s];
        const int own = a.columns_of(s), rows = a.rows_of(s), first = a.super()[s];
        if (rows > own) {
            below.resize(rows - own, k);
            cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, rows - own, k, own, 1.0,
                        block + own, rows, b.data() + first, n, 0.0, below.data(), rows - own);
            for (int c = 0; c < k; ++c)
                for (int r = own; r < rows; ++r) product(a.rows_in(s)[r], c) += below(r - own, c);
        }
        cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, own, k, 1.0,
                    block, rows, b.data() + first, n);
        product.middleRows(first, own) += b.middleRows(first, own);
    }
    for (Index i = 0; i < size(); ++i) b.row(i) = product.row(a.place[static_cast<std::size_t>(i)]);
}

namespace {

/// One supernode's share of the selected inverse. With its factor block [L_J; L_R] (own columns J,
/// rows below R), Y = L_R L_J⁻¹ and Z = A⁻¹:
///   Z_RJ = −Z_RR Y,   Z_JJ = (L_J L_Jᵀ)⁻¹ − Yᵀ Z_RJ,
/// where Z_RR belongs to supernodes nearer to the root.
class SupernodeInversion {
public:
    /// z: the selected inverse, laid out as the factor's numbers.
    template <class Analysis>
    void run(const Analysis& a, const double* factor, Index s, double* z) {
        const int own = a.columns_of(s), rows = a.rows_of(s), below = rows - own;
        const double* block = factor + a.block_start()[s];
        double* out = z + a.block_start()[s];
        for (int c = 0; c < own; ++c)
            std::copy_n(block + static_cast<Index>(c) * rows, own, out + static_cast<Index>(c) * rows);
        int info = 0;
        dpotri_("L", &own, out, &rows, &info);
        if (below == 0) return;
        gather(a, s, z);
        if (y_.size() < static_cast<Index>(below) * own) y_.resize(static_cast<Index>(below) * own);
        for (int c = 0; c < own; ++c)
            std::copy_n(block + static_cast<Index>(c) * rows + own, below,
                        y_.data() + static_cast<Index>(c) * below);
        cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, below, own,
                    1.0, block, rows, y_.data(), below);
        cblas_dsymm(CblasColMajor, CblasLeft, CblasLower, below, own, -1.0, ancestors_.data(),
                    below, y_.data(), below, 0.0, out + own, rows);
        cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, own, own, below, -1.0, y_.data(),
                    below, out + own, rows, 1.0, out, rows);
    }

private:
    /// Z_RR, lower triangle, into ancestors_ (|R|×|R|).
    template <class Analysis>
    void gather(const Analysis& a, Index s, const double* z) {
        const int own = a.columns_of(s), below = a.rows_of(s) - own;
        const std::int32_t* r = a.rows_in(s) + own;
        const Index needed = static_cast<Index>(below) * below;
        if (ancestors_.size() < needed) ancestors_.resize(needed);
        if (static_cast<int>(local_.size()) < below) local_.resize(static_cast<std::size_t>(below));
        for (int first = 0; first < below;) {
            const Index t = a.supernode_of[static_cast<std::size_t>(r[first])];
            const std::int32_t* t_rows = a.rows_in(t);
            int at = r[first] - a.super()[t];
            for (int i = first; i < below; ++i) {  // both lists ascend, and t's holds all of r's
                while (t_rows[at] != r[i]) ++at;
                local_[static_cast<std::size_t>(i)] = at;
            }
            const Index t_size = a.rows_of(t);
            int j = first;
            for (; j < below && r[j] < a.super()[t + 1]; ++j) {
                const double* from = z + a.block_start()[t] + (r[j] - a.super()[t]) * t_size;
                double* to = ancestors_.data() + static_cast<Index>(j) * below;
                for (int i = j; i < below; ++i) to[i] = from[local_[static_cast<std::size_t>(i)]];
            }
            first = j;
        }
    }

    Vector ancestors_, y_;
    std::vector<int> local_;
};

}  // namespace

void SparseCholesky::compute_selected_inverse() {
    if (!numbers_->factorised)
        throw Error(ErrorCode::not_positive_definite, "The sparse matrix is not factorised.");
    const Analysis& a = *analysis_;
    const double* factor = numbers_->values();
    const int threads = omp_get_max_threads();
    bool out_of_memory = false;
    try {
        numbers_->inverse.resize(factor_entries());
        double* z = numbers_->inverse.data();
        std::vector<SupernodeInversion> work(static_cast<std::size_t>(threads));
        for (const auto& level : a.levels) {
            if (level.size() == 1 || threads == 1) {
                for (const std::int32_t s : level) work[0].run(a, factor, s, z);
                continue;
            }
            const BlasThreads one(1);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
            for (std::size_t k = 0; k < level.size(); ++k) try {
                    work[static_cast<std::size_t>(omp_get_thread_num())].run(a, factor, level[k], z);
                } catch (const std::bad_alloc&) {
#pragma omp atomic write
                    out_of_memory = true;
                }
        }
    } catch (const std::bad_alloc&) {
        out_of_memory = true;
    }
    if (!out_of_memory) return;
    numbers_->inverse.resize(0);
    refuse_memory("The inverse on the factor's pattern", static_cast<double>(factor_entries()));
}

namespace {

void check_inverse(const Vector& inverse) {
    if (inverse.size() == 0)
        throw Error(ErrorCode::not_positive_definite, "The selected inverse was not computed.");
}

}  // namespace

Vector SparseCholesky::inverse_on_pattern() const {
    if (size() > 0) check_inverse(numbers_->inverse);
    const auto& entry = analysis_->entries();
    Vector values(pattern().entries());
    for (Index k = 0; k < values.size(); ++k)
        values(k) = numbers_->inverse(entry[static_cast<std::size_t>(k)]);
    return values;
}

Vector SparseCholesky::inverse_diagonal() const {
    if (size() > 0) check_inverse(numbers_->inverse);
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

bool SparseCholesky::factor_holds(Index i, Index j) const { return analysis_->entry_at(i, j) >= 0; }

double SparseCholesky::inverse_at(Index i, Index j) const {
    check_inverse(numbers_->inverse);
    const Index at = analysis_->entry_at(i, j);
    return at < 0 ? std::numeric_limits<double>::quiet_NaN() : numbers_->inverse(at);
}

}  // namespace anamorph
