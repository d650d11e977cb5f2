// SPDX-License-Identifier: GPL-3.0-or-later
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

class TestSpde : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // σ² = Γ(ν) / (Γ(α) (4π)^{d/2} κ^{2ν} τ²) in closed form.
    void variance_follows_kappa_and_tau() {
        const double pi = std::numbers::pi, kappa = 1.7, tau = 0.6, t2 = tau * tau;
        auto close = [](double a, double b) { return std::abs(a / b - 1.0) < 1e-14; };
        QVERIFY(close(spde_marginal_variance(1, 1, kappa, tau), 1.0 / (2.0 * kappa * t2)));
        QVERIFY(close(spde_marginal_variance(2, 1, kappa, tau), 1.0 / (4.0 * std::pow(kappa, 3) * t2)));
        QVERIFY(close(spde_marginal_variance(2, 2, kappa, tau), 1.0 / (4.0 * pi * kappa * kappa * t2)));
        QVERIFY(close(spde_marginal_variance(2, 3, kappa, tau), 1.0 / (8.0 * pi * kappa * t2)));
        for (int d = 1; d <= 3; ++d)
            QVERIFY(close(spde_marginal_variance(2, d, 1.0, spde_unit_tau(2, d)), 1.0));
    }

    void smoothness_is_fixed_by_order_and_dimension() {
        QCOMPARE(spde_smoothness(1, 1), Smoothness::half);
        QCOMPARE(spde_smoothness(2, 1), Smoothness::three_halves);
        QCOMPARE(spde_smoothness(2, 2), Smoothness::one);
        QCOMPARE(spde_smoothness(2, 3), Smoothness::half);
        for (const auto& [alpha, d] : {std::pair{1, 2}, {1, 3}, {3, 2}, {0, 1}, {2, 4}})
            QCOMPARE(code_of([&] { (void)spde_smoothness(alpha, d); }), ErrorCode::unsupported);
        const Points x = random_points(20, 2, 1);
        const Observations data{random_points(20, 1, 2), Matrix(20, 0), {}};
        QCOMPARE(code_of([&] { (void)make_likelihood(data, Smoothness::three_halves, mesh_options(0, 0.3), x); }),
                 ErrorCode::unsupported);
        QCOMPARE(code_of([&] { (void)make_likelihood(data, Smoothness::one, mesh_options(0, 0.3, 1), x); }),
                 ErrorCode::unsupported);
    }

    // The field on a fine mesh, far from its border, is Matérn with unit variance and range 1: the
    // largest error of a covariance falls with the mesh, and to the stated tolerance.
    void covariance_is_matern_data() { fields(); }
    void covariance_is_matern() {
        QFETCH(int, d);
        QFETCH(int, alpha);
        const double range = d == 3 ? 0.7 : 0.3;
        const double spacings[] = {d == 3 ? 0.45 : 0.3, d == 3 ? 0.3 : d == 2 ? 0.1 : 0.03};  // of the range
        const double tolerance = d == 3 ? 0.22 : d == 2 ? 0.012 : alpha == 2 ? 0.003 : 0.02;
        Points corners(2, d);
        corners << -Eigen::RowVectorXd::Ones(d), Eigen::RowVectorXd::Ones(d);
        const Points at = (d == 3 ? 0.2 : 0.6) * random_points(40, d, 2);
        const Matrix matern = cross_correlation(spde_smoothness(alpha, d), at / range, at / range);
        double error[2], apart[2];
        for (int k = 0; k < 2; ++k) {
            const Mesh mesh(corners, spacings[k] * range * std::sqrt(d), d == 3 ? 0.3 : 0.8);
            SpdePrecision precision(pattern_of(mesh, alpha));
            QVERIFY(precision.assemble(mesh.vertices() / range, nullptr, {}));
            Matrix difference = (field_covariance(precision, mesh, at) - matern).cwiseAbs();
            error[k] = difference.maxCoeff();
            // Pairs more than the range apart, where the mesh's own scale is not seen.
            apart[k] = 0.0;
            for (Index i = 0; i < at.rows(); ++i)
                for (Index j = 0; j < i; ++j)
                    if ((at.row(i) - at.row(j)).norm() > range) apart[k] = std::max(apart[k], difference(i, j));
        }
        QVERIFY2(error[1] < tolerance, qPrintable(QString::number(error[1])));
        QVERIFY2(error[1] < 0.75 * error[0], qPrintable(QString("%1 %2").arg(error[0]).arg(error[1])));
        if (d > 1) QVERIFY2(apart[1] < (d == 3 ? 0.02 : 0.003), qPrintable(QString::number(apart[1])));
    }

    // ℓ = 1/κ: κ and the τ of unit variance on the mesh as it is make the same precision matrix as
    // κ = 1 on the mesh κ times as large, and H the same as the mesh moved by H^{−1/2}.
    void range_and_diffusion_are_scalings_data() { fields(); }
    void range_and_diffusion_are_scalings() {
        QFETCH(int, d);
        QFETCH(int, alpha);
        const Mesh mesh(random_points(30, d, 3), 0.7, 0.2);
        SpdePrecision plain(pattern_of(mesh, alpha)), varied(pattern_of(mesh, alpha));
        const double kappa = 2.3;
        Matrix root = Matrix::Identity(d, d);  // H^{1/2}
        for (int r = 0; r < d; ++r)
            for (int c = 0; c < d; ++c) root(r, c) += r == c ? 0.2 * r : 0.15;
        const Matrix h = root * root.transpose();
        ElementCoefficients coefficients{Vector::Constant(mesh.simplex_count(), kappa * kappa),
                                         Matrix(d * (d + 1) / 2, mesh.simplex_count())};
        for (int r = 0, k = 0; r < d; ++r)
            for (int c = 0; c <= r; ++c, ++k) coefficients.diffusion.row(k).setConstant(h(r, c));
        QVERIFY(plain.assemble(kappa * mesh.vertices() * matrix_inverse(root).transpose(), nullptr, {}));
        // Unit variance: σ² = Γ(ν)/(… κ^{2ν} |H|^{1/2} τ²).
        const double tau = std::sqrt(spde_marginal_variance(alpha, d, kappa, 1.0) / determinant(root));
        QVERIFY(varied.assemble(mesh.vertices(), &coefficients,
                                Vector::Constant(mesh.vertex_count(), std::log(tau))));
        const double largest = plain.values().cwiseAbs().maxCoeff();
        QVERIFY((plain.values() - varied.values()).cwiseAbs().maxCoeff() < 1e-12 * largest);
        QVERIFY(std::abs(plain.log_determinant() - varied.log_determinant()) <
                1e-10 * std::abs(plain.log_determinant()) + 1e-9);
    }

    void value_is_that_of_the_dense_matrix_data() { fields(); }
    void value_is_that_of_the_dense_matrix() {
        QFETCH(int, d);
        QFETCH(int, alpha);
        const Index n = 50;
        const Points x = random_points(n, d, 4);
        const Vector z = random_points(n, 1, 5), l = 0.4 * random_points(n, 1, 6);
        Matrix h(n, 2);
        h << Vector::Ones(n), x.col(0);
        const Vector noise = random_points(n, 1, 7).array() + 1.5;
        SpdeLikelihood likelihood({z, h, noise}, spde_smoothness(alpha, d), mesh_options(0.6, 0.3, alpha), x, 1e-6);
        const Points vertices = bent(likelihood.auxiliary_points());
        const double eta = 0.2;
        ProfiledValue at;
        QVERIFY(likelihood.evaluate({bent(x), l, vertices}, std::log(eta), true, at));

        SpdePrecision precision(pattern_of(likelihood.mesh(), alpha));
        QVERIFY(precision.assemble(vertices, nullptr, {}));
        Matrix c = field_covariance(precision, likelihood.mesh(), x);
        if (spde_smoothness(alpha, d) == Smoothness::half) c.diagonal() = c.diagonal().cwiseMax(1.0);
        c.diagonal() += (eta * noise.array() + 1e-6).matrix();
        const Vector scale = (0.5 * l.array()).exp();
        c = (scale.asDiagonal() * c * scale.asDiagonal()).eval();
        const CholeskyFactor factor(c);
        const Vector beta = SymmetricFactor(h.transpose() * factor.solve(h)).solve(h.transpose() * factor.solve(z));
        const Vector r = z - h * beta;
        const double sill = r.dot(factor.solve(r)) / n;
        const double value = 0.5 * n * (std::log(2.0 * std::numbers::pi * sill) + 1.0) +
                             factor.half_log_determinant();
        QVERIFY(std::abs(at.negative_log_likelihood - value) < 1e-8);
        QVERIFY(std::abs(at.partial_sill / sill - 1.0) < 1e-9);
        QVERIFY((at.trend_coefficients - beta).norm() < 1e-8);

        // σ² given.
        likelihood.fix_partial_sill(2.0);
        ProfiledValue fixed;
        QVERIFY(likelihood.evaluate({bent(x), l, vertices}, std::log(eta), false, fixed));
        const double expected = value + 0.5 * n * (std::log(2.0 / sill) + sill / 2.0 - 1.0);
        QVERIFY(std::abs(fixed.negative_log_likelihood - expected) < 1e-8);
        QCOMPARE(fixed.partial_sill, 2.0);
    }

    // On finer meshes the likelihood approaches the exact one: the error falls, in the end below a
    // thousandth of a nat a site.
    void approaches_the_exact_likelihood_data() {
        QTest::addColumn<int>("d");
        QTest::newRow("d = 1") << 1;
        QTest::newRow("d = 2") << 2;
    }
    void approaches_the_exact_likelihood() {
        QFETCH(int, d);
        const Index n = 300;
        const double range = 0.35, log_eta = std::log(0.1);
        const Points x = random_points(n, d, 8);
        const Smoothness nu = spde_smoothness(2, d);
        const Observations data{sample(x / range, nu, 0.1, 9), Matrix::Ones(n, 1), {}};
        ExactLikelihood exact(data, nu);
        ProfiledValue truth;
        QVERIFY(exact.evaluate({x / range, {}}, log_eta, false, truth));
        double error[3];
        for (int k = 0; k < 3; ++k) {
            const double spacing = (d == 1 ? std::array{0.4, 0.2, 0.05} : std::array{0.3, 0.15, 0.075})[static_cast<std::size_t>(k)];
            SpdeLikelihood likelihood(data, nu, mesh_options(spacing * range * std::sqrt(d), 0.7), x);
            ProfiledValue at;
            QVERIFY(likelihood.evaluate({x / range, {}, likelihood.auxiliary_points() / range}, log_eta, false, at));
            error[k] = std::abs(at.negative_log_likelihood - truth.negative_log_likelihood);
        }
        QVERIFY2(error[1] < 0.7 * error[0] && error[2] < 0.5 * error[1] && error[2] < 1e-3 * n,
                 qPrintable(QString("%1 %2 %3").arg(error[0]).arg(error[1]).arg(error[2])));
    }

    void gradient_equals_finite_differences_data() { fields(); }
    void gradient_equals_finite_differences() {
        QFETCH(int, d);
        QFETCH(int, alpha);
        const Index n = 60;
        const Points x = random_points(n, d, 10);
        const Vector z = random_points(n, 1, 11);
        Vector l = 0.5 * random_points(n, 1, 12);
        Matrix h(n, 2);
        h << Vector::Ones(n), x.col(0);
        const Vector noise = (random_points(n, 1, 13).array() + 2.0).matrix();
        SpdeLikelihood likelihood({z, h, noise}, spde_smoothness(alpha, d),
                                  mesh_options(d == 3 ? 0.9 : 0.5, 0.2, alpha), x);
        Points u = bent(x), v = bent(likelihood.auxiliary_points());
        double log_eta = -1.0;
        const double e = 1e-4;
        ProfiledValue at, moved;
        QVERIFY(likelihood.evaluate({u, l, v}, log_eta, true, at));
        QCOMPARE(at.d_deformed, Points::Zero(n, d));
        // Differences of fourth order.
        auto difference = [&](double& parameter) {
            const double kept = parameter;
            double sum = 0.0;
            for (const auto& [step, weight] : {std::pair{-2.0, 1.0}, {-1.0, -8.0}, {1.0, 8.0}, {2.0, -1.0}}) {
                parameter = kept + step * e;
                if (!likelihood.evaluate({u, l, v}, log_eta, false, moved)) sum = std::nan("");
                sum += weight * moved.negative_log_likelihood;
            }
            parameter = kept;
            return sum / (12.0 * e);
        };
        for (Index i = 0; i < v.rows(); i += 1 + v.rows() / 25)
            for (int j = 0; j < d; ++j) {
                const double fd = difference(v(i, j));
                QVERIFY2(std::abs(fd - at.d_auxiliary(i, j)) < 1e-6 * (1.0 + std::abs(fd)),
                         qPrintable(QString("%1 %2").arg(fd, 0, 'g', 12).arg(at.d_auxiliary(i, j), 0, 'g', 12)));
            }
        for (Index i = 0; i < n; i += 17) {
            const double fd = difference(l(i));
            QVERIFY(std::abs(fd - at.d_log_scale(i)) < 1e-6 * (1.0 + std::abs(fd)));
        }
        const double fd = difference(log_eta);
        QVERIFY(std::abs(fd - at.d_log_nugget_ratio) < 1e-6 * (1.0 + std::abs(fd)));
    }

    // The gradient with respect to κ², H and τ.
    void coefficient_gradient_equals_finite_differences_data() { fields(); }
    void coefficient_gradient_equals_finite_differences() {
        QFETCH(int, d);
        QFETCH(int, alpha);
        const Mesh mesh(random_points(30, d, 14), 1.0, 0.2);
        SpdePrecision precision(pattern_of(mesh, alpha));
        Points v = bent(mesh.vertices());
        const Index cells = mesh.simplex_count(), pairs = d * (d + 1) / 2;
        ElementCoefficients c{random_points(cells, 1, 15).array() + 1.5,
                              0.2 * random_points(pairs, static_cast<int>(cells), 16)};
        for (int r = 0, k = 0; r < d; ++r)
            for (int q = 0; q <= r; ++q, ++k)
                if (r == q) c.diffusion.row(k).array() += 1.0;
        Vector log_tau = 0.3 * random_points(mesh.vertex_count(), 1, 17);
        const SymmetricPattern& pattern = *precision.pattern().precision_pattern;
        const Vector s = random_points(pattern.entries(), 1, 18);
        auto value = [&] {
            if (!precision.assemble(v, &c, log_tau)) return std::nan("");
            double trace = 0.0;
            for (Index j = 0; j < pattern.size; ++j)
                for (auto e = pattern.column_start[static_cast<std::size_t>(j)];
                     e < pattern.column_start[static_cast<std::size_t>(j) + 1]; ++e)
                    trace += (pattern.row[static_cast<std::size_t>(e)] == j ? 1.0 : 2.0) * s(e) *
                             precision.values()(e);
            return 0.5 * trace - 0.5 * precision.log_determinant();
        };
        (void)value();
        Points d_v;
        ElementCoefficients d_c;
        Vector d_log_tau;
        precision.pull_back(s, v, &c, d_v, &d_c, d_log_tau);
        auto agrees = [&](double& parameter, double derivative) {
            const double kept = parameter, e = 1e-4;
            double sum = 0.0;
            for (const auto& [step, weight] : {std::pair{-2.0, 1.0}, {-1.0, -8.0}, {1.0, 8.0}, {2.0, -1.0}}) {
                parameter = kept + step * e;
                sum += weight * value();
            }
            parameter = kept;
            const double fd = sum / (12.0 * e);
            return std::abs(fd - derivative) < 1e-6 * (1.0 + std::abs(fd));
        };
        for (Index i = 0; i < mesh.vertex_count(); i += 1 + mesh.vertex_count() / 10) {
            QVERIFY(agrees(log_tau(i), d_log_tau(i)));
            for (int j = 0; j < d; ++j) QVERIFY(agrees(v(i, j), d_v(i, j)));
        }
        for (Index e = 0; e < cells; e += 1 + cells / 10) {
            QVERIFY(agrees(c.kappa_squared(e), d_c.kappa_squared(e)));
            for (Index k = 0; k < pairs; ++k) QVERIFY(agrees(c.diffusion(k, e), d_c.diffusion(k, e)));
        }
    }

    // κ(x) and H(x): the gradient with respect to their weights and, at the same time, the vertices.
    void clones_and_threads_agree() {
        const Index n = 400;
        const Points x = random_points(n, 2, 28);
        const Observations data{random_points(n, 1, 29), Matrix::Ones(n, 1), {}};
        const auto likelihood = make_likelihood(data, Smoothness::one, mesh_options(0.0, 0.3), x);
        const SiteFeatures features{bent(x), {}, bent(likelihood->auxiliary_points())};
        ProfiledValue one, two, copied;
        {
            const ThreadCount threads(1);
            QVERIFY(likelihood->evaluate(features, -2.0, true, one));
        }
        {
            const ThreadCount threads(2);
            QVERIFY(likelihood->evaluate(features, -2.0, true, two));
        }
        QVERIFY(likelihood->clone()->evaluate(features, -2.0, true, copied));
        // Other values: as if made with them.
        const Vector others = random_points(n, 1, 33);
        const auto replaced = likelihood->clone();
        QVERIFY(replaced->replace_values(others));
        QVERIFY(!replaced->replace_values(others.head(3)));
        const auto fresh = make_likelihood({others, data.trend, {}}, Smoothness::one, mesh_options(0.0, 0.3), x);
        ProfiledValue a, b;
        QVERIFY(replaced->clone()->evaluate(features, -2.0, false, a));
        QVERIFY(fresh->evaluate(features, -2.0, false, b));
        QVERIFY(std::abs(a.negative_log_likelihood - b.negative_log_likelihood) < 1e-9);
        const double scale = one.d_auxiliary.cwiseAbs().maxCoeff();
        for (const ProfiledValue* other : {&two, &copied}) {
            QVERIFY(std::abs(other->negative_log_likelihood / one.negative_log_likelihood - 1.0) < 1e-12);
            QVERIFY((other->d_auxiliary - one.d_auxiliary).cwiseAbs().maxCoeff() < 1e-12 * scale);
        }
    }

    void what_cannot_be_evaluated_is_said() {
        const Index n = 30;
        const Points x = random_points(n, 2, 30);
        SpdeLikelihood spde({random_points(n, 1, 31), Matrix::Ones(n, 1), {}}, Smoothness::one, mesh_options(0.5, 0.3), x);
        const Points v = spde.auxiliary_points();
        Points folded = v;
        folded.row(v.rows() / 2) += Eigen::RowVector2d(3.0, 0.0);
        ProfiledValue at;
        QVERIFY(spde.evaluate({x, {}, v}, -2.0, true, at));
        QVERIFY(!spde.evaluate({x, {}, folded}, -2.0, true, at));
        QVERIFY(!spde.evaluate({x, {}, {}}, -2.0, true, at));
        QVERIFY(!spde.evaluate({x, {}, v}, std::nan(""), true, at));
        QVERIFY(!spde.evaluate({x, {}, 1e200 * v}, -2.0, true, at));
        QVERIFY(spde.kriging_system({x, {}, folded}, -2.0) == nullptr);
        Points enormous = v * 1e5;  // a range far below the mesh: still a number
        QVERIFY(spde.evaluate({x, {}, enormous}, -2.0, true, at));
        QVERIFY(at.d_auxiliary.allFinite());
    }
};

QTEST_GUILESS_MAIN(TestSpde)
#include "test_spde.moc"
