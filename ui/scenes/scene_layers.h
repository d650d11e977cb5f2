// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include <vtkActor.h>
#include <vtkNew.h>
#include <vtkPointGaussianMapper.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>

#include "core/base/types.h"
#include "ui/scenes/scene_theme.h"

namespace anamorph {

using DisplayPositions = Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor>;
using ColourTable = std::vector<Rgb>;  ///< one colour a point

/// Lines or quadrilaterals with one colour, or a colour a point. Positions and colours are written
/// into the same arrays as long as their number stays.
class GeometryLayer {
public:
    GeometryLayer();
    void set_positions(const DisplayPositions& positions);
    /// Polylines: line k takes the points from starts[k] up to starts[k + 1].
    void set_lines(const std::vector<Index>& starts);
    void set_quads(const std::vector<std::array<Index, 4>>& cells);
    void set_colours(const ColourTable& colours);  ///< empty: one colour
    void set_colour(const Rgb& colour, double opacity);
    void set_line_width(double device_pixels);
    void set_visible(bool visible);
    [[nodiscard]] vtkActor* actor() const { return actor_; }
    [[nodiscard]] bool is_empty() const { return data_->GetNumberOfCells() == 0; }

private:
    vtkNew<vtkPolyData> data_;
    vtkNew<vtkPolyDataMapper> mapper_;
    vtkNew<vtkActor> actor_;
    std::vector<Index> line_starts_;
};

/// How a sprite looks: a disc with an outline, sizes in logical pixels.
struct SpriteStyle {
    double radius = 3.2;
    double outline = 1.0;
    Rgb outline_colour{};
    double outline_opacity = 1.0;
    double halo = 0.0;  ///< width of a ring around the outline, within the radius
    Rgb halo_colour{};
    double fill_opacity = 1.0;

    bool operator==(const SpriteStyle&) const = default;
};

/// Sites as anti-aliased discs of constant size on the screen, drawn by a fragment shader.
class SpriteLayer {
public:
    SpriteLayer();
    void set_positions(const DisplayPositions& positions);
    void set_colours(const ColourTable& colours);
    void set_style(const SpriteStyle& style);
    /// Call when the camera or the pixel ratio changes.
    void set_units_per_pixel(double units_per_pixel);
    void set_visible(bool visible);
    [[nodiscard]] vtkActor* actor() const { return actor_; }

private:
    vtkNew<vtkPolyData> data_;
    vtkNew<vtkPointGaussianMapper> mapper_;
    vtkNew<vtkActor> actor_;
    SpriteStyle style_;
    bool styled_ = false;
};

}  // namespace anamorph
