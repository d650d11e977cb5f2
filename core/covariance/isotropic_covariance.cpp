// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/isotropic_covariance.h"

#include "core/base/error.h"

namespace anamorph {

namespace {

constexpr Index block = 512;  // pairs handled together, on the stack

/// s of pairs first … first + count − 1 of a row.
void squared_distances(const PairRow& row, int dimension, Index first, Index count, double* s) {
    for (int f = 0; f < dimension; ++f) {
        const double* other = row.others[f] + first;
        const double* own = row.own[f];
        for (Index p = 0; p < count; ++p) {
            const double t = other[p] - own[(first + p) % row.period];
            s[p] = f == 0 ? t * t : s[p] + t * t;
        }
    }
}

}  // namespace

IsotropicCovariance::IsotropicCovariance(IsotropicCorrelationPointer correlation, int dimension)
    : correlation_(std::move(correlation)), dimension_(dimension) {}

PairCovariancePointer IsotropicCovariance::with(const Vector& coefficients) const {
    return std::make_shared<IsotropicCovariance>(correlation_->with_shape(coefficients), dimension_);
}

void IsotropicCovariance::correlations(const PairRow& row, double* rho) const {
    for (Index first = 0; first < row.count; first += block) {
        const Index count = std::min<Index>(block, row.count - first);
        squared_distances(row, dimension_, first, count, rho + first);
        correlation_->value(rho + first, count, rho + first);
    }
}

void IsotropicCovariance::pull_back(const PairRow& row, const double* weight, double* const* d_own,
                                    double* const* d_others, double* d_coefficients) const {
    const Index shapes = coefficient_count();
    double s[block], derivative[block];
    Matrix by_shape(block, shapes);
    for (Index first = 0; first < row.count; first += block) {
        const Index count = std::min<Index>(block, row.count - first);
        squared_distances(row, dimension_, first, count, s);
        if (shapes > 0) {
            by_shape.resize(count, shapes);
            correlation_->shape_derivatives(s, count, by_shape.data());
            for (Index k = 0; k < shapes; ++k)
                for (Index p = 0; p < count; ++p) d_coefficients[k] += weight[first + p] * by_shape(p, k);
        }
        correlation_->derivative(s, count, derivative);
        for (Index p = 0; p < count; ++p) derivative[p] *= 2.0 * weight[first + p];
        for (int f = 0; f < dimension_; ++f) {
            const double* other = row.others[f] + first;
            double* d_other = d_others[f] + first;
            for (Index p = 0; p < count; ++p) {
                const Index own = (first + p) % row.period;
                const double change = derivative[p] * (other[p] - row.own[f][own]);
                d_other[p] += change;
                d_own[f][own] -= change;
            }
        }
    }
}

PairCovariancePointer matern_covariance(Smoothness smoothness, int dimension) {
    if (smoothness == Smoothness::automatic)
        throw Error(ErrorCode::bad_input, "The smoothness was not chosen yet.");
    return std::make_shared<IsotropicCovariance>(
        make_isotropic_correlation(CorrelationFamily::matern, smoothness), dimension);
}

}  // namespace anamorph
