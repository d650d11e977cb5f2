// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include <vtkNew.h>
#include <vtkRenderer.h>

#include "ui/scenes/scene_layers.h"
#include "ui/scenes/space_scene.h"

namespace anamorph {

// Layers of two-dimensional data lie at these heights above the map, so that none hides another.
enum SceneHeight { map_height, grid_height, ellipse_height, probe_height, site_height, selection_height };
inline constexpr double height_step = 1e-3;

/// What a scene is made of: its layers, and what they show.
struct SpaceScene::Parts {
    explicit Parts(Space s) : space(s) {
        renderer->SetBackgroundAlpha(1.0);
        for (auto* layer : {&map, &simulated, &box, &grid, &border_halo, &borders, &ellipses, &probe_halo, &probe, &pointer_ellipse})
            renderer->AddActor(layer->actor());
        renderer->AddActor(sites.actor());
        renderer->AddActor(present.actor());
        renderer->AddActor(selected.actor());
    }

    [[nodiscard]] double weight() const { return space == Space::geographic ? 0.0 : layers.morph; }
    [[nodiscard]] DisplayPositions positions(const PointsInBoth& points, SceneHeight height) const {
        const Points shown = between(points, weight());
        DisplayPositions display(shown.rows(), 3);
        for (Index i = 0; i < shown.rows(); ++i) display.row(i) = frame.to_display(shown, i).transpose();
        if (frame.dimension() == 2) display.col(2).setConstant(height_step * static_cast<int>(height));
        return display;
    }
    void show_layers();
    void place_box();
    void place_borders();
    void place_selection();
    /// Where one site is shown, display coordinates; `row` of the data set.
    [[nodiscard]] Eigen::Vector3d site_position(Index row) const {
        const double w = weight();
        Eigen::Vector3d display = Eigen::Vector3d::Zero();
        for (int a = 0; a < frame.dimension(); ++a) {
            double x = (1.0 - w) * snapshot->sites.in_geographic(row, a);
            if (w > 0.0) x += w * snapshot->sites.in_deformed(row, a);
            display(a) = (x - frame.centre(a)) * frame.scale(a);
        }
        return display;
    }
    /// Has `row` of the data set a place in this snapshot?
    [[nodiscard]] bool has_site(Index row) const {
        return snapshot && row >= 0 && row < snapshot->sites.size() &&
               (snapshot->all_sites_placed || weight() == 0.0 || std::isfinite(snapshot->sites.in_deformed(row, 0)));
    }

    Space space;
    vtkNew<vtkRenderer> renderer;
    GeometryLayer map, simulated, box, grid, border_halo, borders, ellipses, probe_halo, probe, pointer_ellipse;
    SpriteLayer sites, selected;
    SpriteLayer present;  ///< space with time: sites about the time that is shown

    std::shared_ptr<const SpacesSnapshot> snapshot;
    LayerSettings layers;
    SceneTheme theme;
    DisplayFrame frame;
    DisplayPositions site_positions{0, 3};
    SpriteStyle site_style, ring_style;
    std::vector<Index> selection;
    std::vector<Index> ringed;  ///< the part of the selection that is drawn
    long sites_version = 0;
    std::optional<Points> probe_at;
    std::optional<PointsInBoth> pointer_outline;
    Eigen::Vector3d lower = Eigen::Vector3d::Constant(-1.0), upper = Eigen::Vector3d::Constant(1.0);
};

}  // namespace anamorph
