// SPDX-License-Identifier: GPL-3.0-or-later
// Deformations made of layers on the command line: fitted, saved, opened, predicted, refused.
#include <QtTest>

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

private:
    QString path(const QString& name) const { return folder_.filePath(name); }
    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestComposed)
#include "test_composed.moc"
