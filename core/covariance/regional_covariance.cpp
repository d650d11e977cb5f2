// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/regional_covariance.h"

#include "core/base/error.h"
#include "core/covariance/pair_row_loops.h"

namespace anamorph {

namespace {

constexpr double regional_range_precision = 2.0, regional_tilt_precision = 4.0;

Vector at_start(const IsotropicCorrelation& correlation, int d, int regions) {
    const Vector shape = correlation.shape();
    Vector c = Vector::Zero(shape.size() + regions * d * (d + 1) / 2);
    c.head(shape.size()) = shape;
    return c;
}

}  // namespace

RegionalCovariance::RegionalCovariance(IsotropicCorrelationPointer correlation, int d, int regions)
    : RegionalCovariance(correlation, d, regions, at_start(*correlation, d, regions)) {}

RegionalCovariance::RegionalCovariance(IsotropicCorrelationPointer correlation, int d, int regions,
                                       Vector coefficients)
    : dimension_(d), coefficients_(std::move(coefficients)) {
    if (regions < 1 || regions > 12)
        throw Error(ErrorCode::unsupported, "The number of regions must lie between 1 and 12.");
    const Index shapes = correlation->shape().size(), entries = d * (d + 1) / 2;
    correlation_ = shapes > 0 ? correlation->with_shape(coefficients_.head(shapes)) : correlation;
    for (int k = 0; k < regions; ++k)
        regions_.emplace_back(correlation_, d, coefficients_.segment(shapes + k * entries, entries));
}

PairCovariancePointer RegionalCovariance::with(const Vector& c) const {
    if (c.size() != coefficients_.size())
        throw Error(ErrorCode::dimension_mismatch,
                    "The covariance of regions has " + std::to_string(coefficients_.size()) +
                        " coefficients, not " + std::to_string(c.size()) + ".");
    return PairCovariancePointer(
        new RegionalCovariance(correlation_, dimension_, static_cast<int>(regions_.size()), c));
}

void RegionalCovariance::correlations(const PairRow& row, double* rho) const {
    with_period(row.period, [&]<int period>() {
        over_blocks(row.count, [&](Index first, Index count) {
            PairDifferences delta;
            delta.read<period>(row, dimension_, first, count);
            double part[pair_block];
            std::fill_n(rho + first, count, 0.0);
            for (std::size_t k = 0; k < regions_.size(); ++k) {
                regions_[k].value(delta.axes, count, part);
                const double* own = row.own[dimension_ + static_cast<int>(k)];
                const double* other = row.others[dimension_ + static_cast<int>(k)] + first;
                for (Index p = 0; p < count; p += period)
                    for (int l = 0; l < period; ++l)
                        rho[first + p + l] += own[l] * other[p + l] * part[p + l];
            }
        });
    });
}

// Natural parameters: [shape | M_1 | … | M_K].
Index RegionalCovariance::natural_count() const {
    return correlation_->shape().size() +
           static_cast<Index>(regions_.size()) * dimension_ * dimension_;
}

void RegionalCovariance::pull_back(const PairRow& row, const double* weight, double* const* d_own,
                                   double* const* d_others, double* d_natural) const {
    const Index shapes = correlation_->shape().size(), squared = dimension_ * dimension_;
    std::vector<double> one(static_cast<std::size_t>(shapes + squared));
    with_period(row.period, [&]<int period>() {
        over_blocks(row.count, [&](Index first, Index count) {
            PairDifferences delta, d_delta;
            delta.read<period>(row, dimension_, first, count);
            d_delta.clear(dimension_, count);
            double part[pair_block];
            for (std::size_t k = 0; k < regions_.size(); ++k) {
                const auto f = dimension_ + static_cast<int>(k);
                regions_[k].value(delta.axes, count, part);
                const double* other = row.others[f] + first;
                for (Index p = 0; p < count; p += period)
                    for (int l = 0; l < period; ++l) {
                        const double w = weight[first + p + l], rho = part[p + l];
                        const double own = row.own[f][l];
                        d_others[f][first + p + l] += w * own * rho;
                        d_own[f][l] += w * other[p + l] * rho;
                        part[p + l] = w * own * other[p + l];
                    }
                std::fill(one.begin(), one.end(), 0.0);
                regions_[k].pull_back(delta.axes, part, count, d_delta.axes, one.data());
                for (Index i = 0; i < shapes; ++i) d_natural[i] += one[static_cast<std::size_t>(i)];
                double* own = d_natural + shapes + static_cast<Index>(k) * squared;
                for (Index i = 0; i < squared; ++i) own[i] += one[static_cast<std::size_t>(shapes + i)];
            }
            d_delta.add_to<period>(dimension_, first, count, d_own, d_others);
        });
    });
}

Vector RegionalCovariance::by_coefficients(const Vector& d_natural) const {
    const Index shapes = correlation_->shape().size(), squared = dimension_ * dimension_;
    Vector d(coefficients_.size());
    d.head(shapes) = d_natural.head(shapes);
    for (std::size_t k = 0; k < regions_.size(); ++k) {
        const Index entries = regions_[k].entry_count();
        d.segment(shapes + static_cast<Index>(k) * entries, entries) =
            regions_[k].by_entries(d_natural.data() + shapes + static_cast<Index>(k) * squared);
    }
    return d;
}

Vector RegionalCovariance::prior_mean() const {
    Vector mean = Vector::Zero(coefficients_.size());
    const Vector shape = correlation_->shape_prior_mean();
    mean.head(shape.size()) = shape;
    return mean;
}

Vector RegionalCovariance::prior_precision() const {
    Vector precision = Vector::Constant(coefficients_.size(), regional_tilt_precision);
    const Vector shape = correlation_->shape_prior_precision();
    precision.head(shape.size()) = shape;
    for (std::size_t k = 0; k < regions_.size(); ++k)
        precision.segment(shape.size() + static_cast<Index>(k) * regions_[k].entry_count(), dimension_)
            .setConstant(regional_range_precision);
    return precision;
}

std::vector<std::string> RegionalCovariance::coefficient_names() const {
    std::vector<std::string> names = correlation_->shape_names();
    for (std::size_t k = 0; k < regions_.size(); ++k)
        for (const auto& name :
             MetricStructure::entry_names("region " + std::to_string(k + 1) + ": ", dimension_))
            names.push_back(name);
    return names;
}

std::string RegionalCovariance::label() const {
    return correlation_->label() + " in " + std::to_string(regions_.size()) + " regions";
}

std::vector<CovariancePart> RegionalCovariance::parts() const {
    std::vector<CovariancePart> parts;
    for (std::size_t k = 0; k < regions_.size(); ++k)
        parts.push_back({"region " + std::to_string(k + 1), 1.0, regions_[k].stretch(),
                         correlation_->smoothness(),
                         correlation_->practical_range_factor()});
    return parts;
}

}  // namespace anamorph
