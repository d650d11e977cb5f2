// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/tapered_likelihood.h"
#include "core/predict/kriging_system.h"

using namespace anamorph;

namespace {

Points random_points(Index n, int d, unsigned seed) {
    RandomStream random(seed);
    Points x(n, d);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform(-1.0, 1.0);
    return x;
}

struct Sample {
    Points x;
    Observations data;
    SiteFeatures sites, at;
    Matrix trend_at;
};

/// n sites, m points, of which the first is a site and the last far from all.
Sample sample(Index n, Index m) {
    Sample s;
    s.x = random_points(n, 2, 3);
    s.sites = {3.0 * s.x, 0.5 * random_points(n, 1, 4)};
    s.data.values = (2.0 * s.x.col(0).array().sin() + random_points(n, 1, 5).array()).matrix();
    s.data.trend.resize(n, 2);
    s.data.trend << Vector::Ones(n), s.x.col(0);
    s.data.noise_scale = (random_points(n, 1, 6).array() + 2.0).matrix();
    s.at = {3.0 * random_points(m, 2, 7), 0.5 * random_points(m, 1, 8)};
    s.at.deformed.row(0) = s.sites.deformed.row(0);
    s.at.deformed.row(m - 1).setConstant(30.0);
    s.trend_at.resize(m, 2);
    s.trend_at << Vector::Ones(m), s.at.deformed.col(0) / 3.0;
    return s;
}

LikelihoodOptions options_of(TaperForm form, double range) {
    LikelihoodOptions options;
    options.taper_form = form;
    options.taper_range = range;
    return options;
}

}  // namespace

class TestTaperedKriging : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void infinite_range_equals_global_kriging_data() {
        QTest::addColumn<int>("form");
        QTest::newRow("one taper") << 0;
        QTest::newRow("two tapers") << 1;
    }
    void infinite_range_equals_global_kriging() {
        QFETCH(int, form);
        const Sample s = sample(150, 130);
        TaperedLikelihood tapered(s.data, Smoothness::three_halves,
                                  options_of(static_cast<TaperForm>(form), 1e6), s.x);
        ExactLikelihood exact(s.data, Smoothness::three_halves);
        const auto a = tapered.kriging_system(s.sites, -1.5), b = exact.kriging_system(s.sites, -1.5);
        QVERIFY(a && b);
        QVERIFY(std::abs(a->partial_sill() / b->partial_sill() - 1.0) < 1e-8);
        QVERIFY((a->trend_coefficients() - b->trend_coefficients()).norm() < 1e-8);
        for (const bool of_observation : {false, true}) {
            Vector mean_a, variance_a, mean_b, variance_b;
            a->predict(s.at, s.trend_at, of_observation, mean_a, variance_a);
            b->predict(s.at, s.trend_at, of_observation, mean_b, variance_b);
            QVERIFY((mean_a - mean_b).cwiseAbs().maxCoeff() < 1e-8);
            QVERIFY((variance_a - variance_b).cwiseAbs().maxCoeff() < 1e-8);
        }
    }

    // The same equations with dense matrices.
    void equals_the_dense_formula() {
        const Index n = 150, m = 130;
        const Sample s = sample(n, m);
        const double range = 0.5, eta = 0.2, jitter = 1e-8;
        TaperedLikelihood likelihood(s.data, Smoothness::five_halves,
                                     options_of(TaperForm::one_taper, range), s.x, jitter);
        const auto system = likelihood.kriging_system(s.sites, std::log(eta));
        QVERIFY(system);
        const double factor =
            TaperRange{range, root_mean_square_spread(s.x)}.squared_factor(s.sites.deformed);
        auto covariance = [&](const Points& a, const Points& b) {
            Matrix c(a.rows(), b.rows());
            for (Index j = 0; j < b.rows(); ++j)
                for (Index i = 0; i < a.rows(); ++i) {
                    const double h2 = (a.row(i) - b.row(j)).squaredNorm(), r2 = factor * h2;
                    taper(Taper::wendland_2, &r2, 1, &c(i, j));
                    c(i, j) *= correlation_at(Smoothness::five_halves, std::sqrt(h2));
                }
            return c;
        };
        Matrix c = covariance(s.sites.deformed, s.sites.deformed);
        c.diagonal().array() += jitter + eta * s.data.noise_scale.array();
        const Matrix rho = covariance(s.sites.deformed, s.at.deformed);
        const Vector inverse_scale = (-0.5 * s.sites.log_scale.array()).exp();
        const Vector scale = (0.5 * s.at.log_scale.array()).exp();
        const Vector z = inverse_scale.cwiseProduct(s.data.values);
        const Matrix h = inverse_scale.asDiagonal() * s.data.trend;
        const CholeskyFactor llt(c);
        const Matrix information = h.transpose() * llt.solve(h);
        const Vector beta = SymmetricFactor(information).solve(h.transpose() * llt.solve(z));
        const Vector dual = llt.solve(z - h * beta);
        const double sill = dual.dot(z - h * beta) / static_cast<double>(n);
        Vector mean, variance;
        system->predict(s.at, s.trend_at, false, mean, variance);
        const Matrix solved = llt.solve(rho);
        for (Index j = 0; j < m; ++j) {
            const Vector miss = s.trend_at.row(j).transpose() / scale(j) - h.transpose() * solved.col(j);
            const double expected = s.trend_at.row(j).dot(beta) + scale(j) * rho.col(j).dot(dual);
            const double expected_variance =
                sill * scale(j) * scale(j) *
                (1.0 - rho.col(j).dot(solved.col(j)) + miss.dot(SymmetricFactor(information).solve(miss)));
            QVERIFY(std::abs(mean(j) - expected) < 1e-10);
            QVERIFY(std::abs(variance(j) - expected_variance) < 1e-10 * (1.0 + expected_variance));
        }
    }

    void draws_have_the_kriging_moments_data() {
        QTest::addColumn<bool>("of_observation");
        QTest::newRow("signal") << false;
        QTest::newRow("observation") << true;
    }
    void draws_have_the_kriging_moments() {
        QFETCH(bool, of_observation);
        const Index m = 40;
        const Sample s = sample(80, m);
        TaperedLikelihood likelihood(s.data, Smoothness::three_halves,
                                     options_of(TaperForm::one_taper, 0.7), s.x);
        const auto system = likelihood.kriging_system(s.sites, -1.5);
        Vector mean, variance;
        system->predict(s.at, s.trend_at, of_observation, mean, variance);
        const int count = 20000;
        const Matrix draws = system->draw(s.at, s.trend_at, {count, 11, of_observation});
        QCOMPARE(draws.rows(), m);
        QCOMPARE(draws.cols(), Index(count));
        const Vector average = draws.rowwise().mean();
        const Vector spread = (draws.colwise() - average).rowwise().squaredNorm() / (count - 1.0);
        for (Index j = 0; j < m; ++j) {
            QVERIFY(std::abs(average(j) - mean(j)) < 5.0 * std::sqrt(variance(j) / count));
            QVERIFY(std::abs(spread(j) / variance(j) - 1.0) < 5.0 * std::sqrt(2.0 / count));
        }
        // Jointly: the same point twice is the same draw but for nugget and jitter.
        SiteFeatures pair = {s.at.deformed.middleRows(5, 2), s.at.log_scale.middleRows(5, 2)};
        pair.deformed.row(1) = pair.deformed.row(0);
        pair.log_scale(1) = pair.log_scale(0);
        const Matrix trend = s.trend_at.row(5).replicate(2, 1);
        const Matrix twice = system->draw(pair, trend, {50, 3, false});
        QVERIFY((twice.row(0) - twice.row(1)).cwiseAbs().maxCoeff() < 2e-3 * std::sqrt(variance(5)));
        const Matrix again = system->draw(pair, trend, {50, 3, false});
        QVERIFY(again == twice);
    }

    void draw_can_be_cancelled() {
        const Sample s = sample(60, 20);
        TaperedLikelihood likelihood(s.data, Smoothness::half, options_of(TaperForm::one_taper, 0.5), s.x);
        const auto system = likelihood.kriging_system(s.sites, -1.5);
        std::stop_source stop;
        stop.request_stop();
        try {
            (void)system->draw(s.at, s.trend_at, {}, {}, stop.get_token());
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::cancelled);
        }
    }
};

QTEST_GUILESS_MAIN(TestTaperedKriging)
#include "test_tapered_kriging.moc"
