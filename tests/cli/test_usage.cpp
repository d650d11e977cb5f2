// SPDX-License-Identifier: GPL-3.0-or-later
// Exit codes and words for wrong usage and bad input; simulate, evaluate and inspect.
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "command_line.h"

class TestUsage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void help_and_version_succeed();
    void wrong_usage_exits_with_2_data();
    void wrong_usage_exits_with_2();
    void an_option_without_effect_is_named_data();
    void an_option_without_effect_is_named();
    void options_that_one_of_several_models_reads_are_accepted();
    void bad_input_exits_with_3_data();
    void bad_input_exits_with_3();
    void errors_are_json_too();
    void simulate_is_reproducible();
    void simulate_writes_the_truth();
    void evaluate_two_sites_in_closed_form();
    void evaluate_gradient_equals_differences();
    void evaluate_trends_nest();
    void inspect_a_table();
    void the_columns_that_were_used_are_told();

private:
    QString path(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }
    QTemporaryDir folder_;
};

void TestUsage::initTestCase() {
    QVERIFY(folder_.isValid());
    const CliRun run = run_cli({"simulate", "--scenario", "stationary", "--n", "60", "--seed", "4",
                                "--out", path("data.csv")});
    QCOMPARE(run.exit_code, 0);
    write_all(path("text.csv"), "x,y,z\n0,0,1\n1,0,two\n0,1,3\n1,1,4\n0.5,0.2,5\n0.3,0.3,6\n");
    write_all(path("empty.csv"), "");
    write_all(path("one_column.csv"), "x\n1\n2\n3\n4\n5\n6\n");
    write_all(path("few.csv"), "x,y,z\n0,0,1\n1,0,2\n0,1,3\n");
    write_all(path("constant.csv"), "x,y,z\n0,0,1\n1,0,1\n0,1,1\n1,1,1\n2,1,1\n1,3,1\n");
    write_all(path("binary.csv"), QByteArray("\x89PNG\r\n\x1a\n\0\0\0\0\1\2\3", 15));
    write_all(path("degrees.csv"), "lon,lat,z\n2,46,1\n3,46,2\n2,47,3\n3,47.5,4\n4,48,5\n5,46.5,6\n");
    write_all(path("empty.gpkg"), "");
    write_all(path("false.gpkg"), "this is no GeoPackage");
}

void TestUsage::help_and_version_succeed() {
    const CliRun help = run_cli({"--help"});
    QCOMPARE(help.exit_code, 0);
    for (const char* name : {"simulate", "evaluate", "fit", "predict", "draw", "validate", "inspect"}) {
        QVERIFY2(help.out.contains(name), name);
        QCOMPARE(run_cli({name, "--help"}).exit_code, 0);
    }
    QVERIFY(run_cli({"--version"}).out.startsWith("anamorph-cli "));
}

void TestUsage::wrong_usage_exits_with_2_data() {
    QTest::addColumn<QString>("line");
    QTest::newRow("nothing") << "";
    QTest::newRow("unknown command") << "draws";
    QTest::newRow("unknown option") << "inspect data.csv --colour red";
    QTest::newRow("missing option") << "simulate --n 10";
    QTest::newRow("no number") << "simulate --scenario radial --n ten --out a.csv";
    QTest::newRow("unknown scenario") << "simulate --scenario spiral --out a.csv";
    QTest::newRow("unknown design") << "simulate --scenario radial --design random --out a.csv";
    QTest::newRow("test sites without a file") << "simulate --scenario radial --out a.csv --test-sites 5";
    QTest::newRow("truth grid") << "simulate --scenario radial --out a.csv --truth t.csv --truth-grid 5";
    QTest::newRow("likelihood") << "evaluate data.csv --range 1 --partial-sill 1 --nugget 0.1 --likelihood nearest";
    QTest::newRow("negative range") << "evaluate data.csv --range -1 --partial-sill 1 --nugget 0.1";
    QTest::newRow("smoothness") << "evaluate data.csv --range 1 --partial-sill 1 --nugget 0.1 --smoothness 0.7";
    QTest::newRow("model") << "fit data.csv --model kriging";
    QTest::newRow("log-scale") << "fit data.csv --log-scale maybe";
    QTest::newRow("trend") << "fit data.csv --trend cubic";
    QTest::newRow("negative seed") << "fit data.csv --seed -1";
    QTest::newRow("starts") << "fit data.csv --starts 0";
    QTest::newRow("ridge") << "fit data.csv --ridge -3";
    QTest::newRow("held out") << "fit data.csv --held-out 0.9";
    QTest::newRow("map without a file") << "fit data.csv --map 50";
    QTest::newRow("two ways") << "predict fit.gpkg --at data.csv --grid 5x5 --out a.csv";
    QTest::newRow("picture") << "predict fit.gpkg --grid 5x5 --out a.png";
    QTest::newRow("validate both") << "validate data.csv --test data.csv --blocks 2x2";
    QTest::newRow("blocks") << "validate data.csv --blocks 2by2";
    QTest::newRow("unknown model in a list") << "validate data.csv --models stationary,magic";
}

void TestUsage::wrong_usage_exits_with_2() {
    QFETCH(QString, line);
    const CliRun run = run_cli(line.split(' ', Qt::SkipEmptyParts), folder_.path());
    QCOMPARE(run.exit_code, 2);
    QVERIFY(!run.err.isEmpty() || !run.out.isEmpty());
}

void TestUsage::an_option_without_effect_is_named_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("option");
    const QString stationary = "fit data.csv --model stationary ";
    QTest::newRow("degrees of freedom of Gaussian noise") << stationary + "--degrees-of-freedom 3" << "--degrees-of-freedom";
    QTest::newRow("ridge without a velocity field") << stationary + "--ridge 10" << "--ridge";
    QTest::newRow("ridge of a level that there is not") << "fit data.csv --model velocity-field --fine-ridge 10" << "--fine-ridge";
    QTest::newRow("layer ridge without layers") << stationary + "--layer-ridge 5" << "--layer-ridge";
    QTest::newRow("couplings without RealNVP") << stationary + "--couplings 4" << "--couplings";
    QTest::newRow("kernel basis without convolution") << stationary + "--kernel-basis 5" << "--kernel-basis";
    QTest::newRow("varying smoothness without convolution") << "validate data.csv --models stationary,auto --varying-smoothness" << "--varying-smoothness";
    QTest::newRow("regions without any") << stationary + "--regions 3" << "--regions";
    QTest::newRow("regions of a profile") << "profile data.csv --regions 3" << "--regions";
    QTest::newRow("polygons of a profile") << "profile data.csv --regions-from data.csv" << "--regions-from";
    QTest::newRow("regions of no model in the list") << "validate data.csv --models stationary,auto --regions 3" << "--regions";
    QTest::newRow("design term without weight") << "fit data.csv --model axial --design-term talk" << "--design-term";
    QTest::newRow("learning rate of L-BFGS") << stationary + "--learning-rate 0.1" << "--learning-rate";
    QTest::newRow("starts of the automatic model") << "fit data.csv --starts 3" << "--starts";
    QTest::newRow("smoothness of another correlation") << stationary + "--correlation cubic --smoothness 1.5" << "--smoothness";
    QTest::newRow("smoothness of the SPDE") << "fit data.csv --model spde --smoothness 1.5" << "--smoothness";
    QTest::newRow("taper range without a taper") << stationary + "--taper-range 0.3" << "--taper-range";
    QTest::newRow("inducing sites without a predictive process") << stationary + "--likelihood vecchia --inducing 30" << "--inducing";
    QTest::newRow("neighbours of the exact likelihood") << stationary + "--likelihood exact --neighbours 30" << "--neighbours";
    QTest::newRow("mesh without one") << "validate data.csv --models stationary,anisotropic --mesh-edge 0.2" << "--mesh-edge";
    QTest::newRow("unit of times without times") << stationary + "--time-unit h" << "--time-unit";
    QTest::newRow("what time deforms without time") << "fit data.csv --model velocity-field --time-deformation together" << "--time-deformation";
    QTest::newRow("chordal distances of no degrees") << stationary + "--degrees chordal" << "--degrees";
    QTest::newRow("draws of no map") << stationary + "--draws 8" << "--draws";
    QTest::newRow("checkpoint without a file") << stationary + "--checkpoint 5" << "--checkpoint";
    QTest::newRow("values of one realisation") << "validate data.csv --models stationary --hold-out values" << "--hold-out";
    QTest::newRow("draws that are not averaged") << "validate data.csv --plug-in --draws 8" << "--draws";
    QTest::newRow("no forecast") << "validate data.csv --time x --forecast 0" << "--forecast";
    QTest::newRow("no folds") << "validate data.csv --folds 0" << "--folds";
    QTest::newRow("smoothness of the exponential") << "evaluate data.csv --range 1 --partial-sill 1 --nugget 0.1 --covariance exponential --smoothness 2.5" << "--smoothness";
    QTest::newRow("unit of degrees") << "evaluate degrees.csv --x lon --y lat --value z --unit m --range 1 --partial-sill 1 --nugget 0.1" << "--unit";
    QTest::newRow("neighbours of the likelihood that evaluate takes") << "evaluate data.csv --likelihood auto --neighbours 5 --range 1 --partial-sill 1 --nugget 0.1" << "--neighbours";
    QTest::newRow("tapers of the exact likelihood") << "evaluate data.csv --range 1 --partial-sill 1 --nugget 0.1 --taper two" << "--taper";
    QTest::newRow("nothing is fitted") << "compare data.csv --range 1 --partial-sill 1 --nugget 0.1 --ridge 3" << "--ridge";
    QTest::newRow("tuning of another likelihood") << "compare data.csv --likelihood taper --neighbours 10" << "--neighbours";
    QTest::newRow("truth grid without a truth") << "simulate --scenario radial --out a.csv --truth-grid 5x5" << "--truth-grid";
    QTest::newRow("columns without a table") << "predict fit.gpkg --grid 5x5 --x east --out a.csv" << "--x";
    QTest::newRow("stored map in another form") << "predict fit.gpkg --of observation --out a.csv" << "--of";
}

void TestUsage::an_option_without_effect_is_named() {
    QFETCH(QString, line);
    QFETCH(QString, option);
    const CliRun run = run_cli(line.split(' ', Qt::SkipEmptyParts), folder_.path());
    QCOMPARE(run.exit_code, 2);
    QVERIFY2(run.err.contains(option.toUtf8()), run.err.constData());
}

void TestUsage::options_that_one_of_several_models_reads_are_accepted() {
    const CliRun run = run_cli({"validate", path("data.csv"), "--models", "stationary,stationary+student",
                                "--degrees-of-freedom", "5", "--smoothness", "0.5", "--folds", "2", "--plug-in",
                                "--hold-out", "sites", "--starts", "1", "--held-out", "0",
                                "--no-evidence", "--no-posterior", "--threads", "1"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
}

void TestUsage::bad_input_exits_with_3_data() {
    QTest::addColumn<QString>("line");
    const QString given = " --range 1 --partial-sill 1 --nugget 0.1";
    QTest::newRow("no such file") << "evaluate absent.csv" + given;
    QTest::newRow("no such column") << "evaluate data.csv --value rain" + given;
    QTest::newRow("text in a column") << "evaluate text.csv --x x --y y --value z" + given;
    QTest::newRow("one column for two roles") << "evaluate data.csv --x x --y x --value value" + given;
    QTest::newRow("folder for a project") << "fit data.csv --out .";
    QTest::newRow("no folder for a project") << "fit data.csv --out absent/fit.gpkg";
    QTest::newRow("empty project") << "inspect empty.gpkg";
    QTest::newRow("empty") << "fit empty.csv";
    QTest::newRow("one column") << "fit one_column.csv";
    QTest::newRow("three sites") << "fit few.csv";
    QTest::newRow("constant value") << "fit constant.csv";
    QTest::newRow("binary") << "inspect binary.csv";
    QTest::newRow("folder") << "inspect .";
    QTest::newRow("no project") << "predict data.csv --grid 5x5 --out a.csv";
    QTest::newRow("false project") << "predict false.gpkg --grid 5x5 --out a.csv";
    QTest::newRow("absent project") << "predict absent.gpkg --grid 5x5 --out a.csv";
    QTest::newRow("too many folds") << "validate data.csv --folds 500";
    QTest::newRow("too few sites") << "simulate --scenario radial --n 3 --out a.csv";
    QTest::newRow("no such folder") << "simulate --scenario radial --n 30 --out absent/a.csv";
}

void TestUsage::bad_input_exits_with_3() {
    QFETCH(QString, line);
    const CliRun run = run_cli(line.split(' '), folder_.path());
    QCOMPARE(run.exit_code, 3);
    QVERIFY(run.err.contains("anamorph-cli: "));
    QVERIFY(run.out.isEmpty());
}

void TestUsage::errors_are_json_too() {
    const CliRun run = run_cli({"inspect", "absent.csv", "--json"}, folder_.path());
    QCOMPARE(run.exit_code, 3);
    const QJsonObject error = run.json()["error"].toObject();
    QVERIFY(!error["code"].toString().isEmpty());
    QVERIFY(!error["message"].toString().isEmpty());
}

void TestUsage::simulate_is_reproducible() {
    const QStringList common = {"simulate", "--scenario", "swirl", "--n", "40", "--noise", "0.2"};
    QCOMPARE(run_cli(common + QStringList{"--seed", "7", "--out", path("a.csv")}).exit_code, 0);
    QCOMPARE(run_cli(common + QStringList{"--seed", "7", "--out", path("b.csv")}).exit_code, 0);
    const CliRun other = run_cli(common + QStringList{"--seed", "8", "--out", path("c.csv"), "--json"});
    QCOMPARE(read_all(path("a.csv")), read_all(path("b.csv")));
    QVERIFY(read_all(path("a.csv")) != read_all(path("c.csv")));
    QVERIFY(read_all(path("a.csv")).startsWith("x,y,value\n"));
    QCOMPARE(read_all(path("a.csv")).count('\n'), 41);
    QCOMPARE(other.json()["scenario"].toString(), QString("swirl"));
    QCOMPARE(other.json()["n"].toInt(), 40);
    QVERIFY(std::abs(other.json()["nugget"].toDouble() - 0.04) < 1e-15);
}

void TestUsage::simulate_writes_the_truth() {
    const CliRun run = run_cli({"simulate", "--scenario", "aniso", "--n", "20", "--out", path("a.csv"),
                                "--truth", path("truth.csv"), "--truth-grid", "4x3", "--test-sites",
                                "7", "--test-out", path("test.csv")});
    QCOMPARE(run.exit_code, 0);
    const QList<QByteArray> lines = read_all(path("truth.csv")).trimmed().split('\n');
    QCOMPARE(lines.size(), 13);
    QCOMPARE(lines[0].trimmed(), QByteArray("x,y,warp_x,warp_y,log_abs_det"));
    const QList<QByteArray> first = lines[1].split(',');
    QVERIFY(std::abs(first[0].toDouble() + 0.75) < 1e-12);  // centre of the first cell
    QVERIFY(std::abs(first[4].toDouble() - std::log(4.0)) < 1e-12);
    QCOMPARE(read_all(path("test.csv")).count('\n'), 8);
}

void TestUsage::evaluate_two_sites_in_closed_form() {
    // Five sites so far apart that they are independent: log p = Σ log N(z; 0, σ² + τ²), whose
    // derivative by log σ² is σ²/(2s) (Σz²/s − n), and likewise for τ²; by log ℓ it is 0.
    write_all(path("far.csv"),
              "x,y,z\n0,0,1\n1e6,0,2\n0,1e6,-1\n1e6,1e6,0.5\n3e6,2e6,1.5\n");
    const CliRun run = run_cli({"evaluate", path("far.csv"), "--x", "x", "--y", "y", "--value", "z",
                                "--trend", "none", "--range", "1", "--partial-sill", "2",
                                "--nugget", "0.5", "--json"});
    QCOMPARE(run.exit_code, 0);
    const double s = 2.5, sum = 1 + 4 + 1 + 0.25 + 2.25, n = 5;
    const double expected = -0.5 * n * std::log(2.0 * M_PI * s) - 0.5 * sum / s;
    const QJsonObject gradient = run.json()["gradient"].toObject();
    QVERIFY(std::abs(run.json()["log_likelihood"].toDouble() - expected) < 1e-12);
    QVERIFY(std::abs(gradient["log_partial_sill"].toDouble() - 2.0 / (2 * s) * (sum / s - n)) < 1e-12);
    QVERIFY(std::abs(gradient["log_nugget"].toDouble() - 0.5 / (2 * s) * (sum / s - n)) < 1e-12);
    QVERIFY(std::abs(gradient["log_range"].toDouble()) < 1e-12);
}

void TestUsage::evaluate_gradient_equals_differences() {
    const auto at = [&](double sill, double range, double nugget) {
        const CliRun run = run_cli({"evaluate", path("data.csv"), "--x", "x", "--y", "y", "--value",
                                    "value", "--range", QString::number(range, 'g', 17),
                                    "--partial-sill", QString::number(sill, 'g', 17), "--nugget",
                                    QString::number(nugget, 'g', 17), "--json"});
        return run.json();
    };
    const double sill = 0.8, range = 0.3, nugget = 0.02, h = 1e-4;
    const QJsonObject gradient = at(sill, range, nugget)["gradient"].toObject();
    const auto difference = [&](const QJsonObject& above, const QJsonObject& below) {
        return (above["log_likelihood"].toDouble() - below["log_likelihood"].toDouble()) / (2.0 * h);
    };
    const double up = std::exp(h), down = std::exp(-h);
    QVERIFY(std::abs(difference(at(sill * up, range, nugget), at(sill * down, range, nugget)) -
                     gradient["log_partial_sill"].toDouble()) < 1e-4);
    QVERIFY(std::abs(difference(at(sill, range * up, nugget), at(sill, range * down, nugget)) -
                     gradient["log_range"].toDouble()) < 1e-4);
    QVERIFY(std::abs(difference(at(sill, range, nugget * up), at(sill, range, nugget * down)) -
                     gradient["log_nugget"].toDouble()) < 1e-4);
}

void TestUsage::evaluate_trends_nest() {
    // More trend functions with profiled coefficients never lower the likelihood.
    double last = -1e300;
    for (const char* trend : {"none", "constant", "linear", "quadratic"}) {
        const CliRun run = run_cli({"evaluate", path("data.csv"), "--x", "x", "--y", "y", "--value",
                                    "value", "--range", "0.25", "--partial-sill", "1", "--nugget",
                                    "0.01", "--trend", trend, "--json"});
        QCOMPARE(run.exit_code, 0);
        const double value = run.json()["log_likelihood"].toDouble();
        QVERIFY2(value > last, trend);
        last = value;
    }
}

void TestUsage::inspect_a_table() {
    const CliRun run = run_cli({"inspect", path("data.csv"), "--json"});
    QCOMPARE(run.exit_code, 0);
    QCOMPARE(run.json()["kind"].toString(), QString("table"));
    QCOMPARE(run.json()["rows"].toInt(), 60);
    const QJsonArray columns = run.json()["columns"].toArray();
    QCOMPARE(columns.size(), 3);
    QCOMPARE(columns[0].toObject()["role"].toString(), QString("x"));
    QVERIFY(run_cli({"inspect", path("data.csv")}).out.contains("60 rows"));
}

void TestUsage::the_columns_that_were_used_are_told() {
    const QStringList given = {"evaluate", path("data.csv"), "--range", "0.3", "--partial-sill", "1",
                               "--nugget", "0.1"};
    const QJsonObject data = run_cli(given + QStringList{"--json"}).json()["data"].toObject();
    QCOMPARE(data["value"].toString(), QString("value"));
    QCOMPARE(data["dimension"].toInt(), 2);
    QCOMPARE(data["coordinates"].toArray(), (QJsonArray{"x", "y"}));
    QVERIFY(run_cli(given).out.contains("2-D"));
}

QTEST_GUILESS_MAIN(TestUsage)
#include "test_usage.moc"
