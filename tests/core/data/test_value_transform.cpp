// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/gauss_rules.h"
#include "core/data/normal_score.h"
#include "core/data/power_transforms.h"
#include "core/data/summary_statistics.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

using Pointer = std::shared_ptr<const ValueTransform>;

Vector lognormal_sample(Index n, double sd, std::uint64_t seed) {
    RandomStream random(seed);
    return (sd * random.normals(n)).array().exp();
}

/// One of each kind, some with a shift.
std::vector<Pointer> all_kinds() {
    const Vector values = lognormal_sample(300, 0.8, 7);
    return {std::make_shared<LogTransform>(0.0),
            std::make_shared<LogTransform>(2.5),
            std::make_shared<SquareRootTransform>(0.0),
            std::make_shared<SquareRootTransform>(1.5),
            std::make_shared<BoxCoxTransform>(0.0, 0.0),
            std::make_shared<BoxCoxTransform>(0.5, 0.3),
            std::make_shared<BoxCoxTransform>(0.0, 1.7),
            NormalScore::of(values)};
}

}  // namespace

class TestValueTransform : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void every_kind_returns_its_values() {
        for (const Pointer& t : all_kinds())
            for (double z : {0.02, 0.3, 0.9, 1.0, 2.7, 11.0, 40.0}) {
                QVERIFY2(std::abs(t->inverse(t->forward(z)) - z) < 1e-10 * (1.0 + z), t->label().c_str());
                const double h = 1e-6 * z;
                const double slope = (t->forward(z + h) - t->forward(z - h)) / (2.0 * h);
                QVERIFY2(t->derivative(z) > 0.0, t->label().c_str());
                QVERIFY2(std::abs(slope / t->derivative(z) - 1.0) < 1e-6, t->label().c_str());
            }
    }

    void every_kind_is_made_again_from_its_numbers() {
        for (const Pointer& t : all_kinds()) {
            const Pointer again = ValueTransform::from_numbers(t->kind(), t->numbers());
            QCOMPARE(again->label(), t->label());
            QCOMPARE(again->description(), t->description());
            for (double z : {0.1, 1.0, 30.0}) QCOMPARE(again->forward(z), t->forward(z));
        }
        const Vector one = Vector::Ones(1);
        QCOMPARE(code_of([&] { (void)ValueTransform::from_numbers("cube", one); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)ValueTransform::from_numbers("box-cox", one); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)ValueTransform::from_numbers("box-cox", Eigen::Vector2d(0.0, 3.0)); }),
                 ErrorCode::bad_input);
        QCOMPARE(code_of([&] {
                     (void)ValueTransform::from_numbers("normal-score", Eigen::Vector4d(1.0, 1.0, 0.0, 1.0));
                 }),
                 ErrorCode::bad_input);
    }

    // 400,000 antithetic draws: the mean is known to some thousandths of the standard deviation.
    void moments_equal_monte_carlo() {
        RandomStream random(3);
        const Vector normal = random.normals(200'000);
        for (const Pointer& t : all_kinds())
            for (double m : {0.2, 0.8, 1.8})
                for (double sd : {0.1, 0.7}) {
                    Vector z(2 * normal.size());
                    for (Index i = 0; i < normal.size(); ++i) {
                        z(2 * i) = t->inverse(m + sd * normal(i));
                        z(2 * i + 1) = t->inverse(m - sd * normal(i));
                    }
                    const OriginalMoments moments = t->moments(m, sd * sd);
                    const double spread = std::sqrt((z.array() - z.mean()).square().mean());
                    QVERIFY2(std::abs(moments.mean - z.mean()) < 6e-3 * spread + 1e-12, t->label().c_str());
                    QVERIFY2(std::abs(std::sqrt(moments.variance) - spread) < 0.02 * spread + 1e-12,
                             t->label().c_str());
                }
    }

    void without_variance_the_mean_is_the_inverse() {
        for (const Pointer& t : all_kinds()) {
            const OriginalMoments moments = t->moments(0.3, 0.0);
            QVERIFY(std::abs(moments.mean - t->inverse(0.3)) < 1e-14 * (1.0 + std::abs(moments.mean)));
            QCOMPARE(moments.variance, 0.0);
        }
    }

    // The square of a Gaussian far above zero: E = m² + v, Var = 4m²v + 2v²; the two formulas of the
    // variance meet where they change over.
    void square_root_has_exact_moments() {
        const SquareRootTransform root(0.0);
        const OriginalMoments far = root.moments(20.0, 0.5);
        QVERIFY(std::abs(far.mean - 400.5) < 1e-9);
        QVERIFY(std::abs(far.variance - (4.0 * 400.0 * 0.5 + 0.5)) < 1e-9);
        const OriginalMoments below = root.moments(7.999, 1.0), above = root.moments(8.001, 1.0);
        QVERIFY(std::abs(above.variance - below.variance - 4.0 * (8.001 * 8.001 - 7.999 * 7.999)) < 1e-6);
        // Far below zero nothing is left of it.
        QVERIFY(root.moments(-30.0, 1.0).mean < 1e-100);
    }

    void quadrature_rules_are_exact_for_polynomials() {
        const GaussRule& hermite = gauss_hermite();
        double expected = 1.0;  // E[X^{2k}] = (2k − 1)!!
        for (int k = 1; k <= 10; ++k) {
            expected *= 2.0 * k - 1.0;
            const double value = hermite.weights.dot(hermite.nodes.array().pow(2.0 * k).matrix());
            QVERIFY(std::abs(value / expected - 1.0) < 1e-10);
        }
        const GaussRule& legendre = gauss_legendre();
        for (int k = 0; k <= 20; ++k) {
            const double value = legendre.weights.dot(legendre.nodes.array().pow(2.0 * k).matrix());
            QVERIFY(std::abs(value - 2.0 / (2.0 * k + 1.0)) < 1e-12);
        }
    }

    void shift_is_zero_for_positive_values() {
        QCOMPARE(choose_shift((Vector(3) << 0.001, 4.0, 9.0).finished()), 0.0);
        const Vector zeros = (Vector(5) << 0.0, 0.0, 1.0, 3.0, 8.0).finished();
        QCOMPARE(choose_shift(zeros), 0.25);
        const Vector mostly = (Vector(4) << 0.0, 0.0, 0.0, 4.0).finished();
        QCOMPARE(choose_shift(mostly), 0.25);
        const Vector negative = (Vector(3) << -5.0, -3.0, 10.0).finished();
        const LogTransform log(choose_shift(negative));
        QVERIFY(transformed(log, negative).allFinite());
    }

    void what_cannot_be_transformed_is_refused() {
        const LogTransform log(0.0);
        const Vector zero{{1.0, 0.0, 2.0}}, negative{{1.0, -2.0, 2.0}}, missing{{1.0, std::nan(""), 2.0}};
        QCOMPARE(code_of([&] { (void)transformed(log, zero); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)transformed(log, negative); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)transformed(SquareRootTransform(0.0), negative); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)transformed(log, missing); }), ErrorCode::not_finite);
        QCOMPARE(code_of([&] { (void)choose_shift(missing); }), ErrorCode::not_finite);
        QCOMPARE(code_of([&] { (void)choose_shift(Vector::Constant(9, 4.0)); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)NormalScore::of(Vector::Constant(9, 4.0)); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)NormalScore::of(missing); }), ErrorCode::not_finite);
        QCOMPARE(code_of([&] { (void)BoxCoxTransform::estimated(Vector::Constant(9, 4.0), Matrix()); }),
                 ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)NormalScore::of(zero, Vector::Ones(2)); }), ErrorCode::dimension_mismatch);
        QCOMPARE(code_of([&] { (void)NormalScore::of(zero, Vector::Zero(3)); }), ErrorCode::bad_input);
    }

    // The estimate is the maximum of the likelihood written out, and finds what the sample was made with.
    void box_cox_maximises_the_likelihood() {
        RandomStream random(5);
        const Index n = 2000;
        Matrix trend(n, 2);
        trend << Vector::Ones(n), random.normals(n);
        const Vector y = 3.0 + (0.5 * trend.col(1) + 0.6 * random.normals(n)).array();
        const BoxCoxTransform truth(0.0, 0.5);
        Vector z(n);
        for (Index i = 0; i < n; ++i) z(i) = truth.inverse(y(i));
        const auto found = BoxCoxTransform::estimated(z, trend);
        QVERIFY(std::abs(found->lambda() - 0.5) < 0.2);
        const auto log_likelihood = [&](double lambda) {
            const BoxCoxTransform t(0.0, lambda);
            const Vector v = transformed(t, z);
            const Vector beta = SymmetricFactor(trend.transpose() * trend).solve(trend.transpose() * v);
            const double rss = (v - trend * beta).squaredNorm();
            return -0.5 * static_cast<double>(n) * std::log(rss / static_cast<double>(n)) +
                   log_derivatives(t, z).sum();
        };
        const double best = log_likelihood(found->lambda());
        QVERIFY(best >= log_likelihood(found->lambda() + 1e-3));
        QVERIFY(best >= log_likelihood(found->lambda() - 1e-3));
        // Skewed beyond the logarithm: the least λ that has a mean.
        const Vector skewed = lognormal_sample(500, 0.5, 11).array().exp();
        QCOMPARE(BoxCoxTransform::estimated(skewed, Matrix())->lambda(), 0.0);
    }

    void normal_score_of_a_normal_sample_is_nearly_the_identity() {
        const Index n = 4000;
        Vector z(n);
        for (Index i = 0; i < n; ++i)
            z(i) = standard_normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(n));
        const auto t = NormalScore::of(z);
        for (double at = -5.0; at <= 5.0; at += 0.1) {
            QVERIFY(std::abs(t->forward(at) - at) < 1e-3);
            QVERIFY(std::abs(t->derivative(at) - 1.0) < 0.02);
        }
        // A random sample wanders, less than its sampling error of a few hundredths allows.
        const auto sampled = NormalScore::of(RandomStream(8).normals(4000));
        for (double at = -1.5; at <= 1.5; at += 0.1) QVERIFY(std::abs(sampled->forward(at) - at) < 0.1);
    }

    void normal_score_makes_skewed_values_normal() {
        const Vector z = lognormal_sample(2000, 1.0, 4);
        const Vector y = transformed(*NormalScore::of(z), z);
        QVERIFY(std::abs(y.mean()) < 0.02);
        QVERIFY(std::abs(std::sqrt(y.array().square().mean()) - 1.0) < 0.03);
        const double third = y.array().cube().mean();
        QVERIFY(std::abs(third) < 0.1);
    }

    void equal_values_share_the_middle_of_their_ranks() {
        Vector z(10);
        z << 0, 0, 0, 0, 1, 2, 3, 4, 5, 6;
        const auto t = NormalScore::of(z);
        QVERIFY(std::abs(t->forward(0.0) - standard_normal_quantile(0.2)) < 1e-12);
        QVERIFY(std::abs(t->inverse(t->forward(0.0))) < 1e-12);
        // Two different values are enough for a straight line.
        Vector two(6);
        two << 1, 1, 1, 1, 1, 2;
        const auto line = NormalScore::of(two);
        QVERIFY(std::abs(line->inverse(line->forward(1.7)) - 1.7) < 1e-12);
    }

    void declustering_weights_move_the_scores() {
        // Every value above the median was measured three times as densely as it should have been.
        RandomStream random(6);
        Vector z = random.normals(3000), weights(3000);
        std::sort(z.data(), z.data() + z.size());
        for (Index i = 0; i < z.size(); ++i) weights(i) = i < 1500 ? 3.0 : 1.0;
        const auto t = NormalScore::of(z, weights);
        // Three quarters of the weight lie below the median.
        QVERIFY(std::abs(t->forward(0.5 * (z(1499) + z(1500))) - standard_normal_quantile(0.75)) < 0.06);
        const auto equal = NormalScore::of(z), ones = NormalScore::of(z, Vector::Constant(3000, 2.0));
        QCOMPARE(equal->forward(0.3), ones->forward(0.3));
    }
};

QTEST_GUILESS_MAIN(TestValueTransform)
#include "test_value_transform.moc"
