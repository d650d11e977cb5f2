// SPDX-License-Identifier: GPL-3.0-or-later
// Conditional simulations: drawn, shown one at a time in both spaces, played, exported, also as a film,
// forgotten.
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>

#include <gdal_priv.h>

#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/banner.h"
#include "ui/views/film_export.h"
#include "ui/views/layers_panel.h"
#include "ui/views/realisation_player.h"
#include "ui/views/spaces_widget.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

/// Pictures for people, where ANAMORPH_TEST_PICTURES names a folder.
void keep_picture(WindowFixture& f, const QString& name) {
    const QString folder = qEnvironmentVariable("ANAMORPH_TEST_PICTURES");
    if (folder.isEmpty()) return;
    QTest::qWait(300);
    QVERIFY(f.window->grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png")));
}

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

    void simulationsPassIntoEachOtherAndHaveQuantiles() {
        WindowFixture f;
        fit_quickly(f, 60);
        f.window->showStep(Step::map);
        f.find<QSpinBox>("gridCells")->setValue(20);
        f.find<QLineEdit>("quantiles")->setText(QStringLiteral("0.1, 0.9"));
        f.find<QLineEdit>("thresholds")->setText(QStringLiteral("0"));
        f.find<QSpinBox>("simulationCount")->setValue(8);
        auto* method = f.find<QComboBox>("simulationMethod");
        method->setCurrentIndex(method->findData(static_cast<int>(SimulationMethod::spectral)));
        QTest::mouseClick(f.find<QPushButton>("drawButton"), Qt::LeftButton);
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.simulations() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        QVERIFY(f.waitIdle());
        QTRY_COMPARE(f.window->spaces()->layers().fill, Fill::realisation);
        const auto layer = f.window->spaces()->snapshot()->simulations;
        QCOMPARE(layer->further.size(), std::size_t(3));
        const std::vector<Index> cells = f.bench->session.simulations()->grid.active_cells();
        QVERIFY(((layer->further[1].values - layer->further[0].values)(cells).array() > 0.0).all());
        const Vector above = layer->further[2].values(cells);
        QVERIFY(above.minCoeff() >= 0.0 && above.maxCoeff() <= 1.0);

        // Half-way between two of eight simulations the field varies as much as one of them does.
        const Vector first = layer->passage(0, 0.0), half = layer->passage(0, 0.5);
        QVERIFY(first == layer->realisation(0));
        const Vector expected = layer->mesh.mean + std::sqrt(0.5 * 7.0 / 6.0) * (first + layer->realisation(1) - 2.0 * layer->mesh.mean);
        QVERIFY((half - expected).cwiseAbs().maxCoeff() < 1e-9);
        QVERIFY((layer->passage(7, 1.0) - layer->realisation(0)).cwiseAbs().maxCoeff() < 1e-9);

        QComboBox* choice = f.window->layers()->simulatedLayerChoice();
        QVERIFY(choice->isVisible());
        QCOMPARE(choice->count(), 3);
        choice->setCurrentIndex(2);
        QCOMPARE(f.window->spaces()->layers().fill, Fill::simulation_further);
        QCOMPARE(f.window->spaces()->layers().simulation_further, 2);
        keep_picture(f, QStringLiteral("simulated_share"));

        f.find<QCheckBox>("smoothFilm")->setChecked(true);
        f.find<QComboBox>("filmSpeed")->setCurrentIndex(4);
        f.window->layers()->realisationBox()->setChecked(true);
        f.find<QToolButton>("playRealisations")->setChecked(true);
        QTRY_VERIFY(f.window->spaces()->layers().passage > 0.0);
        QTRY_VERIFY(f.window->spaces()->layers().realisation > 0);
        keep_picture(f, QStringLiteral("film"));
        f.window->layers()->player()->stop();
        QVERIFY(!f.window->layers()->player()->isPlaying());

        // The film as one animated file: each simulation passes into the next in several frames.
        const LayerSettings before = f.window->layers()->layers();
        const QString path = f.folder.filePath(QStringLiteral("film.png"));
        QSignalSpy written(f.window->film(), &FilmExport::written);
        f.window->film()->start(path, 0.5, false);
        QTRY_COMPARE_WITH_TIMEOUT(written.count(), 1, 120000);
        const int frames = written[0][1].toInt();
        QCOMPARE(frames, 8 * 6);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QCOMPARE(bytes.count("fcTL"), qsizetype(frames));
        QVERIFY(bytes.indexOf("acTL") > 0 && bytes.indexOf("acTL") < bytes.indexOf("IDAT"));
        const QImage still(path);  // its first frame is an ordinary picture
        QVERIFY(still.width() > 200);
        QVERIFY(f.window->layers()->layers() == before);
        // Or frame by frame, one simulation after the other.
        f.find<QCheckBox>("smoothFilm")->setChecked(false);
        f.window->film()->start(f.folder.filePath(QStringLiteral("one.png")), 0.5, true);
        QTRY_COMPARE_WITH_TIMEOUT(written.count(), 2, 120000);
        QVERIFY(QFile::exists(f.folder.filePath(QStringLiteral("one_0008.png"))));
    }

    // A cancelled film leaves no file, no frame and no message that it runs; what filled the maps is back.
    void aFilmIsCancelledWithoutATrace() {
        WindowFixture f;
        fit_quickly(f, 40);
        draw(f, 12);
        QTRY_COMPARE(f.window->spaces()->layers().fill, Fill::realisation);
        f.find<QCheckBox>("smoothFilm")->setChecked(true);  // many frames: none of these films comes to its end
        f.find<QComboBox>("filmSpeed")->setCurrentIndex(0);
        const LayerSettings before = f.window->layers()->layers();
        QVERIFY(f.window->film()->request(f.folder.filePath(QStringLiteral("ended.png")), false).frames > 500);
        auto* message = f.find<QLabel>("statusMessage");
        const QString frame = f.fileWith(QStringLiteral("ended_0001.png"), "an older film");
        for (const bool frames : {false, true}) {
            QSignalSpy cancelled(f.window->film(), &FilmExport::cancelled);
            f.window->film()->start(f.folder.filePath(QStringLiteral("ended.png")), 1.0, frames);
            QTRY_VERIFY(f.window->layers()->layers().passage > 0.015);
            QTRY_COMPARE(message->text(), QStringLiteral("Writing the film"));
            f.window->film()->cancel();
            QVERIFY(f.window->layers()->layers() == before);
            QTRY_COMPARE(cancelled.count(), 1);
            QVERIFY(!f.window->film()->isBusy());
            QVERIFY(message->text().contains(QStringLiteral("cancelled")));
        }
        const QStringList there = QDir(f.folder.path()).entryList({QStringLiteral("ended*"), QStringLiteral(".film*")},
                                                                  QDir::Files | QDir::Dirs | QDir::Hidden);
        QCOMPARE(there, QStringList{QStringLiteral("ended_0001.png")});
        QFile older(frame);
        QVERIFY(older.open(QIODevice::ReadOnly));
        QCOMPARE(older.readAll(), QByteArray("an older film"));
        // Its simulations go while it runs: nothing that is gone fills the maps.
        QSignalSpy finished(f.window->film(), &FilmExport::finished);
        f.window->film()->start(f.folder.filePath(QStringLiteral("gone.png")), 1.0, false);
        QTRY_VERIFY(f.window->layers()->layers().passage > 0.0);
        f.bench->session.setSimulations(nullptr);
        QTRY_COMPARE(finished.count(), 1);
        QVERIFY(f.waitIdle());
        QCOMPARE(f.window->layers()->layers().fill, Fill::prediction);
        QVERIFY(!QFile::exists(f.folder.filePath(QStringLiteral("gone.png"))));
        QVERIFY(f.window->banner()->isVisible());
        // Others are drawn while it runs: no film of two sets.
        draw(f, 12);
        QTRY_COMPARE(f.window->spaces()->layers().fill, Fill::realisation);
        QSignalSpy interrupted(f.window->film(), &FilmExport::interrupted);
        f.window->film()->start(f.folder.filePath(QStringLiteral("mixed.png")), 1.0, false);
        QTRY_VERIFY(f.window->layers()->layers().passage > 0.0);
        f.bench->session.setSimulations(std::make_shared<const Simulations>(*f.bench->session.simulations()));
        QTRY_COMPARE(interrupted.count(), 1);
        QVERIFY(f.waitIdle());
        QVERIFY(!QFile::exists(f.folder.filePath(QStringLiteral("mixed.png"))));
    }

    void framesAreReplacedOnlyWhenAskedTo() {
        WindowFixture f;
        fit_quickly(f, 40);
        draw(f, 3);
        QTRY_COMPARE(f.window->spaces()->layers().fill, Fill::realisation);
        const QString path = f.folder.filePath(QStringLiteral("one.png"));
        const QString second = f.fileWith(QStringLiteral("one_0002.png"), "an older film");
        QSignalSpy written(f.window->film(), &FilmExport::written);
        f.window->writeFilm(path, 0.5, true);
        QVERIFY(!f.window->film()->isBusy());
        auto* question = f.find<QMessageBox>("replaceFrames");
        QVERIFY(question && question->isVisible());
        question->reject();
        QTRY_VERIFY(!f.find<QMessageBox>("replaceFrames"));
        QVERIFY(!f.window->film()->isBusy());
        const QString surplus = f.fileWith(QStringLiteral("one_0004.png"), "of a longer film");
        const QString apart = f.fileWith(QStringLiteral("one_0006.png"), "not of that film");
        f.window->writeFilm(path, 0.5, true);
        QVERIFY(f.find<QMessageBox>("replaceFrames")->informativeText().contains(QStringLiteral("one_0004.png")));
        f.find<QPushButton>("replaceFramesButton")->click();
        QTRY_COMPARE_WITH_TIMEOUT(written.count(), 1, 60000);
        QCOMPARE(written[0][1].toInt(), 3);
        QVERIFY(QImage(second).width() > 100);
        QVERIFY(QFile::exists(f.folder.filePath(QStringLiteral("one_0003.png"))));
        QVERIFY(!QFile::exists(surplus) && QFile::exists(apart));
        // An animated film is one file, which is asked for, too.
        (void)f.fileWith(QStringLiteral("whole.png"), "an older film");
        f.window->writeFilm(f.folder.filePath(QStringLiteral("whole.png")), 0.5, false);
        QVERIFY(!f.window->film()->isBusy());
        QTRY_VERIFY(f.find<QMessageBox>("replaceFrames"));
        f.find<QMessageBox>("replaceFrames")->reject();
        QTRY_VERIFY(!f.find<QMessageBox>("replaceFrames"));
        // A folder that is not there: a sentence.
        f.window->writeFilm(f.folder.filePath(QStringLiteral("none/film.png")), 0.5, false);
        QTRY_VERIFY(f.window->banner()->isVisible());
    }
};

int main(int argc, char** argv) { return run_window_test<TestSimulations>(argc, argv); }
#include "test_simulations.moc"
