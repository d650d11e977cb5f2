// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/scene_layers.h"

#include <cmath>
#include <sstream>

#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkProperty.h>
#include <vtkUnsignedCharArray.h>

namespace anamorph {
namespace {

void write_positions(vtkPolyData* data, const DisplayPositions& positions) {
    auto* points = data->GetPoints();
    if (points == nullptr) {
        vtkNew<vtkPoints> fresh;
        fresh->SetDataTypeToFloat();
        data->SetPoints(fresh);
        points = fresh;
    }
    if (points->GetNumberOfPoints() != positions.rows()) points->SetNumberOfPoints(positions.rows());
    auto* array = vtkFloatArray::SafeDownCast(points->GetData());
    float* out = array->GetPointer(0);
    const double* in = positions.data();
    for (Index i = 0; i < positions.size(); ++i) out[i] = static_cast<float>(in[i]);
    array->Modified();
    points->Modified();
    data->Modified();
}

void write_colours(vtkPolyData* data, const ColourTable& colours) {
    auto* array = vtkUnsignedCharArray::SafeDownCast(data->GetPointData()->GetScalars());
    if (array == nullptr) {
        vtkNew<vtkUnsignedCharArray> fresh;
        fresh->SetNumberOfComponents(3);
        fresh->SetName("colour");
        data->GetPointData()->SetScalars(fresh);
        array = fresh;
    }
    array->SetNumberOfTuples(static_cast<vtkIdType>(colours.size()));
    unsigned char* out = array->GetPointer(0);
    for (const Rgb& colour : colours)
        for (const double c : colour) *out++ = static_cast<unsigned char>(std::lround(255.0 * c));
    array->Modified();
    data->Modified();
}

void make_flat(vtkActor* actor) {
    actor->GetProperty()->LightingOff();
    actor->PickableOff();
}

}  // namespace

GeometryLayer::GeometryLayer() {
    mapper_->SetInputData(data_);
    mapper_->SetScalarModeToUsePointData();
    mapper_->ScalarVisibilityOff();
    actor_->SetMapper(mapper_);
    make_flat(actor_);
}

void GeometryLayer::set_positions(const DisplayPositions& positions) {
    write_positions(data_, positions);
}

void GeometryLayer::set_lines(const std::vector<Index>& starts) {
    if (starts == line_starts_) return;
    line_starts_ = starts;
    vtkNew<vtkCellArray> lines;
    for (std::size_t k = 0; k + 1 < starts.size(); ++k) {
        lines->InsertNextCell(static_cast<int>(starts[k + 1] - starts[k]));
        for (Index i = starts[k]; i < starts[k + 1]; ++i) lines->InsertCellPoint(i);
    }
    data_->SetLines(lines);
}

void GeometryLayer::set_quads(const std::vector<std::array<Index, 4>>& cells) {
    vtkNew<vtkCellArray> triangles;
    for (const auto& c : cells) {
        const vtkIdType first[3] = {c[0], c[1], c[2]}, second[3] = {c[0], c[2], c[3]};
        triangles->InsertNextCell(3, first);
        triangles->InsertNextCell(3, second);
    }
    data_->SetPolys(triangles);
}

void GeometryLayer::set_colours(const ColourTable& colours) {
    if (!colours.empty()) write_colours(data_, colours);
    mapper_->SetScalarVisibility(!colours.empty());
}

void GeometryLayer::set_colour(const Rgb& colour, double opacity) {
    actor_->GetProperty()->SetColor(colour[0], colour[1], colour[2]);
    actor_->GetProperty()->SetOpacity(opacity);
}

void GeometryLayer::set_line_width(double device_pixels) {
    actor_->GetProperty()->SetLineWidth(static_cast<float>(device_pixels));
}

void GeometryLayer::set_visible(bool visible) { actor_->SetVisibility(visible && !is_empty()); }

SpriteLayer::SpriteLayer() {
    mapper_->SetInputData(data_);
    mapper_->EmissiveOff();
    mapper_->SetScalarModeToUsePointData();
    mapper_->SetTriangleScale(1.0F);
    mapper_->ScalarVisibilityOn();
    actor_->SetMapper(mapper_);
    make_flat(actor_);
    actor_->ForceTranslucentOn();
}

void SpriteLayer::set_positions(const DisplayPositions& positions) {
    write_positions(data_, positions);
}

void SpriteLayer::set_colours(const ColourTable& colours) { write_colours(data_, colours); }

void SpriteLayer::set_style(const SpriteStyle& style) {
    if (styled_ && style == style_) return;
    style_ = style;
    styled_ = true;
    // The sprite's triangle circumscribes the unit disc; `r` is the distance from its centre.
    std::ostringstream code;
    code << "//VTK::Color::Impl\n"
         << "float r = length(offsetVCVSOutput.xy);\n"
         << "float soft = max(fwidth(r), 1e-4);\n"
         << "float cover = 1.0 - smoothstep(1.0 - soft, 1.0, r);\n"
         << "float ring = smoothstep(-0.5, 0.5, (r - " << 1.0 - (style.outline + style.halo) / style.radius
         << ") / soft);\n"
         << "float halo = smoothstep(-0.5, 0.5, (r - " << 1.0 - style.halo / style.radius << ") / soft);\n"
         << "diffuseColor = mix(diffuseColor, vec3(" << style.outline_colour[0] << ", "
         << style.outline_colour[1] << ", " << style.outline_colour[2] << "), ring);\n";
    if (style.halo > 0.0)
        code << "diffuseColor = mix(diffuseColor, vec3(" << style.halo_colour[0] << ", "
             << style.halo_colour[1] << ", " << style.halo_colour[2] << "), halo);\n";
    code << "ambientColor = vec3(0.0);\n"
         << "opacity = cover * mix(" << style.fill_opacity + 1e-4 << ", " << style.outline_opacity + 1e-4
         << ", ring);\n"
         << "if (opacity < 0.004) discard;\n";
    mapper_->SetSplatShaderCode(code.str().c_str());
    mapper_->Modified();
}

void SpriteLayer::set_units_per_pixel(double units_per_pixel) {
    const double radius = style_.radius * units_per_pixel;
    if (mapper_->GetScaleFactor() != radius) mapper_->SetScaleFactor(radius);
}

void SpriteLayer::set_visible(bool visible) {
    actor_->SetVisibility(visible && data_->GetNumberOfPoints() > 0);
}

}  // namespace anamorph
