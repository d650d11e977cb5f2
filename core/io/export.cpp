// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/export.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/io/atomic_file.h"
#include "core/io/raster.h"

namespace anamorph {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Writes a comma-separated file in blocks; it appears whole on `finish()`.
class CsvWriter {
public:
    explicit CsvWriter(const std::filesystem::path& path)
        : file_(path), stream_(std::fopen(file_.temporary().c_str(), "wb"), std::fclose) {
        if (!stream_) refuse();
    }

    void text(const std::string& cell) {
        separate();
        if (cell.find_first_of(",\"\r\n") == std::string::npos) {
            buffer_ += cell;
            return;
        }
        buffer_ += '"';
        for (const char c : cell) buffer_.append(c == '"' ? 2 : 1, c);
        buffer_ += '"';
    }

    /// 15 significant digits, or as many as give the same double back; NaN is an empty cell.
    void number(double value, bool exact = false) {
        separate();
        if (std::isnan(value)) return;
        char digits[40];
        const auto end = exact ? std::to_chars(digits, digits + sizeof digits, value)
                               : std::to_chars(digits, digits + sizeof digits, value,
                                               std::chars_format::general, 15);
        buffer_.append(digits, end.ptr);
    }

    void end_row() {
        buffer_ += '\n';
        first_ = true;
        if (buffer_.size() > (std::size_t{1} << 20)) flush();
    }

    void finish() {
        flush();
        std::FILE* stream = stream_.release();
        if (std::fclose(stream) != 0) refuse();
        file_.commit();
    }

private:
    void separate() {
        if (!first_) buffer_ += ',';
        first_ = false;
    }

    void flush() {
        if (std::fwrite(buffer_.data(), 1, buffer_.size(), stream_.get()) != buffer_.size())
            refuse();
        buffer_.clear();
    }

    [[noreturn]] void refuse() const {
        throw Error(ErrorCode::input_output,
                    "The file \"" + file_.target().string() + "\" could not be written.",
                    "Check that you may write there and that the disk is not full.");
    }

    AtomicFile file_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream_;
    std::string buffer_;
    bool first_ = true;
};

void check_values(const PredictionGrid& grid, const Vector& values) {
    if (grid.dimension() < 2)
        throw Error(ErrorCode::unsupported, "A GeoTIFF needs a map in two or three dimensions.",
                    "Export the one-dimensional prediction as CSV.");
    if (values.size() != grid.cell_count())
        throw Error(ErrorCode::dimension_mismatch,
                    "The map has " + std::to_string(values.size()) + " values for " +
                        std::to_string(grid.cell_count()) + " cells.");
}

Index levels_of(const PredictionGrid& grid) {
    return grid.dimension() == 3 ? grid.shape[2] : 1;
}

/// " at pressure_dbar = 125" for a level of a 3-D grid, else nothing.
std::string level_text(const PredictionGrid& grid, const SpatialDataset& of, Index level) {
    if (grid.dimension() < 3) return {};
    const double z = grid.origin[2] + (static_cast<double>(level) + 0.5) * grid.cell_size[2];
    char number[40];
    const auto end =
        std::to_chars(number, number + sizeof number, z, std::chars_format::general, 9);
    const std::string name = of.coordinate_names.size() > 2 ? of.coordinate_names[2] : "z";
    return " at " + name + " = " + std::string(number, end.ptr);
}

RasterBand band_of(const PredictionGrid& grid, const SpatialDataset& of, const Vector& values,
                   const std::string& name, Index level) {
    const Index cells = grid.shape[0] * grid.shape[1];
    return {name + level_text(grid, of, level), of.value_unit,
            values.segment(level * cells, cells)};
}

void write_bands(const std::filesystem::path& path, const PredictionGrid& grid,
                 const std::vector<RasterBand>& bands, const SpatialDataset& of) {
    AtomicFile file(path);
    write_raster(file.temporary(), "GTiff", RasterType::float64,
                 {"COMPRESS=DEFLATE", "PREDICTOR=3", "BIGTIFF=IF_SAFER"}, grid, bands,
                 of.coordinate_system, nan);
    file.commit();
}

/// Names of the file's own coordinates that stand beside the working ones in an exported map.
std::vector<std::string> source_names(const SpatialDataset& of) {
    if (of.coordinate_names.size() < 2) return {"longitude", "latitude"};
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

void write_geotiff(const std::filesystem::path& path, const GridMap& map,
                   const SpatialDataset& of) {
    check_values(map.grid, map.mean);
    check_values(map.grid, map.standard_deviation);
    std::vector<RasterBand> bands;
    for (Index level = 0; level < levels_of(map.grid); ++level) {
        bands.push_back(band_of(map.grid, of, map.mean, "mean", level));
        bands.push_back(band_of(map.grid, of, map.standard_deviation, "standard deviation", level));
    }
    write_bands(path, map.grid, bands, of);
}

void write_geotiff(const std::filesystem::path& path, const PredictionGrid& grid,
                   const Vector& values, const std::string& description, const SpatialDataset& of) {
    check_values(grid, values);
    std::vector<RasterBand> bands;
    for (Index level = 0; level < levels_of(grid); ++level)
        bands.push_back(band_of(grid, of, values, description, level));
    // Anything but the variable itself has another unit, or none.
    for (RasterBand& band : bands) band.unit.clear();
    write_bands(path, grid, bands, of);
}

void write_map_csv(const std::filesystem::path& path, const GridMap& map,
                   const SpatialDataset& of) {
    const Index cells = map.grid.cell_count();
    if (map.mean.size() != cells || map.standard_deviation.size() != cells)
        throw Error(ErrorCode::dimension_mismatch, "The map's values do not fit its grid.");
    const std::vector<Index> active = map.grid.active_cells();
    const Points centres = map.grid.centres()(active, Eigen::all);
    const bool projected = of.coordinate_system.is_projected_from_source();
    const Points source = projected ? of.coordinate_system.source_from_working(centres) : Points();
    CsvWriter csv(path);
    if (projected)
        for (const std::string& name : source_names(of)) csv.text(name);
    for (const std::string& name : working_names(of, map.grid.dimension())) csv.text(name);
    csv.text("mean");
    csv.text("sd");
    csv.end_row();
    for (Index i = 0; i < centres.rows(); ++i) {
        const Index cell = active[static_cast<std::size_t>(i)];
        if (projected)
            for (Index axis = 0; axis < 2; ++axis) csv.number(source(i, axis));
        for (Index axis = 0; axis < centres.cols(); ++axis) csv.number(centres(i, axis));
        csv.number(map.mean[cell]);
        csv.number(map.standard_deviation[cell]);
        csv.end_row();
    }
    csv.finish();
}

void write_predictions_csv(const std::filesystem::path& path, const Table& table,
                           const Prediction& prediction) {
    if (prediction.mean.size() != table.rows() || prediction.variance.size() != table.rows())
        throw Error(ErrorCode::dimension_mismatch,
                    "There are " + std::to_string(prediction.mean.size()) + " predictions for " +
                        std::to_string(table.rows()) + " rows.");
    const bool taken = table.find("mean") >= 0 || table.find("sd") >= 0;
    CsvWriter csv(path);
    for (const TableColumn& column : table.columns) csv.text(column.name);
    csv.text(taken ? "predicted_mean" : "mean");
    csv.text(taken ? "predicted_sd" : "sd");
    csv.end_row();
    for (Index row = 0; row < table.rows(); ++row) {
        for (const TableColumn& column : table.columns) {
            if (column.numeric)
                csv.number(column.numbers[static_cast<std::size_t>(row)], true);
            else
                csv.text(column.texts[static_cast<std::size_t>(row)]);
        }
        csv.number(prediction.mean[row]);
        csv.number(std::sqrt(prediction.variance[row]));
        csv.end_row();
    }
    csv.finish();
}

void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const Matrix& columns) {
    if (static_cast<Index>(names.size()) != columns.cols())
        throw Error(ErrorCode::dimension_mismatch,
                    "There are " + std::to_string(names.size()) + " names for " +
                        std::to_string(columns.cols()) + " columns.");
    CsvWriter csv(path);
    for (const std::string& name : names) csv.text(name);
    csv.end_row();
    for (Index row = 0; row < columns.rows(); ++row) {
        for (Index column = 0; column < columns.cols(); ++column) csv.number(columns(row, column));
        csv.end_row();
    }
    csv.finish();
}

}  // namespace anamorph
