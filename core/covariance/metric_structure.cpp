// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/metric_structure.h"

#include "core/covariance/pair_row_loops.h"

namespace anamorph {

MetricStructure::MetricStructure(IsotropicCorrelationPointer correlation, int dimension,
                                 const Vector& entries)
    : correlation_(std::move(correlation)),
      dimension_(dimension),
      shapes_(correlation_->shape().size()),
      entries_(entries),
      metric_(2.0 * symmetric_from_entries(entries, dimension)) {}

void MetricStructure::squared_distances(const double* const* delta, Index count, double* s) const {
    for (Index p = 0; p < count; ++p) s[p] = 0.0;
    for (int a = 0; a < dimension_; ++a)
        for (int b = a; b < dimension_; ++b) {
            const double m = a == b ? metric_.value()(a, a) : 2.0 * metric_.value()(a, b);
            for (Index p = 0; p < count; ++p) s[p] += m * delta[a][p] * delta[b][p];
        }
    for (Index p = 0; p < count; ++p) s[p] = std::max(s[p], 0.0);
}

void MetricStructure::value(const double* const* delta, Index count, double* rho) const {
    squared_distances(delta, count, rho);
    correlation_->value(rho, count, rho);
}

void MetricStructure::pull_back(const double* const* delta, const double* weight, Index count,
                                double* const* d_delta, double* d_natural) const {
    double s[pair_block], derivative[pair_block];
    squared_distances(delta, count, s);
    if (shapes_ > 0) {
        std::vector<double> by_shape(static_cast<std::size_t>(shapes_ * count));
        correlation_->shape_derivatives(s, count, by_shape.data());
        for (Index k = 0; k < shapes_; ++k)
            for (Index p = 0; p < count; ++p)
                d_natural[k] += weight[p] * by_shape[static_cast<std::size_t>(k * count + p)];
    }
    correlation_->derivative(s, count, derivative);
    for (Index p = 0; p < count; ++p) derivative[p] *= weight[p];
    double* d_metric = d_natural + shapes_;
    for (int a = 0; a < dimension_; ++a)
        for (int b = 0; b < dimension_; ++b) {
            const double m = 2.0 * metric_.value()(a, b);
            double sum = 0.0;
            for (Index p = 0; p < count; ++p) {
                const double t = derivative[p] * delta[b][p];
                d_delta[a][p] += m * t;
                sum += t * delta[a][p];
            }
            d_metric[a * dimension_ + b] += sum;
        }
}

Vector MetricStructure::by_entries(const double* d_metric) const {
    Matrix g(dimension_, dimension_);
    for (int a = 0; a < dimension_; ++a)
        for (int b = 0; b < dimension_; ++b) g(a, b) = d_metric[a * dimension_ + b];
    return 2.0 * by_symmetric_entries(metric_.pull_back(g));
}

Matrix MetricStructure::stretch() const {
    return SymmetricExponential(symmetric_from_entries(entries_, dimension_)).value();
}

std::vector<std::string> MetricStructure::entry_names(const std::string& prefix, int dimension) {
    std::vector<std::string> names;
    for (int a = 1; a <= dimension; ++a)
        names.push_back(prefix + "log inverse range along axis " + std::to_string(a));
    for (int a = 1; a <= dimension; ++a)
        for (int b = a + 1; b <= dimension; ++b)
            names.push_back(prefix + "tilt between axes " + std::to_string(a) + " and " +
                            std::to_string(b));
    return names;
}

}  // namespace anamorph
