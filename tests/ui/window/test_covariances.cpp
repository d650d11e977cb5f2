// SPDX-License-Identifier: GPL-3.0-or-later
// The choice of the covariance: families, nested structures, and how it differs from place to place.
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QScrollArea>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>

#include <cmath>

#include "ui/views/banner.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

/// The widget of that name in the panel that is shown.
template <class T>
T* shown(const WindowFixture& f, const char* name) {
    for (T* widget : f.window->findChildren<T*>(QString::fromLatin1(name)))
        if (widget->isVisible()) return widget;
    return nullptr;
}

void choose(QComboBox* box, const QString& text) {
    const int index = box->findText(text);
    QVERIFY2(index >= 0, qPrintable(text));
    box->setCurrentIndex(index);
    Q_EMIT box->activated(index);
}

void save_picture(const WindowFixture& f, const QString& name) {
    const QString folder = qEnvironmentVariable("ANAMORPH_TEST_PICTURES");
    if (!folder.isEmpty()) f.window->grab().save(folder + QChar('/') + name);
}

}  // namespace

class TestCovariances : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void every_choice_reaches_the_specification() {
        WindowFixture f;
        f.loadSimulated(60);
        f.chooseQuickModel(5);
        f.window->showStep(Step::model);
        auto* family = shown<QComboBox>(f, "covarianceChoice");
        QVERIFY(family);
        const auto& s = [&]() -> const ModelSpecification& { return f.bench->session.specification(); };
        choose(family, QStringLiteral("Matérn, ν estimated"));
        QCOMPARE(s().smoothness, Smoothness::estimate);
        choose(family, QStringLiteral("Spherical"));
        QCOMPARE(s().correlation, CorrelationFamily::spherical);
        choose(family, QStringLiteral("Matérn 3/2"));
        QCOMPARE(s().correlation, CorrelationFamily::matern);
        QCOMPARE(s().smoothness, Smoothness::three_halves);
        auto* structures = shown<QComboBox>(f, "structuresChoice");
        auto* local = shown<QComboBox>(f, "localChoice");
        QVERIFY(structures && local);
        choose(structures, QStringLiteral("Two nested"));
        QCOMPARE(s().structures, 2);
        QVERIFY(!shown<QSpinBox>(f, "regionsCount"));
        choose(local, QStringLiteral("Segments"));
        QCOMPARE(s().local, LocalCovariance::segmented);
        QCOMPARE(s().structures, 1);  // not both
        QVERIFY(!structures->isEnabled());
        auto* regions = shown<QSpinBox>(f, "regionsCount");
        QVERIFY(regions);
        regions->setValue(3);
        QCOMPARE(s().regions, 3);
        // A smoothness that varies is the convolution's, and estimated.
        QVERIFY(!shown<QCheckBox>(f, "varyingSmoothness"));
        choose(local, QStringLiteral("Convolution"));
        auto* varying = shown<QCheckBox>(f, "varyingSmoothness");
        QVERIFY(varying && !varying->isChecked());
        QTest::mouseClick(varying, Qt::LeftButton, {}, QPoint(10, varying->height() / 2));
        QVERIFY(s().varying_smoothness);
        QCOMPARE(s().smoothness, Smoothness::estimate);
        QCOMPARE(family->currentText(), QStringLiteral("Matérn, ν estimated"));
        save_picture(f, QStringLiteral("varying_smoothness_1280.png"));
        choose(family, QStringLiteral("Matérn 3/2"));
        QVERIFY(!s().varying_smoothness && !varying->isChecked());
        // The automatic model knows one covariance everywhere.
        f.bench->session.setModel(s(), true);
        QVERIFY(!local->isEnabled());
        QCOMPARE(local->currentText(), QStringLiteral("The same"));
    }

    void noise_and_distance_reach_the_specification_and_the_table() {
        WindowFixture f;
        f.window->resize(1280, 800);
        auto dataset = std::make_shared<SpatialDataset>(*simulated_dataset(90));
        dataset->covariates = dataset->coordinates.col(0) * 100.0;
        dataset->covariate_names = {"elevation"};
        dataset->values(17) += 12.0 * std::sqrt(dataset->values.squaredNorm() / 90.0);
        f.bench->session.setDataset(dataset);
        f.chooseQuickModel(12);
        f.window->showStep(Step::model);
        const auto& s = [&]() -> const ModelSpecification& { return f.bench->session.specification(); };
        f.find<QToolButton>("advancedFold")->setChecked(true);
        auto* noise = f.find<QComboBox>("noiseChoice");
        auto* degrees = f.find<QDoubleSpinBox>("degreesOfFreedom");
        auto* varying = f.find<QCheckBox>("varyingNugget");
        auto* distance = f.find<QWidget>("distanceCovariates");
        QVERIFY(noise && degrees && varying && distance);
        QVERIFY(degrees->parentWidget()->isHidden() || !degrees->isVisible());
        choose(noise, QStringLiteral("Student"));
        QCOMPARE(s().noise, NoiseKind::student);
        degrees->setValue(3.0);
        QCOMPARE(s().degrees_of_freedom, 3.0);
        varying->setChecked(true);
        QVERIFY(s().varying_nugget);
        varying->setChecked(false);
        auto* elevation = distance->findChild<QCheckBox*>();
        QVERIFY(elevation && elevation->text() == QStringLiteral("elevation"));
        elevation->setChecked(true);
        QCOMPARE(s().distance_covariates, std::vector<std::string>{"elevation"});
        elevation->setChecked(false);
        QVERIFY(s().distance_covariates.empty());
        for (auto* area : f.window->findChildren<QScrollArea*>())
            if (area->isAncestorOf(noise)) {
                area->ensureWidgetVisible(distance);
                QVERIFY(area->widget()->minimumSizeHint().width() <= area->viewport()->width());
            }
        QTest::qWait(100);
        save_picture(f, QStringLiteral("noise_1280.png"));
        f.bench->training.train();
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownModel() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        QVERIFY(f.waitIdle());
        // The outlier has the least weight, in the table too.
        auto* table = f.find<QTableView>("sites");
        QVERIFY(table);
        const int last = table->model()->columnCount() - 1;
        int column = -1;
        for (int c = 0; c <= last; ++c)
            if (table->model()->headerData(c, Qt::Horizontal).toString() == QStringLiteral("noise weight")) column = c;
        QVERIFY(column >= 0);
        const auto weight = [&](int row) { return table->model()->index(row, column).data(Qt::UserRole).toDouble(); };
        for (int row = 0; row < 90; ++row) QVERIFY(row == 17 || weight(row) > weight(17));
        QVERIFY2(weight(17) < 0.3, qPrintable(QString::number(weight(17))));
        for (auto* tabs : f.window->findChildren<QTabWidget*>())
            for (int t = 0; t < tabs->count(); ++t)
                if (tabs->widget(t)->isAncestorOf(table)) tabs->setCurrentIndex(t);
        table->sortByColumn(column, Qt::AscendingOrder);
        QTRY_VERIFY(weight(0) < weight(1));  // the outlier first
        f.window->resize(1920, 1080);
        QTest::qWait(300);
        save_picture(f, QStringLiteral("noise_1920.png"));
    }

    void regions_are_fitted_and_listed() {
        WindowFixture f;
        f.window->resize(1280, 800);
        f.loadSimulated(80);
        f.chooseQuickModel(12);
        f.window->showStep(Step::train);
        choose(shown<QComboBox>(f, "localChoice"), QStringLiteral("Segments"));
        choose(shown<QComboBox>(f, "covarianceChoice"), QStringLiteral("Matérn 3/2"));
        f.bench->training.train();
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        QVERIFY(f.waitIdle());
        const auto model = f.bench->session.shownModel();
        QCOMPARE(model->specification().local, LocalCovariance::segmented);
        auto* parts = shown<QLabel>(f, "covarianceStructures");
        QVERIFY(parts);
        QCOMPARE(parts->text().count(QStringLiteral("region")), static_cast<int>(model->specification().regions));
        save_picture(f, QStringLiteral("segments_1280.png"));
        f.window->resize(1920, 1080);
        QTest::qWait(300);
        save_picture(f, QStringLiteral("segments_1920.png"));

        choose(shown<QComboBox>(f, "localChoice"), QStringLiteral("The same"));
        choose(shown<QComboBox>(f, "structuresChoice"), QStringLiteral("Two nested"));
        f.bench->training.train();
        QTRY_COMPARE_WITH_TIMEOUT(f.bench->session.shownModel() ? f.bench->session.shownModel()->specification().structures : 0, 2, 120000);
        QVERIFY(f.waitIdle());
        QCOMPARE(shown<QLabel>(f, "covarianceStructures")->text().count(QStringLiteral("sill")), 2);
        save_picture(f, QStringLiteral("nested_1920.png"));
    }
};

int main(int argc, char** argv) { return run_window_test<TestCovariances>(argc, argv); }
#include "test_covariances.moc"
