// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <unordered_map>

#include "ui/scenes/snapshot_parts.h"

namespace anamorph {
namespace {

/// Collects cells of axis-parallel sections through a grid; corners are shared between cells.
class SectionCollector {
public:
    explicit SectionCollector(const GridMap& map) : map_(map), grid_(map.grid) {}

    /// Adds the cells in the plane of axes `a` and `b`; d = 3: through the middle of axis `fixed`.
    void add_section(int a, int b, int fixed) {
        corner_ids_.clear();
        const Index na = shape(a), nb = shape(b);
        const Index layer = fixed >= 0 ? shape(fixed) / 2 : 0;
        for (Index j = 0; j < nb; ++j) {
            for (Index i = 0; i < na; ++i) {
                const Index flat = i * stride(a) + j * stride(b) + (fixed >= 0 ? layer * stride(fixed) : 0);
                if (!std::isfinite(map_.mean(flat))) continue;
                if (!grid_.mask.empty() && !grid_.mask[static_cast<std::size_t>(flat)]) continue;
                std::array<Index, 4> cell{};
                const std::array<std::array<Index, 2>, 4> around{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}};
                for (std::size_t c = 0; c < 4; ++c)
                    cell[c] = corner(i + around[c][0], j + around[c][1], na + 1, a, b, fixed, layer);
                mesh.cells.push_back(cell);
                mesh.grid_cells.push_back(flat);
            }
        }
    }

    MapMesh finish(const SpatialMapSource& source) {
        const auto m = static_cast<Index>(positions_.size());
        Points x(m, grid_.dimension());
        for (Index i = 0; i < m; ++i) x.row(i) = positions_[static_cast<std::size_t>(i)].transpose();
        mesh.log_abs_det = m > 0 ? source.log_abs_det_jacobian(x) : Vector();
        mesh.corners = in_both(source, std::move(x));
        mesh.mean = corner_means(mesh, map_.mean);
        mesh.standard_deviation = corner_means(mesh, map_.standard_deviation);
        for (const FurtherLayer& layer : map_.further) mesh.further.push_back(corner_means(mesh, layer.values));
        return std::move(mesh);
    }

    MapMesh mesh;

private:
    Index shape(int axis) const { return grid_.shape[static_cast<std::size_t>(axis)]; }
    Index stride(int axis) const {
        Index s = 1;
        for (int a = 0; a < axis; ++a) s *= shape(a);
        return s;
    }
    Index corner(Index i, Index j, Index per_row, int a, int b, int fixed, Index layer) {
        const auto [entry, is_new] =
            corner_ids_.try_emplace(i + per_row * j, static_cast<Index>(positions_.size()));
        if (is_new) {
            Vector position(grid_.dimension());
            position(a) = grid_.origin(a) + static_cast<double>(i) * grid_.cell_size(a);
            position(b) = grid_.origin(b) + static_cast<double>(j) * grid_.cell_size(b);
            if (fixed >= 0)
                position(fixed) = grid_.origin(fixed) +
                                  (static_cast<double>(layer) + 0.5) * grid_.cell_size(fixed);
            positions_.push_back(std::move(position));
        }
        return entry->second;
    }

    const GridMap& map_;
    const PredictionGrid& grid_;
    std::unordered_map<Index, Index> corner_ids_;
    std::vector<Vector> positions_;
};

}  // namespace

Vector corner_means(const MapMesh& mesh, const Eigen::Ref<const Vector>& values) {
    Vector sums = Vector::Zero(mesh.corners.size()), counts = sums;
    for (std::size_t k = 0; k < mesh.cells.size(); ++k)
        for (const Index corner : mesh.cells[k]) {
            sums(corner) += values(mesh.grid_cells[k]);
            counts(corner) += 1.0;
        }
    return sums.cwiseQuotient(counts);
}

MapMesh build_map_mesh(const SpatialMapSource& source, const GridMap& map) {
    SectionCollector sections(map);
    if (map.grid.dimension() == 2) {
        sections.add_section(0, 1, -1);
    } else {
        sections.add_section(0, 1, 2);
        sections.add_section(0, 2, 1);
        sections.add_section(1, 2, 0);
    }
    return sections.finish(source);
}

}  // namespace anamorph
