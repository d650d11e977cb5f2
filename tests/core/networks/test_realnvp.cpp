// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/realnvp.h"

#include <Eigen/LU>
#include <QtTest>
#include <cmath>
#include <thread>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/deformation/axial_warping.h"
#include "core/deformation/layer_chain.h"
#include "core/deformation/layer_tape.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

Points random_points(Index n, int dimension, std::uint64_t seed, double reach = 1.0) {
    RandomStream random(seed);
    Points x(n, dimension);
    for (Index i = 0; i < n; ++i) {
        for (int axis = 0; axis < dimension; ++axis) x(i, axis) = random.uniform(-reach, reach);
    }
    return x;
}

RealNvpOptions options_for(int dimension) {
    RealNvpOptions options;
    options.dimension = dimension;
    options.hidden_width = 8;
    options.couplings = dimension == 2 ? 8 : 6;
    return options;
}

/// A RealNVP away from the identity: every parameter moved at random.
std::unique_ptr<Deformation> bent(const RealNvpOptions& options, double by = 0.3) {
    auto f = make_realnvp(options);
    RandomStream random(42);
    f->set_parameters(f->parameters() + by * random.normals(f->parameter_count()));
    return f;
}

/// Central difference of `scalar` along each of a few parameters against `gradient`.
template <class Scalar>
double largest_gradient_error(Deformation& f, const Vector& gradient, Scalar&& scalar) {
    const Vector at = f.parameters();
    double worst = 0.0;
    for (Index k = 0; k < at.size(); k += 7) {
        const double h = 1e-6;
        Vector moved = at;
        moved(k) += h;
        f.set_parameters(moved);
        const double above = scalar();
        moved(k) -= 2.0 * h;
        f.set_parameters(moved);
        const double below = scalar();
        worst = std::max(worst, std::abs((above - below) / (2.0 * h) - gradient(k)) /
                                    (1.0 + std::abs(gradient(k))));
    }
    f.set_parameters(at);
    return worst;
}

}  // namespace

class TestRealNvp : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void is_a_layer_among_others() {
        std::vector<std::unique_ptr<Deformation>> layers;
        layers.push_back(std::make_unique<AxialWarping>(2, 6, 3.0));
        layers.push_back(bent(options_for(2)));
        LayerChain f(std::move(layers));
        Vector theta = f.parameters();
        theta.head(12).setLinSpaced(-0.5, 0.7);
        f.set_parameters(theta);
        const Points x = random_points(25, 2, 31), g = random_points(25, 2, 32);
        const Vector gamma = random_points(25, 1, 33).col(0);
        const auto tape = f.record(x);
        const auto value = [&] {
            const auto t = f.record(x);
            return g.cwiseProduct(t->deformed()).sum() + gamma.dot(t->log_abs_det());
        };
        QVERIFY(largest_gradient_error(f, tape->pull_back(g, gamma), value) < 1e-6);
        // The gradient with respect to the points, along one direction at all of them.
        Points d_points;
        (void)dynamic_cast<const LayerTape&>(*tape).pull_back_to_points(g, gamma, d_points);
        const Points along = random_points(25, 2, 34);
        const auto at = [&](double step) {
            const auto t = f.record(x + step * along);
            return g.cwiseProduct(t->deformed()).sum() + gamma.dot(t->log_abs_det());
        };
        const double difference = (at(1e-6) - at(-1e-6)) / 2e-6;
        QVERIFY(std::abs(difference - d_points.cwiseProduct(along).sum()) < 1e-6 * (1.0 + std::abs(difference)));
        QVERIFY((f.inverse(f.forward(x)) - x).cwiseAbs().maxCoeff() < 1e-9);
    }

    void starts_as_the_identity_data() { dimensions(); }
    void starts_as_the_identity();
    void log_determinant_equals_finite_differences_data() { dimensions(); }
    void log_determinant_equals_finite_differences();
    void inverse_returns_the_points_data() { dimensions(); }
    void inverse_returns_the_points();
    void pull_back_equals_finite_differences_data() { dimensions(); }
    void pull_back_equals_finite_differences();
    void tape_keeps_its_own_parameters();
    void regulariser_gradient_equals_finite_differences_data() { dimensions(); }
    void regulariser_gradient_equals_finite_differences();
    void penalty_is_zero_without_bending_and_grows_with_it();
    void prior_precision_is_twice_the_ridge_of_the_last_layers();
    void log_scales_are_bounded();
    void clones_are_independent();
    void a_seed_fixes_the_network();
    void several_threads_agree();
    void errors_pass_the_module_boundary();

private:
    static void dimensions() {
        QTest::addColumn<int>("dimension");
        QTest::newRow("plane") << 2;
        QTest::newRow("space") << 3;
    }
};

void TestRealNvp::starts_as_the_identity() {
    QFETCH(int, dimension);
    const auto f = make_realnvp(options_for(dimension));
    QCOMPARE(f->dimension(), dimension);
    const Points x = random_points(50, dimension, 1);
    QVERIFY((f->forward(x) - x).cwiseAbs().maxCoeff() < 1e-14);
    QVERIFY(f->log_abs_det(x).cwiseAbs().maxCoeff() < 1e-14);
    Vector gradient = Vector::Zero(f->parameter_count());
    QVERIFY(f->regulariser(gradient) < 1e-20);
}

void TestRealNvp::log_determinant_equals_finite_differences() {
    QFETCH(int, dimension);
    const auto f = bent(options_for(dimension));
    const Points x = random_points(40, dimension, 2, 1.2);
    const Vector log_det = f->log_abs_det(x);
    QVERIFY(log_det.cwiseAbs().maxCoeff() > 0.1);
    const double h = 1e-5;
    std::vector<Points> columns;
    for (int axis = 0; axis < dimension; ++axis) {
        Points above = x, below = x;
        above.col(axis).array() += h;
        below.col(axis).array() -= h;
        columns.push_back((f->forward(above) - f->forward(below)) / (2.0 * h));
    }
    for (Index i = 0; i < x.rows(); ++i) {
        Eigen::MatrixXd j(dimension, dimension);
        for (int axis = 0; axis < dimension; ++axis) {
            j.col(axis) = columns[static_cast<std::size_t>(axis)].row(i).transpose();
        }
        const double det = dimension == 2 ? Eigen::Matrix2d(j).determinant()
                                          : Eigen::Matrix3d(j).determinant();
        QVERIFY(det > 0.0);
        QVERIFY(std::abs(std::log(det) - log_det(i)) < 1e-6);
    }
}

void TestRealNvp::inverse_returns_the_points() {
    QFETCH(int, dimension);
    const auto f = bent(options_for(dimension));
    const Points x = random_points(200, dimension, 3, 1.5);
    const Points u = f->forward(x);
    QVERIFY((u - x).cwiseAbs().maxCoeff() > 0.1);
    QVERIFY((f->inverse(u) - x).cwiseAbs().maxCoeff() < 1e-8);
    QVERIFY((f->forward(f->inverse(x)) - x).cwiseAbs().maxCoeff() < 1e-8);
}

void TestRealNvp::pull_back_equals_finite_differences() {
    QFETCH(int, dimension);
    const auto f = bent(options_for(dimension));
    const Points x = random_points(25, dimension, 4);
    const Points weights = random_points(25, dimension, 5);
    const Vector log_det_weights = random_points(25, 1, 6);
    const auto tape = f->record(x);
    QVERIFY((tape->deformed() - f->forward(x)).cwiseAbs().maxCoeff() < 1e-14);
    QVERIFY((tape->log_abs_det() - f->log_abs_det(x)).cwiseAbs().maxCoeff() < 1e-14);

    const auto map_part = [&] { return f->forward(x).cwiseProduct(weights).sum(); };
    QVERIFY(largest_gradient_error(*f, tape->pull_back(weights, {}), map_part) < 1e-7);
    const auto both = [&] { return map_part() + f->log_abs_det(x).dot(log_det_weights); };
    QVERIFY(largest_gradient_error(*f, tape->pull_back(weights, log_det_weights), both) < 1e-7);
}

void TestRealNvp::tape_keeps_its_own_parameters() {
    const auto f = bent(options_for(2));
    const Points x = random_points(10, 2, 7);
    const Points weights = random_points(10, 2, 8);
    const auto tape = f->record(x);
    const Points before = tape->deformed();
    const Vector gradient = tape->pull_back(weights, {});
    f->set_parameters(Vector::Zero(f->parameter_count()));
    QCOMPARE(tape->deformed(), before);
    QCOMPARE(tape->pull_back(weights, {}), gradient);
}

void TestRealNvp::regulariser_gradient_equals_finite_differences() {
    QFETCH(int, dimension);
    const auto f = bent(options_for(dimension));
    Vector gradient = Vector::Ones(f->parameter_count());
    const double value = f->regulariser(gradient);
    QVERIFY(value > 0.0);
    gradient.array() -= 1.0;  // it is added to what was there
    const auto scalar = [&] {
        Vector unused = Vector::Zero(f->parameter_count());
        return f->regulariser(unused);
    };
    QVERIFY(largest_gradient_error(*f, gradient, scalar) < 1e-6);
}

void TestRealNvp::penalty_is_zero_without_bending_and_grows_with_it() {
    RealNvpOptions options = options_for(2);
    options.weight_decay = 0.0;
    auto f = make_realnvp(options);
    Vector gradient = Vector::Zero(f->parameter_count());
    // Only the last biases moved: constant scales and shifts, an affine map.
    Vector affine = f->parameters();
    const Index block = f->parameter_count() / options.couplings;
    for (int k = 0; k < options.couplings; ++k) affine.segment((k + 1) * block - 2, 2).setConstant(0.2);
    f->set_parameters(affine);
    QVERIFY(f->regulariser(gradient) < 1e-18);
    double last = 0.0;
    for (const double by : {0.05, 0.1, 0.2}) {
        const auto g = bent(options, by);
        const double value = g->regulariser(gradient);
        QVERIFY(value > last);
        last = value;
    }
    options.jacobian_penalty = 0.0;
    QCOMPARE(bent(options)->regulariser(gradient), 0.0);
}

void TestRealNvp::prior_precision_is_twice_the_ridge_of_the_last_layers() {
    RealNvpOptions options = options_for(2);
    options.weight_decay = 0.25;
    options.jacobian_penalty = 0.0;
    const auto f = bent(options);
    const Vector precision = f->prior_precision();
    QCOMPARE(precision.sum(), 0.5 * options.couplings * (2.0 * options.hidden_width + 2.0));
    Vector gradient = Vector::Zero(f->parameter_count());
    const double value = f->regulariser(gradient);
    // A Gaussian prior: value ½ Σ p θ², gradient p θ.
    QVERIFY(std::abs(value - 0.5 * precision.dot(f->parameters().cwiseAbs2())) < 1e-12 * value);
    QVERIFY((gradient - precision.cwiseProduct(f->parameters())).cwiseAbs().maxCoeff() < 1e-12);
}

void TestRealNvp::log_scales_are_bounded() {
    RealNvpOptions options = options_for(2);
    options.maximum_log_scale = 0.5;
    const auto f = bent(options, 50.0);
    const Vector log_det = f->log_abs_det(random_points(100, 2, 9, 3.0));
    QVERIFY(log_det.cwiseAbs().maxCoeff() <= 0.5 * options.couplings + 1e-12);
}

void TestRealNvp::clones_are_independent() {
    const auto f = bent(options_for(2));
    const auto g = f->clone();
    const Points x = random_points(10, 2, 10);
    QCOMPARE(g->forward(x), f->forward(x));
    g->set_parameters(2.0 * g->parameters());
    QVERIFY((g->forward(x) - f->forward(x)).cwiseAbs().maxCoeff() > 1e-3);
}

void TestRealNvp::a_seed_fixes_the_network() {
    RealNvpOptions options = options_for(2);
    const Vector first = make_realnvp(options)->parameters();
    QCOMPARE(make_realnvp(options)->parameters(), first);
    options.seed = 2;
    QVERIFY((make_realnvp(options)->parameters() - first).cwiseAbs().maxCoeff() > 0.1);
}

void TestRealNvp::several_threads_agree() {
    const auto f = bent(options_for(2));
    const Points x = random_points(300, 2, 11);
    const Points weights = random_points(300, 2, 12);
    const Points expected = f->forward(x);
    const Vector gradient = f->record(x)->pull_back(weights, {});
    std::vector<double> errors(3, 1.0);
    {
        std::vector<std::jthread> threads;
        for (std::size_t k = 0; k < errors.size(); ++k) {
            threads.emplace_back([&, k] {
                double worst = 0.0;
                for (int repeat = 0; repeat < 5; ++repeat) {
                    worst = std::max(worst, (f->forward(x) - expected).cwiseAbs().maxCoeff());
                    worst = std::max(worst, (f->record(x)->pull_back(weights, {}) - gradient)
                                                .cwiseAbs().maxCoeff());
                }
                errors[k] = worst;
            });
        }
    }
    for (const double error : errors) QVERIFY(error < 1e-12);
}

void TestRealNvp::errors_pass_the_module_boundary() {
    const auto f = make_realnvp(options_for(2));
    const ErrorCode mismatch = ErrorCode::dimension_mismatch;
    QCOMPARE(code_of([&] { (void)f->forward(Points::Zero(3, 3)); }), mismatch);
    QCOMPARE(code_of([&] { f->set_parameters(Vector::Zero(1)); }), mismatch);
    QCOMPARE(code_of([&] { (void)f->record(Points::Zero(3, 2))->pull_back(Points::Zero(2, 2), {}); }),
             mismatch);
    Vector small;
    QCOMPARE(code_of([&] { (void)f->regulariser(small); }), mismatch);
    RealNvpOptions options = options_for(1);
    QCOMPARE(code_of([&] { (void)make_realnvp(options); }), ErrorCode::unsupported);
    options = options_for(2);
    options.couplings = 0;
    QCOMPARE(code_of([&] { (void)make_realnvp(options); }), ErrorCode::bad_input);
    options = options_for(2);
    options.jacobian_penalty = std::nan("");
    QCOMPARE(code_of([&] { (void)make_realnvp(options); }), ErrorCode::bad_input);
}

QTEST_APPLESS_MAIN(TestRealNvp)
#include "test_realnvp.moc"
