// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/latent_conditionals.h"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "core/base/error.h"
#include "core/likelihood/gathered_row.h"

namespace anamorph {

namespace {

[[noreturn]] void refuse(Index n, Index m) {
    throw Error(ErrorCode::out_of_memory,
                "The latent form of Vecchia's approximation with " + std::to_string(n) +
                    " sites and " + std::to_string(m) + " neighbours does not fit in memory.",
                "Use fewer neighbours, or the response form.");
}

/// Place of pair (a, b), a ≥ b, among a set's pairs, column by column.
constexpr Index pair_place(Index a, Index b, Index count) { return b * count - b * (b - 1) / 2 + a - b; }

}  // namespace

LatentConditionals::LatentConditionals(std::shared_ptr<const ConditioningSets> sets)
    : sets_(std::move(sets)), stride_(sets_->neighbour_count + 1) {
    const Index n = size(), m = sets_->neighbour_count;
    try {
        count_.resize(static_cast<std::size_t>(n));
        members_.assign(static_cast<std::size_t>(n * stride_), -1);
        for (Index i = 0; i < n; ++i) {
            std::int32_t* own = members_.data() + i * stride_;
            const std::int32_t* from = sets_->neighbours.data() + i * m;
            const auto used = std::find(from, from + m, -1) - from;
            std::copy_n(from, used, own);
            own[used] = static_cast<std::int32_t>(i);
            count_[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(used) + 1;
        }
        build_pattern();
    } catch (const std::bad_alloc&) {
        refuse(n, m);
    }
}

void LatentConditionals::build_pattern() {
    const Index n = size();
    // The sets that hold each site.
    std::vector<std::int64_t> start(static_cast<std::size_t>(n) + 1, 0);
    for (const std::int32_t site : members_)
        if (site >= 0) ++start[static_cast<std::size_t>(site) + 1];
    for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j) start[j + 1] += start[j];
    std::vector<std::int32_t> holding(static_cast<std::size_t>(start.back()));
    {
        std::vector<std::int64_t> next(start.begin(), start.end() - 1);
        for (Index i = 0; i < n; ++i)
            for (Index a = 0; a < count_[static_cast<std::size_t>(i)]; ++a)
                holding[static_cast<std::size_t>(next[static_cast<std::size_t>(members(i)[a])]++)] =
                    static_cast<std::int32_t>(i);
    }
    const auto sets_of = [&](Index j, auto&& visit) {
        for (auto k = start[static_cast<std::size_t>(j)]; k < start[static_cast<std::size_t>(j) + 1]; ++k)
            visit(static_cast<Index>(holding[static_cast<std::size_t>(k)]));
    };

    auto made = std::make_shared<SymmetricPattern>();
    made->size = n;
    made->column_start.assign(static_cast<std::size_t>(n) + 1, 0);
    std::vector<std::int32_t> seen(static_cast<std::size_t>(n), -1), column;
    for (Index j = 0; j < n; ++j) {
        column.clear();
        sets_of(j, [&](Index i) {
            for (Index a = 0; a < count_[static_cast<std::size_t>(i)]; ++a) {
                const std::int32_t row = members(i)[a];
                if (row < j || seen[static_cast<std::size_t>(row)] == j) continue;
                seen[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(j);
                column.push_back(row);
            }
        });
        std::sort(column.begin(), column.end());
        made->row.insert(made->row.end(), column.begin(), column.end());
        if (made->entries() > most_factor_entries) refuse(n, stride_ - 1);
        made->column_start[static_cast<std::size_t>(j) + 1] = static_cast<std::int32_t>(made->entries());
    }

    places_.resize(static_cast<std::size_t>(n * (stride_ * (stride_ + 1) / 2)));
    std::vector<std::int32_t>& place_of = seen;
    for (Index j = 0; j < n; ++j) {
        for (auto k = made->column_start[static_cast<std::size_t>(j)];
             k < made->column_start[static_cast<std::size_t>(j) + 1]; ++k)
            place_of[static_cast<std::size_t>(made->row[static_cast<std::size_t>(k)])] = k;
        sets_of(j, [&](Index i) {
            const Index count = count_[static_cast<std::size_t>(i)];
            std::int32_t* out = places_.data() + i * (stride_ * (stride_ + 1) / 2);
            const Index b = std::find(members(i), members(i) + count, j) - members(i);
            for (Index a = 0; a < count; ++a)
                if (members(i)[a] >= j)
                    out[pair_place(std::max(a, b), std::min(a, b), count)] =
                        place_of[static_cast<std::size_t>(members(i)[a])];
        });
    }
    pattern_ = std::move(made);
}

/// One conditioning set at a time: its correlation matrix and what is solved with it.
class LatentConditionals::Set {
public:
    Set(const SiteFeatures& sites, const PairCovariance& covariance, Index most)
        : columns_(feature_columns(sites.deformed, sites.local)),
          covariance_(covariance),
          weight_(most),
          matrix_(most, most) {}

    /// False if the set's matrix cannot be factorised.
    [[nodiscard]] bool factorise(const std::int32_t* members, Index count, double jitter) {
        members_ = members;
        count_ = count;
        for (Index b = 0; b < count; ++b) {
            matrix_(b, b) = 1.0 + jitter;
            pairs_.gather(columns_, members[b], columns_, members + b + 1, count - b - 1);
            pairs_.correlations(covariance_, matrix_.col(b).data() + b + 1);
        }
        for (Index b = 0; b < count; ++b) {  // left-looking Cholesky, a column at a time
            for (Index c = 0; c < b; ++c)
                matrix_.col(b).segment(b, count - b) -= matrix_(b, c) * matrix_.col(c).segment(b, count - b);
            const double pivot = matrix_(b, b);
            if (!(pivot > 0.0)) return false;
            matrix_.col(b).segment(b, count - b) /= std::sqrt(pivot);
        }
        return true;
    }
    [[nodiscard]] double last_pivot() const { return matrix_(count_ - 1, count_ - 1); }
    /// The last row of L⁻¹, to w[0 … count − 1].
    void last_row(double* w) const {
        std::fill_n(w, count_ - 1, 0.0);
        w[count_ - 1] = 1.0;
        solve_transposed(w);
    }
    /// x ← Σ⁻¹ x.
    void solve(double* x) const {
        for (Index b = 0; b < count_; ++b) {
            x[b] /= matrix_(b, b);
            for (Index a = b + 1; a < count_; ++a) x[a] -= matrix_(a, b) * x[b];
        }
        solve_transposed(x);
    }
    /// Adds Σ over pairs of weight(a, b) dΣ_ab to the members' rows of g (sites×features) and to
    /// d_natural; weight for a > b of an objective's derivative by Σ_ab and Σ_ba together.
    template <class Weight>
    void contract(const Weight& weight, Matrix& g, Vector& d_natural) {
        for (Index b = 0; b + 1 < count_; ++b) {
            for (Index a = b + 1; a < count_; ++a) weight_(a - b - 1) = weight(a, b);
            pairs_.gather(columns_, members_[b], columns_, members_ + b + 1, count_ - b - 1);
            pairs_.pull_back(covariance_, weight_.data(), g, d_natural.data());
        }
    }

private:
    void solve_transposed(double* x) const {
        for (Index b = count_ - 1; b >= 0; --b) {
            double sum = x[b];
            for (Index a = b + 1; a < count_; ++a) sum -= matrix_(a, b) * x[a];
            x[b] = sum / matrix_(b, b);
        }
    }

    GatheredRow::Columns columns_;
    const PairCovariance& covariance_;
    GatheredRow pairs_;
    Vector weight_;
    Matrix matrix_;
    const std::int32_t* members_ = nullptr;
    Index count_ = 0;
};

bool LatentConditionals::weights(const SiteFeatures& sites, const PairCovariance& covariance, double jitter,
                                 Matrix& w, double& half_log_determinant) const {
    const Index n = size();
    w.setZero(stride_, n);
    Vector log_pivot(n);
    bool sound = true;
#pragma omp parallel reduction(&& : sound) if (n > 500)
    {
        Set set(sites, covariance, stride_);
#pragma omp for schedule(static)
        for (Index i = 0; i < n; ++i) {
            const bool own = set.factorise(members(i), count_[static_cast<std::size_t>(i)], jitter);
            sound = sound && own;
            if (!own) continue;
            log_pivot(i) = std::log(set.last_pivot());
            set.last_row(w.col(i).data());
        }
    }
    if (!sound) return false;
    half_log_determinant = -log_pivot.sum();
    return std::isfinite(half_log_determinant);
}

Vector LatentConditionals::precision(const Matrix& w) const {
    Vector q = Vector::Zero(pattern_->entries());
    for (Index i = 0; i < size(); ++i) {
        const Index count = count_[static_cast<std::size_t>(i)];
        const std::int32_t* place = places(i);
        const double* own = w.col(i).data();
        for (Index b = 0; b < count; ++b)
            for (Index a = b; a < count; ++a) q(*place++) += own[a] * own[b];
    }
    return q;
}

Matrix LatentConditionals::multiply(const Matrix& w, const Matrix& b) const {
    Matrix product = Matrix::Zero(b.rows(), b.cols());
    for (Index c = 0; c < b.cols(); ++c)
        for (Index i = 0; i < size(); ++i) {
            const Index count = count_[static_cast<std::size_t>(i)];
            double sum = 0.0;
            for (Index a = 0; a < count; ++a) sum += w(a, i) * b(members(i)[a], c);
            for (Index a = 0; a < count; ++a) product(members(i)[a], c) += w(a, i) * sum;
        }
    return product;
}

bool LatentConditionals::expected_gradient(const SiteFeatures& sites, const PairCovariance& covariance,
                                           double jitter, const Matrix& w, const Vector& s,
                                           const Vector& mu, Matrix& gradient, Vector& d_natural) const {
    const Index n = size();
    const int threads = n > 500 ? omp_get_max_threads() : 1;
    std::vector<Matrix> partial(static_cast<std::size_t>(threads),
                                Matrix::Zero(n, sites.deformed.cols() + sites.local.cols()));
    std::vector<Vector> natural(static_cast<std::size_t>(threads), Vector::Zero(covariance.natural_count()));
    bool sound = true;
#pragma omp parallel num_threads(threads) reduction(&& : sound)
    {
        Matrix& g = partial[static_cast<std::size_t>(omp_get_thread_num())];
        Vector& d = natural[static_cast<std::size_t>(omp_get_thread_num())];
        Set set(sites, covariance, stride_);
        Vector t(stride_);
#pragma omp for schedule(static)
        for (Index i = 0; i < n; ++i) {
            const Index count = count_[static_cast<std::size_t>(i)];
            const bool own = set.factorise(members(i), count, jitter);
            sound = sound && own;
            if (!own) continue;
            const double* row = w.col(i).data();
            const std::int32_t* place = places(i);
            double along = 0.0;  // wᵀμ
            for (Index a = 0; a < count; ++a) along += row[a] * mu(members(i)[a]);
            for (Index a = 0; a < count; ++a) t(a) = along * mu(members(i)[a]);
            for (Index b = 0; b < count; ++b) {
                t(b) += s(*place++) * row[b];
                for (Index a = b + 1; a < count; ++a) {
                    const double moment = s(*place++);
                    t(a) += moment * row[b];
                    t(b) += moment * row[a];
                }
            }
            double squared = 0.0;  // wᵀMw
            for (Index a = 0; a < count; ++a) squared += row[a] * t(a);
            set.solve(t.data());
            set.contract(
                [&](Index a, Index b) {
                    return (1.0 + squared) * row[a] * row[b] - t(a) * row[b] - t(b) * row[a];
                },
                g, d);
        }
    }
    gradient = partial[0];
    d_natural = natural[0];
    for (std::size_t k = 1; k < partial.size(); ++k) {
        gradient += partial[k];
        d_natural += natural[k];
    }
    return sound && gradient.allFinite() && d_natural.allFinite();
}

}  // namespace anamorph
