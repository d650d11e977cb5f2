// SPDX-License-Identifier: GPL-3.0-or-later
// Conditional simulations from the command line, and maps that are interrupted.
#include <QElapsedTimer>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <csignal>

#include "command_line.h"

class TestDraw : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void simulations_on_a_grid();
    void simulations_at_points();
    void the_seed_decides();
    void wrong_usage_and_bad_input();
    void an_interrupted_map_keeps_its_tiles_data();
    void an_interrupted_map_keeps_its_tiles();

private:
    QString path(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }
    QList<QByteArray> lines_of(const char* name) const {
        return read_all(path(name)).trimmed().split('\n');
    }
    QTemporaryDir folder_;
};

void TestDraw::initTestCase() {
    QVERIFY(folder_.isValid());
    QCOMPARE(run_cli({"simulate", "--scenario", "stationary", "--n", "150", "--seed", "2", "--out",
                      path("data.csv")}).exit_code, 0);
    QCOMPARE(run_cli({"fit", path("data.csv"), "--model", "stationary", "--smoothness", "1.5",
                      "--log-scale", "no", "--out", path("fit.gpkg")}).exit_code, 0);
}

void TestDraw::simulations_on_a_grid() {
    const CliRun run = run_cli({"draw", path("fit.gpkg"), "--count", "3", "--grid", "6x4", "--seed",
                                "9", "--of", "observation", "--summary", "--out", path("grid.csv"),
                                "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    QCOMPARE(run.json()["draws"].toInt(), 3);
    QCOMPARE(run.json()["points"].toInt(), 24);
    QCOMPARE(run.json()["of"].toString(), QString("observation"));
    const QList<QByteArray> lines = lines_of("grid.csv");
    QCOMPARE(lines.size(), 25);
    QCOMPARE(lines[0], QByteArray("x,y,draw_1,draw_2,draw_3,mean,sd"));
    const QList<QByteArray> cells = lines[7].split(',');
    double sum = 0.0;
    for (int k = 2; k < 5; ++k) sum += cells[k].toDouble();
    QVERIFY(std::abs(sum / 3.0 - cells[5].toDouble()) < 1e-12);
    QVERIFY(cells[6].toDouble() > 0.0);
    QCOMPARE(run_cli({"draw", path("fit.gpkg"), "--count", "2", "--grid", "60x40", "--averaged",
                      "--bounds=-1,-1,1,1", "--out", path("grid.tif")}).exit_code, 0);
    QVERIFY(read_all(path("grid.tif")).startsWith("II*"));
    QVERIFY(QFileInfo(path("grid.tif")).size() > 2 * 60 * 40 * 8);
}

void TestDraw::simulations_at_points() {
    write_all(path("points.csv"), "id,x,y,draw_1\n7,0.1,0.2,5\n8,-0.5,0.9,6\n");
    const CliRun run = run_cli({"draw", path("fit.gpkg"), "--count", "2", "--at", path("points.csv"),
                                "--out", path("at.csv")});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    const QList<QByteArray> lines = lines_of("at.csv");
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[0], QByteArray("id,x,y,draw_1,simulated_draw_1,draw_2"));
    QCOMPARE(lines[2].split(',')[3], QByteArray("6"));
}

void TestDraw::the_seed_decides() {
    QByteArray content[3];
    const char* seeds[] = {"4", "4", "5"};
    for (int k = 0; k < 3; ++k) {
        QCOMPARE(run_cli({"draw", path("fit.gpkg"), "--grid", "50x50", "--seed", seeds[k],
                          "--threads", k == 0 ? "1" : "2", "--out", path("seed.csv")}).exit_code, 0);
        content[k] = read_all(path("seed.csv"));
    }
    QVERIFY(!content[0].isEmpty() && content[0] != content[2]);
    QVERIFY(content[1] != content[2]);
}

void TestDraw::wrong_usage_and_bad_input() {
    const auto exit_code = [&](const QStringList& arguments) {
        return run_cli(QStringList{"draw"} + arguments, folder_.path()).exit_code;
    };
    QCOMPARE(exit_code({"fit.gpkg", "--out", "a.csv"}), 2);
    QCOMPARE(exit_code({"fit.gpkg", "--grid", "5x5", "--at", "data.csv", "--out", "a.csv"}), 2);
    QCOMPARE(exit_code({"fit.gpkg", "--grid", "5x5", "--count", "0", "--out", "a.csv"}), 2);
    QCOMPARE(exit_code({"fit.gpkg", "--grid", "5x5", "--of", "field", "--out", "a.csv"}), 2);
    QCOMPARE(exit_code({"fit.gpkg", "--grid", "5x5", "--out", "a.png"}), 2);
    QCOMPARE(exit_code({"fit.gpkg", "--at", "data.csv", "--out", "a.tif"}), 2);
    QCOMPARE(exit_code({"fit.gpkg", "--grid", "9000x9000", "--count", "1000", "--out", "a.tif"}), 2);
    QCOMPARE(exit_code({"data.csv", "--grid", "5x5", "--out", "a.csv"}), 3);
    QCOMPARE(exit_code({"absent.gpkg", "--grid", "5x5", "--out", "a.csv"}), 3);
    QCOMPARE(exit_code({"fit.gpkg", "--grid", "5x5", "--out", "absent/a.csv"}), 3);
    QVERIFY(!QFileInfo::exists(path("a.csv")) && !QFileInfo::exists(path("a.tif")));
}

void TestDraw::an_interrupted_map_keeps_its_tiles_data() {
    QTest::addColumn<QString>("file");
    QTest::newRow("raster") << "part.tif";
    QTest::newRow("table") << "part.csv";
}

void TestDraw::an_interrupted_map_keeps_its_tiles() {
    QFETCH(QString, file);
    const QString out = folder_.filePath(file);
    QProcess process;
    process.start(QStringLiteral(ANAMORPH_CLI),
                  {"predict", path("fit.gpkg"), "--grid", "3500x3500", "--threads", "1", "--progress",
                   "--plug-in", "--out", out});
    QVERIFY(process.waitForStarted());
    QByteArray progress;
    QElapsedTimer timer;
    timer.start();
    // A tile is about half a per cent of the map.
    const QRegularExpression some_per_cent(QStringLiteral("\\b([2-9]|[1-9][0-9]) %"));
    while (!QString::fromUtf8(progress).contains(some_per_cent) && timer.elapsed() < 120'000) {
        process.waitForReadyRead(100);
        progress += process.readAllStandardError();
    }
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitCode(), 130);
    progress += process.readAllStandardError();
    QVERIFY(progress.contains("cells that were finished, of 12250000"));
    QVERIFY(QFileInfo(out).size() > 65'536);
    if (file.endsWith(".tif")) {
        QVERIFY(QFileInfo(out).size() > qint64{2} * 8 * 12'250'000);
    } else {
        QFile table(out);
        QVERIFY(table.open(QIODevice::ReadOnly));
        QCOMPARE(table.readLine(), QByteArray("x,y,mean,sd\n"));
        QVERIFY(table.seek(table.size() - 1));
        QCOMPARE(table.read(1), QByteArray("\n"));
    }
}

QTEST_GUILESS_MAIN(TestDraw)
#include "test_draw.moc"
