// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <random>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/inducing_sites.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/make_likelihood.h"
#include "core/likelihood/predictive_process_likelihood.h"
#include "core/predict/kriging_system.h"

using namespace anamorph;

namespace {

Points random_points(Index n, int d, unsigned seed) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    Points x(n, d);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = uniform(engine);
    return x;
}

/// Sites, values, a linear trend, weights, a log-scale: everything a likelihood takes.
struct Case {
    Points u, v;
    Vector l;
    Observations data;

    Case(Index n, Index k, int d) {
        u = 2.0 * random_points(n, d, 3);
        v = 2.0 * random_points(k, d, 11);
        if (d == 1) u *= 5.0, v *= 5.0;
        l = 0.5 * random_points(n, 1, 4);
        Matrix h(n, 2);
        h << Vector::Ones(n), u.col(0);
        data = {random_points(n, 1, 5), h, (random_points(n, 1, 6).array() + 2.0).matrix()};
    }
};

bool close(double a, double b, double tolerance) {
    return std::abs(a - b) <= tolerance * (1.0 + std::abs(b));
}

/// The covariance that the predictive process stands for, written out n×n.
Matrix dense_covariance(const Case& c, Smoothness nu, double eta, double jitter, bool fitc) {
    Matrix vv = cross_correlation(nu, c.v, c.v);
    vv.diagonal().array() += 1e-8;
    const Matrix uv = cross_correlation(nu, c.u, c.v);
    Matrix k = uv * CholeskyFactor(vv).solve(uv.transpose());
    if (fitc) k.diagonal().setOnes();
    k.diagonal() += eta * c.data.noise_scale + Vector::Constant(c.u.rows(), jitter);
    return k;
}

}  // namespace

class TestPredictiveProcess : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equals_its_covariance_written_out_data() {
        QTest::addColumn<bool>("fitc");
        QTest::newRow("predictive process") << false;
        QTest::newRow("FITC") << true;
    }
    void equals_its_covariance_written_out() {
        QFETCH(bool, fitc);
        const Case c(80, 15, 2);
        const double log_eta = -2.0;
        PredictiveProcessLikelihood likelihood(c.data, Smoothness::three_halves, c.v, {fitc, false});
        ProfiledValue at;
        QVERIFY(likelihood.evaluate({c.u, c.l, c.v}, log_eta, true, at));

        const Matrix k = dense_covariance(c, Smoothness::three_halves, std::exp(log_eta), 1e-8, fitc);
        const Vector s = (0.5 * c.l.array()).exp();
        const Vector z = c.data.values.cwiseQuotient(s);
        const Matrix h = (c.data.trend.array().colwise() / s.array()).matrix();
        const CholeskyFactor factor(k);
        const Matrix information = h.transpose() * factor.solve(h);
        const Vector beta = CholeskyFactor(information).solve(h.transpose() * factor.solve(z));
        const Vector y = z - h * beta, dual = factor.solve(y);
        const double n = 80.0, sill = y.dot(dual) / n;
        const double value = 0.5 * n * (std::log(2.0 * M_PI * sill) + 1.0) +
                             factor.half_log_determinant() +
                             0.5 * c.l.sum();
        QVERIFY(close(at.negative_log_likelihood, value, 1e-10));
        QVERIFY(close(at.partial_sill, sill, 1e-10));
        QVERIFY((at.trend_coefficients - beta).norm() < 1e-9);
        // Leave-one-out from the dense inverse (Dubrule 1983).
        const Matrix inverse = factor.solve(Matrix::Identity(80, 80));
        const Matrix w = inverse * h;
        const Matrix precision = inverse - w * CholeskyFactor(information).solve(w.transpose());
        for (Index i : {Index(0), Index(41)}) {
            QVERIFY(close(at.leave_one_out_variance(i), sill * s(i) * s(i) / precision(i, i), 1e-8));
            QVERIFY(close(at.leave_one_out_residual(i), dual(i) / std::sqrt(precision(i, i) * sill), 1e-8));
        }
    }

    void gradient_equals_finite_differences_data() {
        QTest::addColumn<int>("smoothness");
        QTest::addColumn<int>("dimension");
        QTest::addColumn<bool>("fitc");
        QTest::addColumn<bool>("fixed_sill");
        for (auto s : {Smoothness::half, Smoothness::three_halves, Smoothness::five_halves,
                       Smoothness::infinite})
            for (int d = 1; d <= 3; ++d)
                for (bool fitc : {false, true})
                    QTest::addRow("%s, d = %d%s", to_string(s).c_str(), d, fitc ? ", FITC" : "")
                        << static_cast<int>(s) << d << fitc << (d == 2);
    }
    void gradient_equals_finite_differences() {
        QFETCH(int, smoothness);
        QFETCH(int, dimension);
        QFETCH(bool, fitc);
        QFETCH(bool, fixed_sill);
        Case c(60, 12, dimension);
        PredictiveProcessLikelihood likelihood(c.data, static_cast<Smoothness>(smoothness), c.v,
                                               {fitc, true});
        if (fixed_sill) likelihood.fix_partial_sill(0.4);
        const double log_eta = -1.5, e = 1e-5;
        ProfiledValue at, plus, minus;
        QVERIFY(likelihood.evaluate({c.u, c.l, c.v}, log_eta, true, at));
        auto difference = [&](double& coordinate) {
            const double kept = coordinate;
            coordinate = kept + e;
            const bool a = likelihood.evaluate({c.u, c.l, c.v}, log_eta, false, plus);
            coordinate = kept - e;
            const bool b = likelihood.evaluate({c.u, c.l, c.v}, log_eta, false, minus);
            coordinate = kept;
            return a && b ? (plus.negative_log_likelihood - minus.negative_log_likelihood) / (2 * e)
                          : std::nan("");
        };
        for (Index i = 0; i < 60; i += 13) {
            for (int k = 0; k < dimension; ++k)
                QVERIFY(close(at.d_deformed(i, k), difference(c.u(i, k)), 1e-6));
            QVERIFY(close(at.d_log_scale(i), difference(c.l(i)), 1e-6));
        }
        for (Index j = 0; j < c.v.rows(); j += 3)
            for (int k = 0; k < dimension; ++k)
                QVERIFY(close(at.d_auxiliary(j, k), difference(c.v(j, k)), 1e-6));
        QVERIFY(likelihood.evaluate({c.u, c.l, c.v}, log_eta + e, false, plus));
        QVERIFY(likelihood.evaluate({c.u, c.l, c.v}, log_eta - e, false, minus));
        QVERIFY(close(at.d_log_nugget_ratio,
                      (plus.negative_log_likelihood - minus.negative_log_likelihood) / (2 * e), 1e-6));
    }

    // Every site an inducing site: value, σ², β, leave-one-out and, moving sites and inducing sites
    // together, the gradient of the exact likelihood.
    void all_sites_inducing_is_exact_data() {
        QTest::addColumn<int>("smoothness");
        for (auto s : {Smoothness::half, Smoothness::three_halves, Smoothness::five_halves})
            QTest::addRow("%s", to_string(s).c_str()) << static_cast<int>(s);
    }
    void all_sites_inducing_is_exact() {
        QFETCH(int, smoothness);
        const Case c(120, 5, 2);
        const auto nu = static_cast<Smoothness>(smoothness);
        ExactLikelihood exact(c.data, nu);
        PredictiveProcessLikelihood likelihood(c.data, nu, c.u, {true, false});
        for (double log_eta : {-1.0, -4.0}) {
            ProfiledValue a, b;
            QVERIFY(exact.evaluate({c.u, c.l}, log_eta, true, a));
            QVERIFY(likelihood.evaluate({c.u, c.l, c.u}, log_eta, true, b));
            QVERIFY2(close(b.negative_log_likelihood, a.negative_log_likelihood, 1e-6),
                     qPrintable(QString::number(b.negative_log_likelihood - a.negative_log_likelihood)));
            QVERIFY(close(b.partial_sill, a.partial_sill, 1e-6));
            QVERIFY((b.trend_coefficients - a.trend_coefficients).norm() < 1e-6);
            QVERIFY((b.d_deformed + b.d_auxiliary - a.d_deformed).cwiseAbs().maxCoeff() <
                    1e-5 * (1.0 + a.d_deformed.cwiseAbs().maxCoeff()));
            QVERIFY(close(b.d_log_nugget_ratio, a.d_log_nugget_ratio, 1e-5));
            QVERIFY((b.leave_one_out_residual - a.leave_one_out_residual).cwiseAbs().maxCoeff() < 1e-5);
        }
        // Kriging too.
        const auto global = exact.kriging_system({c.u, c.l}, -2.0);
        const auto low_rank = likelihood.kriging_system({c.u, c.l, c.u}, -2.0);
        QVERIFY(global && low_rank);
        const Points at = 2.0 * random_points(30, 2, 21);
        const Vector l = 0.3 * random_points(30, 1, 22);
        Matrix h(30, 2);
        h << Vector::Ones(30), at.col(0);
        Vector m0, v0, m1, v1;
        for (bool observation : {false, true}) {
            global->predict({at, l}, h, observation, m0, v0);
            low_rank->predict({at, l}, h, observation, m1, v1);
            QVERIFY((m1 - m0).cwiseAbs().maxCoeff() < 1e-6);
            QVERIFY((v1 - v0).cwiseQuotient(v0).cwiseAbs().maxCoeff() < 1e-6);
        }
    }

    void kriging_equals_its_covariance_written_out_data() { equals_its_covariance_written_out_data(); }
    void kriging_equals_its_covariance_written_out() {
        QFETCH(bool, fitc);
        const Case c(70, 14, 2);
        const auto nu = Smoothness::three_halves;
        const double eta = 0.2;
        PredictiveProcessLikelihood likelihood(c.data, nu, c.v, {fitc, false}, 0.0);
        likelihood.fix_partial_sill(0.7);
        const auto system = likelihood.kriging_system({c.u, c.l, c.v}, std::log(eta));
        QVERIFY(system);
        const Points at = 2.0 * random_points(6, 2, 31);
        const Vector l = 0.3 * random_points(6, 1, 32);
        Matrix h(6, 2);
        h << Vector::Ones(6), at.col(0);
        Vector mean, variance;
        system->predict({at, l}, h, true, mean, variance);

        const Matrix k = dense_covariance(c, nu, eta, 0.0, fitc);
        Matrix vv = cross_correlation(nu, c.v, c.v);
        vv.diagonal().array() += 1e-8;
        const CholeskyFactor inducing(vv);
        const Matrix cross = cross_correlation(nu, c.u, c.v) * inducing.solve(cross_correlation(nu, c.v, at));
        const Vector s = (0.5 * c.l.array()).exp();
        const Vector z = c.data.values.cwiseQuotient(s);
        const Matrix ht = (c.data.trend.array().colwise() / s.array()).matrix();
        const CholeskyFactor factor(k);
        const CholeskyFactor information(ht.transpose() * factor.solve(ht));
        const Vector beta = information.solve(ht.transpose() * factor.solve(z));
        for (Index i = 0; i < 6; ++i) {
            const double scale = std::exp(0.5 * l(i));
            const Vector w = factor.solve(cross.col(i));
            const Vector rest = h.row(i).transpose() / scale - ht.transpose() * w;
            const Matrix own = cross_correlation(nu, c.v, at.row(i));
            const double prior = fitc ? 1.0 : own.col(0).dot(inducing.solve(own.col(0)));
            QVERIFY(close(mean(i), h.row(i).dot(beta) + scale * w.dot(z - ht * beta), 1e-9));
            QVERIFY(close(variance(i),
                          0.7 * scale * scale *
                              (prior + eta - cross.col(i).dot(w) + rest.dot(information.solve(rest))),
                          1e-8));
        }
    }

    void draws_have_the_moments_of_the_prediction() {
        const Case c(70, 14, 2);
        PredictiveProcessLikelihood likelihood(c.data, Smoothness::three_halves, c.v, {true, false});
        const auto system = likelihood.kriging_system({c.u, c.l, c.v}, std::log(0.2));
        QVERIFY(system);
        const Points at = 2.0 * random_points(5, 2, 31);
        Matrix h(5, 2);
        h << Vector::Ones(5), at.col(0);
        const int count = 40'000;
        for (bool observation : {false, true}) {
            Vector mean, variance;
            system->predict({at, {}}, h, observation, mean, variance);
            const Matrix draws = system->draw({at, {}}, h, {count, 3, observation});
            for (Index i = 0; i < 5; ++i) {
                const double m = draws.row(i).mean();
                const double v = (draws.row(i).array() - m).square().mean();
                QVERIFY(std::abs(m - mean(i)) < 4.5 * std::sqrt(variance(i) / count));
                QVERIFY(std::abs(v / variance(i) - 1.0) < 4.5 * std::sqrt(2.0 / count));
            }
        }
        QVERIFY(system->draw({at, {}}, h, {3, 7, false}) == system->draw({at, {}}, h, {3, 7, false}));
    }

    void one_and_two_threads_agree() {
        const Case c(2500, 40, 2);
        PredictiveProcessLikelihood likelihood(c.data, Smoothness::three_halves, c.v, {true, true});
        ProfiledValue one, two;
        {
            const ThreadCount threads(1);
            QVERIFY(likelihood.evaluate({c.u, c.l, c.v}, -2.0, true, one));
        }
        {
            const ThreadCount threads(2);
            QVERIFY(likelihood.evaluate({c.u, c.l, c.v}, -2.0, true, two));
        }
        QVERIFY(close(two.negative_log_likelihood, one.negative_log_likelihood, 1e-12));
        QVERIFY((two.d_auxiliary - one.d_auxiliary).norm() < 1e-11 * one.d_auxiliary.norm());
        QVERIFY((two.d_deformed - one.d_deformed).norm() < 1e-11 * one.d_deformed.norm());
    }

    void inducing_sites_are_spread_and_distinct_data() {
        QTest::addColumn<int>("placement");
        QTest::newRow("k-means") << static_cast<int>(InducingPlacement::k_means);
        QTest::newRow("maximin") << static_cast<int>(InducingPlacement::maximin);
    }
    void inducing_sites_are_spread_and_distinct() {
        QFETCH(int, placement);
        const auto kind = static_cast<InducingPlacement>(placement);
        Points x = random_points(600, 2, 5);
        x.bottomRows(200) = x.topRows(200);  // duplicates
        const Points v = inducing_sites(x, 50, kind);
        QCOMPARE(v.rows(), Index(50));
        QVERIFY(inducing_sites(x, 50, kind) == v);
        double closest = 1e9, widest = 0.0;
        for (Index i = 0; i < 50; ++i)
            for (Index j = 0; j < i; ++j) closest = std::min(closest, (v.row(i) - v.row(j)).norm());
        for (Index i = 0; i < 600; ++i)
            widest = std::max(widest, std::sqrt((v.rowwise() - x.row(i)).rowwise().squaredNorm().minCoeff()));
        QVERIFY(closest > 0.05);  // 50 points of a 2×2 square: a lattice has spacing 0.28
        QVERIFY(widest < 0.45);
        // More than there are distinct sites: those.
        QCOMPARE(inducing_sites(x, 1000, kind).rows(), Index(400));
    }

    void factory_makes_it() {
        LikelihoodOptions options;
        options.kind = LikelihoodKind::predictive_process;
        options.inducing_sites = 20;
        const Points x = random_points(100, 2, 9);
        const auto likelihood = make_likelihood({random_points(100, 1, 8), Matrix(100, 0), {}},
                                                Smoothness::half, options, x);
        QCOMPARE(likelihood->auxiliary_points().rows(), Index(20));
        QVERIFY(!likelihood->auxiliary_points_free());
        ProfiledValue at;
        QVERIFY(likelihood->clone()->evaluate({x, {}, likelihood->auxiliary_points()}, -1.0, true, at));
        try {
            (void)likelihood->evaluate({x, {}}, -1.0, true, at);
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::dimension_mismatch);
        }
    }
};

QTEST_GUILESS_MAIN(TestPredictiveProcess)
#include "test_predictive_process.moc"
