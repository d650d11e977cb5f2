// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <limits>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/covariance/correlation.h"
#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/predict/kriging.h"
#include "core/predict/kriging_system.h"
#include "core/simulate/scenario.h"
#include "tests/core/csv_fixture.h"

using namespace anamorph;

namespace {

/// A stationary model at given parameters instead of estimates; the standardisation of the unit
/// square's sites is kept.
ModelState at_parameters(const Matrix& m, Trend trend, double sill, double range, double nugget) {
    auto data = std::make_shared<SpatialDataset>();
    data->coordinates = m.leftCols(2);
    data->values = m.col(2);
    ModelSpecification s;
    s.deformation = DeformationKind::stationary;
    s.smoothness = Smoothness::three_halves;
    s.log_scale = LogScale::no;
    s.trend = trend;
    ModelState state = make_model(data, s, 1);
    Vector theta(2);
    theta << std::log(state.standardisation.half_width(0) / range), std::log(nugget / sill);
    state.set_parameters(theta);
    return state;
}

}  // namespace

class TestKriging : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Cell k = i·100 + j at ((i + ½)/100, (j + ½)/100), all 1,000 sites, zero mean, partial sill
    // 1.2, range 0.08, nugget 0.06; independent numpy code.
    void equals_reference() {
        const Matrix m = testing::read_numbers(ANAMORPH_TEST_DATA "/likelihood/exact_1000.csv");
        const ModelState state = at_parameters(m, Trend::none, 1.2, 0.08, 0.06);
        const auto system = state.kriging_system(0.0);
        QVERIFY(system != nullptr);
        Points cells(2, 2);
        cells << 0.005, 0.005, 0.505, 0.005;
        Vector mean, variance;
        system->predict(state.features(state.standardisation.standardised(cells)), Matrix(2, 0), false, mean, variance);
        // The system profiles σ²; the reference's is given.
        const double per_sill = 1.2 / system->partial_sill();
        QVERIFY(std::abs(mean(0) - 0.873623700925) < 1e-9);
        QVERIFY(std::abs(mean(1) - 1.17079690786) < 1e-9);
        QVERIFY(std::abs(variance(0) * per_sill - 0.0471961068886) < 1e-9);
        QVERIFY(std::abs(variance(1) * per_sill - 0.0414277071718) < 1e-9);
    }

    void equals_universal_kriging_written_out() {
        const Matrix all = testing::read_numbers(ANAMORPH_TEST_DATA "/likelihood/exact_1000.csv");
        const Matrix m = all.topRows(50);
        const ModelState state = at_parameters(m, Trend::linear, 1.0, 0.2, 0.1);
        const auto system = state.kriging_system(0.0);
        QVERIFY(system != nullptr);
        const Points x = (Points(3, 2) << 0.2, 0.3, 0.9, 0.9, 0.5, 0.1).finished();
        const Points xs = state.standardisation.standardised(x);
        Vector mean, variance;
        system->predict(state.features(xs), trend_matrix(Trend::linear, state.standardisation, xs, {}), true, mean,
                        variance);
        // The kriging system with Lagrange multipliers, solved as it stands in the textbooks.
        const Index n = 50, q = 3;
        Matrix k = Matrix::Zero(n + q, n + q);
        k.topLeftCorner(n, n) = cross_correlation(Smoothness::three_halves, m.leftCols(2) / 0.2, m.leftCols(2) / 0.2);
        k.topLeftCorner(n, n).diagonal().array() += 0.1;
        k.topRightCorner(n, q) << Vector::Ones(n), m.leftCols(2);
        k.bottomLeftCorner(q, n) = k.topRightCorner(n, q).transpose();
        const Matrix rho = cross_correlation(Smoothness::three_halves, m.leftCols(2) / 0.2, x / 0.2);
        for (Index i = 0; i < 3; ++i) {
            Vector right(n + q);
            right << rho.col(i), 1.0, x(i, 0), x(i, 1);
            const Vector w = solve_square(k, right);
            QVERIFY(std::abs(mean(i) - w.head(n).dot(m.col(2))) < 1e-9);
            const double v = system->partial_sill() * (1.1 - w.dot(right));
            QVERIFY(std::abs(variance(i) - v) < 1e-9);
        }
    }

    void interpolates_and_reverts_to_the_mean() {
        ScenarioOptions options;
        options.sites = 100;
        options.noise_sd = 0.0;
        auto data = std::make_shared<SpatialDataset>(simulate(Scenario("stationary"), options).dataset);
        ModelSpecification s;
        s.deformation = DeformationKind::stationary;
        s.smoothness = Smoothness::three_halves;
        FitOptions fo;
        fo.threads = 1;
        const FitResult r = fit(data, s, fo);
        PredictOptions po;
        po.averaged = false;
        po.threads = 1;
        const Prediction at = predict_at(r.model(), data->coordinates, {}, po);
        QVERIFY((at.mean - data->values).cwiseAbs().maxCoeff() < 0.2);
        const Points far = Points::Constant(1, 2, 1e4);
        const Prediction away = predict_at(r.model(), far, {}, po);
        const auto p = r.model().parameters();
        QVERIFY(std::abs(away.mean(0) - p.trend_coefficients(0)) < 1e-6);
        QVERIFY(away.variance(0) > p.partial_sill);
        po.target = PredictionTarget::observation;
        QVERIFY(std::abs(predict_at(r.model(), far, {}, po).variance(0) - away.variance(0) - p.nugget) < 1e-9);
    }

    void averaging_widens_and_grid_keeps_its_mask() {
        ScenarioOptions options;
        options.sites = 120;
        auto data = std::make_shared<SpatialDataset>(simulate(Scenario("swirl"), options).dataset);
        ModelSpecification s;
        s.smoothness = Smoothness::three_halves;
        FitOptions fo;
        fo.threads = 1;
        const FitResult r = fit(data, s, fo);
        PredictionGrid grid = PredictionGrid::around(data->coordinates, 20);
        grid.mask.assign(static_cast<std::size_t>(grid.cell_count()), 1);
        grid.mask[7] = 0;
        PredictOptions po;
        po.threads = 1;
        const GridMap averaged = predict_on_grid(r.model(), grid, {}, po);
        po.averaged = false;
        const GridMap plug_in = predict_on_grid(r.model(), grid, {}, po);
        QVERIFY(std::isnan(averaged.mean(7)) && std::isnan(averaged.standard_deviation(7)));
        double a = 0.0, p = 0.0;
        for (Index i = 0; i < grid.cell_count(); ++i)
            if (i != 7) a += averaged.standard_deviation(i), p += plug_in.standard_deviation(i);
        QVERIFY(a > p);
        QVERIFY(averaged.averaged && !plug_in.averaged);
    }

    void bad_points_are_refused() {
        const Matrix m = testing::read_numbers(ANAMORPH_TEST_DATA "/likelihood/exact_1000.csv");
        auto state = std::make_shared<ModelState>(at_parameters(m.topRows(30), Trend::constant, 1.0, 0.1, 0.1));
        state->align();
        const FittedModel model(state);
        const auto code = [&](const Points& x) {
            try {
                (void)predict_at(model, x, {}, {});
            } catch (const Error& error) {
                return error.code();
            }
            return ErrorCode::unsupported;
        };
        QCOMPARE(code(Points::Zero(2, 3)), ErrorCode::dimension_mismatch);
        QCOMPARE(code(Points::Constant(1, 2, std::numeric_limits<double>::quiet_NaN())), ErrorCode::not_finite);
    }
};

QTEST_GUILESS_MAIN(TestKriging)
#include "test_kriging.moc"
