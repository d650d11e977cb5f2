// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <random>
#include <vector>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/covariance/correlation.h"
#include "core/covariance/vector_exp.h"

using namespace anamorph;

namespace {

/// 2^{1−ν}/Γ(ν) h^ν K_ν(h), by the standard library's Bessel function.
double matern(double nu, double h) {
    if (h == 0.0) return 1.0;
    return std::pow(2.0, 1.0 - nu) / std::tgamma(nu) * std::pow(h, nu) * std::cyl_bessel_k(nu, h);
}

constexpr Smoothness all[] = {Smoothness::half, Smoothness::three_halves, Smoothness::five_halves,
                              Smoothness::infinite};

}  // namespace

class TestCorrelation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void vector_exponential_equals_the_library() {
        double worst = 0.0;
        for (double x = -700.0; x <= 0.0; x += 0.0137)
            worst = std::max(worst, std::abs(exp_nonpositive(x) / std::exp(x) - 1.0));
        QVERIFY(worst < 4e-16 * 4);
        QCOMPARE(exp_nonpositive(0.0), 1.0);
        QVERIFY(exp_nonpositive(-1e300) < 1e-300);
    }

    void closed_forms_are_matern() {
        for (double h : {0.0, 1e-3, 0.1, 0.7, 1.0, 2.5, 8.0}) {
            QVERIFY(std::abs(correlation_at(Smoothness::half, h) - matern(0.5, h)) < 1e-13);
            QVERIFY(std::abs(correlation_at(Smoothness::three_halves, h) - matern(1.5, h)) < 1e-13);
            QVERIFY(std::abs(correlation_at(Smoothness::five_halves, h) - matern(2.5, h)) < 1e-13);
            QVERIFY(std::abs(correlation_at(Smoothness::infinite, h) - std::exp(-h * h / 2)) < 1e-15);
        }
    }

    void derivative_equals_finite_differences() {
        for (Smoothness s : all)
            for (double squared : {1e-3, 0.04, 0.5, 1.0, 3.0, 20.0}) {
                const double e = 1e-6 * squared;
                double plus = squared + e, minus = squared - e, derivative = squared;
                correlation(s, &plus, 1, &plus);
                correlation(s, &minus, 1, &minus);
                correlation_derivative(s, &derivative, 1, &derivative);
                const double fd = (plus - minus) / (2 * e);
                QVERIFY(std::abs(fd - derivative) < 1e-7 * (1.0 + std::abs(fd)));
            }
    }

    void practical_range_is_where_five_percent_are_left() {
        for (Smoothness s : all)
            QVERIFY(std::abs(correlation_at(s, practical_range_factor(s)) - 0.05) < 1e-9);
        QVERIFY(std::abs(practical_range_factor(Smoothness::half) - 2.995732273553991) < 1e-9);
    }

    void matrices_are_symmetric_and_positive() {
        std::mt19937 engine(1);
        std::uniform_real_distribution<double> uniform(0.0, 3.0);
        for (int d = 1; d <= 3; ++d) {
            Points x(40, d);
            for (Index i = 0; i < x.size(); ++i) x.data()[i] = uniform(engine);
            for (Smoothness s : all) {
                const Matrix r = cross_correlation(s, x, x);
                QVERIFY((r - r.transpose()).cwiseAbs().maxCoeff() < 1e-15);
                QVERIFY((r.diagonal().array() - 1.0).abs().maxCoeff() < 1e-15);
                QVERIFY(symmetric_eigenvalues(r).minCoeff() > -1e-12);
            }
        }
    }

    void automatic_smoothness_is_refused() {
        try {
            (void)correlation_at(Smoothness::automatic, 1.0);
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::bad_input);
        }
    }
};

QTEST_GUILESS_MAIN(TestCorrelation)
#include "test_correlation.moc"
