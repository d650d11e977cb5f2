// SPDX-License-Identifier: GPL-3.0-or-later
// Every likelihood from the command line: value and gradient, fit, prediction, comparison.
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "command_line.h"

class TestLikelihoods : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void vecchia_equals_the_reference();
    void evaluate_gives_value_and_gradient_data();
    void evaluate_gives_value_and_gradient();
    void fit_and_predict_data();
    void fit_and_predict();
    void what_does_not_combine_is_refused();
    void compare_lists_all();
    void compare_refuses_half_given_parameters();

private:
    QString path(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }
    QTemporaryDir folder_;
};

void TestLikelihoods::initTestCase() {
    QVERIFY(folder_.isValid());
    QCOMPARE(run_cli({"simulate", "--scenario", "stationary", "--n", "150", "--seed", "3", "--noise",
                      "0.2", "--out", path("data.csv")}).exit_code, 0);
}

// tests/data/likelihood/reference.csv: 30 neighbours, sites in the file's order.
void TestLikelihoods::vecchia_equals_the_reference() {
    const CliRun run = run_cli({"evaluate", ANAMORPH_TEST_DATA "/likelihood/vec_10000.csv", "--trend",
                                "none", "--range", "0.08", "--partial-sill", "1.2", "--nugget", "0.06",
                                "--likelihood", "vecchia", "--ordering", "given", "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    const QJsonObject object = run.json();
    QVERIFY(std::abs(object["log_likelihood"].toDouble() + 106.63546383199446) < 1e-5);
    const QJsonObject gradient = object["gradient"].toObject();
    QVERIFY(std::abs(gradient["log_partial_sill"].toDouble() / -210.22506359578375 - 1.0) < 1e-6);
    QVERIFY(std::abs(gradient["log_range"].toDouble() / 549.6226365979775 - 1.0) < 1e-6);
    QVERIFY(std::abs(gradient["log_nugget"].toDouble() / -961.6237318362845 - 1.0) < 1e-6);
}

void TestLikelihoods::evaluate_gives_value_and_gradient_data() {
    QTest::addColumn<QStringList>("options");
    QTest::newRow("vecchia, latent") << QStringList{"--likelihood", "vecchia", "--nugget-form", "latent"};
    QTest::newRow("taper") << QStringList{"--likelihood", "taper", "--taper-range", "0.6"};
    QTest::newRow("two tapers") << QStringList{"--likelihood", "taper", "--taper", "two"};
    QTest::newRow("predictive process") << QStringList{"--likelihood", "predictive-process",
                                                       "--inducing", "40", "--no-fitc"};
    QTest::newRow("FITC, maximin") << QStringList{"--likelihood", "predictive-process", "--inducing",
                                                  "60", "--placement", "maximin"};
    QTest::newRow("spde") << QStringList{"--likelihood", "spde", "--mesh-edge", "0.2"};
    QTest::newRow("auto") << QStringList{"--likelihood", "auto"};
}
void TestLikelihoods::evaluate_gives_value_and_gradient() {
    QFETCH(QStringList, options);
    const auto at = [&](double range) {
        return run_cli(QStringList{"evaluate", path("data.csv"), "--partial-sill", "1.1", "--nugget",
                                   "0.05", "--range", QString::number(range, 'g', 17), "--json"} + options);
    };
    const CliRun run = at(0.25);
    QVERIFY2(run.exit_code == 0, run.err.constData());
    const double h = 1e-4;
    const double difference = (at(0.25 * std::exp(h)).json()["log_likelihood"].toDouble() -
                               at(0.25 * std::exp(-h)).json()["log_likelihood"].toDouble()) / (2.0 * h);
    const double gradient = run.json()["gradient"].toObject()["log_range"].toDouble();
    QVERIFY2(std::abs(difference - gradient) < 1e-5 * (1.0 + std::abs(gradient)),
             qPrintable(QString("%1 %2").arg(difference, 0, 'g', 12).arg(gradient, 0, 'g', 12)));
}

void TestLikelihoods::fit_and_predict_data() {
    QTest::addColumn<QStringList>("options");
    QTest::newRow("vecchia") << QStringList{"--likelihood", "vecchia", "--neighbours", "10"};
    QTest::newRow("taper") << QStringList{"--likelihood", "taper", "--taper-range", "0.8"};
    QTest::newRow("moved inducing sites") << QStringList{"--likelihood", "predictive-process",
                                                         "--inducing", "25", "--move-inducing"};
    QTest::newRow("spde") << QStringList{"--likelihood", "spde", "--mesh-edge", "0.25"};
}
void TestLikelihoods::fit_and_predict() {
    QFETCH(QStringList, options);
    if (!options.contains("spde")) options += {"--smoothness", "1.5"};
    const CliRun fit = run_cli(QStringList{"fit", path("data.csv"), "--model", "anisotropic", "--out",
                                           path("fit.gpkg"), "--max-iterations", "20", "--json"} + options);
    QVERIFY2(fit.exit_code == 0, fit.err.constData());
    const QJsonObject forecast = fit.json()["forecast"].toObject();
    QCOMPARE(forecast["likelihood"].toString(), options[1]);
    QVERIFY(forecast["seconds"].toDouble() > 0.0 && forecast["bytes"].toDouble() > 0.0);
    write_all(path("points.csv"), "x,y\n0.1,0.2\n-0.5,0.9\n");
    const CliRun predict = run_cli({"predict", path("fit.gpkg"), "--at", path("points.csv"), "--out",
                                    path("predicted.csv"), "--plug-in", "--json"});
    QVERIFY2(predict.exit_code == 0, predict.err.constData());
    const QList<QByteArray> row = read_all(path("predicted.csv")).trimmed().split('\n').last().split(',');
    QVERIFY(std::isfinite(row[2].toDouble()) && row[3].toDouble() > 0.0 && row[3].toDouble() < 2.0);
}

void TestLikelihoods::what_does_not_combine_is_refused() {
    const auto refused = [&](const QStringList& options) {
        return run_cli(QStringList{"fit", path("data.csv"), "--json"} + options);
    };
    const CliRun smooth = refused({"--model", "stationary", "--likelihood", "spde", "--smoothness", "2.5"});
    QCOMPARE(smooth.exit_code, 2);
    QVERIFY(smooth.json()["error"].toObject()["message"].toString().contains("smoothness"));
    QCOMPARE(refused({"--model", "auto", "--likelihood", "taper", "--taper", "two"}).exit_code, 2);
    QCOMPARE(refused({"--model", "radial", "--likelihood", "spde"}).exit_code, 2);
}

void TestLikelihoods::compare_lists_all() {
    const CliRun run = run_cli({"compare", path("data.csv"), "--smoothness", "1.5", "--range", "0.25",
                                "--partial-sill", "1.1", "--nugget", "0.05", "--neighbours", "5,149",
                                "--inducing", "20,150", "--taper-ranges", "0.5", "--mesh-edges", "0.3",
                                "--map", "8", "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    const QJsonArray rows = run.json()["approximations"].toArray();
    QCOMPARE(rows.size(), 7);
    QCOMPARE(rows[0].toObject()["likelihood"].toString(), QString("exact"));
    const QJsonObject few = rows[1].toObject(), all = rows[2].toObject();
    QCOMPARE(few["neighbours"].toInt(), 5);
    QVERIFY(std::abs(all["log_likelihood_error"].toDouble()) < 1e-6);
    QVERIFY(std::abs(few["log_likelihood_error"].toDouble()) > std::abs(all["log_likelihood_error"].toDouble()));
    QVERIFY(few["divergence"].toDouble() > 0.0);
    for (const auto& row : rows) {
        const QJsonObject object = row.toObject();
        QVERIFY2(!object.contains("failure"), qPrintable(object["failure"].toString()));
        QVERIFY(object["seconds"].toObject()["gradient"].toDouble() > 0.0);
    }
    const CliRun one = run_cli({"compare", path("data.csv"), "--likelihood", "vecchia", "--model",
                                "stationary", "--smoothness", "0.5", "--map", "0"});
    QCOMPARE(one.exit_code, 0);
    QVERIFY(one.out.contains("80 neighbours"));
    QVERIFY(!one.out.contains("SPDE"));
}

void TestLikelihoods::compare_refuses_half_given_parameters() {
    QCOMPARE(run_cli({"compare", path("data.csv"), "--range", "0.2"}).exit_code, 2);
    QCOMPARE(run_cli({"compare", path("data.csv"), "--nugget", "0.2"}).exit_code, 2);
    QCOMPARE(run_cli({"compare", path("data.csv"), "--probes", "1", "--range", "0.2", "--nugget", "0.1",
                      "--partial-sill", "1"}).exit_code, 2);
}

QTEST_GUILESS_MAIN(TestLikelihoods)
#include "test_likelihoods.moc"
