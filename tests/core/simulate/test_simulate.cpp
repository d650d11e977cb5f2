// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/simulate/scenario.h"

using namespace anamorph;

namespace {

ErrorCode code_of(const ScenarioOptions& options) {
    try {
        (void)simulate(Scenario("stationary"), options);
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::unsupported;
}

}  // namespace

class TestSimulate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void random_numbers_are_the_same_everywhere();
    void normals_have_the_moments_of_the_standard_normal();
    void a_seed_fixes_the_field();
    void moments_are_those_of_the_model();
    void noise_is_measurement_minus_signal();
    void designs_lie_in_the_square();
    void preferential_sites_follow_the_determinant();
    void impossible_requests_are_refused();
};

void TestSimulate::random_numbers_are_the_same_everywhere() {
    // The 10000th number of a mersenne_twister_engine mt19937_64 with the standard's default seed
    // is fixed by the C++ standard: 9981545732273789042.
    RandomStream random(5489);
    for (int i = 0; i < 9999; ++i) (void)random.uniform();
    const double expected =
        (static_cast<double>(9981545732273789042ULL >> 11U) + 0.5) * 0x1.0p-53;
    QCOMPARE(random.uniform(), expected);
}

void TestSimulate::normals_have_the_moments_of_the_standard_normal() {
    RandomStream random(7);
    const Index n = 200'000;
    const Vector z = random.normals(n);
    QVERIFY(std::abs(z.mean()) < 0.01);
    QVERIFY(std::abs(z.squaredNorm() / n - 1.0) < 0.02);
    QVERIFY(std::abs(z.array().cube().mean()) < 0.04);
    QVERIFY(std::abs(z.array().pow(4).mean() - 3.0) < 0.1);
}

void TestSimulate::a_seed_fixes_the_field() {
    ScenarioOptions options;
    options.sites = 50;
    options.test_sites = 20;
    const SimulatedField a = simulate(Scenario("swirl"), options);
    const SimulatedField b = simulate(Scenario("swirl"), options);
    QCOMPARE(a.dataset.coordinates, b.dataset.coordinates);
    QCOMPARE(a.dataset.values, b.dataset.values);
    QCOMPARE(a.test_values, b.test_values);
    options.seed = 2;
    const SimulatedField c = simulate(Scenario("swirl"), options);
    QVERIFY((a.dataset.values - c.dataset.values).cwiseAbs().maxCoeff() > 0.1);
    QCOMPARE(a.dataset.size(), Index{50});
    QCOMPARE(a.test_coordinates.rows(), Index{20});
}

void TestSimulate::moments_are_those_of_the_model() {
    // Over many realisations the signal has mean 3, variance 1, and at two sites the correlation
    // (1 + h/ℓ) e^{−h/ℓ}: 400 fields on a 4×4 grid (spacing 0.5, ℓ = 0.25).
    ScenarioOptions options;
    options.sites = 16;
    options.design = Design::grid;
    options.noise_sd = 0.0;
    options.mean = 3.0;
    const int fields = 400;
    double sum = 0.0, square = 0.0, product = 0.0;
    long count = 0, pairs = 0;
    for (int k = 0; k < fields; ++k) {
        options.seed = static_cast<std::uint64_t>(k + 1);
        const SimulatedField field = simulate(Scenario("stationary"), options);
        const Vector z = field.dataset.values.array() - 3.0;
        sum += z.sum();
        square += z.squaredNorm();
        count += z.size();
        for (Index i = 0; i < 16; ++i) {
            for (Index j = 0; j < i; ++j) {
                const double h = (field.dataset.coordinates.row(i) -
                                  field.dataset.coordinates.row(j)).norm();
                if (std::abs(h - 0.5) > 1e-9) continue;
                product += z(i) * z(j);
                ++pairs;
            }
        }
    }
    QVERIFY(std::abs(sum / count) < 0.06);
    QVERIFY(std::abs(square / count - 1.0) < 0.08);
    QVERIFY(std::abs(product / pairs - 3.0 * std::exp(-2.0)) < 0.06);
}

void TestSimulate::noise_is_measurement_minus_signal() {
    ScenarioOptions options;
    options.sites = 10;
    options.test_sites = 2000;
    options.noise_sd = 0.3;
    const SimulatedField field = simulate(Scenario("radial"), options);
    const Vector noise = field.test_values - field.test_signal;
    QVERIFY(std::abs(noise.mean()) < 0.03);
    QVERIFY(std::abs(std::sqrt(noise.squaredNorm() / 2000.0) - 0.3) < 0.02);
}

void TestSimulate::designs_lie_in_the_square() {
    for (const char* name : {"uniform", "grid", "clustered", "preferential"}) {
        ScenarioOptions options;
        options.sites = 225;
        options.design = design_from_string(name);
        const SimulatedField field = simulate(Scenario("compress"), options);
        QVERIFY2(field.dataset.coordinates.cwiseAbs().maxCoeff() <= 1.0, name);
        field.dataset.validate();
        if (options.design == Design::grid) {
            QCOMPARE(field.dataset.coordinates(0, 0), -1.0 + 1.0 / 15.0);
            QCOMPARE(field.dataset.coordinates(224, 1), 1.0 - 1.0 / 15.0);
        }
    }
}

void TestSimulate::preferential_sites_follow_the_determinant() {
    // compress: density ∝ e^{−k x₁} on [−1, 1], mean of x₁ = 1/k − coth k.
    ScenarioOptions options;
    options.sites = 4000;
    options.design = Design::preferential;
    options.noise_sd = 0.0;
    const double k = 1.15;
    const SimulatedField field = simulate(Scenario("compress"), options);
    QVERIFY(std::abs(field.dataset.coordinates.col(0).mean() - (1.0 / k - 1.0 / std::tanh(k))) < 0.03);
    QVERIFY(std::abs(field.dataset.coordinates.col(1).mean()) < 0.04);
}

void TestSimulate::impossible_requests_are_refused() {
    ScenarioOptions options;
    options.sites = 4;
    QCOMPARE(code_of(options), ErrorCode::bad_input);
    options.sites = 12'000;
    options.test_sites = 1;
    QCOMPARE(code_of(options), ErrorCode::bad_input);
    options = {};
    options.noise_sd = -1.0;
    QCOMPARE(code_of(options), ErrorCode::bad_input);
    options = {};
    options.design = Design::grid;
    options.sites = 401;
    QCOMPARE(code_of(options), ErrorCode::bad_input);
    try {
        (void)design_from_string("random");
        QFAIL("an unknown design was accepted");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::bad_input);
    }
}

QTEST_APPLESS_MAIN(TestSimulate)
#include "test_simulate.moc"
