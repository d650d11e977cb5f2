// SPDX-License-Identifier: GPL-3.0-or-later
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <limits>
#include <memory>

#include "core/base/error.h"
#include "core/io/export.h"
#include "core/io/import.h"
#include "tests/core/map_fixture.h"

using namespace anamorph;
using anamorph::testing::map_over;

namespace {
struct Close {
    void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<GDALDataset, Close>;

}  // namespace

class TestExport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { GDALAllRegister(); }
    void geotiffIsReadBackByGdal();
    void geotiffOfOneLayer();
    void levelsOfThreeDimensions();
    void oneDimensionIsNoRaster();
    void mapAsTable();
    void predictionsBesideTheTable();
    void numbersKeepTheirDigits();
    void unwritablePlaces();

private:
    std::filesystem::path path(const char* name) const {
        return folder_.filePath(QString::fromLatin1(name)).toStdString();
    }
    QTemporaryDir folder_;
};

void TestExport::geotiffIsReadBackByGdal() {
    const SpatialDataset dataset = import_file(ANAMORPH_SAMPLE_DATA "/western_us_precip_1997.csv");
    const GridMap map = map_over(dataset, 60);
    QVERIFY(!map.grid.mask.empty());
    write_geotiff(path("map.tif"), map, dataset);
    const Dataset file(GDALDataset::Open(path("map.tif").c_str(), GDAL_OF_RASTER));
    QVERIFY(file);
    const auto nx = static_cast<int>(map.grid.shape[0]);
    const auto ny = static_cast<int>(map.grid.shape[1]);
    QCOMPARE(file->GetRasterXSize(), nx);
    QCOMPARE(file->GetRasterYSize(), ny);
    QCOMPARE(file->GetRasterCount(), 2);
    double transform[6];
    QCOMPARE(file->GetGeoTransform(transform), CE_None);
    QVERIFY(std::abs(transform[0] - map.grid.origin[0]) < 1e-9);
    QVERIFY(std::abs(transform[1] - map.grid.cell_size[0]) < 1e-9);
    QVERIFY(std::abs(transform[3] - (map.grid.origin[1] + ny * map.grid.cell_size[1])) < 1e-9);
    QVERIFY(std::abs(transform[5] + map.grid.cell_size[1]) < 1e-9);
    OGRSpatialReference working;
    working.SetFromUserInput(dataset.coordinate_system.wkt.c_str());
    const char* const criteria[] = {"CRITERION=EQUIVALENT", nullptr};
    QVERIFY(file->GetSpatialRef() && file->GetSpatialRef()->IsSame(&working, criteria));
    for (int b = 1; b <= 2; ++b) {
        GDALRasterBand* band = file->GetRasterBand(b);
        int has_no_data = 0;
        QVERIFY(std::isnan(band->GetNoDataValue(&has_no_data)) && has_no_data);
        QCOMPARE(band->GetRasterDataType(), GDT_Float64);
        std::vector<double> cells(static_cast<std::size_t>(nx * ny));
        QCOMPARE(
            band->RasterIO(GF_Read, 0, 0, nx, ny, cells.data(), nx, ny, GDT_Float64, 0, 0, nullptr),
            CE_None);
        const Vector& expected = b == 1 ? map.mean : map.standard_deviation;
        for (int j = 0; j < ny; ++j)
            for (int i = 0; i < nx; ++i) {
                const double got = cells[static_cast<std::size_t>(i + nx * (ny - 1 - j))];
                const double want = expected[i + nx * j];
                QVERIFY(got == want || (std::isnan(got) && std::isnan(want)));
            }
    }
    QCOMPARE(QByteArray(file->GetRasterBand(2)->GetDescription()),
             QByteArray("standard deviation"));
}

void TestExport::geotiffOfOneLayer() {
    const SpatialDataset dataset = import_file(ANAMORPH_SAMPLE_DATA "/scotland_january_temp.csv");
    const GridMap map = map_over(dataset, 30);
    write_geotiff(path("layer.tif"), map.grid, map.mean, "log|det J|", dataset);
    const Dataset file(GDALDataset::Open(path("layer.tif").c_str(), GDAL_OF_RASTER));
    QVERIFY(file);
    QCOMPARE(file->GetRasterCount(), 1);
    QCOMPARE(QByteArray(file->GetRasterBand(1)->GetDescription()), QByteArray("log|det J|"));
    // Nothing is left beside the file.
    QCOMPARE(QDir(folder_.path()).entryList({".*"}, QDir::Files | QDir::Hidden).size(), 0);
}

void TestExport::levelsOfThreeDimensions() {
    const SpatialDataset dataset =
        import_file(ANAMORPH_SAMPLE_DATA "/argo2016_north_atlantic_3level.csv");
    const GridMap map = map_over(dataset, 20);
    write_geotiff(path("levels.tif"), map, dataset);
    const Dataset file(GDALDataset::Open(path("levels.tif").c_str(), GDAL_OF_RASTER));
    QVERIFY(file);
    QCOMPARE(file->GetRasterCount(), 2 * static_cast<int>(map.grid.shape[2]));
    QVERIFY(QByteArray(file->GetRasterBand(1)->GetDescription()).contains("pressure_dbar"));
}

void TestExport::oneDimensionIsNoRaster() {
    const SpatialDataset dataset = import_file(ANAMORPH_SAMPLE_DATA "/step1d_obs.csv");
    const GridMap map = map_over(dataset, 50);
    try {
        write_geotiff(path("line.tif"), map, dataset);
        QFAIL("accepted");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::unsupported);
    }
    write_map_csv(path("line.csv"), map, dataset);
    const Table table = read_table(path("line.csv"), detect_table_format(path("line.csv")));
    QCOMPARE(table.rows(), 50L);
    QCOMPARE(table.columns.size(), std::size_t{3});
}

void TestExport::mapAsTable() {
    const SpatialDataset dataset = import_file(ANAMORPH_SAMPLE_DATA "/western_us_precip_1997.csv");
    const GridMap map = map_over(dataset, 40);
    write_map_csv(path("map.csv"), map, dataset);
    const Table table = read_table(path("map.csv"), detect_table_format(path("map.csv")));
    QCOMPARE(table.rows(), static_cast<long>(map.grid.active_count()));
    std::vector<std::string> names;
    for (const TableColumn& column : table.columns) names.push_back(column.name);
    QCOMPARE(names, (std::vector<std::string>{"lon", "lat", "x_km", "y_km", "mean", "sd"}));
    const Index cell = map.grid.active_cells()[5];
    QVERIFY(std::abs(table.columns[4].numbers[5] - map.mean[cell]) < 1e-14 * 3.0);
    Points lon_lat(1, 2);
    lon_lat << table.columns[0].numbers[5], table.columns[1].numbers[5];
    const Points back = dataset.coordinate_system.working_from_source(lon_lat);
    QVERIFY((back - map.grid.centres().row(cell)).cwiseAbs().maxCoeff() < 1e-6);
}

void TestExport::predictionsBesideTheTable() {
    write_csv(path("points.csv"), {"x", "y"}, (Matrix(2, 2) << 0.1, 2, 1.0 / 3.0, 4).finished());
    Table table = read_table(path("points.csv"), detect_table_format(path("points.csv")));
    TableColumn town;
    town.name = "town";
    town.numeric = false;
    town.texts = {"A, \"b\"", "c"};
    table.columns.push_back(town);
    Prediction prediction;
    prediction.mean = Vector::Constant(2, 1.5);
    prediction.variance = Vector::Constant(2, 4.0);
    write_predictions_csv(path("predicted.csv"), table, prediction);
    const Table back =
        read_table(path("predicted.csv"), detect_table_format(path("predicted.csv")));
    QCOMPARE(back.columns.size(), std::size_t{5});
    QCOMPARE(back.columns[1].numbers, table.columns[1].numbers);
    QCOMPARE(back.columns[2].texts, town.texts);
    QCOMPARE(back.columns[3].name, std::string("mean"));
    QCOMPARE(back.columns[4].numbers, (std::vector<double>{2.0, 2.0}));
    prediction.mean.resize(3);
    QVERIFY_THROWS_EXCEPTION(Error, write_predictions_csv(path("no.csv"), table, prediction));
}

void TestExport::numbersKeepTheirDigits() {
    Matrix numbers(3, 1);
    numbers << 1.0 / 3.0, 1e-300, std::numeric_limits<double>::quiet_NaN();
    write_csv(path("digits.csv"), {"a,b"}, numbers);
    QFile file(QString::fromStdString(path("digits.csv").string()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("\"a,b\"\n0.333333333333333\n1e-300\n\n"));
    QVERIFY_THROWS_EXCEPTION(Error, write_csv(path("digits.csv"), {"a", "b"}, numbers));
}

void TestExport::unwritablePlaces() {
    const Matrix numbers = Matrix::Ones(2, 1);
    for (const std::filesystem::path& place :
         {std::filesystem::path(folder_.path().toStdString()), path("no/such/folder/a.csv")}) {
        try {
            write_csv(place, {"a"}, numbers);
            QFAIL("written");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::input_output);
        }
    }
}

QTEST_APPLESS_MAIN(TestExport)
#include "test_export.moc"
