// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <limits>
#include <numbers>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/gauss_rules.h"
#include "core/data/normal_score.h"
#include "core/data/power_transforms.h"
#include "core/predict/predictive_distribution.h"
#include "core/validate/scores.h"

using namespace anamorph;

namespace {

using Pointer = std::shared_ptr<const ValueTransform>;

PredictiveDistribution one(double mean, double variance, Pointer transform) {
    return {Matrix::Constant(1, 1, mean), Matrix::Constant(1, 1, variance), std::move(transform)};
}

PredictiveDistribution three(Pointer transform) {
    return {(Matrix(1, 3) << 0.8, 1.0, 1.6).finished(), (Matrix(1, 3) << 0.04, 0.09, 0.25).finished(),
            std::move(transform)};
}

std::vector<Pointer> kinds() {
    const Vector values = (0.9 * RandomStream(2).normals(400)).array().exp();
    return {nullptr,
            std::make_shared<LogTransform>(0.0),
            std::make_shared<SquareRootTransform>(0.5),
            std::make_shared<BoxCoxTransform>(0.0, 0.4),
            NormalScore::of(values)};
}

}  // namespace

class TestPredictiveDistribution : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void a_gaussian_has_the_textbook_scores() {
        const auto d = one(2.0, 9.0, nullptr);
        for (double z : {-4.0, 1.0, 2.0, 7.5, 40.0}) {
            const double e = (z - 2.0) / 3.0;
            const double crps = 3.0 * (e * (2.0 * normal_cdf(e) - 1.0) + 2.0 * normal_density(e) -
                                       std::numbers::inv_sqrtpi);
            QVERIFY(std::abs(d.crps(0, z) - crps) < 1e-9);
            QVERIFY(std::abs(d.log_density(0, z) - std::log(normal_density(e) / 3.0)) < 1e-10);
        }
        QVERIFY(std::abs(d.quantile(0, 0.95) - (2.0 + 3.0 * 1.6448536269514722)) < 1e-10);
        QVERIFY(std::abs(d.exceedance(0, 5.0) - normal_cdf(-1.0)) < 1e-14);
    }

    // Baran and Lerch (2015), Q. J. R. Meteorol. Soc. 141:2289, eq. for the lognormal.
    void a_lognormal_has_the_textbook_scores() {
        const double m = 0.7, s = 0.6;
        const auto d = one(m, s * s, std::make_shared<LogTransform>(0.0));
        for (double z : {0.2, 1.0, 2.1, 9.0}) {
            const double w = (std::log(z) - m) / s;
            const double crps =
                z * (2.0 * normal_cdf(w) - 1.0) -
                2.0 * std::exp(m + 0.5 * s * s) *
                    (normal_cdf(w - s) + normal_cdf(s / std::numbers::sqrt2) - 1.0);
            QVERIFY(std::abs(d.crps(0, z) - crps) < 1e-8);
            QVERIFY(std::abs(d.log_density(0, z) - std::log(normal_density(w) / (s * z))) < 1e-10);
        }
        QVERIFY(std::abs(d.quantile(0, 0.5) - std::exp(m)) < 1e-10);
        QVERIFY(std::abs(d.moments(0).mean - std::exp(m + 0.5 * s * s)) < 1e-12);
        QVERIFY(std::abs(d.exceedance(0, 3.0) - normal_cdf((m - std::log(3.0)) / s)) < 1e-13);
        // What the logarithm has not.
        QCOMPARE(d.exceedance(0, -1.0), 1.0);
        QCOMPARE(d.log_density(0, -1.0), -std::numeric_limits<double>::infinity());
        QVERIFY(std::abs(d.crps(0, -1.0) - d.crps(0, 0.0) - 1.0) < 1e-9);
    }

    void quantiles_invert_the_distribution() {
        for (const Pointer& t : kinds()) {
            const auto d = three(t);
            double before = -std::numeric_limits<double>::infinity();
            for (double p : {0.01, 0.05, 0.3, 0.5, 0.77, 0.95, 0.999}) {
                const double z = d.quantile(0, p);
                QVERIFY(z > before);
                before = z;
                QVERIFY(std::abs(d.exceedance(0, z) - (1.0 - p)) < 1e-9);
            }
        }
    }

    // The density is that of the variable: it integrates to one and gives the mean.
    void densities_integrate_to_one() {
        for (const Pointer& t : kinds()) {
            const auto d = three(t);
            const double low = d.quantile(0, 1e-9), high = d.quantile(0, 1.0 - 1e-9);
            const int steps = 40'000;
            double mass = 0.0, mean = 0.0;
            for (int i = 0; i < steps; ++i) {
                const double z = low + (high - low) * (i + 0.5) / steps;
                const double share = std::exp(d.log_density(0, z)) * (high - low) / steps;
                mass += share;
                mean += z * share;
            }
            // Some ten-thousandths lie at the bound of the square root.
            QVERIFY(std::abs(mass - 1.0) < 1e-3);
            QVERIFY(std::abs(mean / d.moments(0).mean - 1.0) < 1e-3);
        }
    }

    // CRPS = E|Z − z| − ½ E|Z − Z'| over equally likely quantiles.
    void crps_equals_its_other_form() {
        for (const Pointer& t : kinds()) {
            const auto d = three(t);
            const int n = 4000;
            Vector q(n);
            for (int i = 0; i < n; ++i) q(i) = d.quantile(0, (i + 0.5) / n);
            double spread = 0.0;  // ½ E|Z − Z'| of ascending values
            for (int i = 0; i < n; ++i) spread += q(i) * (2.0 * (i + 1) - n - 1.0) / n / n;
            for (double z : {q(40), q(2000), q(3990)}) {
                const double other = (q.array() - z).abs().mean() - spread;
                QVERIFY(std::abs(d.crps(0, z) / other - 1.0) < 2e-3);
            }
        }
    }

    // A Gaussian half below zero under a square root: the censored part sits at the bound.
    void what_lies_below_the_bound_counts_with_it() {
        const auto d = one(0.0, 1.0, std::make_shared<SquareRootTransform>(0.0));
        QVERIFY(std::abs(d.exceedance(0, 0.0) - 0.5) < 1e-15);
        QCOMPARE(d.exceedance(0, -0.1), 1.0);
        QCOMPARE(d.quantile(0, 0.3), 0.0);
        QVERIFY(std::abs(d.moments(0).mean - 0.5) < 1e-12);
        const auto power = one(0.0, 1.0, std::make_shared<BoxCoxTransform>(0.0, 1.0));  // z = y + 1
        // E[max(1 + X, 0)] = Φ(1) + φ(1)
        QVERIFY(std::abs(power.moments(0).mean - (normal_cdf(1.0) + normal_density(1.0))) < 1e-6);
        QVERIFY(std::abs(power.exceedance(0, 0.0) - normal_cdf(1.0)) < 1e-14);
    }

    void without_variance_it_is_a_step() {
        const auto d = one(1.2, 0.0, std::make_shared<LogTransform>(0.0));
        QVERIFY(std::abs(d.quantile(0, 0.9) - std::exp(1.2)) < 1e-9);
        QCOMPARE(d.exceedance(0, 3.0), 1.0);
        QCOMPARE(d.exceedance(0, 3.5), 0.0);
        QCOMPARE(d.moments(0).variance, 0.0);
    }

    void wrong_numbers_are_refused() {
        const auto code = [](const auto& f) {
            try {
                f();
            } catch (const Error& e) {
                return e.code();
            }
            return ErrorCode::cancelled;
        };
        QCOMPARE(code([] { (void)PredictiveDistribution(Matrix::Zero(2, 1), Matrix::Zero(3, 1), nullptr); }),
                 ErrorCode::dimension_mismatch);
    }

    void a_point_without_a_number_is_known_as_such() {
        Matrix means = Matrix::Zero(3, 2), variances = Matrix::Ones(3, 2);
        means(1, 0) = std::nan("");
        variances(2, 1) = std::nan("");
        const PredictiveDistribution d(means, variances, nullptr);
        QVERIFY(d.known(0));
        QVERIFY(!d.known(1));
        QVERIFY(!d.known(2));
        try {
            (void)site_scores(Vector::Zero(3), d);
            QFAIL("scores of a prediction that is no number");
        } catch (const Error& e) {
            QCOMPARE(e.code(), ErrorCode::not_finite);
        }
    }
};

QTEST_GUILESS_MAIN(TestPredictiveDistribution)
#include "test_predictive_distribution.moc"
