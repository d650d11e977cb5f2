// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/covariate_raster.h"

#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "core/base/error.h"
#include "core/data/sphere.h"
#include "core/io/raster.h"
#include "core/io/spatial_reference.h"
#include "core/io/text_source.h"

namespace anamorph {

namespace {

constexpr double most_cells_at_once = 5e7;

/// A rectangle of the raster's cells with their values, row by row from the top.
struct Window {
    int first_column = 0, first_row = 0, columns = 0, rows = 0;
    std::vector<double> values;

    [[nodiscard]] double at(int column, int row) const {
        return values[static_cast<std::size_t>(row - first_row) * static_cast<std::size_t>(columns) +
                      static_cast<std::size_t>(column - first_column)];
    }
};

/// The place of a point among cell centres: the cell to the upper left and the shares beyond it.
struct Place {
    int column = 0, row = 0;
    double right = 0.0, down = 0.0;
    bool inside = false;
};

}  // namespace

struct CovariateRaster::Parts {
    struct DestroyTransformation {
        void operator()(OGRCoordinateTransformation* t) const { OGRCoordinateTransformation::DestroyCT(t); }
    };

    QuietGdal gdal;
    RasterSource source;
    CoordinateSystem working;
    Raster file;
    GDALRasterBand* band = nullptr;
    int columns = 0, rows = 0;
    double cell_of_place[6] = {};  // inverse of the affine map from cells to places
    std::unique_ptr<OGRCoordinateTransformation, DestroyTransformation> transformation;
    bool in_file_coordinates = false;

    [[noreturn]] void refuse_reading() const {
        throw Error(ErrorCode::input_output,
                    "The raster " + quoted_name(source.path) + " could not be read" + gdal.last_message() + ".");
    }
    void open();
    void place_in_system();
    [[nodiscard]] Points in_raster_system(const Points& x) const;
    [[nodiscard]] Place place_of(double x, double y) const;
    [[nodiscard]] Window read(int column, int row, int columns_wanted, int rows_wanted) const;
    [[nodiscard]] double interpolated(const Window& window, const Place& at) const;
    double no_data = missing_value, scale = 1.0, offset = 0.0;
};

void CovariateRaster::Parts::open() {
    const std::string name = quoted_name(source.path);
    std::error_code ignored;
    if (!std::filesystem::exists(source.path, ignored))
        throw Error(ErrorCode::input_output, "The raster " + name + " is missing.",
                    "Give its new place, or bring it back.");
    file.reset(GDALDataset::Open(source.path.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY));
    if (!file)
        throw Error(ErrorCode::input_output, name + " is no raster that can be read" + gdal.last_message() + ".");
    if (source.band < 1 || source.band > file->GetRasterCount())
        throw Error(ErrorCode::bad_input,
                    name + " has " + std::to_string(file->GetRasterCount()) + " bands; there is no band " +
                        std::to_string(source.band) + ".");
    band = file->GetRasterBand(source.band);
    if (GDALDataTypeIsComplex(band->GetRasterDataType()))
        throw Error(ErrorCode::bad_input, "Band " + std::to_string(source.band) + " of " + name +
                                              " holds complex numbers.");
    columns = file->GetRasterXSize();
    rows = file->GetRasterYSize();
    double place_of_cell[6];
    if (file->GetGeoTransform(place_of_cell) != CE_None || !GDALInvGeoTransform(place_of_cell, cell_of_place))
        throw Error(ErrorCode::bad_input, name + " does not say where its cells lie.",
                    "Give it a georeference, with gdal_edit or gdal_translate -a_ullr.");
    int known = 0;
    if (const double value = band->GetNoDataValue(&known); known) no_data = value;
    if (const double value = band->GetScale(&known); known) scale = value;
    if (const double value = band->GetOffset(&known); known) offset = value;
}

void CovariateRaster::Parts::place_in_system() {
    const OGRSpatialReference* own = file->GetSpatialRef();
    if (!own || own->IsEmpty() || own->IsLocal()) {
        in_file_coordinates = working.is_projected_from_source();
        return;
    }
    const SpatialReference from = spatial_reference_of(working);
    if (!from) return;
    OGRSpatialReference to(*own);
    to.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    if (from->IsSame(&to)) return;
    transformation.reset(OGRCreateCoordinateTransformation(from.get(), &to));
    if (!transformation)
        throw Error(ErrorCode::bad_input, "There is no transformation from the data's coordinate system to that of " +
                                              quoted_name(source.path) + gdal.last_message() + ".");
}

Points CovariateRaster::Parts::in_raster_system(const Points& x) const {
    if (in_file_coordinates) return working.source_from_working(x);
    Points moved = working.chordal ? working.source_from_working(x) : x;
    if (!transformation) return moved;
    std::vector<int> good(static_cast<std::size_t>(x.rows()));
    // false where a point has no image; such points get no value.
    (void)transformation->Transform(static_cast<int>(x.rows()), moved.col(0).data(), moved.col(1).data(),
                                    nullptr, good.data());
    for (Index i = 0; i < x.rows(); ++i)
        if (!good[static_cast<std::size_t>(i)]) moved.row(i).setConstant(missing_value);
    return moved;
}

Place CovariateRaster::Parts::place_of(double x, double y) const {
    Place p;
    const double* t = cell_of_place;
    const double column = t[0] + t[1] * x + t[2] * y, row = t[3] + t[4] * x + t[5] * y;
    // A hair beyond the border is rounding.
    constexpr double slack = 1e-9;
    p.inside = column >= -slack * columns && row >= -slack * rows && column <= columns * (1.0 + slack) &&
               row <= rows * (1.0 + slack);
    if (!p.inside) return p;
    const double c = std::clamp(column - 0.5, 0.0, columns - 1.0), r = std::clamp(row - 0.5, 0.0, rows - 1.0);
    p.column = std::min(static_cast<int>(c), std::max(columns - 2, 0));
    p.row = std::min(static_cast<int>(r), std::max(rows - 2, 0));
    p.right = c - p.column;
    p.down = r - p.row;
    return p;
}

Window CovariateRaster::Parts::read(int column, int row, int columns_wanted, int rows_wanted) const {
    Window w{column, row, std::min(columns_wanted, columns - column), std::min(rows_wanted, rows - row), {}};
    w.values.resize(static_cast<std::size_t>(w.columns) * static_cast<std::size_t>(w.rows));
    if (band->RasterIO(GF_Read, w.first_column, w.first_row, w.columns, w.rows, w.values.data(), w.columns,
                       w.rows, GDT_Float64, 0, 0, nullptr) != CE_None)
        refuse_reading();
    return w;
}

double CovariateRaster::Parts::interpolated(const Window& window, const Place& at) const {
    double sum = 0.0, weights = 0.0;
    bool nearest_missing = false;
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) {
            const double weight = (j ? at.right : 1.0 - at.right) * (i ? at.down : 1.0 - at.down);
            if (!(weight > 0.0)) continue;
            const double value = window.at(at.column + j, at.row + i);
            if (!std::isfinite(value) || value == no_data) {
                const bool nearest = (j == 1) == (at.right >= 0.5) && (i == 1) == (at.down >= 0.5);
                nearest_missing = nearest_missing || nearest;
                continue;
            }
            sum += weight * value;
            weights += weight;
        }
    return nearest_missing || !(weights > 0.0) ? missing_value : offset + scale * sum / weights;
}

CovariateRaster::CovariateRaster(const RasterSource& source, const CoordinateSystem& working_system)
    : parts_(new Parts) {
    parts_->source = source;
    parts_->working = working_system;
    parts_->open();
    parts_->place_in_system();
}

CovariateRaster::~CovariateRaster() = default;

Vector CovariateRaster::at(const Points& x_in_working) const {
    if (x_in_working.cols() < 2)
        throw Error(ErrorCode::bad_input, "A raster is a covariate for data in two or three dimensions.");
    const Points x = parts_->in_raster_system(x_in_working);
    std::vector<Place> places(static_cast<std::size_t>(x.rows()));
    int left = parts_->columns, right = 0, top = parts_->rows, bottom = 0;
    for (Index i = 0; i < x.rows(); ++i) {
        Place& p = places[static_cast<std::size_t>(i)];
        p = parts_->place_of(x(i, 0), x(i, 1));
        for (const double turn : {360.0, -360.0})  // a raster of the globe may begin at any meridian
            if (!p.inside && parts_->working.chordal) p = parts_->place_of(x(i, 0) + turn, x(i, 1));
        if (!p.inside) continue;
        left = std::min(left, p.column), right = std::max(right, p.column + 2);
        top = std::min(top, p.row), bottom = std::max(bottom, p.row + 2);
    }
    Vector values = Vector::Constant(x.rows(), missing_value);
    if (right <= left) return values;
    const bool at_once = static_cast<double>(right - left) * static_cast<double>(bottom - top) <= most_cells_at_once;
    Window window;
    if (at_once) window = parts_->read(left, top, right - left, bottom - top);
    for (Index i = 0; i < x.rows(); ++i) {
        const Place& p = places[static_cast<std::size_t>(i)];
        if (!p.inside) continue;
        if (!at_once) window = parts_->read(p.column, p.row, 2, 2);
        values(i) = parts_->interpolated(window, p);
    }
    return values;
}

RasterSource raster_source(const std::string& text) {
    RasterSource source{text, 1, {}};
    const std::size_t colon = text.rfind(':');
    if (colon != std::string::npos && colon + 1 < text.size()) {
        int band = 0;
        const char* const end = text.data() + text.size();
        const auto [next, error] = std::from_chars(text.data() + colon + 1, end, band);
        if (error == std::errc() && next == end) {
            source.path = text.substr(0, colon);
            source.band = band;
        }
    }
    source.name = source.path.stem().string();
    if (source.name.empty() || source.band < 1)
        throw Error(ErrorCode::bad_input, "\"" + text + "\" names no raster.",
                    "Give a file, or a file and a band: elevation.tif:1.");
    if (source.band > 1) source.name += "_" + std::to_string(source.band);
    return source;
}

Matrix sample_rasters(const std::vector<RasterSource>& sources, const CoordinateSystem& working_system,
                      const Points& x_in_working) {
    Matrix values(x_in_working.rows(), static_cast<Index>(sources.size()));
    for (std::size_t k = 0; k < sources.size(); ++k)
        values.col(static_cast<Index>(k)) = CovariateRaster(sources[k], working_system).at(x_in_working);
    return values;
}

SpatialDataset with_raster_covariates(const SpatialDataset& dataset,
                                      const std::vector<RasterSource>& sources) {
    std::set<std::string> taken(dataset.covariate_names.begin(), dataset.covariate_names.end());
    for (const RasterSource& source : sources)
        if (!taken.insert(source.name).second)
            throw Error(ErrorCode::bad_input, "Two covariates are called \"" + source.name + "\".",
                        "Rename the raster file: its name is that of the covariate.");
    const Matrix sampled = sample_rasters(sources, dataset.coordinate_system, dataset.coordinates);
    std::vector<Index> kept;
    for (Index i = 0; i < dataset.size(); ++i)
        if (sampled.row(i).allFinite()) kept.push_back(i);
    const Index missing = dataset.size() - static_cast<Index>(kept.size());
    if (2 * missing > dataset.size())
        throw Error(ErrorCode::bad_input,
                    std::to_string(missing) + " of " + std::to_string(dataset.size()) +
                        " sites lie where the raster " + quoted_name(sources.front().path) +
                        (sources.size() > 1 ? " or another one" : "") + " has no value.",
                    "Check that raster and data have the same coordinate system (--crs).");
    SpatialDataset result = missing > 0 ? dataset.subset(kept) : dataset;
    const Index before = result.covariates.cols();
    Matrix covariates(result.size(), before + sampled.cols());
    if (before > 0) covariates.leftCols(before) = result.covariates;
    covariates.rightCols(sampled.cols()) = sampled(kept, Eigen::all);
    result.covariates = std::move(covariates);
    for (const RasterSource& source : sources) result.covariate_names.push_back(source.name);
    if (missing > 0)
        result.notes.push_back(std::to_string(missing) + (missing == 1 ? " site was" : " sites were") +
                               " left out: a raster has no value there.");
    result.validate();
    return result;
}

std::vector<RasterSource> rasters_of_covariates(const SpatialDataset& dataset,
                                                const std::vector<RasterSource>& known) {
    std::vector<RasterSource> result;
    for (const std::string& name : dataset.covariate_names) {
        const auto found = std::find_if(known.begin(), known.end(),
                                        [&](const RasterSource& source) { return source.name == name; });
        if (found == known.end())
            throw Error(ErrorCode::unsupported,
                        "The model uses \"" + name + "\", which is known at the sites and not between them.",
                        "Name a raster of it (--drift-raster), or predict at points of a table that has it.");
        result.push_back(*found);
    }
    return result;
}

Matrix covariates_of_cells(const std::vector<RasterSource>& sources, const CoordinateSystem& working_system,
                           PredictionGrid& grid) {
    const Matrix values = sample_rasters(sources, working_system, working_from_map(working_system, grid.centres()));
    if (grid.mask.empty()) grid.mask.assign(static_cast<std::size_t>(grid.cell_count()), 1);
    for (Index i = 0; i < values.rows(); ++i)
        if (!values.row(i).allFinite()) grid.mask[static_cast<std::size_t>(i)] = 0;
    if (grid.active_count() == 0)
        throw Error(ErrorCode::bad_input, "No cell of the map lies where all rasters have values.",
                    "Check the rasters' extent and coordinate system.");
    return values;
}

}  // namespace anamorph
