// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/fit/warnings.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"
#include "tests/core/simulated.h"

using namespace anamorph;
using anamorph::testing::simulated;

namespace {

ModelSpecification specification(DeformationKind kind, int basis) {
    ModelSpecification s;
    s.deformation = kind;
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::one;
    s.basis_size = 3;
    s.likelihood.kind = LikelihoodKind::spde;
    s.likelihood.mesh_edge = 0.2;
    s.likelihood.spde_basis = basis;
    return s;
}

}  // namespace

class TestSpdeFit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Through the deformation to the mesh's vertices, and with the coefficients' prior.
    void objective_gradient_equals_finite_differences_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("basis");
        QTest::newRow("anisotropic") << static_cast<int>(DeformationKind::anisotropic) << 0;
        QTest::newRow("velocity field") << static_cast<int>(DeformationKind::velocity_field) << 0;
        QTest::newRow("varying") << static_cast<int>(DeformationKind::stationary) << 3;
        QTest::newRow("velocity field, varying") << static_cast<int>(DeformationKind::velocity_field) << 2;
    }
    void objective_gradient_equals_finite_differences() {
        QFETCH(int, kind);
        QFETCH(int, basis);
        ModelSpecification s = specification(static_cast<DeformationKind>(kind), basis);
        if (basis == 2) s.log_scale = LogScale::yes;
        ModelState model = make_model(simulated("swirl", 60, 5), s, 1);
        Vector theta = model.parameters();
        QCOMPARE(model.coefficients.size(), Index(basis * basis * 3));
        RandomStream random(7);
        for (Index i = 0; i < theta.size(); ++i) theta(i) += random.uniform(-0.1, 0.1);
        Objective objective(model);
        double value = 0.0, shifted = 0.0;
        Vector gradient, unused;
        QVERIFY(objective.evaluate(theta, value, gradient));
        QCOMPARE(objective.prior_precision().size(), theta.size());
        const double e = 1e-3;
        for (Index i = 0; i < theta.size(); i += theta.size() > 12 ? 3 : 1) {
            double sum = 0.0;
            for (const auto& [step, weight] : {std::pair{-2.0, 1.0}, {-1.0, -8.0}, {1.0, 8.0}, {2.0, -1.0}}) {
                Vector at = theta;
                at(i) += step * e;
                QVERIFY(objective.evaluate(at, shifted, unused));
                sum += weight * shifted;
            }
            const double fd = sum / (12.0 * e);
            QVERIFY2(std::abs(fd - gradient(i)) < 1e-6 * (1.0 + std::abs(fd)),
                     qPrintable(QString("%1: %2 %3").arg(i).arg(fd, 0, 'g', 12).arg(gradient(i), 0, 'g', 12)));
        }
    }

    // A field whose range is short on one side and long on the other: the varying coefficients find
    // that, are kept in the archive and come back, and predictions stay the same.
    void varying_coefficients_are_fitted_and_kept() {
        const auto data = simulated("compress", 250, 5);
        FitOptions options;
        options.threads = 1;
        options.max_iterations = 40;
        options.posterior = false;
        const FitResult plain = fit(data, specification(DeformationKind::stationary, 0), options);
        const FitResult varying = fit(data, specification(DeformationKind::stationary, 3), options);
        QVERIFY2(varying.model().loss().total < plain.model().loss().total - 5.0,
                 qPrintable(QString("%1 %2").arg(varying.model().loss().total).arg(plain.model().loss().total)));
        const auto restored = FittedModel::from_archive(varying.model().to_archive(), data);
        QCOMPARE(restored->state().coefficients, varying.model().state().coefficients);
        Points x(3, 2);
        x << 0.0, 0.0, 0.5, -0.5, -0.9, 0.9;
        PredictOptions predict;
        predict.threads = 1;
        const Prediction a = predict_at(varying.model(), x, {}, predict);
        const Prediction b = predict_at(*restored, x, {}, predict);
        QCOMPARE(a.mean, b.mean);
        QCOMPARE(a.variance, b.variance);

        // Read from the coefficients: the practical range differs between places, and the
        // correlation at the practical range is 0.05, roughly where the coefficients vary slowly.
        double longest = 0.0, shortest = 1e9;
        for (const LocalStrain& strain : varying.model().strain_at(data->coordinates)) {
            longest = std::max(longest, strain.major_range);
            shortest = std::min(shortest, strain.minor_range);
        }
        QVERIFY(longest > 1.5 * shortest);
        const LocalStrain here = varying.model().strain_at(x.topRows(1))[0];
        const double angle = here.major_angle * 3.14159265358979 / 180.0;
        const Points lag = 0.15 * (Points(1, 2) << std::cos(angle), std::sin(angle)).finished();
        const Points across = 0.15 * (Points(1, 2) << -std::sin(angle), std::cos(angle)).finished();
        const double along = varying.model().correlation_with(x.topRows(1), x.topRows(1) + lag)(0);
        const double beside = varying.model().correlation_with(x.topRows(1), x.topRows(1) + across)(0);
        QVERIFY(along <= 1.0 && along > beside && beside > 0.0);
        QVERIFY(std::abs(varying.model().correlation_with(x.topRows(1), x.topRows(1))(0) - 1.0) < 1e-9);
    }

    void unsuitable_meshes_are_warned_of() {
        const auto data = simulated("stationary", 100, 5);
        FitOptions options;
        options.threads = 1;
        options.max_iterations = 5;
        options.posterior = false;
        auto warned = [&](double edge, double border) {
            ModelSpecification s = specification(DeformationKind::stationary, 0);
            s.likelihood.mesh_edge = edge;
            s.likelihood.mesh_border = border;
            return mesh_warnings(fit(data, s, options).model()).size();
        };
        QCOMPARE(warned(0.1, 0.6), std::size_t(0));
        QCOMPARE(warned(0.1, 0.01), std::size_t(1));
        QCOMPARE(warned(1.0, 0.6), std::size_t(1));
    }

    void deformed_fit_beats_the_stationary_one() {
        const auto data = simulated("swirl", 250, 5);
        FitOptions options;
        options.threads = 1;
        options.max_iterations = 40;
        options.posterior = false;
        ModelSpecification warped = specification(DeformationKind::velocity_field, 0);
        warped.basis_size = 5;
        const FitResult plain = fit(data, specification(DeformationKind::stationary, 0), options);
        const FitResult bent = fit(data, warped, options);
        QVERIFY2(bent.model().log_likelihood() > plain.model().log_likelihood() + 10.0,
                 qPrintable(QString("%1 %2").arg(bent.model().log_likelihood()).arg(plain.model().log_likelihood())));
    }
};

QTEST_GUILESS_MAIN(TestSpdeFit)
#include "test_spde_fit.moc"
