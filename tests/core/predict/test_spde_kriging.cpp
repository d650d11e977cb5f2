// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>

#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/spde_likelihood.h"
#include "core/predict/kriging_system.h"
#include "tests/core/spde_fixture.h"

using namespace anamorph;
using namespace anamorph::testing;

class TestSpdeKriging : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void leave_one_out_equals_refitting() {
        const Index n = 40;
        Points x = random_points(n, 2, 19);
        x.topRows(2) << -1.0, -1.0, 1.0, 1.0;  // they span the mesh
        const Vector z = random_points(n, 1, 20), l = 0.4 * random_points(n, 1, 21);
        const Matrix h = Matrix::Ones(n, 1);
        const double log_eta = -1.5;
        SpdeLikelihood all({z, h, {}}, Smoothness::one, mesh_options(0.4, 0.3), x, 0.0);
        const Points v = bent(all.auxiliary_points());
        ProfiledValue at;
        QVERIFY(all.evaluate({bent(x), l, v}, log_eta, true, at));
        for (Index i : {Index(2), Index(17), n - 1}) {
            Points others(n - 1, 2);
            Vector zo(n - 1), lo(n - 1);
            for (Index j = 0, k = 0; j < n; ++j)
                if (j != i) others.row(k) = x.row(j), zo(k) = z(j), lo(k) = l(j), ++k;
            SpdeLikelihood rest({zo, Matrix::Ones(n - 1, 1), {}}, Smoothness::one, mesh_options(0.4, 0.3), others, 0.0);
            QCOMPARE(rest.auxiliary_points(), all.auxiliary_points());
            rest.fix_partial_sill(at.partial_sill);
            const auto system = rest.kriging_system({bent(others), lo, v}, log_eta);
            QVERIFY(system != nullptr);
            Vector mean, variance;
            system->predict({bent(x.row(i)), l.segment(i, 1), {}, x.row(i)}, h.row(i), true, mean, variance);
            QVERIFY(std::abs(variance(0) / at.leave_one_out_variance(i) - 1.0) < 1e-8);
            const double standardised = (z(i) - mean(0)) / std::sqrt(variance(0));
            QVERIFY(std::abs(standardised - at.leave_one_out_residual(i)) < 1e-8);
        }
    }

    void kriging_is_close_to_exact() {
        const Index n = 200, m = 60;
        const double range = 0.35, log_eta = std::log(0.05);
        const Points x = random_points(n, 2, 22), p = random_points(m, 2, 23);
        Matrix h(n, 2), hp(m, 2);
        h << Vector::Ones(n), x.col(0);
        hp << Vector::Ones(m), p.col(0);
        const Vector l = 0.3 * x.col(1), lp = 0.3 * p.col(1);
        const Observations data{sample(x / range, Smoothness::one, 0.05, 24), h, {}};
        ExactLikelihood exact(data, Smoothness::one);
        SpdeLikelihood spde(data, Smoothness::one, mesh_options(0.05, 0.5), x);
        exact.fix_partial_sill(1.3);
        spde.fix_partial_sill(1.3);
        const auto truth = exact.kriging_system({x / range, l}, log_eta);
        const auto system = spde.kriging_system({x / range, l, spde.auxiliary_points() / range}, log_eta);
        QVERIFY(truth && system);
        QCOMPARE(system->partial_sill(), 1.3);
        QVERIFY((system->trend_coefficients() - truth->trend_coefficients()).norm() < 0.01);
        for (const bool of_observation : {false, true}) {
            Vector mean, variance, true_mean, true_variance;
            truth->predict({p / range, lp}, hp, of_observation, true_mean, true_variance);
            system->predict({p / range, lp, {}, p}, hp, of_observation, mean, variance);
            const double worst_mean = (mean - true_mean).cwiseAbs().maxCoeff();
            const double worst_sd = (variance.cwiseSqrt() - true_variance.cwiseSqrt()).cwiseAbs().maxCoeff();
            QVERIFY2(worst_mean < 0.03 && worst_sd < 0.02, qPrintable(QString("%1 %2").arg(worst_mean).arg(worst_sd)));
        }
        // Far outside the mesh: the trend and the prior variance; no draws there.
        const Points away = Points::Constant(1, 2, 9.0);
        Vector mean, variance;
        const Matrix one = (Matrix(1, 2) << 1.0, 9.0).finished();
        system->predict({away / range, {}, {}, away}, one, false, mean, variance);
        QVERIFY(std::abs(mean(0) - one.row(0).dot(system->trend_coefficients())) < 1e-12);
        QVERIFY(variance(0) > 1.3);
        QCOMPARE(code_of([&] { (void)system->draw({away / range, {}, {}, away}, one, {}); }), ErrorCode::unsupported);
        QCOMPARE(code_of([&] { system->predict({p / range, lp}, hp, false, mean, variance); }),
                 ErrorCode::dimension_mismatch);
    }

    void draws_have_the_moments_of_the_prediction() {
        const Index n = 80, m = 6;
        const Points x = random_points(n, 2, 25), p = 0.8 * random_points(m, 2, 26);
        const Matrix h = Matrix::Ones(n, 1), hp = Matrix::Ones(m, 1);
        const Vector lp = 0.4 * p.col(0), l = 0.4 * x.col(0);
        SpdeLikelihood spde({sample(bent(x), Smoothness::one, 0.1, 27), h, {}}, Smoothness::one,
                            mesh_options(0.25, 0.3), x);
        const auto system = spde.kriging_system({bent(x), l, bent(spde.auxiliary_points())}, std::log(0.1));
        QVERIFY(system != nullptr);
        const SiteFeatures at{bent(p), lp, {}, p};
        for (const bool of_observation : {false, true}) {
            DrawOptions options;
            options.count = 4000;
            options.seed = 3;
            options.of_observation = of_observation;
            const Matrix draws = system->draw(at, hp, options);
            QCOMPARE(draws.rows(), m);
            Vector mean, variance;
            system->predict(at, hp, of_observation, mean, variance);
            const Vector average = draws.rowwise().mean();
            const Matrix centred = draws.colwise() - average;
            for (Index i = 0; i < m; ++i) {
                const double sd = std::sqrt(variance(i));
                QVERIFY(std::abs(average(i) - mean(i)) < 4.0 * sd / std::sqrt(4000.0));
                QVERIFY(std::abs(centred.row(i).squaredNorm() / 3999.0 / variance(i) - 1.0) <
                        5.0 * std::sqrt(2.0 / 3999.0));
            }
            options.count = 3;
            QCOMPARE(system->draw(at, hp, options), draws.leftCols(3));
        }
        // Joint: two points close together move together, two far apart do not.
        Points pair(3, 2);
        pair << 0.1, 0.1, 0.12, 0.1, -0.8, -0.8;
        DrawOptions options;
        options.count = 2000;
        const Matrix draws = system->draw({bent(pair), {}, {}, pair}, Matrix::Ones(3, 1), options);
        const Matrix centred = draws.colwise() - draws.rowwise().mean();
        const Matrix c = centred * centred.transpose();
        QVERIFY(c(0, 1) / std::sqrt(c(0, 0) * c(1, 1)) > 0.95);
        QVERIFY(std::abs(c(0, 2)) / std::sqrt(c(0, 0) * c(2, 2)) < 0.2);
    }

    // ν = 1/2: what a coarse mesh lacks of the variance is there in predictions and in draws.
    void rough_fields_have_their_variance_data() {
        QTest::addColumn<int>("d");
        QTest::newRow("d = 1, order 1") << 1;
        QTest::newRow("d = 3, order 2") << 3;
    }
    void rough_fields_have_their_variance() {
        QFETCH(int, d);
        const Index n = 30, m = 8;
        const Points x = random_points(n, d, 50), p = 0.6 * random_points(m, d, 51);
        SpdeLikelihood spde({random_points(n, 1, 52), Matrix(n, 0), {}}, Smoothness::half,
                            mesh_options(d == 1 ? 0.3 : 0.7, 0.4, d == 1 ? 1 : 2), x);
        spde.fix_partial_sill(1.0);
        const SiteFeatures features{2.0 * x, {}, 2.0 * spde.auxiliary_points()}, at{2.0 * p, {}, {}, p};
        Vector mean, variance;
        const auto prior = spde.kriging_system(features, 15.0);  // the data say nothing
        QVERIFY(prior != nullptr);
        prior->predict(at, Matrix(m, 0), false, mean, variance);
        QVERIFY2(variance.minCoeff() > 1.0 - 1e-4 && variance.maxCoeff() < 1.05,
                 qPrintable(QString("%1 %2").arg(variance.minCoeff()).arg(variance.maxCoeff())));
        const auto system = spde.kriging_system(features, -1.0);
        QVERIFY(system != nullptr);
        system->predict(at, Matrix(m, 0), false, mean, variance);
        DrawOptions options;
        options.count = 4000;
        const Matrix draws = system->draw(at, Matrix(m, 0), options);
        for (Index i = 0; i < m; ++i) {
            const double average = draws.row(i).mean();
            QVERIFY(std::abs(average - mean(i)) < 4.0 * std::sqrt(variance(i) / 4000.0));
            QVERIFY(std::abs((draws.row(i).array() - average).square().sum() / 3999.0 / variance(i) - 1.0) <
                    5.0 * std::sqrt(2.0 / 3999.0));
        }
    }
};

QTEST_GUILESS_MAIN(TestSpdeKriging)
#include "test_spde_kriging.moc"
