// SPDX-License-Identifier: GPL-3.0-or-later
// Space with time and the sphere on the command line.
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "command_line.h"

class TestSpaceTime : public QObject {
    Q_OBJECT

    [[nodiscard]] QString path(const char* name) const { return folder_.filePath(QString::fromUtf8(name)); }
    QTemporaryDir folder_;

private Q_SLOTS:
    /// A wave that travels east 5 km a day, on ten days in June.
    void initTestCase() {
        QVERIFY(folder_.isValid());
        QByteArray table = "x_km,y_km,date,height\n", globe = "lon,lat,t,height\n";
        unsigned state = 7;
        const auto uniform = [&state] {
            state = state * 1664525u + 1013904223u;
            return (state >> 8) / 16777216.0;
        };
        for (int i = 0; i < 90; ++i) {
            const double x = 60.0 * uniform(), y = 40.0 * uniform();
            const int day = i % 10;
            const double z = std::sin((x - 5.0 * day) / 9.0) + 0.5 * std::cos(y / 12.0) + 0.1 * uniform();
            table += QByteArray::number(x) + ',' + QByteArray::number(y) + ",2020-06-" +
                     QByteArray::number(day + 1).rightJustified(2, '0') + ',' + QByteArray::number(z) + '\n';
            const double lon = 360.0 * uniform(), lat = 170.0 * uniform() - 85.0;
            globe += QByteArray::number(lon) + ',' + QByteArray::number(lat) + ',' + QByteArray::number(i) + ',' +
                     QByteArray::number(std::sin(lat / 20.0) + std::cos(lon / 57.3) + 0.1 * uniform()) + '\n';
        }
        write_all(path("waves.csv"), table);
        write_all(path("globe.csv"), globe);
        const CliRun run = run_cli({"fit", path("waves.csv"), "--time", "date", "--model", "stationary", "--log-scale",
                                    "no", "--smoothness", "1.5", "--threads", "1", "--map", "8", "--map-times",
                                    "2020-06-03,2020-06-07", "--out", path("waves.gpkg"), "--json"});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        report_ = run.json();
    }

    void the_range_of_time_is_reported() {
        const QJsonObject parameters = report_.value("parameters").toObject();
        QVERIFY(parameters.value("time_range").toDouble() > 0.3);
        QVERIFY(parameters.value("time_range").toDouble() < 30.0);
        const QJsonObject data = report_.value("data").toObject();
        QCOMPARE(data.value("time").toString(), QStringLiteral("date"));
    }

    void maps_are_of_the_times_that_are_named() {
        const CliRun run = run_cli({"predict", path("waves.gpkg"), "--grid", "5x4", "--time", "2020-06-02,2020-06-05T12:00",
                                    "--plug-in", "--threads", "1", "--out", path("map.csv")});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        const QList<QByteArray> lines = read_all(path("map.csv")).trimmed().split('\n');
        QCOMPARE(lines[0].trimmed(), QByteArray("x_km,y_km,date,mean,sd"));
        QCOMPARE(lines.size(), 41);
        QVERIFY(lines[1].contains("2020-06-02,"));
        QVERIFY(lines[40].contains("2020-06-05T12:00,"));
        QCOMPARE(run_cli({"predict", path("waves.gpkg"), "--grid", "5x4", "--out", path("map.csv")}).exit_code, 2);
        QCOMPARE(run_cli({"predict", path("waves.gpkg"), "--grid", "5x4", "--time", "noon", "--out", path("map.csv")}).exit_code, 2);
    }

    void points_have_times_of_their_own_or_one_for_all() {
        write_all(path("at.csv"), "x_km,y_km,date\n30,20,2020-06-05\n30,20,2020-06-09\n");
        QCOMPARE(run_cli({"predict", path("waves.gpkg"), "--at", path("at.csv"), "--plug-in", "--threads", "1", "--out",
                          path("own.csv")}).exit_code, 0);
        write_all(path("bare.csv"), "x_km,y_km\n30,20\n");
        QCOMPARE(run_cli({"predict", path("waves.gpkg"), "--at", path("bare.csv"), "--time", "2020-06-09", "--plug-in",
                          "--threads", "1", "--out", path("one.csv")}).exit_code, 0);
        const QByteArray own = read_all(path("own.csv")).trimmed().split('\n')[2].trimmed().split(',')[3];
        const QByteArray one = read_all(path("one.csv")).trimmed().split('\n')[1].trimmed().split(',')[2];
        QVERIFY(!own.isEmpty() && !one.isEmpty());
        QVERIFY(std::abs(own.toDouble() - one.toDouble()) < 1e-9);
        QCOMPARE(run_cli({"predict", path("waves.gpkg"), "--at", path("bare.csv"), "--out", path("one.csv")}).exit_code, 3);
    }

    void simulations_are_of_a_time() {
        const CliRun run = run_cli({"draw", path("waves.gpkg"), "--grid", "4x3", "--time", "2020-06-04", "--count", "2",
                                    "--threads", "1", "--out", path("draws.csv")});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        QCOMPARE(read_all(path("draws.csv")).trimmed().split('\n').size(), 13);
    }

    void periods_and_forecasts_are_held_out() {
        for (const QStringList& how : {QStringList{"--periods", "5"}, QStringList{"--forecast", "0.3"}}) {
            const CliRun run = run_cli(QStringList{"validate", path("waves.csv"), "--time", "date", "--models",
                                                   "stationary", "--log-scale", "no", "--smoothness", "1.5",
                                                   "--no-evidence", "--threads", "1", "--plug-in", "--json"} + how);
            QVERIFY2(run.exit_code == 0, run.err.constData());
            QVERIFY(run.json().value("models").toArray().first().toObject().value("count").toInt() > 10);
        }
        QCOMPARE(run_cli({"validate", path("globe.csv"), "--value", "height", "--degrees", "chordal", "--models",
                          "stationary", "--periods", "4"}).exit_code, 3);
    }

    void space_and_time_together() {
        const CliRun run = run_cli({"fit", path("waves.csv"), "--time", "date", "--model", "anisotropic", "--log-scale",
                                    "no", "--smoothness", "1.5", "--time-deformation", "together", "--threads", "1",
                                    "--json"});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        // A wave that travels is seen by the metric that mixes space and time.
        QVERIFY(run.json().value("log_likelihood").toDouble() > report_.value("log_likelihood").toDouble() + 5.0);
        QCOMPARE(run_cli({"fit", path("waves.csv"), "--time-deformation", "together", "--model", "anisotropic"}).exit_code, 2);
    }

    void the_globe_is_no_plane() {
        const CliRun plane = run_cli({"fit", path("globe.csv"), "--value", "height", "--model", "stationary"});
        QCOMPARE(plane.exit_code, 3);
        QVERIFY(plane.err.contains("chordal"));
        const CliRun run = run_cli({"fit", path("globe.csv"), "--value", "height", "--degrees", "chordal", "--model",
                                    "stationary", "--log-scale", "no", "--smoothness", "1.5", "--threads", "1", "--out",
                                    path("globe.gpkg"), "--json"});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        QVERIFY(run.json().value("data").toObject().value("chordal").toBool());
        const CliRun map = run_cli({"predict", path("globe.gpkg"), "--grid", "12x6", "--bounds", "-180,-90,180,90",
                                    "--plug-in", "--threads", "1", "--out", path("globe_map.csv")});
        QVERIFY2(map.exit_code == 0, map.err.constData());
        const QList<QByteArray> lines = read_all(path("globe_map.csv")).trimmed().split('\n');
        QCOMPARE(lines[0].trimmed(), QByteArray("lon,lat,mean,sd"));
        QCOMPARE(lines.size(), 73);
        QCOMPARE(run_cli({"predict", path("globe.gpkg"), "--grid", "12x6", "--bounds", "-180,-95,180,90", "--out",
                          path("x.csv")}).exit_code, 2);
        // With the time in the distance a map is of one time.
        const CliRun timed = run_cli({"fit", path("globe.csv"), "--value", "height", "--degrees", "chordal", "--time", "t",
                                      "--distance-covariate", "t", "--model", "stationary", "--log-scale", "no",
                                      "--smoothness", "1.5", "--threads", "1", "--out", path("timed.gpkg")});
        QVERIFY2(timed.exit_code == 0, timed.err.constData());
        QStringList grid = {"predict", path("timed.gpkg"), "--grid", "6x3", "--plug-in", "--threads", "1", "--out",
                            path("timed.csv")};
        QCOMPARE(run_cli(grid).exit_code, 2);
        QCOMPARE(run_cli(grid + QStringList{"--time", "40"}).exit_code, 0);
        QCOMPARE(read_all(path("timed.csv")).trimmed().split('\n').size(), 19);
        // Simulations are of one time as well.
        QStringList drawn = {"draw", path("timed.gpkg"), "--grid", "6x3", "--count", "2", "--threads", "1", "--out",
                             path("timed_draws.csv")};
        QCOMPARE(run_cli(drawn).exit_code, 2);
        const CliRun draws = run_cli(drawn + QStringList{"--time", "40"});
        QVERIFY2(draws.exit_code == 0, draws.err.constData());
        const QList<QByteArray> simulated = read_all(path("timed_draws.csv")).trimmed().split('\n');
        QCOMPARE(simulated.size(), 19);
        QCOMPARE(simulated[0].trimmed(), QByteArray("lon,lat,draw_1,draw_2"));
        QVERIFY(simulated[7].trimmed().split(',')[2] != simulated[7].trimmed().split(',')[3]);
        // Both sides of the meridian where longitudes jump are the same place.
        write_all(path("seam.csv"), "lon,lat\n180,10\n-180,10\n540,10\n");
        QCOMPARE(run_cli({"predict", path("globe.gpkg"), "--at", path("seam.csv"), "--plug-in", "--threads", "1",
                          "--out", path("seam_out.csv")}).exit_code, 0);
        const QList<QByteArray> seam = read_all(path("seam_out.csv")).trimmed().split('\n');
        const double first = seam[1].trimmed().split(',')[2].toDouble();
        QVERIFY(std::abs(first - seam[2].trimmed().split(',')[2].toDouble()) < 1e-6);
        QVERIFY(std::abs(first - seam[3].trimmed().split(',')[2].toDouble()) < 1e-6);
    }

private:
    QJsonObject report_;
};

QTEST_GUILESS_MAIN(TestSpaceTime)
#include "test_space_time.moc"
