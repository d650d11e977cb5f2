// SPDX-License-Identifier: GPL-3.0-or-later
// Deformations made of layers on the command line: fitted, saved, opened, predicted, refused.
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "tests/cli/command_line.h"

class TestComposed : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        QCOMPARE(run_cli({"simulate", "--scenario", "compress", "--n", "120", "--seed", "2", "--out",
                          path("data.csv")}).exit_code, 0);
    }

    void fitted_saved_opened_and_predicted_data() {
        QTest::addColumn<QString>("model");
        for (const char* name : {"axial", "axial+radial-basis", "mobius+log-scale", "velocity-field+axial"})
            QTest::newRow(name) << QString(name);
    }
    void fitted_saved_opened_and_predicted() {
        QFETCH(QString, model);
        const CliRun fitted = run_cli({"fit", path("data.csv"), "--model", model, "--smoothness", "1.5",
                                       "--layer-ridge", "5", "--out", path("p.gpkg"), "--json"});
        QVERIFY2(fitted.exit_code == 0, fitted.err.constData());
        QCOMPARE(fitted.json()["model"].toString(), model);
        const CliRun again = run_cli({"predict", path("p.gpkg"), "--grid", "5x4", "--out", path("m.csv"), "--json"});
        QVERIFY2(again.exit_code == 0, again.err.constData());
        QVERIFY(read_all(path("m.csv")).count('\n') > 20);
        const CliRun resumed = run_cli({"fit", "--resume", path("p.gpkg"), "--json"});
        QVERIFY2(resumed.exit_code == 0, resumed.err.constData());
        QCOMPARE(resumed.json()["model"].toString(), model);
    }

    void regions_come_from_polygons() {
        write_all(path("west.geojson"), R"({"type":"Feature","properties":{},"geometry":
            {"type":"Polygon","coordinates":[[[-2,-2],[0,-2],[0,2],[-2,2],[-2,-2]]]}})");
        const QStringList common = {"fit", path("data.csv"), "--smoothness", "0.5", "--no-posterior", "--json"};
        const CliRun fitted = run_cli(common + QStringList{"--model", "segmented", "--regions-from", path("west.geojson"), "--out", path("s.gpkg")});
        QVERIFY2(fitted.exit_code == 0, fitted.err.constData());
        // The region and the rest.
        QCOMPARE(fitted.json()["structures"].toArray().size(), 2);
        const CliRun again = run_cli({"predict", path("s.gpkg"), "--grid", "5x4", "--out", path("m.csv")});
        QVERIFY2(again.exit_code == 0, again.err.constData());
        QCOMPARE(run_cli(common + QStringList{"--model", "anisotropic", "--regions-from", path("west.geojson")}).exit_code, 2);
        QCOMPARE(run_cli(common + QStringList{"--model", "segmented", "--regions-from", path("none.gpkg")}).exit_code, 3);
        QCOMPARE(run_cli(common + QStringList{"--model", "segmented", "--regions-from", path("data.csv")}).exit_code, 3);
    }

    void a_smoothness_that_varies_is_reported_and_mapped() {
        const QStringList common = {"fit", path("data.csv"), "--kernel-basis", "2", "--max-iterations", "12", "--json"};
        const CliRun fitted = run_cli(common + QStringList{"--model", "convolution", "--varying-smoothness", "--map", "6",
                                                           "--plug-in", "--out", path("v.gpkg")});
        QVERIFY2(fitted.exit_code == 0, fitted.err.constData());
        QVERIFY(fitted.json()["selected"].toString().contains("varying smoothness"));
        const QJsonObject nu = fitted.json()["smoothness_over_sites"].toObject();
        QVERIFY(nu["least"].toDouble() >= 0.2 && nu["greatest"].toDouble() <= 4.0);
        QVERIFY(nu["least"].toDouble() <= nu["median"].toDouble() && nu["median"].toDouble() <= nu["greatest"].toDouble());
        const CliRun inspected = run_cli({"inspect", path("v.gpkg")});
        QVERIFY2(inspected.out.contains("over the sites, median"), inspected.out.constData());
        const CliRun mapped = run_cli({"predict", path("v.gpkg"), "--grid", "4x3", "--local-range", "--draws", "8", "--out", path("v.csv")});
        QVERIFY2(mapped.exit_code == 0, mapped.err.constData());
        QVERIFY(read_all(path("v.csv")).split('\n').first().trimmed().endsWith("smoothness"));
        // By its name too; not for a model without it, and not with a smoothness that is given.
        const CliRun named = run_cli(common + QStringList{"--model", "convolution+varying-smoothness", "--no-posterior"});
        QVERIFY2(named.exit_code == 0, named.err.constData());
        QVERIFY(named.json()["selected"].toString().contains("varying smoothness"));
        QCOMPARE(run_cli(common + QStringList{"--model", "stationary", "--varying-smoothness"}).exit_code, 2);
        const CliRun given = run_cli(common + QStringList{"--model", "convolution", "--varying-smoothness", "--smoothness", "0.5"});
        QVERIFY(given.exit_code == 2 && given.err.contains("leave the smoothness"));
    }

    void the_range_is_profiled() {
        const CliRun run = run_cli({"profile", path("data.csv"), "--smoothness", "1.5", "--ranges", "9", "--shortest", "0.02",
                                    "--longest", "2", "--out", path("profile.csv"), "--json"});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        const QJsonArray points = run.json()["points"].toArray(), minima = run.json()["minima"].toArray();
        QCOMPARE(points.size(), 9);
        QVERIFY(std::abs(points[0].toObject()["range"].toDouble() - 0.02) < 1e-9);
        QVERIFY(std::abs(points[8].toObject()["range"].toDouble() - 2.0) < 1e-9);
        QVERIFY(!minima.isEmpty());
        const CliRun fitted = run_cli({"fit", path("data.csv"), "--model", "stationary", "--smoothness", "1.5", "--no-posterior", "--json"});
        QVERIFY(std::abs(fitted.json()["parameters"].toObject()["range"].toDouble() / minima[0].toObject()["range"].toDouble() - 1.0) < 0.01);
        QCOMPARE(read_all(path("profile.csv")).count('\n'), qsizetype(10));
        QCOMPARE(run_cli({"profile", path("data.csv"), "--ranges", "3"}).exit_code, 2);
        QCOMPARE(run_cli({"profile", path("data.csv"), "--shortest", "3", "--longest", "1"}).exit_code, 2);
        QCOMPARE(run_cli({"profile", path("data.csv"), "--model", "origami"}).exit_code, 2);
    }

    void wrong_names_are_wrong_usage_data() {
        QTest::addColumn<QString>("model");
        QTest::newRow("unknown") << QString("axial+origami");
        QTest::newRow("no layer") << QString("axial+anisotropic");
        QTest::newRow("empty part") << QString("axial+");
        QTest::newRow("too many") << QString("axial+axial+axial+axial+axial+axial+axial");
    }
    void wrong_names_are_wrong_usage() {
        QFETCH(QString, model);
        const CliRun run = run_cli({"fit", path("data.csv"), "--model", model});
        QVERIFY(run.exit_code == 2 || run.exit_code == 3);
        QVERIFY(run.err.size() > 30);
    }

    void a_ridge_out_of_range_is_wrong_usage() {
        QCOMPARE(run_cli({"fit", path("data.csv"), "--model", "axial", "--layer-ridge", "0"}).exit_code, 2);
    }

    void a_second_level_and_units_are_fitted_and_reported() {
        const CliRun fitted = run_cli({"fit", path("data.csv"), "--model", "velocity-field", "--smoothness", "1.5",
                                       "--basis-size", "4", "--fine-basis", "7", "--fine-ridge", "150",
                                       "--added-units", "2", "--out", path("levels.gpkg"), "--json"});
        QVERIFY2(fitted.exit_code == 0, fitted.err.constData());
        const QJsonObject field = fitted.json()["velocity_field"].toObject();
        const QJsonArray levels = field["levels"].toArray();
        QCOMPARE(levels.size(), 2);
        QCOMPARE(levels[1].toObject()["ridge"].toDouble(), 150.0);
        QCOMPARE(levels[1].toObject()["centres"].toArray()[0].toInt(), 7);
        QVERIFY(field["units"].toArray().size() <= 2);
        const QJsonObject inspected = run_cli({"inspect", path("levels.gpkg"), "--json"}).json();
        QCOMPARE(inspected["fit"].toObject()["velocity_field"].toObject(), field);
        const CliRun map = run_cli({"predict", path("levels.gpkg"), "--grid", "5x4", "--out", path("m.csv")});
        QVERIFY2(map.exit_code == 0, map.err.constData());

        for (const QStringList& wrong : {QStringList{"--fine-basis", "5"}, QStringList{"--fine-ridge", "0"},
                                         QStringList{"--added-units", "40"}})
            QCOMPARE(run_cli(QStringList{"fit", path("data.csv"), "--model", "velocity-field"} + wrong).exit_code, 2);
        const int refused = run_cli({"fit", path("data.csv"), "--model", "axial", "--added-units", "2"}).exit_code;
        QVERIFY(refused == 2 || refused == 3);
    }

    void the_local_range_has_a_posterior() {
        QCOMPARE(run_cli({"fit", path("data.csv"), "--model", "velocity-field", "--smoothness", "1.5", "--basis-size",
                          "4", "--out", path("range.gpkg")}).exit_code, 0);
        const CliRun grid = run_cli({"predict", path("range.gpkg"), "--grid", "6x5", "--local-range", "--out",
                                     path("range.csv"), "--json"});
        QVERIFY2(grid.exit_code == 0, grid.err.constData());
        QCOMPARE(grid.json()["of"].toString(), QStringLiteral("local range"));
        const QList<QByteArray> lines = read_all(path("range.csv")).trimmed().split('\n');
        QCOMPARE(lines[0].trimmed(), QByteArray("x,y,local_range,local_range_lower,local_range_upper,log_local_range_sd"));
        QCOMPARE(lines.size(), 31);
        for (qsizetype i = 1; i < lines.size(); ++i) {
            const QList<QByteArray> cells = lines[i].trimmed().split(',');
            QVERIFY(0.0 < cells[3].toDouble() && cells[3].toDouble() < cells[2].toDouble());
            QVERIFY(cells[2].toDouble() < cells[4].toDouble() && cells[5].toDouble() > 0.0);
        }
        QCOMPARE(run_cli({"predict", path("range.gpkg"), "--grid", "6x5", "--local-range", "--out",
                          path("range.tif")}).exit_code, 0);
        QCOMPARE(run_cli({"predict", path("range.gpkg"), "--at", path("data.csv"), "--local-range", "--out",
                          path("at.csv")}).exit_code, 0);
        QCOMPARE(read_all(path("at.csv")).trimmed().split('\n').size(), 121);
        // Alone, and of a model that has a posterior.
        QCOMPARE(run_cli({"predict", path("range.gpkg"), "--local-range", "--out", path("no.csv")}).exit_code, 2);
        QCOMPARE(run_cli({"predict", path("range.gpkg"), "--grid", "6x5", "--local-range", "--quantiles", "0.5",
                          "--out", path("no.csv")}).exit_code, 2);
        QCOMPARE(run_cli({"fit", path("data.csv"), "--model", "stationary", "--smoothness", "1.5", "--no-posterior",
                          "--out", path("plain.gpkg")}).exit_code, 0);
        const CliRun none = run_cli({"predict", path("plain.gpkg"), "--grid", "6x5", "--local-range", "--out",
                                     path("no.csv")});
        QCOMPARE(none.exit_code, 2);
        QVERIFY(none.err.contains("posterior"));
    }

    void validation_reports_the_calibration_of_intervals() {
        const CliRun run = run_cli({"validate", path("data.csv"), "--models", "stationary", "--smoothness", "1.5",
                                    "--folds", "4", "--json"});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        const QJsonObject model = run.json()["models"].toArray()[0].toObject();
        const QJsonArray calibration = model["calibration"].toArray();
        QCOMPARE(calibration.size(), 5);
        double last = 0.0;
        for (const auto& at : calibration) {
            const double coverage = at.toObject()["coverage"].toDouble();
            QVERIFY(coverage >= last && coverage <= 1.0);
            last = coverage;
        }
        QCOMPARE(calibration[2].toObject()["coverage"].toDouble(), model["coverage_90"].toDouble());
        double counted = 0.0;
        for (const auto& bin : model["probability_integral_histogram"].toArray()) counted += bin.toDouble();
        QCOMPARE(counted, 120.0);
    }

private:
    QString path(const QString& name) const { return folder_.filePath(name); }
    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestComposed)
#include "test_composed.moc"
