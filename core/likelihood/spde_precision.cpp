// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/spde_precision.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "core/base/error.h"

namespace anamorph {

Smoothness spde_smoothness(int alpha, int dimension) {
    if (alpha == 2 && dimension == 1) return Smoothness::three_halves;
    if (alpha == 2 && dimension == 2) return Smoothness::one;
    if (alpha == 2 && dimension == 3) return Smoothness::half;
    if (alpha == 1 && dimension == 1) return Smoothness::half;
    if (alpha == 1 && (dimension == 2 || dimension == 3))
        throw Error(ErrorCode::unsupported,
                    "An SPDE of order 1 in " + std::to_string(dimension) +
                        " dimensions has no field of finite variance (ν = 1 − d/2 is not positive).",
                    "Choose order 2.");
    throw Error(ErrorCode::unsupported,
                "The SPDE is available with order 1 or 2 in one to three dimensions, not with order " +
                    std::to_string(alpha) + " in " + std::to_string(dimension) + ".");
}

double spde_marginal_variance(int alpha, int dimension, double kappa, double tau) {
    const double nu = smoothness_value(spde_smoothness(alpha, dimension));
    return std::tgamma(nu) / (std::tgamma(static_cast<double>(alpha)) *
                              std::pow(4.0 * std::numbers::pi, 0.5 * dimension) *
                              std::pow(kappa, 2.0 * nu) * tau * tau);
}

double spde_unit_tau(int alpha, int dimension) {
    return std::sqrt(spde_marginal_variance(alpha, dimension, 1.0, 1.0));
}

namespace {

/// Lower triangle of a symmetric pattern given by full rows, ascending.
SymmetricPattern lower_of(const std::vector<std::int64_t>& start,
                          const std::vector<std::int32_t>& column) {
    SymmetricPattern made;
    made.size = static_cast<Index>(start.size()) - 1;
    made.column_start.push_back(0);
    for (Index j = 0; j < made.size; ++j) {
        for (auto k = start[static_cast<std::size_t>(j)]; k < start[static_cast<std::size_t>(j) + 1]; ++k)
            if (column[static_cast<std::size_t>(k)] >= j)
                made.row.push_back(column[static_cast<std::size_t>(k)]);
        made.column_start.push_back(static_cast<std::int32_t>(made.row.size()));
    }
    return made;
}

template <class Integer>
std::vector<Integer> places_in(const SymmetricPattern& pattern, const std::vector<std::int64_t>& start,
                               const std::vector<std::int32_t>& column) {
    std::vector<Integer> place(column.size());
    for (std::size_t i = 0; i + 1 < start.size(); ++i)
        for (auto k = static_cast<std::size_t>(start[i]); k < static_cast<std::size_t>(start[i + 1]); ++k)
            place[k] = static_cast<Integer>(pattern.position(static_cast<Index>(i), column[k]));
    return place;
}

}  // namespace

SpdePattern::SpdePattern(std::shared_ptr<const FiniteElements> of, int order)
    : elements(std::move(of)), alpha(order) {
    (void)spde_smoothness(alpha, elements->dimension());
    const auto& first = elements->start();
    const auto& neighbour = elements->neighbour();
    operator_pattern = std::make_shared<SymmetricPattern>(lower_of(first, neighbour));
    operator_place = places_in<std::int64_t>(*operator_pattern, first, neighbour);
    mirror.resize(neighbour.size());
    for (std::size_t j = 0; j + 1 < first.size(); ++j)
        for (auto a = first[j]; a < first[j + 1]; ++a) {
            const auto i = static_cast<std::size_t>(neighbour[static_cast<std::size_t>(a)]);
            const auto at = std::lower_bound(neighbour.begin() + first[i], neighbour.begin() + first[i + 1],
                                             static_cast<std::int32_t>(j));
            mirror[static_cast<std::size_t>(a)] = at - neighbour.begin();
        }
    if (alpha == 1) {
        start = first;
        column = neighbour;
        precision_pattern = operator_pattern;
    } else {
        start.push_back(0);
        std::vector<std::int32_t> row;
        for (std::size_t i = 0; i + 1 < first.size(); ++i) {
            row.clear();
            for (auto k = first[i]; k < first[i + 1]; ++k) {
                const auto l = static_cast<std::size_t>(neighbour[static_cast<std::size_t>(k)]);
                row.insert(row.end(), neighbour.begin() + first[l], neighbour.begin() + first[l + 1]);
            }
            std::sort(row.begin(), row.end());
            row.erase(std::unique(row.begin(), row.end()), row.end());
            column.insert(column.end(), row.begin(), row.end());
            start.push_back(static_cast<std::int64_t>(column.size()));
        }
        precision_pattern = std::make_shared<SymmetricPattern>(lower_of(start, column));
    }
    place = places_in<std::int32_t>(*precision_pattern, start, column);
}

SpdePrecision::SpdePrecision(std::shared_ptr<const SpdePattern> pattern)
    : pattern_(std::move(pattern)), factor_(pattern_->operator_pattern) {}

bool SpdePrecision::assemble(const Points& vertices, const ElementCoefficients* coefficients,
                             const Vector& log_tau) {
    const SpdePattern& p = *pattern_;
    const FiniteElements& elements = *p.elements;
    if (!elements.assemble(vertices, coefficients, matrices_)) return false;
    const Index k = elements.vertex_count();
    tau_ = coefficients ? Vector(log_tau.array().exp())
                        : Vector::Constant(k, spde_unit_tau(p.alpha, elements.dimension()));
    operator_ = matrices_.stiffness;
    const Vector& reaction = coefficients ? matrices_.reaction : matrices_.mass;
    for (Index i = 0; i < k; ++i) operator_(elements.diagonal()[static_cast<std::size_t>(i)]) += reaction(i);
    Vector lower(p.operator_pattern->entries());
    for (std::size_t e = 0; e < p.operator_place.size(); ++e)
        lower(p.operator_place[e]) = operator_(static_cast<Index>(e));
    if (!factor_.factorise(lower)) return false;
    log_determinant_ = 2.0 * tau_.array().log().sum();
    if (p.alpha == 1) {
        log_determinant_ += factor_.log_determinant();
    } else {
        log_determinant_ += 2.0 * factor_.log_determinant() - matrices_.mass.array().log().sum();
    }
    multiply();
    return std::isfinite(log_determinant_) && values_.allFinite();
}

/// Q from K, column by column.
void SpdePrecision::multiply() {
    const SpdePattern& p = *pattern_;
    const FiniteElements& elements = *p.elements;
    const auto& first = elements.start();
    const auto& neighbour = elements.neighbour();
    const Index k = elements.vertex_count();
    values_.resize(p.precision_pattern->entries());
    const auto& column_start = p.precision_pattern->column_start;
    const auto& row = p.precision_pattern->row;
#pragma omp parallel if (k > 2000)
    {
        Vector work = Vector::Zero(k);
#pragma omp for schedule(static)
        for (Index j = 0; j < k; ++j) {
            const auto at = static_cast<std::size_t>(j);
            for (auto a = first[at]; a < first[at + 1]; ++a) {
                const auto l = static_cast<std::size_t>(neighbour[static_cast<std::size_t>(a)]);
                if (p.alpha == 1) {
                    work(static_cast<Index>(l)) = operator_(a);
                    continue;
                }
                const double f = operator_(a) / matrices_.mass(static_cast<Index>(l));
                for (auto b = first[l]; b < first[l + 1]; ++b)
                    work(neighbour[static_cast<std::size_t>(b)]) += f * operator_(b);
            }
            for (auto e = column_start[at]; e < column_start[at + 1]; ++e) {
                const Index i = row[static_cast<std::size_t>(e)];
                values_(e) = tau_(i) * tau_(j) * work(i);
            }
            for (auto e = p.start[at]; e < p.start[at + 1]; ++e)
                work(p.column[static_cast<std::size_t>(e)]) = 0.0;
        }
    }
}

/// With S' = TST: ∂/∂K = C̃⁻¹KS' − K⁻¹ and ∂/∂C̃ = −½ C̃⁻²(KS'K) + ½ C̃⁻¹ (α = 2), or ½(S' − K⁻¹)
/// (α = 1), where the entries of KS' that are needed take those of S' on Q's pattern only;
/// ∂/∂log τᵢ = (SQ)ᵢᵢ − 1.
void SpdePrecision::differentiate(const Vector& s, ElementMatrices& d, Vector& d_log_tau) {
    const SpdePattern& p = *pattern_;
    const FiniteElements& elements = *p.elements;
    const auto& first = elements.start();
    const auto& neighbour = elements.neighbour();
    const Index k = elements.vertex_count();
    factor_.compute_selected_inverse();
    const Vector inverse = factor_.inverse_on_pattern();
    d.stiffness.resize(static_cast<Index>(neighbour.size()));
    d.mass = Vector::Zero(k);
    d_log_tau.resize(k);
    Vector product_of(p.alpha == 2 ? d.stiffness.size() : 0);  // KS', entry (i, j) with row j's
#pragma omp parallel if (k > 2000)
    {
        Vector work = Vector::Zero(k);  // column j of S'
#pragma omp for schedule(static)
        for (Index j = 0; j < k; ++j) {
            const auto at = static_cast<std::size_t>(j);
            double trace = 0.0;
            for (auto e = p.start[at]; e < p.start[at + 1]; ++e) {
                const Index i = p.column[static_cast<std::size_t>(e)];
                const Index place = p.place[static_cast<std::size_t>(e)];
                work(i) = tau_(i) * tau_(j) * s(place);
                trace += s(place) * values_(place);
            }
            d_log_tau(j) = trace - 1.0;
            for (auto a = first[at]; a < first[at + 1]; ++a) {
                const Index i = neighbour[static_cast<std::size_t>(a)];
                const double own = inverse(p.operator_place[static_cast<std::size_t>(a)]);
                if (p.alpha == 1) {
                    d.stiffness(a) = 0.5 * (work(i) - own);
                    continue;
                }
                double product = 0.0;  // (KS')ᵢⱼ
                const auto row = static_cast<std::size_t>(i);
                for (auto b = first[row]; b < first[row + 1]; ++b)
                    product += operator_(b) * work(neighbour[static_cast<std::size_t>(b)]);
                product_of(a) = product;
                d.stiffness(a) = product / matrices_.mass(i) - own;
            }
            for (auto e = p.start[at]; e < p.start[at + 1]; ++e)
                work(p.column[static_cast<std::size_t>(e)]) = 0.0;
        }
    }
    if (p.alpha == 1) return;
    for (Index j = 0; j < k; ++j) {
        double sandwich = 0.0;  // (KS'K)ⱼⱼ = Σᵢ (KS')ⱼᵢ Kᵢⱼ
        for (auto a = first[static_cast<std::size_t>(j)]; a < first[static_cast<std::size_t>(j) + 1]; ++a)
            sandwich += product_of(p.mirror[static_cast<std::size_t>(a)]) * operator_(a);
        const double c = matrices_.mass(j);
        d.mass(j) = 0.5 / c - 0.5 * sandwich / (c * c);
    }
}

void SpdePrecision::pull_back(const Vector& s, const Points& vertices,
                              const ElementCoefficients* coefficients, Points& d_vertices,
                              ElementCoefficients* d_coefficients, Vector& d_log_tau) {
    const FiniteElements& elements = *pattern_->elements;
    ElementMatrices d;
    differentiate(s, d, d_log_tau);
    // The operator's diagonal holds the reaction, which is the mass where κ = 1.
    const Index k = elements.vertex_count();
    Vector d_reaction(k);
    for (Index i = 0; i < k; ++i) d_reaction(i) = d.stiffness(elements.diagonal()[static_cast<std::size_t>(i)]);
    if (coefficients)
        d.reaction = d_reaction;
    else
        d.mass += d_reaction;
    // Both triangles' derivatives, averaged.
    Vector symmetric(d.stiffness.size());
    for (Index a = 0; a < symmetric.size(); ++a)
        symmetric(a) = 0.5 * (d.stiffness(a) + d.stiffness(pattern_->mirror[static_cast<std::size_t>(a)]));
    d.stiffness = std::move(symmetric);
    elements.pull_back(vertices, coefficients, d, d_vertices, d_coefficients);
}

}  // namespace anamorph
