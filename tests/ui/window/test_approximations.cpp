// SPDX-License-Identifier: GPL-3.0-or-later
// The choice of the likelihood, the look before a fit, and the laboratory that compares approximations.
#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTableView>
#include <QToolButton>

#include "ui/models/comparison_model.h"
#include "ui/views/banner.h"
#include "ui/views/comparison_dialog.h"
#include "ui/views/comparison_plot.h"
#include "ui/views/custom_plot.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

/// The combo box of the likelihood in the panel that is shown.
QComboBox* likelihood_box(const WindowFixture& f) {
    for (auto* box : f.window->findChildren<QComboBox*>(QStringLiteral("likelihoodChoice")))
        if (box->isVisible()) return box;
    return nullptr;
}

void choose(QComboBox* box, LikelihoodKind kind) {
    box->setCurrentIndex(box->findData(static_cast<int>(kind)));
    Q_EMIT box->activated(box->currentIndex());
}

/// The parts of the window keep their places; a fit of a few seconds stands behind them.
void fit_quickly(WindowFixture& f, Index sites) {
    f.loadSimulated(sites);
    f.chooseQuickModel(8);
    f.bench->training.train();
    QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 120000);
    QVERIFY(f.waitIdle());
}

ComparisonOptions few_rows() {
    ComparisonOptions options;
    for (const int m : {4, 12}) {
        LikelihoodOptions o;
        o.kind = LikelihoodKind::vecchia;
        o.neighbours = m;
        options.approximations.push_back(o);
    }
    LikelihoodOptions process;
    process.kind = LikelihoodKind::predictive_process;
    process.inducing_sites = 20;
    options.approximations.push_back(process);
    options.map_cells = 12;
    options.probes = 4;
    return options;
}

}  // namespace

class TestApproximations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theChoiceReachesTheFit() {
        WindowFixture f;
        f.loadSimulated(90);
        f.chooseQuickModel(8);
        f.window->showStep(Step::model);
        QVERIFY(f.waitIdle());
        choose(likelihood_box(f), LikelihoodKind::vecchia);
        QCOMPARE(f.bench->session.specification().likelihood.kind, LikelihoodKind::vecchia);
        f.find<QToolButton>("advancedFold")->setChecked(true);
        auto* neighbours = f.find<QSpinBox>("neighbours");
        QVERIFY(neighbours->isVisible());
        neighbours->setValue(9);
        QCOMPARE(f.bench->session.specification().likelihood.neighbours, 9);
        choose(likelihood_box(f), LikelihoodKind::spde);
        QVERIFY(!neighbours->isVisible());
        choose(likelihood_box(f), LikelihoodKind::vecchia);
        QCOMPARE(neighbours->value(), 9);  // options of the others are kept
        f.bench->training.train();
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        QVERIFY(f.waitIdle());
        const LikelihoodOptions& used = f.bench->session.shownModel()->specification().likelihood;
        QCOMPARE(used.kind, LikelihoodKind::vecchia);
        QCOMPARE(used.neighbours, 9);
        QVERIFY(f.window->banner()->text().isEmpty());
    }

    void optionsOutOfRangeAreSaid() {
        WindowFixture f;
        f.loadSimulated(40);
        f.window->showStep(Step::model);
        ModelSpecification s = f.bench->session.specification();
        s.likelihood.kind = LikelihoodKind::vecchia;
        s.likelihood.neighbours = 0;
        f.bench->session.setModel(s, false);
        QVERIFY(f.bench->session.problems().join(QString()).contains(QStringLiteral("neighbours")));
        QVERIFY(f.find<QLabel>("modelProblems")->isVisible());
        QVERIFY(f.waitIdle());
    }

    void theProgramSaysWhatItChoosesAndWhy() {
        WindowFixture f;
        f.loadSimulated(50);
        f.window->showStep(Step::model);
        QVERIFY(f.waitIdle());
        QVERIFY(f.bench->session.preflight());
        QCOMPARE(f.bench->session.preflight()->kind, LikelihoodKind::exact);
        QVERIFY(!f.bench->session.preflight()->forecast.isEmpty());
        QVERIFY(f.bench->session.preflight()->seconds > 0.0 && f.bench->session.preflight()->bytes > 0.0);
        bool shown = false;
        for (auto* line : f.window->findChildren<QLabel*>(QStringLiteral("likelihoodForecast")))
            shown = shown || (line->isVisible() && line->text() == f.bench->session.preflight()->forecast);
        QVERIFY(shown);
    }

    void whatDoesNotCombineIsDisabledWithTheReason() {
        WindowFixture f;
        f.loadSimulated(60);
        f.chooseQuickModel();
        ModelSpecification s = f.bench->session.specification();
        s.deformation = DeformationKind::radial;
        f.bench->session.setModel(s, false);
        f.window->showStep(Step::model);
        QVERIFY(f.waitIdle());
        QComboBox* box = likelihood_box(f);
        const auto item = [box](LikelihoodKind kind) {
            return qobject_cast<QStandardItemModel*>(box->model())->item(box->findData(static_cast<int>(kind)));
        };
        QVERIFY(!item(LikelihoodKind::spde)->isEnabled());
        QVERIFY(item(LikelihoodKind::spde)->toolTip().contains(f.bench->session.preflight()->unavailable.at(LikelihoodKind::spde).left(12).toHtmlEscaped()));
        QVERIFY(item(LikelihoodKind::vecchia)->isEnabled());
        s.likelihood.kind = LikelihoodKind::spde;  // as a project or a script may ask
        f.bench->session.setModel(s, false);
        QVERIFY(f.waitIdle());
        QVERIFY(!f.bench->session.problems().isEmpty());
    }

    void theLaboratoryComparesAndWrites() {
        WindowFixture f;
        fit_quickly(f, 70);
        for (QAction* action : f.window->findChildren<QAction*>())
            if (action->text().startsWith(QStringLiteral("Compare approximations"))) action->trigger();
        auto* dialog = f.find<ComparisonDialog>("comparisonDialog");
        QVERIFY(dialog && dialog->isVisible());
        QVERIFY(!f.find<QPushButton>("saveComparison")->isEnabled());
        f.bench->comparison.compare(few_rows());
        QTRY_VERIFY_WITH_TIMEOUT(dialog->model().rowCount() > 0, 120000);
        QVERIFY(f.waitIdle());
        const auto comparison = dialog->model().comparison();
        QCOMPARE(comparison->rows.size(), std::size_t(4));  // the exact one first
        QVERIFY(comparison->rows[0].failure.empty());
        QVERIFY(std::abs(comparison->rows[2].log_likelihood_error) < std::abs(comparison->rows[1].log_likelihood_error) + 1.0);
        QTRY_VERIFY(dialog->figure()->plot()->isVisible());
        QVERIFY(dialog->figure()->plot()->plottableCount() >= 2);
        const QString csv = f.folder.filePath(QStringLiteral("lab.csv"));
        dialog->writeTable(csv);
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), 5);
        for (const QByteArray& line : lines) QCOMPARE(line.count(','), lines.front().count(','));
        f.find<QPushButton>("copyComparison")->click();
        QVERIFY(QApplication::clipboard()->text().startsWith(QString::fromUtf8(lines.front())));
        for (const char* name : {"lab.pdf", "lab.svg", "lab.png"}) {
            const QString path = f.folder.filePath(QString::fromLatin1(name));
            dialog->writeFigure(path);
            QVERIFY(QFileInfo(path).size() > 500);
        }
        bool refused = false;
        try {
            dialog->writeTable(QStringLiteral("/nowhere/lab.csv"));
        } catch (const std::exception&) {
            refused = true;
        }
        QVERIFY(refused);
        f.bench->session.setDataset(simulated_dataset(40, 2));
        QCOMPARE(dialog->model().rowCount(), 0);  // of other data
        QVERIFY(f.waitIdle());
    }

    void aComparisonCanBeCancelled() {
        WindowFixture f;
        fit_quickly(f, 150);
        ComparisonOptions options;
        options.probes = 1000;
        QSignalSpy cancelled(&f.bench->comparison, &ComparisonController::cancelled);
        f.bench->comparison.compare(options);
        QTest::qWait(100);
        QVERIFY(f.bench->comparison.isComparing());
        f.bench->comparison.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(cancelled.count(), 1, 30000);
        QVERIFY(f.waitIdle());
    }

    void theTableKeepsQtsContract() {
        ComparisonModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        auto comparison = std::make_shared<ApproximationComparison>();
        ApproximationRow row;
        row.options.kind = LikelihoodKind::taper;
        row.label = "tapered";
        row.tuning_name = "taper range";
        row.tuning = 120.0;
        row.divergence = 2.5;
        row.divergence_standard_error = 0.5;
        row.bytes = 3e6;
        comparison->rows.push_back(row);
        row.failure = "It failed, \"badly\".";
        comparison->rows.push_back(row);
        model.setComparison(comparison, QStringLiteral("mm"), QStringLiteral("km"));
        QCOMPARE(model.rowCount(), 2);
        const auto text = [&](int r, int c) { return model.data(model.index(r, c), Qt::DisplayRole).toString(); };
        QCOMPARE(text(0, ComparisonModel::tuning), QStringLiteral("taper range 120\u00A0km"));
        QCOMPARE(text(0, ComparisonModel::divergence), QStringLiteral("2.5 ± 0.5"));
        QCOMPARE(text(0, ComparisonModel::memory), QStringLiteral("3 MB"));
        QCOMPARE(text(0, ComparisonModel::error), QStringLiteral("–"));
        QCOMPARE(text(1, ComparisonModel::log_likelihood), QStringLiteral("failed"));
        QVERIFY(model.headerData(ComparisonModel::mean_difference, Qt::Horizontal, Qt::DisplayRole).toString().contains(QStringLiteral("mm")));
        QVERIFY(model.csv().contains(QStringLiteral("\"It failed, \"\"badly\"\".\"")));
        model.setComparison(nullptr, {}, {});
        QCOMPARE(model.rowCount(), 0);
    }
};

int main(int argc, char** argv) { return run_window_test<TestApproximations>(argc, argv); }
#include "test_approximations.moc"
