// SPDX-License-Identifier: GPL-3.0-or-later
// Several realisations of a field on the command line.
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "command_line.h"

class TestRealisationsOnTheCommandLine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        const CliRun simulated = run_cli({"simulate", "--scenario", "aniso", "--n", "45", "--realisations", "3", "--seed",
                                          "6", "--out", path("long.csv"), "--test-sites", "10", "--test-out",
                                          path("test.csv"), "--json"});
        QCOMPARE(simulated.exit_code, 0);
        QCOMPARE(simulated.json().value("realisations").toInt(), 3);
        const QList<QByteArray> lines = read_all(path("long.csv")).trimmed().split('\n');
        QCOMPARE(lines.front().trimmed(), QByteArray("x,y,value,realisation"));
        QCOMPARE(lines.size(), 136);
        // The same in a wide table, and each day on its own.
        QByteArray wide = "x,y,d1,d2,d3\n";
        for (int i = 1; i <= 45; ++i) {
            const auto cells = [&](int day) { return lines[i + 45 * day].trimmed().split(','); };
            wide += cells(0)[0] + ',' + cells(0)[1];
            for (int day = 0; day < 3; ++day) wide += ',' + cells(day)[2];
            wide += '\n';
        }
        write_all(path("wide.csv"), wide);
        const CliRun run = run_cli({"fit", path("long.csv"), "--value", "value", "--realisation", "realisation", "--model",
                                    "anisotropic", "--smoothness", "1.5", "--threads", "1", "--out", path("fit.gpkg"),
                                    "--json"});
        QVERIFY2(run.exit_code == 0, run.err.constData());
        const QJsonObject data = run.json().value("data").toObject();
        QCOMPARE(data.value("realisations").toInt(), 3);
        QCOMPARE(data.value("places").toInt(), 45);
        QCOMPARE(data.value("n").toInt(), 135);
    }

    void the_likelihood_is_the_sum() {
        const QStringList given = {"--smoothness", "1.5", "--range", "0.4", "--partial-sill", "1.1", "--nugget", "0.02",
                                   "--json"};
        const auto value = [&](const QStringList& data, const QStringList& more = {}) {
            const CliRun run = run_cli(QStringList{"evaluate"} + data + given + more);
            return run.exit_code == 0 ? run.json() : QJsonObject();
        };
        const QJsonObject all = value({path("long.csv"), "--value", "value", "--realisation", "realisation"});
        const QJsonObject wide = value({path("wide.csv"), "--value", "d1:d3"});
        double sum = 0.0, d_range = 0.0;
        for (const char* day : {"d1", "d2", "d3"}) {
            const QJsonObject one = value({path("wide.csv"), "--value", day});
            sum += one.value("log_likelihood").toDouble();
            d_range += one.value("gradient").toObject().value("log_range").toDouble();
        }
        QVERIFY(std::abs(all.value("log_likelihood").toDouble() - sum) < 1e-7);
        QVERIFY(std::abs(all.value("gradient").toObject().value("log_range").toDouble() - d_range) < 1e-6);
        QCOMPARE(wide.value("log_likelihood").toDouble(), all.value("log_likelihood").toDouble());
        // Vecchia's on all earlier sites too.
        const QJsonObject vecchia = value({path("wide.csv"), "--value", "d1:d3"},
                                          {"--likelihood", "vecchia", "--neighbours", "44"});
        QVERIFY(std::abs(vecchia.value("log_likelihood").toDouble() - sum) < 1e-6);
    }

    void one_realisation_is_predicted() {
        const auto map = [&](const QStringList& more) {
            const CliRun run = run_cli(QStringList{"predict", path("fit.gpkg"), "--grid", "5x4", "--plug-in", "--threads",
                                                   "1", "--json", "--out", path("map.csv")} + more);
            return run.exit_code == 0 ? run.json().value("realisation").toString().toUtf8() + read_all(path("map.csv"))
                                      : QByteArray();
        };
        const QByteArray last = map({}), third = map({"--realisation", "3"}), first = map({"--realisation", "1"});
        QVERIFY(last.startsWith("3") && first.startsWith("1"));
        QCOMPARE(last, third);
        QVERIFY(last.mid(1) != first.mid(1));
        const CliRun unknown = run_cli({"predict", path("fit.gpkg"), "--grid", "5x4", "--realisation", "9", "--out",
                                        path("map.csv")});
        QCOMPARE(unknown.exit_code, 3);
        QVERIFY(unknown.err.contains("The realisations are 1, 2, 3"));
        const CliRun drawn = run_cli({"draw", path("fit.gpkg"), "--grid", "5x4", "--count", "2", "--realisation", "2",
                                      "--threads", "1", "--json", "--out", path("draws.csv")});
        QCOMPARE(drawn.exit_code, 0);
        QCOMPARE(drawn.json().value("realisation").toString(), QStringLiteral("2"));
        QCOMPARE(read_all(path("draws.csv")).trimmed().split('\n').size(), 21);
    }

    void validation_holds_out_sites_or_values() {
        const auto report = [&](const QStringList& more) {
            return run_cli(QStringList{"validate", path("long.csv"), "--value", "value", "--realisation", "realisation",
                                       "--models", "stationary", "--smoothness", "1.5", "--plug-in", "--no-evidence",
                                       "--threads", "1", "--json"} + more);
        };
        const QJsonObject sites = report({"--folds", "3"}).json();
        QVERIFY(sites.value("folds").toString().contains("45 sites with all their values"));
        const QJsonObject scored = sites.value("models").toArray().first().toObject();
        QCOMPARE(scored.value("count").toInt(), 135);
        QVERIFY(scored.value("rmse").toDouble() < 1.2);
        const QJsonObject values = report({"--folds", "3", "--hold-out", "values"}).json();
        QVERIFY(values.value("folds").toString().contains("folds of values"));
        const QJsonObject test = report({"--test", path("test.csv")}).json();
        QCOMPARE(test.value("models").toArray().first().toObject().value("count").toInt(), 30);
    }

    void the_project_keeps_them() {
        const QJsonObject inspected = run_cli({"inspect", path("fit.gpkg"), "--json"}).json();
        QCOMPARE(inspected.value("data").toObject().value("realisations").toInt(), 3);
        QCOMPARE(run_cli({"fit", path("fit.gpkg"), "--realisation", "day"}).exit_code, 2);
        // A column that is named for two things, and one that is not there.
        QCOMPARE(run_cli({"fit", path("wide.csv"), "--value", "d1:d4"}).exit_code, 3);
    }

private:
    [[nodiscard]] QString path(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }
    QTemporaryDir folder_;
};

QTEST_APPLESS_MAIN(TestRealisationsOnTheCommandLine)
#include "test_realisations.moc"
