// SPDX-License-Identifier: GPL-3.0-or-later
// Coefficients of the SPDE that vary in space.
#include <QtTest>

#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/make_likelihood.h"
#include "core/likelihood/spde_likelihood.h"
#include "core/predict/kriging_system.h"
#include "tests/core/spde_fixture.h"

using namespace anamorph;
using namespace anamorph::testing;

class TestSpdeVariation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void varying_coefficients_have_their_gradient_data() { fields(); }
    void varying_coefficients_have_their_gradient() {
        QFETCH(int, d);
        QFETCH(int, alpha);
        const Index n = 50;
        const Points x = random_points(n, d, 40);
        LikelihoodOptions options = mesh_options(d == 3 ? 0.9 : 0.5, 0.2, alpha);
        options.spde_basis = d == 3 ? 2 : 3;
        SpdeLikelihood likelihood({random_points(n, 1, 41), Matrix::Ones(n, 1), {}},
                                  spde_smoothness(alpha, d), options, x);
        const Index count = SpdeVariation::parameter_count(options.spde_basis, d);
        QCOMPARE(likelihood.variation()->parameter_count(), count);
        SiteFeatures features{bent(x), {}, bent(likelihood.auxiliary_points())};
        features.coefficients = 0.6 * random_points(count, 1, 42);
        ProfiledValue at, moved;
        QVERIFY(likelihood.evaluate(features, -1.0, true, at));
        QCOMPARE(at.d_coefficients.size(), count);
        auto agrees = [&](double& parameter, double derivative) {
            const double kept = parameter, e = 1e-4;
            double sum = 0.0;
            for (const auto& [step, weight] : {std::pair{-2.0, 1.0}, {-1.0, -8.0}, {1.0, 8.0}, {2.0, -1.0}}) {
                parameter = kept + step * e;
                if (!likelihood.evaluate(features, -1.0, false, moved)) sum = std::nan("");
                sum += weight * moved.negative_log_likelihood;
            }
            parameter = kept;
            const double fd = sum / (12.0 * e);
            return std::abs(fd - derivative) < 1e-6 * (1.0 + std::abs(fd));
        };
        for (Index k = 0; k < count; ++k) QVERIFY(agrees(features.coefficients(k), at.d_coefficients(k)));
        for (Index i = 0; i < features.auxiliary.rows(); i += 1 + features.auxiliary.rows() / 8)
            QVERIFY(agrees(features.auxiliary(i, 0), at.d_auxiliary(i, 0)));

        // Weights of zero, or none: the stationary operator.
        SpdeLikelihood plain({random_points(n, 1, 41), Matrix::Ones(n, 1), {}},
                             spde_smoothness(alpha, d), mesh_options(options.mesh_edge, 0.2, alpha), x);
        ProfiledValue stationary;
        QVERIFY(plain.evaluate(features, -1.0, false, stationary));
        for (const Vector& none : {Vector(), Vector(Vector::Zero(count))}) {
            features.coefficients = none;
            QVERIFY(likelihood.evaluate(features, -1.0, false, moved));
            QVERIFY(std::abs(moved.negative_log_likelihood - stationary.negative_log_likelihood) < 1e-8);
        }
        features.coefficients = Vector::Ones(count + 1);
        QVERIFY(!likelihood.evaluate(features, -1.0, false, moved));
    }

    // κ and H that vary slowly: variance stays near one, and the correlation near a point is
    // that of its own κ and H.
    void slowly_varying_coefficients_act_locally() {
        const Index n = 40;
        LikelihoodOptions options = mesh_options(0.06, 0.4);
        options.spde_basis = 2;
        const Points x = random_points(n, 2, 43);
        SpdeLikelihood likelihood({random_points(n, 1, 44), Matrix::Ones(n, 1), {}}, Smoothness::one, options, x);
        SiteFeatures features{5.0 * x, {}, 5.0 * likelihood.auxiliary_points()};
        features.coefficients = 0.4 * random_points(likelihood.variation()->parameter_count(), 1, 45);
        Points pair(3, 2);
        pair << 0.0, 0.0, 0.12, 0.0, 0.0, 0.12;
        const Matrix fields = SpdeVariation::fields_at(2, features.coefficients, pair.topRows(1));
        Matrix h(2, 2);
        h << fields(0, 1), fields(0, 2), fields(0, 2), fields(0, 3);
        QVERIFY(std::abs(determinant(h) - 1.0) < 1e-12);
        QVERIFY(std::abs(fields(0, 0)) > 0.05 && std::abs(h(0, 1)) > 0.05);
        const Vector correlation = likelihood.correlation(features, pair.topRows(1), pair);
        QVERIFY(std::abs(correlation(0) - 1.0) < 1e-10);
        for (Index i = 1; i < 3; ++i) {
            const Vector lag = 5.0 * (pair.row(i) - pair.row(0)).transpose();
            const double distance = std::exp(fields(0, 0)) * std::sqrt(lag.dot(matrix_inverse(h) * lag));
            QVERIFY2(std::abs(correlation(i) - correlation_at(Smoothness::one, distance)) < 0.04,
                     qPrintable(QString("%1 %2").arg(correlation(i)).arg(correlation_at(Smoothness::one, distance))));
        }
        // The prior variance at the sites: a nugget so large that the data say nothing.
        likelihood.fix_partial_sill(1.0);
        const auto system = likelihood.kriging_system(features, 15.0);
        QVERIFY(system != nullptr);
        Vector mean, variance;
        const Points inner = 0.8 * random_points(30, 2, 46);
        system->predict({5.0 * inner, {}, {}, inner}, Matrix::Zero(30, 1), false, mean, variance);
        QVERIFY2((variance.array() - 1.0).abs().maxCoeff() < 0.15,
                 qPrintable(QString::number((variance.array() - 1.0).abs().maxCoeff())));
    }
};

QTEST_GUILESS_MAIN(TestSpdeVariation)
#include "test_spde_variation.moc"
