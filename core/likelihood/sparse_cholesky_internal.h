// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cholmod.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "core/likelihood/sparse_cholesky.h"

// The inside of SparseCholesky, for its own source files only.
namespace anamorph {

/// @throws Error(out_of_memory): `what` would need `entries` numbers.
[[noreturn]] void refuse_memory(const char* what, double entries);

/// CHOLMOD's settings and workspace; prints nothing.
class CholmodWorkspace {
public:
    CholmodWorkspace() {
        cholmod_start(&common_);
        common_.print = 0;
        common_.error_handler = nullptr;
        common_.try_catch = 1;
        common_.supernodal = CHOLMOD_SUPERNODAL;
        common_.final_ll = 1;
        common_.quick_return_if_not_posdef = 1;
    }
    ~CholmodWorkspace() { cholmod_finish(&common_); }
    CholmodWorkspace(const CholmodWorkspace&) = delete;
    CholmodWorkspace& operator=(const CholmodWorkspace&) = delete;
    cholmod_common* operator()() { return &common_; }
    [[nodiscard]] bool lacks_memory() const {
        return common_.status == CHOLMOD_OUT_OF_MEMORY || common_.status == CHOLMOD_TOO_LARGE;
    }
    [[nodiscard]] double factor_entries() const { return common_.lnz; }
    [[nodiscard]] double operations() const { return common_.fl; }

private:
    cholmod_common common_;
};

/// What depends on the pattern alone. Supernode s holds the columns super[s] … super[s + 1] − 1 of
/// the permuted matrix as one dense column-major block, whose rows are listed in rows_in(s): first
/// its own columns, then the rows below.
struct SparseCholesky::Analysis {
    std::shared_ptr<const SymmetricPattern> pattern;
    cholmod_factor* symbolic = nullptr;
    CholmodWorkspace workspace;
    double operations = 0.0;
    std::vector<std::int32_t> place;         // of each original row in the permuted matrix
    std::vector<std::int32_t> supernode_of;  // each permuted column
    std::vector<std::int32_t> parent;        // of each supernode in the tree; −1 for a root
    std::vector<std::vector<std::int32_t>> levels;  // supernodes by depth in the tree, root first
    mutable std::once_flag entries_located;
    mutable std::vector<std::int32_t> entry;  // of each of the pattern's entries, in the factor

    Analysis() = default;
    ~Analysis() { cholmod_free_factor(&symbolic, workspace()); }
    Analysis(const Analysis&) = delete;
    Analysis& operator=(const Analysis&) = delete;

    [[nodiscard]] const std::int32_t* super() const {
        return static_cast<const std::int32_t*>(symbolic->super);
    }
    [[nodiscard]] const std::int32_t* row_start() const {
        return static_cast<const std::int32_t*>(symbolic->pi);
    }
    [[nodiscard]] const std::int32_t* block_start() const {
        return static_cast<const std::int32_t*>(symbolic->px);
    }
    [[nodiscard]] const std::int32_t* rows() const {
        return static_cast<const std::int32_t*>(symbolic->s);
    }
    [[nodiscard]] Index supernodes() const { return static_cast<Index>(symbolic->nsuper); }
    [[nodiscard]] int columns_of(Index s) const { return super()[s + 1] - super()[s]; }
    [[nodiscard]] int rows_of(Index s) const { return row_start()[s + 1] - row_start()[s]; }
    [[nodiscard]] const std::int32_t* rows_in(Index s) const { return rows() + row_start()[s]; }

    void arrange();
    [[nodiscard]] Index entry_at(Index i, Index j) const;
    const std::vector<std::int32_t>& entries() const;
};

struct SparseCholesky::Numbers {
    cholmod_factor* factor = nullptr;
    CholmodWorkspace workspace;
    bool factorised = false;
    double log_determinant = 0.0;
    Vector inverse;  // the selected inverse, laid out as the factor's numbers; empty: not computed

    Numbers() = default;
    ~Numbers() { cholmod_free_factor(&factor, workspace()); }
    Numbers(const Numbers&) = delete;
    Numbers& operator=(const Numbers&) = delete;
    [[nodiscard]] const double* values() const { return static_cast<const double*>(factor->x); }
};

}  // namespace anamorph
