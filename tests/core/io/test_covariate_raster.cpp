// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <functional>
#include <limits>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/fit/fit.h"
#include "core/io/covariate_raster.h"
#include "core/io/export.h"
#include "core/io/project_file.h"
#include "core/predict/local_range.h"
#include "core/predict/tiled_prediction.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

/// 30 × 20 cells of 5 units from (100, 200) on.
PredictionGrid raster_grid() {
    PredictionGrid grid;
    grid.origin = Eigen::Vector2d(100.0, 200.0);
    grid.cell_size = Eigen::Vector2d(5.0, 5.0);
    grid.shape = {30, 20};
    return grid;
}

double plane(double x, double y) { return 3.0 + 0.5 * x - 0.25 * y; }

Vector plane_at(const Points& x) {
    Vector z(x.rows());
    for (Index i = 0; i < x.rows(); ++i) z(i) = plane(x(i, 0), x(i, 1));
    return z;
}

/// Sites in the raster's middle, with a value that rises with the plane.
SpatialDataset sites(Index n) {
    SpatialDataset data;
    RandomStream random(3);
    data.coordinates.resize(n, 2);
    for (Index i = 0; i < n; ++i) data.coordinates.row(i) << random.uniform(110.0, 240.0), random.uniform(210.0, 290.0);
    data.values = 2.0 * plane_at(data.coordinates) + 0.3 * random.normals(n);
    data.value_name = "grade";
    data.coordinate_names = {"x", "y"};
    return data;
}

}  // namespace

class TestCovariateRaster : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        const PredictionGrid grid = raster_grid();
        Vector values = plane_at(grid.centres());
        write_geotiff(path("plane.tif"), grid, values, "plane", SpatialDataset());
        values(5 + 30 * 4) = std::numeric_limits<double>::quiet_NaN();
        write_geotiff(path("hole.tif"), grid, values, "plane", SpatialDataset());
    }

    void names_of_files_and_bands() {
        QCOMPARE(raster_source("a/elevation.tif").name, std::string("elevation"));
        const RasterSource second = raster_source("a/elevation.tif:2");
        QCOMPARE(second.band, 2);
        QCOMPARE(second.path.string(), std::string("a/elevation.tif"));
        QCOMPARE(second.name, std::string("elevation_2"));
        QCOMPARE(raster_source("NETCDF:x.nc:depth").band, 1);
        QCOMPARE(code_of([] { (void)raster_source(""); }), ErrorCode::bad_input);
        QCOMPARE(code_of([] { (void)raster_source("a.tif:0"); }), ErrorCode::bad_input);
    }

    // Bilinear interpolation keeps a plane.
    void a_plane_comes_back() {
        const CovariateRaster raster(raster_source(path("plane.tif")), {});
        const SpatialDataset data = sites(200);
        QVERIFY((raster.at(data.coordinates) - plane_at(data.coordinates)).cwiseAbs().maxCoeff() < 1e-9);
        // In the outer half of the outer cells the nearest centres count; beyond, nothing is known.
        const Vector border = raster.at((Points(4, 2) << 100.0, 252.5, 250.0, 252.5, 99.9, 252.5, 180.0, 301.0).finished());
        QVERIFY(std::abs(border(0) - plane(102.5, 252.5)) < 1e-9);
        QVERIFY(std::abs(border(1) - plane(247.5, 252.5)) < 1e-9);
        QVERIFY(std::isnan(border(2)) && std::isnan(border(3)));
    }

    void cells_without_data_do_not_count() {
        const CovariateRaster raster(raster_source(path("hole.tif")), {});
        const double x = 100.0 + 5.5 * 5.0, y = 200.0 + 4.5 * 5.0;  // the hole's centre
        const Vector at = raster.at((Points(3, 2) << x, y, x + 1.0, y + 1.0, x + 4.0, y).finished());
        QVERIFY(std::isnan(at(0)) && std::isnan(at(1)));
        QVERIFY(std::isfinite(at(2)));
    }

    // A raster in degrees for data in a projected system, and the reverse of it.
    void coordinate_systems_are_brought_together() {
        PredictionGrid grid;
        grid.origin = Eigen::Vector2d(2.0, 48.0);
        grid.cell_size = Eigen::Vector2d(0.01, 0.01);
        grid.shape = {100, 80};
        SpatialDataset degrees;
        degrees.coordinate_system.wkt = "OGC:CRS84";
        write_geotiff(path("degrees.tif"), grid, plane_at(grid.centres()), "plane", degrees);
        Points lon_lat(3, 2);
        lon_lat << 2.2, 48.3, 2.5, 48.5, 2.9, 48.7;
        const CoordinateSystem albers = equal_area_system_for(lon_lat);
        const Vector at = CovariateRaster(raster_source(path("degrees.tif")), albers).at(albers.working_from_source(lon_lat));
        QVERIFY((at - plane_at(lon_lat)).cwiseAbs().maxCoeff() < 1e-6);
        // A raster that names no system is in the coordinates of the data's file.
        write_geotiff(path("unnamed.tif"), grid, plane_at(grid.centres()), "plane", SpatialDataset());
        const Vector same = CovariateRaster(raster_source(path("unnamed.tif")), albers).at(albers.working_from_source(lon_lat));
        QVERIFY((same - plane_at(lon_lat)).cwiseAbs().maxCoeff() < 1e-6);
    }

    void broken_rasters_are_refused() {
        QFile text(QString::fromStdString(path("text.tif")));
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.write("x,y,z\n");
        text.close();
        QCOMPARE(code_of([&] { (void)CovariateRaster(raster_source(path("none.tif")), {}); }), ErrorCode::input_output);
        QCOMPARE(code_of([&] { (void)CovariateRaster(raster_source(path("text.tif")), {}); }), ErrorCode::input_output);
        QCOMPARE(code_of([&] { (void)CovariateRaster(raster_source(path("plane.tif:2")), {}); }), ErrorCode::bad_input);
        const CovariateRaster raster(raster_source(path("plane.tif")), {});
        QCOMPARE(code_of([&] { (void)raster.at(Points::Zero(2, 1)); }), ErrorCode::bad_input);
        SpatialDataset far = sites(20);
        far.coordinates.array() += 1e4;
        QCOMPARE(code_of([&] { (void)with_raster_covariates(far, {raster_source(path("plane.tif"))}); }),
                 ErrorCode::bad_input);
        QCOMPARE(code_of([&] {
                     (void)with_raster_covariates(sites(20), {raster_source(path("plane.tif")), raster_source(path("plane.tif"))});
                 }),
                 ErrorCode::bad_input);
    }

    void sites_without_a_value_are_left_out() {
        SpatialDataset data = sites(30);
        data.coordinates(4, 0) = 500.0;
        const SpatialDataset with = with_raster_covariates(data, {raster_source(path("plane.tif"))});
        QCOMPARE(with.size(), Index(29));
        QCOMPARE(with.covariate_names, std::vector<std::string>{"plane"});
        QCOMPARE(with.notes.size(), std::size_t{1});
        QVERIFY((with.covariates.col(0) - plane_at(with.coordinates)).cwiseAbs().maxCoeff() < 1e-9);
    }

    // A model with a raster as drift is mapped, tile by tile too; its coefficient is that of the truth.
    void a_model_with_a_raster_is_mapped() {
        const std::vector<RasterSource> rasters = {raster_source(path("hole.tif"))};
        const auto data = std::make_shared<const SpatialDataset>(with_raster_covariates(sites(80), rasters));
        ModelSpecification s;
        s.deformation = DeformationKind::stationary;
        s.smoothness = Smoothness::three_halves;
        s.trend = Trend::covariates;
        FitOptions options;
        options.threads = 1;
        options.posterior = false;
        Project project;
        project.dataset = data;
        project.specification = s;
        project.fit = fit(data, s, options);
        project.covariate_rasters = rasters;
        const Vector beta = project.fit->model().parameters().trend_coefficients;
        QVERIFY(std::abs(beta(1) - 2.0) < 0.05);

        save_project(path("project.gpkg"), project);
        const Project again = open_project(path("project.gpkg"));
        QCOMPARE(again.covariate_rasters.size(), std::size_t{1});
        QCOMPARE(again.covariate_rasters[0].path, rasters[0].path);
        QCOMPARE(again.covariate_rasters[0].name, std::string("hole"));

        PredictionGrid grid = PredictionGrid::around(data->coordinates, 24, 0.0, 0.0);
        const Index before = grid.active_count();
        const auto used = rasters_of_covariates(*data, again.covariate_rasters);
        const Matrix covariates = covariates_of_cells(used, data->coordinate_system, grid);
        QVERIFY(grid.active_count() < before);
        PredictOptions plug_in;
        plug_in.averaged = false;
        plug_in.threads = 1;
        const GridMap map = predict_on_grid(again.fit->model(), grid, covariates, plug_in);
        // Quantiles and probabilities are kept with the map.
        PredictOptions with_levels = plug_in;
        with_levels.quantiles = {0.05, 0.95};
        with_levels.thresholds = {-3.5};
        project.map = predict_on_grid(again.fit->model(), grid, covariates, with_levels);
        // So are the local range and its spread.
        LocalRange range{map.mean.cwiseAbs(), map.mean.cwiseAbs(), 2.0 * map.mean.cwiseAbs(), map.mean, {}};
        for (FurtherLayer& layer : local_range_layers(range, 0.9)) project.map->further.push_back(std::move(layer));
        save_project(path("project.gpkg"), project);
        const auto kept = open_project(path("project.gpkg")).map;
        QVERIFY(kept && kept->further.size() == 5);
        const Index cell = grid.active_cells().front();
        for (std::size_t k = 0; k < 5; ++k) {
            QCOMPARE(kept->further[k].kind, project.map->further[k].kind);
            QCOMPARE(kept->further[k].level, project.map->further[k].level);
            QCOMPARE(kept->further[k].values(cell), project.map->further[k].values(cell));
        }
        const Vector truth = 2.0 * plane_at(grid.centres());
        double worst = 0.0, difference = 0.0;
        for (Index i : grid.active_cells()) worst = std::max(worst, std::abs(map.mean(i) - truth(i)));
        QVERIFY(worst < 1.5);  // the values have noise of 0.3 and a range of a hundred
        PredictionGrid whole = grid;
        whole.mask.clear();
        predict_tiles(
            again.fit->model(), whole, square_tiles(whole, 10), plug_in,
            [&](const GridTile& tile, const TilePrediction& values) {
                for (Index i = 0; i < tile.cell_count(); ++i) {
                    const double other = map.mean(tile.cell_of(whole, i));
                    if (std::isnan(other) != std::isnan(values.mean(i))) difference = 1.0;
                    if (std::isfinite(other)) difference = std::max(difference, std::abs(other - values.mean(i)));
                }
            },
            {}, {}, [&](const Points& x) { return sample_rasters(used, data->coordinate_system, x); });
        QVERIFY(difference < 1e-9);
        // Without the raster a grid knows nothing of the covariate.
        QCOMPARE(code_of([&] { (void)rasters_of_covariates(*data, {}); }), ErrorCode::unsupported);
        QCOMPARE(code_of([&] { predict_tiles(again.fit->model(), whole, square_tiles(whole, 10), plug_in, {}); }),
                 ErrorCode::unsupported);
        QFile::remove(QString::fromStdString(path("hole.tif")));
        QCOMPARE(code_of([&] { (void)covariates_of_cells(used, data->coordinate_system, grid); }), ErrorCode::input_output);
    }

private:
    std::string path(const char* name) const { return folder_.filePath(QString::fromLatin1(name)).toStdString(); }
    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestCovariateRaster)
#include "test_covariate_raster.moc"
