// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/site_picking.h"

#include <algorithm>

#include "ui/scenes/site_locator.h"
#include "ui/scenes/site_projection.h"

namespace anamorph {
namespace {

/// The locator of the positions that the view shows, if there is one; `points` are those positions.
const SiteLocator* locator_of(const SitesInView& view, const Points*& points) {
    const SpacesSnapshot& s = view.snapshot;
    points = view.weight == 0.0 ? &s.sites.in_geographic : &s.sites.in_deformed;
    return view.weight == 0.0   ? s.locator_in_geographic.get()
           : view.weight == 1.0 ? s.locator_in_deformed.get()
                                : nullptr;
}

/// Of measurements at one place the one of the time or realisation that is shown.
Index present_at(const SpacesSnapshot& s, Index site) {
    const auto& present = s.present_sites;
    if (site < 0 || !present || std::binary_search(present->begin(), present->end(), site)) return site;
    for (const Index other : *present)
        if (s.sites.in_geographic.row(other) == s.sites.in_geographic.row(site)) return other;
    return site;
}

}  // namespace

Index pick_site(const SitesInView& view, const Pixel& pixel, double tolerance) {
    const Points* points = nullptr;
    if (const SiteLocator* locator = locator_of(view, points)) {
        const Points at = view.frame.from_display(view.camera.unproject(pixel));
        const Eigen::Vector2d scale(view.frame.scale(0), view.frame.scale(1));
        return present_at(view.snapshot, locator->nearest(*points, at.row(0).transpose(),
                                                          scale / view.camera.units_per_pixel, tolerance));
    }
    const bool solid = view.frame.dimension() == 3;
    const SiteProjection project(view.snapshot.sites, view.frame, view.weight, view.camera);
    Index best = -1;
    double best_score = tolerance * tolerance;
    double best_depth = -1e300;
    for (Index i = 0; i < view.snapshot.sites.size(); ++i) {
        const Eigen::Vector3d at = project(i);
        const double score = (at.head<2>() - pixel).squaredNorm();
        if (!(score <= best_score)) continue;  // also a site without a place
        const double depth = solid ? at.z() : 0.0;
        if (score == best_score && depth <= best_depth) continue;
        best = i;
        best_score = score;
        best_depth = depth;
    }
    return present_at(view.snapshot, best);
}

std::vector<Index> pick_sites_in(const SitesInView& view, const Pixel& first, const Pixel& last) {
    const Eigen::Array2d lower = first.cwiseMin(last).array(), upper = first.cwiseMax(last).array();
    const Points* points = nullptr;
    if (const SiteLocator* locator = locator_of(view, points)) {  // seen from above: x to the right, y up
        const Points low = view.frame.from_display(view.camera.unproject({lower.x(), upper.y()}));
        const Points high = view.frame.from_display(view.camera.unproject({upper.x(), lower.y()}));
        return locator->within(*points, low.row(0).transpose(), high.row(0).transpose());
    }
    std::vector<Index> rows;
    const SiteProjection project(view.snapshot.sites, view.frame, view.weight, view.camera);
    for (Index i = 0; i < view.snapshot.sites.size(); ++i) {
        const Eigen::Array2d pixel = project(i).head<2>().array();
        if ((pixel >= lower).all() && (pixel <= upper).all()) rows.push_back(i);
    }
    return rows;
}

}  // namespace anamorph
