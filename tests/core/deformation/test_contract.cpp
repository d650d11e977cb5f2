// SPDX-License-Identifier: GPL-3.0-or-later
// One contract for every deformation: log|det J| and pull-back equal finite differences, the
// inverse returns the point, the start is the identity where the map is trained.
#include <QtTest>

#include <cmath>
#include <functional>
#include <random>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/deformation/axial_warping.h"
#include "core/deformation/composition.h"
#include "core/deformation/layer_chain.h"
#include "core/deformation/layer_tape.h"
#include "core/deformation/mobius.h"
#include "core/deformation/plain_network.h"
#include "core/deformation/radial.h"
#include "core/deformation/radial_basis.h"
#include "core/deformation/space_only.h"
#include "core/deformation/spline_coupling.h"
#include "core/deformation/velocity_field.h"
#include "tests/core/deformation/contract_cases.h"

using namespace anamorph;
using namespace anamorph::testing;

class TestContract : public QObject {
    Q_OBJECT

    static void all_cases() {
        QTest::addColumn<int>("row");
        for (std::size_t i = 0; i < cases().size(); ++i)
            QTest::newRow(cases()[i].name) << static_cast<int>(i);
    }

private Q_SLOTS:
    void identity_at_start_data() { all_cases(); }
    void identity_at_start() {
        QFETCH(int, row);
        const Case& c = cases()[static_cast<std::size_t>(row)];
        if (!c.identity_at_start) return;
        const Points x = random_points(50, c.dimension, 1);
        const auto f = c.make();
        QVERIFY((f->forward(x) - x).cwiseAbs().maxCoeff() < 1e-14);
        QVERIFY(f->log_abs_det(x).cwiseAbs().maxCoeff() < 1e-14);
    }

    void log_det_equals_finite_differences_data() { all_cases(); }
    void log_det_equals_finite_differences() {
        QFETCH(int, row);
        const Case& c = cases()[static_cast<std::size_t>(row)];
        const auto f = at_random_parameters(c);
        const Points x = random_points(130, c.dimension, 2, 1.2);
        const Vector log_det = f->log_abs_det(x);
        const auto jac = jacobians(*f, x, 1e-5);
        for (Index i = 0; i < x.rows(); ++i)
            QVERIFY(std::abs(std::log(std::abs(determinant(jac[static_cast<std::size_t>(i)]))) -
                             log_det(i)) < 1e-6);
    }

    void inverse_returns_the_point_data() { all_cases(); }
    void inverse_returns_the_point() {
        QFETCH(int, row);
        const Case& c = cases()[static_cast<std::size_t>(row)];
        const auto f = at_random_parameters(c);
        const Points x = random_points(200, c.dimension, 3, 1.3);
        QVERIFY((f->inverse(f->forward(x)) - x).cwiseAbs().maxCoeff() < 1e-10);
    }

    void tape_agrees_and_pulls_back_data() { all_cases(); }
    void tape_agrees_and_pulls_back() {
        QFETCH(int, row);
        const Case& c = cases()[static_cast<std::size_t>(row)];
        const auto f = at_random_parameters(c);
        const Points x = random_points(90, c.dimension, 4);
        const auto tape = f->record(x);
        QVERIFY((tape->deformed() - f->forward(x)).cwiseAbs().maxCoeff() < 1e-13);
        QVERIFY((tape->log_abs_det() - f->log_abs_det(x)).cwiseAbs().maxCoeff() < c.tape_tolerance);

        const Points g = random_points(90, c.dimension, 5);
        const Vector gamma = random_points(90, 1, 6).col(0);
        const auto value = [&](const Vector& theta) {
            const auto copy = f->clone();
            copy->set_parameters(theta);
            const auto t = copy->record(x);
            return g.cwiseProduct(t->deformed()).sum() + gamma.dot(t->log_abs_det());
        };
        const Vector gradient = tape->pull_back(g, gamma);
        Vector theta = f->parameters();
        QCOMPARE(gradient.size(), theta.size());
        for (Index k = 0; k < theta.size(); k += 1 + theta.size() / 12) {
            const double e = 1e-6, keep = theta(k);
            theta(k) = keep + e;
            const double plus = value(theta);
            theta(k) = keep - e;
            const double minus = value(theta);
            theta(k) = keep;
            const double fd = (plus - minus) / (2 * e);
            QVERIFY2(std::abs(fd - gradient(k)) < 1e-6 * (1.0 + std::abs(fd)),
                     qPrintable(QString("%1: %2 against %3").arg(k).arg(gradient(k)).arg(fd)));
        }
        // Without a cotangent for the determinant the same as with zeros.
        QVERIFY((tape->pull_back(g, {}) - tape->pull_back(g, Vector::Zero(90))).norm() < 1e-12);
    }

    void layers_pull_back_to_their_points_data() { all_cases(); }
    void layers_pull_back_to_their_points() {
        QFETCH(int, row);
        const Case& c = cases()[static_cast<std::size_t>(row)];
        const auto f = at_random_parameters(c);
        const Points x = random_points(30, c.dimension, 14);
        const auto tape = f->record(x);
        const auto* layer = dynamic_cast<const LayerTape*>(tape.get());
        if (!layer) return;
        const Points g = random_points(30, c.dimension, 15);
        const Vector gamma = random_points(30, 1, 16).col(0);
        Points d_points;
        QVERIFY((layer->pull_back_to_points(g, gamma, d_points) - tape->pull_back(g, gamma)).norm() < 1e-12);
        for (int j = 0; j < c.dimension; ++j) {
            const double e = 1e-6;
            const auto value = [&](double step) {
                Points moved = x;
                moved.col(j).array() += step;
                const auto t = f->record(moved);
                return Vector(g.cwiseProduct(t->deformed()).rowwise().sum() +
                              gamma.cwiseProduct(t->log_abs_det()));
            };
            const Vector fd = (value(e) - value(-e)) / (2 * e);
            QVERIFY(((fd - d_points.col(j)).array().abs() / (1.0 + fd.array().abs())).maxCoeff() < 1e-6);
        }
    }

    void parameters_and_clones_come_back_data() { all_cases(); }
    void parameters_and_clones_come_back() {
        QFETCH(int, row);
        const Case& c = cases()[static_cast<std::size_t>(row)];
        const auto f = at_random_parameters(c);
        const auto copy = f->clone();
        auto fresh = c.make();
        fresh->set_parameters(f->parameters());
        QCOMPARE(copy->parameters(), f->parameters());
        const Points x = random_points(40, c.dimension, 17);
        QCOMPARE(copy->forward(x), f->forward(x));
        QCOMPARE(fresh->forward(x), f->forward(x));
        QCOMPARE(fresh->prior_precision(), f->prior_precision());
        // A copy of its own: changing it leaves the first alone.
        const Points before = f->forward(x);
        copy->set_parameters(0.5 * f->parameters());
        QCOMPARE(f->forward(x), before);
    }

    void regulariser_has_its_gradient_data() { all_cases(); }
    void regulariser_has_its_gradient() {
        QFETCH(int, row);
        const Case& c = cases()[static_cast<std::size_t>(row)];
        const auto f = at_random_parameters(c);
        Vector theta = f->parameters(), gradient = Vector::Zero(theta.size()), unused = gradient;
        (void)f->regulariser(gradient);
        for (Index k = 0; k < theta.size(); k += 1 + theta.size() / 8) {
            const double e = 1e-5, keep = theta(k);
            theta(k) = keep + e;
            f->set_parameters(theta);
            const double plus = f->regulariser(unused);
            theta(k) = keep - e;
            f->set_parameters(theta);
            const double minus = f->regulariser(unused);
            theta(k) = keep;
            QVERIFY(std::abs((plus - minus) / (2 * e) - gradient(k)) < 1e-6 * (1.0 + std::abs(gradient(k))));
        }
    }

    void wrong_parameter_count_is_refused_data() { all_cases(); }
    void wrong_parameter_count_is_refused() {
        QFETCH(int, row);
        const auto f = cases()[static_cast<std::size_t>(row)].make();
        try {
            f->set_parameters(Vector::Zero(f->parameter_count() + 1));
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::dimension_mismatch);
        }
    }

    void strong_velocity_takes_more_steps_and_stays_invertible() {
        VelocityField f({6, 6}, 1.0);
        f.set_parameters(random_points(f.parameter_count(), 1, 7, 2.5).col(0));
        QVERIFY(f.steps() > 4);
        const Points x = random_points(200, 2, 8);
        QVERIFY((f.inverse(f.forward(x)) - x).cwiseAbs().maxCoeff() < 1e-8);
        for (const Matrix& j : jacobians(f, x, 1e-6)) QVERIFY(determinant(j) > 0.0);
    }

    void a_network_that_folds_has_no_inverse() {
        PlainNetwork f(2, 16, 3.0, 1);
        Vector theta = f.parameters();
        QVERIFY(f.least_determinant() == 1.0);
        theta.tail(32) = random_points(32, 1, 18, 6.0).col(0);
        f.set_parameters(theta);
        QVERIFY(f.least_determinant() < 0.0);
        try {
            (void)f.inverse(Points::Zero(1, 2));
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::unsupported);
        }
        // Where det J is zero the adjoint is still a number.
        const Points x = random_points(300, 2, 19);
        QVERIFY(f.record(x)->pull_back(x, Vector::Ones(300)).allFinite());
    }

    void a_mobius_transformation_is_conformal_and_keeps_its_pole_out() {
        Mobius f(2, 3.0);
        f.set_parameters(random_points(6, 1, 20, 50.0).col(0) + Vector::Unit(6, 4) * 1e3);
        QVERIFY(std::abs(f.bending()) < 0.5);
        f.set_parameters(random_points(6, 1, 20, 0.8).col(0));
        for (const Matrix& j : jacobians(f, random_points(40, 2, 21), 1e-5)) {
            const Matrix square = j.transpose() * j;
            QVERIFY(std::abs(square(0, 1)) < 1e-6 * square(0, 0));
            QVERIFY(std::abs(square(0, 0) / square(1, 1) - 1.0) < 1e-6);
        }
        QVERIFY_THROWS_EXCEPTION(Error, Mobius(3, 3.0));
    }

    void splines_leave_what_is_outside_alone() {
        SplineCoupling f(1, 6, 2, 3.0);
        f.set_parameters(random_points(f.parameter_count(), 1, 22, 5.0).col(0));
        Points x(4, 1);
        x << -1.7, -SplineCoupling::extent, SplineCoupling::extent, 3.0;
        QVERIFY((f.forward(x) - x).cwiseAbs().maxCoeff() < 1e-14);
        x << -1.2, 0.0, 0.3, 1.2;
        QVERIFY((f.forward(x) - x).cwiseAbs().maxCoeff() > 0.05);
    }

    void radial_basis_weights_stay_within_their_bounds() {
        for (double theta : {-60.0, -3.0, 3.0, 60.0}) {
            RadialBasis f(2, 3, 3.0);
            f.set_parameters(Vector::Constant(9, theta));
            QVERIFY(f.weights().minCoeff() >= -1.0);
            QVERIFY(f.weights().maxCoeff() <= 0.5 * std::exp(1.5));
            if (std::abs(theta) > 10.0) continue;
            for (const Matrix& j : jacobians(f, random_points(300, 2, 23, 1.3), 1e-5))
                QVERIFY(determinant(j) > 0.0);
        }
    }

    void a_larger_velocity_field_starts_from_a_smaller_one() {
        VelocityField one({5, 5}, 30.0);
        one.set_parameters(random_points(one.parameter_count(), 1, 9, 0.2).col(0));
        VelocityField larger({5, 5}, 30.0);
        larger.add_level({8, 8}, 100.0);
        larger.add_units({random_points(2, 2, 12), Points::Constant(2, 2, 0.3)}, 40.0);
        larger.start_from(one);
        const Points x = random_points(100, 2, 10);
        QCOMPARE(larger.forward(x), one.forward(x));
        QCOMPARE(larger.squared_norm(0), one.squared_norm(0));
        QCOMPARE(larger.squared_norm(1), 0.0);
        QCOMPARE(larger.squared_norm(2), 0.0);
        // The other way round the smaller one gets what it can carry.
        larger.set_parameters(random_points(larger.parameter_count(), 1, 13, 0.02).col(0) + larger.parameters());
        VelocityField smaller({5, 5}, 30.0);
        smaller.start_from(larger);
        QVERIFY((smaller.velocity(x) - 0.9 * larger.velocity(x)).norm() < 0.3 * larger.velocity(x).norm());
        // Each group has its own ridge.
        Vector gradient = Vector::Zero(larger.parameter_count());
        const double penalty = larger.regulariser(gradient);
        QVERIFY(std::abs(penalty - (30.0 * larger.squared_norm(0) + 100.0 * larger.squared_norm(1) +
                                    40.0 * larger.squared_norm(2))) < 1e-12 * penalty);
        QVERIFY_THROWS_EXCEPTION(Error, larger.add_level({12, 12}, 1.0));
        QVERIFY_THROWS_EXCEPTION(Error, larger.add_units({Points::Zero(1, 2), Points::Zero(1, 2)}, 1.0));
    }

    void projection_keeps_a_smooth_velocity() {
        VelocityField coarse({6, 6}, 30.0), fine({10, 10}, 30.0);
        coarse.set_parameters(random_points(coarse.parameter_count(), 1, 9, 0.3).col(0));
        fine.project_from(coarse, 1.0);
        const Points x = random_points(300, 2, 10);
        const double size = coarse.velocity(x).norm();
        QVERIFY((fine.velocity(x) - coarse.velocity(x)).norm() < 0.03 * size);
    }
};

QTEST_GUILESS_MAIN(TestContract)
#include "test_contract.moc"
