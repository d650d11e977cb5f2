// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/decompositions.h"
#include "core/predict/local_range.h"

#include <QtTest>

#include <cmath>

#include "core/base/error.h"
#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/simulate/scenario.h"
#include "tests/core/simulated.h"

using namespace anamorph;
using anamorph::testing::simulated;

namespace {

FitResult fitted(const std::shared_ptr<const SpatialDataset>& data, DeformationKind kind, bool posterior = true) {
    ModelSpecification s;
    s.deformation = kind;
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::three_halves;
    FitOptions options;
    options.threads = 1;
    options.posterior = posterior;
    return fit(data, s, options);
}

}  // namespace

class TestLocalRange : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void of_a_stationary_model_it_is_the_practical_range() {
        const auto data = simulated("stationary", 120);
        const FitResult r = fitted(data, DeformationKind::stationary);
        const Points x = data->coordinates.topRows(7);
        // At the estimates alone: every draw is the estimate.
        const std::vector<Vector> draws(8, r.model().state().parameters());
        const LocalRange at = local_range_of(r.model(), draws, x, 0.9);
        const double practical = r.model().parameters().practical_range;
        for (Index i = 0; i < x.rows(); ++i) {
            QVERIFY(std::abs(at.median(i) / practical - 1.0) < 1e-6);
            QVERIFY(std::abs(at.upper(i) / at.lower(i) - 1.0) < 1e-9);
            QVERIFY(at.log_sd(i) < 1e-9);
        }
        // Its posterior is that of log ℓ: the same everywhere, and its width follows from the curvature.
        LocalRangeOptions options;
        options.draws = 2000;
        options.threads = 1;
        const LocalRange posterior = local_range_at(r.model(), x, options);
        const double sd = std::sqrt(matrix_inverse(r.model().state().hessian)(0, 0));
        QVERIFY2(std::abs(posterior.log_sd(0) / sd - 1.0) < 0.1,
                 qPrintable(QString("%1 against %2").arg(posterior.log_sd(0)).arg(sd)));
        QVERIFY(std::abs(posterior.log_sd(6) - posterior.log_sd(0)) < 1e-6);
        QVERIFY(std::abs(std::log(posterior.upper(0) / posterior.lower(0)) / (2.0 * 1.645 * sd) - 1.0) < 0.15);
        // Monte Carlo says about the same of so simple a posterior.
        options.monte_carlo = true;
        options.draws = 800;
        const LocalRange sampled = local_range_at(r.model(), x, options);
        QVERIFY(sampled.doubt.empty());
        QVERIFY2(std::abs(sampled.log_sd(0) / sd - 1.0) < 0.35, qPrintable(QString::number(sampled.log_sd(0) / sd)));
        QVERIFY(std::abs(std::log(sampled.median(0) / practical)) < 0.5 * sd);
    }

    void it_finds_where_the_range_is_long() {
        const auto data = simulated("compress", 250);
        const FitResult r = fitted(data, DeformationKind::velocity_field);
        PredictionGrid grid;
        grid.origin = Vector::Constant(2, -1.0);
        grid.cell_size = Vector::Constant(2, 0.25);
        grid.shape = {8, 8};
        grid.mask.assign(64, 1);
        grid.mask[5] = 0;
        LocalRangeOptions options;
        options.draws = 60;
        options.threads = 1;
        const LocalRange map = local_range_on_grid(r.model(), grid, options);
        QVERIFY(std::isnan(map.median(5)) && std::isnan(map.log_sd(5)));
        // Truth: practical range over √det J, f of science: det J = e^{−1.15 x₁}, ℓ = 0.25.
        const Points centres = grid.centres();
        int inside = 0, count = 0;
        for (Index i = 0; i < 64; ++i) {
            if (i == 5) continue;
            const double truth = 0.25 * 4.74386 * std::exp(0.5 * 1.15 * centres(i, 0));
            inside += truth > map.lower(i) && truth < map.upper(i) ? 1 : 0;
            ++count;
            QVERIFY(map.lower(i) < map.median(i) && map.median(i) < map.upper(i));
        }
        QVERIFY2(inside >= count * 6 / 10, qPrintable(QString("%1 of %2").arg(inside).arg(count)));
        double west = 0.0, east = 0.0;  // the outer two columns, without the row of the masked cell
        for (Index j = 1; j < 8; ++j) {
            west += std::log(map.median(8 * j) * map.median(8 * j + 1));
            east += std::log(map.median(8 * j + 6) * map.median(8 * j + 7));
        }
        QVERIFY2(east - west > 14.0 * std::log(1.4), qPrintable(QString::number(std::exp((east - west) / 14.0))));
        const LocalRange again = local_range_on_grid(r.model(), grid, options);
        QCOMPARE(again.median(20), map.median(20));
    }

    void unusable_requests_are_refused() {
        const auto data = simulated("stationary", 40);
        const FitResult r = fitted(data, DeformationKind::stationary, false);
        try {
            (void)local_range_at(r.model(), data->coordinates, {});
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::unsupported);
        }
        const FitResult with = fitted(data, DeformationKind::stationary);
        LocalRangeOptions options;
        options.draws = 2;
        QVERIFY_THROWS_EXCEPTION(Error, (void)local_range_at(with.model(), data->coordinates, options));
        options.draws = 10;
        options.level = 1.0;
        QVERIFY_THROWS_EXCEPTION(Error, (void)local_range_at(with.model(), data->coordinates, options));
    }
};

QTEST_GUILESS_MAIN(TestLocalRange)
#include "test_local_range.moc"
