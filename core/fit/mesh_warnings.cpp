// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/fit/model_state.h"
#include "core/fit/warnings.h"
#include "core/likelihood/mesh.h"

namespace anamorph {

namespace {

constexpr double longest_spacing = 0.5;  // of the mesh, in ranges
constexpr double narrowest_border = 1.0;

/// Median spacing of the mesh's lines within the sites' box, in deformed space (range 1).
double median_spacing(const Mesh& mesh, const Points& deformed, const Vector& low, const Vector& high) {
    const int d = mesh.dimension();
    std::vector<double> longest;
    for (Index e = 0; e < mesh.simplex_count(); ++e) {
        const std::int32_t* corner = mesh.simplices().data() + e * (d + 1);
        bool inside = true;
        double edge = 0.0;
        for (int i = 0; i <= d; ++i) {
            for (int j = 0; j < d; ++j) {
                const double x = mesh.vertices()(corner[i], j);
                inside = inside && x > low(j) - 1e-9 && x < high(j) + 1e-9;
            }
            for (int j = 0; j < i; ++j)
                edge = std::max(edge, (deformed.row(corner[i]) - deformed.row(corner[j])).norm());
        }
        if (inside) longest.push_back(edge);
    }
    if (longest.empty()) return 0.0;
    const auto middle = longest.begin() + static_cast<std::ptrdiff_t>(longest.size() / 2);
    std::nth_element(longest.begin(), middle, longest.end());
    return *middle / std::sqrt(static_cast<double>(d));
}

/// Smallest width of the border in deformed space, measured outwards from the middle of each side.
double border_width(const Deformation& deformation, const Vector& low, const Vector& high, double width) {
    const Index d = low.size();
    double narrowest = 1e300;
    for (Index j = 0; j < d; ++j)
        for (const double side : {-1.0, 1.0}) {
            Points ends = (0.5 * (low + high)).transpose().replicate(2, 1);
            ends(0, j) = side < 0.0 ? low(j) : high(j);
            ends(1, j) = ends(0, j) + side * width;
            const Points u = deformation.forward(ends);
            narrowest = std::min(narrowest, (u.row(1) - u.row(0)).norm());
        }
    return narrowest;
}

}  // namespace

std::vector<std::string> mesh_warnings(const FittedModel& model) {
    const ModelState& s = model.state();
    std::vector<std::string> out;
    if (s.specification.likelihood.kind != LikelihoodKind::spde) return out;
    const LikelihoodOptions options = s.likelihood_options();
    const Points sites = s.standardisation.standardised(s.dataset->coordinates);
    const Mesh mesh(sites, options.mesh_edge, options.mesh_border);
    const Vector low = sites.colwise().minCoeff(), high = sites.colwise().maxCoeff();
    const double spacing = median_spacing(mesh, s.deformation->forward(mesh.vertices()), low, high);
    if (spacing > longest_spacing)
        out.push_back("The mesh of the SPDE is coarse: its lines are " + fixed_number(spacing, 2) +
                      " ranges apart, and variance and range are biased. Give a shorter mesh edge, or "
                      "use another likelihood.");
    const double border = border_width(*s.deformation, low, high,
                                       options.mesh_border * (high - low).maxCoeff());
    if (border < narrowest_border)
        out.push_back("The border of the SPDE's mesh is only " + fixed_number(border, 2) +
                      " ranges wide, and variances near the edge of the data are too large. Give a "
                      "wider mesh border.");
    return out;
}

}  // namespace anamorph
