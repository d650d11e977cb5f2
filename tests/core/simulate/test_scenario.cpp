// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/scenario.h"

#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"

using namespace anamorph;

namespace {

Points random_points(Index n, std::uint64_t seed) {
    RandomStream random(seed);
    Points x(n, 2);
    for (Index i = 0; i < n; ++i) {
        for (Index axis = 0; axis < 2; ++axis) x(i, axis) = random.uniform(-1.0, 1.0);
    }
    return x;
}

Points shifted(const Points& x, Index axis, double by) {
    Points y = x;
    y.col(axis).array() += by;
    return y;
}

}  // namespace

class TestScenario : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void names_are_the_documented_ones();
    void unknown_names_are_refused();
    void log_determinant_equals_finite_differences_data();
    void log_determinant_equals_finite_differences();
    void slides_is_singular_at_the_origin();
    void local_ranges_vary_as_stated();
    void points_of_another_dimension_are_refused();
};

void TestScenario::names_are_the_documented_ones() {
    const std::vector<std::string> expected = {"radial", "slides", "compress",   "conformal",
                                               "swirl",  "aniso",  "stationary", "step",
                                               "waves"};
    QCOMPARE(Scenario::names(), expected);
    for (const auto& name : expected) {
        QVERIFY(!Scenario(name).explanation().empty());
        QVERIFY(Scenario(name).range() > 0.0);
    }
    QCOMPARE(Scenario("swirl").range(), 0.4);
    QCOMPARE(Scenario("aniso").range(), 0.5);
}

void TestScenario::unknown_names_are_refused() {
    try {
        Scenario("spiral");
        QFAIL("an unknown scenario was accepted");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::bad_input);
    }
}

void TestScenario::log_determinant_equals_finite_differences_data() {
    QTest::addColumn<QString>("name");
    for (const auto& name : Scenario::names()) {
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

void TestScenario::log_determinant_equals_finite_differences() {
    QFETCH(QString, name);
    const Scenario scenario(name.toStdString());
    const Points x = random_points(200, 3);
    const double h = 1e-5;
    const Points d1 = (scenario.deformed_from_geographic(shifted(x, 0, h)) -
                       scenario.deformed_from_geographic(shifted(x, 0, -h))) / (2.0 * h);
    const Points d2 = (scenario.deformed_from_geographic(shifted(x, 1, h)) -
                       scenario.deformed_from_geographic(shifted(x, 1, -h))) / (2.0 * h);
    const Vector log_det = scenario.log_abs_det_jacobian(x);
    for (Index i = 0; i < x.rows(); ++i) {
        const double det = d1(i, 0) * d2(i, 1) - d1(i, 1) * d2(i, 0);
        QVERIFY(std::abs(std::abs(det) - std::exp(log_det(i))) < 1e-7 * (1.0 + std::abs(det)));
    }
}

void TestScenario::slides_is_singular_at_the_origin() {
    const Vector log_det = Scenario("slides").log_abs_det_jacobian(Points::Zero(1, 2));
    QVERIFY(std::isinf(log_det(0)) && log_det(0) < 0.0);
}

void TestScenario::local_ranges_vary_as_stated() {
    Points ends(2, 2);
    ends << -1.0, 0.0, 1.0, 0.0;
    const Vector compress = Scenario("compress").log_abs_det_jacobian(ends);
    QVERIFY(std::abs(compress(0) - compress(1) - 2.0 * 1.15) < 1e-12);  // e^2.3 = 10
    const Vector conformal = Scenario("conformal").log_abs_det_jacobian(ends);
    QVERIFY(std::abs(0.5 * (conformal(0) - conformal(1)) - 2.0) < 1e-12);  // e^2 = 7.4
    const Vector step = Scenario("step").log_abs_det_jacobian(ends);
    QVERIFY(std::abs(step(0)) < 1e-6);
    QVERIFY(std::abs(step(1) - std::log(5.0)) < 1e-6);
}

void TestScenario::points_of_another_dimension_are_refused() {
    try {
        (void)Scenario("radial").deformed_from_geographic(Points::Zero(4, 3));
        QFAIL("three columns were accepted");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::dimension_mismatch);
    }
}

QTEST_APPLESS_MAIN(TestScenario)
#include "test_scenario.moc"
