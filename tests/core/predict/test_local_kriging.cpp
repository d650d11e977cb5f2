// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <functional>
#include <limits>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/lapack.h"
#include "core/predict/global_kriging.h"
#include "core/predict/kriging_kernels.h"
#include "core/predict/local_kriging.h"
#include "tests/core/csv_fixture.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

struct Problem {
    Observations data;
    SiteFeatures features;
};

/// n sites in d dimensions with a trend of q columns, a log-scale and weights.
Problem problem(Index n, Index d, Index q, std::uint64_t seed) {
    RandomStream random(seed);
    Problem p;
    p.features.deformed.resize(n, d);
    for (Index i = 0; i < n * d; ++i) p.features.deformed.data()[i] = random.uniform(0.0, 4.0);
    p.features.log_scale = 0.3 * random.normals(n);
    p.data.values = random.normals(n);
    p.data.trend = Matrix::Ones(n, q);
    for (Index k = 1; k < q; ++k) p.data.trend.col(k) = random.normals(n);
    p.data.noise_scale = (0.5 * random.normals(n).array()).exp();
    return p;
}

LocalKrigingParameters parameters_of(const Problem& p, Smoothness smoothness, double nugget, int neighbours) {
    const Index q = p.data.trend.cols();
    LocalKrigingParameters out;
    out.covariance = matern_covariance(smoothness);
    out.nugget_ratio = nugget;
    out.partial_sill = 0.7;
    out.neighbours = neighbours;
    const auto global = GlobalKriging::of(p.data, p.features, matern_covariance(smoothness), nugget, out.jitter, out.partial_sill);
    out.trend_coefficients = global->trend_coefficients();
    // (H'C⁻¹H)⁻¹ written out.
    Matrix c = cross_correlation(smoothness, p.features.deformed, p.features.deformed);
    c.diagonal() += (nugget * p.data.noise_scale.array() + out.jitter).matrix();
    const Matrix h = (p.data.trend.array().colwise() / (0.5 * p.features.log_scale.array()).exp()).matrix();
    out.trend_information_inverse = q > 0 ? Matrix(matrix_inverse(h.transpose() * CholeskyFactor(c).solve(h))) : Matrix(0, 0);
    return out;
}

}  // namespace

class TestLocalKriging : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Cell k = i·100 + j at ((i + ½)/100, (j + ½)/100), the 30 nearest of 10,000 sites, zero mean,
    // partial sill 1.2, range 0.08, nugget 0.06; independent numpy code.
    void equals_reference() {
        const Matrix m = testing::read_numbers(ANAMORPH_TEST_DATA "/likelihood/vec_10000.csv");
        const Observations data{m.col(2), Matrix(m.rows(), 0), Vector::Ones(m.rows())};
        LocalKrigingParameters p;
        p.nugget_ratio = 0.05;
        p.partial_sill = 1.2;
        p.jitter = 0.0;
        p.trend_information_inverse.resize(0, 0);
        p.neighbours = 30;
        const LocalKriging kriging(data, {m.leftCols(2) / 0.08, {}}, p);
        Points cells(2, 2);
        cells << 0.005, 0.005, 0.505, 0.005;
        Vector mean, variance, observed;
        kriging.predict({cells / 0.08, {}}, Matrix(2, 0), false, mean, variance);
        QVERIFY(std::abs(mean(0) - 1.87001747761) < 1e-9);
        QVERIFY(std::abs(variance(0) - 0.0150306109418) < 1e-9);
        QVERIFY(std::abs(mean(1) + 0.284251881872) < 1e-9);
        QVERIFY(std::abs(variance(1) - 0.00783509269876) < 1e-9);
        kriging.predict({cells / 0.08, {}}, Matrix(2, 0), true, mean, observed);
        QVERIFY((observed - variance - Vector::Constant(2, 0.06)).cwiseAbs().maxCoeff() < 1e-12);
    }

    void all_neighbours_give_global_kriging() {
        for (const Smoothness smoothness : {Smoothness::half, Smoothness::one, Smoothness::three_halves, Smoothness::five_halves, Smoothness::infinite})
            for (Index d = 1; d <= 3; ++d)
                for (Index q : {0, 3}) {
                    const Index n = 60;
                    const Problem p = problem(n, d, q, 10 + static_cast<std::uint64_t>(d));
                    const auto global = GlobalKriging::of(p.data, p.features, matern_covariance(smoothness), 0.1, 1e-8, 0.7);
                    const LocalKriging local(p.data, p.features, parameters_of(p, smoothness, 0.1, 60));
                    const Problem at = problem(37, d, q, 5);
                    Vector mean, variance, local_mean, local_variance;
                    for (const bool of_observation : {false, true}) {
                        global->predict(at.features, at.data.trend, of_observation, mean, variance);
                        local.predict(at.features, at.data.trend, of_observation, local_mean, local_variance);
                        QVERIFY((mean - local_mean).cwiseAbs().maxCoeff() < 1e-9);
                        QVERIFY((variance - local_variance).cwiseAbs().maxCoeff() < 1e-9);
                    }
                    // More neighbours than sites are all sites.
                    const LocalKriging beyond(p.data, p.features, parameters_of(p, smoothness, 0.1, 77));
                    beyond.predict(at.features, at.data.trend, true, local_mean, local_variance);
                    QVERIFY((mean - local_mean).cwiseAbs().maxCoeff() < 1e-9);
                    QVERIFY((variance - local_variance).cwiseAbs().maxCoeff() < 1e-9);
                }
    }

    void neighbours_approach_global_kriging() {
        const Problem p = problem(500, 2, 1, 3);
        const auto global = GlobalKriging::of(p.data, p.features, matern_covariance(Smoothness::three_halves), 0.2, 1e-8, 0.7);
        const Problem at = problem(50, 2, 1, 4);
        Vector mean, variance;
        global->predict(at.features, at.data.trend, false, mean, variance);
        double previous = std::numeric_limits<double>::infinity();
        for (const int m : {5, 20, 80}) {
            const LocalKriging local(p.data, p.features, parameters_of(p, Smoothness::three_halves, 0.2, m));
            Vector local_mean, local_variance;
            local.predict(at.features, at.data.trend, false, local_mean, local_variance);
            const double error = (mean - local_mean).norm();
            QVERIFY(error < 0.7 * previous);
            previous = error;
        }
    }

    void every_instruction_set_gives_the_same() {
        const Problem p = problem(300, 2, 0, 6), at = problem(101, 2, 0, 7);
        std::vector<double> records(900), points(202);
        for (Index i = 0; i < 300; ++i)
            for (Index k = 0; k < 3; ++k)
                records[static_cast<std::size_t>(i * 3 + k)] = k < 2 ? p.features.deformed(i, k) : p.data.noise_scale(i);
        for (Index i = 0; i < 202; ++i) points[static_cast<std::size_t>(i)] = at.features.deformed(i / 2, i % 2);
        std::vector<std::int32_t> neighbours(101 * 13);
        const NearestSites nearest(p.features.deformed);
        for (int i = 0; i < 101; ++i) {  // ragged: 0 to 13 neighbours
            std::int32_t* row = neighbours.data() + i * 13;
            std::fill(row, row + 13, -1);
            nearest.nearest(points.data() + 2 * i, i % 14, row);
        }
        const KrigingSets sets{records.data(), points.data(), 2, neighbours.data(), 13, Smoothness::half, 0.3, 0.0};
        const KrigingKernelList list = all_kriging_kernels();
        std::vector<double> first, first_variance;
        for (int k = 0; k < list.count; ++k) {
            std::vector<double> weights(101 * 13, 7.0), variance(101, 7.0);
            QVERIFY(list.kernels[k]->weights(sets, 101, weights.data(), variance.data()));
            if (k == 0) first = weights, first_variance = variance;
            for (std::size_t i = 0; i < weights.size(); ++i) QVERIFY(std::abs(weights[i] - first[i]) < 1e-12);
            for (std::size_t i = 0; i < variance.size(); ++i) QVERIFY(std::abs(variance[i] - first_variance[i]) < 1e-12);
        }
        QCOMPARE(first_variance[0], 1.0);  // no neighbours
        QCOMPARE(first[0], 0.0);
    }

    void threads_agree() {
        const Problem p = problem(400, 2, 2, 8), at = problem(3000, 2, 2, 9);
        const LocalKriging local(p.data, p.features, parameters_of(p, Smoothness::half, 0.1, 15));
        Vector mean[2], variance[2];
        for (int threads : {1, 2}) {
            const ThreadCount count(threads);
            local.predict(at.features, at.data.trend, false, mean[threads - 1], variance[threads - 1]);
        }
        QVERIFY(mean[0] == mean[1] && variance[0] == variance[1]);
    }

    void difficult_sites_give_numbers() {
        Problem p = problem(100, 2, 1, 11);
        p.features.deformed.topRows(50).setConstant(1.0);  // one place, no nugget
        p.features.deformed.bottomRows(50) *= 1e-6;        // nearly one place, Gaussian covariance
        LocalKrigingParameters parameters;
        parameters.covariance = matern_covariance(Smoothness::infinite);
        parameters.jitter = 0.0;
        parameters.trend_coefficients = Vector::Zero(1);
        parameters.trend_information_inverse = Matrix::Identity(1, 1);
        parameters.neighbours = 30;
        const LocalKriging local(p.data, p.features, parameters);
        SiteFeatures at{Points(4, 2), {}};
        at.deformed << 1.0, 1.0, 0.0, 0.0, 1e9, 1e9, std::numeric_limits<double>::quiet_NaN(), 0.0;
        Vector mean, variance;
        local.predict(at, Matrix::Ones(4, 1), false, mean, variance);
        QVERIFY(mean.head(3).allFinite() && variance.head(3).allFinite());
        QVERIFY(variance.head(3).minCoeff() > 0.0);
        QVERIFY(std::abs(mean(2)) < 1e-12 && std::abs(variance(2) - 2.0) < 1e-12);  // sill and β's variance
        QVERIFY(std::isnan(mean(3)) && std::isnan(variance(3)));
    }

    void bad_input_is_refused() {
        const Problem p = problem(20, 2, 1, 12);
        LocalKrigingParameters good = parameters_of(p, Smoothness::half, 0.1, 5);
        const auto made = [&](const LocalKrigingParameters& parameters) {
            return code_of([&] { LocalKriging kriging(p.data, p.features, parameters); });
        };
        LocalKrigingParameters bad = good;
        bad.neighbours = 0;
        QCOMPARE(made(bad), ErrorCode::bad_input);
        bad.neighbours = 201;
        QCOMPARE(made(bad), ErrorCode::bad_input);
        bad = good;
        bad.trend_coefficients.resize(3);
        QCOMPARE(made(bad), ErrorCode::dimension_mismatch);
        bad = good;
        bad.nugget_ratio = std::numeric_limits<double>::infinity();
        QCOMPARE(made(bad), ErrorCode::not_finite);
        const LocalKriging kriging(p.data, p.features, good);
        Vector mean, variance;
        QCOMPARE(code_of([&] { kriging.predict({Points::Zero(2, 3), {}}, Matrix::Ones(2, 1), false, mean, variance); }),
                 ErrorCode::dimension_mismatch);
        QCOMPARE(code_of([&] { kriging.predict({Points::Zero(2, 2), {}}, Matrix::Ones(3, 1), false, mean, variance); }),
                 ErrorCode::dimension_mismatch);
    }
};

QTEST_GUILESS_MAIN(TestLocalKriging)
#include "test_local_kriging.moc"
