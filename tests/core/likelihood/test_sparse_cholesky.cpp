// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <random>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/sparse_cholesky.h"

using namespace anamorph;

namespace {

using Pairs = std::vector<std::pair<std::int32_t, std::int32_t>>;

/// Neighbours on a side×side grid, and `extra` random pairs.
Pairs grid_pairs(int side, int extra) {
    Pairs pairs;
    for (int i = 0; i < side; ++i)
        for (int j = 0; j < side; ++j) {
            if (i + 1 < side) pairs.emplace_back(i * side + j, (i + 1) * side + j);
            if (j + 1 < side) pairs.emplace_back(i * side + j + 1, i * side + j);
        }
    std::mt19937 engine(7);
    for (int k = 0; k < extra; ++k)
        pairs.emplace_back(static_cast<int>(engine() % static_cast<unsigned>(side * side)),
                           static_cast<int>(engine() % static_cast<unsigned>(side * side)));
    return pairs;
}

/// Random numbers on the pattern, diagonally dominant.
Vector random_values(const SymmetricPattern& p, unsigned seed) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    Vector values(p.entries()), sum = Vector::Ones(p.size);
    for (Index j = 0; j < p.size; ++j)
        for (auto k = p.column_start[j] + 1; k < p.column_start[j + 1]; ++k) {
            values(k) = uniform(engine);
            sum(j) += std::abs(values(k));
            sum(p.row[k]) += std::abs(values(k));
        }
    for (Index j = 0; j < p.size; ++j) values(p.column_start[j]) = 0.9 * sum(j) + 0.2;
    return values;
}

Matrix dense(const SymmetricPattern& p, const Vector& values) {
    Matrix a = Matrix::Zero(p.size, p.size);
    for (Index j = 0; j < p.size; ++j)
        for (auto k = p.column_start[j]; k < p.column_start[j + 1]; ++k)
            a(p.row[k], j) = a(j, p.row[k]) = values(k);
    return a;
}

Matrix random_matrix(Index rows, Index columns, unsigned seed) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    Matrix b(rows, columns);
    for (Index i = 0; i < b.size(); ++i) b.data()[i] = uniform(engine);
    return b;
}

std::shared_ptr<const SymmetricPattern> shared(Index size, Pairs pairs) {
    return std::make_shared<const SymmetricPattern>(SymmetricPattern::of_pairs(size, std::move(pairs)));
}

}  // namespace

class TestSparseCholesky : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pattern_of_pairs() {
        const auto p = SymmetricPattern::of_pairs(4, {{3, 1}, {1, 3}, {0, 2}, {2, 2}});
        QCOMPARE(p.entries(), Index(6));
        QCOMPARE(p.row, (std::vector<std::int32_t>{0, 2, 1, 3, 2, 3}));
        QCOMPARE(p.column_start, (std::vector<std::int32_t>{0, 2, 4, 5, 6}));
        QCOMPARE(p.position(1, 3), Index(3));
        QCOMPARE(p.position(3, 1), Index(3));
        QCOMPARE(p.position(0, 3), Index(-1));
    }

    void equals_dense_data() {
        QTest::addColumn<int>("side");
        QTest::addColumn<int>("extra");
        QTest::newRow("one") << 1 << 0;
        QTest::newRow("diagonal and few pairs") << 2 << 0;
        QTest::newRow("grid") << 17 << 0;
        QTest::newRow("grid with far pairs") << 20 << 60;
        QTest::newRow("dense") << 8 << 20000;
    }
    void equals_dense() {
        QFETCH(int, side);
        QFETCH(int, extra);
        const Index n = side * side;
        const auto pattern = shared(n, grid_pairs(side, extra));
        SparseCholesky sparse(pattern);
        for (unsigned seed : {1u, 2u}) {  // the second refactorises
            const Vector values = random_values(*pattern, seed);
            QVERIFY(sparse.factorise(values));
            const Matrix a = dense(*pattern, values);
            const CholeskyFactor reference(a);
            const double log_det = 2.0 * reference.half_log_determinant();
            QVERIFY(std::abs(sparse.log_determinant() - log_det) < 1e-12 * static_cast<double>(n + 1));

            const Matrix b = random_matrix(n, 3, 5), expected = reference.solve(b);
            Matrix x = b;
            sparse.solve(x);
            QVERIFY((x - expected).cwiseAbs().maxCoeff() < 1e-12);
            Vector one = b.col(1);
            sparse.solve(one);
            QVERIFY((one - expected.col(1)).cwiseAbs().maxCoeff() < 1e-12);
            Matrix half = b;
            sparse.solve_half(half);
            QVERIFY((half.transpose() * half - b.transpose() * expected).cwiseAbs().maxCoeff() < 1e-11);
            sparse.solve_half_transposed(half);
            QVERIFY((half - expected).cwiseAbs().maxCoeff() < 1e-12);
            Matrix back = b;
            sparse.solve_half(back);
            sparse.multiply_half(back);
            QVERIFY((back - b).cwiseAbs().maxCoeff() < 1e-12);

            sparse.compute_selected_inverse();
            const Matrix inverse = matrix_inverse(a);
            QVERIFY((sparse.inverse_diagonal() - inverse.diagonal()).cwiseAbs().maxCoeff() < 1e-12);
            const Vector on_pattern = sparse.inverse_on_pattern();
            const Vector m = random_values(*pattern, seed + 10);
            const Matrix product = inverse * dense(*pattern, m) * inverse;
            const Vector product_on_pattern = sparse.inverse_product_on_pattern(m);
            for (Index j = 0; j < n; ++j) {
                for (auto k = pattern->column_start[j]; k < pattern->column_start[j + 1]; ++k)
                    QVERIFY(std::abs(product_on_pattern(k) - product(pattern->row[k], j)) < 1e-11);
                for (auto k = pattern->column_start[j]; k < pattern->column_start[j + 1]; ++k)
                    QVERIFY(std::abs(on_pattern(k) - inverse(pattern->row[k], j)) < 1e-12);
                for (Index i = 0; i < n; ++i) {
                    if (pattern->position(i, j) >= 0) QVERIFY(sparse.factor_holds(i, j));
                    if (sparse.factor_holds(i, j))
                        QVERIFY(std::abs(sparse.inverse_at(i, j) - inverse(i, j)) < 1e-12);
                    else
                        QVERIFY(std::isnan(sparse.inverse_at(i, j)));
                }
            }
        }
    }

    void quadratic_forms_of_sparse_columns() {
        const auto pattern = shared(400, grid_pairs(20, 40));
        SparseCholesky sparse(pattern);
        const Vector values = random_values(*pattern, 1);
        QVERIFY(sparse.factorise(values));
        SparseColumns columns;
        Matrix expected = Matrix::Zero(400, 3);  // the last column is empty
        for (int j = 0; j < 2; ++j) {
            for (std::int32_t row : {399 - j, 17 * j + 3, 120}) {
                columns.row.push_back(row);
                columns.value.push_back(0.5 + j + 0.01 * row);
                expected(row, j) = columns.value.back();
            }
            columns.start.push_back(static_cast<std::int32_t>(columns.row.size()));
        }
        columns.start.push_back(columns.start.back());
        const Matrix solved = CholeskyFactor(dense(*pattern, values)).solve(expected);
        const Vector forms = sparse.inverse_quadratic_forms(columns);
        for (int j = 0; j < 3; ++j)
            QVERIFY(std::abs(forms(j) - expected.col(j).dot(solved.col(j))) < 1e-12);
    }

    void threads_agree() {
        const auto pattern = shared(1600, grid_pairs(40, 100));
        const Vector values = random_values(*pattern, 3);
        Vector inverse[2], product[2];
        double log_det[2];
        for (int k = 0; k < 2; ++k) {
            const ThreadCount threads(k + 1);
            SparseCholesky sparse(pattern);
            QVERIFY(sparse.factorise(values));
            sparse.compute_selected_inverse();
            inverse[k] = sparse.inverse_on_pattern();
            product[k] = sparse.inverse_product_on_pattern(values);
            log_det[k] = sparse.log_determinant();
        }
        QVERIFY(std::abs(log_det[0] / log_det[1] - 1.0) < 1e-12);
        QVERIFY((inverse[0] - inverse[1]).norm() < 1e-12 * inverse[0].norm());
        QVERIFY((product[0] - product[1]).norm() < 1e-12 * product[0].norm());
        QVERIFY((product[0] - inverse[0]).norm() < 1e-12 * inverse[0].norm());  // A⁻¹ A A⁻¹
    }

    void copies_share_the_analysis_only() {
        const auto pattern = shared(25, grid_pairs(5, 3));
        SparseCholesky first(pattern);
        const Vector values = random_values(*pattern, 4);
        QVERIFY(first.factorise(values));
        SparseCholesky second(first);
        QVERIFY(!second.is_factorised());
        QVERIFY(second.factorise(2.0 * values));
        QVERIFY(std::abs(second.log_determinant() - first.log_determinant() - 25.0 * std::log(2.0)) < 1e-10);
        QCOMPARE(&second.pattern(), &first.pattern());
        QVERIFY(first.factor_entries() >= pattern->entries());
        QVERIFY(first.factor_operations() > 0.0);
    }

    void indefinite_and_not_finite_are_refused_and_leave_it_usable() {
        const auto pattern = shared(25, grid_pairs(5, 3));
        SparseCholesky sparse(pattern);
        const Vector good = random_values(*pattern, 4);
        Vector bad = good;
        bad(pattern->column_start[12]) = -1.0;
        QVERIFY(!sparse.factorise(bad));
        QVERIFY(!sparse.is_factorised());
        bad(pattern->column_start[12]) = std::nan("");
        QVERIFY(!sparse.factorise(bad));
        QVERIFY(sparse.factorise(good));
        try {
            (void)sparse.factorise(Vector::Ones(3));
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::dimension_mismatch);
        }
    }
};

QTEST_GUILESS_MAIN(TestSparseCholesky)
#include "test_sparse_cholesky.moc"
