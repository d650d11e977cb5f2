// SPDX-License-Identifier: GPL-3.0-or-later
#include <gdal_priv.h>
#include <ogrsf_frmts.h>
#include <sqlite3.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

#include "core/base/error.h"
#include "core/fit/fit.h"
#include "core/io/import.h"
#include "core/io/project_file.h"
#include "core/validate/cross_validation.h"
#include "tests/core/map_fixture.h"
#include "tests/core/io/project_fixture.h"

using namespace anamorph;
using namespace anamorph::testing;

class TestProjectFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void dataComesBack_data();
    void dataComesBack();
    void settingsComeBack();
    void mapComesBackExactly();
    void fitComesBack();
    void comparisonComesBack();
    void gdalReadsSitesAndMaps();
    void replacesAnEarlierFile();
    void refusesToSaveNothing();
    void refusesForeignFiles();
    void refusesTruncatedFiles();
    void refusesTamperedFiles_data();
    void refusesTamperedFiles();
    void refusesEditedSites();
    void damagedBytesNeverCrash();

private:
    std::filesystem::path path(const QString& name) const {
        return folder_.filePath(name).toStdString();
    }
    QTemporaryDir folder_;
    Project scotland_;
};

void TestProjectFile::initTestCase() {
    GDALAllRegister();
    QuickImport choices;
    choices.covariates = {"elevation_m"};
    choices.value = "jan_temp_c";
    scotland_.dataset = sample("scotland_january_temp", choices);
    scotland_.map = labelled_map(*scotland_.dataset, 40);
    save_project(path("scotland.gpkg"), scotland_);
}

void TestProjectFile::dataComesBack_data() {
    QTest::addColumn<QByteArray>("name");
    for (const char* name :
         {"western_us_precip_1997", "step1d_obs", "argo2016_north_atlantic_3level"})
        QTest::newRow(name) << QByteArray(name);
}

void TestProjectFile::dataComesBack() {
    QFETCH(QByteArray, name);
    Project project;
    auto dataset = std::make_shared<SpatialDataset>(*sample(name.constData()));
    dataset->weights = Vector::LinSpaced(dataset->size(), 1.0, 2.0);
    dataset->covariates = Matrix::Random(dataset->size(), 2);
    dataset->covariate_names = {"fid", "Value"};  // names that GeoPackage or the value also use
    for (Index i = 0; i < dataset->size(); ++i) dataset->groups.push_back("hole " + std::to_string(i / 7));
    project.dataset = dataset;
    project.map = labelled_map(*dataset, 20);
    const auto file = path(name + ".gpkg");
    save_project(file, project);
    QVERIFY(is_project_file(file));
    const Project back = open_project(file);
    QVERIFY(identical(back.dataset->coordinates, dataset->coordinates));
    QVERIFY(identical(back.dataset->values, dataset->values));
    QVERIFY(identical(back.dataset->covariates, dataset->covariates));
    QVERIFY(identical(back.dataset->weights, dataset->weights));
    QCOMPARE(back.dataset->groups, dataset->groups);
    QCOMPARE(back.dataset->name, dataset->name);
    QCOMPARE(back.dataset->coordinate_names, dataset->coordinate_names);
    QCOMPARE(back.dataset->covariate_names, dataset->covariate_names);
    QCOMPARE(back.dataset->value_name, dataset->value_name);
    QCOMPARE(back.dataset->value_unit, dataset->value_unit);
    QCOMPARE(back.dataset->notes, dataset->notes);
    QCOMPARE(back.dataset->source_lines, dataset->source_lines);
    QCOMPARE(back.dataset->coordinate_system.wkt, dataset->coordinate_system.wkt);
    QCOMPARE(back.dataset->coordinate_system.label, dataset->coordinate_system.label);
    QCOMPARE(back.dataset->coordinate_system.unit, dataset->coordinate_system.unit);
    QCOMPARE(back.dataset->coordinate_system.source_wkt, dataset->coordinate_system.source_wkt);
    QVERIFY(identical(back.map->mean, project.map->mean));
    QVERIFY(!back.fit);
}

void TestProjectFile::settingsComeBack() {
    Project project = scotland_;
    project.automatic = false;
    project.specification.deformation = DeformationKind::realnvp;
    project.specification.log_scale = LogScale::no;
    project.specification.smoothness = Smoothness::infinite;
    project.specification.trend = Trend::covariates;
    project.specification.design_weight = 0.1 + 0.2;
    project.specification.design_term = DesignTerm::talk;
    project.specification.base_density = BaseDensity::gaussian;
    project.specification.couplings = 5;
    project.options.optimiser = OptimiserKind::adam;
    project.options.seed = 18446744073709551615ull;
    project.options.posterior = false;
    project.view_state = "{\"theme\": \"dark\",  \"quotes\": \"\\\"\"}";
    project.log = {"opened \"a\"", "trained\n", "fini \xC3\xA9"};
    save_project(path("settings.gpkg"), project);
    const Project back = open_project(path("settings.gpkg"));
    QCOMPARE(back.automatic, false);
    QCOMPARE(back.specification.deformation, DeformationKind::realnvp);
    QCOMPARE(back.specification.log_scale, LogScale::no);
    QCOMPARE(back.specification.smoothness, Smoothness::infinite);
    QCOMPARE(back.specification.trend, Trend::covariates);
    QVERIFY(back.specification.design_weight == project.specification.design_weight);
    QCOMPARE(back.specification.design_term, DesignTerm::talk);
    QCOMPARE(back.specification.base_density, BaseDensity::gaussian);
    QCOMPARE(back.specification.couplings, 5);
    QCOMPARE(back.options.optimiser, OptimiserKind::adam);
    QCOMPARE(back.options.seed, project.options.seed);
    QCOMPARE(back.options.posterior, false);
    QCOMPARE(back.view_state, project.view_state);
    QCOMPARE(back.log, project.log);
}

void TestProjectFile::mapComesBackExactly() {
    const Project back = open_project(path("scotland.gpkg"));
    QVERIFY(!scotland_.map->grid.mask.empty());
    QVERIFY(identical(back.map->mean, scotland_.map->mean));
    QVERIFY(identical(back.map->standard_deviation, scotland_.map->standard_deviation));
    QVERIFY(identical(back.map->grid.origin, scotland_.map->grid.origin));
    QVERIFY(identical(back.map->grid.cell_size, scotland_.map->grid.cell_size));
    QCOMPARE(back.map->grid.shape, scotland_.map->grid.shape);
    QCOMPARE(back.map->grid.mask, scotland_.map->grid.mask);
    QCOMPARE(back.map->of_observation, true);
    QCOMPARE(back.map->averaged, false);
    QCOMPARE(back.map->label, scotland_.map->label);
}

void TestProjectFile::fitComesBack() {
    const auto all = sample("scotland_january_temp");
    std::vector<Index> rows;
    for (Index i = 0; i < 80; ++i) rows.push_back(i);
    Project project;
    project.dataset = std::make_shared<const SpatialDataset>(all->subset(rows));
    project.specification.deformation = DeformationKind::anisotropic;
    project.specification.smoothness = Smoothness::three_halves;
    project.specification.log_scale = LogScale::no;
    project.automatic = false;
    project.options.threads = 1;
    project.options.max_iterations = 20;
    project.fit = fit(project.dataset, project.specification, project.options);
    save_project(path("fit.gpkg"), project);
    const Project back = open_project(path("fit.gpkg"));
    QVERIFY(back.fit);
    QCOMPARE(back.fit->candidates.size(), project.fit->candidates.size());
    QCOMPARE(back.fit->chosen, project.fit->chosen);
    const FittedModel& before = project.fit->model();
    const FittedModel& after = back.fit->model();
    QVERIFY(before.log_likelihood() == after.log_likelihood());
    QVERIFY(before.parameters().range == after.parameters().range);
    QVERIFY(before.parameters().nugget == after.parameters().nugget);
    QVERIFY(identical(before.deformed_from_geographic(project.dataset->coordinates),
                      after.deformed_from_geographic(back.dataset->coordinates)));
    QCOMPARE(after.history().rows.size(), before.history().rows.size());
    QVERIFY(!after.history().rows.empty());
    QCOMPARE(back.fit->verdict, project.fit->verdict);
}

void TestProjectFile::comparisonComesBack() {
    Project project;
    project.dataset = scotland_.dataset;
    ModelSpecification base;
    base.smoothness = Smoothness::half;
    std::vector<ModelChoice> models{model_choice_from_name("stationary", base), model_choice_from_name("anisotropic+log-scale", base),
                                    model_choice_from_name("realnvp", base)};
    models[2].specification.jacobian_penalty = -1.0;  // refused
    ValidationOptions options;
    options.fit.max_iterations = 5;
    options.fit.threads = 1;
    project.validation = validate(project.dataset, models, random_folds(project.dataset->size(), 2, 1), options);
    project.compared_model = 1;
    project.fit = *project.validation->models[1].fit;
    project.trained = *project.validation->models[0].fit;
    const auto file = path("compared.gpkg");
    save_project(file, project);
    const Project back = open_project(file);
    QVERIFY(back.validation.has_value() && back.trained.has_value());
    QCOMPARE(back.compared_model, 1);
    QCOMPARE(back.trained->model().label(), std::string("stationary"));
    const ValidationResult& was = *project.validation;
    const ValidationResult& is = *back.validation;
    QCOMPARE(is.verdict, was.verdict);
    QCOMPARE(is.folds.test_rows, was.folds.test_rows);
    QCOMPARE(is.models.size(), std::size_t{3});
    for (std::size_t i = 0; i < 3; ++i) {
        QCOMPARE(is.models[i].name, was.models[i].name);
        QCOMPARE(is.models[i].rank, was.models[i].rank);
        QCOMPARE(is.models[i].failure, was.models[i].failure);
        QCOMPARE(is.models[i].fit != nullptr, was.models[i].fit != nullptr);
        QVERIFY(identical(is.models[i].site_scores.crps, was.models[i].site_scores.crps));
    }
    QVERIFY(!is.models[2].failure.empty());
    QCOMPARE(is.models[1].from_best.log_score.standard_error, was.models[1].from_best.log_score.standard_error);
    QCOMPARE(is.models[1].evidence_gain, was.models[1].evidence_gain);
    const Points at = project.dataset->coordinates.topRows(5);
    QVERIFY((is.models[1].fit->model().deformed_from_geographic(at) - was.models[1].fit->model().deformed_from_geographic(at))
                .cwiseAbs()
                .maxCoeff() < 1e-9);
}

void TestProjectFile::gdalReadsSitesAndMaps() {
    const std::string file = path("scotland.gpkg").string();
    const Dataset vector(GDALDataset::Open(file.c_str(), GDAL_OF_VECTOR));
    QVERIFY(vector);
    OGRLayer* sites = vector->GetLayerByName("sites");
    QVERIFY(sites);
    QCOMPARE(static_cast<int>(sites->GetFeatureCount()), 151);
    const std::unique_ptr<OGRFeature> first(sites->GetNextFeature());
    QCOMPARE(first->GetFieldAsDouble("jan_temp_c"), 1.7);
    QCOMPARE(first->GetFieldAsDouble("elevation_m"), 255.0);
    QCOMPARE(first->GetGeometryRef()->toPoint()->getX(), 372.1);
    const GridMap& map = *scotland_.map;
    for (const char* name : {"prediction", "standard_deviation"}) {
        const Dataset raster(
            GDALDataset::Open(("GPKG:" + file + ":" + name).c_str(), GDAL_OF_RASTER));
        QVERIFY(raster);
        const auto nx = static_cast<int>(map.grid.shape[0]);
        const auto ny = static_cast<int>(map.grid.shape[1]);
        QCOMPARE(raster->GetRasterXSize(), nx);
        QCOMPARE(raster->GetRasterYSize(), ny);
        double transform[6];
        QCOMPARE(raster->GetGeoTransform(transform), CE_None);
        QVERIFY(std::abs(transform[0] - map.grid.origin[0]) < 1e-6);
        QVERIFY(std::abs(transform[3] - (map.grid.origin[1] + ny * map.grid.cell_size[1])) < 1e-6);
        GDALRasterBand* band = raster->GetRasterBand(1);
        const double no_data = band->GetNoDataValue();
        std::vector<double> cells(static_cast<std::size_t>(nx * ny));
        QCOMPARE(
            band->RasterIO(GF_Read, 0, 0, nx, ny, cells.data(), nx, ny, GDT_Float64, 0, 0, nullptr),
            CE_None);
        const Vector& values = name[0] == 'p' ? map.mean : map.standard_deviation;
        for (int j = 0; j < ny; ++j)
            for (int i = 0; i < nx; ++i) {
                const double got = cells[static_cast<std::size_t>(i + nx * (ny - 1 - j))];
                const double want = values[i + nx * j];
                if (std::isnan(want))
                    QVERIFY(static_cast<float>(got) == static_cast<float>(no_data));
                else
                    QVERIFY(std::abs(got - want) < 1e-6);
            }
    }
}

void TestProjectFile::replacesAnEarlierFile() {
    save_project(path("twice.gpkg"), scotland_);
    Project later = scotland_;
    later.map.reset();
    later.log = {"second"};
    save_project(path("twice.gpkg"), later);
    const Project back = open_project(path("twice.gpkg"));
    QCOMPARE(back.log, later.log);
    QVERIFY(!back.map);
    QCOMPARE(QDir(folder_.path()).entryList({".*"}, QDir::Files | QDir::Hidden).size(), 0);
}

void TestProjectFile::refusesToSaveNothing() {
    try {
        save_project(path("nothing.gpkg"), Project{});
        QFAIL("saved");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::bad_input);
    }
    try {
        save_project(path("no/such/folder/a.gpkg"), scotland_);
        QFAIL("saved");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::input_output);
    }
    QVERIFY(!QFile::exists(folder_.filePath("nothing.gpkg")));
}

void TestProjectFile::refusesForeignFiles() {
    QCOMPARE(code_of_opening(path("missing.gpkg")), ErrorCode::input_output);
    QCOMPARE(code_of_opening(folder_.path().toStdString()), ErrorCode::bad_input);
    QCOMPARE(code_of_opening(ANAMORPH_SAMPLE_DATA "/step1d_obs.csv"), ErrorCode::bad_input);
    run_sql(path("other.gpkg"), "CREATE TABLE t (a)");
    QCOMPARE(code_of_opening(path("other.gpkg")), ErrorCode::bad_input);
    QFile empty(folder_.filePath("empty.gpkg"));
    QVERIFY(empty.open(QIODevice::WriteOnly));
    empty.close();
    QCOMPARE(code_of_opening(path("empty.gpkg")), ErrorCode::bad_input);
    for (const char* name : {"missing.gpkg", "other.gpkg", "empty.gpkg"})
        QVERIFY(!is_project_file(path(name)));
    QVERIFY(!is_project_file(folder_.path().toStdString()));
}

void TestProjectFile::refusesTruncatedFiles() {
    QFile whole(QString::fromStdString(path("scotland.gpkg").string()));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    for (const qsizetype length : {qsizetype{50}, qsizetype{100}, qsizetype{4096}, bytes.size() / 2,
                                   bytes.size() - 4096, bytes.size() - 1}) {
        QFile cut(folder_.filePath("cut.gpkg"));
        QVERIFY(cut.open(QIODevice::WriteOnly));
        cut.write(bytes.left(length));
        cut.close();
        QCOMPARE(code_of_opening(path("cut.gpkg")), ErrorCode::bad_input);
    }
}

void TestProjectFile::refusesTamperedFiles_data() {
    QTest::addColumn<QByteArray>("sql");
    const auto row = [](const char* name, const char* sql) {
        QTest::newRow(name) << QByteArray(sql);
    };
    row("a document changed",
        "UPDATE anamorph_document SET value = replace(value, '\"ridge\":30', '\"ridge\":31')");
    row("an array changed",
        "UPDATE anamorph_array SET data = zeroblob(length(data)) WHERE name = 'values'");
    row("an array's shape changed", "UPDATE anamorph_array SET rows = rows + 1");
    row("a negative shape", "UPDATE anamorph_array SET rows = -rows, cols = -cols");
    row("an array removed", "DELETE FROM anamorph_array WHERE name = 'mean'");
    row("an array added",
        "INSERT INTO anamorph_array (owner, name, rows, cols, data) VALUES ('a', 'b', 0, 0, x'')");
    row("a document removed", "DELETE FROM anamorph_document WHERE key = 'specification'");
    row("the checksum removed", "DELETE FROM anamorph_document WHERE key = 'checksum'");
    row("all documents removed", "DELETE FROM anamorph_document");
    row("the arrays' table removed", "DROP TABLE anamorph_array");
    row("a column removed", "ALTER TABLE anamorph_array DROP COLUMN rows");
    row("a newer format",
        "UPDATE anamorph_document SET value = '{\"program\":\"Anamorph\",\"version\":99}' "
        "WHERE key = 'format'");
}

void TestProjectFile::refusesTamperedFiles() {
    QFETCH(QByteArray, sql);
    save_project(path("tampered.gpkg"), scotland_);
    run_sql(path("tampered.gpkg"), sql.constData());
    QCOMPARE(code_of_opening(path("tampered.gpkg")), ErrorCode::bad_input);
}

// The sites of the map in QGIS and the sites of the model must be the same.
void TestProjectFile::refusesEditedSites() {
    save_project(path("edited.gpkg"), scotland_);
    {
        const Dataset file(
            GDALDataset::Open(path("edited.gpkg").c_str(), GDAL_OF_VECTOR | GDAL_OF_UPDATE));
        QVERIFY(file);
        QCOMPARE(file->GetLayerByName("sites")->DeleteFeature(3), OGRERR_NONE);
    }
    QCOMPARE(code_of_opening(path("edited.gpkg")), ErrorCode::bad_input);
}

void TestProjectFile::damagedBytesNeverCrash() {
    QFile whole(QString::fromStdString(path("scotland.gpkg").string()));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    unsigned state = 5;
    for (int trial = 0; trial < 60; ++trial) {
        QByteArray damaged = bytes;
        for (int k = 0; k < 40; ++k) {
            state = state * 1664525u + 1013904223u;
            damaged[static_cast<qsizetype>(state % static_cast<unsigned>(bytes.size()))] =
                static_cast<char>(state >> 24);
        }
        QFile file(folder_.filePath("damaged.gpkg"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(damaged);
        file.close();
        try {
            const Project project = open_project(path("damaged.gpkg"));
            // Only damage outside the program's own tables may go unnoticed.
            QVERIFY(identical(project.dataset->values, scotland_.dataset->values));
            QVERIFY(identical(project.map->mean, scotland_.map->mean));
        } catch (const Error& error) {
            QVERIFY(!std::string(error.what()).empty());
        }
    }
}

QTEST_APPLESS_MAIN(TestProjectFile)
#include "test_project_file.moc"
