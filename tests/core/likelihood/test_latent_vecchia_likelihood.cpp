// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <numbers>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/latent_vecchia_likelihood.h"
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
    Points x, u;
    Observations data;
    Vector log_scale;
    SiteFeatures features() const { return {u, log_scale}; }
};

Sample sample(Index n, int d) {
    Sample s;
    s.x = random_points(n, d, 3);
    s.u = 2.0 * s.x;
    if (d == 1) s.u *= 5.0;
    s.data.values = random_points(n, 1, 5);
    s.data.trend.resize(n, 2);
    s.data.trend << Vector::Ones(n), s.x.col(0);
    s.data.noise_scale = (random_points(n, 1, 6).array() + 2.0).matrix();
    s.log_scale = 0.5 * random_points(n, 1, 4);
    return s;
}

LikelihoodOptions options_of(int neighbours) {
    LikelihoodOptions options;
    options.kind = LikelihoodKind::vecchia;
    options.nugget_form = NuggetForm::latent;
    options.neighbours = neighbours;
    return options;
}

/// C = (B'D⁻¹B)⁻¹ + η diag(noise), dense, from the simple kriging of each site on its set.
Matrix dense_covariance(const Sample& s, const ConditioningSets& sets, Smoothness smoothness,
                        double jitter, double eta) {
    const Index n = s.u.rows(), m = sets.neighbour_count;
    Matrix r = cross_correlation(smoothness, s.u, s.u);
    r.diagonal().array() += jitter;
    Matrix b = Matrix::Identity(n, n);
    Vector d(n);
    for (Index i = 0; i < n; ++i) {
        std::vector<int> c;
        for (Index k = 0; k < m; ++k)
            if (sets.neighbours[static_cast<std::size_t>(i * m + k)] >= 0)
                c.push_back(sets.neighbours[static_cast<std::size_t>(i * m + k)]);
        d(i) = r(i, i);
        if (c.empty()) continue;
        const Vector rho = r(c, i);
        const Vector weight = CholeskyFactor(Matrix(r(c, c))).solve(rho);
        d(i) -= weight.dot(rho);
        for (std::size_t k = 0; k < c.size(); ++k) b(i, c[k]) = -weight(static_cast<Index>(k));
    }
    Matrix covariance = matrix_inverse(b.transpose() * d.cwiseInverse().asDiagonal() * b);
    covariance.diagonal() += eta * s.data.noise_scale;
    return covariance;
}

}  // namespace

class TestLatentVecchiaLikelihood : public QObject {
    Q_OBJECT
    static void each_smoothness() {
        QTest::addColumn<int>("smoothness");
        QTest::addColumn<int>("dimension");
        for (int s = static_cast<int>(Smoothness::half); s <= static_cast<int>(Smoothness::infinite); ++s)
            for (int d = 1; d <= 3; ++d)
                QTest::addRow("%s, d = %d", to_string(static_cast<Smoothness>(s)).c_str(), d) << s << d;
    }
private Q_SLOTS:
    void all_earlier_sites_equal_exact_data() { each_smoothness(); }
    void all_earlier_sites_equal_exact() {
        QFETCH(int, smoothness);
        QFETCH(int, dimension);
        const Index n = 70;
        const Sample s = sample(n, dimension);
        const auto nu = static_cast<Smoothness>(smoothness);
        // The Gaussian covariance needs a jitter above its rounding errors.
        const double jitter = nu == Smoothness::infinite ? 1e-5 : 1e-8;
        LatentVecchiaLikelihood latent(s.data, nu, options_of(static_cast<int>(n) - 1), s.x, jitter);
        ExactLikelihood exact(s.data, nu, jitter);
        for (const double sill : {0.0, 0.3}) {
            latent.fix_partial_sill(sill);
            exact.fix_partial_sill(sill);
            ProfiledValue a, b;
            QVERIFY(latent.evaluate(s.features(), -2.0, true, a));
            QVERIFY(exact.evaluate(s.features(), -2.0, true, b));
            QVERIFY2(std::abs(a.negative_log_likelihood - b.negative_log_likelihood) < 1e-7 * n,
                     qPrintable(QString::number(a.negative_log_likelihood - b.negative_log_likelihood)));
            const double scale = 1.0 + b.d_deformed.cwiseAbs().maxCoeff();
            QVERIFY2((a.d_deformed - b.d_deformed).cwiseAbs().maxCoeff() < 1e-6 * scale,
                     qPrintable(QString::number((a.d_deformed - b.d_deformed).cwiseAbs().maxCoeff())));
            QVERIFY((a.d_log_scale - b.d_log_scale).cwiseAbs().maxCoeff() < 1e-6);
            QVERIFY(std::abs(a.d_log_nugget_ratio - b.d_log_nugget_ratio) < 1e-6);
            QVERIFY(std::abs(a.partial_sill / b.partial_sill - 1.0) < 1e-7);
            QVERIFY((a.trend_coefficients - b.trend_coefficients).norm() < 1e-6);
            QVERIFY((a.leave_one_out_residual - b.leave_one_out_residual).cwiseAbs().maxCoeff() < 1e-6);
            QVERIFY((a.leave_one_out_variance - b.leave_one_out_variance).cwiseAbs().maxCoeff() < 1e-6);
        }
    }

    void value_equals_the_dense_formula_data() { each_smoothness(); }
    void value_equals_the_dense_formula() {
        QFETCH(int, smoothness);
        QFETCH(int, dimension);
        const Index n = 80;
        const Sample s = sample(n, dimension);
        const auto nu = static_cast<Smoothness>(smoothness);
        const double jitter = 1e-6, eta = 0.1;
        LatentVecchiaLikelihood latent(s.data, nu, options_of(6), s.x, jitter);
        ProfiledValue at;
        QVERIFY(latent.evaluate(s.features(), std::log(eta), true, at));
        const Matrix c = dense_covariance(s, *latent.conditioning(s.features()), nu, jitter, eta);
        const Matrix inverse = matrix_inverse(c);
        const Vector inverse_scale = (-0.5 * s.log_scale.array()).exp();
        const Vector z = s.data.values.cwiseProduct(inverse_scale);
        const Matrix h = inverse_scale.asDiagonal() * s.data.trend;
        const Matrix information = h.transpose() * inverse * h;
        const Vector beta = SymmetricFactor(information).solve(h.transpose() * inverse * z);
        const Vector y = z - h * beta;
        const double sill = y.dot(inverse * y) / static_cast<double>(n);
        const double log_det = 2.0 * CholeskyFactor(c).half_log_determinant();
        const double value = 0.5 * static_cast<double>(n) * (std::log(2.0 * std::numbers::pi * sill) + 1.0) +
                             0.5 * log_det + 0.5 * s.log_scale.sum();
        QVERIFY2(std::abs(at.negative_log_likelihood - value) < 1e-8 * n,
                 qPrintable(QString::number(at.negative_log_likelihood - value)));
        QVERIFY((at.trend_coefficients - beta).norm() < 1e-7);
        const Matrix projected = inverse - inverse * h * matrix_inverse(information) * h.transpose() * inverse;
        const Vector variance = sill * s.log_scale.array().exp() / projected.diagonal().array();
        QVERIFY(((at.leave_one_out_variance - variance).array() / variance.array()).abs().maxCoeff() < 1e-6);
        const Vector residual = (inverse * y).array() / (sill * projected.diagonal().array()).sqrt();
        QVERIFY((at.leave_one_out_residual - residual).cwiseAbs().maxCoeff() < 1e-6);
    }

    void gradient_equals_finite_differences_data() { each_smoothness(); }
    void gradient_equals_finite_differences() {
        QFETCH(int, smoothness);
        QFETCH(int, dimension);
        const Index n = 60;
        Sample s = sample(n, dimension);
        // Rounding in the differences grows with the inverse of the jitter where sites lie close.
        LatentVecchiaLikelihood likelihood(s.data, static_cast<Smoothness>(smoothness), options_of(5), s.x, 1e-5);
        const double log_eta = -2.0, e = 1e-5;
        for (const double sill : {0.0, 0.3}) {
            likelihood.fix_partial_sill(sill);
            ProfiledValue at, plus, minus;
            QVERIFY(likelihood.evaluate(s.features(), log_eta, true, at));
            auto difference = [&](auto&& change) {
                change(+e);
                const bool a = likelihood.evaluate(s.features(), log_eta, false, plus);
                change(-2 * e);
                const bool b = likelihood.evaluate(s.features(), log_eta, false, minus);
                change(+e);
                return a && b ? (plus.negative_log_likelihood - minus.negative_log_likelihood) / (2 * e)
                              : std::nan("");
            };
            for (Index i = 0; i < n; i += 13) {
                for (int k = 0; k < dimension; ++k) {
                    const double fd = difference([&](double t) { s.u(i, k) += t; });
                    QVERIFY2(std::abs(fd - at.d_deformed(i, k)) < 2e-6 * (1.0 + std::abs(fd)),
                             qPrintable(QString("%1 %2").arg(fd, 0, 'g', 12).arg(at.d_deformed(i, k), 0, 'g', 12)));
                }
                const double fd = difference([&](double t) { s.log_scale(i) += t; });
                QVERIFY(std::abs(fd - at.d_log_scale(i)) < 1e-6 * (1.0 + std::abs(fd)));
            }
            QVERIFY(likelihood.evaluate(s.features(), log_eta + e, false, plus));
            QVERIFY(likelihood.evaluate(s.features(), log_eta - e, false, minus));
            const double fd = (plus.negative_log_likelihood - minus.negative_log_likelihood) / (2 * e);
            QVERIFY(std::abs(fd - at.d_log_nugget_ratio) < 1e-6 * (1.0 + std::abs(fd)));
        }
    }

    void small_and_large_nuggets_stay_accurate() {
        const Index n = 60;
        const Sample s = sample(n, 2);
        LatentVecchiaLikelihood latent(s.data, Smoothness::three_halves, options_of(n - 1), s.x, 1e-8);
        ExactLikelihood exact(s.data, Smoothness::three_halves, 1e-8);
        for (const double log_eta : {-14.0, -8.0, 0.0, 8.0, 14.0}) {
            ProfiledValue a, b;
            QVERIFY(latent.evaluate(s.features(), log_eta, true, a));
            QVERIFY(exact.evaluate(s.features(), log_eta, true, b));
            QVERIFY(std::abs(a.negative_log_likelihood - b.negative_log_likelihood) < 1e-7 * n);
            QVERIFY(std::abs(a.d_log_nugget_ratio - b.d_log_nugget_ratio) < 1e-5);
            const double scale = 1.0 + b.d_deformed.cwiseAbs().maxCoeff();
            QVERIFY((a.d_deformed - b.d_deformed).cwiseAbs().maxCoeff() < 1e-5 * scale);
        }
    }

    void clones_and_threads_agree() {
        const Sample s = sample(600, 2);
        LatentVecchiaLikelihood likelihood(s.data, Smoothness::three_halves, options_of(12), s.x);
        const auto sets = likelihood.conditioning(s.features());
        const auto copy = likelihood.clone();
        QVERIFY(copy->conditioning(s.features()) == sets);
        copy->fix_conditioning(nullptr);
        QVERIFY(copy->conditioning(s.features()) == sets);
        ProfiledValue one, two;
        {
            const ThreadCount threads(1);
            QVERIFY(likelihood.evaluate(s.features(), -2.0, true, one));
        }
        {
            const ThreadCount threads(2);
            QVERIFY(copy->evaluate(s.features(), -2.0, true, two));
        }
        QVERIFY(std::abs(one.negative_log_likelihood / two.negative_log_likelihood - 1.0) < 1e-12);
        QVERIFY2((one.d_deformed - two.d_deformed).norm() < 1e-12 * one.d_deformed.norm(), qPrintable(QString::number((one.d_deformed - two.d_deformed).norm() / one.d_deformed.norm())));
    }

    void all_sites_krige_as_the_exact_system() {
        const Index n = 80, m = 100;
        const Sample s = sample(n, 2);
        SiteFeatures at = {2.0 * random_points(m, 2, 12), 0.3 * random_points(m, 1, 13)};
        at.deformed.row(0) = s.u.row(4);
        Matrix trend(m, 2);
        trend << Vector::Ones(m), 0.5 * at.deformed.col(0);
        LatentVecchiaLikelihood latent(s.data, Smoothness::three_halves, options_of(n), s.x);
        ExactLikelihood exact(s.data, Smoothness::three_halves);
        const auto a = latent.kriging_system(s.features(), -2.0), b = exact.kriging_system(s.features(), -2.0);
        QVERIFY(a && b);
        for (const bool of_observation : {false, true}) {
            Vector mean_a, variance_a, mean_b, variance_b;
            a->predict(at, trend, of_observation, mean_a, variance_a);
            b->predict(at, trend, of_observation, mean_b, variance_b);
            QVERIFY((mean_a - mean_b).cwiseAbs().maxCoeff() < 1e-7);
            QVERIFY((variance_a - variance_b).cwiseAbs().maxCoeff() < 1e-7);
        }
    }

    void draws_have_the_kriging_moments_data() {
        QTest::addColumn<bool>("of_observation");
        QTest::newRow("signal") << false;
        QTest::newRow("observation") << true;
    }
    void draws_have_the_kriging_moments() {
        QFETCH(bool, of_observation);
        const Index n = 120, m = 30;
        const Sample s = sample(n, 2);
        SiteFeatures at = {2.0 * random_points(m, 2, 12), 0.3 * random_points(m, 1, 13)};
        at.deformed.row(0) = s.u.row(4);
        Matrix trend(m, 2);
        trend << Vector::Ones(m), 0.5 * at.deformed.col(0);
        LatentVecchiaLikelihood latent(s.data, Smoothness::three_halves, options_of(20), s.x);
        const auto system = latent.kriging_system(s.features(), -2.0);
        Vector mean, variance;
        system->predict(at, trend, of_observation, mean, variance);
        const int count = 20000;
        const Matrix draws = system->draw(at, trend, {count, 11, of_observation});
        const Vector average = draws.rowwise().mean();
        const Vector spread = (draws.colwise() - average).rowwise().squaredNorm() / (count - 1.0);
        for (Index j = 0; j < m; ++j) {
            QVERIFY(std::abs(average(j) - mean(j)) < 5.0 * std::sqrt(variance(j) / count));
            QVERIFY2(std::abs(spread(j) / variance(j) - 1.0) < 5.0 * std::sqrt(2.0 / count),
                     qPrintable(QString::number(spread(j) / variance(j))));
        }
        QVERIFY(system->draw(at, trend, {3, 11, of_observation}) ==
                system->draw(at, trend, {3, 11, of_observation}));
    }

    void what_cannot_be_factorised_is_refused() {
        Sample s = sample(40, 2);
        LatentVecchiaLikelihood likelihood(s.data, Smoothness::five_halves, options_of(8), s.x, 0.0);
        ProfiledValue at;
        s.u.row(3) = s.u.row(7);  // without jitter the field cannot have two values there
        QVERIFY(!likelihood.evaluate(s.features(), -2.0, true, at));
        s.u(3, 0) = std::nan("");
        QVERIFY(!likelihood.evaluate(s.features(), -2.0, true, at));
        s.u.row(3).setConstant(0.1);
        QVERIFY(likelihood.evaluate(s.features(), -2.0, true, at));
        QVERIFY(!likelihood.evaluate(s.features(), -1000.0, true, at));
    }
};

QTEST_GUILESS_MAIN(TestLatentVecchiaLikelihood)
#include "test_latent_vecchia_likelihood.moc"
