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
#include "core/likelihood/sites_in_range.h"
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

/// Sites, deformed sites and data of n sites in d dimensions, with trend, weights and log-scale.
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
    s.u.col(0) += 0.2 * s.u.col(0).array().sin().matrix();
    s.data.values = random_points(n, 1, 5);
    s.data.trend.resize(n, 2);
    s.data.trend << Vector::Ones(n), s.x.col(0);
    s.data.noise_scale = (random_points(n, 1, 6).array() + 2.0).matrix();
    s.log_scale = 0.5 * random_points(n, 1, 4);
    return s;
}

LikelihoodOptions options_of(TaperForm form, double range) {
    LikelihoodOptions options;
    options.kind = LikelihoodKind::taper;
    options.taper_form = form;
    options.taper_range = range;
    return options;
}

constexpr double jitter = 1e-8;

/// The tapered correlation between rows of a and b under the sites' taper range, dense.
Matrix dense_taper(const Sample& s, const Points& a, const Points& b, Smoothness smoothness,
                   double range, Matrix* covariance) {
    const TaperRange taper_range{range, root_mean_square_spread(s.x)};
    const double factor = taper_range.squared_factor(s.u);
    Matrix t(a.rows(), b.rows());
    covariance->resize(a.rows(), b.rows());
    for (Index j = 0; j < b.rows(); ++j)
        for (Index i = 0; i < a.rows(); ++i) {
            const double h2 = (a.row(i) - b.row(j)).squaredNorm(), r2 = factor * h2;
            taper(taper_for(smoothness), &r2, 1, &t(i, j));
            (*covariance)(i, j) = t(i, j) * correlation_at(smoothness, std::sqrt(h2));
        }
    return t;
}

}  // namespace

class TestTaperedLikelihood : public QObject {
    Q_OBJECT
    static void each_form_and_smoothness() {
        QTest::addColumn<int>("form");
        QTest::addColumn<int>("smoothness");
        QTest::addColumn<int>("dimension");
        for (int f = 0; f < 2; ++f)
            for (int s = static_cast<int>(Smoothness::half); s <= static_cast<int>(Smoothness::infinite); ++s)
                for (int d = 1; d <= 3; ++d)
                    QTest::addRow("%d tapers, %s, d = %d", f + 1,
                                  to_string(static_cast<Smoothness>(s)).c_str(), d)
                        << f << s << d;
    }
private Q_SLOTS:
    void infinite_range_equals_exact_data() { each_form_and_smoothness(); }
    void infinite_range_equals_exact() {
        QFETCH(int, form);
        QFETCH(int, smoothness);
        QFETCH(int, dimension);
        const Index n = 90;
        const Sample s = sample(n, dimension);
        const auto nu = static_cast<Smoothness>(smoothness);
        TaperedLikelihood tapered(s.data, nu, options_of(static_cast<TaperForm>(form), 1e6), s.x, jitter);
        ExactLikelihood exact(s.data, nu, jitter);
        for (const double sill : {0.0, 0.3}) {
            tapered.fix_partial_sill(sill);
            exact.fix_partial_sill(sill);
            ProfiledValue a, b;
            QVERIFY(tapered.evaluate(s.features(), -2.0, true, a));
            QVERIFY(exact.evaluate(s.features(), -2.0, true, b));
            QVERIFY2(std::abs(a.negative_log_likelihood - b.negative_log_likelihood) < 1e-8 * n,
                     qPrintable(QString::number(a.negative_log_likelihood - b.negative_log_likelihood)));
            const double scale = 1.0 + b.d_deformed.cwiseAbs().maxCoeff();
            QVERIFY((a.d_deformed - b.d_deformed).cwiseAbs().maxCoeff() < 1e-6 * scale);
            QVERIFY((a.d_log_scale - b.d_log_scale).cwiseAbs().maxCoeff() < 1e-6);
            QVERIFY(std::abs(a.d_log_nugget_ratio - b.d_log_nugget_ratio) < 1e-6);
            QVERIFY(std::abs(a.partial_sill / b.partial_sill - 1.0) < 1e-8);
            QVERIFY(std::abs(a.quadratic_form / b.quadratic_form - 1.0) < 1e-8);
            QVERIFY((a.trend_coefficients - b.trend_coefficients).norm() < 1e-7);
            QVERIFY((a.leave_one_out_residual - b.leave_one_out_residual).cwiseAbs().maxCoeff() < 1e-6);
            QVERIFY((a.leave_one_out_variance - b.leave_one_out_variance).cwiseAbs().maxCoeff() < 1e-6);
        }
    }

    void gradient_equals_finite_differences_data() { each_form_and_smoothness(); }
    void gradient_equals_finite_differences() {
        QFETCH(int, form);
        QFETCH(int, smoothness);
        QFETCH(int, dimension);
        const Index n = 60;
        Sample s = sample(n, dimension);
        TaperedLikelihood likelihood(s.data, static_cast<Smoothness>(smoothness),
                                     options_of(static_cast<TaperForm>(form), 0.5), s.x);
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
                    QVERIFY2(std::abs(fd - at.d_deformed(i, k)) < 1e-6 * (1.0 + std::abs(fd)),
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

    // Both forms written out with dense matrices.
    void value_and_leave_one_out_equal_the_dense_formula_data() { each_form_and_smoothness(); }
    void value_and_leave_one_out_equal_the_dense_formula() {
        QFETCH(int, form);
        QFETCH(int, smoothness);
        QFETCH(int, dimension);
        const Index n = 70;
        const double range = 0.6, eta = 0.2;
        const Sample s = sample(n, dimension);
        const auto nu = static_cast<Smoothness>(smoothness);
        TaperedLikelihood likelihood(s.data, nu, options_of(static_cast<TaperForm>(form), range), s.x, jitter);
        ProfiledValue at;
        QVERIFY(likelihood.evaluate(s.features(), std::log(eta), true, at));

        Matrix c;
        const Matrix t = dense_taper(s, s.u, s.u, nu, range, &c);
        QVERIFY((t.array() == 0.0).any());
        c.diagonal().array() += jitter + eta * s.data.noise_scale.array();
        const Matrix inverse = matrix_inverse(c);
        const Matrix weight = form == 0 ? inverse : Matrix(inverse.cwiseProduct(t));
        const Vector inverse_scale = (-0.5 * s.log_scale.array()).exp();
        const Vector z = s.data.values.cwiseProduct(inverse_scale);
        const Matrix h = inverse_scale.asDiagonal() * s.data.trend;
        const Vector beta = SymmetricFactor(h.transpose() * weight * h).solve(h.transpose() * weight * z);
        const Vector y = z - h * beta;
        const double sill = y.dot(weight * y) / static_cast<double>(n);
        const double log_det = 2.0 * CholeskyFactor(c).half_log_determinant();
        const double value = 0.5 * static_cast<double>(n) * (std::log(2.0 * std::numbers::pi * sill) + 1.0) +
                             0.5 * log_det + 0.5 * s.log_scale.sum();
        QVERIFY(std::abs(at.negative_log_likelihood - value) < 1e-9 * n);
        QVERIFY(std::abs(at.partial_sill / sill - 1.0) < 1e-10);
        QVERIFY((at.trend_coefficients - beta).norm() < 1e-10);

        for (Index i : {Index(0), Index(31), n - 1}) {  // kriging without site i
            Matrix rest(n - 1, n - 1), hr(n - 1, 2);
            Vector zr(n - 1), cr(n - 1);
            for (Index a = 0, r = 0; a < n; ++a) {
                if (a == i) continue;
                hr.row(r) = h.row(a), zr(r) = z(a), cr(r) = c(a, i);
                for (Index b = 0, k = 0; b < n; ++b)
                    if (b != i) rest(r, k++) = c(a, b);
                ++r;
            }
            const CholeskyFactor factor(rest);
            const Matrix information = hr.transpose() * factor.solve(hr);
            const Vector own = SymmetricFactor(information).solve(hr.transpose() * factor.solve(zr));
            const Vector miss = h.row(i).transpose() - hr.transpose() * factor.solve(cr);
            const double mean = h.row(i).dot(own) + cr.dot(factor.solve(zr - hr * own));
            const double variance = at.partial_sill * (c(i, i) - cr.dot(factor.solve(cr)) +
                                                       miss.dot(SymmetricFactor(information).solve(miss)));
            QVERIFY(std::abs((z(i) - mean) / std::sqrt(variance) - at.leave_one_out_residual(i)) < 1e-8);
            QVERIFY(std::abs(at.leave_one_out_variance(i) * std::exp(-s.log_scale(i)) / variance - 1.0) < 1e-8);
        }
    }

    void pattern_is_kept_until_a_pair_comes_into_range() {
        Sample s = sample(300, 2);
        TaperedLikelihood likelihood(s.data, Smoothness::three_halves,
                                     options_of(TaperForm::one_taper, 0.3), s.x);
        s.u = s.x;
        ProfiledValue at, anew;
        auto equals_a_new_one = [&] {
            TaperedLikelihood other(s.data, Smoothness::three_halves,
                                    options_of(TaperForm::one_taper, 0.3), s.x);
            return likelihood.evaluate(s.features(), -2.0, false, at) &&
                   other.evaluate(s.features(), -2.0, false, anew) &&
                   std::abs(at.negative_log_likelihood - anew.negative_log_likelihood) < 1e-9;
        };
        QVERIFY(equals_a_new_one());
        s.u *= 7.0;  // a scale, a shift and a small displacement change no pair
        s.u.col(1).array() += 3.0;
        s.u(17, 0) += 0.001;
        QVERIFY(equals_a_new_one());
        QCOMPARE(likelihood.analyses(), 1);
        s.u.col(0) += 2.0 * s.u.col(1).array().sin().matrix();
        QVERIFY(equals_a_new_one());
        QCOMPARE(likelihood.analyses(), 2);
        auto copy = likelihood.clone();
        ProfiledValue of_copy;
        QVERIFY(copy->evaluate(s.features(), -2.0, false, of_copy));
        QCOMPARE(of_copy.negative_log_likelihood, at.negative_log_likelihood);
    }

    void threads_agree() {
        const Sample s = sample(800, 2);
        for (const TaperForm form : {TaperForm::one_taper, TaperForm::two_taper}) {
            ProfiledValue at[2];
            for (int k = 0; k < 2; ++k) {
                const ThreadCount threads(k + 1);
                TaperedLikelihood likelihood(s.data, Smoothness::three_halves, options_of(form, 0.2), s.x);
                QVERIFY(likelihood.evaluate(s.features(), -2.0, true, at[k]));
            }
            QVERIFY(std::abs(at[0].negative_log_likelihood / at[1].negative_log_likelihood - 1.0) < 1e-12);
            QVERIFY((at[0].d_deformed - at[1].d_deformed).norm() < 1e-12 * at[0].d_deformed.norm());
        }
    }

    void range_is_chosen_to_hold_about_forty_sites() {
        const Sample s = sample(2000, 2);
        TaperedLikelihood likelihood(s.data, Smoothness::half, options_of(TaperForm::one_taper, 0.0), s.x);
        const SymmetricPattern pairs = pairs_in_range(s.x, likelihood.taper_range(), 1'000'000);
        const double mean = 2.0 * static_cast<double>(pairs.entries() - 2000) / 2000.0;
        QVERIFY2(mean > 33.0 && mean < 43.0, qPrintable(QString::number(mean)));
    }

    void what_does_not_work_is_refused() {
        const auto code_of = [](auto&& action) {
            try {
                action();
            } catch (const Error& error) {
                return error.code();
            }
            return ErrorCode::cancelled;
        };
        const Sample s = sample(50, 2);
        QVERIFY(code_of([&] { (void)pairs_in_range(s.x, 10.0, 1000); }) == ErrorCode::out_of_memory);
        QVERIFY(code_of([&] {
                    TaperedLikelihood({s.data.values, {}, {}}, Smoothness::half, {}, random_points(50, 4, 1));
                }) == ErrorCode::unsupported);
        QVERIFY(code_of([&] {
                    TaperedLikelihood({s.data.values, {}, {}}, Smoothness::half, {}, Points::Ones(50, 2));
                }) == ErrorCode::bad_input);
        QVERIFY(code_of([&] {
                    TaperedLikelihood({s.data.values, {}, {}}, Smoothness::half, {}, s.x.topRows(9));
                }) == ErrorCode::dimension_mismatch);
        TaperedLikelihood likelihood(s.data, Smoothness::half, {}, s.x);
        ProfiledValue at;
        QVERIFY(!likelihood.evaluate({Points::Zero(50, 2), {}}, -2.0, true, at));
        Points bad = s.u;
        bad(3, 1) = std::nan("");
        QVERIFY(!likelihood.evaluate({bad, {}}, -2.0, true, at));
        QVERIFY(likelihood.kriging_system({bad, {}}, -2.0) == nullptr);
        QVERIFY(likelihood.evaluate(s.features(), -2.0, true, at));
    }
};

QTEST_GUILESS_MAIN(TestTaperedLikelihood)
#include "test_tapered_likelihood.moc"
