// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/local_fields.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/covariance/regional_covariance.h"
#include "core/deformation/gaussian_basis.h"
#include "core/fit/make_covariance.h"
#include "core/likelihood/inducing_sites.h"

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
    const int constants = is_regional(s) && s.trend != Trend::none ? s.regions : 1;
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

void set_local_fields(ModelState& model, std::uint64_t seed) {
    const ModelSpecification& s = model.specification;
    const int d = model.dataset->dimension();
    if (s.local == LocalCovariance::convolution) {
        model.local_basis = std::make_shared<GaussianBasis>(kernel_sizes(d, s.kernel_basis));
        model.kernel_coefficients =
            Vector::Zero(model.local_basis->count() * model.covariance->local_count());
    } else if (is_regional(s)) {
        set_regions(model,
                    regions_of(model.standardisation.standardised(model.dataset->coordinates),
                               s.regions, s.local == LocalCovariance::segmented, seed));
    }
}

void set_regions(ModelState& model, const std::shared_ptr<const Regions>& regions) {
    model.covariance = make_covariance(model.specification, model.dataset->dimension(),
                                       static_cast<int>(regions->count()));
    model.coefficients = model.covariance->coefficients();
    model.local_basis = model.log_scale_basis = model.log_noise_basis = regions;
    model.log_scale_coefficients = model.log_noise_coefficients = Vector::Zero(regions->count());
}

}  // namespace anamorph
