// SPDX-License-Identifier: GPL-3.0-or-later
// One block of conditioning sets, one set a lane: gathering, correlations, Cholesky factor and
// triangular solves. For the translation units of vecchia_kernels_*.cpp only.
#pragma once

#include "core/likelihood/vecchia_kernels.h"
#include "core/likelihood/vecchia_lanes.h"

namespace anamorph::ANAMORPH_ISA {

constexpr int largest_set = 204;  // 200 neighbours and the own site, rounded up to tiles of four

/// Workspace of one block. Rows of the lower triangle lie one after the other: row i at i(i+1)/2.
/// Sets are padded in front with independent dummies to a multiple of four.
struct Block {
    Lanes* factor;      // correlations, then L; on the diagonal 1/L_ii
    Lanes* derivative;  // dρ/ds
    Lanes x[vecchia_features][largest_set];
    Lanes noise[largest_set];
    Lanes column[vecchia_columns][largest_set];  // data, then L⁻¹ data
    std::int32_t site[largest_set][lanes];       // −1: dummy
    int size = 0;    // K
    int dummies = 0; // leading dummies that all lanes share
    bool ragged = false;  // lanes with more dummies than that
    Lanes active;    // 1 where the lane holds a set
    Lanes log_pivot;
    bool sound = true;

    explicit Block(int neighbours) {
        const int k = (neighbours + 4) / 4 * 4;
        const std::size_t bytes = static_cast<std::size_t>(k * (k + 1) / 2) * sizeof(Lanes);
        factor = static_cast<Lanes*>(__builtin_assume_aligned(allocate(bytes), 64));
        derivative = static_cast<Lanes*>(__builtin_assume_aligned(allocate(bytes), 64));
    }
    ~Block() {
        ::operator delete(factor, std::align_val_t(64));
        ::operator delete(derivative, std::align_val_t(64));
    }
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    static void* allocate(std::size_t bytes) { return ::operator new(bytes, std::align_val_t(64)); }
};

ANAMORPH_INLINE int row(int i) { return i * (i + 1) / 2; }

/// Reads the sets of up to `lanes` sites into the block.
/// d = 0: the features of a covariance object.
template <int d>
inline void gather(const VecchiaSites& in, const std::int32_t* sets, int used, Block& b) {
    const int features = d > 0 ? d : in.features;
    const int m = in.neighbour_count, stride = features + 1 + in.columns;
    int count[lanes], longest = 0, shortest = m;
    for (int l = 0; l < lanes; ++l) {
        const std::int32_t* list = in.neighbours + static_cast<std::int64_t>(sets[l < used ? l : 0]) * m;
        int c = 0;
        while (c < m && list[c] >= 0) ++c;
        count[l] = c;
        longest = c > longest ? c : longest;
        shortest = c < shortest ? c : shortest;
        b.active[l] = l < used ? 1.0 : 0.0;
    }
    const int k = (longest + 4) / 4 * 4;
    b.size = k;
    b.dummies = k - 1 - longest;
    b.ragged = shortest != longest;
    for (int l = 0; l < lanes; ++l) {
        const std::int32_t own = sets[l < used ? l : 0];
        const std::int32_t* list = in.neighbours + static_cast<std::int64_t>(own) * m;
        for (int i = 0; i < k; ++i) {
            const int place = k - 2 - i;  // nearest sites next to the own one
            const std::int32_t site = i == k - 1 ? own : place < count[l] ? list[place] : -1;
            b.site[i][l] = site;
            const double* record = in.records + static_cast<std::int64_t>(site < 0 ? own : site) * stride;
            for (int a = 0; a < features; ++a) b.x[a][i][l] = record[a];
            b.noise[i][l] = site < 0 ? 0.0 : record[features];
            for (int c = 0; c < in.columns; ++c)
                b.column[c][i][l] = site < 0 ? 0.0 : record[features + 1 + c];
        }
    }
}

/// Row i of the block with the rows before it, for a covariance object.
struct BlockRow {
    const double* own[vecchia_features];
    const double* others[vecchia_features];
    PairRow pairs;

    BlockRow(const Block& b, int i, int features) {
        for (int f = 0; f < features; ++f) {
            own[f] = reinterpret_cast<const double*>(&b.x[f][i]);
            others[f] = reinterpret_cast<const double*>(&b.x[f][b.dummies]);
        }
        pairs.own = own;
        pairs.others = others;
        pairs.count = static_cast<std::int64_t>(i - b.dummies) * lanes;
        pairs.period = lanes;
        pairs.features = features;
    }
};

/// A dummy of a lane has no correlation with anything.
template <bool with_derivative>
inline void separate_dummies(Block& b) {
    if (!b.ragged) return;
    for (int l = 0; l < lanes; ++l)
        for (int j = b.dummies; j < b.size && b.site[j][l] < 0; ++j)
            for (int i = j + 1; i < b.size; ++i) {
                b.factor[row(i) + j][l] = 0.0;
                if constexpr (with_derivative) b.derivative[row(i) + j][l] = 0.0;
            }
}

/// Correlations by a covariance object.
inline void correlate_by_object(const PairKernel& covariance, int features, double diagonal,
                                double nugget_ratio, Block& b) {
    for (int i = 0; i < b.size; ++i) {
        Lanes* c = b.factor + row(i);
        for (int j = 0; j < (i < b.dummies ? i : b.dummies); ++j) c[j] = Lanes{};
        if (i > b.dummies) {
            const BlockRow pairs(b, i, features);
            covariance.correlations(pairs.pairs, reinterpret_cast<double*>(c + b.dummies));
        }
        c[i] = all(diagonal) + nugget_ratio * b.noise[i];
    }
    separate_dummies<false>(b);
}

/// Correlations and their derivatives; a dummy has none with anything.
template <int d, int nu, bool with_derivative>
inline void correlate(const VecchiaSites& in, Block& b) {
    if constexpr (d == 0)
        return correlate_by_object(*in.covariance, in.features, 1.0 + in.jitter, in.nugget_ratio, b);
    const Lanes own = all(1.0 + in.jitter);
    for (int i = 0; i < b.size; ++i) {
        Lanes* c = b.factor + row(i);
        Lanes* g = b.derivative + row(i);
        for (int j = 0; j < (i < b.dummies ? i : b.dummies); ++j) c[j] = g[j] = Lanes{};
        for (int j = b.dummies; j < i; ++j) {
            Lanes s{};
            for (int a = 0; a < d; ++a) {
                const Lanes t = b.x[a][i] - b.x[a][j];
                s += t * t;
            }
            Lanes derivative;
            correlation_of<nu>(s, c[j], derivative);
            if constexpr (with_derivative) g[j] = derivative;
        }
        c[i] = own + in.nugget_ratio * b.noise[i];
        g[i] = Lanes{};
    }
    separate_dummies<true>(b);
}

/// acc(r, c) −= Σ_{k<end} a_r[k] b_c[k] for a tile of four rows and four columns.
ANAMORPH_INLINE void subtract_products(Lanes (&acc)[4][4], Lanes* const (&a)[4], Lanes* const (&b)[4],
                                       int end) {
    for (int k = 0; k < end; ++k) {
        const Lanes b0 = b[0][k], b1 = b[1][k], b2 = b[2][k], b3 = b[3][k];
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) {
            const Lanes t = a[r][k];
            acc[r][0] -= t * b0;
            acc[r][1] -= t * b1;
            acc[r][2] -= t * b2;
            acc[r][3] -= t * b3;
        }
    }
}

/// Cholesky factor in place, in tiles of four; the diagonal holds 1/L_ii. The last pivot's logarithm
/// goes to log_pivot.
inline void factorise(Block& b) {
    Lanes smallest = all(1.0), last{};
    for (int j = 0; j < b.size; j += 4) {
        Lanes* const top[4] = {b.factor + row(j), b.factor + row(j + 1), b.factor + row(j + 2),
                               b.factor + row(j + 3)};
        Lanes tile[4][4];
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r)
            for (int c = 0; c < 4; ++c) tile[r][c] = c <= r ? top[r][j + c] : Lanes{};
        for (int k = 0; k < j; ++k) {
            const Lanes t0 = top[0][k], t1 = top[1][k], t2 = top[2][k], t3 = top[3][k];
            tile[0][0] -= t0 * t0;
            tile[1][0] -= t1 * t0;
            tile[1][1] -= t1 * t1;
            tile[2][0] -= t2 * t0;
            tile[2][1] -= t2 * t1;
            tile[2][2] -= t2 * t2;
            tile[3][0] -= t3 * t0;
            tile[3][1] -= t3 * t1;
            tile[3][2] -= t3 * t2;
            tile[3][3] -= t3 * t3;
        }
        Lanes inverse[4];
#pragma GCC unroll 4
        for (int c = 0; c < 4; ++c) {
            for (int k = 0; k < c; ++k) tile[c][c] -= tile[c][k] * tile[c][k];
            last = tile[c][c];
            smallest = last < smallest ? last : smallest;
            inverse[c] = 1.0 / square_root(last);
            for (int r = c + 1; r < 4; ++r) {
                for (int k = 0; k < c; ++k) tile[r][c] -= tile[r][k] * tile[c][k];
                tile[r][c] *= inverse[c];
            }
        }
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) {
            for (int c = 0; c < r; ++c) top[r][j + c] = tile[r][c];
            top[r][j + r] = inverse[r];
        }
        for (int i = j + 4; i < b.size; i += 4) {
            Lanes* const rows[4] = {b.factor + row(i), b.factor + row(i + 1), b.factor + row(i + 2),
                                    b.factor + row(i + 3)};
            Lanes acc[4][4];
#pragma GCC unroll 4
            for (int r = 0; r < 4; ++r)
                for (int c = 0; c < 4; ++c) acc[r][c] = rows[r][j + c];
            subtract_products(acc, rows, top, j);
#pragma GCC unroll 4
            for (int r = 0; r < 4; ++r) {
                acc[r][0] *= inverse[0];
                acc[r][1] = (acc[r][1] - acc[r][0] * tile[1][0]) * inverse[1];
                acc[r][2] = (acc[r][2] - acc[r][0] * tile[2][0] - acc[r][1] * tile[2][1]) * inverse[2];
                acc[r][3] = (acc[r][3] - acc[r][0] * tile[3][0] - acc[r][1] * tile[3][1] -
                             acc[r][2] * tile[3][2]) * inverse[3];
                for (int c = 0; c < 4; ++c) rows[r][j + c] = acc[r][c];
            }
        }
    }
    for (int l = 0; l < lanes; ++l) {
        b.sound = b.sound && smallest[l] > 0.0 && last[l] > 0.0;  // a NaN pivot makes all after it NaN
        b.log_pivot[l] = b.sound ? __builtin_log(last[l]) : 0.0;
    }
}

/// x ← L⁻¹ x.
inline void solve_forward(const Block& b, Lanes* x) {
    for (int i = 0; i < b.size; ++i) {
        const Lanes* r = b.factor + row(i);
        Lanes s0 = x[i], s1{};
        int k = 0;
        for (; k + 1 < i; k += 2) {
            s0 -= r[k] * x[k];
            s1 -= r[k + 1] * x[k + 1];
        }
        if (k < i) s0 -= r[k] * x[k];
        x[i] = (s0 + s1) * r[i];
    }
}

/// x ← L⁻ᵀ x and y ← L⁻ᵀ y in one sweep over the factor.
inline void solve_backward(const Block& b, Lanes* x, Lanes* y) {
    for (int i = b.size - 1; i >= 0; --i) {
        const Lanes* r = b.factor + row(i);
        const Lanes s = x[i] * r[i], t = y[i] * r[i];
        x[i] = s;
        y[i] = t;
        for (int k = 0; k < i; ++k) {
            x[k] -= r[k] * s;
            y[k] -= r[k] * t;
        }
    }
}

/// x ← L⁻ᵀ x.
inline void solve_backward(const Block& b, Lanes* x) {
    for (int i = b.size - 1; i >= 0; --i) {
        const Lanes* r = b.factor + row(i);
        const Lanes s = x[i] * r[i];
        x[i] = s;
        for (int k = 0; k < i; ++k) x[k] -= r[k] * s;
    }
}

ANAMORPH_INLINE double sum_of(Lanes x, Lanes active) {
    double s = 0.0;
    for (int l = 0; l < lanes; ++l) s += x[l] * active[l];
    return s;
}

}  // namespace anamorph::ANAMORPH_ISA
