// SPDX-License-Identifier: GPL-3.0-or-later
// What differs from place to place, shown: the warp of data on a line and the profile of the range,
// regions drawn on the map, and what the panel of the map asks for.
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QToolButton>

#include "core/base/random.h"
#include "core/io/project_file.h"
#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/banner.h"
#include "ui/views/custom_plot.h"
#include "ui/views/layers_panel.h"
#include "ui/views/range_profile_tab.h"
#include "ui/views/space_view.h"
#include "ui/views/spaces_widget.h"
#include "ui/views/warp_plots.h"
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

/// A slow wave and, from 0.75 on, quick ones.
std::shared_ptr<const SpatialDataset> transect() {
    auto data = std::make_shared<SpatialDataset>();
    RandomStream random(4);
    constexpr Index n = 110;
    data->name = "transect";
    data->coordinates.resize(n, 1);
    data->values.resize(n);
    for (Index i = 0; i < n; ++i) {
        const double x = (static_cast<double>(i) + 0.5 * random.uniform()) / n;
        data->coordinates(i, 0) = x;
        data->values(i) = std::sin(6.28 * x) + (x > 0.75 ? std::sin(6.28 * x / 0.06) : 0.0) + 0.1 * random.normal();
    }
    data->covariates.resize(n, 0);
    data->coordinate_names = {"x"};
    data->value_name = "z";
    data->coordinate_system.unit = "km";
    return data;
}

void train(WindowFixture& f) {
    f.bench->training.train();
    QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 120000);
    QVERIFY(f.waitIdle());
}

}  // namespace

class TestPlaces : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theRangeIsProfiledAndTheWarpDrawn() {
        WindowFixture f;
        f.bench->session.setDataset(transect());
        ModelSpecification s;
        s.deformation = DeformationKind::velocity_field;
        s.basis_size = 10;
        s.ridge = 1.0;
        s.smoothness = Smoothness::five_halves;
        s.log_scale = LogScale::no;
        f.bench->session.setModel(s, false);
        train(f);
        f.window->showTab(CurvesTabs::Tab::warp);
        QCOMPARE(f.window->curves()->current(), CurvesTabs::Tab::warp);
        QCustomPlot* slope = f.window->curves()->warpPlots()->slopePlot();
        QTRY_COMPARE(slope->graphCount(), 2);
        const auto slope_at = [&](double x) { return slope->graph(1)->data()->findBegin(x)->value; };
        QVERIFY2(slope_at(0.87) > 1.5 * slope_at(0.3), qPrintable(QStringLiteral("%1 %2").arg(slope_at(0.87)).arg(slope_at(0.3))));
        keep_picture(f, QStringLiteral("warp"));
        QAction* show_warp = f.find<QAction>("showWarp");
        QVERIFY(show_warp->isEnabled());
        const QString saved = f.folder.filePath(QStringLiteral("line.gpkg"));
        QSignalSpy kept(&f.bench->files, &FileController::saved);
        f.window->saveTo(saved);  // on this tab
        QTRY_COMPARE_WITH_TIMEOUT(kept.count(), 1, 20000);

        f.window->showTab(CurvesTabs::Tab::range);
        QTest::mouseClick(f.find<QPushButton>("profileButton"), Qt::LeftButton);
        QVERIFY(f.bench->range_profile.isProfiling());
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->range_profile.picture() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        const auto picture = f.bench->range_profile.picture();
        QVERIFY(picture->profile.minima.size() >= 2);
        QCOMPARE(picture->kernels.size(), picture->profile.minima.size());
        QCOMPARE(picture->warped.size(), std::size_t(1));
        QVERIFY(f.find<QLabel>("profileSentence")->text().contains(QStringLiteral("minima")));
        QCOMPARE(f.window->curves()->plots(CurvesTabs::Tab::range).size(), std::size_t(2));
        QVERIFY(f.window->curves()->rangeTab()->transectPlot()->graphCount() >= 4);
        keep_picture(f, QStringLiteral("profile"));
        // Other data: no profile, and no warp to show in two dimensions.
        f.loadSimulated(30);
        QVERIFY(!f.bench->range_profile.picture());
        QVERIFY(f.waitIdle());
        f.window->showTab(CurvesTabs::Tab::warp);
        QVERIFY(f.window->curves()->current() != CurvesTabs::Tab::warp);
        QVERIFY(!show_warp->isEnabled());
        QVERIFY(show_warp->toolTip().contains(QStringLiteral("on a line")));
        QCOMPARE(show_warp->statusTip(), show_warp->toolTip());
        // A project is opened on the tab that it was saved on.
        QSignalSpy opened(&f.bench->files, &FileController::opened);
        f.window->openDirectly(saved);
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, 20000);
        QVERIFY(f.waitIdle());
        QCOMPARE(f.window->curves()->current(), CurvesTabs::Tab::warp);
        QVERIFY(show_warp->isEnabled());
    }

    void aProfileIsCancelled() {
        WindowFixture f;
        f.loadSimulated(600);
        QVERIFY(f.waitIdle());
        QSignalSpy cancelled(&f.bench->range_profile, &RangeProfileController::cancelled);
        f.bench->range_profile.profile();
        QTest::qWait(100);
        f.bench->range_profile.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(cancelled.count(), 1, 60000);
        QVERIFY(!f.bench->range_profile.picture());
    }

    void regionsAreDrawnOnTheMap() {
        WindowFixture f;
        f.loadSimulated(120);
        ModelSpecification s;
        s.deformation = DeformationKind::anisotropic;
        s.smoothness = Smoothness::half;
        s.log_scale = LogScale::no;
        f.bench->session.setModel(s, false);
        QVERIFY(f.waitIdle());
        f.window->showStep(Step::model);
        QVERIFY(!f.find<QPushButton>("drawRegions")->isVisible());
        s.local = LocalCovariance::segmented;
        f.bench->session.setModel(s, false);
        auto* draw = f.find<QPushButton>("drawRegions");
        QTRY_VERIFY(draw->isVisible());
        QTest::mouseClick(draw, Qt::LeftButton);
        QVERIFY(f.bench->regions.isDrawing());

        SpaceView* view = f.window->spaces()->view(Space::geographic);
        const auto pixel_of = [&](double x, double y) {
            const Points at = (Points(1, 2) << x, y).finished();
            const Pixel p = view->camera().project(view->scene().frame().to_display(at, 0));
            return (view->plotRect().topLeft() + QPointF(p.x(), p.y())).toPoint();
        };
        const auto click = [&](double x, double y) { QTest::mouseClick(view, Qt::LeftButton, {}, pixel_of(x, y)); };
        click(-0.95, -0.9);
        click(0.0, -0.9);
        click(0.0, 0.9);
        QTest::keyClick(view, Qt::Key_Backspace);
        QCOMPARE(f.bench->regions.open().rows(), Index(2));
        click(0.1, 0.9);
        click(-0.95, 0.9);
        QTest::mouseDClick(view, Qt::LeftButton, {}, pixel_of(-0.95, 0.9));
        QCOMPARE(f.bench->regions.outlines().size(), std::size_t(1));
        QCOMPARE(f.bench->regions.outlines()[0].rows(), Index(4));
        QVERIFY(std::abs(f.bench->regions.outlines()[0](0, 0) + 0.95) < 0.02);
        QTRY_VERIFY(f.bench->regions.sitesIn(0).has_value());
        QVERIFY(*f.bench->regions.sitesIn(0) > 20);
        QVERIFY(f.find<QLabel>("region1")->text().contains(QString::number(*f.bench->regions.sitesIn(0))));
        // The last region opens again, and Enter closes it.
        QTest::mouseClick(f.find<QPushButton>("undoRegion"), Qt::LeftButton);
        QVERIFY(f.bench->regions.outlines().empty());
        QCOMPARE(f.bench->regions.open().rows(), Index(4));
        QTest::keyClick(view, Qt::Key_Return);
        QCOMPARE(f.bench->regions.outlines().size(), std::size_t(1));
        keep_picture(f, QStringLiteral("drawing"));
        QTest::keyClick(view, Qt::Key_Escape);
        QVERIFY(!f.bench->regions.isDrawing());

        train(f);
        QTRY_COMPARE(f.window->spaces()->snapshot()->region_borders.size(), std::size_t(1));
        keep_picture(f, QStringLiteral("segments"));
        const QString path = f.folder.filePath(QStringLiteral("regions.gpkg"));
        f.window->saveTo(path);
        QVERIFY(f.waitIdle());
        const Project kept = open_project(path.toStdString());
        QCOMPARE(kept.specification.region_outlines.size(), std::size_t(1));
        QVERIFY(kept.specification.region_outlines[0] == f.bench->regions.outlines()[0]);
        QTest::mouseClick(f.find<QPushButton>("deleteRegion1"), Qt::LeftButton);
        QVERIFY(f.bench->regions.outlines().empty());
    }

    void axesAreScaledOnRequest() {
        WindowFixture f;
        f.loadSimulated(60);
        f.chooseQuickModel(8);
        f.window->showStep(Step::model);
        auto* model = f.find<QComboBox>("modelChoice");
        const int item = model->findText(QStringLiteral("Axis-aligned"));
        QVERIFY(item > 0);
        model->setCurrentIndex(item);
        Q_EMIT model->activated(item);
        QCOMPARE(model_name(f.bench->session.specification()), std::string("axis-aligned"));
        QCOMPARE(model->currentIndex(), item);
        train(f);
        QCOMPARE(f.bench->session.shownModel()->label(), std::string("axis-aligned"));
    }

    void regionsComeFromALayer() {
        WindowFixture f;
        f.loadSimulated(80);
        ModelSpecification s;
        set_model(s, "partition-of-unity");
        f.bench->session.setModel(s, false);
        const QString path = f.fileWith(QStringLiteral("regions.geojson"), R"({"type":"Feature","properties":{},"geometry":
            {"type":"Polygon","coordinates":[[[-1,-1],[0,-1],[0,1],[-1,1],[-1,-1]]]}})");
        f.bench->regions.readFrom(path);
        QTRY_COMPARE(f.bench->regions.outlines().size(), std::size_t(1));
        f.bench->regions.readFrom(f.folder.filePath(QStringLiteral("none.gpkg")));
        QTRY_VERIFY(f.window->banner()->isVisible());
        QCOMPARE(f.bench->regions.outlines().size(), std::size_t(1));
        f.loadSimulated(40);  // another map
        QVERIFY(f.bench->regions.outlines().empty());
    }

    // What was asked of the map of other data is not asked of these.
    void theMapIsAskedForAfresh() {
        WindowFixture f;
        f.loadSimulated(40);
        f.chooseQuickModel(5);
        train(f);
        f.window->showStep(Step::map);
        f.find<QSpinBox>("gridCells")->setValue(18);
        f.find<QLineEdit>("quantiles")->setText(QStringLiteral("0.1, 0.9"));
        f.find<QLineEdit>("thresholds")->setText(QStringLiteral("0.25"));
        QTest::mouseClick(f.find<QPushButton>("predictButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap()->further.size() == 3, 60000);
        QVERIFY(f.waitIdle());
        const QString path = f.folder.filePath(QStringLiteral("asked.gpkg"));
        QSignalSpy saved(&f.bench->files, &FileController::saved);
        f.window->saveTo(path);
        QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 1, 20000);
        f.bench->session.setDataset(simulated_dataset(50, 2));
        QVERIFY(f.find<QLineEdit>("quantiles")->text().isEmpty());
        QVERIFY(f.find<QLineEdit>("thresholds")->text().isEmpty());
        QVERIFY(f.find<QSpinBox>("gridCells")->value() != 18);
        QSignalSpy opened(&f.bench->files, &FileController::opened);
        f.window->openDirectly(path);
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, 20000);
        QCOMPARE(f.find<QLineEdit>("quantiles")->text(), QStringLiteral("0.1, 0.9"));
        QCOMPARE(f.find<QLineEdit>("thresholds")->text(), QStringLiteral("0.25"));
        QCOMPARE(f.find<QSpinBox>("gridCells")->value(), 18);
        // Maps that come by themselves are asked for in the same way.
        QCOMPARE(f.bench->prediction.request().cells_on_longest_side, 18);
        QCOMPARE(f.bench->prediction.request().options.quantiles, (std::vector<double>{0.1, 0.9}));
        QVERIFY(f.waitIdle());
    }
};

int main(int argc, char** argv) { return run_window_test<TestPlaces>(argc, argv); }
#include "test_places.moc"
