// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of unsaved work: written by themselves, offered after a crash, gone when the work is saved.
#include <QDir>
#include <QProcess>
#include <QPushButton>
#include <QSysInfo>

#include "core/io/project_file.h"
#include "ui/views/banner.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

QString copies_in(const WindowFixture& f) { return f.folder.filePath(QStringLiteral("unsaved")); }

QStringList files_in(const QString& folder) {
    return QDir(folder).entryList({QStringLiteral("*.gpkg")}, QDir::Files);
}

/// As a killed program leaves it: the copy, its title, and the lock of a process that is no more.
QString leave_copy(const QString& from, const QString& to) {
    QDir().mkpath(to);
    const QString name = files_in(from).value(0), path = QDir(to).filePath(QStringLiteral("left.gpkg"));
    for (const char* end : {"", ".title"})
        if (!QFile::copy(QDir(from).filePath(name) + QLatin1String(end), path + QLatin1String(end))) return {};
    QProcess ended;
    ended.start(QStringLiteral("true"), QStringList());
    const qint64 process = ended.processId();
    QFile lock(path + QStringLiteral(".lock"));
    if (!ended.waitForFinished() || !lock.open(QIODevice::WriteOnly)) return {};
    lock.write(QStringLiteral("%1\ntrue\n%2\n").arg(process).arg(QSysInfo::machineHostName()).toUtf8());
    return path;
}

void train(WindowFixture& f) {
    f.bench->training.train();
    QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 60000);
    QVERIFY(f.waitIdle());
}

}  // namespace

class TestRecovery : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void unsavedWorkIsOfferedAfterACrash() {
        WindowFixture f;
        f.bench->recovery.setDelay(50);
        f.bench->recovery.keepIn(copies_in(f));
        QSignalSpy kept(&f.bench->recovery, &RecoveryController::kept);
        f.loadSimulated(60);
        f.chooseQuickModel(10);
        train(f);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.isDirty() && kept.count() > 0 && !f.bench->recovery.isBusy(), 30000);
        QTRY_VERIFY_WITH_TIMEOUT(open_project((copies_in(f) + QLatin1Char('/') + files_in(copies_in(f)).value(0)).toStdString()).fit.has_value(), 30000);
        QVERIFY(f.bench->recovery.left().isEmpty());  // its program lives

        WindowFixture after;
        const QString copy = leave_copy(copies_in(f), copies_in(after));
        QVERIFY(!copy.isEmpty());
        after.bench->recovery.setDelay(50);
        after.bench->recovery.keepIn(copies_in(after));
        QCOMPARE(after.bench->recovery.left().size(), 1);
        QCOMPARE(after.bench->recovery.left().front().title, f.bench->session.title());
        after.window->offerUnsavedWork();
        QVERIFY(after.window->banner()->text().contains(f.bench->session.title()));
        QDir().mkpath(QStringLiteral(ANAMORPH_PICTURES));
        after.window->grab().save(QStringLiteral(ANAMORPH_PICTURES "/unsaved_work.png"));
        QTest::mouseClick(after.find<QPushButton>("bannerButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(after.bench->session.fit() != nullptr, 20000);
        QVERIFY(after.bench->session.isDirty());
        QVERIFY(after.bench->session.path().isEmpty());
        QCOMPARE(after.bench->session.shownModel()->parameters().practical_range,
                 f.bench->session.shownModel()->parameters().practical_range);
        // It is its own copy now; saved, there is none.
        QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(copy) && files_in(copies_in(after)).size() == 1, 30000);
        const QString saved = after.folder.filePath(QStringLiteral("saved.gpkg"));
        after.window->saveTo(saved);
        QTRY_VERIFY_WITH_TIMEOUT(!after.bench->session.isDirty(), 20000);
        QTRY_VERIFY_WITH_TIMEOUT(files_in(copies_in(after)).isEmpty(), 20000);
        QVERIFY(QFile::exists(saved));
    }

    void aRunningFitIsKept() {
        WindowFixture f;
        f.bench->recovery.keepIn(copies_in(f));
        f.loadSimulated(200);
        f.chooseQuickModel(2000);
        FitOptions options = f.bench->session.options();
        options.checkpoint_seconds = 0.0;
        options.relative_tolerance = 1e-16;
        f.bench->session.setOptions(options);
        const auto unfinished = [&] {
            const QStringList files = files_in(copies_in(f));
            if (files.isEmpty()) return false;
            const Project project = open_project((copies_in(f) + QLatin1Char('/') + files.front()).toStdString());
            return project.fit && project.fit->interrupted;
        };
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(unfinished(), 60000);
        // An earlier result stays in the copy beside the fit that runs, and alone after it was cancelled.
        f.bench->training.cancel();
        QVERIFY(f.waitIdle());
        f.chooseQuickModel(5);
        train(f);
        const auto finished = f.bench->session.fit();
        f.bench->session.setOptions(options);
        f.bench->training.train();
        const auto read = [&] { return open_project((copies_in(f) + QLatin1Char('/') + files_in(copies_in(f)).front()).toStdString()); };
        QTRY_VERIFY_WITH_TIMEOUT(unfinished() && read().trained, 60000);
        QCOMPARE(read().trained->model().parameters().practical_range, finished->model().parameters().practical_range);
        f.bench->recovery.setDelay(50);
        f.bench->training.cancel();
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->isIdle() && !unfinished(), 30000);
        QVERIFY(!read().trained);
        QCOMPARE(read().fit->model().parameters().practical_range, finished->model().parameters().practical_range);
    }

    void aCopyThatCannotBeOpenedIsPutAside() {
        WindowFixture f;
        QDir().mkpath(copies_in(f));
        const QString good = QDir(copies_in(f)).filePath(QStringLiteral("good.gpkg"));
        Project project;
        project.dataset = simulated_dataset(40);
        save_project(good.toStdString(), project);
        QFile bad(QDir(copies_in(f)).filePath(QStringLiteral("newer.gpkg")));
        QVERIFY(bad.open(QIODevice::WriteOnly) && bad.write("no project") > 0);
        bad.setFileTime(QDateTime::currentDateTime().addSecs(5), QFileDevice::FileModificationTime);
        bad.close();
        f.bench->recovery.keepIn(copies_in(f));
        QCOMPARE(f.bench->recovery.left().size(), 2);
        f.window->offerUnsavedWork();
        QTest::mouseClick(f.find<QPushButton>("bannerButton"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(f.bench->recovery.left().size(), 1, 20000);
        QVERIFY(f.window->banner()->text().contains(QStringLiteral("could not be opened")));
        QCOMPARE(f.bench->recovery.left().front().path, good);
    }

    void aProgramThatEndsInOrderLeavesNothing() {
        WindowFixture f;
        {
            WindowFixture other;
            other.bench->recovery.setDelay(50);
            other.bench->recovery.keepIn(copies_in(f));
            other.loadSimulated(40);
            other.chooseQuickModel(5);
            train(other);
            QTRY_VERIFY_WITH_TIMEOUT(!files_in(copies_in(f)).isEmpty(), 30000);
        }
        QVERIFY(QDir(copies_in(f)).entryList(QDir::Files).isEmpty());
        f.bench->recovery.keepIn(copies_in(f));
        f.window->offerUnsavedWork();
        QVERIFY(f.window->banner()->text().isEmpty());
    }
};

int main(int argc, char** argv) { return run_window_test<TestRecovery>(argc, argv); }
#include "test_recovery.moc"
