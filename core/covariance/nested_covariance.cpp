// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/nested_covariance.h"

#include <cmath>
#include <cstdio>

#include "core/base/error.h"
#include "core/covariance/pair_row_loops.h"

namespace anamorph {

namespace {

constexpr double range_step = 4.0;  // each structure starts this much longer than the one before
constexpr double share_precision = 0.5, range_precision = 1.0, tilt_precision = 4.0;

Index entry_count(int d) { return d * (d + 1) / 2; }

Vector starting_entries(int d, std::size_t structure) {
    Vector entries = Vector::Zero(entry_count(d));
    entries.head(d).setConstant(-std::log(range_step) * static_cast<double>(structure));
    return entries;
}

std::vector<MetricStructure> at_start(std::vector<IsotropicCorrelationPointer> correlations, int d) {
    std::vector<MetricStructure> structures;
    for (std::size_t k = 0; k < correlations.size(); ++k)
        structures.emplace_back(std::move(correlations[k]), d, starting_entries(d, k));
    return structures;
}

Vector coefficients_of(const std::vector<MetricStructure>& structures) {
    std::vector<double> all;
    const auto append = [&](const Vector& v) { all.insert(all.end(), v.begin(), v.end()); };
    for (const auto& s : structures) append(s.correlation().shape());
    append(Vector::Zero(static_cast<Index>(structures.size()) - 1));
    for (std::size_t k = 1; k < structures.size(); ++k) append(structures[k].entries());
    return Eigen::Map<const Vector>(all.data(), static_cast<Index>(all.size()));
}

}  // namespace

NestedCovariance::NestedCovariance(std::vector<IsotropicCorrelationPointer> correlations, int d)
    : NestedCovariance(at_start(std::move(correlations), d), d, Vector()) {}

NestedCovariance::NestedCovariance(std::vector<MetricStructure> structures, int d, Vector coefficients)
    : dimension_(d), structures_(std::move(structures)), coefficients_(std::move(coefficients)) {
    if (coefficients_.size() == 0) coefficients_ = coefficients_of(structures_);
    const auto count = static_cast<Index>(structures_.size());
    share_ = Vector::Ones(count);
    share_.tail(count - 1) =
        coefficients_.segment(shape_count(), count - 1).array().min(50.0).max(-50.0).exp();
    share_ /= share_.sum();
}

Index NestedCovariance::shape_count() const {
    Index count = 0;
    for (const auto& s : structures_) count += s.correlation().shape().size();
    return count;
}

PairCovariancePointer NestedCovariance::with(const Vector& c) const {
    if (c.size() != coefficients_.size())
        throw Error(ErrorCode::dimension_mismatch,
                    "The nested covariance has " + std::to_string(coefficients_.size()) +
                        " coefficients, not " + std::to_string(c.size()) + ".");
    std::vector<MetricStructure> structures;
    Index shape = 0, entries = shape_count() + static_cast<Index>(structures_.size()) - 1;
    for (std::size_t k = 0; k < structures_.size(); ++k) {
        const IsotropicCorrelation& old = structures_[k].correlation();
        const Index shapes = old.shape().size();
        Vector own = Vector::Zero(entry_count(dimension_));
        if (k > 0) {
            own = c.segment(entries, own.size());
            entries += own.size();
        }
        structures.emplace_back(old.with_shape(c.segment(shape, shapes)), dimension_, own);
        shape += shapes;
    }
    return PairCovariancePointer(new NestedCovariance(std::move(structures), dimension_, c));
}

void NestedCovariance::correlations(const PairRow& row, double* rho) const {
    with_period(row.period, [&]<int period>() {
        over_blocks(row.count, [&](Index first, Index count) {
            PairDifferences delta;
            delta.read<period>(row, dimension_, first, count);
            double part[pair_block];
            for (std::size_t k = 0; k < structures_.size(); ++k) {
                structures_[k].value(delta.axes, count, part);
                const double a = share_(static_cast<Index>(k));
                for (Index p = 0; p < count; ++p)
                    rho[first + p] = (k == 0 ? 0.0 : rho[first + p]) + a * part[p];
            }
        });
    });
}

// Natural parameters: of each structure in turn [shape | M], then ∂ by the shares a_k.
Index NestedCovariance::natural_count() const {
    Index count = static_cast<Index>(structures_.size());
    for (const auto& s : structures_) count += s.natural_count();
    return count;
}

void NestedCovariance::pull_back(const PairRow& row, const double* weight, double* const* d_own,
                                 double* const* d_others, double* d_natural) const {
    double* const d_share = d_natural + natural_count() - static_cast<Index>(structures_.size());
    with_period(row.period, [&]<int period>() {
        over_blocks(row.count, [&](Index first, Index count) {
            PairDifferences delta, d_delta;
            delta.read<period>(row, dimension_, first, count);
            d_delta.clear(dimension_, count);
            double part[pair_block];
            double* natural = d_natural;
            for (std::size_t k = 0; k < structures_.size(); ++k) {
                structures_[k].value(delta.axes, count, part);
                const double a = share_(static_cast<Index>(k));
                for (Index p = 0; p < count; ++p) {
                    d_share[k] += weight[first + p] * part[p];
                    part[p] = a * weight[first + p];
                }
                structures_[k].pull_back(delta.axes, part, count, d_delta.axes, natural);
                natural += structures_[k].natural_count();
            }
            d_delta.add_to<period>(dimension_, first, count, d_own, d_others);
        });
    });
}

Vector NestedCovariance::by_coefficients(const Vector& d_natural) const {
    const auto count = static_cast<Index>(structures_.size());
    Vector d(coefficients_.size());
    const Vector d_share = d_natural.tail(count);
    const double mean = d_share.dot(share_);
    Index shape = 0, natural = 0, entries = shape_count() + count - 1;
    for (Index k = 0; k < count; ++k) {
        const MetricStructure& s = structures_[static_cast<std::size_t>(k)];
        const Index shapes = s.correlation().shape().size();
        d.segment(shape, shapes) = d_natural.segment(natural, shapes);
        if (k > 0) {
            // a_k = e^{c_k}/Σ e^{c}: ∂a_j/∂c_k = a_j(δ_jk − a_k)
            d(shape_count() + k - 1) = share_(k) * (d_share(k) - mean);
            d.segment(entries, s.entry_count()) = s.by_entries(d_natural.data() + natural + shapes);
            entries += s.entry_count();
        }
        shape += shapes;
        natural += s.natural_count();
    }
    return d;
}

Vector NestedCovariance::prior_mean() const {
    Vector mean = Vector::Zero(coefficients_.size());
    Index at = 0;
    for (const auto& s : structures_) {
        const Vector own = s.correlation().shape_prior_mean();
        mean.segment(at, own.size()) = own;
        at += own.size();
    }
    at += static_cast<Index>(structures_.size()) - 1;
    for (std::size_t k = 1; k < structures_.size(); ++k, at += entry_count(dimension_))
        mean.segment(at, entry_count(dimension_)) = starting_entries(dimension_, k);
    return mean;
}

Vector NestedCovariance::prior_precision() const {
    Vector precision = Vector::Constant(coefficients_.size(), tilt_precision);
    Index at = 0;
    for (const auto& s : structures_) {
        const Vector own = s.correlation().shape_prior_precision();
        precision.segment(at, own.size()) = own;
        at += own.size();
    }
    const Index more = static_cast<Index>(structures_.size()) - 1;
    precision.segment(at, more).setConstant(share_precision);
    at += more;
    for (Index k = 0; k < more; ++k, at += entry_count(dimension_))
        precision.segment(at, dimension_).setConstant(range_precision);
    return precision;
}

std::vector<std::string> NestedCovariance::coefficient_names() const {
    std::vector<std::string> names;
    const auto prefix = [](std::size_t k) { return "structure " + std::to_string(k + 1) + ": "; };
    for (std::size_t k = 0; k < structures_.size(); ++k)
        for (const auto& name : structures_[k].correlation().shape_names())
            names.push_back(prefix(k) + name);
    for (std::size_t k = 1; k < structures_.size(); ++k)
        names.push_back(prefix(k) + "log sill relative to structure 1");
    for (std::size_t k = 1; k < structures_.size(); ++k)
        for (const auto& name : MetricStructure::entry_names(prefix(k), dimension_))
            names.push_back(name);
    return names;
}

double NestedCovariance::smoothness() const {
    double least = structures_[0].correlation().smoothness();
    for (const auto& s : structures_) least = std::fmin(least, s.correlation().smoothness());
    return least;
}

double NestedCovariance::practical_range_factor() const {
    // Along each structure's mean range: distances scaled by |det B|^{1/d}.
    const auto at = [&](double h) {
        double rho = 0.0;
        for (std::size_t k = 0; k < structures_.size(); ++k) {
            const double trace = structures_[k].entries().head(dimension_).sum();
            rho += share_(static_cast<Index>(k)) *
                   structures_[k].correlation().at(h * std::exp(trace / dimension_));
        }
        return rho;
    };
    double low = 0.0, high = 1.0;
    while (at(high) > 0.05 && high < 1e12) high *= 2.0;
    for (int i = 0; i < 100; ++i) {
        const double middle = 0.5 * (low + high);
        (at(middle) > 0.05 ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

std::string NestedCovariance::label() const {
    std::string text;
    for (std::size_t k = 0; k < structures_.size(); ++k) {
        char share[32];
        std::snprintf(share, sizeof share, " (%.0f %%)", 100.0 * share_(static_cast<Index>(k)));
        text += (k == 0 ? "" : " + ") + structures_[k].correlation().label() + share;
    }
    return text;
}

std::vector<CovariancePart> NestedCovariance::parts() const {
    std::vector<CovariancePart> parts;
    for (std::size_t k = 0; k < structures_.size(); ++k)
        parts.push_back({structures_[k].correlation().label(), share_(static_cast<Index>(k)),
                         structures_[k].stretch(), structures_[k].correlation().smoothness(),
                         structures_[k].correlation().practical_range_factor()});
    return parts;
}

}  // namespace anamorph
