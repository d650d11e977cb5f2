// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <vector>

#include "core/fit/fitted_model.h"
#include "core/fit/warnings.h"
#include "core/likelihood/shared_places.h"

namespace anamorph {

namespace {

constexpr Index fewest_values = 5;  // at a place, for its mean to tell
constexpr double largest_ratio = 2.0;

}  // namespace

/// Realisations are taken to be independent: the mean of a place's m standardised leave-one-out errors has
/// variance 1/m then. Where places are missed in the same direction again and again it is larger.
std::optional<std::string> persistent_sites_warning(const FittedModel& m) {
    const SpatialDataset& data = m.dataset();
    const Vector& r = m.leave_one_out_residuals();
    if (!data.has_realisations() || r.size() != data.size()) return std::nullopt;
    const Places places = places_of(data.coordinates);
    const Index count = places.points.rows();
    Vector sum = Vector::Zero(count), values = Vector::Zero(count);
    for (Index i = 0; i < r.size(); ++i) {
        const Index p = places.of_site[static_cast<std::size_t>(i)];
        sum(p) += r(i);
        values(p) += 1.0;
    }
    double ratio = 0.0;
    Index told = 0;
    for (Index p = 0; p < count; ++p) {
        if (values(p) < static_cast<double>(fewest_values)) continue;
        ratio += sum(p) * sum(p) / values(p);
        ++told;
    }
    if (told < fewest_values) return std::nullopt;
    ratio /= static_cast<double>(told);
    if (!(ratio > largest_ratio)) return std::nullopt;
    return "Sites differ persistently: over the realisations their values are missed in the same direction, by " +
           fixed_number(ratio, 1) +
           " times the variance that independent realisations have. A deformation may imitate such differences; "
           "a covariate that explains them, or the departures from each site's own mean, serve it better.";
}

}  // namespace anamorph
