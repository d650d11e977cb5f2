// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <functional>
#include <limits>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/fit/fit.h"
#include "core/predict/conditional_simulation.h"
#include "core/predict/simulation_passage.h"
#include "core/predict/tiled_prediction.h"
#include "core/simulate/scenario.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

FitResult fitted(int sites, LikelihoodKind likelihood, Trend trend) {
    ScenarioOptions options;
    options.sites = sites;
    options.noise_sd = 0.3;
    auto data = std::make_shared<SpatialDataset>(simulate(Scenario("aniso"), options).dataset);
    ModelSpecification s;
    s.deformation = DeformationKind::anisotropic;
    s.smoothness = Smoothness::three_halves;
    s.log_scale = LogScale::yes;
    s.trend = trend;
    s.likelihood.kind = likelihood;
    s.likelihood.neighbours = 30;
    FitOptions fo;
    fo.threads = 1;
    return fit(data, s, fo);
}

}  // namespace

class TestConditionalSimulation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Mean and variance of 4,000 simulations are those of kriging, within 4.5 standard errors, by
    // either likelihood, and also where many points are drawn together.
    void draws_have_the_moments_of_kriging() {
        for (const LikelihoodKind likelihood : {LikelihoodKind::exact, LikelihoodKind::vecchia}) {
            const FitResult r = fitted(120, likelihood, Trend::linear);
            for (const Index edge : {5, 46}) {
                const PredictionGrid grid = PredictionGrid::around(r.model().dataset().coordinates, edge, 0.02, 0.0);
                SimulationOptions options;
                options.count = edge == 5 ? 4000 : 600;
                options.threads = 1;
                options.target = PredictionTarget::observation;
                const DrawSummary summary = summary_of(draw_on_grid(r.model(), grid, {}, options));
                PredictOptions po;
                po.averaged = false;
                po.threads = 1;
                po.target = PredictionTarget::observation;
                const GridMap map = predict_on_grid(r.model(), grid, {}, po);
                const double count = options.count;
                const Vector of_mean = (summary.mean - map.mean).cwiseQuotient(map.standard_deviation) * std::sqrt(count);
                const Vector of_sd = (summary.standard_deviation.cwiseQuotient(map.standard_deviation).array() - 1.0) * std::sqrt(2.0 * count);
                QVERIFY(of_mean.cwiseAbs().maxCoeff() < 4.7);
                QVERIFY(of_sd.cwiseAbs().maxCoeff() < 4.7);
            }
        }
    }

    void averaging_widens_and_the_seed_decides() {
        const FitResult r = fitted(60, LikelihoodKind::exact, Trend::constant);
        QVERIFY(r.model().has_posterior());
        const PredictionGrid grid = PredictionGrid::around(r.model().dataset().coordinates, 12, 0.5, 0.0);
        SimulationOptions options;
        options.count = 480;
        options.threads = 1;
        const Matrix plug_in = draw_on_grid(r.model(), grid, {}, options);
        options.averaged = true;
        const Matrix averaged = draw_on_grid(r.model(), grid, {}, options);
        QVERIFY(summary_of(averaged).standard_deviation.mean() > summary_of(plug_in).standard_deviation.mean());
        QVERIFY(draw_on_grid(r.model(), grid, {}, options) == averaged);
        options.seed = 2;
        QVERIFY(draw_on_grid(r.model(), grid, {}, options) != averaged);
        options.count = 3;  // fewer simulations than posterior draws
        QCOMPARE(draw_on_grid(r.model(), grid, {}, options).cols(), Index{3});
    }

    void masks_stay_empty_and_bad_calls_are_refused() {
        const FitResult r = fitted(50, LikelihoodKind::exact, Trend::constant);
        PredictionGrid grid = PredictionGrid::around(r.model().dataset().coordinates, 10, 0.02, 0.0);
        grid.mask.assign(static_cast<std::size_t>(grid.cell_count()), 1);
        grid.mask[13] = 0;
        SimulationOptions options;
        options.count = 2;
        const Matrix draws = draw_on_grid(r.model(), grid, {}, options);
        QVERIFY(std::isnan(draws(13, 0)) && std::isnan(draws(13, 1)) && std::isfinite(draws(12, 1)));
        const Points x = Points::Zero(3, 2);
        QCOMPARE(code_of([&] { (void)draw_at(r.model(), Points::Zero(3, 3), {}, options); }), ErrorCode::dimension_mismatch);
        QCOMPARE(code_of([&] { (void)draw_at(r.model(), Points::Constant(1, 2, std::nan("")), {}, options); }), ErrorCode::not_finite);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(code_of([&] { (void)draw_at(r.model(), x, {}, options, {}, stop.get_token()); }), ErrorCode::cancelled);
        options.count = 100'000;
        QCOMPARE(code_of([&] { (void)draw_at(r.model(), Points::Zero(1'000'000, 2), {}, options); }), ErrorCode::out_of_memory);
        options.count = 0;
        QCOMPARE(code_of([&] { (void)draw_at(r.model(), x, {}, options); }), ErrorCode::bad_input);
    }

    void summary_written_out() {
        const Matrix draws = (Matrix(2, 3) << 1.0, 2.0, 6.0, 4.0, 4.0, 4.0).finished();
        const DrawSummary summary = summary_of(draws);
        QCOMPARE(summary.mean(0), 3.0);
        QVERIFY(std::abs(summary.standard_deviation(0) - std::sqrt(7.0)) < 1e-14);
        QCOMPARE(summary.standard_deviation(1), 0.0);
        QVERIFY(std::isnan(summary_of(draws.leftCols(1)).standard_deviation(0)));
    }

    void quantiles_and_shares_of_the_simulations() {
        Matrix draws(2, 5);
        draws << 5.0, 1.0, 3.0, 2.0, 4.0,  //
            std::nan(""), std::nan(""), std::nan(""), std::nan(""), std::nan("");
        const DrawSummary summary = summary_of(draws, {0.0, 0.125, 0.5, 1.0}, {2.0, 9.0});
        QCOMPARE(summary.quantiles(0, 0), 1.0);
        QCOMPARE(summary.quantiles(0, 1), 1.5);
        QCOMPARE(summary.quantiles(0, 2), 3.0);
        QCOMPARE(summary.quantiles(0, 3), 5.0);
        QCOMPARE(summary.exceedance(0, 0), 0.6);
        QCOMPARE(summary.exceedance(0, 1), 0.0);
        QVERIFY(summary.quantiles.row(1).array().isNaN().all());
        QVERIFY(summary.exceedance.row(1).array().isNaN().all());
        QCOMPARE(code_of([&] { (void)summary_of(draws, {1.2}); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)summary_of(draws, {}, {std::nan("")}); }), ErrorCode::bad_input);
    }

    void tiles_give_the_map() {
        const FitResult r = fitted(60, LikelihoodKind::vecchia, Trend::linear);
        PredictionGrid grid = PredictionGrid::around(r.model().dataset().coordinates, 40, 0.02, 0.0);
        grid.mask.assign(static_cast<std::size_t>(grid.cell_count()), 1);
        grid.mask[13] = 0;
        PredictOptions options;
        options.threads = 1;
        options.draws = 4;
        const GridMap map = predict_on_grid(r.model(), grid, {}, options);
        Vector mean = Vector::Zero(grid.cell_count()), sd = mean;
        double last = 0.0;
        predict_tiles(
            r.model(), grid, square_tiles(grid, 16), options,
            [&](const GridTile& tile, const TilePrediction& values) {
                for (Index i = 0; i < tile.cell_count(); ++i) {
                    mean(tile.cell_of(grid, i)) = values.mean(i);
                    sd(tile.cell_of(grid, i)) = values.standard_deviation(i);
                }
            },
            [&](const Progress& progress) { last = progress.fraction; });
        QVERIFY(std::isnan(mean(13)) && std::isnan(sd(13)));
        mean(13) = sd(13) = 0.0;
        GridMap whole = map;
        whole.mean(13) = whole.standard_deviation(13) = 0.0;
        QVERIFY((mean - whole.mean).cwiseAbs().maxCoeff() < 1e-12);
        QVERIFY((sd - whole.standard_deviation).cwiseAbs().maxCoeff() < 1e-12);
        QCOMPARE(last, 1.0);
        // Stopped after two tiles.
        std::stop_source stop;
        int finished = 0;
        QCOMPARE(code_of([&] {
                     predict_tiles(
                         r.model(), grid, square_tiles(grid, 16), options,
                         [&](const GridTile&, const TilePrediction&) {
                             if (++finished == 2) stop.request_stop();
                         },
                         {}, stop.get_token());
                 }),
                 ErrorCode::cancelled);
        QCOMPARE(finished, 2);
    }

    // Over very many fields of independent places, n draws each with mean 3, variance 4 and correlation 1/2 of
    // neighbours: about the mean of the n, every passage has that mean, variance and covariance; its ends are
    // the two draws.
    void a_passage_keeps_mean_and_variance() {
        constexpr Index fields = 40'000;
        RandomStream random(7);
        for (const int n : {2, 3, 4, 10}) {
            Matrix here(fields, n), beside(fields, n);
            for (int k = 0; k < n; ++k) {
                const Vector a = random.normals(fields), b = random.normals(fields);
                here.col(k) = 3.0 + 2.0 * a.array();
                beside.col(k) = 3.0 + (a + std::sqrt(3.0) * b).array();
            }
            const Vector mean_here = here.rowwise().mean(), mean_beside = beside.rowwise().mean();
            for (const double t : {0.0, 0.2, 0.45, 0.5, 0.7, 1.0}) {
                const Vector z = simulation_passage(mean_here, here.col(0), here.col(1), n, t);
                const Vector w = simulation_passage(mean_beside, beside.col(0), beside.col(1), n, t);
                const Eigen::ArrayXd dz = z.array() - z.mean(), dw = w.array() - w.mean();
                QVERIFY(std::abs(z.mean() - 3.0) < 0.05);
                QVERIFY(std::abs(dz.square().mean() - 4.0) < 0.15);
                QVERIFY(std::abs((dz * dw).mean() - 2.0) < 0.15);
            }
            QVERIFY(simulation_passage(mean_here, here.col(0), here.col(1), n, 0.0) == here.col(0));
            QVERIFY(simulation_passage(mean_here, here.col(0), here.col(1), n, 1.0) == here.col(1));
        }
        const Vector mean = Vector::Constant(2, 3.0);
        QVERIFY(simulation_passage(mean, mean, 2.0 * mean, 3, std::numeric_limits<double>::quiet_NaN()) == mean);
        Vector hole = mean;
        hole(1) = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(std::isnan(simulation_passage(hole, hole, hole, 3, 0.5)(1)));
        QCOMPARE(code_of([&] { (void)simulation_passage(mean, mean, Vector::Zero(3), 3, 0.5); }), ErrorCode::dimension_mismatch);
        QCOMPARE(code_of([&] { (void)simulation_passage(mean, mean, mean, 1, 0.5); }), ErrorCode::bad_input);
    }
};

QTEST_GUILESS_MAIN(TestConditionalSimulation)
#include "test_conditional_simulation.moc"
