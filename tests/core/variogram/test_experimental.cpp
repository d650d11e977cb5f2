// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/variogram/experimental.h"

#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/simulate/scenario.h"

using namespace anamorph;

class TestExperimental : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void three_sites_by_hand();
    void a_linear_ramp_has_a_directional_parabola();
    void simulated_fields_follow_their_model();
    void a_pair_budget_is_kept();
    void one_and_three_dimensions();
    void wrong_shapes_are_refused();
};

void TestExperimental::three_sites_by_hand() {
    Points x(3, 2);
    x << 0, 0, 1, 0, 0, 2;
    Vector z(3);
    z << 1, 3, 6;
    VariogramOptions options;
    options.classes = 2;
    options.maximum_distance = 3.0;  // classes [0, 1.5) and [1.5, 3]
    const auto curves = experimental_variogram(x, z, {}, options);
    QCOMPARE(curves.size(), std::size_t{1});
    QVERIFY(std::isnan(curves[0].direction));
    QCOMPARE(curves[0].pairs, (std::vector<long>{1, 2}));
    QCOMPARE(curves[0].gamma[0], 2.0);
    QCOMPARE(curves[0].gamma[1], 0.5 * (0.5 * 25.0 + 0.5 * 9.0));
    QCOMPARE(curves[0].distance[1], 0.5 * (2.0 + std::sqrt(5.0)));
}

void TestExperimental::a_linear_ramp_has_a_directional_parabola() {
    // z = 2 x₁ on a lattice: γ(h) = 2 h² along the first axis and 0 along the second.
    Points x(121, 2);
    for (Index i = 0; i < 121; ++i) x.row(i) << double(i % 11), double(i / 11);
    const Vector z = 2.0 * x.col(0);
    VariogramOptions options;
    options.classes = 5;
    options.maximum_distance = 5.0;
    options.angle_tolerance = 1.0;
    const auto curves = experimental_variogram(x, z, {0.0, 90.0, 180.0}, options);
    QCOMPARE(curves.size(), std::size_t{3});
    QCOMPARE(curves[1].direction, 90.0);
    for (std::size_t k = 0; k + 1 < curves[0].gamma.size(); ++k) {
        QCOMPARE(curves[0].gamma[k], 2.0 * curves[0].distance[k] * curves[0].distance[k]);
    }
    for (const double gamma : curves[1].gamma) QCOMPARE(gamma, 0.0);
    QCOMPARE(curves[2].gamma, curves[0].gamma);  // a direction and its opposite are one line
}

void TestExperimental::simulated_fields_follow_their_model() {
    // Mean over 60 realisations of the stationary scenario against 1 + τ² − ρ(h).
    ScenarioOptions options;
    options.sites = 144;
    options.design = Design::grid;
    options.noise_sd = 0.3;
    VariogramOptions variogram;
    variogram.classes = 6;
    variogram.maximum_distance = 0.9;
    std::vector<double> gamma(6, 0.0), distance(6, 0.0);
    const int fields = 60;
    for (int k = 0; k < fields; ++k) {
        options.seed = static_cast<std::uint64_t>(100 + k);
        const SimulatedField field = simulate(Scenario("stationary"), options);
        const auto curve = experimental_variogram(field.dataset.coordinates, field.dataset.values,
                                                  {}, variogram)[0];
        QCOMPARE(curve.gamma.size(), std::size_t{5});  // no pair closer than the lattice spacing
        for (std::size_t c = 0; c < 5; ++c) {
            gamma[c] += curve.gamma[c] / fields;
            distance[c] = curve.distance[c];
        }
    }
    for (std::size_t c = 0; c < 5; ++c) {
        const double h = distance[c] / 0.25;
        const double model = 1.0 + 0.09 - (1.0 + h) * std::exp(-h);
        QVERIFY2(std::abs(gamma[c] - model) < 0.09, qPrintable(QString::number(gamma[c] - model)));
    }
}

void TestExperimental::a_pair_budget_is_kept() {
    RandomStream random(1);
    const Index n = 2000;
    Points x(n, 2);
    for (Index i = 0; i < n; ++i) x.row(i) << random.uniform(), random.uniform();
    VariogramOptions options;
    options.maximum_pairs = 5000;
    options.maximum_distance = 2.0;
    const auto first = experimental_variogram(x, random.normals(n), {}, options)[0];
    long pairs = 0;
    for (const long count : first.pairs) pairs += count;
    QVERIFY(pairs <= 5000);
    QVERIFY(pairs > 4500);
    // White noise: γ is the variance in every class.
    double mean = 0.0;
    for (std::size_t c = 0; c < first.gamma.size(); ++c) mean += first.gamma[c] * first.pairs[c] / pairs;
    QVERIFY(std::abs(mean - 1.0) < 0.3);
}

void TestExperimental::one_and_three_dimensions() {
    Points line(5, 1);
    line << 0, 1, 2, 3, 4;
    VariogramOptions options;
    options.classes = 4;
    options.maximum_distance = 4.0;
    const auto curve = experimental_variogram(line, line.col(0), {}, options)[0];
    QCOMPARE(curve.pairs, (std::vector<long>{4, 3, 3}));  // 1; 2; 3 and 4; none below 1
    const auto cube = experimental_variogram(Points::Identity(3, 3), Vector::Ones(3), {}, options)[0];
    QCOMPARE(cube.gamma, std::vector<double>{0.0});
    QVERIFY(std::abs(cube.distance[0] - std::sqrt(2.0)) < 1e-14);
}

void TestExperimental::wrong_shapes_are_refused() {
    const auto code = [](const Points& x, const Vector& z, const std::vector<double>& directions) {
        try {
            (void)experimental_variogram(x, z, directions);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::unsupported;
    };
    QCOMPARE(code(Points::Zero(4, 2), Vector::Zero(3), {}), ErrorCode::dimension_mismatch);
    QCOMPARE(code(Points::Zero(4, 3), Vector::Zero(4), {0.0}), ErrorCode::dimension_mismatch);
    QVERIFY(experimental_variogram(Points::Zero(1, 2), Vector::Zero(1), {})[0].gamma.empty());
}

QTEST_APPLESS_MAIN(TestExperimental)
#include "test_experimental.moc"
