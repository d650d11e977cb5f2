// SPDX-License-Identifier: GPL-3.0-or-later
// Whole windows: import, training with every ending, maps, selection, projects, closing.
#include <set>

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QTableView>

#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/banner.h"
#include "ui/views/import_dialog.h"
#include "ui/views/layers_panel.h"
#include "ui/views/loss_plot.h"
#include "ui/views/models_tab.h"
#include "ui/views/sites_tab.h"
#include "ui/views/spaces_widget.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

QByteArray small_table() {
    QByteArray text = "east;north;lead;note\n";
    for (int i = 0; i < 40; ++i)
        text += QByteArray::number(i % 8 * 10) + ";" + QByteArray::number(i / 8 * 10 + i % 3) + ";" +
                QByteArray::number(3 + (i * 7) % 11) + ",5;a\n";
    return text;
}

void click(QPushButton* button) {
    QVERIFY(button);
    QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), 20000);
    QTest::mouseClick(button, Qt::LeftButton);
}

}  // namespace

class TestMainWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void startsEmptyAndSaysWhatToDo() {
        WindowFixture f;
        QVERIFY(f.window->isVisible());
        QVERIFY(f.find<QPushButton>("openButton")->isEnabled());
        for (const Step step : {Step::explore, Step::model, Step::train, Step::validate, Step::map, Step::export_results})
            QVERIFY(!f.window->steps()->missing(step).isEmpty());
        QVERIFY(f.waitIdle());
    }

    void importsThroughTheDialog() {
        WindowFixture f;
        f.window->openFile(f.fileWith(QStringLiteral("lead.csv"), small_table()));
        auto* dialog = f.find<ImportDialog>("importDialog");
        QVERIFY(dialog);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->importButton()->isEnabled(), 20000);
        QCOMPARE(dialog->findChild<QComboBox*>(QStringLiteral("delimiter"))->currentData().toChar(), QChar(QLatin1Char(';')));
        const auto assign = [dialog](int column, ColumnRole role) {
            QComboBox* box = dialog->roleBox(column);
            box->setCurrentIndex(box->findData(static_cast<int>(role)));
        };
        assign(0, ColumnRole::x);
        assign(1, ColumnRole::y);
        assign(2, ColumnRole::value);
        assign(3, ColumnRole::unused);
        click(dialog->importButton());
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.dataset() != nullptr, 20000);
        QCOMPARE(f.bench->session.dataset()->size(), Index(40));
        QCOMPARE(f.bench->session.dataset()->values(0), 3.5);
        QCOMPARE(f.window->steps()->current(), Step::train);
        QVERIFY(f.waitIdle());
        QTRY_VERIFY(f.window->spaces()->snapshot() != nullptr);
    }

    void importErrorsAreSentencesInTheDialog() {
        WindowFixture f;
        f.window->openFile(f.fileWith(QStringLiteral("two.csv"), "x,y,v\n1,2,3\n2,3,4\n"));
        auto* dialog = f.find<ImportDialog>("importDialog");
        QVERIFY(dialog);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->importButton()->isEnabled(), 20000);
        click(dialog->importButton());
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->errorText().isEmpty(), 20000);
        QVERIFY(dialog->isVisible());
        QVERIFY(!f.bench->session.dataset());
        dialog->reject();
    }

    void trainsAndShowsBothMaps() {
        WindowFixture f;
        f.loadSimulated(80);
        f.chooseQuickModel();
        f.window->showStep(Step::train);
        click(f.find<QPushButton>("trainButton"));
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.fit() != nullptr, 60000);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 60000);
        QVERIFY(f.waitIdle());
        const auto snapshot = f.window->spaces()->snapshot();
        QVERIFY(snapshot && snapshot->has_model && snapshot->has_map);
        QVERIFY(snapshot->map.cells.size() > 100);
        QVERIFY(f.window->curves()->lossPlot()->rowCount() > 2);
        QVERIFY(f.window->layers()->standardDeviationBox()->isEnabled());
        f.window->layers()->standardDeviationBox()->click();
        QCOMPARE(f.window->spaces()->layers().fill, Fill::standard_deviation);
        const QImage picture = f.window->spaces()->grabSpaces(1.0);
        QVERIFY(picture.width() > 400);
    }

    void showsEveryClassOneClickAway() {
        WindowFixture f;
        f.loadSimulated(60);
        ModelSpecification specification;
        specification.smoothness = Smoothness::three_halves;
        specification.log_scale = LogScale::no;
        f.bench->session.setModel(specification, true);
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.fit() != nullptr, 120000);
        QVERIFY(f.waitIdle(120000));
        f.window->showTab(CurvesTabs::Tab::models);
        QTableView* table = f.window->curves()->modelsTab()->table();
        QCOMPARE(table->model()->rowCount(), static_cast<int>(f.bench->session.fit()->candidates.size()));
        const std::size_t other = f.bench->session.fit()->chosen == 0 ? 1 : 0;
        table->selectRow(static_cast<int>(other));
        QCOMPARE(f.bench->session.shownCandidate(), other);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 60000);
        QVERIFY(f.waitIdle(60000));
    }

    void stopKeepsTheBestAndCancelDiscards() {
        WindowFixture f;
        f.loadSimulated(250);
        f.chooseQuickModel(100000);
        FitOptions endless = f.bench->session.options();
        endless.optimiser = OptimiserKind::adam;
        endless.relative_tolerance = 1e-300;
        endless.learning_rate = 1e-5;
        f.bench->session.setOptions(endless);
        QSignalSpy updated(&f.bench->training, &TrainingController::updated);
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(updated.count() > 2, 30000);
        QTest::mouseClick(f.find<QPushButton>("pauseButton"), Qt::LeftButton);
        QVERIFY(f.bench->training.isPaused());
        QTest::qWait(300);
        const auto seen = updated.count();
        QTest::qWait(300);
        QCOMPARE(updated.count(), seen);
        QTest::mouseClick(f.find<QPushButton>("stopButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!f.bench->training.isTraining(), 30000);
        QVERIFY(f.bench->session.fit());
        QVERIFY(f.bench->session.fit()->stopped_early);
        const auto kept = f.bench->session.fit();
        QVERIFY(f.waitIdle());

        updated.clear();
        QSignalSpy cancelled(&f.bench->training, &TrainingController::cancelled);
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(updated.count() > 2, 30000);
        QTest::mouseClick(f.find<QPushButton>("cancelButton"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(cancelled.count(), 1, 30000);
        QCOMPARE(f.bench->session.fit(), kept);
        QVERIFY(f.waitIdle());
    }

    void failureIsShownInWords() {
        WindowFixture f;
        SpatialDataset broken = *simulated_dataset(30);
        broken.values(3) = std::numeric_limits<double>::quiet_NaN();
        f.chooseQuickModel();
        f.bench->session.setDataset(std::make_shared<const SpatialDataset>(broken));
        QSignalSpy failed(&f.bench->training, &TrainingController::failed);
        f.bench->training.train();
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 30000);
        QVERIFY(f.window->banner()->isVisible());
        QVERIFY(!f.window->banner()->text().isEmpty());
        QVERIFY(!f.bench->session.fit());
        QVERIFY(f.waitIdle());
    }

    void missingFileIsShownInWords() {
        WindowFixture f;
        f.window->openDirectly(f.folder.filePath(QStringLiteral("nothing.gpkg")));
        QTRY_VERIFY_WITH_TIMEOUT(f.window->banner()->isVisible(), 20000);
        QVERIFY(!f.bench->session.dataset());
    }

    void invalidOptionsCannotBeTrained() {
        WindowFixture f;
        f.loadSimulated(30);
        ModelSpecification specification;
        specification.design_weight = -1.0;
        f.bench->session.setModel(specification, false);
        f.window->showStep(Step::train);
        QVERIFY(!f.find<QPushButton>("trainButton")->isEnabled());
        f.window->showStep(Step::model);
        QVERIFY(f.find<QLabel>("modelProblems")->isVisible());
        QVERIFY(f.waitIdle());
    }

    void selectionIsLinked() {
        WindowFixture f;
        f.loadSimulated(50);
        QVERIFY(f.waitIdle());
        f.window->showTab(CurvesTabs::Tab::data);
        QTableView* table = f.window->curves()->sitesTab()->table();
        table->selectRow(7);
        QCOMPARE(f.bench->selection.rows(), std::vector<Index>{7});
        QVERIFY(f.window->spaces()->selection()->contains(7));
        f.window->spaces()->selection()->select({3, 5});
        const QModelIndexList rows = table->selectionModel()->selectedRows();
        QCOMPARE(rows.size(), 2);
        std::set<int> shown;
        for (const QModelIndex& index : rows) shown.insert(index.data().toInt());
        QCOMPARE(shown, (std::set<int>{4, 6}));  // numbered from one
    }

    void projectComesBack() {
        WindowFixture f;
        f.loadSimulated(60);
        f.chooseQuickModel();
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 60000);
        QVERIFY(f.waitIdle());
        f.window->showTab(CurvesTabs::Tab::diagnostics);
        const double likelihood = f.bench->session.fit()->model().log_likelihood();
        const std::size_t rows = f.window->curves()->lossPlot()->rowCount();
        const QString path = f.folder.filePath(QStringLiteral("saved.gpkg"));
        f.window->saveTo(path);
        QTRY_VERIFY_WITH_TIMEOUT(!f.bench->session.isDirty(), 20000);
        f.bench->session.close();
        QVERIFY(!f.bench->session.fit());
        QVERIFY(f.waitIdle());
        f.window->openDirectly(path);
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.fit() != nullptr, 20000);
        QVERIFY(f.waitIdle());
        QVERIFY(std::abs(f.bench->session.fit()->model().log_likelihood() - likelihood) < 1e-9 * std::abs(likelihood) + 1e-9);
        QVERIFY(f.bench->session.shownMap());
        QVERIFY(f.window->spaces()->snapshot()->has_map);
        QVERIFY(f.window->curves()->lossPlot()->rowCount() > 0);
        QVERIFY(f.window->curves()->lossPlot()->rowCount() <= rows);
        QCOMPARE(f.window->curves()->current(), CurvesTabs::Tab::diagnostics);
        QVERIFY(!f.bench->session.isDirty());
    }

    void closingWhileTrainingAsks() {
        WindowFixture f;
        f.loadSimulated(250);
        f.chooseQuickModel(100000);
        FitOptions endless = f.bench->session.options();
        endless.optimiser = OptimiserKind::adam;
        endless.relative_tolerance = 1e-300;
        endless.learning_rate = 1e-5;
        f.bench->session.setOptions(endless);
        f.bench->training.train();
        f.window->close();
        QVERIFY(f.window->isVisible());
        auto* question = f.find<QMessageBox>("trainingDialog");
        QVERIFY(question && question->isVisible());
        click(question->findChild<QPushButton*>(QStringLiteral("keepTraining")));
        QTRY_VERIFY(!f.find<QMessageBox>("trainingDialog"));
        QVERIFY(f.bench->training.isTraining());
        f.window->close();
        question = f.find<QMessageBox>("trainingDialog");
        QVERIFY(question);
        click(question->findChild<QPushButton*>(QStringLiteral("cancelTraining")));
        QTRY_VERIFY_WITH_TIMEOUT(!f.bench->training.isTraining(), 30000);
        // The options were changed and are in no file yet.
        QTRY_VERIFY_WITH_TIMEOUT(f.find<QMessageBox>("unsavedDialog") != nullptr, 10000);
        f.find<QMessageBox>("unsavedDialog")->button(QMessageBox::Discard)->click();
        QTRY_VERIFY_WITH_TIMEOUT(!f.window->isVisible(), 10000);
    }

    void windowTornDownWhileTraining() {
        auto f = std::make_unique<WindowFixture>();
        f->loadSimulated(250);
        f->bench->training.train();
        QTest::qWait(200);
        QVERIFY(f->bench->training.isTraining());
        f.reset();  // joins the worker; nothing may be left behind
        QTest::qWait(50);
    }
};

int main(int argc, char** argv) { return run_window_test<TestMainWindow>(argc, argv); }
#include "test_main_window.moc"
