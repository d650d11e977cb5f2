// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ui/scenes/display_frame.h"
#include "ui/scenes/layer_settings.h"
#include "ui/scenes/scene_theme.h"
#include "ui/scenes/site_raster.h"
#include "ui/scenes/spaces_snapshot.h"
#include "ui/scenes/view_camera.h"

class vtkRenderer;

namespace anamorph {

/// One of the two spaces as a VTK scene: map, grid lines, ellipses, probe, sites and selection. It
/// owns a renderer and no window. Changes update arrays in place; nothing is drawn until the
/// renderer's window renders.
class SpaceScene {
public:
    explicit SpaceScene(Space space);
    ~SpaceScene();
    SpaceScene(const SpaceScene&) = delete;
    SpaceScene& operator=(const SpaceScene&) = delete;

    [[nodiscard]] vtkRenderer* renderer() const;

    void set_snapshot(std::shared_ptr<const SpacesSnapshot> snapshot);  ///< may be null
    void set_layers(const LayerSettings& layers);
    void set_theme(const SceneTheme& theme);
    void set_selection(const std::vector<Index>& rows);
    /// The point (1×d, deformed coordinates) whose correlation contours are drawn; none hides them.
    void set_probe(const std::optional<Points>& u_in_deformed);
    /// Outline of the local ellipse under the pointer, at its true size; none hides it.
    void set_pointer_ellipse(const std::optional<PointsInBoth>& outline);
    /// `pixel_ratio`: device pixels a logical pixel.
    void set_camera(const ViewCamera& camera, double pixel_ratio);

    [[nodiscard]] const DisplayFrame& frame() const;
    /// Where this space shows one site (row of the data set), display coordinates.
    [[nodiscard]] Eigen::Vector3d site_position(Index row) const;
    /// Display coordinates of the sites that are drawn, as this space shows them, rows×3.
    [[nodiscard]] const Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor>& site_positions() const;
    /// Box of what is drawn, display coordinates.
    void bounds(Eigen::Vector3d& lower, Eigen::Vector3d& upper) const;
    /// Set where this scene holds only a part of the sites, for speed: what draw_sites needs to draw
    /// all of them over it once the camera rests. Empty where every site is in the scene.
    [[nodiscard]] std::optional<SiteRasterRequest> all_sites(const ViewCamera& camera, double pixel_ratio) const;
    /// Counts changes of places, colours and selection of the sites.
    [[nodiscard]] long sites_version() const;
    /// The site nearest to a pixel, within `tolerance` pixels; −1 if there is none.
    [[nodiscard]] Index pick(const ViewCamera& camera, const Pixel& pixel, double tolerance) const;
    /// Sites whose pixels lie in the rectangle, ascending.
    [[nodiscard]] std::vector<Index> pick_in(const ViewCamera& camera, const Pixel& first,
                                             const Pixel& last) const;

private:
    struct Parts;
    void place();   ///< positions of everything, after a snapshot or a morph
    void colour();  ///< colours of everything, after a snapshot, layers or theme
    void colour_map();  ///< colours of what fills the map
    std::unique_ptr<Parts> parts_;
};

/// Whether the quantity that is to fill the map is there.
[[nodiscard]] bool fills_map(const SpacesSnapshot& snapshot, const LayerSettings& layers);
/// The quantile or probability that fills the map; null for another fill or where there is none.
[[nodiscard]] const FurtherLayer* further_layer(const SpacesSnapshot& snapshot, const LayerSettings& layers);
/// Whether the fill has the colours of the values, so that sites have them, too.
[[nodiscard]] bool shows_values(const SpacesSnapshot& snapshot, const LayerSettings& layers);
/// The colour scale that sites and map share under these settings, or that of the fill.
[[nodiscard]] ColourScale colour_scale_of(const SpacesSnapshot& snapshot,
                                          const LayerSettings& layers);
/// The scale of log|det J|, for grid lines.
[[nodiscard]] ColourScale log_det_scale_of(const SpacesSnapshot& snapshot);

}  // namespace anamorph
