// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/isotropic_covariance.h"

#include <vector>

#include "core/base/error.h"
#include "core/covariance/pair_row_loops.h"

namespace anamorph {

namespace {

/// s of pairs first … first + count − 1 of a row.
template <int period>
void squared_distances(const PairRow& row, Index first, Index count, double* s) {
    double difference[pair_block];
    for (int f = 0; f < row.features; ++f) {
        subtract_own<period>(row.others[f] + first, row.own[f], count, difference);
        if (f == 0)
            for (Index p = 0; p < count; ++p) s[p] = difference[p] * difference[p];
        else
            for (Index p = 0; p < count; ++p) s[p] += difference[p] * difference[p];
    }
}

}  // namespace

PairCovariancePointer IsotropicCovariance::with(const Vector& coefficients) const {
    return std::make_shared<IsotropicCovariance>(correlation_->with_shape(coefficients));
}

void IsotropicCovariance::correlations(const PairRow& row, double* rho) const {
    with_period(row.period, [&]<int period>() {
        over_blocks(row.count, [&](Index first, Index count) {
            squared_distances<period>(row, first, count, rho + first);
            correlation_->value(rho + first, count, rho + first);
        });
    });
}

void IsotropicCovariance::pull_back(const PairRow& row, const double* weight, double* const* d_own,
                                    double* const* d_others, double* d_natural) const {
    const Index shapes = coefficient_count();
    std::vector<double> by_shape(static_cast<std::size_t>(shapes * pair_block));
    with_period(row.period, [&]<int period>() {
        over_blocks(row.count, [&](Index first, Index count) {
            double s[pair_block], difference[pair_block], derivative[pair_block];
            squared_distances<period>(row, first, count, s);
            if (shapes > 0) {
                correlation_->shape_derivatives(s, count, by_shape.data());
                for (Index k = 0; k < shapes; ++k)
                    for (Index p = 0; p < count; ++p)
                        d_natural[k] +=
                            weight[first + p] * by_shape[static_cast<std::size_t>(k * count + p)];
            }
            correlation_->derivative(s, count, derivative);
            for (Index p = 0; p < count; ++p) derivative[p] *= 2.0 * weight[first + p];
            for (int f = 0; f < row.features; ++f) {
                subtract_own<period>(row.others[f] + first, row.own[f], count, difference);
                double* d_other = d_others[f] + first;
                for (Index p = 0; p < count; ++p) {
                    difference[p] *= derivative[p];
                    d_other[p] += difference[p];
                }
                add_to_own<period>(difference, count, -1.0, d_own[f]);
            }
        });
    });
}

PairCovariancePointer matern_covariance(Smoothness smoothness) {
    if (smoothness == Smoothness::automatic)
        throw Error(ErrorCode::bad_input, "The smoothness was not chosen yet.");
    return std::make_shared<IsotropicCovariance>(
        make_isotropic_correlation(CorrelationFamily::matern, smoothness));
}

}  // namespace anamorph
