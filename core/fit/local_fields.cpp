// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/local_fields.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/covariance/regional_covariance.h"
#include "core/deformation/gaussian_basis.h"
#include "core/data/realisations.h"
#include "core/deformation/outline_regions.h"
#include "core/fit/make_covariance.h"
#include "core/likelihood/inducing_sites.h"
#include "core/likelihood/shared_places.h"

namespace anamorph {

namespace {

constexpr Index fewest_sites = 10;  // in a region

std::vector<int> kernel_sizes(int d, int m) {
    if (d == 3) return {m, m, std::max(2, m / 2)};
    return std::vector<int>(static_cast<std::size_t>(d), m);
}

Points from_west_to_east(const Points& centres) {
    std::vector<Index> order(static_cast<std::size_t>(centres.rows()));
    std::iota(order.begin(), order.end(), Index(0));
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return centres(a, 0) < centres(b, 0); });
    return centres(order, Eigen::all);
}

}  // namespace

bool is_regional(const ModelSpecification& s) {
    return s.local == LocalCovariance::partition || s.local == LocalCovariance::segmented;
}

int trend_columns(const ModelSpecification& s, int d, Index q) {
    int constants = 1;
    if (is_regional(s) && s.trend != Trend::none)
        constants = s.region_outlines.empty() ? s.regions : static_cast<int>(s.region_outlines.size()) + 1;
    return trend_coefficient_count(s.trend, d, q) + constants - 1;
}

std::shared_ptr<const Regions> regions_of(const Points& sites, int count, bool sharp,
                                          std::uint64_t seed) {
    for (int k = count; k > 1; --k) {
        const Points centres =
            from_west_to_east(inducing_sites(sites, k, InducingPlacement::k_means, seed));
        if (centres.rows() != k) continue;
        const Vector held = Regions(centres, true).values(sites).colwise().sum();
        if (held.minCoeff() >= static_cast<double>(fewest_sites))
            return std::make_shared<Regions>(centres, sharp);
    }
    return std::make_shared<Regions>(Points(sites.colwise().mean()), sharp);
}

std::shared_ptr<const SpatialBasis> outlined_regions_of(const ModelSpecification& s,
                                                        const SpatialDataset& dataset) {
    if (dataset.space_dimension() < 2 || dataset.coordinate_system.chordal)
        throw Error(ErrorCode::unsupported, "Drawn regions need data on a plane.",
                    "Leave the outlines out: regions are then chosen by themselves.");
    const Standardisation standard = Standardisation::of(dataset);
    std::vector<Points> outlines;
    for (const Points& drawn : s.region_outlines) {
        if (drawn.cols() != 2) throw Error(ErrorCode::dimension_mismatch, "A corner of a region has two coordinates.");
        outlines.push_back((drawn.rowwise() - standard.centre.head(2).transpose()).array().rowwise() /
                           standard.half_width.head(2).transpose().array());
    }
    const bool sharp = s.local == LocalCovariance::segmented;
    const Points sites = standard.standardised(dataset.coordinates);
    const Vector held = OutlineRegions(outlines, true, true).values(sites).colwise().sum();
    const auto few = [&](Index k) { return held(k) < static_cast<double>(fewest_sites); };
    const auto last = static_cast<Index>(outlines.size());
    for (Index k = 0; k < last; ++k)
        if (few(k))
            throw Error(ErrorCode::bad_input,
                        "Region " + std::to_string(k + 1) + " of the drawn ones holds " +
                            std::to_string(static_cast<long>(held(k))) + " sites, and a region needs at least " +
                            std::to_string(fewest_sites) + ".",
                        "Draw it larger, or delete it.");
    if (last == 1 && few(last))
        throw Error(ErrorCode::bad_input,
                    "Beside the one region that is drawn there are " +
                        std::to_string(static_cast<long>(held(last))) + " sites, and a region needs at least " +
                        std::to_string(fewest_sites) + ".",
                    "Draw it smaller, or draw a second one.");
    return std::make_shared<OutlineRegions>(std::move(outlines), !few(last), sharp);
}

namespace {

/// A convex polygon without what is nearer to `other` than to `own`.
Points nearer_part(const Points& polygon, const Eigen::RowVectorXd& own, const Eigen::RowVectorXd& other) {
    const Eigen::RowVectorXd normal = other - own, middle = 0.5 * (own + other);
    std::vector<Eigen::RowVector2d> kept;
    for (Index i = 0, j = polygon.rows() - 1; i < polygon.rows(); j = i++) {
        const double a = (polygon.row(j) - middle).dot(normal), b = (polygon.row(i) - middle).dot(normal);
        if ((a > 0.0) != (b > 0.0)) kept.emplace_back(polygon.row(j) + a / (a - b) * (polygon.row(i) - polygon.row(j)));
        if (b <= 0.0) kept.emplace_back(polygon.row(i));
    }
    Points result(static_cast<Index>(kept.size()), 2);
    for (Index i = 0; i < result.rows(); ++i) result.row(i) = kept[static_cast<std::size_t>(i)];
    return result;
}

}  // namespace

std::vector<Points> region_borders(const ModelState& model) {
    if (!is_regional(model.specification) || model.dataset->dimension() != 2 ||
        model.dataset->space_dimension() != 2)
        return {};
    std::vector<Points> borders;
    for (const Points& outline : model.specification.region_outlines)
        for (Points& ring : border_rings(outline)) borders.push_back(std::move(ring));
    if (!borders.empty()) return borders;
    const auto regions = std::dynamic_pointer_cast<const Regions>(model.local_basis);
    if (!regions) return {};
    const Points sites = model.standardisation.standardised(model.dataset->coordinates);
    const Eigen::RowVectorXd low = sites.colwise().minCoeff(), high = sites.colwise().maxCoeff();
    Points box(4, 2);
    box << low(0), low(1), high(0), low(1), high(0), high(1), low(0), high(1);
    for (Index k = 0; k < regions->count(); ++k) {
        Points cell = box;
        for (Index other = 0; other < regions->count(); ++other)
            if (other != k) cell = nearer_part(cell, regions->centres().row(k), regions->centres().row(other));
        if (cell.rows() > 2) borders.push_back(model.standardisation.geographic(cell));
    }
    return borders;
}

void set_local_fields(ModelState& model, std::uint64_t seed) {
    const ModelSpecification& s = model.specification;
    const int d = model.dataset->dimension();
    if (s.local == LocalCovariance::convolution) {
        model.local_basis = std::make_shared<GaussianBasis>(kernel_sizes(d, s.kernel_basis));
        model.kernel_coefficients =
            Vector::Zero(model.local_basis->count() * model.covariance->local_count());
    } else if (is_regional(s) && !s.region_outlines.empty()) {
        set_regions(model, outlined_regions_of(s, *model.dataset));
    } else if (is_regional(s)) {
        const Points sites = model.standardisation.standardised(model.dataset->coordinates);
        set_regions(model,
                    regions_of(model.dataset->has_realisations() ? distinct_places(sites) : sites, s.regions, s.local == LocalCovariance::segmented, seed));
    }
}

void refuse_empty_regions(const ModelState& model) {
    constexpr double belongs = 0.1;  // to a region, by its weight
    const SpatialDataset& data = *model.dataset;
    if (!is_regional(model.specification) || !data.has_realisations() || model.specification.trend == Trend::none) return;
    const Matrix weights = model.local_basis->values(model.standardisation.standardised(data.coordinates));
    const auto labels = data.realisation_labels();
    const auto drawn = static_cast<Index>(model.specification.region_outlines.size());
    Matrix largest = Matrix::Zero(static_cast<Index>(labels.size()), weights.cols());
    const std::vector<int> place = data.realisation_indices();
    for (Index i = 0; i < weights.rows(); ++i) {
        const Index r = place[static_cast<std::size_t>(i)];
        largest.row(r) = largest.row(r).cwiseMax(weights.row(i));
    }
    for (Index r = 0; r < largest.rows(); ++r)
        for (Index k = 0; k < largest.cols(); ++k) {
            if (largest(r, k) >= belongs) continue;
            const std::string region =
                drawn > 0 && k == drawn ? "The region outside the drawn ones"
                                        : "Region " + std::to_string(k + 1) + " of " +
                                              (drawn > 0 ? "the drawn ones"
                                                         : std::to_string(largest.cols()) + ", numbered from west to east,");
            throw Error(ErrorCode::bad_input,
                        region + " has no site in the realisation \"" + labels[static_cast<std::size_t>(r)] +
                            "\": nothing there tells its mean.",
                        "Take fewer or larger regions, leave that realisation out, or choose no trend.");
        }
}

Points auxiliary_features(const ModelState& model, const Points& deformed, const Matrix& basis_values) {
    if (!model.local_basis) return deformed;
    const Matrix local = model.local_features(basis_values);
    Points all(deformed.rows(), deformed.cols() + local.cols());
    all << deformed, local;
    return all;
}

void set_regions(ModelState& model, const std::shared_ptr<const SpatialBasis>& regions) {
    model.covariance = make_covariance(model.specification, model.dataset->dimension(),
                                       static_cast<int>(regions->count()));
    model.coefficients = model.covariance->coefficients();
    model.local_basis = model.log_scale_basis = model.log_noise_basis = regions;
    model.log_scale_coefficients = model.log_noise_coefficients = Vector::Zero(regions->count());
}

}  // namespace anamorph
