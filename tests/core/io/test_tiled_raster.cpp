// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>

#include <gdal_priv.h>

#include "core/base/error.h"
#include "core/io/csv_writer.h"
#include "core/io/export.h"
#include "core/io/map_csv.h"
#include "core/io/tiled_raster.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

PredictionGrid grid_of(const std::vector<Index>& shape) {
    PredictionGrid grid;
    const auto d = static_cast<Index>(shape.size());
    grid.shape = shape;
    grid.origin = Vector::Constant(d, 100.0);
    grid.cell_size = Vector::Constant(d, 0.5);
    return grid;
}

SpatialDataset dataset() {
    SpatialDataset of;
    of.coordinate_names = {"x", "y", "depth"};
    of.value_unit = "mm";
    return of;
}

/// All values of a band in grid order (south first).
Vector band_of(const std::string& path, int band) {
    const QuietGdal gdal;
    const Raster raster(static_cast<GDALDataset*>(GDALOpen(path.c_str(), GA_ReadOnly)));
    if (!raster) return {};
    const int nx = raster->GetRasterXSize(), ny = raster->GetRasterYSize();
    Vector rows(nx * ny), values(nx * ny);
    if (raster->GetRasterBand(band)->RasterIO(GF_Read, 0, 0, nx, ny, rows.data(), nx, ny, GDT_Float64,
                                              0, 0, nullptr) != CE_None)
        return {};
    for (int j = 0; j < ny; ++j) values.segment((ny - 1 - j) * nx, nx) = rows.segment(j * nx, nx);
    return values;
}

}  // namespace

class TestTiledRaster : public QObject {
    Q_OBJECT
private:
    std::string path(const char* name) const {
        return folder_.filePath(QString::fromLatin1(name)).toStdString();
    }
    QTemporaryDir folder_;

private Q_SLOTS:
    void tiles_come_back_where_they_belong() {
        const PredictionGrid grid = grid_of({600, 300});
        const Vector values = Vector::LinSpaced(grid.cell_count(), 0.0, 1.0);
        TiledRaster raster(path("map.tif"), grid, {{"mean", true}, {"standard deviation", true}}, dataset());
        for (const GridTile& tile : square_tiles(grid, TiledRaster::block_edge)) {
            Vector part(tile.cell_count());
            for (Index i = 0; i < part.size(); ++i) part(i) = values(tile.cell_of(grid, i));
            raster.write(tile, 0, part);
            raster.write(tile, 1, -part);
        }
        QVERIFY(!std::filesystem::exists(path("map.tif")));
        raster.commit();
        QVERIFY(band_of(path("map.tif"), 1) == values);
        QVERIFY(band_of(path("map.tif"), 2) == -values);
    }

    void an_unfinished_file_is_valid_and_has_its_size() {
        const PredictionGrid grid = grid_of({600, 300});
        const std::vector<GridTile> tiles = square_tiles(grid, TiledRaster::block_edge);
        std::uintmax_t before = 0;
        {
            TiledRaster raster(path("part.tif"), grid, {{"mean", true}}, dataset());
            const auto temporary = [&] {
                for (const auto& entry : std::filesystem::directory_iterator(folder_.path().toStdString()))
                    if (entry.path().filename().string().find("part") != std::string::npos) return entry.path();
                return std::filesystem::path();
            };
            before = std::filesystem::file_size(temporary());
            QVERIFY(before >= 600 * 300 * sizeof(double));
            raster.write(tiles[1], 0, Vector::Constant(tiles[1].cell_count(), 3.0));
            raster.flush();
            // What a crash would leave:
            std::filesystem::copy_file(temporary(), path("crashed.tif"));
            raster.commit();
        }
        for (const char* name : {"crashed.tif", "part.tif"}) {
            QCOMPARE(std::filesystem::file_size(path(name)), before);
            const Vector values = band_of(path(name), 1);
            QCOMPARE(values.size(), grid.cell_count());
            Index finished = 0;
            for (Index i = 0; i < values.size(); ++i) finished += values(i) == 3.0;
            QCOMPARE(finished, tiles[1].cell_count());
            QCOMPARE(values(tiles[1].cell_of(grid, 0)), 3.0);
            QVERIFY(std::isnan(values(tiles[0].cell_of(grid, 0))));
        }
    }

    void without_commit_nothing_stays() {
        { TiledRaster raster(path("gone.tif"), grid_of({20, 20}), {{"mean", true}}, dataset()); }
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path().toStdString()))
            QVERIFY(entry.path().filename().string().find("gone") == std::string::npos);
    }

    void levels_have_their_own_bands() {
        const PredictionGrid grid = grid_of({10, 8, 3});
        Matrix draws(grid.cell_count(), 2);
        draws.col(0) = Vector::LinSpaced(grid.cell_count(), 0.0, 1.0);
        draws.col(1) = -draws.col(0);
        draws(5, 0) = missing;
        write_draws_geotiff(path("draws.tif"), grid, draws, {"draw_1", "draw_2"}, dataset());
        const Vector second_level = band_of(path("draws.tif"), 4);  // level 1, draw_2
        QVERIFY(second_level == draws.col(1).segment(80, 80));
        QVERIFY(std::isnan(band_of(path("draws.tif"), 1)(5)));
        const QuietGdal gdal;
        const Raster raster(static_cast<GDALDataset*>(GDALOpen(path("draws.tif").c_str(), GA_ReadOnly)));
        QCOMPARE(raster->GetRasterCount(), 6);
        QCOMPARE(QString(raster->GetRasterBand(4)->GetDescription()), QString("draw_2 at depth = 100.75"));
        QCOMPARE(QString(raster->GetRasterBand(4)->GetUnitType()), QString("mm"));
    }

    void bad_calls_are_refused() {
        QCOMPARE(code_of([&] { TiledRaster raster(path("a.tif"), grid_of({20}), {{"mean", true}}, dataset()); }),
                 ErrorCode::unsupported);
        QCOMPARE(code_of([&] { TiledRaster raster(path("absent/a.tif"), grid_of({20, 20}), {{"mean", true}}, dataset()); }),
                 ErrorCode::input_output);
        TiledRaster raster(path("b.tif"), grid_of({20, 20}), {{"mean", true}}, dataset());
        QCOMPARE(code_of([&] { raster.write({0, 0, 0, 5, 5}, 0, Vector::Zero(24)); }), ErrorCode::dimension_mismatch);
        QCOMPARE(code_of([&] { raster.write({18, 0, 0, 5, 5}, 0, Vector::Zero(25)); }), ErrorCode::dimension_mismatch);
        QCOMPARE(code_of([&] { raster.write({0, 0, 0, 5, 5}, 1, Vector::Zero(25)); }), ErrorCode::dimension_mismatch);
    }

    void a_table_keeps_the_rows_that_were_finished() {
        const PredictionGrid grid = grid_of({4, 4});
        MapCsv csv(path("rows.csv"), grid, dataset(), {"mean", "sd"});
        const GridTile first = row_tiles(grid, 8)[0];
        csv.write(first, Matrix::Constant(8, 2, 1.5));
        QCOMPARE(code_of([&] { csv.write(first, Matrix::Zero(7, 2)); }), ErrorCode::dimension_mismatch);
        csv.keep_whole_rows();
        QFile file(QString::fromStdString(path("rows.csv")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), 9);
        QCOMPARE(lines[0], QByteArray("x,y,mean,sd"));
        QCOMPARE(lines[8], QByteArray("101.75,100.75,1.5,1.5"));
    }
};

QTEST_GUILESS_MAIN(TestTiledRaster)
#include "test_tiled_raster.moc"
