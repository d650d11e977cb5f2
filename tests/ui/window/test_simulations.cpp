// SPDX-License-Identifier: GPL-3.0-or-later
// Conditional simulations: drawn, shown one at a time in both spaces, played, exported, forgotten.
#include <QCheckBox>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>

#include <gdal_priv.h>

#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/banner.h"
#include "ui/views/layers_panel.h"
#include "ui/views/realisation_player.h"
#include "ui/views/spaces_widget.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

void fit_quickly(WindowFixture& f, Index sites) {
    f.loadSimulated(sites);
    f.chooseQuickModel(8);
    f.bench->training.train();
    QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 120000);
    QVERIFY(f.waitIdle());
}

void draw(WindowFixture& f, int count) {
    f.window->showStep(Step::map);
    f.find<QSpinBox>("gridCells")->setValue(24);
    f.find<QSpinBox>("simulationCount")->setValue(count);
    f.find<QSpinBox>("simulationSeed")->setValue(5);
    QTest::mouseClick(f.find<QPushButton>("drawButton"), Qt::LeftButton);
    QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.simulations() != nullptr, qPrintable(f.window->banner()->text()), 120000);
    QVERIFY(f.waitIdle());
}

}  // namespace

class TestSimulations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theyAreDrawnShownAndPlayed() {
        WindowFixture f;
        fit_quickly(f, 60);
        QVERIFY(!f.window->layers()->realisationBox()->isVisible());
        draw(f, 6);
        const auto drawn = f.bench->session.simulations();
        QCOMPARE(drawn->count(), Index(6));
        const std::vector<Index> cells = drawn->grid.active_cells();
        QVERIFY(Matrix(drawn->draws(cells, Eigen::all)).allFinite());
        QVERIFY((drawn->draws.col(0)(cells) - drawn->draws.col(1)(cells)).norm() > 0.0);
        QVERIFY((drawn->summary.mean(cells) - drawn->draws(cells, Eigen::all).rowwise().mean()).norm() < 1e-9);
        QTRY_COMPARE(f.window->spaces()->layers().fill, Fill::realisation);
        QVERIFY(f.window->layers()->realisationBox()->isVisible());
        QVERIFY(f.window->spaces()->snapshot()->simulations);

        auto* box = f.find<QSpinBox>("realisation");
        QCOMPARE(box->maximum(), 6);
        const QImage first = f.window->spaces()->grabSpaces(0.5);
        box->setValue(4);
        QCOMPARE(f.window->spaces()->layers().realisation, 3);
        QVERIFY(f.window->spaces()->grabSpaces(0.5) != first);
        f.find<QToolButton>("playRealisations")->setChecked(true);
        QTRY_VERIFY_WITH_TIMEOUT(f.window->spaces()->layers().realisation == 1, 10000);  // past the last one
        f.window->layers()->predictionBox()->click();
        QVERIFY(!f.window->layers()->player()->isPlaying());
        QTest::qWait(500);
        QCOMPARE(f.window->spaces()->layers().fill, Fill::prediction);
    }

    void theSameSeedGivesTheSame() {
        WindowFixture f;
        fit_quickly(f, 50);
        draw(f, 2);
        const Matrix first = f.bench->session.simulations()->draws;
        f.bench->session.setSimulations(nullptr);
        QTRY_VERIFY(!f.window->layers()->realisationBox()->isVisible());
        QCOMPARE(f.window->spaces()->layers().fill, Fill::prediction);
        draw(f, 2);
        const std::vector<Index> cells = f.bench->session.simulations()->grid.active_cells();
        QVERIFY(Matrix(f.bench->session.simulations()->draws(cells, Eigen::all)) == Matrix(first(cells, Eigen::all)));
    }

    void everyOneIsABandOfTheFile() {
        WindowFixture f;
        fit_quickly(f, 50);
        f.window->showStep(Step::export_results);
        QVERIFY(!f.find<QPushButton>("exportSimulations")->isEnabled());
        draw(f, 3);
        QVERIFY(f.find<QPushButton>("exportSimulations")->isEnabled());
        const QString path = f.folder.filePath(QStringLiteral("draws.tif"));
        QSignalSpy exported(&f.bench->files, &FileController::exported);
        f.bench->files.exportSimulations(path);
        QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, 20000);
        GDALAllRegister();
        auto* raster = static_cast<GDALDataset*>(GDALOpen(path.toUtf8().constData(), GA_ReadOnly));
        QVERIFY(raster);
        QCOMPARE(raster->GetRasterCount(), 3);
        const auto& grid = f.bench->session.simulations()->grid;
        QCOMPARE(raster->GetRasterXSize(), static_cast<int>(grid.shape[0]));
        QCOMPARE(raster->GetRasterYSize(), static_cast<int>(grid.shape[1]));
        const Index cell = grid.active_cells().front();
        const auto x = static_cast<int>(cell % grid.shape[0]), y = static_cast<int>(grid.shape[1] - 1 - cell / grid.shape[0]);
        for (int band = 1; band <= 3; ++band) {
            double value = 0.0;
            QCOMPARE(raster->GetRasterBand(band)->RasterIO(GF_Read, x, y, 1, 1, &value, 1, 1, GDT_Float64, 0, 0, nullptr), CE_None);
            QVERIFY(std::abs(value - f.bench->session.simulations()->draws(cell, band - 1)) < 1e-5);
        }
        GDALClose(raster);
    }

    void theyCanBeCancelledAndGoWithTheModel() {
        WindowFixture f;
        fit_quickly(f, 150);
        SimulationRequest request;
        request.cells_on_longest_side = 120;
        request.options.count = 5000;
        QSignalSpy cancelled(&f.bench->simulation, &SimulationController::cancelled);
        f.bench->simulation.simulate(request);
        QTest::qWait(100);
        QVERIFY(f.bench->simulation.isSimulating());
        f.bench->simulation.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(cancelled.count(), 1, 60000);
        QVERIFY(!f.bench->session.simulations());
        draw(f, 2);
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(!f.bench->session.simulations(), 60000);
        QVERIFY(f.waitIdle(120000));
        QCOMPARE(f.window->spaces()->layers().fill, Fill::prediction);
    }

    void inOneDimensionTheyAreCurves() {
        WindowFixture f;
        auto dataset = std::make_shared<SpatialDataset>(*simulated_dataset(60));
        dataset->coordinates = Points(dataset->coordinates.col(0));
        dataset->coordinate_names = {"x"};
        f.bench->session.setDataset(dataset);
        ModelSpecification s;
        s.deformation = DeformationKind::stationary;
        s.smoothness = Smoothness::half;
        s.log_scale = LogScale::no;
        f.bench->session.setModel(s, false);
        f.bench->training.train();
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        QVERIFY(f.waitIdle());
        draw(f, 4);
        QTRY_COMPARE(f.window->spaces()->layers().fill, Fill::realisation);
        QVERIFY(f.window->spaces()->snapshot()->simulations->curve.mean.allFinite());
        QVERIFY(f.window->spaces()->grabSpaces(1.0).width() > 400);
    }
};

int main(int argc, char** argv) { return run_window_test<TestSimulations>(argc, argv); }
#include "test_simulations.moc"
