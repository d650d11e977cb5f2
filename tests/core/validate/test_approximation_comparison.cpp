// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/heap_usage.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/inducing_sites.h"
#include "core/simulate/scenario.h"
#include "core/validate/approximation_comparison.h"
#include "tests/core/simulated.h"

using namespace anamorph;
using anamorph::testing::simulated;

namespace {

constexpr GivenParameters parameters{1.1, 0.25, 0.05, Smoothness::three_halves};

LikelihoodOptions of_kind(LikelihoodKind kind) {
    LikelihoodOptions o;
    o.kind = kind;
    return o;
}

}  // namespace

class TestApproximationComparison : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void errors_vanish_in_the_limits() {
        const auto data = simulated("stationary", 150, 2);
        const auto model = stationary_model_at(data, Trend::constant, parameters);
        ComparisonOptions options;
        options.threads = 1;
        options.map_cells = 12;
        options.probes = 20;
        auto vecchia = of_kind(LikelihoodKind::vecchia);
        vecchia.neighbours = 149;
        auto taper = of_kind(LikelihoodKind::taper);
        taper.taper_range = 1e5;
        auto low_rank = of_kind(LikelihoodKind::predictive_process);
        low_rank.inducing_sites = 150;
        options.approximations = {vecchia, taper, low_rank};
        const auto result = compare_approximations(*model, options);
        QCOMPARE(result.sites, Index(150));
        QVERIFY(result.cells > 100);
        QCOMPARE(result.rows.size(), std::size_t(4));
        QCOMPARE(result.rows[0].label, std::string("exact"));
        for (const auto& row : result.rows) {
            QVERIFY2(row.failure.empty(), row.failure.c_str());
            const double tolerance = row.options.kind == LikelihoodKind::taper ? 1e-3 : 2e-5;
            QVERIFY2(std::abs(row.log_likelihood_error) < tolerance,
                     qPrintable(QString("%1: %2").arg(row.label.c_str()).arg(row.log_likelihood_error)));
            QVERIFY2(std::abs(row.divergence) < tolerance,
                     qPrintable(QString("%1: %2").arg(row.label.c_str()).arg(row.divergence)));
            QVERIFY(row.gradient_seconds > 0.0 && row.map_seconds > 0.0);
            QVERIFY(row.bytes > 0.0 || std::isnan(heap_bytes_in_use()));
            // Vecchia maps from few neighbours by default where others use all: it has a limit too.
            QVERIFY2(row.largest_mean_difference < 1e-4,
                     qPrintable(QString("%1: %2").arg(row.label.c_str()).arg(row.largest_mean_difference)));
            QVERIFY(row.largest_sd_difference < 1e-4);
        }
    }

    // FITC with 20 inducing sites has a covariance that can be written out; so has the divergence.
    void divergence_equals_its_definition() {
        for (int probes : {1000, 40}) {  // summed over unit vectors; estimated
            const Index n = 120;
            const auto data = simulated("stationary", n, 2);
            const auto model = stationary_model_at(data, Trend::constant, parameters);
            ComparisonOptions options;
            options.threads = 1;
            options.map_cells = 0;
            options.probes = probes;
            auto low_rank = of_kind(LikelihoodKind::predictive_process);
            low_rank.inducing_sites = 20;
            options.approximations = {low_rank};
            const auto rows = compare_approximations(*model, options).rows;
            QCOMPARE(rows.size(), std::size_t(2));

            const Points u = data->coordinates / parameters.range;
            // The same placement: k-means of standardised sites.
            const Vector low = data->coordinates.colwise().minCoeff(), high = data->coordinates.colwise().maxCoeff();
            const double half = 0.5 * (high - low).maxCoeff();
            const Vector centre = 0.5 * (low + high);
            const Points x = (data->coordinates.rowwise() - centre.transpose()) / half;
            Points v = inducing_sites(x, 20, InducingPlacement::k_means) * half;
            v.rowwise() += centre.transpose();
            v /= parameters.range;
            const double eta = parameters.nugget / parameters.partial_sill;
            Matrix k0 = cross_correlation(Smoothness::three_halves, u, u);
            k0.diagonal().array() = 1.0 + 1e-8 + eta;
            Matrix vv = cross_correlation(Smoothness::three_halves, v, v);
            vv.diagonal().array() += 1e-8;
            const Matrix uv = cross_correlation(Smoothness::three_halves, u, v);
            Matrix k1 = uv * CholeskyFactor(vv).solve(uv.transpose());
            k1.diagonal() = k0.diagonal();
            const CholeskyFactor f0(k0), f1(k1);
            const auto log_det = [](const CholeskyFactor& f) {
                return 2.0 * f.half_log_determinant();
            };
            const double truth = 0.5 * (f1.solve(k0).trace() - static_cast<double>(n) + log_det(f1) - log_det(f0));
            QVERIFY(truth > 1.0);
            const double error = std::abs(rows[1].divergence - truth);
            if (probes > n) {
                QCOMPARE(rows[1].divergence_standard_error, 0.0);
                QVERIFY2(error < 1e-5 * truth, qPrintable(QString("%1 %2").arg(rows[1].divergence).arg(truth)));
            } else {
                QVERIFY(rows[1].divergence_standard_error > 0.0);
                QVERIFY2(error < 4.0 * rows[1].divergence_standard_error,
                         qPrintable(QString("%1 %2").arg(rows[1].divergence).arg(truth)));
            }
        }
    }

    void errors_fall_with_the_tuning_value() {
        const auto data = simulated("stationary", 210, 2);
        const auto model = stationary_model_at(data, Trend::constant, parameters);
        ComparisonOptions options;
        options.threads = 1;
        options.map_cells = 10;
        const auto result = compare_approximations(*model, options);
        const auto rows = [&](LikelihoodKind kind) {
            std::vector<ApproximationRow> out;
            for (const auto& r : result.rows)
                if (r.options.kind == kind && r.options.fitc) out.push_back(r);
            return out;
        };
        for (auto kind : {LikelihoodKind::vecchia, LikelihoodKind::taper,
                          LikelihoodKind::predictive_process, LikelihoodKind::spde}) {
            const auto of = rows(kind);
            QVERIFY2(of.size() >= 3, to_string(kind).c_str());
            for (const auto& r : of) QVERIFY2(r.failure.empty(), r.failure.c_str());
            QVERIFY2(of.back().divergence < of.front().divergence, to_string(kind).c_str());
            QVERIFY2(of.back().largest_mean_difference < of.front().largest_mean_difference,
                     to_string(kind).c_str());
        }
        // The SPDE has the smoothness of its order, and is compared with the exact field of that one.
        QCOMPARE(rows(LikelihoodKind::spde)[0].smoothness, Smoothness::one);
    }

    void a_row_that_fails_says_why() {
        const auto model = stationary_model_at(simulated("stationary", 60, 2), Trend::constant, parameters);
        ComparisonOptions options;
        options.threads = 1;
        options.map_cells = 0;
        auto spde = of_kind(LikelihoodKind::spde);
        spde.spde_alpha = 1;  // no field of finite variance in the plane
        options.approximations = {spde};
        const auto result = compare_approximations(*model, options);
        QVERIFY(!result.rows[1].failure.empty());
    }

    void can_be_cancelled_and_refuses_nonsense() {
        const auto model = stationary_model_at(simulated("stationary", 60, 2), Trend::constant, parameters);
        ComparisonOptions options;
        std::stop_source stop;
        stop.request_stop();
        try {
            (void)compare_approximations(*model, options, {}, stop.get_token());
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::cancelled);
        }
        options.probes = 0;
        try {
            (void)compare_approximations(*model, options);
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::bad_input);
        }
    }

    void heap_usage_sees_what_is_kept() {
        const double before = heap_bytes_in_use();
        if (std::isnan(before)) QSKIP("the C library does not tell");
        std::vector<double> kept(4'000'000, 1.0);
        const double after = heap_bytes_in_use();
        QVERIFY(std::abs(after - before - 32e6) < 1e6);
        QVERIFY(kept[17] == 1.0);
        QVERIFY(available_memory_bytes() > 1e8);
    }
};

QTEST_GUILESS_MAIN(TestApproximationComparison)
#include "test_approximation_comparison.moc"
