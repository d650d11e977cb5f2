// SPDX-License-Identifier: GPL-3.0-or-later
// A project whose fit was interrupted says so and can be continued.
#include <QPushButton>

#include "core/io/project_file.h"
#include "ui/views/banner.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

/// What a fit had reached when it was killed.
Project interrupted_project() {
    ModelSpecification specification;
    specification.deformation = DeformationKind::velocity_field;
    specification.smoothness = Smoothness::three_halves;
    specification.log_scale = LogScale::no;
    specification.basis_size = 3;
    Project project;
    project.dataset = simulated_dataset(60);
    project.specification = specification;
    project.automatic = false;
    project.options.max_iterations = 25;
    FitOptions options = project.options;
    options.checkpoint_seconds = 0.0;
    options.checkpoint = [&](const FitResult& reached) {
        if (!project.fit) project.fit = reached;
    };
    (void)fit(project.dataset, specification, options);
    return project;
}

}  // namespace

class TestResume : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anInterruptedFitCanGoOn() {
        WindowFixture f;
        const Project project = interrupted_project();
        QVERIFY(project.fit && project.fit->interrupted);
        const QString path = f.folder.filePath(QStringLiteral("interrupted.gpkg"));
        save_project(path.toStdString(), project);
        f.window->openDirectly(path);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.fit() != nullptr, 20000);
        QVERIFY(f.waitIdle());
        QVERIFY(f.bench->session.fit()->interrupted);
        QVERIFY(f.window->banner()->isVisible());
        QVERIFY(f.window->banner()->text().contains(QStringLiteral("interrupted")));
        auto* proceed = f.find<QPushButton>("bannerButton");
        QVERIFY(proceed && proceed->isVisible());
        QSignalSpy trained(&f.bench->training, &TrainingController::trained);
        QTest::mouseClick(proceed, Qt::LeftButton);
        QVERIFY(!f.window->banner()->isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(trained.count(), 1, 120000);
        QVERIFY(f.waitIdle());
        QVERIFY(!f.bench->session.fit()->interrupted);
        QVERIFY(f.bench->session.fit()->model().loss().total <= project.fit->model().loss().total + 1e-6);
    }

    void aFinishedFitOffersNothing() {
        WindowFixture f;
        f.loadSimulated(50);
        f.chooseQuickModel();
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 60000);
        QVERIFY(f.waitIdle());
        const QString path = f.folder.filePath(QStringLiteral("whole.gpkg"));
        f.window->saveTo(path);
        QTRY_VERIFY_WITH_TIMEOUT(!f.bench->session.isDirty(), 20000);
        f.window->openDirectly(path);
        QVERIFY(f.waitIdle());
        QVERIFY(f.window->banner()->text().isEmpty());
        QVERIFY(!f.find<QPushButton>("bannerButton")->isVisible());
    }
};

int main(int argc, char** argv) { return run_window_test<TestResume>(argc, argv); }
#include "test_resume.moc"
