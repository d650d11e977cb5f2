// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/covariate_covariance.h"

#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/covariance/pair_row_loops.h"

namespace anamorph {

namespace {

// A range of one to many standard deviations; far out to the left the covariate does not matter.
constexpr double log_scale_mean = -1.0, log_scale_precision = 1.0;
constexpr int most_coordinates = 5;  // that neighbours are searched in

}  // namespace

CovariateCovariance::CovariateCovariance(IsotropicCorrelationPointer correlation, int dimension,
                                         int covariates)
    : correlation_(std::move(correlation)),
      dimension_(dimension),
      log_scales_(Vector::Constant(std::max(covariates, 0), log_scale_mean)) {
    if (covariates < 1 || dimension + covariates > most_coordinates)
        throw Error(ErrorCode::unsupported,
                    "Coordinates and covariates of the distance are " + std::to_string(most_coordinates) +
                        " at most together; there are " + std::to_string(dimension) + " and " +
                        std::to_string(covariates) + ".",
                    "Leave some covariates to the trend.");
    const std::string label = correlation_->label();
    if (dimension + covariates > 3 && (label == "spherical" || label == "cubic"))
        throw Error(ErrorCode::unsupported,
                    "The " + label + " correlation is valid in up to three dimensions, covariates of the "
                    "distance counted.",
                    "Use a Matérn or a generalised Cauchy correlation.");
}

Vector CovariateCovariance::coefficients() const {
    const Vector shape = correlation_->shape();
    Vector c(shape.size() + log_scales_.size());
    c << shape, log_scales_;
    return c;
}

PairCovariancePointer CovariateCovariance::with(const Vector& c) const {
    const Index shapes = correlation_->shape().size();
    if (c.size() != shapes + log_scales_.size())
        throw Error(ErrorCode::dimension_mismatch,
                    "The covariance has " + std::to_string(shapes + log_scales_.size()) +
                        " coefficients, not " + std::to_string(c.size()) + ".");
    auto made = std::make_shared<CovariateCovariance>(*this);
    if (shapes > 0) made->correlation_ = correlation_->with_shape(c.head(shapes));
    made->log_scales_ = c.tail(log_scales_.size());
    return made;
}

void CovariateCovariance::correlations(const PairRow& row, double* rho) const {
    const int d = row.features - static_cast<int>(log_scales_.size());
    const Vector s = scales();
    with_period(row.period, [&]<int period>() {
        over_blocks(row.count, [&](Index first, Index count) {
            double difference[pair_block];
            double* squared = rho + first;
            std::fill_n(squared, count, 0.0);
            for (int f = 0; f < row.features; ++f) {
                subtract_own<period>(row.others[f] + first, row.own[f], count, difference);
                const double factor = f < d ? 1.0 : s(f - d) * s(f - d);
                for (Index p = 0; p < count; ++p) squared[p] += factor * difference[p] * difference[p];
            }
            correlation_->value(squared, count, squared);
        });
    });
}

/// Natural parameters: [shape | s_k²].
void CovariateCovariance::pull_back(const PairRow& row, const double* weight, double* const* d_own,
                                    double* const* d_others, double* d_natural) const {
    const int d = row.features - static_cast<int>(log_scales_.size());
    const Vector s = scales();
    const Index shapes = correlation_->shape().size();
    std::vector<double> by_shape(static_cast<std::size_t>(shapes * pair_block));
    with_period(row.period, [&]<int period>() {
        over_blocks(row.count, [&](Index first, Index count) {
            double squared[pair_block] = {}, difference[pair_block], slope[pair_block];
            for (int f = 0; f < row.features; ++f) {
                subtract_own<period>(row.others[f] + first, row.own[f], count, difference);
                const double factor = f < d ? 1.0 : s(f - d) * s(f - d);
                for (Index p = 0; p < count; ++p) squared[p] += factor * difference[p] * difference[p];
            }
            if (shapes > 0) {
                correlation_->shape_derivatives(squared, count, by_shape.data());
                for (Index k = 0; k < shapes; ++k)
                    for (Index p = 0; p < count; ++p)
                        d_natural[k] +=
                            weight[first + p] * by_shape[static_cast<std::size_t>(k * count + p)];
            }
            correlation_->derivative(squared, count, slope);
            for (Index p = 0; p < count; ++p) slope[p] *= weight[first + p];
            for (int f = 0; f < row.features; ++f) {
                subtract_own<period>(row.others[f] + first, row.own[f], count, difference);
                const double factor = f < d ? 1.0 : s(f - d) * s(f - d);
                double* d_other = d_others[f] + first;
                double by_square = 0.0;
                for (Index p = 0; p < count; ++p) {
                    by_square += slope[p] * difference[p] * difference[p];
                    difference[p] *= 2.0 * factor * slope[p];
                    d_other[p] += difference[p];
                }
                if (f >= d) d_natural[shapes + f - d] += by_square;
                add_to_own<period>(difference, count, -1.0, d_own[f]);
            }
        });
    });
}

Vector CovariateCovariance::by_coefficients(const Vector& d_natural) const {
    Vector out = d_natural;
    const Index q = log_scales_.size();
    out.tail(q) = 2.0 * d_natural.tail(q).cwiseProduct(scales().cwiseAbs2());
    return out;
}

Vector CovariateCovariance::prior_mean() const {
    const Vector shape = correlation_->shape_prior_mean();
    Vector mean(shape.size() + log_scales_.size());
    mean << shape, Vector::Constant(log_scales_.size(), log_scale_mean);
    return mean;
}

Vector CovariateCovariance::prior_precision() const {
    const Vector shape = correlation_->shape_prior_precision();
    Vector precision(shape.size() + log_scales_.size());
    precision << shape, Vector::Constant(log_scales_.size(), log_scale_precision);
    return precision;
}

std::vector<std::string> CovariateCovariance::coefficient_names() const {
    std::vector<std::string> names = correlation_->shape_names();
    for (Index k = 0; k < log_scales_.size(); ++k)
        names.push_back("covariate " + std::to_string(k + 1) + " of the distance: log scale");
    return names;
}

std::string CovariateCovariance::label() const {
    return correlation_->label() + ", " + std::to_string(log_scales_.size()) +
           (log_scales_.size() == 1 ? " covariate" : " covariates") + " in the distance";
}

PairCovariancePointer CovariateCovariance::in_extended_space() const {
    return std::make_shared<IsotropicCovariance>(correlation_);
}

Points CovariateCovariance::extended(const Points& deformed, const Matrix& covariates) const {
    if (covariates.rows() != deformed.rows() || covariates.cols() != log_scales_.size())
        throw Error(ErrorCode::dimension_mismatch,
                    "The covariance \"" + label() + "\" needs the covariates of each site.");
    Points all(deformed.rows(), deformed.cols() + covariates.cols());
    all << deformed, covariates * scales().asDiagonal();
    return all;
}

}  // namespace anamorph
