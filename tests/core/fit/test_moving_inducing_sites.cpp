// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>

#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"
#include "tests/core/simulated.h"

using namespace anamorph;
using anamorph::testing::simulated;

namespace {

ModelSpecification low_rank(DeformationKind kind, bool move) {
    ModelSpecification s;
    s.deformation = kind;
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::three_halves;
    s.likelihood.kind = LikelihoodKind::predictive_process;
    s.likelihood.inducing_sites = 20;
    s.likelihood.move_inducing = move;
    return s;
}

FitOptions quick() {
    FitOptions options;
    options.threads = 1;
    options.max_iterations = 25;
    options.posterior = false;
    return options;
}

}  // namespace

class TestMovingInducingSites : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Deformation, nugget, log-scale and the inducing sites' own coordinates, by the chain rule
    // through the velocity field.
    void gradient_equals_finite_differences() {
        const auto data = simulated("swirl", 120);
        ModelSpecification s = low_rank(DeformationKind::velocity_field, true);
        s.log_scale = LogScale::yes;
        ModelState model = make_model(data, s, 1);
        Vector theta = model.parameters();
        for (Index i = 0; i < theta.size(); ++i) theta(i) += 0.05 * std::sin(3.0 * static_cast<double>(i));
        model.set_parameters(theta);
        Objective objective(model);
        const Vector start = objective.start();
        QCOMPARE(start.size(), theta.size() + 40);
        double value = 0.0, up = 0.0, down = 0.0;
        Vector gradient, unused;
        QVERIFY(objective.evaluate(start, value, gradient));
        QCOMPARE(gradient.size(), start.size());
        const double e = 1e-5;
        for (Index i = 0; i < start.size(); i += i < theta.size() ? 17 : 3) {
            Vector moved = start;
            moved(i) += e;
            QVERIFY(objective.evaluate(moved, up, unused));
            moved(i) -= 2 * e;
            QVERIFY(objective.evaluate(moved, down, unused));
            const double fd = (up - down) / (2 * e);
            QVERIFY2(std::abs(fd - gradient(i)) < 1e-6 * (1.0 + std::abs(fd)) + 1e-6,
                     qPrintable(QString("%1: %2 %3").arg(i).arg(fd).arg(gradient(i))));
        }
        // A θ without the points leaves them where they are.
        QVERIFY(objective.evaluate(start, value, gradient));
        QVERIFY(objective.evaluate(theta, up, unused));
        QCOMPARE(up, value);
        QCOMPARE(unused.size(), theta.size());
    }

    void moving_them_raises_the_likelihood_and_is_kept() {
        const auto data = simulated("swirl", 150);
        const FitResult still = fit(data, low_rank(DeformationKind::anisotropic, false), quick());
        const FitResult moved = fit(data, low_rank(DeformationKind::anisotropic, true), quick());
        QVERIFY(still.model().state().auxiliary_points.size() == 0);
        QCOMPARE(moved.model().state().auxiliary_points.rows(), Index(20));
        QVERIFY2(moved.model().loss().total < still.model().loss().total - 1.0,
                 qPrintable(QString("%1 %2").arg(moved.model().loss().total).arg(still.model().loss().total)));

        // Predictions survive the archive, which holds the points.
        const auto opened = FittedModel::from_archive(moved.model().to_archive(), data);
        PredictOptions options;
        options.averaged = false;
        const Points x = (Points(3, 2) << 0.1, 0.2, -0.5, 0.7, 0.9, -0.9).finished();
        const Prediction a = predict_at(moved.model(), x, {}, options);
        const Prediction b = predict_at(*opened, x, {}, options);
        QCOMPARE(b.mean, a.mean);
        QCOMPARE(b.variance, a.variance);
        const Prediction c = predict_at(still.model(), x, {}, options);
        QVERIFY((c.mean - a.mean).norm() > 1e-6);
    }
};

QTEST_GUILESS_MAIN(TestMovingInducingSites)
#include "test_moving_inducing_sites.moc"
