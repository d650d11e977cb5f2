// SPDX-License-Identifier: GPL-3.0-or-later
// anamorph [FILE]: the window. Everything that lives as long as the program is made here.
#include <cstdio>
#include <memory>

#include <QApplication>
#include <QSurfaceFormat>
#include <QStandardPaths>
#include <QTimer>

#include "app/window/command_line.h"
#include "app/window/heartbeat.h"
#include "ui/controllers/workbench.h"
#include "ui/models/sample_files.h"
#include "ui/views/banner.h"
#include "ui/views/main_window.h"
#include "ui/views/theme.h"

namespace {

using namespace anamorph;

void show_tab(MainWindow& window, const QString& name) {
    const QStringList names = {QStringLiteral("loss"), QStringLiteral("variograms"), QStringLiteral("diagnostics"), QStringLiteral("models"),
                               QStringLiteral("validation"), QStringLiteral("data"), QStringLiteral("log")};
    if (const auto index = names.indexOf(name); index >= 0) window.showTab(static_cast<CurvesTabs::Tab>(index));
}

/// Grabs the window once nothing has been read, computed or drawn for a while.
void shoot_when_idle(QApplication& application, Workbench& bench, MainWindow& window, const CommandLine& line) {
    auto* timer = new QTimer(&application);
    const auto quiet = std::make_shared<int>(0);
    QObject::connect(timer, &QTimer::timeout, &window, [&application, &bench, &window, &line, quiet] {
        *quiet = bench.isIdle() ? *quiet + 1 : 0;
        if (*quiet == 3) {
            if (line.step > 0) window.showStep(static_cast<Step>(line.step - 1));
            show_tab(window, line.tab);
        }
        if (*quiet < 8) return;
        const bool written = window.grab().save(line.screenshot);
        if (!written) std::fprintf(stderr, "anamorph: %s cannot be written.\n", qPrintable(line.screenshot));
        const QString failure = window.banner()->text();
        if (!failure.isEmpty()) std::fprintf(stderr, "anamorph: %s\n", qPrintable(failure));
        application.exit(written && failure.isEmpty() ? 0 : 1);
    });
    timer->start(100);
}

void open_first_file(MainWindow& window, const CommandLine& line) {
    QString file = line.file;
    if (file.isEmpty()) {
        const auto samples = sample_files(sample_folder());
        if (!samples.isEmpty() && samples.front().path.endsWith(QLatin1String(".gpkg"))) file = samples.front().path;
    }
    if (!file.isEmpty()) window.openDirectly(file);
}

/// Qt ends the process with a core dump where it finds no display; say it in words instead.
bool has_display() {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (qEnvironmentVariableIsSet(name)) return true;
    return false;
}

}  // namespace

int main(int argc, char** argv) {
#ifdef Q_OS_LINUX
    if (!has_display()) {
        std::fputs("anamorph: there is no display. Use anamorph-cli, or run.sh --headless.\n", stderr);
        return 1;
    }
#endif
    QSurfaceFormat format;
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setDepthBufferSize(24);
    format.setSamples(0);
    QSurfaceFormat::setDefaultFormat(format);
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Anamorph"));
    QApplication::setApplicationName(QStringLiteral("Anamorph"));
    QApplication::setApplicationVersion(QStringLiteral(ANAMORPH_VERSION));
    const CommandLine line = parse_command_line(application);
    (void)Theme::by_name(QString());  // asks for the desktop's palette before ours replaces it

    Workbench bench;
    MainWindow window(bench);
    if (!line.theme.isEmpty()) window.setThemeName(line.theme);
    if (line.size.isValid()) window.resize(line.size);
    window.show();
    if (line.heartbeat.isEmpty() && line.screenshot.isEmpty())
        bench.recovery.keepIn(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/unsaved"));
    if (line.heartbeat.isEmpty())
        QTimer::singleShot(0, &window, [&window, &bench, &line] {
            if (!line.file.isEmpty() || bench.recovery.left().isEmpty()) open_first_file(window, line);
            if (line.file.isEmpty()) {
                window.offerUnsavedWork();
            } else {  // when the file is there: opening it clears the banner
                QObject::connect(&bench.files, &FileController::opened, &window, &MainWindow::offerUnsavedWork,
                                 Qt::SingleShotConnection);
            }
        });
    if (!line.screenshot.isEmpty() && line.heartbeat.isEmpty()) shoot_when_idle(application, bench, window, line);
    if (!line.heartbeat.isEmpty()) {
        auto* heartbeat = new Heartbeat(bench.session, bench.training, line.heartbeat, &application);
        QObject::connect(&bench.files, &FileController::opened, &bench.training,
                         [&bench] { QTimer::singleShot(4000, &bench.training, &TrainingController::train); });
        if (line.limit > 0)
            QObject::connect(&bench.training, &TrainingController::trainingStarted, &bench.training, [&bench, &line] {
                QTimer::singleShot(1000 * line.limit, &bench.training, &TrainingController::stopKeepBest);
            });
        QObject::connect(&bench.files, &FileController::failed, &application, [&application] { application.exit(1); });
        QTimer::singleShot(1500, heartbeat, [heartbeat, &window, &line] {  // when the empty window is drawn
            heartbeat->begin();
            open_first_file(window, line);
        });
        QObject::connect(heartbeat, &Heartbeat::written, &application, [&application] { application.exit(0); });
    }
    return QApplication::exec();
}
