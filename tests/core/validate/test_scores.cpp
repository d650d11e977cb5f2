// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/scores.h"

#include <QtTest>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/base/error.h"
#include "core/base/random.h"

using namespace anamorph;

namespace {

/// CRPS by its definition, ∫ (F(t) − 1{t ≥ y})² dt, on a fine grid (trapezoids on either side of y).
double crps_by_quadrature(double y, double mean, double sd) {
    const auto part = [&](double low, double high, bool above) {
        const int steps = 20'000;
        const double h = (high - low) / steps;
        double sum = 0.0;
        for (int k = 0; k <= steps; ++k) {
            const double t = low + k * h;
            const double cdf = 0.5 * std::erfc(-(t - mean) / (sd * std::numbers::sqrt2));
            const double g = above ? (cdf - 1.0) * (cdf - 1.0) : cdf * cdf;
            sum += (k == 0 || k == steps) ? 0.5 * g : g;
        }
        return sum * h;
    };
    const double reach = 12.0 * sd + std::abs(y - mean);
    return part(mean - reach, y, false) + part(y, mean + reach, true);
}

}  // namespace

class TestScores : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void closed_values_at_the_mean();
    void crps_equals_its_integral();
    void calibrated_predictions_cover_as_they_claim();
    void paired_differences();
    void wrong_shapes_and_variances_are_refused();
};

void TestScores::closed_values_at_the_mean() {
    const Vector truth = Vector::Constant(1, 2.0);
    const Scores s = scores(truth, truth, Vector::Constant(1, 4.0));
    QVERIFY(std::abs(s.crps - 2.0 * (std::sqrt(2.0) - 1.0) / std::sqrt(std::numbers::pi)) < 1e-14);
    QVERIFY(std::abs(s.log_score - 0.5 * std::log(8.0 * std::numbers::pi)) < 1e-14);
    QCOMPARE(s.rmse, 0.0);
    QCOMPARE(s.coverage_90, 1.0);
    QVERIFY(std::abs(s.width_95 - 4.0 * 1.959963984540054) < 1e-12);
    QVERIFY(std::abs(s.width_90 - 4.0 * 1.644853626951473) < 1e-12);
    QCOMPARE(s.count, Index{1});
}

void TestScores::crps_equals_its_integral() {
    for (const double y : {-3.0, -0.4, 0.0, 0.7, 5.0}) {
        const Scores s = scores(Vector::Constant(1, y), Vector::Constant(1, 0.3),
                                Vector::Constant(1, 1.7 * 1.7));
        QVERIFY(std::abs(s.crps - crps_by_quadrature(y, 0.3, 1.7)) < 1e-5);
    }
}

void TestScores::calibrated_predictions_cover_as_they_claim() {
    RandomStream random(5);
    const Index m = 20'000;
    const Vector truth = 2.0 * random.normals(m);
    const Scores s = scores(truth, Vector::Zero(m), Vector::Constant(m, 4.0));
    QVERIFY(std::abs(s.coverage_90 - 0.90) < 0.01);
    QVERIFY(std::abs(s.coverage_95 - 0.95) < 0.01);
    QVERIFY(std::abs(s.rmse - 2.0) < 0.04);
    QVERIFY(std::abs(s.mae - 2.0 * std::sqrt(2.0 / std::numbers::pi)) < 0.04);
    QVERIFY(std::abs(s.crps - 2.0 / std::sqrt(std::numbers::pi)) < 0.03);  // E CRPS = σ/√π
}

void TestScores::paired_differences() {
    Vector a(4), b(4);
    a << 1.0, 2.0, 3.0, 4.0;
    b << 0.0, 2.0, 1.0, 5.0;  // differences 1, 0, 2, −1: mean ½, sample variance 5/3
    const ScoreDifference d = paired_difference(a, b);
    QCOMPARE(d.mean, 0.5);
    QVERIFY(std::abs(d.standard_error - std::sqrt(5.0 / 12.0)) < 1e-14);
    QCOMPARE(paired_difference(a, a).standard_error, 0.0);
}

void TestScores::wrong_shapes_and_variances_are_refused() {
    const auto code = [](const Vector& truth, const Vector& mean, const Vector& variance) {
        try {
            (void)scores(truth, mean, variance);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::unsupported;
    };
    const Vector one = Vector::Ones(3);
    QCOMPARE(code(one, one, Vector::Ones(2)), ErrorCode::dimension_mismatch);
    QCOMPARE(code(one, one, Vector::Zero(3)), ErrorCode::not_finite);
    Vector bad = one;
    bad(1) = std::numeric_limits<double>::quiet_NaN();
    QCOMPARE(code(bad, one, one), ErrorCode::not_finite);
    QCOMPARE(code(one, bad, one), ErrorCode::not_finite);
    try {
        (void)paired_difference(one, Vector::Ones(4));
        QFAIL("unequal lengths were accepted");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::dimension_mismatch);
    }
}

QTEST_APPLESS_MAIN(TestScores)
#include "test_scores.moc"
