// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <random>

#include "core/base/error.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/predict/kriging_system.h"
#include "core/likelihood/log_likelihood_at.h"
#include "tests/core/csv_fixture.h"

using namespace anamorph;

namespace {

struct Reference {
    const char* file;
    double value, d_sill, d_range, d_nugget;
};
// tests/data/likelihood/reference.csv
constexpr Reference references[] = {
    {"exact_1000", -262.9907906001237, -56.23139217425327, 139.72363119562888, -81.97282348894879},
    {"exact_2000", -328.96173272816736, -102.5414978932413, 240.5651401776171, -135.28039480079968},
    {"exact_4000", -333.0675551573495, -132.98318635875262, 342.3077281034524, -329.333091251345},
};

Points random_points(Index n, int d, unsigned seed) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    Points x(n, d);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = uniform(engine);
    return x;
}

}  // namespace

class TestExactLikelihood : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Maximum-likelihood estimates found by other software (zero mean, Matérn 3/2): the value there,
    // and a gradient that vanishes.
    void estimates_of_other_software_are_the_maximum() {
        struct Estimate {
            const char* file;
            double value, sill, range, nugget;
        };
        const double root_three = std::sqrt(3.0);
        for (const Estimate& e :
             {Estimate{"exact_1000", -233.510894084, 1.2176162, 0.18523894 / root_three, 0.049202015},
              Estimate{"exact_2000", -265.979037343, 0.60638115, 0.16072322 / root_three, 0.052722202}}) {
            const Matrix m = testing::read_numbers(std::string(ANAMORPH_TEST_DATA "/likelihood/") +
                                                   e.file + ".csv");
            const auto at = exact_log_likelihood(m.leftCols(2), m.col(2), Matrix(m.rows(), 0),
                                                 {e.sill, e.range, e.nugget, Smoothness::three_halves});
            QVERIFY(std::abs(at.log_likelihood - e.value) < 1e-6);
            QVERIFY(std::abs(at.d_log_partial_sill) < 1e-2);
            QVERIFY(std::abs(at.d_log_range) < 1e-2);
            QVERIFY(std::abs(at.d_log_nugget) < 1e-2);
        }
    }

    void equals_reference_data() {
        QTest::addColumn<int>("row");
        for (int i = 0; i < 3; ++i) QTest::newRow(references[i].file) << i;
    }
    void equals_reference() {
        QFETCH(int, row);
        const Reference& ref = references[row];
        const Matrix m = testing::read_numbers(std::string(ANAMORPH_TEST_DATA "/likelihood/") +
                                               ref.file + ".csv");
        const auto at = exact_log_likelihood(m.leftCols(2), m.col(2), Matrix(m.rows(), 0),
                                             {1.2, 0.08, 0.06, Smoothness::three_halves});
        const double n = static_cast<double>(m.rows());
        QVERIFY2(std::abs(at.log_likelihood - ref.value) < 1e-9 * n,
                 qPrintable(QString::number(at.log_likelihood, 'g', 16)));
        QVERIFY(std::abs(at.d_log_partial_sill / ref.d_sill - 1.0) < 1e-6);
        QVERIFY(std::abs(at.d_log_range / ref.d_range - 1.0) < 1e-6);
        QVERIFY(std::abs(at.d_log_nugget / ref.d_nugget - 1.0) < 1e-6);
    }

    // The swirl scenario, mean by generalised least squares, range 0.25, nugget ratio 0.01, σ²
    // profiled; independent numpy code.
    void profiled_value_equals_reference() {
        const Matrix m = testing::read_numbers(ANAMORPH_TEST_DATA "/likelihood/swirl_s0_sites.csv");
        QCOMPARE(m.rows(), Index(400));
        ExactLikelihood likelihood({m.col(2), Matrix::Ones(400, 1), {}}, Smoothness::three_halves, 0.0);
        ProfiledValue at;
        QVERIFY(likelihood.evaluate({m.leftCols(2) / 0.25, {}}, std::log(0.01), false, at));
        QVERIFY2(std::abs(at.negative_log_likelihood - 137.568495) < 1e-6,
                 qPrintable(QString::number(at.negative_log_likelihood, 'f', 9)));
    }

    void gradient_equals_finite_differences_data() {
        QTest::addColumn<int>("smoothness");
        QTest::addColumn<int>("dimension");
        for (int s = static_cast<int>(Smoothness::half); s <= static_cast<int>(Smoothness::infinite); ++s)
            for (int d = 1; d <= 3; ++d)
                QTest::addRow("%s, d = %d", to_string(static_cast<Smoothness>(s)).c_str(), d) << s << d;
    }
    void gradient_equals_finite_differences() {
        QFETCH(int, smoothness);
        QFETCH(int, dimension);
        const Index n = 60;
        Points u = 2.0 * random_points(n, dimension, 3);
        if (dimension == 1) u *= 5.0;
        Vector l = 0.5 * random_points(n, 1, 4);
        const Vector z = random_points(n, 1, 5);
        Matrix h(n, 2);
        h << Vector::Ones(n), u.col(0);
        const Vector noise = (random_points(n, 1, 6).array() + 2.0).matrix();
        ExactLikelihood likelihood({z, h, noise}, static_cast<Smoothness>(smoothness));
        const double log_eta = -2.0, e = 1e-5;
        ProfiledValue at, plus, minus;
        QVERIFY(likelihood.evaluate({u, l}, log_eta, true, at));
        auto difference = [&](auto&& change) {
            change(+e);
            const bool a = likelihood.evaluate({u, l}, log_eta, false, plus);
            change(-2 * e);
            const bool b = likelihood.evaluate({u, l}, log_eta, false, minus);
            change(+e);
            return a && b ? (plus.negative_log_likelihood - minus.negative_log_likelihood) / (2 * e)
                          : std::nan("");
        };
        for (Index i = 0; i < n; i += 13) {
            for (int k = 0; k < dimension; ++k) {
                const double fd = difference([&](double t) { u(i, k) += t; });
                QVERIFY(std::abs(fd - at.d_deformed(i, k)) < 2e-6 * (1.0 + std::abs(fd)));
            }
            const double fd = difference([&](double t) { l(i) += t; });
            QVERIFY(std::abs(fd - at.d_log_scale(i)) < 1e-6 * (1.0 + std::abs(fd)));
        }
        QVERIFY(likelihood.evaluate({u, l}, log_eta + e, false, plus));
        QVERIFY(likelihood.evaluate({u, l}, log_eta - e, false, minus));
        const double fd =
            (plus.negative_log_likelihood - minus.negative_log_likelihood) / (2 * e);
        QVERIFY(std::abs(fd - at.d_log_nugget_ratio) < 1e-6 * (1.0 + std::abs(fd)));
    }

    void leave_one_out_equals_refitting() {
        const Index n = 40;
        const Points u = 2.0 * random_points(n, 2, 8);
        const Vector z = random_points(n, 1, 9), l = 0.4 * random_points(n, 1, 10);
        const Matrix h = Matrix::Ones(n, 1);
        const double log_eta = -1.5;
        ExactLikelihood all({z, h, {}}, Smoothness::three_halves, 0.0);
        ProfiledValue at;
        QVERIFY(all.evaluate({u, l}, log_eta, true, at));
        for (Index i : {Index(0), Index(17), n - 1}) {
            Points others(n - 1, 2);
            Vector zo(n - 1), lo(n - 1);
            for (Index j = 0, k = 0; j < n; ++j)
                if (j != i) others.row(k) = u.row(j), zo(k) = z(j), lo(k) = l(j), ++k;
            ExactLikelihood rest({zo, Matrix::Ones(n - 1, 1), {}}, Smoothness::three_halves, 0.0);
            rest.fix_partial_sill(at.partial_sill);
            const auto system = rest.kriging_system({others, lo}, log_eta);
            QVERIFY(system != nullptr);
            Vector mean, variance;
            system->predict({u.row(i), l.segment(i, 1)}, h.row(i), true, mean, variance);
            QVERIFY(std::abs(variance(0) / at.leave_one_out_variance(i) - 1.0) < 1e-9);
            const double standardised = (z(i) - mean(0)) / std::sqrt(variance(0));
            QVERIFY(std::abs(standardised - at.leave_one_out_residual(i)) < 1e-9);
        }
    }

    void coinciding_sites_without_nugget_are_refused() {
        Points x = random_points(10, 2, 1);
        x.row(3) = x.row(7);
        try {
            (void)exact_log_likelihood(x, random_points(10, 1, 2), Matrix(10, 0),
                                       {1.0, 1.0, 0.0, Smoothness::five_halves});
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::not_positive_definite);
        }
    }
};

QTEST_GUILESS_MAIN(TestExactLikelihood)
#include "test_exact_likelihood.moc"
