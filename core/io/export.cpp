// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/export.h"

#include <limits>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/io/atomic_file.h"
#include "core/io/csv_writer.h"
#include "core/io/map_csv.h"
#include "core/io/raster.h"
#include "core/io/tiled_raster.h"

namespace anamorph {

namespace {

void check_values(const PredictionGrid& grid, const Vector& values) {
    if (grid.dimension() < 2 || (grid.dimension() == 2 && grid.times.size() > 0))
        throw Error(ErrorCode::unsupported, "A GeoTIFF needs a map in two or three dimensions.",
                    "Export a prediction on a line, also at several times, as CSV.");
    if (values.size() != grid.cell_count())
        throw Error(ErrorCode::dimension_mismatch,
                    "The map has " + std::to_string(values.size()) + " values for " +
                        std::to_string(grid.cell_count()) + " cells.");
}

Index levels_of(const PredictionGrid& grid) {
    return grid.dimension() == 3 ? grid.shape[2] : 1;
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
                 of.coordinate_system, missing_value);
    file.commit();
}

/// All rows of a map, a few rows of cells at a time.
void write_rows(MapCsv& csv, const PredictionGrid& grid, const Matrix& values) {
    for (const GridTile& tile : row_tiles(grid, 50'000))
        csv.write(tile, values.middleRows(tile.cell_of(grid, 0), tile.cell_count()));
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
        for (const FurtherLayer& layer : map.further) {
            check_values(map.grid, layer.values);
            bands.push_back(band_of(map.grid, of, layer.values, layer.title(of.value_unit), level));
            if (!layer.in_value_unit()) bands.back().unit.clear();
        }
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
    std::vector<std::string> names = {"mean", "sd"};
    for (const FurtherLayer& layer : map.further) names.push_back(layer.short_name());
    MapCsv csv(path, map.grid, of, names);
    Matrix values(cells, static_cast<Index>(names.size()));
    values.col(0) = map.mean;
    values.col(1) = map.standard_deviation;
    for (std::size_t k = 0; k < map.further.size(); ++k) {
        if (map.further[k].values.size() != cells)
            throw Error(ErrorCode::dimension_mismatch, "The map's values do not fit its grid.");
        values.col(static_cast<Index>(k) + 2) = map.further[k].values;
    }
    write_rows(csv, map.grid, values);
    csv.commit();
}

void write_draws_csv(const std::filesystem::path& path, const PredictionGrid& grid,
                     const Matrix& values, const std::vector<std::string>& names,
                     const SpatialDataset& of) {
    if (values.rows() != grid.cell_count())
        throw Error(ErrorCode::dimension_mismatch, "The simulations do not fit their grid.");
    MapCsv csv(path, grid, of, names);
    write_rows(csv, grid, values);
    csv.commit();
}

void write_draws_geotiff(const std::filesystem::path& path, const PredictionGrid& grid,
                         const Matrix& values, const std::vector<std::string>& names,
                         const SpatialDataset& of, std::size_t without_unit) {
    if (values.rows() != grid.cell_count() || values.cols() != static_cast<Index>(names.size()))
        throw Error(ErrorCode::dimension_mismatch, "The simulations do not fit their grid.");
    std::vector<LayerName> layers;
    for (const std::string& name : names)
        layers.push_back({name, layers.size() + without_unit < names.size()});
    TiledRaster raster(path, grid, layers, of);
    Vector part;
    for (const GridTile& tile : square_tiles(grid, TiledRaster::block_edge))
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
            part.resize(tile.cell_count());
            for (Index i = 0; i < part.size(); ++i)
                part(i) = values(tile.cell_of(grid, i), static_cast<Index>(layer));
            raster.write(tile, layer, part);
        }
    raster.commit();
}

void write_predictions_csv(const std::filesystem::path& path, const Table& table,
                           const Prediction& prediction, const PredictOptions& options) {
    const Index q = prediction.quantiles.cols(), t = prediction.exceedance.cols();
    const std::vector<FurtherLayer> layers = further_layers(options);
    if (prediction.mean.size() != prediction.variance.size() ||
        static_cast<Index>(layers.size()) != q + t)
        throw Error(ErrorCode::dimension_mismatch, "The parts of a prediction differ in number.");
    Matrix values(prediction.mean.size(), 2 + q + t);
    values.col(0) = prediction.mean;
    values.col(1) = prediction.variance.cwiseSqrt();
    if (q > 0) values.middleCols(2, q) = prediction.quantiles;
    if (t > 0) values.rightCols(t) = prediction.exceedance;
    std::vector<std::string> names = {"mean", "sd"};
    for (const FurtherLayer& layer : layers) names.push_back(layer.short_name());
    bool taken = false;
    for (const std::string& name : names) taken = taken || table.find(name) >= 0;
    if (taken)
        for (std::string& name : names) name = "predicted_" + name;
    write_columns_csv(path, table, names, values);
}

void write_columns_csv(const std::filesystem::path& path, const Table& table,
                       const std::vector<std::string>& names, const Matrix& values) {
    if (values.rows() != table.rows() || values.cols() != static_cast<Index>(names.size()))
        throw Error(ErrorCode::dimension_mismatch,
                    "There are " + std::to_string(values.rows()) + " predictions for " +
                        std::to_string(table.rows()) + " rows.");
    CsvWriter csv(path);
    for (const TableColumn& column : table.columns) csv.text(column.name);
    for (const std::string& name : names) csv.text(name);
    csv.end_row();
    for (Index row = 0; row < table.rows(); ++row) {
        for (const TableColumn& column : table.columns) {
            if (column.numeric)
                csv.number(column.numbers[static_cast<std::size_t>(row)], true);
            else
                csv.text(column.texts[static_cast<std::size_t>(row)]);
        }
        for (Index k = 0; k < values.cols(); ++k) csv.number(values(row, k));
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
