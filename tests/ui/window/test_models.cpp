// SPDX-License-Identifier: GPL-3.0-or-later
// The item models keep Qt's contract while what they show comes and goes.
#include <QAbstractItemModelTester>

#include "core/base/error.h"
#include "ui/controllers/job_runner.h"
#include "ui/controllers/site_order_controller.h"
#include "ui/models/candidates_model.h"
#include "ui/models/number_text.h"
#include "ui/models/preview_model.h"
#include "ui/models/sites_model.h"
#include "ui/models/validation_model.h"
#include "window_fixture.h"

using namespace anamorph;

class TestModels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sites() {
        SitesModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        auto dataset = std::make_shared<SpatialDataset>(*simulated_dataset(20));
        dataset->covariates = Matrix::Constant(20, 1, 4.5);
        dataset->covariate_names = {"elevation"};
        model.setDataset(dataset);
        QCOMPARE(model.rowCount(), 20);
        QCOMPARE(model.headerData(4, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("elevation"));
        QCOMPARE(model.data(model.index(3, 4), Qt::UserRole).toDouble(), 4.5);
        QCOMPARE(model.data(model.index(3, 3), Qt::UserRole).toDouble(), dataset->values(3));

        SiteOrderController order;
        std::vector<std::int32_t> rows;
        connect(&order, &SiteOrderController::ordered, this, [&](const std::vector<std::int32_t>& sites) { rows = sites; });
        order.order(dataset, {}, 3, Qt::DescendingOrder);
        QTRY_COMPARE(rows.size(), std::size_t(20));
        model.setOrder(rows);
        for (int r = 0; r < 20; ++r) {
            QCOMPARE(model.rowOf(model.siteOf(r)), r);
            QCOMPARE(model.data(model.index(r, 3), Qt::UserRole).toDouble(), dataset->values(model.siteOf(r)));
            if (r > 0)
                QVERIFY(model.data(model.index(r - 1, 3), Qt::UserRole).toDouble() >=
                        model.data(model.index(r, 3), Qt::UserRole).toDouble());
        }
        model.setOrder({1, 0});  // of other data: stays as it is
        QCOMPARE(model.siteOf(0), Index(rows[0]));
        model.setOrder({});
        QCOMPARE(model.siteOf(7), Index(7));
        // The weights of Student noise are one more column.
        const int columns = model.columnCount();
        const Vector weights = Vector::LinSpaced(20, 0.1, 1.2);
        model.setNoiseWeights(weights);
        QCOMPARE(model.columnCount(), columns + 1);
        QCOMPARE(model.headerData(5, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("noise weight"));
        QCOMPARE(model.data(model.index(4, 5), Qt::UserRole).toDouble(), weights(4));
        rows.clear();
        order.order(dataset, weights, 5, Qt::DescendingOrder);
        QTRY_COMPARE(rows.size(), std::size_t(20));
        QCOMPARE(rows[0], 19);
        model.setNoiseWeights(Vector::Ones(3));  // of other data
        QCOMPARE(model.data(model.index(4, 5), Qt::UserRole).toDouble(), weights(4));
        model.setNoiseWeights({});
        QCOMPARE(model.columnCount(), columns);
        model.setDataset(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void preview() {
        PreviewModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setCells({{"x", "y"}, {"1", "2"}, {"3"}}, true);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.columnCount(), 2);
        QCOMPARE(model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("y"));
        QCOMPARE(model.data(model.index(1, 1), Qt::DisplayRole).toString(), QString());
        model.setCells({}, true);
        QCOMPARE(model.rowCount(), 0);
    }

    void candidates() {
        CandidatesModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        ModelSpecification specification;
        specification.deformation = DeformationKind::stationary;
        specification.smoothness = Smoothness::three_halves;
        specification.log_scale = LogScale::no;
        model.setFit(std::make_shared<const FitResult>(fit(simulated_dataset(30), specification, {})));
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.data(model.index(0, CandidatesModel::label), Qt::DisplayRole).toString(), QStringLiteral("stationary"));
        model.setShown(0);
        model.setFit(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void validation() {
        ValidationModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto result = std::make_shared<ValidationResult>();
        result->models.resize(2);
        result->models[0].name = "stationary";
        result->models[1].name = "realnvp";
        result->models[1].failure = "It could not be fitted.";
        model.setResult(result);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.data(model.index(1, ValidationModel::note), Qt::DisplayRole).toString(), QStringLiteral("It could not be fitted."));
        model.setResult(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void numbersReadWell() {
        QCOMPARE(number_text(0.0109999, 2), QStringLiteral("0.011"));
        QCOMPARE(number_text(-2.5), QStringLiteral("−2.5"));
        QCOMPARE(number_text(123456.0, 6), QStringLiteral("123,456"));
        QCOMPARE(number_text(1311.4), QStringLiteral("1,311"));
        QCOMPARE(number_text(100.0), QStringLiteral("100"));
        QCOMPARE(number_text(0.00012345), QStringLiteral("0.000123"));
        QCOMPARE(number_text(6.4e-16, 2), QStringLiteral("6.4\u00A0×\u00A010⁻¹⁶"));
        QCOMPARE(number_text(std::nan("")), QStringLiteral("–"));
        QCOMPARE(count_text(1270), QStringLiteral("1,270"));
        QCOMPARE(duration_text(130.0), QStringLiteral("2 min 10 s"));
    }

    void jobsGiveResultErrorOrCancelled() {
        JobRunner runner;
        QSignalSpy failed(&runner, &JobRunner::failed);
        QSignalSpy cancelled(&runner, &JobRunner::cancelled);
        QSignalSpy finished(&runner, &JobRunner::finished);
        int result = 0;
        runner.start([](JobContext&) { return 42; }, [&result](int value) { result = value; });
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(result, 42);
        runner.start([](JobContext&) -> int { throw Error(ErrorCode::bad_input, "No.", "Try yes."); }, [](int) {});
        QTRY_COMPARE(finished.count(), 2);
        QCOMPARE(failed.count(), 1);
        QCOMPARE(failed.front().front().toString(), QStringLiteral("No. Try yes."));
        runner.start([](JobContext&) -> int { throw 7; }, [](int) {});
        QTRY_COMPARE(finished.count(), 3);
        QCOMPARE(failed.count(), 2);
        const auto endless = [](JobContext& context) -> int {
            for (;;) {
                throw_if_cancelled(context.stop());
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        };
        runner.start(endless, [&result](int) { result = -1; });
        runner.cancel();
        QTRY_COMPARE(finished.count(), 4);
        QCOMPARE(cancelled.count(), 1);
        // A newer job drops the outcome of the older one.
        runner.start(endless, [&result](int) { result = -1; });
        runner.start([](JobContext&) { return 7; }, [&result](int value) { result = value; });
        QTRY_COMPARE(finished.count(), 5);
        QCOMPARE(result, 7);
        QCOMPARE(cancelled.count(), 1);
    }
};

int main(int argc, char** argv) { return run_window_test<TestModels>(argc, argv); }
#include "test_models.moc"
