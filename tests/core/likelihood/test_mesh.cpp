// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <functional>
#include <map>
#include <vector>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/likelihood/finite_elements.h"
#include "core/likelihood/mesh.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

Points random_points(Index n, int d, std::uint64_t seed) {
    RandomStream random(seed);
    Points x(n, d);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform(-1.0, 1.0);
    return x;
}

double signed_volume(const Mesh& mesh, Index e) {
    const int d = mesh.dimension();
    const std::int32_t* corner = mesh.simplices().data() + e * (d + 1);
    Matrix edges(d, d);
    for (int i = 0; i < d; ++i)
        edges.row(i) = mesh.vertices().row(corner[i + 1]) - mesh.vertices().row(corner[0]);
    return determinant(edges) / std::tgamma(d + 1.0);
}

/// A smooth map without folds, far from linear.
Points bent(const Points& x) {
    Points u = 1.7 * x;
    for (Index j = 0; j < x.cols(); ++j)
        u.col(j).array() += 0.3 * (1.3 * x.col((j + 1) % x.cols()).array() + 0.2 * static_cast<double>(j)).sin() +
                            0.2 * (0.9 * x.col(j).array()).cos();
    return u;
}

}  // namespace

class TestMesh : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void dimensions() {
        QTest::addColumn<int>("d");
        for (int d = 1; d <= 3; ++d) QTest::addRow("d = %d", d) << d;
    }

    void covers_the_sites_and_their_border_data() { dimensions(); }
    void covers_the_sites_and_their_border() {
        QFETCH(int, d);
        const Points x = random_points(100, d, 1);
        const double border = 0.3;
        const Mesh mesh(x, 0.4, border);
        Vector width(d);
        for (int j = 0; j < d; ++j) width(j) = x.col(j).maxCoeff() - x.col(j).minCoeff();
        double box = 1.0, total = 0.0;
        for (int j = 0; j < d; ++j) {
            box *= width(j) + 2.0 * border * width.maxCoeff();
            QVERIFY(std::abs(mesh.vertices().col(j).minCoeff() -
                             (x.col(j).minCoeff() - border * width.maxCoeff())) < 1e-12);
        }
        double longest = 0.0;
        for (Index e = 0; e < mesh.simplex_count(); ++e) {
            const double volume = signed_volume(mesh, e);
            QVERIFY(volume > 0.0);
            total += volume;
            bool inside = true;
            const std::int32_t* corner = mesh.simplices().data() + e * (d + 1);
            for (int i = 0; i <= d; ++i)
                for (int j = 0; j < d; ++j)
                    inside = inside && mesh.vertices()(corner[i], j) > x.col(j).minCoeff() - 1e-9 &&
                             mesh.vertices()(corner[i], j) < x.col(j).maxCoeff() + 1e-9;
            for (int i = 0; inside && i <= d; ++i)
                longest = std::max(longest, (mesh.vertices().row(corner[i]) -
                                             mesh.vertices().row(corner[0])).norm());
        }
        QVERIFY(std::abs(total / box - 1.0) < 1e-12);
        QVERIFY(longest <= 0.4 + 1e-12 && longest > 0.25);
    }

    // Conforming: each face belongs to two simplices, or to one on the boundary.
    void faces_match_data() { dimensions(); }
    void faces_match() {
        QFETCH(int, d);
        const Mesh mesh(random_points(50, d, 2), 0.6, 0.2);
        std::map<std::vector<std::int32_t>, int> faces;
        for (Index e = 0; e < mesh.simplex_count(); ++e)
            for (int without = 0; without <= d; ++without) {
                std::vector<std::int32_t> face;
                for (int i = 0; i <= d; ++i)
                    if (i != without)
                        face.push_back(mesh.simplices()[static_cast<std::size_t>(e * (d + 1) + i)]);
                std::sort(face.begin(), face.end());
                ++faces[face];
            }
        for (const auto& [face, count] : faces) {
            bool boundary = false;
            for (int j = 0; j < d; ++j)
                for (const double side : {mesh.vertices().col(j).minCoeff(), mesh.vertices().col(j).maxCoeff()}) {
                    bool all = true;
                    for (const auto v : face) all = all && mesh.vertices()(v, j) == side;
                    boundary = boundary || all;
                }
            QCOMPARE(count, boundary ? 1 : 2);
        }
    }

    void points_are_located_data() { dimensions(); }
    void points_are_located() {
        QFETCH(int, d);
        const Mesh mesh(random_points(50, d, 3), 0.5, 0.25);
        std::map<std::vector<std::int32_t>, int> known;
        for (Index e = 0; e < mesh.simplex_count(); ++e) {
            std::vector<std::int32_t> s(mesh.simplices().begin() + e * (d + 1),
                                        mesh.simplices().begin() + (e + 1) * (d + 1));
            std::sort(s.begin(), s.end());
            known[s] = 1;
        }
        Points p = 1.3 * random_points(500, d, 4);
        p.topRows(20) = mesh.vertices().topRows(d == 1 ? 5 : 20).replicate(d == 1 ? 4 : 1, 1);
        for (Index i = 0; i < p.rows(); ++i) {
            const Vector x = p.row(i).transpose();
            std::int32_t v[4];
            double w[4];
            QVERIFY(mesh.locate(x.data(), v, w));
            Vector y = Vector::Zero(d);
            double sum = 0.0;
            for (int k = 0; k <= d; ++k) {
                QVERIFY(w[k] >= 0.0);
                sum += w[k];
                y += w[k] * mesh.vertices().row(v[k]).transpose();
            }
            QVERIFY(std::abs(sum - 1.0) < 1e-14);
            QVERIFY((x - y).norm() < 1e-13);
            std::vector<std::int32_t> s(v, v + d + 1);
            std::sort(s.begin(), s.end());
            QVERIFY(known.count(s) == 1);
        }
        const Vector far = Vector::Constant(d, 1.6);
        std::int32_t v[4];
        double w[4];
        QVERIFY(!mesh.locate(far.data(), v, w));
        const Vector nothing = Vector::Constant(d, std::nan(""));
        QVERIFY(!mesh.locate(nothing.data(), v, w));
    }

    void size_follows_the_sites() {
        const Mesh small(random_points(30, 2, 5), 0.0, 0.3);
        QVERIFY(small.vertex_count() >= 4000 && small.vertex_count() < 4400);
        const Mesh larger(random_points(5000, 2, 5), 0.0, 0.3);
        QVERIFY(larger.vertex_count() >= 10000 && larger.vertex_count() < 10600);
        const Mesh line(random_points(2000, 1, 5), 0.0, 0.3);
        QVERIFY(line.vertex_count() >= 4000 && line.vertex_count() < 4020);
        const Mesh solid(random_points(2000, 3, 5), 0.0, 0.3);
        QVERIFY(solid.vertex_count() >= 5000 && solid.vertex_count() < 8000);
    }

    void sites_on_a_line_have_a_mesh_in_the_plane() {
        Points x = random_points(40, 2, 6);
        x.col(1).setConstant(0.5);
        for (const double border : {0.0, 0.3}) {
            const Mesh mesh(x, 0.0, border);
            for (Index e = 0; e < mesh.simplex_count(); ++e) QVERIFY(signed_volume(mesh, e) > 0.0);
            const Vector site = x.row(3).transpose();
            std::int32_t v[3];
            double w[3];
            QVERIFY(mesh.locate(site.data(), v, w));
        }
    }

    void impossible_meshes_are_refused() {
        QCOMPARE(code_of([] { Mesh(Points::Ones(5, 2), 0.0, 0.3); }), ErrorCode::bad_input);
        QCOMPARE(code_of([] { Mesh(random_points(5, 2, 1), -1.0, 0.3); }), ErrorCode::bad_input);
        QCOMPARE(code_of([] { Mesh(random_points(5, 2, 1), 1e-5, 0.3); }), ErrorCode::out_of_memory);
        QCOMPARE(code_of([] { Mesh(random_points(5, 3, 1), 1e-300, 0.3); }), ErrorCode::out_of_memory);
        Points x = random_points(5, 2, 1);
        x(2, 1) = std::nan("");
        QCOMPARE(code_of([&] { Mesh(x, 0.0, 0.3); }), ErrorCode::not_finite);
    }

    // The lumped mass sums to the volume; the stiffness annihilates constants and gives a linear
    // function its Dirichlet energy.
    void element_matrices_are_exact_for_linear_functions_data() { dimensions(); }
    void element_matrices_are_exact_for_linear_functions() {
        QFETCH(int, d);
        const Mesh mesh(random_points(50, d, 7), 0.5, 0.0);
        const FiniteElements elements(d, mesh.vertex_count(), mesh.simplices());
        ElementMatrices m;
        QVERIFY(elements.assemble(mesh.vertices(), nullptr, m));
        double volume = 0.0;
        for (Index e = 0; e < mesh.simplex_count(); ++e) volume += signed_volume(mesh, e);
        QVERIFY(std::abs(m.mass.sum() - volume) < 1e-12);
        Vector slope(d);
        for (int j = 0; j < d; ++j) slope(j) = 1.0 + j;
        const Vector f = mesh.vertices() * slope;
        double energy = 0.0;
        for (Index i = 0; i < mesh.vertex_count(); ++i) {
            double row = 0.0;
            for (auto a = elements.start()[static_cast<std::size_t>(i)];
                 a < elements.start()[static_cast<std::size_t>(i) + 1]; ++a) {
                const Index j = elements.neighbour()[static_cast<std::size_t>(a)];
                row += m.stiffness(a);
                energy += f(i) * m.stiffness(a) * f(j);
            }
            QVERIFY(std::abs(row) < 1e-11);
        }
        QVERIFY(std::abs(energy - volume * slope.squaredNorm()) < 1e-10);
    }

    void element_derivatives_equal_finite_differences_data() { dimensions(); }
    void element_derivatives_equal_finite_differences() {
        QFETCH(int, d);
        const Mesh mesh(random_points(50, d, 8), 0.9, 0.2);
        const FiniteElements elements(d, mesh.vertex_count(), mesh.simplices());
        Points u = bent(mesh.vertices());
        ElementCoefficients coefficients;
        const Index cells = mesh.simplex_count(), pairs = d * (d + 1) / 2;
        coefficients.kappa_squared = random_points(cells, 1, 9).array() + 1.5;
        coefficients.diffusion = 0.2 * random_points(pairs, static_cast<int>(cells), 10);
        for (int r = 0, k = 0; r < d; ++r)
            for (int c = 0; c <= r; ++c, ++k)
                if (r == c) coefficients.diffusion.row(k).array() += 1.0;
        // A function of all entries whose derivatives are their weights.
        ElementMatrices weight, m;
        weight.mass = random_points(mesh.vertex_count(), 1, 11);
        weight.reaction = random_points(mesh.vertex_count(), 1, 12);
        QVERIFY(elements.assemble(u, nullptr, m));
        weight.stiffness = random_points(m.stiffness.size(), 1, 13);
        for (std::size_t i = 0; i + 1 < elements.start().size(); ++i)
            for (auto a = elements.start()[i]; a < elements.start()[i + 1]; ++a) {
                const auto j = static_cast<std::size_t>(elements.neighbour()[static_cast<std::size_t>(a)]);
                for (auto b = elements.start()[j]; b < elements.start()[j + 1]; ++b)
                    if (static_cast<std::size_t>(elements.neighbour()[static_cast<std::size_t>(b)]) == i)
                        weight.stiffness(b) = weight.stiffness(a);
            }
        for (const bool varying : {false, true}) {
            const ElementCoefficients* given = varying ? &coefficients : nullptr;
            auto value = [&] {
                if (!elements.assemble(u, given, m)) return std::nan("");
                return weight.mass.dot(m.mass) + weight.stiffness.dot(m.stiffness) +
                       (varying ? weight.reaction.dot(m.reaction) : 0.0);
            };
            Points d_u;
            ElementCoefficients d_c;
            elements.pull_back(u, given, weight, d_u, varying ? &d_c : nullptr);
            const double e = 1e-6;
            auto difference = [&](double& x) {
                const double kept = x;
                x = kept + e;
                const double plus = value();
                x = kept - e;
                const double minus = value();
                x = kept;
                return (plus - minus) / (2.0 * e);
            };
            for (Index i = 0; i < u.rows(); i += 3)
                for (int j = 0; j < d; ++j) {
                    const double fd = difference(u(i, j));
                    QVERIFY(std::abs(fd - d_u(i, j)) < 1e-7 * (1.0 + std::abs(fd)));
                }
            if (!varying) continue;
            for (Index c = 0; c < cells; c += 5) {
                const double fd = difference(coefficients.kappa_squared(c));
                QVERIFY(std::abs(fd - d_c.kappa_squared(c)) < 1e-7 * (1.0 + std::abs(fd)));
                for (Index k = 0; k < pairs; ++k) {
                    const double fk = difference(coefficients.diffusion(k, c));
                    QVERIFY(std::abs(fk - d_c.diffusion(k, c)) < 1e-7 * (1.0 + std::abs(fk)));
                }
            }
        }
    }

    void folded_meshes_are_refused_data() { dimensions(); }
    void folded_meshes_are_refused() {
        QFETCH(int, d);
        const Mesh mesh(random_points(50, d, 14), 0.5, 0.2);
        const FiniteElements elements(d, mesh.vertex_count(), mesh.simplices());
        ElementMatrices m;
        Points mirrored = mesh.vertices();
        mirrored.col(0) *= -1.0;
        QVERIFY(elements.assemble(mirrored, nullptr, m));  // all elements alike
        Points folded = mesh.vertices();
        folded.col(0) = folded.col(0).cwiseAbs2();
        QVERIFY(!elements.assemble(folded, nullptr, m));
        Points flat = mesh.vertices();
        flat.col(0).setZero();
        QVERIFY(!elements.assemble(flat, nullptr, m));
        flat.col(0).setConstant(std::nan(""));
        QVERIFY(!elements.assemble(flat, nullptr, m));
    }
};

QTEST_GUILESS_MAIN(TestMesh)
#include "test_mesh.moc"
