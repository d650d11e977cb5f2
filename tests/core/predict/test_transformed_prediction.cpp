// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/data/gauss_rules.h"
#include "core/data/value_transform.h"
#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/predict/conditional_simulation.h"
#include "core/predict/tiled_prediction.h"

using namespace anamorph;

namespace {

constexpr double range = 0.15;
constexpr double nugget_ratio = 0.05;

Points uniform_points(Index n, std::uint64_t seed) {
    RandomStream random(seed);
    Points x(n, 2);
    for (Index i = 0; i < n; ++i) x.row(i) << random.uniform(), random.uniform();
    return x;
}

/// L with LLᵀ the covariance of y at the points: Matérn 3/2, sill 0.8, and a nugget.
Matrix factor_of(const Points& x) {
    Matrix c = cross_correlation(Smoothness::three_halves, x / range, x / range);
    c.diagonal().array() += nugget_ratio;
    return CholeskyFactor(0.8 * c).lower();
}

std::shared_ptr<SpatialDataset> dataset_of(const Points& x, const Vector& z) {
    auto data = std::make_shared<SpatialDataset>();
    data->coordinates = x;
    data->values = z;
    data->value_name = "grade";
    data->coordinate_names = {"x", "y"};
    return data;
}

ModelSpecification stationary_with(TransformKind transform, Trend trend) {
    ModelSpecification s;
    s.deformation = DeformationKind::stationary;
    s.smoothness = Smoothness::three_halves;
    s.log_scale = LogScale::no;
    s.trend = trend;
    s.transform = transform;
    s.likelihood.kind = LikelihoodKind::exact;
    return s;
}

/// A model at the true range and nugget ratio instead of estimates.
std::shared_ptr<ModelState> at_truth(const std::shared_ptr<SpatialDataset>& data, TransformKind transform,
                                     Trend trend) {
    auto state = std::make_shared<ModelState>(make_model(data, stationary_with(transform, trend), 1));
    Vector theta(2);
    theta << std::log(state->standardisation.half_width(0) / range), std::log(nugget_ratio);
    state->set_parameters(theta);
    return state;
}

PredictOptions plug_in(PredictionTarget target = PredictionTarget::observation) {
    PredictOptions o;
    o.target = target;
    o.averaged = false;
    o.threads = 1;
    return o;
}

FitOptions quick() {
    FitOptions o;
    o.threads = 1;
    o.max_iterations = 40;
    return o;
}

/// A lognormal field at 90 sites.
std::shared_ptr<SpatialDataset> lognormal_data() {
    const Points x = uniform_points(90, 3);
    return dataset_of(x, (1.0 + (factor_of(x) * RandomStream(4).normals(90)).array()).exp());
}

}  // namespace

class TestTransformedPrediction : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // The density of the measured values, written out: that of the logarithms times Π 1/zᵢ.
    void likelihood_has_the_jacobian() {
        const auto data = lognormal_data();
        const auto state = at_truth(data, TransformKind::log, Trend::constant);
        Objective objective(*state);
        double value = 0.0;
        Vector gradient;
        QVERIFY(objective.evaluate(state->parameters(), value, gradient));
        const Index n = data->size();
        Matrix c = cross_correlation(Smoothness::three_halves, data->coordinates / range, data->coordinates / range);
        c.diagonal().array() += nugget_ratio;
        const CholeskyFactor llt(c);
        const Vector y = data->values.array().log(), ones = Vector::Ones(n);
        const double beta = ones.dot(llt.solve(y)) / ones.dot(llt.solve(ones));
        const Vector r = y - beta * ones;
        const double sigma2 = r.dot(llt.solve(r)) / static_cast<double>(n);
        const double log_det = 2.0 * llt.half_log_determinant();
        const double direct = -0.5 * (static_cast<double>(n) * std::log(2.0 * std::numbers::pi * sigma2) + log_det +
                                      static_cast<double>(n)) -
                              y.sum();
        QVERIFY(std::abs(-objective.parts().data - direct) < 1e-4);
    }

    // Box–Cox with λ = 1 changes nothing but the origin: so does its likelihood.
    void an_affine_transform_keeps_the_likelihood() {
        const auto data = lognormal_data();
        const auto plain = at_truth(data, TransformKind::none, Trend::constant);
        auto same = at_truth(data, TransformKind::box_cox, Trend::constant);
        same->transform = ValueTransform::from_numbers("box-cox", Eigen::Vector2d(0.0, 1.0));
        Objective a(*plain), b(*same);
        double value = 0.0;
        Vector gradient;
        QVERIFY(a.evaluate(plain->parameters(), value, gradient));
        QVERIFY(b.evaluate(same->parameters(), value, gradient));
        QVERIFY(std::abs(a.parts().data - b.parts().data) < 1e-8);
        QVERIFY(std::abs(a.held_out_score() - b.held_out_score()) < 1e-8);
    }

    void log_of_the_values_and_logarithms_as_values_agree() {
        const auto data = lognormal_data();
        auto logs = dataset_of(data->coordinates, data->values.array().log());
        const FitResult transformed = fit(data, stationary_with(TransformKind::log, Trend::linear), quick());
        const FitResult plain = fit(logs, stationary_with(TransformKind::none, Trend::linear), quick());
        QVERIFY(std::abs(transformed.model().log_likelihood() -
                         (plain.model().log_likelihood() - logs->values.sum())) < 1e-6);
        // The classes compare by densities of the measured values.
        QVERIFY(std::abs(transformed.model().criterion() - (plain.model().criterion() + logs->values.sum())) < 1e-6);
        QVERIFY(std::abs(transformed.model().loss().held_out -
                         (plain.model().loss().held_out + logs->values.mean())) < 1e-6);
        const Points at = uniform_points(7, 9);
        PredictOptions options = plug_in();
        const Prediction y = predict_at(plain.model(), at, {}, options);
        options.quantiles = {0.05, 0.5, 0.95};
        options.thresholds = {2.0, 5.0};
        const Prediction z = predict_at(transformed.model(), at, {}, options);
        for (Index i = 0; i < at.rows(); ++i) {
            const double m = y.mean(i), v = y.variance(i), s = std::sqrt(v);
            QVERIFY(std::abs(z.mean(i) / std::exp(m + 0.5 * v) - 1.0) < 1e-6);
            QVERIFY(std::abs(z.variance(i) / (std::expm1(v) * std::exp(2.0 * m + v)) - 1.0) < 1e-5);
            QVERIFY(std::abs(z.quantiles(i, 1) / std::exp(m) - 1.0) < 1e-6);
            QVERIFY(std::abs(z.quantiles(i, 2) / std::exp(m + 1.6448536269514722 * s) - 1.0) < 1e-6);
            QVERIFY(std::abs(z.exceedance(i, 1) - normal_cdf((m - std::log(5.0)) / s)) < 1e-6);
        }
        // Leave-one-out: means of the values, not of the logarithms.
        const Vector z_out = transformed.model().leave_one_out_predictions();
        const Vector y_out = plain.model().leave_one_out_predictions();
        QVERIFY((z_out.array() > y_out.array().exp()).all());
        QVERIFY(std::abs(z_out.mean() / data->values.mean() - 1.0) < 0.2);
    }

    // Averaged over the posterior: moments and quantiles of the mixture.
    void averaged_predictions_are_those_of_the_mixture() {
        const FitResult r = fit(lognormal_data(), stationary_with(TransformKind::square_root, Trend::constant), quick());
        QVERIFY(r.model().has_posterior());
        PredictOptions options = plug_in();
        options.averaged = true;
        options.draws = 6;
        const Points at = uniform_points(5, 12);
        const Prediction moments = predict_at(r.model(), at, {}, options);
        options.quantiles = {0.1, 0.9};
        options.thresholds = {3.0};
        const Prediction all = predict_at(r.model(), at, {}, options);
        QVERIFY((moments.mean - all.mean).cwiseAbs().maxCoeff() < 1e-10);
        QVERIFY((moments.variance - all.variance).cwiseAbs().maxCoeff() < 1e-9);
        QVERIFY((all.quantiles.col(0).array() < all.mean.array()).all());
        QVERIFY((all.exceedance.array() > 0.0 && all.exceedance.array() < 1.0).all());
        options.quantiles = {1.0};
        try {
            (void)predict_at(r.model(), at, {}, options);
            QFAIL("a quantile of probability one");
        } catch (const Error& e) {
            QCOMPARE(e.code(), ErrorCode::bad_input);
        }
    }

    // Lognormal kriging with its correction is unbiased, the back-transformed mean alone is not; 90 %
    // intervals hold 90 % of the values.
    void lognormal_kriging_is_unbiased() {
        const Index n = 110, m = 12;
        const int fields = 150;
        const Points x = uniform_points(n + m, 21);
        const Matrix factor = factor_of(x);
        RandomStream random(22);
        PredictOptions options = plug_in();
        options.quantiles = {0.05, 0.5, 0.95};
        Vector error(fields), naive(fields);
        double inside = 0.0;
        for (int k = 0; k < fields; ++k) {
            const Vector z = (factor * random.normals(n + m)).array().exp();
            const auto data = dataset_of(x.topRows(n), z.head(n));
            const FittedModel model(at_truth(data, TransformKind::log, Trend::none));
            const Prediction p = predict_at(model, x.bottomRows(m), {}, options);
            const Vector truth = z.tail(m);
            error(k) = (p.mean - truth).mean();
            naive(k) = (p.quantiles.col(1) - truth).mean();
            inside += (truth.array() >= p.quantiles.col(0).array() && truth.array() <= p.quantiles.col(2).array())
                          .cast<double>()
                          .mean() /
                      fields;
        }
        const auto standard_error = [&](const Vector& v) {
            return std::sqrt((v.array() - v.mean()).square().sum() / (fields - 1.0) / fields);
        };
        QVERIFY2(std::abs(error.mean()) < 3.0 * standard_error(error),
                 qPrintable(QString("%1 ± %2").arg(error.mean()).arg(standard_error(error))));
        QVERIFY(naive.mean() < -3.0 * standard_error(naive));
        QVERIFY2(std::abs(inside - 0.9) < 0.03, qPrintable(QString::number(inside)));
    }

    void simulations_come_back_in_original_units() {
        const FitResult r = fit(lognormal_data(), stationary_with(TransformKind::normal_score, Trend::constant), quick());
        const Points at = uniform_points(4, 30);
        SimulationOptions options;
        options.count = 4000;
        options.threads = 1;
        options.target = PredictionTarget::observation;
        const Matrix draws = draw_at(r.model(), at, {}, options);
        const Prediction p = predict_at(r.model(), at, {}, plug_in());
        for (Index i = 0; i < at.rows(); ++i) {
            const double sd = std::sqrt(p.variance(i));
            QVERIFY(std::abs(draws.row(i).mean() - p.mean(i)) < 0.1 * sd);
            const double spread = std::sqrt((draws.row(i).array() - draws.row(i).mean()).square().mean());
            QVERIFY(std::abs(spread / sd - 1.0) < 0.1);
        }
    }

    void a_transformed_model_is_kept() {
        const auto data = lognormal_data();
        for (auto kind : {TransformKind::log, TransformKind::square_root, TransformKind::box_cox,
                          TransformKind::normal_score}) {
            const FitResult r = fit(data, stationary_with(kind, Trend::constant), quick());
            QVERIFY(r.model().state().transform != nullptr);
            QCOMPARE(r.model().state().transform->kind(), to_string(kind));
            const auto again = FittedModel::from_archive(r.model().to_archive(), data);
            QCOMPARE(again->specification().transform, kind);
            QCOMPARE(again->state().transform->numbers(), r.model().state().transform->numbers());
            const Points at = uniform_points(3, 8);
            QCOMPARE(predict_at(*again, at, {}, plug_in()).mean, predict_at(r.model(), at, {}, plug_in()).mean);
        }
    }

    void maps_and_tiles_have_the_further_layers() {
        const FitResult r = fit(lognormal_data(), stationary_with(TransformKind::log, Trend::constant), quick());
        PredictOptions options = plug_in(PredictionTarget::signal);
        options.quantiles = {0.25};
        options.thresholds = {4.0};
        const PredictionGrid grid = PredictionGrid::around(r.model().dataset().coordinates, 20, 0.02, 0.0);
        const GridMap map = predict_on_grid(r.model(), grid, {}, options);
        QCOMPARE(map.further.size(), std::size_t{2});
        QCOMPARE(map.further[0].title("g/t"), std::string("25 % quantile"));
        QCOMPARE(map.further[1].title("g/t"), std::string("probability above 4 g/t"));
        QCOMPARE(map.further[1].short_name(), std::string("above_4"));
        double worst = 0.0;
        predict_tiles(r.model(), grid, square_tiles(grid, 8), options,
                      [&](const GridTile& tile, const TilePrediction& values) {
                          for (Index i = 0; i < tile.cell_count(); ++i)
                              for (Index k = 0; k < 2; ++k)
                                  worst = std::max(worst, std::abs(values.further(i, k) -
                                                                   map.further[static_cast<std::size_t>(k)].values(
                                                                       tile.cell_of(grid, i))));
                      });
        QVERIFY(worst < 1e-9);
    }

    void zeros_get_a_shift_and_constants_are_refused() {
        auto data = lognormal_data();
        data->values(3) = 0.0;
        const auto state = at_truth(data, TransformKind::log, Trend::constant);
        QVERIFY(-state->transform->lower_bound() > 0.0);
        QVERIFY(state->observations().values.allFinite());
        data->values.setConstant(2.0);
        for (auto kind : {TransformKind::log, TransformKind::normal_score, TransformKind::box_cox}) {
            try {
                (void)fit(data, stationary_with(kind, Trend::constant), quick());
                QFAIL("constant values were transformed");
            } catch (const Error& e) {
                QCOMPARE(e.code(), ErrorCode::bad_input);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestTransformedPrediction)
#include "test_transformed_prediction.moc"
