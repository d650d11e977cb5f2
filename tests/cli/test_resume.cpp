// SPDX-License-Identifier: GPL-3.0-or-later
// A fit that is killed goes on from its last saved state to the same optimum.
#include <QtTest>

#include <cmath>
#include <csignal>

#include "tests/cli/command_line.h"

class TestResume : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void a_killed_fit_resumes_to_the_same_optimum_data();
    void a_killed_fit_resumes_to_the_same_optimum();

private:
    QString path(const QString& name) const { return folder_.filePath(name); }
    QTemporaryDir folder_;
};

void TestResume::initTestCase() {
    QVERIFY(folder_.isValid());
    QCOMPARE(run_cli({"simulate", "--scenario", "swirl", "--n", "500", "--seed", "2", "--out",
                      path("data.csv")}).exit_code, 0);
}

void TestResume::a_killed_fit_resumes_to_the_same_optimum_data() {
    QTest::addColumn<QStringList>("model");
    QTest::addColumn<int>("saved_states");
    const QStringList single = {"--model", "velocity-field", "--smoothness", "1.5", "--likelihood", "vecchia"};
    const QStringList automatic = {"--model", "auto", "--log-scale", "no", "--likelihood", "vecchia"};
    QTest::newRow("one model, early") << single << 1;
    QTest::newRow("one model, later") << single << 6;
    QTest::newRow("automatic, smoothness not yet chosen") << automatic << 2;
    QTest::newRow("automatic, classes") << automatic << 12;
}

void TestResume::a_killed_fit_resumes_to_the_same_optimum() {
    QFETCH(QStringList, model);
    QFETCH(int, saved_states);
    const QString whole = path("whole.gpkg"), killed = path("killed.gpkg");
    QFile::remove(killed);
    const CliRun uninterrupted = run_cli(QStringList{"fit", path("data.csv")} + model +
                                         QStringList{"--out", whole, "--json"});
    QVERIFY2(uninterrupted.exit_code == 0, uninterrupted.err.constData());

    QProcess process;
    process.start(QStringLiteral(ANAMORPH_CLI), QStringList{"fit", path("data.csv")} + model +
                                                    QStringList{"--out", killed, "--checkpoint", "0"});
    QVERIFY(process.waitForStarted());
    // Each saved state is a new file under the same name.
    int seen = 0;
    QDateTime last;
    QElapsedTimer timer;
    timer.start();
    while (seen < saved_states && timer.elapsed() < 60'000 && process.state() == QProcess::Running) {
        process.waitForFinished(2);
        const QFileInfo file(killed);
        if (file.exists() && file.lastModified() != last) {
            last = file.lastModified();
            ++seen;
        }
    }
    process.kill();  // SIGKILL
    QVERIFY(process.waitForFinished(60'000));
    QVERIFY2(process.exitStatus() == QProcess::CrashExit, "The fit ended before it was killed.");

    const CliRun state = run_cli({"inspect", killed, "--json"});
    QVERIFY2(state.exit_code == 0, state.err.constData());
    const CliRun resumed = run_cli({"fit", "--resume", killed, "--out", path("resumed.gpkg"), "--json"});
    QVERIFY2(resumed.exit_code == 0, resumed.err.constData());
    QCOMPARE(resumed.json()["selected"], uninterrupted.json()["selected"]);
    const double reached = resumed.json()["log_likelihood"].toDouble();
    const double expected = uninterrupted.json()["log_likelihood"].toDouble();
    QVERIFY2(std::abs(reached - expected) < 0.05,
             qPrintable(QString("%1 against %2").arg(reached).arg(expected)));
}

QTEST_GUILESS_MAIN(TestResume)
#include "test_resume.moc"
