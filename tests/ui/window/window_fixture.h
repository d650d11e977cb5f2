// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include <QApplication>
#include <QSettings>
#include <QTemporaryDir>
#include <QtTest>

#include "core/simulate/scenario.h"
#include "ui/controllers/workbench.h"
#include "ui/views/main_window.h"

namespace anamorph {

/// A whole window with its workbench, on settings of its own.
struct WindowFixture {
    WindowFixture();
    ~WindowFixture();

    /// A simulated deformation with `sites` sites, as the session's data.
    void loadSimulated(Index sites);
    /// A single class with few iterations: seconds at a hundred sites.
    void chooseQuickModel(int iterations = 15);
    [[nodiscard]] bool waitIdle(int milliseconds = 60000);
    /// The widget of that name, which must be there.
    template <class T>
    [[nodiscard]] T* find(const char* name) const {
        return window->findChild<T*>(QString::fromLatin1(name));
    }
    [[nodiscard]] QString fileWith(const QString& name, const QByteArray& content) const;

    QTemporaryDir folder;
    std::unique_ptr<Workbench> bench;
    std::unique_ptr<MainWindow> window;
};

/// The simulated data set that the tests use.
[[nodiscard]] std::shared_ptr<const SpatialDataset> simulated_dataset(Index sites, std::uint64_t seed = 1);

/// Makes the application as the program does and runs the tests of one object.
template <class Test>
int run_window_test(int argc, char** argv) {
    QSurfaceFormat format;
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setDepthBufferSize(24);
    QSurfaceFormat::setDefaultFormat(format);
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("AnamorphTest"));
    QApplication::setApplicationName(QStringLiteral("AnamorphTest"));
    Test test;
    return QTest::qExec(&test, argc, argv);
}

}  // namespace anamorph
