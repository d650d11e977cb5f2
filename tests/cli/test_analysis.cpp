// SPDX-License-Identifier: GPL-3.0-or-later
// From simulated data to a fit, predictions and scores; stopping; the project file.
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QSet>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <csignal>

#include "command_line.h"

class TestAnalysis : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void fit_reports_the_documented_keys();
    void same_seed_same_fit();
    void predict_copies_columns_and_adds_mean_and_sd();
    void an_observation_is_less_certain_than_the_signal();
    void predict_writes_grids();
    void a_map_in_the_project_can_be_written();
    void missing_columns_are_bad_input();
    void points_on_a_line_need_one_column();
    void a_cut_project_is_named_as_one();
    void inspect_a_project();
    void resume_keeps_what_was_reached();
    void validate_compares_models();
    void validate_scores_a_test_file();
    void validate_ranks_all_families();
    void validate_holds_out_groups();
    void validate_tells_bad_input();
    void realnvp_is_loaded_on_demand();
    void an_interruption_keeps_the_best_fit();
    void an_interruption_without_a_file_keeps_nothing();

private:
    QString path(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }
    QTemporaryDir folder_;
};

namespace {

/// Rows of a CSV as numbers, header left out; `header` gets the names.
QList<QList<double>> rows_of(const QString& path, QList<QByteArray>& header) {
    QList<QList<double>> rows;
    const QList<QByteArray> lines = read_all(path).trimmed().split('\n');
    header = lines.value(0).trimmed().split(',');
    for (qsizetype i = 1; i < lines.size(); ++i) {
        QList<double> row;
        for (const QByteArray& cell : lines[i].trimmed().split(',')) row.append(cell.toDouble());
        rows.append(row);
    }
    return rows;
}

}  // namespace

void TestAnalysis::initTestCase() {
    QVERIFY(folder_.isValid());
    QCOMPARE(run_cli({"simulate", "--scenario", "aniso", "--n", "120", "--seed", "3", "--noise", "0.1",
                      "--out", path("data.csv"), "--test-sites", "60", "--test-out",
                      path("test.csv")}).exit_code, 0);
    const CliRun fit = run_cli({"fit", path("data.csv"), "--model", "anisotropic", "--smoothness",
                                "1.5", "--out", path("fit.gpkg"), "--map", "20", "--json"});
    QVERIFY2(fit.exit_code == 0, fit.err.constData());
    QVERIFY(QFileInfo::exists(path("fit.gpkg")));
}

void TestAnalysis::fit_reports_the_documented_keys() {
    const CliRun run = run_cli({"fit", path("data.csv"), "--model", "stationary", "--smoothness",
                                "1.5", "--json"});
    QCOMPARE(run.exit_code, 0);
    const QJsonObject object = run.json();
    for (const char* key : {"model", "selected", "parameters", "log_likelihood", "criteria", "loss",
                            "iterations", "seconds", "warnings", "verdict"}) {
        QVERIFY2(object.contains(QString::fromLatin1(key)), key);
    }
    QCOMPARE(object["model"].toString(), QString("stationary"));
    const QJsonObject parameters = object["parameters"].toObject();
    QVERIFY(parameters["partial_sill"].toDouble() > 0.0);
    QVERIFY(parameters["range"].toDouble() > 0.0);
    QVERIFY(parameters["practical_range"].toDouble() > parameters["range"].toDouble());
    QCOMPARE(parameters["smoothness"].toDouble(), 1.5);
    // The data term of the loss is the negative log-likelihood, and evaluate agrees with it.
    const double log_likelihood = object["log_likelihood"].toDouble();
    QVERIFY(std::abs(object["loss"].toObject()["data"].toDouble() + log_likelihood) < 1e-6);
    const CliRun evaluate = run_cli(
        {"evaluate", path("data.csv"), "--range", QString::number(parameters["range"].toDouble(), 'g', 17),
         "--partial-sill", QString::number(parameters["partial_sill"].toDouble(), 'g', 17), "--nugget",
         QString::number(parameters["nugget"].toDouble(), 'g', 17), "--json"});
    QVERIFY(std::abs(evaluate.json()["log_likelihood"].toDouble() - log_likelihood) < 1e-4);
}

void TestAnalysis::same_seed_same_fit() {
    const QStringList arguments = {"fit", path("data.csv"), "--model", "velocity-field", "--smoothness",
                                   "1.5", "--seed", "5", "--threads", "1", "--max-iterations", "15",
                                   "--no-posterior", "--json"};
    const QJsonObject first = run_cli(arguments).json();
    const QJsonObject second = run_cli(arguments).json();
    QVERIFY(first.contains("log_likelihood"));
    QCOMPARE(second["log_likelihood"].toDouble(), first["log_likelihood"].toDouble());
    QCOMPARE(second["parameters"], first["parameters"]);
}

void TestAnalysis::predict_copies_columns_and_adds_mean_and_sd() {
    write_all(path("points.csv"), "id,x,y,note\n7,0.1,0.2,a\n8,-0.5,0.9,b c\n");
    const CliRun run = run_cli({"predict", path("fit.gpkg"), "--at", path("points.csv"), "--out",
                                path("predicted.csv"), "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    QCOMPARE(run.json()["predictions"].toInt(), 2);
    QList<QByteArray> header;
    const auto rows = rows_of(path("predicted.csv"), header);
    QCOMPARE(header, (QList<QByteArray>{"id", "x", "y", "note", "mean", "sd"}));
    QCOMPARE(rows.size(), 2);
    QCOMPARE(rows[0][0], 7.0);
    QVERIFY(std::isfinite(rows[1][4]));
    QVERIFY(rows[1][5] > 0.0);
}

void TestAnalysis::an_observation_is_less_certain_than_the_signal() {
    for (const char* target : {"signal", "observation"}) {
        QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--at", path("test.csv"), "--of", target,
                          "--plug-in", "--out", path(target) + ".csv"}).exit_code, 0);
    }
    QList<QByteArray> header;
    const auto signal = rows_of(path("signal.csv"), header);
    const auto observation = rows_of(path("observation.csv"), header);
    QCOMPARE(signal.size(), 60);
    double squared = 0.0;
    for (qsizetype i = 0; i < signal.size(); ++i) {
        QVERIFY(std::abs(signal[i][3] - observation[i][3]) < 1e-9);
        QVERIFY(observation[i][4] > signal[i][4]);
        squared += std::pow(signal[i][3] - signal[i][2], 2);
    }
    QVERIFY(std::sqrt(squared / 60.0) < 0.9);  // the field has a standard deviation of 1
}

void TestAnalysis::predict_writes_grids() {
    const CliRun table = run_cli({"predict", path("fit.gpkg"), "--grid", "6x4", "--bounds=-1,-1,1,1",
                                  "--out", path("grid.csv")});
    QVERIFY2(table.exit_code == 0, table.err.constData());
    QList<QByteArray> header;
    const auto rows = rows_of(path("grid.csv"), header);
    QCOMPARE(rows.size(), 24);
    QVERIFY(std::abs(rows[0][0] + 5.0 / 6.0) < 1e-9);
    QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--grid", "6x4", "--out", path("grid.tif")}).exit_code, 0);
    QVERIFY(read_all(path("grid.tif")).startsWith("II*"));
    QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--grid", "6", "--out", path("g.csv")}).exit_code, 2);
    const CliRun huge = run_cli({"predict", path("fit.gpkg"), "--grid", "100000x100000", "--out",
                                 path("g.csv")});
    QCOMPARE(huge.exit_code, 2);
    QVERIFY(huge.err.contains("149 GiB"));
    QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--grid", "6x4", "--bounds=1,1,0,0", "--out",
                      path("g.csv")}).exit_code, 2);
}

void TestAnalysis::a_map_in_the_project_can_be_written() {
    const CliRun run = run_cli({"predict", path("fit.gpkg"), "--out", path("prediction.tif"), "--sd",
                                path("standard_deviation.tif"), "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    QVERIFY(run.json()["predictions"].toInt() > 100);
    QVERIFY(read_all(path("standard_deviation.tif")).startsWith("II*"));
}

void TestAnalysis::missing_columns_are_bad_input() {
    write_all(path("other.csv"), "east,north\n0.1,0.2\n0.3,0.4\n");
    QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--at", path("other.csv"), "--out",
                      path("p.csv")}).exit_code, 3);
    QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--at", path("other.csv"), "--x", "east", "--y",
                      "north", "--out", path("p.csv")}).exit_code, 0);
    write_all(path("text.csv"), "x,y\n0.1,here\n");
    const CliRun text = run_cli({"predict", path("fit.gpkg"), "--at", path("text.csv"), "--out",
                                 path("p.csv")});
    QCOMPARE(text.exit_code, 3);
    QVERIFY(text.err.contains("line 2") && text.err.contains("\"y\""));
    write_all(path("gap.csv"), "x,y\n0.1,0.2\n,0.4\n");
    QCOMPARE(run_cli({"predict", path("fit.gpkg"), "--at", path("gap.csv"), "--out",
                      path("p.csv")}).exit_code, 3);
}

void TestAnalysis::points_on_a_line_need_one_column() {
    QByteArray transect = "x,value\n";
    for (int i = 0; i < 30; ++i) {
        transect += QByteArray::number(i) + ',' + QByteArray::number(std::sin(0.4 * i)) + '\n';
    }
    write_all(path("transect.csv"), transect);
    QCOMPARE(run_cli({"fit", path("transect.csv"), "--model", "stationary", "--smoothness", "1.5",
                      "--out", path("transect.gpkg")}).exit_code, 0);
    write_all(path("positions.csv"), "x\n0.5\n7.5\n");
    QCOMPARE(run_cli({"predict", path("transect.gpkg"), "--at", path("positions.csv"), "--out",
                      path("on_line.csv")}).exit_code, 0);
    QList<QByteArray> header;
    const auto rows = rows_of(path("on_line.csv"), header);
    QCOMPARE(header, (QList<QByteArray>{"x", "mean", "sd"}));
    QCOMPARE(rows.size(), 2);
    QVERIFY(std::abs(rows[1][1] - std::sin(3.0)) < 0.2);
}

void TestAnalysis::a_cut_project_is_named_as_one() {
    write_all(path("cut.gpkg"), read_all(path("fit.gpkg")).left(60'000));
    for (const QStringList& start : {QStringList{"inspect"}, QStringList{"fit"}}) {
        const CliRun run = run_cli(start + QStringList{path("cut.gpkg")});
        QCOMPARE(run.exit_code, 3);
        QVERIFY(run.err.contains("cut short"));
    }
}

void TestAnalysis::inspect_a_project() {
    const QJsonObject object = run_cli({"inspect", path("fit.gpkg"), "--json"}).json();
    QCOMPARE(object["kind"].toString(), QString("project"));
    QCOMPARE(object["data"].toObject()["n"].toInt(), 120);
    QCOMPARE(object["fit"].toObject()["selected"].toString(), QString("anisotropic"));
    QVERIFY(object["map"].toObject()["predicted_cells"].toInt() > 100);
    QVERIFY(run_cli({"inspect", path("fit.gpkg")}).out.contains("120 sites"));
}

void TestAnalysis::resume_keeps_what_was_reached() {
    const QJsonObject before = run_cli({"inspect", path("fit.gpkg"), "--json"}).json()["fit"].toObject();
    const CliRun run = run_cli({"fit", "--resume", path("fit.gpkg"), "--out", path("again.gpkg"), "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    QCOMPARE(run.json()["selected"], before["selected"]);
    const double reached = before["loss"].toObject()["total"].toDouble();
    QVERIFY(run.json()["loss"].toObject()["total"].toDouble() < reached + 1e-3);
    QVERIFY(run.json()["iterations"].toInt() <= before["iterations"].toInt());
    QCOMPARE(run_cli({"fit", "--resume", path("fit.gpkg"), "--model", "radial"}).exit_code, 2);
    QCOMPARE(run_cli({"fit", path("data.csv"), "--resume", path("fit.gpkg")}).exit_code, 2);
    QCOMPARE(run_cli({"fit"}).exit_code, 2);
}

void TestAnalysis::validate_compares_models() {
    const CliRun run = run_cli({"validate", path("data.csv"), "--models", "stationary,anisotropic",
                                "--smoothness", "1.5", "--folds", "2", "--no-posterior", "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    const QJsonArray models = run.json()["models"].toArray();
    QCOMPARE(models.size(), 2);
    for (const auto& each : models) {
        const QJsonObject model = each.toObject();
        for (const char* key : {"rmse", "mae", "crps", "log_score", "coverage_90", "coverage_95",
                                "width_95", "differences"}) {
            QVERIFY2(model.contains(QString::fromLatin1(key)), key);
        }
        QCOMPARE(model["count"].toInt(), 120);
        QVERIFY(model["rmse"].toDouble() > 0.0 && model["rmse"].toDouble() < 1.5);
    }
    QCOMPARE(models[0].toObject()["differences"].toObject()["crps"].toObject()["mean"].toDouble(), 0.0);
    const QJsonObject difference = models[1].toObject()["differences"].toObject();
    QVERIFY(std::abs(difference["rmse"].toObject()["mean"].toDouble() -
                     (models[1].toObject()["rmse"].toDouble() - models[0].toObject()["rmse"].toDouble())) < 1e-12);
    QVERIFY(difference["log_score"].toObject()["standard_error"].toDouble() > 0.0);
    // Four to one in range: the full matrix predicts better.
    QVERIFY(difference["log_score"].toObject()["mean"].toDouble() < 0.0);
    QVERIFY(!run.json()["verdict"].toString().isEmpty());
}

void TestAnalysis::validate_scores_a_test_file() {
    const CliRun run = run_cli({"validate", path("data.csv"), "--models", "anisotropic", "--smoothness",
                                "1.5", "--test", path("test.csv"), "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    const QJsonObject model = run.json()["models"].toArray()[0].toObject();
    QCOMPARE(model["count"].toInt(), 60);
    QVERIFY(model["coverage_90"].toDouble() > 0.6);
    QVERIFY(model["rmse"].toDouble() < 0.9);
    QCOMPARE(run_cli({"validate", path("data.csv"), "--blocks", "2x2", "--models", "stationary",
                      "--smoothness", "1.5", "--no-posterior"}).exit_code, 0);
}

void TestAnalysis::validate_ranks_all_families() {
    QCOMPARE(run_cli({"simulate", "--scenario", "aniso", "--n", "40", "--seed", "3", "--out", path("few.csv")}).exit_code, 0);
    const CliRun run = run_cli({"validate", path("few.csv"), "--models", "all", "--smoothness", "1.5", "--folds", "2",
                                "--no-posterior", "--max-iterations", "3", "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    const QJsonArray models = run.json()["models"].toArray();
    QVERIFY(models.size() >= 10);
    QCOMPARE(run.json()["reference"].toString(), QString("stationary"));
    QSet<QString> names;
    QSet<int> ranks;
    int scored = 0;
    for (const auto& each : models) {
        const QJsonObject model = each.toObject();
        names.insert(model["name"].toString());
        if (model.contains("failure")) {
            QVERIFY(model["failure"].toString().size() > 15);
            continue;
        }
        ++scored;
        ranks.insert(model["rank"].toInt());
        const double from_best = model["differences_from_best"].toObject()["log_score"].toObject()["mean"].toDouble();
        QVERIFY(from_best >= 0.0);
        if (model["rank"].toInt() == 1) QCOMPARE(from_best, 0.0);
        QVERIFY(model["log_likelihood"].isDouble());
        QVERIFY(model.contains("ties_with_best"));
    }
    QCOMPARE(names.size(), models.size());
    for (const char* name : {"stationary", "stationary+log-scale", "velocity-field", "spde", "auto"})
        QVERIFY2(names.contains(QString::fromLatin1(name)), name);
    QCOMPARE(ranks.size(), scored);
    QVERIFY(run.json()["verdict"].toString().contains("predicts best"));
    // A table for people has the best on top.
    const CliRun text = run_cli({"validate", path("few.csv"), "--models", "radial,stationary,anisotropic", "--smoothness",
                                 "1.5", "--folds", "2", "--no-posterior", "--max-iterations", "3"});
    QCOMPARE(text.exit_code, 0);
    QVERIFY(text.out.indexOf("\n  1") > 0 && text.out.indexOf("\n  1") < text.out.indexOf("\n  3"));
}

void TestAnalysis::validate_holds_out_groups() {
    QByteArray text = "x,y,hole,value\n";
    for (int i = 0; i < 60; ++i)
        text += QByteArray::number(std::fmod(7.3 * i, 10.0)) + ',' + QByteArray::number(std::fmod(3.7 * i * i, 11.0)) + ",H" +
                QByteArray::number(i % 9) + ',' + QByteArray::number(std::sin(0.9 * i) + 0.1 * (i % 7)) + '\n';
    QFile file(path("holes.csv"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    file.close();
    const CliRun run = run_cli({"validate", path("holes.csv"), "--value", "value", "--group", "hole", "--folds", "3", "--models",
                                "stationary,anisotropic", "--smoothness", "1.5", "--no-posterior", "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    QVERIFY(run.json()["folds"].toString().startsWith("9 whole groups in 3 folds"));
    QVERIFY(run.json()["verdict"].toString().contains("With only 3 folds of whole pieces"));
    QCOMPARE(run_cli({"validate", path("holes.csv"), "--value", "value", "--group", "hole", "--blocks", "2x2"}).exit_code, 2);
    QCOMPARE(run_cli({"validate", path("holes.csv"), "--value", "value", "--groups"}).exit_code, 3);  // none was named
}

void TestAnalysis::validate_tells_bad_input() {
    QFile file(path("six.csv"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("x,y,value\n1,2,3\n2,1,4\n3,5,2\n4,4,6\n6,1,3\n5,7,8\n");
    file.close();
    // Three sites are left in each fold: every model fails, for the input's sake.
    const CliRun run = run_cli({"validate", path("six.csv"), "--folds", "2", "--models", "stationary,anisotropic",
                                "--smoothness", "1.5", "--json"});
    QCOMPARE(run.exit_code, 3);
    for (const auto& each : run.json()["models"].toArray()) QVERIFY(each.toObject()["failure"].toString().size() > 15);
    QVERIFY(run.json()["verdict"].toString().startsWith("No model could be fitted."));
}

void TestAnalysis::realnvp_is_loaded_on_demand() {
    const CliRun run = run_cli({"fit", path("data.csv"), "--model", "realnvp", "--smoothness", "1.5",
                                "--max-iterations", "8", "--no-posterior", "--json"});
    QVERIFY2(run.exit_code == 0, run.err.constData());
    QCOMPARE(run.json()["certificate"].toObject()["folds"].toBool(true), false);
}

void TestAnalysis::an_interruption_keeps_the_best_fit() {
    QCOMPARE(run_cli({"simulate", "--scenario", "radial", "--n", "700", "--out", path("large.csv")}).exit_code, 0);
    QProcess process;
    process.start(QStringLiteral(ANAMORPH_CLI),
                  {"fit", path("large.csv"), "--model", "auto", "--out", path("stopped.gpkg"),
                   "--progress", "--json"});
    QVERIFY(process.waitForStarted());
    // The first line of progress says that the fit has begun.
    QByteArray progress;
    QElapsedTimer timer;
    timer.start();
    while (!progress.contains("iteration") && timer.elapsed() < 60'000) {
        process.waitForReadyRead(100);
        progress += process.readAllStandardError();
    }
    QVERIFY(progress.contains("iteration"));
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    const QJsonObject object = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    QVERIFY(object["stopped_early"].toBool());
    const QJsonObject kept = run_cli({"inspect", path("stopped.gpkg"), "--json"}).json();
    QCOMPARE(kept["fit"].toObject()["log_likelihood"], object["log_likelihood"]);
}

void TestAnalysis::an_interruption_without_a_file_keeps_nothing() {
    QProcess process;
    process.start(QStringLiteral(ANAMORPH_CLI),
                  {"fit", path("large.csv"), "--model", "auto", "--progress", "--json"});
    QVERIFY(process.waitForStarted());
    QByteArray progress;
    QElapsedTimer timer;
    timer.start();
    while (!progress.contains("iteration") && timer.elapsed() < 60'000) {
        process.waitForReadyRead(100);
        progress += process.readAllStandardError();
    }
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitCode(), 130);
    const QJsonObject object = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    QCOMPARE(object["error"].toObject()["code"].toString(), QString("cancelled"));
}

QTEST_GUILESS_MAIN(TestAnalysis)
#include "test_analysis.moc"
