// SPDX-License-Identifier: GPL-3.0-or-later
// Transformed values, quantiles and probabilities as layers, rasters as covariates.
#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>

#include "core/fit/model_state.h"
#include "core/data/value_transform.h"
#include "core/io/export.h"
#include "ui/scenes/space_scene.h"
#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/banner.h"
#include "ui/views/layers_panel.h"
#include "ui/views/spaces_widget.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

/// The simulated data with lognormal values.
void load_lognormal(WindowFixture& f, Index sites) {
    SpatialDataset data = *simulated_dataset(sites);
    data.values = (0.8 * data.values.array()).exp() * 10.0;
    data.value_name = "zinc";
    data.value_unit = "ppm";
    f.bench->session.setDataset(std::make_shared<const SpatialDataset>(data));
    QVERIFY(f.waitIdle());
}

void choose(WindowFixture& f, const char* name, int value) {
    auto* box = f.find<QComboBox>(name);
    const int index = box->findData(value);
    QVERIFY(index >= 0);
    box->setCurrentIndex(index);
    Q_EMIT box->activated(index);
}

void train(WindowFixture& f) {
    f.bench->training.train();
    QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.fit() != nullptr, qPrintable(f.window->banner()->text()), 120000);
    QVERIFY(f.waitIdle());
}

/// Pictures for the eye, where a folder is named.
void keep_picture(WindowFixture& f, const QString& name) {
    const QString folder = qEnvironmentVariable("ANAMORPH_TEST_PICTURES");
    if (folder.isEmpty()) return;
    QTest::qWait(600);
    f.window->grab().save(folder + QChar('/') + name);
}

}  // namespace

class TestTransforms : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void quantilesAndProbabilitiesAreLayers() {
        WindowFixture f;
        load_lognormal(f, 90);
        f.chooseQuickModel(8);
        f.window->showStep(Step::train);
        choose(f, "transformChoice", static_cast<int>(TransformKind::log));
        QCOMPARE(f.bench->session.specification().transform, TransformKind::log);
        train(f);
        QVERIFY(f.bench->session.shownModel()->state().transform != nullptr);
        keep_picture(f, QStringLiteral("transform_train.png"));
        QVERIFY(!f.window->layers()->furtherBox()->isVisible());

        f.window->showStep(Step::map);
        auto* quantiles = f.find<QLineEdit>("quantiles");
        auto* thresholds = f.find<QLineEdit>("thresholds");
        quantiles->setText(QStringLiteral("0.05, 2"));
        QVERIFY(!f.find<QPushButton>("predictButton")->isEnabled());
        quantiles->setText(QStringLiteral("0.05, many"));
        QVERIFY(!f.find<QPushButton>("predictButton")->isEnabled());
        quantiles->setText(QStringLiteral("0.05; 0.95"));
        thresholds->setText(QStringLiteral("20"));
        QVERIFY(f.find<QPushButton>("predictButton")->isEnabled());
        QTest::mouseClick(f.find<QPushButton>("predictButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() && f.bench->session.shownMap()->further.size() == 3, 60000);
        QVERIFY(f.waitIdle());
        QTRY_VERIFY(f.window->layers()->furtherBox()->isVisible());
        QCOMPARE(f.window->layers()->furtherChoice()->count(), 3);

        f.window->layers()->furtherBox()->click();
        QTRY_COMPARE(f.window->spaces()->layers().fill, Fill::further);
        const auto snapshot = f.window->spaces()->snapshot();
        LayerSettings layers = f.window->spaces()->layers();
        QVERIFY(shows_values(*snapshot, layers));
        QCOMPARE(colour_scale_of(*snapshot, layers).unit, std::string("ppm"));
        keep_picture(f, QStringLiteral("transform_quantile.png"));
        f.window->layers()->furtherChoice()->setCurrentIndex(2);
        layers = f.window->spaces()->layers();
        QCOMPARE(layers.further, 2);
        const ColourScale scale = colour_scale_of(*snapshot, layers);
        QCOMPARE(scale.unit, std::string());
        QCOMPARE(scale.title, std::string("probability above 20 ppm"));
        QCOMPARE(scale.lower, 0.0);
        QCOMPARE(scale.upper, 1.0);
        QVERIFY(!shows_values(*snapshot, layers));
        keep_picture(f, QStringLiteral("transform_exceedance.png"));

        // A map without them takes the layer away.
        quantiles->clear();
        thresholds->clear();
        QTest::mouseClick(f.find<QPushButton>("predictButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap()->further.empty(), 60000);
        QVERIFY(f.waitIdle());
        QTRY_COMPARE(f.window->spaces()->layers().fill, Fill::prediction);
        QVERIFY(!f.window->layers()->furtherBox()->isVisible());
    }

    // How far the correlation reaches and how sure that is: two more layers, in the coordinates' unit.
    void theLocalRangeIsTwoLayers() {
        WindowFixture f;
        f.loadSimulated(90);
        QVERIFY(f.waitIdle());
        f.chooseQuickModel(15);
        ModelSpecification specification = f.bench->session.specification();
        specification.deformation = DeformationKind::velocity_field;
        f.bench->session.setModel(specification, false);
        train(f);
        f.window->showStep(Step::map);
        f.find<QCheckBox>("localRange")->setChecked(true);
        QTest::mouseClick(f.find<QPushButton>("predictButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() && f.bench->session.shownMap()->further.size() == 2, 120000);
        QVERIFY(f.waitIdle());
        const auto map = f.bench->session.shownMap();
        QCOMPARE(map->further[0].kind, FurtherLayer::Kind::local_range);
        QTRY_COMPARE(f.window->layers()->furtherChoice()->count(), 2);
        f.window->layers()->furtherBox()->click();
        QTRY_COMPARE(f.window->spaces()->layers().fill, Fill::further);
        const auto snapshot = f.window->spaces()->snapshot();
        LayerSettings layers = f.window->spaces()->layers();
        QVERIFY(!shows_values(*snapshot, layers));
        ColourScale scale = colour_scale_of(*snapshot, layers);
        QCOMPARE(scale.title, std::string("local range"));
        QCOMPARE(scale.unit, snapshot->coordinate_unit);
        QVERIFY(scale.lower > 0.0 && scale.upper > scale.lower);
        keep_picture(f, QStringLiteral("local_range.png"));
        f.window->layers()->furtherChoice()->setCurrentIndex(1);
        layers = f.window->spaces()->layers();
        scale = colour_scale_of(*snapshot, layers);
        QVERIFY(scale.lower >= 1.0);
        QCOMPARE(scale.unit, std::string());
        keep_picture(f, QStringLiteral("local_range_width.png"));
    }

    // On a line the band of transformed values follows their quantiles: it never falls below zero.
    void theBandOnALineIsThatOfTheQuantiles() {
        WindowFixture f;
        SpatialDataset data;
        data.coordinates.resize(60, 1);
        data.values.resize(60);
        for (Index i = 0; i < 60; ++i) {
            data.coordinates(i, 0) = static_cast<double>(i) + 0.3 * static_cast<double>(i % 3);
            data.values(i) = std::exp(1.5 * std::sin(0.35 * static_cast<double>(i)) + 0.4 * static_cast<double>((i * 7) % 5 - 2));
        }
        data.name = "line";
        data.value_name = "v";
        data.coordinate_names = {"x"};
        f.bench->session.setDataset(std::make_shared<const SpatialDataset>(data));
        QVERIFY(f.waitIdle());
        f.chooseQuickModel(8);
        ModelSpecification s = f.bench->session.specification();
        s.deformation = DeformationKind::stationary;
        s.transform = TransformKind::log;
        f.bench->session.setModel(s, false);
        train(f);
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 60000);
        QVERIFY(f.waitIdle());
        const CurveLayer& curve = f.window->spaces()->snapshot()->curve;
        QVERIFY((curve.lower_95.array() > 0.0).all());
        QVERIFY((curve.upper_95.array() > curve.mean.array()).all());
        QVERIFY(((curve.upper_95 - curve.mean).array() > (curve.mean - curve.lower_95).array()).all());
        keep_picture(f, QStringLiteral("transform_line.png"));
    }

    void aRasterBecomesACovariate() {
        WindowFixture f;
        f.loadSimulated(70);
        const SpatialDataset data = *f.bench->session.dataset();
        PredictionGrid grid = PredictionGrid::around(data.coordinates, 40, 0.2, 0.0);
        const std::string raster = f.folder.filePath(QStringLiteral("height.tif")).toStdString();
        const Points x = grid.centres();
        const Vector slope = 3.0 * x.col(0) - x.col(1);
        SpatialDataset plain;
        plain.coordinate_system = data.coordinate_system;
        write_geotiff(raster, grid, slope, "height", plain);
        f.window->showStep(Step::data);
        QVERIFY(f.find<QPushButton>("rasterButton")->isEnabled());
        f.find<QSpinBox>("gridCells")->setValue(30);
        f.bench->rasters.add(QString::fromStdString(raster));
        QTRY_COMPARE_WITH_TIMEOUT(f.bench->session.dataset()->covariates.cols(), Index(1), 20000);
        QVERIFY(f.waitIdle());
        QCOMPARE(f.bench->session.specification().trend, Trend::covariates);
        QCOMPARE(f.bench->session.covariateRasters().size(), std::size_t{1});
        // The data are the same: what was asked of the map stays, also for the one that comes by itself.
        QCOMPARE(f.find<QSpinBox>("gridCells")->value(), 30);
        QCOMPARE(f.bench->prediction.request().cells_on_longest_side, 30);
        keep_picture(f, QStringLiteral("raster_data.png"));

        f.chooseQuickModel(6);
        ModelSpecification s = f.bench->session.specification();
        s.trend = Trend::covariates;
        f.bench->session.setModel(s, false);
        train(f);
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 60000);
        QVERIFY(f.bench->session.shownMap()->mean.array().isFinite().any());
        keep_picture(f, QStringLiteral("raster_map.png"));

        // Without its file: a sentence, and the map that there is stays.
        QFile::remove(QString::fromStdString(raster));
        QSignalSpy failed(&f.bench->prediction, &PredictionController::failed);
        f.window->showStep(Step::map);
        QTest::mouseClick(f.find<QPushButton>("predictButton"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 20000);
        QVERIFY(f.window->banner()->text().contains(QStringLiteral("height.tif")));
        QVERIFY(f.bench->session.shownMap() != nullptr);
    }

    void aRasterThatCannotBeReadIsRefused() {
        WindowFixture f;
        f.loadSimulated(40);
        const auto before = f.bench->session.dataset();
        f.bench->rasters.add(f.folder.filePath(QStringLiteral("none.tif")));
        QTRY_VERIFY_WITH_TIMEOUT(f.window->banner()->text().contains(QStringLiteral("none.tif")), 20000);
        QVERIFY(f.bench->session.dataset() == before);
    }
};

int main(int argc, char** argv) { return run_window_test<TestTransforms>(argc, argv); }
#include "test_transforms.moc"
