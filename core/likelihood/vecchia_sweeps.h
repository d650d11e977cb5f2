// SPDX-License-Identifier: GPL-3.0-or-later
// Sweeps over all conditioning sets: moments, covariance parameters, gradient. For the translation
// units of vecchia_kernels_*.cpp only, each of which defines one table of kernels.
#pragma once

#include "core/likelihood/vecchia_block.h"

namespace anamorph::ANAMORPH_ISA {

template <int d, int nu>
bool moments(const VecchiaSites& in, const std::int32_t* sets, std::int64_t count,
             VecchiaMoments& out) {
    Block b(in.neighbour_count);
    const int columns = in.columns;
    for (std::int64_t first = 0; first < count; first += lanes) {
        const int used = count - first < lanes ? static_cast<int>(count - first) : lanes;
        gather<d>(in, sets + first, used, b);
        correlate<d, nu, false>(in, b);
        factorise(b);
        if (!b.sound) return false;
        const int k = b.size;
        for (int c = 0; c < columns; ++c) solve_forward(b, b.column[c]);
        out.log_det += sum_of(b.log_pivot, b.active);
        for (int c = 0; c < columns; ++c)
            for (int e = 0; e <= c; ++e)
                out.cross[c * columns + e] += sum_of(b.column[c][k - 1] * b.column[e][k - 1], b.active);
    }
    for (int c = 0; c < columns; ++c)
        for (int e = 0; e < c; ++e) out.cross[e * columns + c] = out.cross[c * columns + e];
    return true;
}

/// (∂C/∂log scale)w and (∂C/∂log η)w, then L⁻¹ of them: A_0, A_1.
template <int d>
inline void parameter_directions(const VecchiaSites& in, Block& b, const Lanes* w, Lanes* a0,
                                 Lanes* a1) {
    for (int i = 0; i < b.size; ++i) a0[i] = Lanes{};
    for (int i = 0; i < b.size; ++i) {
        const Lanes* g = b.derivative + row(i);
        Lanes sum{};
        for (int j = b.dummies; j < i; ++j) {
            Lanes s{};
            for (int a = 0; a < d; ++a) {
                const Lanes t = b.x[a][i] - b.x[a][j];
                s += t * t;
            }
            const Lanes t = 2.0 * s * g[j];
            sum += t * w[j];
            a0[j] += t * w[i];
        }
        a0[i] += sum;
        a1[i] = in.nugget_ratio * b.noise[i] * w[i];
    }
    solve_forward(b, a0);
    solve_forward(b, a1);
}

template <int d, int nu>
bool parameter_moments(const VecchiaSites& in, const std::int32_t* sets, std::int64_t count,
                       VecchiaParameterMoments& out) {
    Block b(in.neighbour_count);
    const int columns = in.columns;
    Lanes w[largest_set], a[2][largest_set];
    for (std::int64_t first = 0; first < count; first += lanes) {
        const int used = count - first < lanes ? static_cast<int>(count - first) : lanes;
        gather<d>(in, sets + first, used, b);
        correlate<d, nu, true>(in, b);
        factorise(b);
        if (!b.sound) return false;
        const int k = b.size;
        for (int c = 0; c < columns; ++c) solve_forward(b, b.column[c]);
        for (int i = 0; i < k; ++i) w[i] = Lanes{};
        w[k - 1] = all(1.0);
        solve_backward(b, w);
        parameter_directions<d>(in, b, w, a[0], a[1]);
        out.moments.log_det += sum_of(b.log_pivot, b.active);
        Lanes product[vecchia_columns][2];  // z_cᵀA_j
        for (int c = 0; c < columns; ++c)
            for (int j = 0; j < 2; ++j) {
                Lanes s{};
                for (int i = 0; i < k; ++i) s += b.column[c][i] * a[j][i];
                product[c][j] = s;
            }
        for (int j = 0; j < 2; ++j) {
            out.last[j] += sum_of(a[j][k - 1], b.active);
            for (int e = 0; e <= j; ++e) {
                Lanes s = -0.5 * a[j][k - 1] * a[e][k - 1];
                for (int i = 0; i < k; ++i) s += a[j][i] * a[e][i];
                out.fisher[j][e] += sum_of(s, b.active);
            }
        }
        for (int c = 0; c < columns; ++c)
            for (int e = 0; e <= c; ++e) {
                const Lanes rc = b.column[c][k - 1], re = b.column[e][k - 1];
                const int at = c * columns + e;
                out.moments.cross[at] += sum_of(rc * re, b.active);
                for (int j = 0; j < 2; ++j) {
                    out.last_cross[j][at] += sum_of(rc * re * a[j][k - 1], b.active);
                    out.data_cross[j][at] +=
                        sum_of(0.5 * (rc * product[e][j] + re * product[c][j]), b.active);
                }
            }
    }
    out.fisher[0][1] = out.fisher[1][0];
    for (int c = 0; c < columns; ++c)
        for (int e = 0; e < c; ++e) {
            const int at = c * columns + e, mirror = e * columns + c;
            out.moments.cross[mirror] = out.moments.cross[at];
            for (int j = 0; j < 2; ++j) {
                out.last_cross[j][mirror] = out.last_cross[j][at];
                out.data_cross[j][mirror] = out.data_cross[j][at];
            }
        }
    return true;
}

/// Gradient of the block's terms by the coordinates, two rows at a time.
template <int d>
inline void contract(const Block& b, const Lanes* w, const Lanes* p, Lanes (*g)[largest_set]) {
    const int k = b.size, first = b.dummies;
    for (int a = 0; a < d; ++a)
        for (int i = 0; i < k; ++i) g[a][i] = Lanes{};
    int i = first;
    for (; i + 1 < k; i += 2) {
        const Lanes *d0 = b.derivative + row(i), *d1 = b.derivative + row(i + 1);
        const Lanes w0 = 2.0 * w[i], p0 = 2.0 * p[i], w1 = 2.0 * w[i + 1], p1 = 2.0 * p[i + 1];
        Lanes x0[d], x1[d], g0[d], g1[d];
        for (int a = 0; a < d; ++a) {
            x0[a] = b.x[a][i];
            x1[a] = b.x[a][i + 1];
            g0[a] = g1[a] = Lanes{};
        }
        for (int j = first; j < i; ++j) {
            const Lanes wj = w[j], pj = p[j];
            const Lanes t0 = (w0 * pj + p0 * wj) * d0[j], t1 = (w1 * pj + p1 * wj) * d1[j];
            for (int a = 0; a < d; ++a) {
                const Lanes xj = b.x[a][j];
                const Lanes f0 = t0 * (x0[a] - xj), f1 = t1 * (x1[a] - xj);
                g0[a] += f0;
                g1[a] += f1;
                g[a][j] -= f0 + f1;
            }
        }
        const Lanes t = (w1 * p[i] + p1 * w[i]) * d1[i];
        for (int a = 0; a < d; ++a) {
            const Lanes f = t * (x1[a] - x0[a]);
            g[a][i] += g0[a] - f;
            g[a][i + 1] += g1[a] + f;
        }
    }
    if (i < k) {
        const Lanes* d0 = b.derivative + row(i);
        const Lanes w0 = 2.0 * w[i], p0 = 2.0 * p[i];
        for (int j = first; j < i; ++j) {
            const Lanes t = (w0 * p[j] + p0 * w[j]) * d0[j];
            for (int a = 0; a < d; ++a) {
                const Lanes f = t * (b.x[a][i] - b.x[a][j]);
                g[a][i] += f;
                g[a][j] -= f;
            }
        }
    }
}

/// The same for a covariance object, with the derivatives by its natural parameters.
inline void contract_by_object(const VecchiaSites& in, const Block& b, const Lanes* w, const Lanes* p,
                               Lanes (*g)[largest_set], double* d_natural) {
    Lanes weight[largest_set];
    double* d_own[vecchia_features];
    double* d_others[vecchia_features];
    for (int f = 0; f < in.features; ++f)
        for (int i = 0; i < b.size; ++i) g[f][i] = Lanes{};
    for (int i = b.dummies + 1; i < b.size; ++i) {
        for (int j = b.dummies; j < i; ++j) weight[j] = b.active * (w[i] * p[j] + p[i] * w[j]);
        for (int f = 0; f < in.features; ++f) {
            d_own[f] = reinterpret_cast<double*>(&g[f][i]);
            d_others[f] = reinterpret_cast<double*>(&g[f][b.dummies]);
        }
        const BlockRow pairs(b, i, in.features);
        in.covariance->pull_back(pairs.pairs, reinterpret_cast<const double*>(weight + b.dummies),
                                 d_own, d_others, d_natural);
    }
}

template <int d, int nu>
bool gradient(const VecchiaSites& in, const std::int32_t* sets, std::int64_t count, double sill,
              VecchiaGradient& out) {
    Block b(in.neighbour_count);
    Lanes w[largest_set], p[largest_set], g[d > 0 ? d : vecchia_features][largest_set];
    const double per_sill = 1.0 / sill;
    const int features = d > 0 ? d : in.features;
    const int width = features + (d > 0 ? 2 : 3);
    Lanes nugget{}, squares{}, log_det{};
    for (std::int64_t first = 0; first < count; first += lanes) {
        const int used = count - first < lanes ? static_cast<int>(count - first) : lanes;
        gather<d>(in, sets + first, used, b);
        correlate<d, nu, true>(in, b);
        factorise(b);
        if (!b.sound) return false;
        const int k = b.size;
        Lanes* u = b.column[0];
        solve_forward(b, u);
        const Lanes r = u[k - 1];
        for (int i = 0; i < k; ++i) w[i] = Lanes{};
        w[k - 1] = all(1.0);
        solve_backward(b, w, u);  // u = C⁻¹y
        const Lanes of_w = 0.5 * (1.0 + r * r * per_sill), of_u = r * per_sill;
        Lanes sum{};
        for (int i = 0; i < k; ++i) {
            p[i] = of_w * w[i] - of_u * u[i];
            sum += b.noise[i] * w[i] * p[i];
        }
        if constexpr (d > 0)
            contract<d>(b, w, p, g);
        else
            contract_by_object(in, b, w, p, g, out.d_natural);
        nugget += b.active * sum;
        squares += b.active * r * r;
        log_det += b.active * b.log_pivot;
        for (int i = b.dummies; i < k; ++i) {
            const Lanes dual = r * w[i], precision = w[i] * w[i];
            const Lanes own_nugget = in.nugget_ratio * b.noise[i] * w[i] * p[i];
            for (int l = 0; l < used; ++l) {
                const std::int32_t site = b.site[i][l];
                if (site < 0) continue;
                double* to = out.accumulators + static_cast<std::int64_t>(site) * width;
                for (int a = 0; a < features; ++a) to[a] += g[a][i][l];
                to[features] += dual[l];
                to[features + 1] += precision[l];
                if constexpr (d == 0) to[features + 2] += own_nugget[l];
            }
        }
    }
    const Lanes one = all(1.0);
    out.d_log_nugget += in.nugget_ratio * sum_of(nugget, one);
    out.squares += sum_of(squares, one);
    out.log_det += sum_of(log_det, one);
    return true;
}

/// Calls f.template operator()<d, nu>() for the dimension and smoothness asked for; d = 0 with a
/// covariance object.
template <class F>
bool dispatched(const VecchiaSites& in, const F& f) {
    const auto by_smoothness = [&]<int d>() {
        switch (in.smoothness) {
            case Smoothness::half: return f.template operator()<d, 1>();
            case Smoothness::three_halves: return f.template operator()<d, 3>();
            case Smoothness::five_halves: return f.template operator()<d, 5>();
            case Smoothness::infinite: return f.template operator()<d, 0>();
            default: return false;
        }
    };
    if (in.covariance != nullptr) return f.template operator()<0, 0>();
    switch (in.dimension) {
        case 1: return by_smoothness.template operator()<1>();
        case 2: return by_smoothness.template operator()<2>();
        case 3: return by_smoothness.template operator()<3>();
        default: return false;
    }
}

inline bool all_moments(const VecchiaSites& in, const std::int32_t* sets, std::int64_t count,
                        VecchiaMoments& out) {
    return dispatched(in, [&]<int d, int nu>() { return moments<d, nu>(in, sets, count, out); });
}

inline bool all_parameter_moments(const VecchiaSites& in, const std::int32_t* sets,
                                  std::int64_t count, VecchiaParameterMoments& out) {
    return dispatched(in, [&]<int d, int nu>() {
        if constexpr (d == 0)
            return false;  // for closed forms only
        else
            return parameter_moments<d, nu>(in, sets, count, out);
    });
}

inline bool all_gradient(const VecchiaSites& in, const std::int32_t* sets, std::int64_t count,
                         double sill, VecchiaGradient& out) {
    return dispatched(in,
                      [&]<int d, int nu>() { return gradient<d, nu>(in, sets, count, sill, out); });
}

}  // namespace anamorph::ANAMORPH_ISA
