// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>

#include "core/base/error.h"
#include "core/fit/optimiser.h"

using namespace anamorph;

namespace {

bool rosenbrock(const Vector& x, double& f, Vector& g) {
    f = 0.0;
    g = Vector::Zero(x.size());
    for (Index i = 0; i + 1 < x.size(); ++i) {
        const double a = 1.0 - x(i), b = x(i + 1) - x(i) * x(i);
        f += a * a + 100.0 * b * b;
        g(i) += -2.0 * a - 400.0 * x(i) * b;
        g(i + 1) += 200.0 * b;
    }
    return true;
}

/// −log x + x, defined for x > 0 only; its minimum is 1.
bool half_line(const Vector& x, double& f, Vector& g) {
    if (x.minCoeff() <= 0.0) return false;
    f = (x.array() - x.array().log()).sum();
    g = 1.0 - x.array().inverse();
    return true;
}

}  // namespace

class TestOptimiser : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lbfgs_finds_the_valley() {
        OptimiserOptions options;
        options.max_iterations = 500;
        options.relative_tolerance = 1e-15;
        options.gradient_tolerance = 1e-8;
        const auto r = minimise_lbfgs(rosenbrock, Vector::Constant(10, -1.2), options, {});
        QVERIFY((r.x.array() - 1.0).abs().maxCoeff() < 1e-6);
        QVERIFY(r.iterations < 200);
    }

    void lbfgs_never_accepts_a_worse_iterate() {
        OptimiserOptions options;
        double last = 1e300;
        bool worse = false;
        (void)minimise_lbfgs(rosenbrock, Vector::Constant(6, -1.0), options,
                             [&](int, const Vector&, double value, const Vector&) {
                                 worse = worse || value > last;
                                 last = value;
                                 return FitDecision::proceed;
                             });
        QVERIFY(!worse);
    }

    void steps_into_the_undefined_are_shortened() {
        OptimiserOptions options;
        options.first_step = 50.0;
        const auto r = minimise_lbfgs(half_line, Vector::Constant(3, 8.0), options, {});
        QVERIFY((r.x.array() - 1.0).abs().maxCoeff() < 1e-4);
        OptimiserOptions adam;
        adam.learning_rate = 3.0;
        adam.max_iterations = 3000;
        adam.relative_tolerance = 1e-14;
        const auto a = minimise_adam(half_line, Vector::Constant(3, 2.0), adam, {});
        QVERIFY(!a.warnings.empty());
        QVERIFY(a.value <= 3.0 * (2.0 - std::log(2.0)));
    }

    void an_undefined_start_is_an_error() {
        for (auto* minimise : {minimise_lbfgs, minimise_adam}) {
            try {
                (void)minimise(half_line, Vector::Constant(2, -1.0), {}, {});
                QFAIL("no error");
            } catch (const Error& error) {
                QCOMPARE(error.code(), ErrorCode::not_finite);
            }
        }
    }

    void stop_keeps_the_best() {
        for (auto* minimise : {minimise_lbfgs, minimise_adam}) {
            double best = 1e300;
            const auto r = minimise(rosenbrock, Vector::Constant(4, -1.0), {},
                                    [&](int iteration, const Vector&, double value, const Vector&) {
                                        best = std::min(best, value);
                                        return iteration >= 5 ? FitDecision::stop_keep_best
                                                              : FitDecision::proceed;
                                    });
            QCOMPARE(r.termination, Termination::stopped_by_user);
            QCOMPARE(r.iterations, 5);
            QCOMPARE(r.value, best);
        }
    }

    void adam_descends() {
        OptimiserOptions options;
        options.max_iterations = 20000;
        options.learning_rate = 0.01;
        const auto r = minimise_adam(rosenbrock, Vector::Constant(3, -1.0), options, {});
        QVERIFY(r.value < 1e-2);
    }
};

QTEST_GUILESS_MAIN(TestOptimiser)
#include "test_optimiser.moc"
