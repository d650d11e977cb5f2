// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/tapered_field.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/base/random.h"
#include "core/likelihood/nearest_sites.h"
#include "core/likelihood/site_ordering.h"
#include "core/likelihood/sites_in_range.h"

namespace anamorph {

namespace {

/// The analysed joint matrix, or nothing where it is too large.
std::optional<SparseCholesky> joint_matrix(const Points& points, const TaperedFieldOptions& options) {
    try {
        const double range = 1.0 / std::sqrt(options.covariance.squared_factor);
        SparseCholesky analysed(std::make_shared<const SymmetricPattern>(
            pairs_in_range(points, range, options.most_joint_pairs)));
        if (analysed.factor_entries() <= options.most_joint_entries) return analysed;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::out_of_memory) throw;
    }
    return std::nullopt;
}

Matrix draw_jointly(const Points& points, const Matrix& local, const TaperedFieldOptions& options,
                    SparseCholesky& joint) {
    const Index p = points.rows();
    if (!joint.factorise(tapered_values(joint.pattern(), points, local, options.covariance,
                                        Vector::Constant(p, 1.0 + options.jitter))))
        throw Error(ErrorCode::not_positive_definite,
                    "The joint covariance of sites and points could not be factorised.",
                    "Draw fewer points, or points farther from each other.");
    RandomStream random(options.seed);
    Matrix field(p, options.count);
    for (int k = 0; k < options.count; ++k) field.col(k) = random.normals(p);
    joint.multiply_half(field);
    return field;
}

/// Simple kriging weights of a point from `count` others, to `weight`; returns the variance left.
/// Where the others lie too close together their jitter is raised, a hundred times at a step.
double conditional(const GatheredRow::Columns& points, Index d, Index point, const std::int32_t* others,
                   Index count, const TaperedFieldOptions& options, GatheredRow& pairs,
                   std::vector<double>& work, double* weight) {
    Matrix c(count, count);
    Vector rho(count);
    for (Index j = 0; j < count; ++j) {
        pairs.gather(points, others[j], points, others + j, count - j);
        options.covariance.values(pairs, count - j, d, c.col(j).data() + j, work);
    }
    pairs.gather(points, point, points, others, count);
    options.covariance.values(pairs, count, d, rho.data(), work);
    for (double jitter = std::max(options.jitter, 1e-12); jitter < 1.0; jitter *= 100.0) {
        c.diagonal().setConstant(1.0 + jitter);
        const CholeskyFactor factor(c);
        if (!factor.is_positive_definite()) continue;
        Eigen::Map<Vector> b(weight, count);
        b = factor.solve(rho);
        return std::max(0.0, 1.0 - b.dot(rho));
    }
    std::fill_n(weight, count, 0.0);
    return 1.0;
}

Matrix draw_sequentially(const Points& points, const Matrix& local, const TaperedFieldOptions& options,
                         const std::stop_token& stop) {
    const Index p = points.rows(), m = std::min<Index>(options.neighbours, p - 1);
    const std::vector<std::int32_t> order = maximin_ordering(points);
    throw_if_cancelled(stop);
    const std::vector<std::int32_t> near = nearest_earlier_sites(points, order, static_cast<int>(m));
    throw_if_cancelled(stop);
    Matrix weight = Matrix::Zero(std::max<Index>(m, 1), p);
    Vector variance = Vector::Ones(p);
    std::vector<Index> used(static_cast<std::size_t>(p), 0);
    const auto columns = feature_columns(points, local);
#pragma omp parallel
    {
        GatheredRow pairs;
        std::vector<double> work;
#pragma omp for schedule(dynamic, 64)
        for (Index i = 0; i < p; ++i) {
            const std::int32_t* others = near.data() + i * m;
            const Index count = std::find(others, others + m, -1) - others;
            used[static_cast<std::size_t>(i)] = count;
            if (count > 0)
                variance(i) = conditional(columns, points.cols(), i, others, count, options, pairs, work,
                                          weight.col(i).data());
        }
    }
    throw_if_cancelled(stop);
    RandomStream random(options.seed);
    Matrix field(options.count, p);  // a point a column
    for (const std::int32_t i : order) {
        field.col(i) = std::sqrt(variance(i)) * random.normals(options.count);
        for (Index k = 0; k < used[static_cast<std::size_t>(i)]; ++k)
            field.col(i) += weight(k, i) * field.col(near[static_cast<std::size_t>(i * m + k)]);
    }
    return field.transpose();
}

}  // namespace

Matrix tapered_field(const Points& points, const Matrix& local, const TaperedFieldOptions& options,
                     const std::stop_token& stop) {
    if (points.rows() == 0) return Matrix(0, options.count);
    if (auto joint = joint_matrix(points, options)) {
        throw_if_cancelled(stop);
        return draw_jointly(points, local, options, *joint);
    }
    return draw_sequentially(points, local, options, stop);
}

}  // namespace anamorph
