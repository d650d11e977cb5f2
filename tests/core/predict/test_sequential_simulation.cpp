// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <functional>
#include <limits>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/lapack.h"
#include "core/predict/global_kriging.h"
#include "core/predict/local_kriging.h"

using namespace anamorph;

namespace {

constexpr double nugget = 0.3, sill = 0.7;

Points random_points(Index n, Index d, RandomStream& random) {
    Points x(n, d);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform(0.0, 3.0);
    return x;
}

/// Sites with values, weights, log-scale and a trend of two columns, and points to be simulated.
struct Problem {
    Observations data;
    SiteFeatures sites, points;
    Matrix trend;  // of the points
};

Problem problem(Index n, Index p, Index d) {
    RandomStream random(static_cast<std::uint64_t>(n + d));
    Problem out;
    out.sites = {random_points(n, d, random), 0.3 * random.normals(n)};
    out.points = {random_points(p, d, random), 0.3 * random.normals(p)};
    out.data.values = 1.0 + random.normals(n).array();
    out.data.trend.resize(n, 2);
    out.data.trend << Vector::Ones(n), random.normals(n);
    out.data.noise_scale = (0.5 * random.normals(n).array()).exp();
    out.trend.resize(p, 2);
    out.trend << Vector::Ones(p), random.normals(p);
    return out;
}

struct Moments {
    Vector mean;
    Matrix covariance;
};

Matrix scaled(const Matrix& trend, const Vector& log_scale) {
    return (trend.array().colwise() / (0.5 * log_scale.array()).exp()).matrix();
}

/// Mean and covariance of the signal at the points by universal kriging written out.
Moments exact_moments(const Problem& p, LocalKrigingParameters& parameters) {
    const Smoothness nu = *parameters.covariance->closed_form();
    Matrix c = cross_correlation(nu, p.sites.deformed, p.sites.deformed);
    c.diagonal() += nugget * p.data.noise_scale;
    const Matrix h = scaled(p.data.trend, p.sites.log_scale);
    const Vector z = p.data.values.array() / (0.5 * p.sites.log_scale.array()).exp();
    const CholeskyFactor factor(c);
    parameters.trend_information_inverse = matrix_inverse(h.transpose() * factor.solve(h));
    parameters.trend_coefficients = parameters.trend_information_inverse * (h.transpose() * factor.solve(z));
    const Matrix rho = cross_correlation(nu, p.sites.deformed, p.points.deformed);
    const Matrix b = factor.solve(rho);
    const Vector scale = (0.5 * p.points.log_scale.array()).exp();
    const Matrix g = scaled(p.trend, p.points.log_scale) - b.transpose() * h;
    Moments m;
    m.mean = (b.transpose() * (z - h * parameters.trend_coefficients)).cwiseProduct(scale) +
             p.trend * parameters.trend_coefficients;
    m.covariance = cross_correlation(nu, p.points.deformed, p.points.deformed) - rho.transpose() * b +
                   g * parameters.trend_information_inverse * g.transpose();
    m.covariance = sill * (scale.asDiagonal() * m.covariance * scale.asDiagonal());
    return m;
}

/// Largest deviations of the draws' mean and covariance from `exact`, in standard errors.
std::pair<double, double> deviations(const Matrix& draws, const Moments& exact) {
    const auto count = static_cast<double>(draws.cols());
    const Vector mean = draws.rowwise().mean();
    const Matrix centred = draws.colwise() - mean;
    const Matrix covariance = centred * centred.transpose() / (count - 1.0);
    double of_mean = 0.0, of_covariance = 0.0;
    for (Index i = 0; i < mean.size(); ++i) {
        of_mean = std::max(of_mean, std::abs(mean(i) - exact.mean(i)) / std::sqrt(exact.covariance(i, i) / count));
        for (Index j = 0; j <= i; ++j) {
            const double variance = exact.covariance(i, i) * exact.covariance(j, j) + exact.covariance(i, j) * exact.covariance(i, j);
            of_covariance = std::max(of_covariance, std::abs(covariance(i, j) - exact.covariance(i, j)) / std::sqrt(variance / count));
        }
    }
    return {of_mean, of_covariance};
}

LocalKrigingParameters parameters_with(Smoothness smoothness, int neighbours) {
    LocalKrigingParameters p;
    p.covariance = matern_covariance(smoothness);
    p.nugget_ratio = nugget;
    p.partial_sill = sill;
    p.neighbours = neighbours;
    return p;
}

}  // namespace

class TestSequentialSimulation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // With every site and point among the neighbours the law is exact: 1,600 moments within 4.5
    // standard errors.
    void all_neighbours_give_the_exact_law() {
        for (Index d = 1; d <= 3; ++d) {
            const Problem p = problem(25, 20, d);
            LocalKrigingParameters parameters = parameters_with(Smoothness::three_halves, 60);
            Moments exact = exact_moments(p, parameters);
            const LocalKriging kriging(p.data, p.sites, parameters);
            DrawOptions options;
            options.count = 20000;
            options.seed = 11;
            const Matrix draws = kriging.draw(p.points, p.trend, options, {}, {});
            QCOMPARE(draws.rows(), Index(20));
            const auto [of_mean, of_covariance] = deviations(draws, exact);
            QVERIFY(of_mean < 4.5);
            QVERIFY(of_covariance < 4.5);
            // Observations: the nugget on top.
            options.of_observation = true;
            exact.covariance.diagonal().array() += nugget * sill * p.points.log_scale.array().exp();
            const auto [observed_mean, observed_covariance] =
                deviations(kriging.draw(p.points, p.trend, options, {}, {}), exact);
            QVERIFY(observed_mean < 4.5);
            QVERIFY(observed_covariance < 4.5);
        }
    }

    // With few neighbours mean and variance are those of the map that is kriged from them, and the
    // covariance of neighbouring points comes close.
    void few_neighbours_give_the_map() {
        const Problem p = problem(200, 40, 2);
        LocalKrigingParameters parameters = parameters_with(Smoothness::half, 15);
        const Moments exact = exact_moments(p, parameters);
        const LocalKriging kriging(p.data, p.sites, parameters);
        Vector mean, variance;
        kriging.predict(p.points, p.trend, false, mean, variance);
        DrawOptions options;
        options.count = 20000;
        const Matrix draws = kriging.draw(p.points, p.trend, options, {}, {});
        Moments map{mean, variance.asDiagonal()};
        const Matrix centred = draws.colwise() - draws.rowwise().mean();
        const Matrix covariance = centred * centred.transpose() / 19999.0;
        map.covariance += Matrix(covariance).triangularView<Eigen::StrictlyLower>();
        map.covariance += Matrix(covariance).triangularView<Eigen::StrictlyUpper>();
        const auto [of_mean, of_variance] = deviations(draws, map);
        QVERIFY(of_mean < 4.5);
        QVERIFY(of_variance < 4.5);
        QVERIFY((covariance - exact.covariance).norm() < 0.1 * exact.covariance.norm());
    }

    void global_kriging_draws_many_points_with_the_same_law() {
        // 2,100 points are drawn sequentially; the first 30 are compared with the exact law.
        Problem p = problem(50, 2100, 2);
        LocalKrigingParameters parameters = parameters_with(Smoothness::three_halves, 30);
        Problem few = p;
        few.points.deformed = p.points.deformed.topRows(30).eval();
        few.points.log_scale = p.points.log_scale.head(30).eval();
        few.trend = p.trend.topRows(30).eval();
        const Moments exact = exact_moments(few, parameters);
        const auto global = GlobalKriging::of(p.data, p.sites, parameters.covariance, nugget, 1e-8, sill);
        DrawOptions options;
        options.count = 2000;
        const Matrix draws = global->draw(p.points, p.trend, options, {}, {});
        QCOMPARE(draws.rows(), Index(2100));
        const auto [of_mean, of_covariance] = deviations(draws.topRows(30), exact);
        QVERIFY(of_mean < 5.0);
        QVERIFY(of_covariance < 5.0);
    }

    void the_seed_decides() {
        const Problem p = problem(100, 3000, 2);
        LocalKrigingParameters parameters = parameters_with(Smoothness::half, 10);
        (void)exact_moments(p, parameters);
        const LocalKriging kriging(p.data, p.sites, parameters);
        DrawOptions options;
        options.count = 40;
        options.seed = 5;
        Matrix draws[2];
        for (int threads : {1, 2}) {
            const ThreadCount count(threads);
            draws[threads - 1] = kriging.draw(p.points, p.trend, options, {}, {});
        }
        QVERIFY(draws[0] == draws[1]);
        options.seed = 6;
        const Matrix other = kriging.draw(p.points, p.trend, options, {}, {});
        QVERIFY((other - draws[0]).cwiseAbs().minCoeff() > 0.0);
        // Simulations differ from one another.
        QVERIFY((draws[0].col(0) - draws[0].col(39)).cwiseAbs().minCoeff() > 0.0);
    }

    void duplicated_points_agree_and_sites_are_honoured() {
        Problem p = problem(40, 30, 2);
        p.points.deformed.bottomRows(10) = p.points.deformed.topRows(10).eval();
        p.points.log_scale.bottomRows(10) = p.points.log_scale.topRows(10).eval();
        p.trend.bottomRows(10) = p.trend.topRows(10).eval();
        p.points.deformed.row(15) = p.sites.deformed.row(3);
        p.points.log_scale(15) = p.sites.log_scale(3);
        p.trend.row(15) = p.data.trend.row(3);
        LocalKrigingParameters parameters = parameters_with(Smoothness::three_halves, 20);
        (void)exact_moments(p, parameters);
        parameters.nugget_ratio = 0.0;
        const LocalKriging kriging(p.data, p.sites, parameters);
        DrawOptions options;
        options.count = 10;
        const Matrix draws = kriging.draw(p.points, p.trend, options, {}, {});
        QVERIFY((draws.topRows(10) - draws.bottomRows(10)).cwiseAbs().maxCoeff() < 1e-3);
        QVERIFY((draws.row(15).array() - p.data.values(3)).abs().maxCoeff() < 1e-3);
    }

    void cancelled_and_bad_calls() {
        const Problem p = problem(30, 50, 2);
        LocalKrigingParameters parameters = parameters_with(Smoothness::half, 10);
        (void)exact_moments(p, parameters);
        const LocalKriging kriging(p.data, p.sites, parameters);
        const auto code_of = [](const std::function<void()>& work) {
            try {
                work();
            } catch (const Error& error) {
                return error.code();
            }
            return ErrorCode::input_output;
        };
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(code_of([&] { (void)kriging.draw(p.points, p.trend, {}, {}, stop.get_token()); }), ErrorCode::cancelled);
        DrawOptions options;
        options.count = 0;
        QCOMPARE(code_of([&] { (void)kriging.draw(p.points, p.trend, options, {}, {}); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)kriging.draw(p.points, Matrix::Ones(50, 1), {}, {}, {}); }), ErrorCode::dimension_mismatch);
        SiteFeatures bad = p.points;
        bad.deformed(7, 0) = std::numeric_limits<double>::infinity();
        QCOMPARE(code_of([&] { (void)kriging.draw(bad, p.trend, {}, {}, {}); }), ErrorCode::not_finite);
        double last = 0.0;
        (void)kriging.draw(p.points, p.trend, {}, [&](const Progress& progress) { last = progress.fraction; }, {});
        QCOMPARE(last, 1.0);
        QCOMPARE(kriging.draw({Points(0, 2), {}}, Matrix(0, 2), {}, {}, {}).rows(), Index(0));
    }
};

QTEST_GUILESS_MAIN(TestSequentialSimulation)
#include "test_sequential_simulation.moc"
