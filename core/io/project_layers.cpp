// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/project_layers.h"

#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>
#include <ogrsf_frmts.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "core/base/error.h"
#include "core/data/map_grid.h"
#include "core/io/raster.h"
#include "core/io/spatial_reference.h"
#include "core/io/text_source.h"

namespace anamorph {

namespace {

constexpr const char* sites_name = "sites";
/// Cells outside the mask; QGIS draws nothing there.
constexpr double coverage_no_data = -3.4e38;
/// Layers of more sites get no spatial index.
constexpr Index largest_indexed = 100000;

[[noreturn]] void refuse_project(const std::filesystem::path& path, const QuietGdal& gdal) {
    throw Error(
        ErrorCode::input_output,
        "The project \"" + path.string() + "\" could not be written" + gdal.last_message() + ".",
        "Check that you may write there and that the disk is not full.");
}

/// Numbers that a site has as attributes, with names that are valid and differ, also ignoring case.
struct Attributes {
    std::vector<std::string> names;
    std::vector<Vector> numbers;
    std::set<std::string> reserved{"fid", "geom", "source_line"};

    void add(const std::string& wanted, const Vector& column) {
        const auto lower = [](std::string text) {
            for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            return text;
        };
        std::set<std::string> taken = reserved;
        for (const std::string& name : names) taken.insert(lower(name));
        std::string name = wanted.empty() ? "value" : wanted;
        while (taken.contains(lower(name))) name += "_";
        names.push_back(name);
        numbers.push_back(column);
    }
};

/// The value first, then the rest.
Attributes attributes_of(const SpatialDataset& dataset) {
    Attributes attributes;
    if (dataset.has_realisations()) attributes.reserved.insert("realisation");
    attributes.add(dataset.value_name, dataset.values);
    for (Index k = 0; k < dataset.covariates.cols(); ++k) {
        const auto at = static_cast<std::size_t>(k);
        attributes.add(at < dataset.covariate_names.size() ? dataset.covariate_names[at]
                                                           : "covariate_" + std::to_string(k + 1),
                       dataset.covariates.col(k));
    }
    if (dataset.weights.size() > 0) attributes.add("weight", dataset.weights);
    if (dataset.last_axis_is_time)
        attributes.add(dataset.axis_name(dataset.dimension() - 1),
                       dataset.coordinates.col(dataset.dimension() - 1));
    if (dataset.coordinate_system.is_projected_from_source() && dataset.dimension() >= 2) {
        const Points source = dataset.coordinate_system.source_from_working(dataset.coordinates);
        const bool named = dataset.coordinate_names.size() >= 2;
        attributes.add(named ? dataset.coordinate_names[0] : "longitude", source.col(0));
        attributes.add(named ? dataset.coordinate_names[1] : "latitude", source.col(1));
    }
    return attributes;
}

/// Where the points of the layer lie: in space, in degrees where the coordinates are geocentric.
Points positions_of(const SpatialDataset& dataset) {
    if (dataset.coordinate_system.chordal)
        return dataset.coordinate_system.source_from_working(dataset.coordinates);
    return dataset.coordinates.leftCols(dataset.space_dimension());
}

/// A local system is "undefined Cartesian" in GeoPackage; a null one would be taken for degrees.
SpatialReference reference_or_cartesian(const CoordinateSystem& system) {
    if (SpatialReference reference = spatial_reference_of(system)) return reference;
    SpatialReference local(new OGRSpatialReference());
    local->SetFromUserInput(
        "ENGCRS[\"Undefined Cartesian SRS\",EDATUM[\"Unknown engineering datum\"],"
        "CS[Cartesian,2],AXIS[\"x\",unspecified,ORDER[1]],AXIS[\"y\",unspecified,ORDER[2]],"
        "LENGTHUNIT[\"metre\",1]]");
    return local;
}

void fill_layer(OGRLayer& layer, const SpatialDataset& dataset, const Attributes& attributes,
                const std::filesystem::path& path, const QuietGdal& gdal) {
    const bool lines = static_cast<Index>(dataset.source_lines.size()) == dataset.size();
    const Points at = positions_of(dataset);
    const Index d = at.cols();
    for (Index i = 0; i < dataset.size(); ++i) {
        OGRFeature feature(layer.GetLayerDefn());
        for (std::size_t k = 0; k < attributes.names.size(); ++k)
            feature.SetField(static_cast<int>(k), attributes.numbers[k][i]);
        if (lines)
            feature.SetField(
                static_cast<int>(attributes.names.size()),
                static_cast<GIntBig>(dataset.source_lines[static_cast<std::size_t>(i)]));
        if (dataset.has_realisations())
            feature.SetField("realisation", dataset.realisations[static_cast<std::size_t>(i)].c_str());
        OGRPoint point(at(i, 0), d > 1 ? at(i, 1) : 0.0);
        if (d > 2) point.setZ(at(i, 2));
        if (feature.SetGeometry(&point) != OGRERR_NONE ||
            layer.CreateFeature(&feature) != OGRERR_NONE)
            refuse_project(path, gdal);
    }
}

}  // namespace

void create_sites_layer(const std::filesystem::path& path, const SpatialDataset& dataset) {
    const QuietGdal gdal;
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("GPKG");
    if (!driver)
        throw Error(ErrorCode::unsupported, "This GDAL was built without GeoPackage.",
                    "Install a GDAL with SQLite.");
    const Raster file(driver->Create(path.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
    if (!file) refuse_project(path, gdal);
    const SpatialReference reference = reference_or_cartesian(dataset.coordinate_system);
    // Filling the index takes most of the time for a million sites; programs can add one later.
    CPLStringList options;
    options.SetNameValue("SPATIAL_INDEX", dataset.size() > largest_indexed ? "NO" : "YES");
    OGRLayer* layer =
        file->CreateLayer(sites_name, reference.get(),
                          positions_of(dataset).cols() == 3 ? wkbPoint25D : wkbPoint, options.List());
    if (!layer) refuse_project(path, gdal);
    const Attributes attributes = attributes_of(dataset);
    for (const std::string& name : attributes.names) {
        OGRFieldDefn field(name.c_str(), OFTReal);
        if (layer->CreateField(&field) != OGRERR_NONE) refuse_project(path, gdal);
    }
    if (!dataset.source_lines.empty()) {
        OGRFieldDefn field("source_line", OFTInteger64);
        if (layer->CreateField(&field) != OGRERR_NONE) refuse_project(path, gdal);
    }
    if (dataset.has_realisations()) {
        OGRFieldDefn field("realisation", OFTString);
        if (layer->CreateField(&field) != OGRERR_NONE) refuse_project(path, gdal);
    }
    if (file->StartTransaction() != OGRERR_NONE) refuse_project(path, gdal);
    fill_layer(*layer, dataset, attributes, path, gdal);
    if (file->CommitTransaction() != OGRERR_NONE) refuse_project(path, gdal);
    file->FlushCache();
    if (CPLGetLastErrorType() >= CE_Failure) refuse_project(path, gdal);
}

void add_map_coverages(const std::filesystem::path& path, const GridMap& map,
                       const SpatialDataset& dataset) {
    if (map.grid.times.size() == 1 && map.grid.dimension() == 3)
        return add_map_coverages(path, level_of(map, 0), dataset);
    if (map.grid.dimension() != 2 || map.grid.times.size() > 0) return;
    const auto add = [&](const std::string& table, const Vector& values,
                         const std::string& description, bool in_value_unit = true) {
        write_raster(
            path, "GPKG", RasterType::float32,
            {"APPEND_SUBDATASET=YES", "RASTER_TABLE=" + table, "RASTER_IDENTIFIER=" + table,
             "RASTER_DESCRIPTION=" + description, "GRID_CELL_ENCODING=grid-value-is-area",
             "FIELD_NAME=" + table, "QUANTITY_DEFINITION=" + description},
            map.grid, {{description, in_value_unit ? dataset.value_unit : std::string(), values}},
            dataset.coordinate_system,
            coverage_no_data);
    };
    const std::string of =
        dataset.value_name + (dataset.value_unit.empty() ? "" : " (" + dataset.value_unit + ")");
    add("prediction", map.mean, "Kriging mean of " + of);
    add("standard_deviation", map.standard_deviation, "Kriging standard deviation of " + of);
    for (const FurtherLayer& layer : map.further) {
        const bool quantile = layer.in_value_unit();
        std::string table = layer.short_name();
        for (char& c : table)
            if (!std::isalnum(static_cast<unsigned char>(c))) c = c == '-' ? 'm' : '_';
        add(table, layer.values,
            quantile ? layer.title() + " of " + of
                     : dataset.value_name + ", " + layer.title(dataset.value_unit),
            quantile);
    }
}

void check_sites_layer(const std::filesystem::path& path, const SpatialDataset& dataset) {
    const QuietGdal gdal;
    const auto refuse_changed = [&](const std::string& how) {
        throw Error(ErrorCode::bad_input,
                    "The layer \"sites\" of the project " + quoted_name(path) + " " + how + ".",
                    "It was changed by another program. Import the changed data as a new project, "
                    "or open a copy that was saved before.");
    };
    const Raster file(GDALDataset::Open(path.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY));
    OGRLayer* layer = file ? file->GetLayerByName(sites_name) : nullptr;
    if (!layer) {
        refuse_changed("is missing");
        return;
    }
    const Attributes attributes = attributes_of(dataset);
    const int value = layer->GetLayerDefn()->GetFieldIndex(attributes.names.front().c_str());
    if (value < 0) refuse_changed("has lost its field \"" + attributes.names.front() + "\"");
    // Degrees are computed from the geocentric coordinates, perhaps on another machine.
    const double slack = dataset.coordinate_system.chordal ? 1e-9 : 0.0;
    const Points at = positions_of(dataset);
    Index i = 0;
    for (const auto& feature : *layer) {
        const OGRGeometry* geometry = feature->GetGeometryRef();
        if (i >= dataset.size() || !geometry || wkbFlatten(geometry->getGeometryType()) != wkbPoint)
            refuse_changed("no longer holds the sites of the project");
        const OGRPoint* point = geometry->toPoint();
        const Index d = at.cols();
        const bool same = std::abs(point->getX() - at(i, 0)) <= slack &&
                          (d < 2 || std::abs(point->getY() - at(i, 1)) <= slack) &&
                          (d < 3 || point->getZ() == at(i, 2)) &&
                          feature->GetFieldAsDouble(value) == dataset.values[i];
        if (!same)
            refuse_changed("differs from the project's data at site " + std::to_string(i + 1));
        ++i;
    }
    if (i != dataset.size()) refuse_changed("no longer holds all sites of the project");
}

}  // namespace anamorph
