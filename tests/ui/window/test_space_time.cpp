// SPDX-License-Identifier: GPL-3.0-or-later
// Space with time, and the sphere, in the window: imported, trained, one time after the other.
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>

#include "core/data/map_grid.h"
#include "core/data/sphere.h"
#include "core/data/time_axis.h"
#include "core/io/import.h"
#include "core/predict/kriging.h"
#include "ui/scenes/map_viewing.h"
#include "ui/scenes/space_scene.h"
#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/banner.h"
#include "ui/views/custom_plot.h"
#include "ui/views/import_dialog.h"
#include "ui/views/space_curves.h"
#include "ui/views/spaces_widget.h"
#include "ui/views/time_slider.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

std::shared_ptr<const SpatialDataset> wind() {
    QuickImport choices;
    choices.time = "time_h";
    choices.value = "wind_m_s";
    const SpatialDataset all =
        import_file(std::string(ANAMORPH_SAMPLE_DATA) + "/jason3_wind_south_pacific.csv", choices);
    std::vector<Index> rows;
    for (Index i = 0; i < all.size(); i += 4) rows.push_back(i);
    return std::make_shared<const SpatialDataset>(all.subset(rows));
}

void train_quickly(WindowFixture& f) {
    f.chooseQuickModel(8);
    f.bench->training.train();
    QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 120000);
    QVERIFY(f.waitIdle());
}

void take_picture(WindowFixture& f, const char* name) {
    const QString folder = qEnvironmentVariable("ANAMORPH_TEST_PICTURES");
    if (folder.isEmpty()) return;
    for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
        f.window->resize(size);
        QVERIFY(f.waitIdle());
        QTest::qWait(400);
        QVERIFY(f.window->grab().save(
            QStringLiteral("%1/%2_%3.png").arg(folder, QString::fromLatin1(name)).arg(size.width())));
    }
}

}  // namespace

class TestSpaceTimeWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneTimeIsShownAfterTheOther() {
        WindowFixture f;
        f.bench->session.setDataset(wind());
        QVERIFY(f.waitIdle());
        auto* bar = f.find<TimeSlider>("timeSlider");
        QVERIFY(bar->isVisible());
        QCOMPARE(f.window->spaces()->snapshot()->dimension, 2);
        QVERIFY(!f.window->spaces()->snapshot()->has_model);
        train_quickly(f);
        const auto map = f.bench->session.shownMap();
        QCOMPARE(map->grid.times.size(), Index(9));
        QCOMPARE(bar->stops().size(), std::size_t(9));
        auto* slider = f.find<QSlider>("timeStops");
        slider->setValue(1);
        QVERIFY(f.waitIdle());
        const auto early = f.window->spaces()->snapshot();
        QVERIFY(early->has_map && early->viewing && early->viewing->has_time);
        QCOMPARE(early->viewing->time, map->grid.times(1));
        QCOMPARE(early->sites.size(), f.bench->session.dataset()->size());
        QVERIFY(early->present_sites && !early->present_sites->empty());
        QVERIFY(static_cast<Index>(early->present_sites->size()) < early->sites.size());
        QCOMPARE(early->sites.in_geographic.cols(), Index(2));
        const QImage first = f.window->spaces()->grabSpaces(0.5);
        slider->setValue(7);
        QVERIFY(f.waitIdle());
        const auto late = f.window->spaces()->snapshot();
        QCOMPARE(late->data_key, early->data_key);
        QVERIFY((late->map.mean - early->map.mean).norm() > 0.0);
        QVERIFY(f.window->spaces()->grabSpaces(0.5) != first);
        const std::string unit = f.bench->session.dataset()->time_unit;
        QCOMPARE(f.find<QLabel>("timeLabel")->text(), QString::fromStdString(time_text(map->grid.times(7), unit)));
        take_picture(f, "space_time");
        f.find<QToolButton>("playTimes")->setChecked(true);
        QTRY_COMPARE_WITH_TIMEOUT(slider->value(), 0, 10000);  // past the last one
        f.find<QToolButton>("playTimes")->setChecked(false);
        // Simulations are of the time that is shown.
        f.window->showStep(Step::map);
        f.find<QSpinBox>("gridCells")->setValue(16);
        f.find<QSpinBox>("simulationCount")->setValue(2);
        QTest::mouseClick(f.find<QPushButton>("drawButton"), Qt::LeftButton);
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.simulations() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        QVERIFY(f.waitIdle());
        QVERIFY(f.window->spaces()->snapshot()->simulations);
        slider->setValue(5);
        QVERIFY(!f.bench->session.simulations());
        // Other data have no time.
        f.loadSimulated(40);
        QVERIFY(f.waitIdle());
        QVERIFY(!bar->isVisible());
    }

    void theSphereIsAMapInDegrees() {
        WindowFixture f;
        QuickImport choices;
        choices.value = "wind_m_s";
        choices.degrees = DegreesAs::sphere;
        const SpatialDataset all = import_file(std::string(ANAMORPH_SAMPLE_DATA) + "/jason3_wind_globe.csv", choices);
        std::vector<Index> rows;
        for (Index i = 0; i < all.size(); i += 6) rows.push_back(i);
        f.bench->session.setDataset(std::make_shared<const SpatialDataset>(all.subset(rows)));
        train_quickly(f);
        const auto s = f.window->spaces()->snapshot();
        QCOMPARE(s->dimension, 2);
        QVERIFY(s->viewing && s->viewing->on_sphere);
        QVERIFY(s->sites.in_geographic.col(1).cwiseAbs().maxCoeff() <= 90.0);
        QCOMPARE(QString::fromStdString(s->coordinate_unit), QStringLiteral("°"));
        take_picture(f, "sphere");
    }

    // A model that does not use the time has one map and simulations of no time: they stay at every stop.
    void aModelOfTheSphereMayKnowNoTime() {
        WindowFixture f;
        QuickImport choices;
        choices.value = "wind_m_s";
        choices.time = "time_h";
        choices.degrees = DegreesAs::sphere;
        const SpatialDataset all = import_file(std::string(ANAMORPH_SAMPLE_DATA) + "/jason3_wind_globe.csv", choices);
        std::vector<Index> rows;
        for (Index i = 0; i < all.size(); i += 12) rows.push_back(i);
        f.bench->session.setDataset(std::make_shared<const SpatialDataset>(all.subset(rows)));
        train_quickly(f);
        QVERIFY(!PredictionController::knowsTime(*f.bench->session.shownModel()));
        QCOMPARE(f.bench->session.shownMap()->grid.times.size(), Index(0));
        QVERIFY(f.window->spaces()->snapshot()->geographic_subtitle.find("sites at ") != std::string::npos);
        f.window->showStep(Step::map);
        f.find<QSpinBox>("gridCells")->setValue(16);
        f.find<QSpinBox>("simulationCount")->setValue(2);
        QTest::mouseClick(f.find<QPushButton>("drawButton"), Qt::LeftButton);
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.simulations() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        QVERIFY(f.waitIdle());
        auto* slider = f.find<QSlider>("timeStops");
        slider->setValue(slider->value() > 0 ? 0 : 1);
        QVERIFY(f.bench->session.simulations());
        QVERIFY(f.waitIdle());
        QVERIFY(f.window->spaces()->snapshot()->simulations);
        // A range is a length, also where the map is in degrees.
        SpacesSnapshot with_range = *f.window->spaces()->snapshot();
        auto map = std::make_shared<GridMap>(*with_range.grid_map);
        map->further = {{FurtherLayer::Kind::local_range, 0.5, map->mean.cwiseAbs()}};
        with_range.grid_map = map;
        LayerSettings layers;
        layers.fill = Fill::further;
        QCOMPARE(colour_scale_of(with_range, layers).unit, std::string("km"));
    }

    // The time of data on the sphere is a covariate: where the model's distance has it, the map is of times.
    void theSphereHasTimes() {
        WindowFixture f;
        QuickImport choices;
        choices.value = "wind_m_s";
        choices.time = "time_h";
        choices.degrees = DegreesAs::sphere;
        const SpatialDataset all = import_file(std::string(ANAMORPH_SAMPLE_DATA) + "/jason3_wind_globe.csv", choices);
        std::vector<Index> rows;
        for (Index i = 0; i < all.size(); i += 8) rows.push_back(i);
        f.bench->session.setDataset(std::make_shared<const SpatialDataset>(all.subset(rows)));
        QVERIFY(f.bench->session.facts().has_time);
        f.chooseQuickModel(8);
        ModelSpecification s = f.bench->session.specification();
        s.distance_covariates = {"time_h"};
        f.bench->session.setModel(s, false);
        f.bench->training.train();
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        QVERIFY(f.waitIdle());
        const auto map = f.bench->session.shownMap();
        QCOMPARE(map->grid.times.size(), Index(9));
        QCOMPARE(map->grid.dimension(), 3);
        auto* bar = f.window->findChild<TimeSlider*>();
        QVERIFY(bar->isVisible());
        QCOMPARE(bar->stops().size(), std::size_t(9));
        // The maps differ from time to time, and each is that of the model at its time.
        const GridMap first = level_of(*map, 0), last = level_of(*map, 8);
        const std::vector<Index> cells = first.grid.active_cells();
        QVERIFY((first.mean - last.mean)(cells).cwiseAbs().maxCoeff() > 0.1);
        const FittedModel& model = *f.bench->session.shownModel();
        PredictOptions plain;
        plain.averaged = map->averaged;
        const Index cell = cells[cells.size() / 2];
        const Points at = working_from_map(model.dataset().coordinate_system, first.grid.centres().row(cell));
        const Prediction alone = predict_at(model, at, Matrix::Constant(1, 1, map->grid.times(8)), plain);
        QVERIFY2(std::abs(alone.mean(0) - last.mean(cell)) < 1e-8, qPrintable(QStringLiteral("%1 %2").arg(alone.mean(0)).arg(last.mean(cell))));
        f.find<QSlider>("timeStops")->setValue(8);
        QVERIFY(f.waitIdle());
        const auto shown = f.window->spaces()->snapshot();
        QVERIFY(shown->viewing && shown->viewing->has_time && shown->viewing->on_sphere);
        QCOMPARE(shown->viewing->time, map->grid.times(8));
        QVERIFY(shown->present_sites && static_cast<Index>(shown->present_sites->size()) < shown->sites.size());
        take_picture(f, "sphere_times");
        const QString path = f.folder.filePath(QStringLiteral("sphere.csv"));
        QSignalSpy exported(&f.bench->files, &FileController::exported);
        f.bench->files.exportMapCsv(path);
        QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, 20000);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray header = file.readLine().trimmed(), row = file.readLine().trimmed();
        QVERIFY(header.contains("time_h"));
        QCOMPARE(row.count(','), header.count(','));
        // The map of times is kept with the project.
        const QString project = f.folder.filePath(QStringLiteral("sphere.gpkg"));
        QSignalSpy saved(&f.bench->files, &FileController::saved);
        f.window->saveTo(project);
        QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 1, 20000);
        f.loadSimulated(30);
        QSignalSpy opened(&f.bench->files, &FileController::opened);
        f.window->openDirectly(project);
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, 20000);
        QVERIFY(f.waitIdle());
        QVERIFY(f.bench->session.shownMap()->grid.times == map->grid.times);
        QVERIFY(bar->isVisible());
    }

    // No site is present at a time: none is drawn. Without a time all are.
    void noSiteIsPresentOrAllAre() {
        const auto dataset = [] {
            auto line = std::make_shared<SpatialDataset>(*simulated_dataset(30));
            line->coordinates = Points(line->coordinates.col(0));
            line->coordinate_names = {"x"};
            return line;
        }();
        const auto drawn = [](std::shared_ptr<const SpacesSnapshot> snapshot) {
            SpaceCurves curves(Space::geographic);
            curves.setSnapshot(std::move(snapshot), false);
            int points = 0;
            for (int k = 0; k < curves.plot()->graphCount(); ++k)
                if (curves.plot()->graph(k)->lineStyle() == QCPGraph::lsNone) points += curves.plot()->graph(k)->dataCount();
            return points;
        };
        const auto all = make_snapshot(*dataset);
        QVERIFY(!all->present_sites);
        QCOMPARE(drawn(all), 30);
        auto some = std::make_shared<SpacesSnapshot>(*all);
        some->present_sites = {3, 4, 9};
        QCOMPARE(drawn(some), 3);
        some->present_sites = std::vector<Index>();
        QCOMPARE(drawn(some), 0);
    }

    void whatIsKnownOfDataIsFoundOnce() {
        const auto data = wind();
        WindowFixture f;
        f.bench->session.setDataset(data);
        const DataFacts& facts = f.bench->session.facts();
        QVERIFY(facts.has_time && facts.realisations.empty());
        QCOMPARE(facts.first_time, data->coordinates.col(2).minCoeff());
        QCOMPARE(facts.last_time, data->coordinates.col(2).maxCoeff());
        QVERIFY(facts.times.size() <= 200 && facts.times.front() == facts.first_time && facts.times.back() == facts.last_time);
        auto several = std::make_shared<SpatialDataset>(*simulated_dataset(12));
        for (Index i = 0; i < 12; ++i) several->realisations.push_back(i < 7 ? "a" : "b");
        const DataFactsPointer given = facts_of(*several);
        QCOMPARE(given->realisations, (std::vector<std::string>{"a", "b"}));
        QCOMPARE(given->values, (std::vector<Index>{7, 5}));
        f.bench->session.setDataset(several, given);
        QCOMPARE(&f.bench->session.facts(), given.get());  // not looked for again
        QCOMPARE(f.bench->session.realisation(), QStringLiteral("b"));
        f.bench->session.close();
        QVERIFY(!f.bench->session.facts().has_time && f.bench->session.facts().realisations.empty());
        QVERIFY(f.waitIdle());
    }

    void rolesAndDegreesAreChosenInTheDialog() {
        WindowFixture f;
        const QString path = f.fileWith(QStringLiteral("t.csv"),
                                        "lon,lat,when,v\n1,2,2016-07-01,1\n3,5,2016-07-02,2\n4,1,2016-07-04,3\n"
                                        "2,2,2016-07-01,5\n1,4,2016-07-03,4\n2,5,2016-07-05,1\n");
        ImportDialog dialog(path);
        dialog.show();
        QTRY_VERIFY(dialog.importButton()->isEnabled());
        QComboBox* role = dialog.roleBox(2);
        role->setCurrentIndex(role->findData(static_cast<int>(ColumnRole::time)));
        QVERIFY(role->currentIndex() >= 0);
        auto* as = dialog.findChild<QComboBox*>(QStringLiteral("degreesAs"));
        QVERIFY(as->isEnabled());
        if (const QString folder = qEnvironmentVariable("ANAMORPH_TEST_PICTURES"); !folder.isEmpty())
            QVERIFY(dialog.grab().save(folder + QStringLiteral("/import_time.png")));
        dialog.importButton()->click();
        QTRY_VERIFY(dialog.dataset() != nullptr);
        QVERIFY(dialog.dataset()->last_axis_is_time);
        QCOMPARE(dialog.dataset()->dimension(), 3);
        ImportDialog sphere(path);
        sphere.show();
        QTRY_VERIFY(sphere.importButton()->isEnabled());
        as = sphere.findChild<QComboBox*>(QStringLiteral("degreesAs"));
        as->setCurrentIndex(1);
        sphere.importButton()->click();
        QTRY_VERIFY(sphere.dataset() != nullptr);
        QVERIFY(sphere.dataset()->coordinate_system.chordal);
    }
};

int main(int argc, char** argv) { return run_window_test<TestSpaceTimeWindow>(argc, argv); }
#include "test_space_time.moc"
