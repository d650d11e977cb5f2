// SPDX-License-Identifier: GPL-3.0-or-later
// Comparing models: the queue that fills the table, opening a row, side by side, the project file.
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>

#include "core/io/project_file.h"
#include "ui/models/validation_model.h"
#include "ui/views/colour_legend.h"
#include "ui/views/families_form.h"
#include "ui/views/side_by_side_window.h"
#include "ui/views/custom_plot.h"
#include "ui/views/space_curves.h"
#include "ui/views/space_view.h"
#include "ui/views/spaces_widget.h"
#include "ui/views/validation_tab.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

void click(QAbstractButton* button) {
    QVERIFY(button);
    QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), 60000);
    QTest::mouseClick(button, Qt::LeftButton);
}

/// Pictures to look at, beside those of the image tests.
void shoot(QWidget& widget, const char* name) {
    QDir().mkpath(QStringLiteral(ANAMORPH_PICTURES));
    widget.grab().save(QStringLiteral(ANAMORPH_PICTURES "/%1.png").arg(QString::fromLatin1(name)));
}

void wait_for_families(WindowFixture& f) {
    f.window->showStep(Step::validate);
    QTRY_VERIFY_WITH_TIMEOUT(!f.bench->validation.families().isEmpty(), 60000);
}

/// Runs a comparison of these models to the end.
void compare(WindowFixture& f, const QStringList& models) {
    wait_for_families(f);
    f.window->findChild<FamiliesForm*>()->choose(models);
    f.find<QSpinBox>("validationFolds")->setValue(2);
    click(f.find<QPushButton>("compareButton"));
    QTRY_VERIFY_WITH_TIMEOUT(!f.bench->validation.isValidating() && f.bench->session.validation(), 120000);
    QVERIFY(f.waitIdle());
}

void click_row(QTableView& table, const QString& name, int column) {
    for (int row = 0; row < table.model()->rowCount(); ++row) {
        const QModelIndex index = table.model()->index(row, column);
        if (table.model()->index(row, ValidationModel::name).data().toString() != name) continue;
        table.scrollTo(index);
        QTest::mouseClick(table.viewport(), Qt::LeftButton, Qt::NoModifier, table.visualRect(index).center());
        return;
    }
    QFAIL("no such row");
}

void tick(QTableView& table, const QString& name) {
    for (int row = 0; row < table.model()->rowCount(); ++row)
        if (table.model()->index(row, ValidationModel::name).data().toString() == name)
            QVERIFY(table.model()->setData(table.model()->index(row, ValidationModel::compare), Qt::Checked, Qt::CheckStateRole));
}

}  // namespace

class TestModelComparison : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void familiesFollowTheData() {
        WindowFixture f;
        auto* form = f.window->findChild<FamiliesForm*>();
        QVERIFY(form->chosen().isEmpty());
        f.loadSimulated(60);
        wait_for_families(f);
        QTRY_VERIFY(form->chosen() == f.bench->validation.families());  // all of them by default
        QVERIFY(form->chosen().contains(QStringLiteral("velocity-field+log-scale")));
        QVERIFY(form->chosen().contains(QStringLiteral("realnvp")));
        QCOMPARE(form->chosen().last(), QStringLiteral("auto"));
        click(f.find<QPushButton>("quickFamilies"));
        QCOMPARE(form->chosen().size(), 6);
        click(f.find<QPushButton>("noFamilies"));
        QVERIFY(!f.find<QPushButton>("compareButton")->isEnabled());
        // In one dimension there is no RealNVP, and what was unticked stays so.
        auto line = std::make_shared<SpatialDataset>(*simulated_dataset(60));
        line->coordinates = Points(line->coordinates.col(0));
        line->coordinate_names = {"x"};
        f.bench->session.setDataset(line);
        QTRY_VERIFY_WITH_TIMEOUT(!f.bench->validation.isLooking() && !f.bench->validation.families().isEmpty(), 60000);
        QVERIFY(!f.bench->validation.families().contains(QStringLiteral("realnvp")));
        QVERIFY(!form->chosen().contains(QStringLiteral("stationary")));
    }

    void tableFillsRanksAndSorts() {
        WindowFixture f;
        f.loadSimulated(80);
        f.chooseQuickModel(10);
        compare(f, {"stationary", "anisotropic", "velocity-field"});
        const auto result = f.bench->session.validation();
        QCOMPARE(result->models.size(), std::size_t(3));
        auto& table = *f.find<QTableView>("validation");
        QCOMPARE(table.model()->rowCount(), 3);
        QCOMPARE(table.model()->index(0, ValidationModel::rank).data().toString(), QStringLiteral("1"));
        QCOMPARE(table.model()->index(0, ValidationModel::from_best).data().toString(), QStringLiteral("best"));
        const QString verdict = f.find<QLabel>("validationVerdict")->text();
        QVERIFY(verdict.contains(QStringLiteral("predicts best")));
        table.sortByColumn(ValidationModel::seconds, Qt::AscendingOrder);
        double before = 0.0;
        for (int row = 0; row < 3; ++row) {
            const double seconds = table.model()->index(row, ValidationModel::seconds).data(Qt::UserRole).toDouble();
            QVERIFY(seconds >= before);
            before = seconds;
        }
        table.sortByColumn(ValidationModel::rank, Qt::AscendingOrder);
        const QString path = f.folder.filePath(QStringLiteral("models.csv"));
        f.window->curves()->validationTab()->writeTable(path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count('\n'), 4);
    }

    void aRowOpensItsModelAndNothingIsLost() {
        WindowFixture f;
        f.loadSimulated(60);
        f.chooseQuickModel(10);
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 60000);
        QVERIFY(f.waitIdle());
        const auto trained = f.bench->session.fit();
        compare(f, {"stationary", "velocity-field"});
        QCOMPARE(f.bench->session.fit(), trained);
        click_row(*f.find<QTableView>("validation"), QStringLiteral("velocity field"), ValidationModel::log_score);
        QCOMPARE(f.bench->session.openedModel(), QStringLiteral("velocity-field"));
        QCOMPARE(f.bench->session.shownModel()->label(), std::string("velocity field"));
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 60000);
        QVERIFY(f.waitIdle());
        QVERIFY(f.window->spaces()->snapshot()->has_map);
        QVERIFY(f.bench->session.validation() != nullptr);
        QCOMPARE(f.bench->session.trainedFit(), trained);

        // Saved and opened again: the comparison, what is open, and what was trained.
        const QString path = f.folder.filePath(QStringLiteral("compared.gpkg"));
        f.window->saveTo(path);
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(path) && f.bench->isIdle(), 60000);
        const std::string verdict = f.bench->session.validation()->verdict;
        f.bench->session.close();
        QVERIFY(f.bench->session.validation() == nullptr);
        f.window->openFile(path);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.validation() != nullptr, 60000);
        QCOMPARE(f.bench->session.validation()->verdict, verdict);
        QCOMPARE(f.bench->session.openedModel(), QStringLiteral("velocity-field"));
        QCOMPARE(f.bench->session.fit(), f.bench->session.validation()->models[1].fit);
        QVERIFY(f.bench->session.trainedFit() != nullptr);
        QVERIFY(f.waitIdle());
        f.window->showStep(Step::validate);
        click(f.find<QPushButton>("backToTrained"));
        QCOMPARE(f.bench->session.shownModel()->label(), std::string("anisotropic"));
        QVERIFY(f.bench->session.openedModel().isEmpty());
        QVERIFY(f.waitIdle());
    }

    void aCancelKeepsTheModelsThatAreDone() {
        WindowFixture f;
        f.loadSimulated(150);
        f.chooseQuickModel(150);
        wait_for_families(f);
        f.window->findChild<FamiliesForm*>()->choose({"stationary", "anisotropic", "realnvp", "realnvp+log-scale"});
        click(f.find<QPushButton>("compareButton"));
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.validation() && f.bench->session.validation()->models.size() >= 2, 120000);
        QVERIFY(f.bench->validation.isValidating());
        click(f.find<QPushButton>("cancelValidation"));
        QVERIFY(f.waitIdle());
        const auto result = f.bench->session.validation();
        QVERIFY(result && result->models.size() >= 2 && result->models.size() < 4);
        QVERIFY(result->interrupted);
        QVERIFY(f.find<QLabel>("validationVerdict")->text().startsWith(QStringLiteral("Cancelled after")));
        QVERIFY(f.find<QPushButton>("compareButton")->isVisible());
    }

    void modelsAreAddedToATable() {
        WindowFixture f;
        f.loadSimulated(60);
        f.chooseQuickModel(10);
        compare(f, {"stationary", "anisotropic"});
        const auto first = f.bench->session.validation();
        auto* form = f.window->findChild<FamiliesForm*>();
        auto* button = f.find<QPushButton>("compareButton");
        QCOMPARE(button->text(), QStringLiteral("Compare 2 models again"));
        form->choose({"stationary", "velocity-field"});
        QCOMPARE(button->text(), QStringLiteral("Add 1 model"));
        shoot(*f.window, "validate_add");
        click(button);
        QTRY_VERIFY_WITH_TIMEOUT(!f.bench->validation.isValidating() && f.bench->session.validation() != first, 120000);
        QVERIFY(f.waitIdle());
        const auto both = f.bench->session.validation();
        QCOMPARE(both->models.size(), std::size_t(3));
        QCOMPARE(both->models[1].fit, first->models[1].fit);
        QCOMPARE(both->models[2].name, std::string("velocity-field"));
        QCOMPARE(f.find<QTableView>("validation")->model()->rowCount(), 3);
        // Still so after the project was saved and opened again.
        const QString path = f.folder.filePath(QStringLiteral("added.gpkg"));
        f.window->saveTo(path);
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(path) && f.bench->isIdle(), 60000);
        f.bench->session.close();
        f.window->openFile(path);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.validation() != nullptr, 60000);
        wait_for_families(f);
        form->choose({"stationary", "axial"});
        f.find<QSpinBox>("validationFolds")->setValue(2);
        QCOMPARE(button->text(), QStringLiteral("Add 1 model"));
        // Other folds are another table, and so are other settings of the model.
        f.find<QSpinBox>("validationFolds")->setValue(3);
        QCOMPARE(button->text(), QStringLiteral("Compare 2 models"));
        QVERIFY(f.find<QLabel>("validationMessage")->text().contains(QStringLiteral("replaces it")));
        f.find<QSpinBox>("validationFolds")->setValue(2);
        ModelSpecification rougher = f.bench->session.specification();
        rougher.smoothness = rougher.smoothness == Smoothness::half ? Smoothness::three_halves : Smoothness::half;
        f.bench->session.setModel(rougher, false);
        QCOMPARE(button->text(), QStringLiteral("Compare 2 models"));
    }

    void wholeGroupsAreHeldOut() {
        WindowFixture f;
        auto data = std::make_shared<SpatialDataset>(*simulated_dataset(60));
        for (Index i = 0; i < 60; ++i) data->groups.push_back("hole " + std::to_string(i % 12));
        f.bench->session.setDataset(data);
        f.chooseQuickModel(5);
        QCOMPARE(f.find<QComboBox>("holdOut")->currentIndex(), static_cast<int>(HoldOut::groups));
        compare(f, {"stationary"});
        const auto& folds = f.bench->session.validation()->folds;
        QVERIFY(folds.clustered);
        QCOMPARE(folds.test_rows.size(), std::size_t(2));
        QVERIFY(QString::fromStdString(folds.description).contains(QStringLiteral("12 whole groups")));
    }

    void curvesSideBySideFollowEachOther() {
        WindowFixture f;
        auto line = std::make_shared<SpatialDataset>(*simulated_dataset(60));
        line->coordinates = Points(line->coordinates.col(0));
        line->coordinate_names = {"x"};
        for (Index i = 0; i < 60; ++i) line->values(i) = std::sin(12.0 * std::max(0.0, line->coordinates(i, 0))) + 0.05 * line->values(i);
        f.bench->session.setDataset(line);
        f.chooseQuickModel(30);
        compare(f, {"stationary", "velocity-field"});
        auto& table = *f.find<QTableView>("validation");
        tick(table, QStringLiteral("stationary"));
        tick(table, QStringLiteral("velocity field"));
        click(f.find<QPushButton>("sideBySide"));
        SideBySideWindow* window = f.window->sideBySide();
        QTRY_VERIFY_WITH_TIMEOUT(window->spaces().size() == 2, 120000);
        QVERIFY(f.waitIdle());
        f.window->setThemeName(QStringLiteral("dark"));
        const auto& spaces = window->spaces();
        const auto shown = [&](int k) { return spaces[k]->curves(Space::geographic)->plot()->xAxis->range(); };
        spaces[0]->curves(Space::geographic)->plot()->xAxis->setRange(0.1, 0.6);
        QVERIFY(std::abs(shown(1).lower - 0.1) < 1e-9 && std::abs(shown(1).upper - 0.6) < 1e-9);
        Q_EMIT spaces[1]->curves(Space::geographic)->pointerAt(Space::geographic, 0.3, -1);
        QTRY_VERIFY(spaces[0]->reading().mean.has_value());
        QTest::qWait(300);
        shoot(*window, "side_by_side_curves");
        f.window->setThemeName(QStringLiteral("light"));
    }

    void modelsSideBySideAreLinked() {
        WindowFixture f;
        f.loadSimulated(80);
        f.chooseQuickModel(20);
        compare(f, {"stationary", "anisotropic", "velocity-field", "velocity-field+log-scale"});
        auto& table = *f.find<QTableView>("validation");
        tick(table, QStringLiteral("stationary"));
        QVERIFY(!f.find<QPushButton>("sideBySide")->isEnabled());
        for (const char* name : {"anisotropic", "velocity field", "velocity field + log-scale"}) tick(table, QString::fromLatin1(name));
        click(f.find<QPushButton>("sideBySide"));
        SideBySideWindow* window = f.window->sideBySide();
        QVERIFY(window);
        QTRY_VERIFY_WITH_TIMEOUT(window->spaces().size() == 4, 120000);
        QVERIFY(f.waitIdle());
        QTest::qWait(300);
        shoot(*window, "side_by_side_four");
        const auto& spaces = window->spaces();
        for (const SpacesWidget* each : spaces) {
            QVERIFY(each->snapshot()->has_map);
            QCOMPARE(each->snapshot()->sd_limits.upper, spaces[0]->snapshot()->sd_limits.upper);
            QCOMPARE(each->snapshot()->value_limits.lower, spaces[0]->snapshot()->value_limits.lower);
        }
        // One scale for all: the widest.
        QVERIFY(f.window->sideBySide()->findChild<ColourLegend*>("sideBySideLegend")->scale().has_value());

        // Zoom and pan in one: all geographic views show the same piece (their sizes may differ by a
        // pixel), and so they do when it is done in a deformed one.
        SpaceView* view = spaces[1]->view(Space::geographic);
        const auto camera_of = [&](int k) { return spaces[k]->view(Space::geographic)->camera(); };
        const auto together = [&] {
            for (int k = 0; k < 4; ++k) {
                const double width = camera_of(1).units_per_pixel * camera_of(1).size.x();
                if ((camera_of(k).centre - camera_of(1).centre).norm() > 0.01 * width) return false;
                if (std::abs(camera_of(k).units_per_pixel / camera_of(1).units_per_pixel - 1.0) > 0.01) return false;
            }
            return true;
        };
        QVERIFY(together());
        const double home = camera_of(3).units_per_pixel;
        Q_EMIT view->zoomed(Space::geographic, QPointF(60.0, 50.0), 2.0);
        Q_EMIT view->panned(Space::geographic, QPointF(13.0, -9.0));
        QVERIFY(std::abs(camera_of(3).units_per_pixel - 0.5 * home) < 1e-9);
        QVERIFY(camera_of(3).centre.norm() > 0.05);
        QVERIFY(together());
        Q_EMIT spaces[2]->view(Space::deformed)->zoomed(Space::deformed, QPointF(80.0, 90.0), 1.5);
        QVERIFY(std::abs(camera_of(3).units_per_pixel - home / 3.0) < 1e-9);
        QVERIFY(together());
        QTest::qWait(300);
        shoot(*window, "side_by_side_zoomed");
        Q_EMIT view->resetRequested();
        QVERIFY(std::abs(camera_of(3).units_per_pixel - home) < 1e-9);

        // The pointer is read in all, a selection shows in all.
        Q_EMIT view->pointerAt(Space::geographic, QPointF(90.0, 80.0));
        QTRY_VERIFY(spaces[3]->reading().mean.has_value());
        const Points at = *spaces[1]->reading().x_in_geographic;
        for (const SpacesWidget* each : spaces) QVERIFY((*each->reading().x_in_geographic - at).norm() < 1e-9);
        f.bench->selection.select({3, 4, 5});
        f.find<QComboBox>("sideBySideFill")->setCurrentIndex(1);
        for (const SpacesWidget* each : spaces) QCOMPARE(each->layers().fill, Fill::standard_deviation);
        QTest::qWait(300);
        shoot(*window, "side_by_side_selection");
        click(window->findChild<QPushButton*>("open_velocity-field"));
        QCOMPARE(f.bench->session.openedModel(), QStringLiteral("velocity-field"));
        QVERIFY(f.waitIdle());
        f.window->resize(1280, 800);
        QTest::qWait(300);
        shoot(*f.window, "validate_1280");
        f.window->resize(1920, 1040);
        QTest::qWait(500);
        shoot(*f.window, "validate_1920");
        window->resize(1900, 1000);
        QTest::qWait(500);
        shoot(*window, "side_by_side_1920");
    }
};

int main(int argc, char** argv) { return run_window_test<TestModelComparison>(argc, argv); }
#include "test_model_comparison.moc"
