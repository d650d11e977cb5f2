// SPDX-License-Identifier: GPL-3.0-or-later
// Transformed values, quantiles, exceedance probabilities, rasters, noise and covariates of the distance on
// the command line.
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "command_line.h"

class TestTransforms : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        const CliRun run = fit({"--transform", "log", "--out", path("fit.gpkg")});
        QCOMPARE(run.exit_code, 0);
        report_ = run.json();
    }

    void fit_reports_the_transform() {
        const QJsonObject transform = report_.value("transform").toObject();
        QCOMPARE(transform.value("kind").toString(), QStringLiteral("log"));
        QCOMPARE(transform.value("shift").toDouble(), 0.0);
        QVERIFY(!transform.value("description").toString().isEmpty());
        const QJsonObject inspected = run_cli({"inspect", path("fit.gpkg"), "--json"}).json();
        QCOMPARE(inspected.value("fit").toObject().value("transform").toObject(), transform);
        // Skewed values are the likelier under the logarithm.
        const CliRun plain = fit({"--transform", "none"});
        QVERIFY(plain.json().value("transform").isNull());
        QVERIFY(report_.value("log_likelihood").toDouble() > plain.json().value("log_likelihood").toDouble());
    }

    void predictions_have_quantiles_and_probabilities() {
        const CliRun run = run_cli({"predict", path("fit.gpkg"), "--grid", "6x5", "--of", "observation", "--plug-in",
                                    "--quantiles", "0.05,0.5,0.95", "--above", "5", "--threads", "1", "--out",
                                    path("map.csv")});
        QCOMPARE(run.exit_code, 0);
        const QList<QByteArray> lines = read_all(path("map.csv")).trimmed().split('\n');
        QCOMPARE(lines[0].trimmed(), QByteArray("x,y,mean,sd,q0.05,q0.5,q0.95,above_5"));
        QCOMPARE(lines.size(), 31);
        for (qsizetype i = 1; i < lines.size(); ++i) {
            const QList<QByteArray> cells = lines[i].trimmed().split(',');
            const double mean = cells[2].toDouble(), low = cells[4].toDouble(), median = cells[5].toDouble(),
                         high = cells[6].toDouble(), above = cells[7].toDouble();
            QVERIFY(0.0 < low && low < median && median < mean && mean < high);
            QVERIFY(above >= 0.0 && above <= 1.0);
            QCOMPARE(above > 0.5, median > 5.0);
        }
    }

    void points_get_the_same_columns() {
        write_all(path("points.csv"), "x,y,q0.5\n120,500,1\n130,490,2\n");
        const CliRun run = run_cli({"predict", path("fit.gpkg"), "--at", path("points.csv"), "--quantiles", "0.5",
                                    "--threads", "1", "--out", path("points_out.csv")});
        QCOMPARE(run.exit_code, 0);
        QCOMPARE(read_all(path("points_out.csv")).split('\n').first().trimmed(),
                 QByteArray("x,y,q0.5,predicted_mean,predicted_sd,predicted_q0.5"));
    }

    void simulations_have_the_same_summary() {
        QCOMPARE(run_cli({"draw", path("fit.gpkg"), "--grid", "3x3", "--count", "3", "--quantiles", "0.1,0.9",
                          "--above", "5", "--threads", "1", "--out", path("drawn.csv")}).exit_code, 0);
        const QList<QByteArray> lines = read_all(path("drawn.csv")).trimmed().split('\n');
        QCOMPARE(lines[0].trimmed(), QByteArray("x,y,draw_1,draw_2,draw_3,mean,sd,q0.1,q0.9,above_5"));
        for (qsizetype i = 1; i < lines.size(); ++i) {
            const QList<QByteArray> cells = lines[i].trimmed().split(',');
            for (int k = 2; k < 5; ++k) QVERIFY(cells[k].toDouble() > 0.0);  // in the unit of the values
            QVERIFY(cells[7].toDouble() <= cells[8].toDouble());
        }
        QCOMPARE(run_cli({"draw", path("fit.gpkg"), "--grid", "3x3", "--count", "2", "--above", "5", "--threads", "1",
                          "--out", path("drawn.tif")}).exit_code, 0);
        QCOMPARE(run_cli({"draw", path("fit.gpkg"), "--grid", "3x3", "--quantiles", "2", "--out", path("a.csv")}).exit_code, 2);
    }

    void transforms_are_ranked_together() {
        const CliRun run = run_cli({"validate", data_, "--value", "zn", "--models", "stationary,stationary+log",
                                    "--smoothness", "0.5", "--folds", "3", "--plug-in", "--no-posterior",
                                    "--no-evidence", "--threads", "1", "--json"});
        QCOMPARE(run.exit_code, 0);
        const QJsonArray models = run.json().value("models").toArray();
        QCOMPARE(models.size(), 2);
        QVERIFY(models[1].toObject().value("log_score").toDouble() < models[0].toObject().value("log_score").toDouble());
        QCOMPARE(models[1].toObject().value("rank").toInt(), 1);
    }

    void what_makes_no_sense_is_wrong_usage() {
        QCOMPARE(fit({"--transform", "cube"}).exit_code, 2);
        QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--grid", "4x4", "--quantiles", "1.5", "--out", path("a.csv")}).exit_code, 2);
        QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--grid", "4x4", "--above", "nan", "--out", path("a.csv")}).exit_code, 2);
        QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--quantiles", "0.5", "--out", path("a.csv")}).exit_code, 2);
    }

    void a_raster_is_a_drift() {
        // The map of one model is the raster of the next.
        QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--grid", "40x40", "--bounds", "100,475,150,520", "--plug-in",
                          "--threads", "1", "--out", path("zinc.tif")}).exit_code, 0);
        const CliRun run = fit({"--drift-raster", path("zinc.tif"), "--map", "20", "--out", path("drift.gpkg")});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        QCOMPARE(run.json().value("data").toObject().value("covariates").toArray(), QJsonArray({"zinc"}));
        QCOMPARE(run.json().value("parameters").toObject().value("trend_coefficients").toArray().size(), 2);
        const QStringList map = {"predict", path("drift.gpkg"), "--grid", "12x12", "--plug-in", "--threads", "1",
                                 "--out", path("drift.csv")};
        QCOMPARE(run_cli(map).exit_code, 0);
        QCOMPARE(run_cli({"draw", path("drift.gpkg"), "--grid", "8x8", "--count", "2", "--threads", "1", "--out",
                          path("draws.csv")}).exit_code, 0);
        write_all(path("sites.csv"), "x,y\n120,500\n");
        QCOMPARE(run_cli({"predict", path("drift.gpkg"), "--at", path("sites.csv"), "--threads", "1", "--out",
                          path("at.csv")}).exit_code, 0);
        // Moved: a sentence, and the new place in its stead.
        QVERIFY(QFile::rename(path("zinc.tif"), path("moved.tif")));
        const CliRun missing = run_cli(map);
        QCOMPARE(missing.exit_code, 3);
        QVERIFY(missing.err.contains("zinc.tif"));
        QCOMPARE(run_cli(map + QStringList{"--drift-raster", path("moved.tif")}).exit_code, 0);
        QCOMPARE(fit({"--drift-raster", path("none.tif")}).exit_code, 3);
    }

    void student_noise_lists_its_outliers() {
        QByteArray table = read_all(data_);
        QList<QByteArray> lines = table.split('\n');
        const qsizetype value = lines[0].trimmed().split(',').indexOf("zn");
        QVERIFY(value >= 0);
        QList<QByteArray> cells = lines[21].trimmed().split(',');
        cells[value] = "400";
        lines[21] = cells.join(',');
        write_all(path("spoilt.csv"), lines.join('\n'));
        const CliRun run = run_cli({"fit", path("spoilt.csv"), "--value", "zn", "--model", "stationary", "--smoothness",
                                    "0.5", "--noise", "student", "--degrees-of-freedom", "3", "--varying-nugget",
                                    "--threads", "1", "--out", path("student.gpkg"), "--json"});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        const QJsonObject noise = run.json().value("noise").toObject();
        QCOMPARE(noise.value("kind").toString(), QStringLiteral("student"));
        QCOMPARE(noise.value("evidence").toString(), QStringLiteral("lower bound"));
        const QJsonObject worst = noise.value("outliers").toArray().first().toObject();
        QCOMPARE(worst.value("line").toInt(), 22);
        QCOMPARE(worst.value("value").toDouble(), 400.0);
        QVERIFY(worst.value("weight").toDouble() < 0.1);
        QVERIFY(run.json().value("selected").toString().contains("Student noise"));
        QCOMPARE(run_cli({"predict", path("student.gpkg"), "--grid", "5x5", "--of", "observation", "--quantiles",
                          "0.01,0.99", "--threads", "1", "--out", path("student.csv")}).exit_code, 0);
        QCOMPARE(run_cli({"draw", path("student.gpkg"), "--grid", "5x5", "--of", "observation", "--count", "2",
                          "--threads", "1", "--out", path("student_draws.csv")}).exit_code, 0);
        QCOMPARE(fit({"--noise", "cauchy"}).exit_code, 2);
        QCOMPARE(fit({"--noise", "student", "--degrees-of-freedom", "2"}).exit_code, 2);
    }

    void a_covariate_is_a_coordinate_of_the_distance() {
        const CliRun run = run_cli({"fit", QStringLiteral(ANAMORPH_SAMPLE_DATA "/scotland_january_temp.csv"), "--value",
                                    "jan_temp_c", "--covariates", "elevation_m", "--distance-covariate", "elevation_m",
                                    "--model", "stationary", "--smoothness", "0.5", "--threads", "1", "--no-posterior",
                                    "--out", path("scotland.gpkg"), "--json"});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        const QJsonObject scale = run.json().value("distance_covariates").toArray().first().toObject();
        QCOMPARE(scale.value("covariate").toString(), QStringLiteral("elevation_m"));
        QVERIFY(scale.value("range").toDouble() > 0.0 && scale.value("length_of_one_deviation").toDouble() > 0.0);
        write_all(path("hills.csv"), "x_km,y_km,elevation_m\n300,700,10\n300,700,900\n");
        QCOMPARE(run_cli({"predict", path("scotland.gpkg"), "--at", path("hills.csv"), "--plug-in", "--threads", "1",
                          "--out", path("hills_out.csv")}).exit_code, 0);
        const QList<QByteArray> rows = read_all(path("hills_out.csv")).trimmed().split('\n');
        QVERIFY(rows[1].split(',')[3].toDouble() > rows[2].split(',')[3].toDouble() + 1.0);  // colder up there
        // Without the covariate there is a sentence, on a grid too.
        write_all(path("flat.csv"), "x_km,y_km\n300,700\n");
        QCOMPARE(run_cli({"predict", path("scotland.gpkg"), "--at", path("flat.csv"), "--out", path("a.csv")}).exit_code, 3);
        QCOMPARE(run_cli({"predict", path("scotland.gpkg"), "--grid", "5x5", "--out", path("a.csv")}).exit_code, 2);
        const CliRun unknown = fit({"--distance-covariate", "slope"});
        QCOMPARE(unknown.exit_code, 3);
        QVERIFY(unknown.err.contains("slope"));
    }

private:
    [[nodiscard]] QString path(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }
    [[nodiscard]] CliRun fit(const QStringList& further) const {
        return run_cli(QStringList{"fit", data_, "--value", "zn", "--model", "stationary", "--smoothness", "0.5",
                                   "--threads", "1", "--json"} + further);
    }

    QTemporaryDir folder_;
    const QString data_ = QStringLiteral(ANAMORPH_SAMPLE_DATA "/pollution_zn_pb.csv");
    QJsonObject report_;
};

QTEST_GUILESS_MAIN(TestTransforms)
#include "test_transforms.moc"
