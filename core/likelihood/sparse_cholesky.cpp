// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/sparse_cholesky.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/error.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/sparse_cholesky_internal.h"

namespace anamorph {

void refuse_memory(const char* what, double entries) {
    const auto gigabytes = static_cast<long long>(std::ceil(entries * 8e-9));
    throw Error(ErrorCode::out_of_memory,
                std::string(what) + " does not fit in memory (about " + std::to_string(gigabytes) +
                    " GB).",
                "Use fewer sites, a shorter taper range, or a coarser mesh.");
}

namespace {

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
    parent.assign(static_cast<std::size_t>(supernodes()), -1);
    for (Index s = supernodes() - 1; s >= 0; --s) {
        const int own = columns_of(s);
        if (rows_of(s) > own) {
            const auto row = static_cast<std::size_t>(rows_in(s)[own]);
            const std::int32_t above = supernode_of[row];
            parent[static_cast<std::size_t>(s)] = above;
            depth[static_cast<std::size_t>(s)] = depth[static_cast<std::size_t>(above)] + 1;
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
#pragma omp parallel for schedule(static) if (n > 500)
        for (Index j = 0; j < n; ++j)
            for (auto k = static_cast<std::size_t>(pattern->column_start[static_cast<std::size_t>(j)]);
                 k < static_cast<std::size_t>(pattern->column_start[static_cast<std::size_t>(j) + 1]); ++k)
                entry[k] = static_cast<std::int32_t>(entry_at(pattern->row[k], j));
    });
    return entry;
}

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
bool SparseCholesky::factor_holds(Index i, Index j) const { return analysis_->entry_at(i, j) >= 0; }
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
    const BlasThreads one(1);
    const SerialRegions serial;
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
    CholmodWorkspace workspace;
    cholmod_dense dense{};
    dense.nrow = dense.d = static_cast<std::size_t>(rows);
    dense.ncol = static_cast<std::size_t>(columns);
    dense.nzmax = dense.nrow * dense.ncol;
    dense.x = b;
    dense.xtype = CHOLMOD_REAL;
    dense.dtype = CHOLMOD_DOUBLE;
    const SerialRegions serial;
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

Vector SparseCholesky::inverse_quadratic_forms(const SparseColumns& c) const {
    const Analysis& a = *analysis_;
    const auto columns = static_cast<Index>(c.start.size()) - 1;
    // The supernodes that the forward substitution touches: those of the rows given, and all above.
    std::vector<std::int32_t> touched;
    std::vector<Index> offset(static_cast<std::size_t>(a.supernodes()), -1);
    for (const std::int32_t row : c.row) {
        const auto column = static_cast<std::size_t>(a.place[static_cast<std::size_t>(row)]);
        for (std::int32_t s = a.supernode_of[column]; s >= 0 && offset[static_cast<std::size_t>(s)] < 0;
             s = a.parent[static_cast<std::size_t>(s)]) {
            offset[static_cast<std::size_t>(s)] = 0;
            touched.push_back(s);
        }
    }
    std::sort(touched.begin(), touched.end());
    Index total = 0;
    for (const std::int32_t s : touched) {
        offset[static_cast<std::size_t>(s)] = total;
        total += a.columns_of(s);
    }
    const auto compact = [&](std::int32_t permuted) {
        const auto s = static_cast<std::size_t>(a.supernode_of[static_cast<std::size_t>(permuted)]);
        return offset[s] + permuted - a.super()[s];
    };

    Matrix b = Matrix::Zero(total, columns), below;
    for (Index j = 0; j < columns; ++j)
        for (auto k = static_cast<std::size_t>(c.start[static_cast<std::size_t>(j)]);
             k < static_cast<std::size_t>(c.start[static_cast<std::size_t>(j) + 1]); ++k)
            b(compact(a.place[static_cast<std::size_t>(c.row[k])]), j) += c.value[k];
    const int k = static_cast<int>(columns), stride = static_cast<int>(total);
    if (stride == 0 || k == 0) return Vector::Zero(columns);
    for (const std::int32_t s : touched) {
        const double* block = numbers_->values() + a.block_start()[s];
        const int own = a.columns_of(s), rows = a.rows_of(s);
        double* x = b.data() + offset[static_cast<std::size_t>(s)];
        cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, own, k, 1.0,
                    block, rows, x, stride);
        if (rows == own) continue;
        below.resize(rows - own, k);
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, rows - own, k, own, 1.0, block + own,
                    rows, x, stride, 0.0, below.data(), rows - own);
        for (int r = own; r < rows; ++r) b.row(compact(a.rows_in(s)[r])) -= below.row(r - own);
    }
    return b.colwise().squaredNorm();
}

void check_factor_size(const SparseCholesky& cholesky, const std::string& hint) {
    if (cholesky.factor_entries() <= most_factor_entries) return;
    throw Error(ErrorCode::out_of_memory,
                "The sparse factor would hold " + std::to_string(cholesky.factor_entries() / 1'000'000) +
                    " million numbers; the limit is " +
                    std::to_string(most_factor_entries / 1'000'000) + " million.",
                hint);
}

}  // namespace anamorph
