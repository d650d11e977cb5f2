// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/map_csv.h"

#include "core/base/error.h"
#include "core/data/time_axis.h"

namespace anamorph {

namespace {

/// Names of the file's own coordinates that stand beside the working ones in an exported map.
std::vector<std::string> source_names(const SpatialDataset& of) {
    if (of.coordinate_names.size() < 2) return {"longitude", "latitude"};  // made by a program
    return {of.coordinate_names[0], of.coordinate_names[1]};
}

std::vector<std::string> working_names(const SpatialDataset& of, int dimension) {
    const std::string unit =
        of.coordinate_system.unit.empty() ? std::string() : "_" + of.coordinate_system.unit;
    std::vector<std::string> names;
    for (int axis = 0; axis < dimension; ++axis) {
        const bool own = !of.coordinate_system.is_projected_from_source() || axis == 2;
        if (own && static_cast<std::size_t>(axis) < of.coordinate_names.size())
            names.push_back(of.coordinate_names[static_cast<std::size_t>(axis)]);
        else
            names.push_back(std::string(1, static_cast<char>('x' + axis)) + unit);
    }
    return names;
}

}  // namespace

MapCsv::MapCsv(const std::filesystem::path& path, const PredictionGrid& grid,
               const SpatialDataset& of, const std::vector<std::string>& columns)
    : grid_(grid),
      system_(of.coordinate_system),
      time_unit_(of.time_unit),
      columns_(static_cast<Index>(columns.size())),
      csv_(path) {
    if (system_.is_projected_from_source())
        for (const std::string& name : source_names(of)) csv_.text(name);
    if (!system_.chordal)
        for (const std::string& name : working_names(of, grid.dimension())) csv_.text(name);
    else if (grid.times.size() > 0)
        csv_.text(of.coordinate_names.size() > 2 ? of.coordinate_names[2] : "time");
    for (const std::string& name : columns) csv_.text(name);
    csv_.end_row();
}

void MapCsv::write(const GridTile& tile, const Matrix& values) {
    if (values.rows() != tile.cell_count() || values.cols() != columns_)
        throw Error(ErrorCode::dimension_mismatch, "The map's values do not fit its grid.");
    const GridTile::ActiveCells active = tile.active_cells(grid_);
    if (active.of_tile.empty()) return;
    const Points centres = tile.centres(grid_)(active.of_tile, Eigen::all);
    const bool projected = system_.is_projected_from_source() && !system_.chordal;
    const Index time = grid_.times.size() > 0 ? centres.cols() - 1 : -1;
    const Points source = projected ? system_.source_from_working(centres) : Points();
    for (Index i = 0; i < centres.rows(); ++i) {
        if (projected)
            for (Index axis = 0; axis < 2; ++axis) csv_.number(source(i, axis));
        for (Index axis = 0; axis < centres.cols(); ++axis) {
            if (axis == time && is_calendar(time_unit_))
                csv_.text(iso_from_days(centres(i, axis)));
            else
                csv_.number(centres(i, axis));
        }
        const Index row = active.of_tile[static_cast<std::size_t>(i)];
        for (Index k = 0; k < columns_; ++k) csv_.number(values(row, k));
        csv_.end_row();
    }
}

}  // namespace anamorph
