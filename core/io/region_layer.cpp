// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/region_layer.h"

#include <gdal_priv.h>
#include <ogrsf_frmts.h>

#include <memory>
#include <utility>

#include "core/base/error.h"
#include "core/deformation/outline_regions.h"
#include "core/io/spatial_reference.h"

namespace anamorph {

namespace {

constexpr std::size_t most_corners = 20'000;

struct ReleaseTransformation {
    void operator()(OGRCoordinateTransformation* t) const { OGRCoordinateTransformation::DestroyCT(t); }
};
using Transformation = std::unique_ptr<OGRCoordinateTransformation, ReleaseTransformation>;

bool holds_polygons(OGRLayer& layer) {
    const OGRwkbGeometryType type = wkbFlatten(layer.GetGeomType());
    return type == wkbPolygon || type == wkbMultiPolygon || type == wkbUnknown ||
           type == wkbGeometryCollection;
}

OGRLayer& layer_of(GDALDataset& file, const std::string& name, const std::string& path) {
    if (!name.empty()) {
        if (OGRLayer* layer = file.GetLayerByName(name.c_str())) return *layer;
        throw Error(ErrorCode::bad_input, path + " has no layer \"" + name + "\".");
    }
    for (int i = 0; i < file.GetLayerCount(); ++i)
        if (OGRLayer* layer = file.GetLayer(i); layer && holds_polygons(*layer)) return *layer;
    throw Error(ErrorCode::bad_input, path + " has no layer of polygons.");
}

/// From the layer's system to that of the data; null where one of them has none.
Transformation transformation_to(const SpatialDataset& of, OGRLayer& layer) {
    const OGRSpatialReference* own = layer.GetSpatialRef();
    const SpatialReference working = spatial_reference_of(of.coordinate_system);
    if (!own || !working) return nullptr;
    OGRSpatialReference from(*own);
    from.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    Transformation t(OGRCreateCoordinateTransformation(&from, working.get()));
    if (!t)
        throw Error(ErrorCode::unsupported,
                    "The polygons cannot be brought to the coordinate system of the data.");
    return t;
}

Points corners_of(const OGRLinearRing& ring, OGRCoordinateTransformation* transformation) {
    int n = ring.getNumPoints();
    if (n > 1 && ring.getX(0) == ring.getX(n - 1) && ring.getY(0) == ring.getY(n - 1)) --n;
    if (static_cast<std::size_t>(n) > most_corners)
        throw Error(ErrorCode::unsupported, "An outline has " + std::to_string(n) + " corners.",
                    "Simplify the polygons to at most " + std::to_string(most_corners) + " corners.");
    Points corners(n, 2);
    for (int i = 0; i < n; ++i) {
        double x = ring.getX(i), y = ring.getY(i);
        if (transformation && !transformation->Transform(1, &x, &y))
            throw Error(ErrorCode::bad_input, "A corner of the polygons lies outside the data's map projection.");
        corners.row(i) << x, y;
    }
    return corners;
}

void collect(const OGRGeometry& geometry, OGRCoordinateTransformation* transformation,
             std::vector<Points>& outlines) {
    const OGRwkbGeometryType type = wkbFlatten(geometry.getGeometryType());
    if (type == wkbPolygon) {
        const OGRPolygon& polygon = *geometry.toPolygon();
        const OGRLinearRing* ring = polygon.getExteriorRing();
        if (!ring || ring->getNumPoints() <= 3) return;
        Points outline = corners_of(*ring, transformation);
        for (int k = 0; k < polygon.getNumInteriorRings(); ++k)
            if (const OGRLinearRing* hole = polygon.getInteriorRing(k); hole && hole->getNumPoints() > 3)
                outline = with_hole(outline, corners_of(*hole, transformation));
        outlines.push_back(std::move(outline));
    } else if (OGR_GT_IsSubClassOf(type, wkbGeometryCollection)) {
        for (const OGRGeometry* part : *geometry.toGeometryCollection())
            if (part) collect(*part, transformation, outlines);
    }
}

}  // namespace

std::vector<Points> read_outlines(const std::filesystem::path& path, const SpatialDataset& of,
                                  const std::string& name) {
    if (of.space_dimension() < 2 || of.coordinate_system.chordal)
        throw Error(ErrorCode::unsupported, "Outlines of regions need data on a plane.");
    GDALAllRegister();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    const std::unique_ptr<GDALDataset> file(GDALDataset::FromHandle(
        GDALOpenEx(path.string().c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY, nullptr, nullptr, nullptr)));
    CPLPopErrorHandler();
    if (!file)
        throw Error(ErrorCode::input_output, path.string() + " cannot be read as a GIS layer.",
                    "Regions come from polygons in a GeoPackage, Shapefile, GeoJSON and the like.");
    OGRLayer& layer = layer_of(*file, name, path.string());
    const Transformation transformation = transformation_to(of, layer);
    std::vector<Points> outlines;
    layer.ResetReading();
    while (const OGRFeatureUniquePtr feature{layer.GetNextFeature()})
        if (const OGRGeometry* geometry = feature->GetGeometryRef())
            collect(*geometry, transformation.get(), outlines);
    if (outlines.empty()) throw Error(ErrorCode::bad_input, path.string() + " holds no polygons.");
    return outlines;
}

}  // namespace anamorph
