// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>

#include "core/base/error.h"
#include "core/fit/fit.h"
#include "core/fit/laplace.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"
#include "tests/core/error_code.h"
#include "tests/core/objective_gradient.h"
#include "tests/core/simulated.h"

using namespace anamorph;
using anamorph::testing::simulated;
using anamorph::testing::code_of;

namespace {

ModelSpecification automatic() {
    ModelSpecification s;
    s.smoothness = Smoothness::three_halves;
    return s;
}

ModelSpecification specification(DeformationKind kind, LogScale log_scale = LogScale::no) {
    ModelSpecification s;
    s.deformation = kind;
    s.log_scale = log_scale;
    s.smoothness = Smoothness::three_halves;
    return s;
}

FitOptions quick() {
    FitOptions options;
    options.threads = 1;
    return options;
}

}  // namespace

class TestFit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void objective_gradient_equals_finite_differences_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<bool>("log_scale");
        QTest::addColumn<double>("design_weight");
        QTest::addColumn<int>("design_term");
        QTest::addColumn<int>("base");
        const int v = static_cast<int>(DeformationKind::velocity_field);
        QTest::newRow("stationary") << 0 << false << 0.0 << 0 << 0;
        QTest::newRow("anisotropic + log-scale") << 1 << true << 0.0 << 0 << 0;
        QTest::newRow("velocity field") << v << false << 0.0 << 0 << 0;
        QTest::newRow("velocity field + log-scale") << v << true << 0.0 << 0 << 0;
        QTest::newRow("design, uniform") << v << true << 0.7 << 0 << 0;
        QTest::newRow("design, gaussian") << v << false << 1.0 << 0 << 1;
        QTest::newRow("design, talk") << v << false << 0.5 << 1 << 0;
        QTest::newRow("radial") << static_cast<int>(DeformationKind::radial) << true << 0.3 << 0 << 1;
    }
    void objective_gradient_equals_finite_differences() {
        QFETCH(int, kind);
        QFETCH(bool, log_scale);
        QFETCH(double, design_weight);
        QFETCH(int, design_term);
        QFETCH(int, base);
        ModelSpecification s = specification(static_cast<DeformationKind>(kind),
                                             log_scale ? LogScale::yes : LogScale::no);
        s.design_weight = design_weight;
        s.design_term = static_cast<DesignTerm>(design_term);
        s.base_density = static_cast<BaseDensity>(base);
        s.trend = Trend::linear;
        const auto data = simulated("radial", 70);
        testing::check_objective_gradient(make_model(data, s, 1), 0.1, 20, 2e-6);
    }

    void stationary_estimates_are_near_the_truth() {
        const auto data = simulated("stationary", 300, 5);
        const FitResult r = fit(data, specification(DeformationKind::stationary), quick());
        const auto p = r.model().parameters();
        QVERIFY(p.range > 0.15 && p.range < 0.4);
        QVERIFY(p.nugget > 0.004 && p.nugget < 0.02);
        QVERIFY(r.model().certificate().maximum_condition < 1.0 + 1e-9);
    }

    void anisotropy_is_recovered() {
        // diag(1, 4) R(30°): the long direction is 4 times the short one.
        const auto data = simulated("aniso", 250, 4);
        const FitResult r = fit(data, specification(DeformationKind::anisotropic), quick());
        const auto strain = r.model().strain_at(Points::Zero(1, 2)).front();
        QVERIFY(strain.condition > 2.8 && strain.condition < 5.5);
        const double turned = std::abs(std::remainder(strain.major_angle - (-30.0), 180.0));
        QVERIFY2(turned < 10.0, qPrintable(QString::number(strain.major_angle)));
    }

    void deformation_beats_stationary_and_is_certified() {
        const auto data = simulated("swirl", 250, 2);
        const FitResult r = fit_automatic(data, automatic(), quick());
        QCOMPARE(r.candidates.size(), std::size_t(6));
        QCOMPARE(r.model().specification().deformation, DeformationKind::velocity_field);
        double weights = 0.0;
        for (const auto& c : r.candidates) weights += c.weight;
        QVERIFY(std::abs(weights - 1.0) < 1e-12);
        const auto c = r.model().certificate();
        QVERIFY(!c.folds);
        QVERIFY(c.round_trip_error < 1e-8);
        QVERIFY(!r.verdict.empty() && !r.verdict_title.empty());
    }

    void stationary_data_get_no_deformation() {
        const FitResult r = fit_automatic(simulated("stationary", 200, 6), automatic(), quick());
        QVERIFY(r.model().specification().deformation != DeformationKind::velocity_field);
    }

    void same_seed_same_result() {
        const auto data = simulated("compress", 120);
        const auto s = specification(DeformationKind::velocity_field, LogScale::yes);
        const FitResult a = fit(data, s, quick()), b = fit(data, s, quick());
        QCOMPARE(a.model().state().parameters(), b.model().state().parameters());
        QCOMPARE(a.model().log_likelihood(), b.model().log_likelihood());
    }

    void shown_space_is_normalised_and_aligned() {
        const auto data = simulated("radial", 150);
        const FitResult r = fit(data, specification(DeformationKind::velocity_field), quick());
        const FittedModel& m = r.model();
        const Points& x = data->coordinates;
        const Points u = m.deformed_from_geographic(x);
        QVERIFY((u.colwise().mean() - x.colwise().mean()).norm() < 1e-9);
        // No rotation about the mean brings the sites nearer to geographic space.
        const Points uc = u.rowwise() - u.colwise().mean(), xc = x.rowwise() - x.colwise().mean();
        QVERIFY(std::abs((uc.col(0).dot(xc.col(1)) - uc.col(1).dot(xc.col(0)))) < 1e-8 * xc.squaredNorm());
        QVERIFY((m.geographic_from_deformed(u) - x).cwiseAbs().maxCoeff() < 1e-8);
        // Correlation in shown coordinates: range in the same unit.
        const Points a = x.topRows(1), b = x.middleRows(1, 1);
        const double h = (u.row(0) - u.row(1)).norm() / m.parameters().range;
        QVERIFY(std::abs(m.correlation_with(a, b)(0) - (1.0 + h) * std::exp(-h)) < 1e-10);
    }

    void units_do_not_matter() {
        auto data = std::make_shared<SpatialDataset>(*simulated("compress", 120));
        const auto s = specification(DeformationKind::velocity_field);
        const FitResult a = fit(data, s, quick());
        auto moved = std::make_shared<SpatialDataset>(*data);
        moved->coordinates = (1000.0 * data->coordinates).array() + 5e6;
        moved->values = 100.0 * data->values.array() + 7.0;
        const FitResult b = fit(moved, s, quick());
        const auto pa = a.model().parameters(), pb = b.model().parameters();
        QVERIFY(std::abs(pb.range / (1000.0 * pa.range) - 1.0) < 1e-3);
        QVERIFY(std::abs(pb.partial_sill / (1e4 * pa.partial_sill) - 1.0) < 1e-3);
    }

    void stop_keeps_what_there_is() {
        const auto data = simulated("swirl", 150);
        int calls = 0;
        const FitResult r = fit_automatic(data, automatic(), quick(),
                                          [&](const IterationSummary&) {
                                              return ++calls > 30 ? FitDecision::stop_keep_best
                                                                  : FitDecision::proceed;
                                          });
        QVERIFY(r.stopped_early);
        QVERIFY(!r.candidates.empty());
        QVERIFY(std::isfinite(r.model().log_likelihood()));
        // And it goes on from there.
        FitOptions options = quick();
        options.resume_from = std::make_shared<FitResult>(r);
        const FitResult whole =
            fit_automatic(data, automatic(), options);
        QCOMPARE(whole.candidates.size(), std::size_t(6));
        QVERIFY(!whole.stopped_early);
    }

    void cancel_throws() {
        std::stop_source source;
        QCOMPARE(code_of([&] {
                     (void)fit_automatic(simulated("swirl", 150), automatic(), quick(),
                                         [&](const IterationSummary& s) {
                                             if (s.total_iteration > 5) source.request_stop();
                                             return FitDecision::proceed;
                                         },
                                         source.get_token());
                 }),
                 ErrorCode::cancelled);
    }

    void resumed_fit_reaches_the_same_optimum() {
        const auto data = simulated("swirl", 150);
        const auto s = specification(DeformationKind::velocity_field);
        const FitResult whole = fit(data, s, quick());
        int calls = 0;
        const FitResult part = fit(data, s, quick(), [&](const IterationSummary& i) {
            return i.stage.rfind("velocity", 0) == 0 && ++calls > 8 ? FitDecision::stop_keep_best
                                                                   : FitDecision::proceed;
        });
        QVERIFY(part.stopped_early);
        FitOptions options = quick();
        options.resume_from = std::make_shared<FitResult>(part);
        const FitResult resumed = fit(data, s, options);
        QVERIFY(std::abs(resumed.model().loss().total - whole.model().loss().total) < 1e-3);
    }

    void archive_brings_the_model_back() {
        const auto data = simulated("compress", 100);
        for (auto kind : {DeformationKind::anisotropic, DeformationKind::velocity_field,
                          DeformationKind::radial}) {
            const FitResult r = fit(data, specification(kind, LogScale::yes), quick());
            const auto back = FittedModel::from_archive(r.model().to_archive(), data);
            const Points x = data->coordinates.topRows(20);
            QCOMPARE(back->deformed_from_geographic(x), r.model().deformed_from_geographic(x));
            const auto a = predict_at(r.model(), x, {}, {}), b = predict_at(*back, x, {}, {});
            QCOMPARE(a.mean, b.mean);
            QCOMPARE(a.variance, b.variance);
            const FitResult again = FitResult::from_archive(r.to_archive(), {back});
            QCOMPARE(again.verdict, r.verdict);
            QCOMPARE(again.history.rows.size(), r.history.rows.size());
        }
        Archive broken = fit(data, specification(DeformationKind::stationary), quick()).model().to_archive();
        broken.json.resize(broken.json.size() / 2);
        QCOMPARE(code_of([&] { (void)FittedModel::from_archive(broken, data); }), ErrorCode::bad_input);
    }

    void history_adds_up() {
        ModelSpecification s = specification(DeformationKind::velocity_field);
        s.design_weight = 0.5;
        const FitResult r = fit(simulated("radial", 100), s, quick());
        QVERIFY(r.history.rows.size() > 10);
        for (const HistoryRow& row : r.history.rows) {
            const bool warp = r.history.stages[static_cast<std::size_t>(row.stage_index)].rfind("velocity", 0) == 0;
            const double sum = row.loss.data + (warp ? 0.5 * row.loss.design : 0.0) + row.loss.regulariser;
            QVERIFY(std::abs(sum - row.loss.total) < 1e-9 * (1.0 + std::abs(sum)));
            QVERIFY(std::isfinite(row.loss.held_out));
        }
    }

    void talk_variant_collapses_visibly() {
        ModelSpecification s = specification(DeformationKind::velocity_field);
        s.design_weight = 5.0;
        s.design_term = DesignTerm::talk;
        s.ridge = 0.05;
        const FitResult r = fit(simulated("stationary", 80), s, quick());
        QVERIFY(!r.warnings.empty());
    }

    void held_out_sites_are_scored_and_refitted() {
        FitOptions options = quick();
        options.held_out_fraction = 0.2;
        const FitResult r = fit(simulated("radial", 150), specification(DeformationKind::velocity_field), options);
        QVERIFY(r.history.stages.back().find("refit") != std::string::npos);
        QCOMPARE(r.model().leave_one_out_residuals().size(), Index(150));
    }

    void several_starts_and_adam() {
        FitOptions options = quick();
        options.starts = 2;
        const auto data = simulated("compress", 80);
        const FitResult r = fit(data, specification(DeformationKind::velocity_field), options);
        FitOptions one = quick();
        const FitResult single = fit(data, specification(DeformationKind::velocity_field), one);
        QVERIFY(r.model().loss().total <= single.model().loss().total + 1e-9);
        FitOptions adam = quick();
        adam.optimiser = OptimiserKind::adam;
        adam.learning_rate = 0.05;
        adam.max_iterations = 400;
        const FitResult a = fit(data, specification(DeformationKind::velocity_field), adam);
        QVERIFY(a.model().loss().total < single.model().loss().total + 2.0);
    }

    void one_and_three_dimensions() {
        SpatialDataset line;
        const Index n = 60;
        line.coordinates.resize(n, 1);
        line.values.resize(n);
        for (Index i = 0; i < n; ++i) {
            const double x = static_cast<double>(i) / 10.0;
            line.coordinates(i, 0) = x;
            line.values(i) = std::sin(x * x) + 0.01 * std::cos(91.0 * x);
        }
        line.value_name = "z";
        const auto data = std::make_shared<SpatialDataset>(line);
        const FitResult r = fit_automatic(data, automatic(), quick());
        QCOMPARE(r.candidates.size(), std::size_t(4));
        auto space = std::make_shared<SpatialDataset>(*simulated("stationary", 80));
        Points x(80, 3);
        x << space->coordinates, 100.0 * space->coordinates.rowwise().squaredNorm();
        space->coordinates = x;
        const FitResult r3 =
            fit(space, specification(DeformationKind::velocity_field, LogScale::yes), quick());
        QVERIFY(r3.model().certificate().round_trip_error < 1e-8);
    }

    void an_outlier_puts_the_verdict_in_doubt() {
        auto data = std::make_shared<SpatialDataset>(*simulated("stationary", 100));
        data->values(17) += 60.0;
        const FitResult r = fit_automatic(data, automatic(), quick());
        bool told = false;
        for (const auto& w : r.warnings) told = told || w.find("outlier") != std::string::npos;
        QVERIFY(told);
        const bool warped = r.model().specification().deformation == DeformationKind::velocity_field;
        QVERIFY(!warped || r.doubtful);
    }

    void pure_noise_is_called_so() {
        auto data = std::make_shared<SpatialDataset>(*simulated("stationary", 120));
        std::uint64_t state = 5;
        for (Index i = 0; i < data->size(); ++i) {
            double sum = 0.0;
            for (int k = 0; k < 12; ++k) {
                state = state * 6364136223846793005ULL + 1442695040888963407ULL;
                sum += static_cast<double>(state >> 11) * 0x1.0p-53;
            }
            data->values(i) = sum - 6.0;
        }
        const FitResult r = fit(data, specification(DeformationKind::stationary), quick());
        const auto p = r.model().parameters();
        // Either the nugget holds the variance, or the program says that it cannot tell.
        QVERIFY(p.nugget > p.partial_sill || r.doubtful);
        QVERIFY(!fit(simulated("stationary", 120), specification(DeformationKind::stationary), quick()).doubtful);
    }

    void a_covariate_that_follows_from_others_is_named() {
        auto data = std::make_shared<SpatialDataset>(*simulated("stationary", 40));
        data->covariates.resize(40, 2);
        data->covariates.col(0) = data->coordinates.col(0);
        data->covariates.col(1) = 2.0 * data->coordinates.col(0).array() + 1.0;
        data->covariate_names = {"c", "d"};
        ModelSpecification s = specification(DeformationKind::stationary);
        s.trend = Trend::covariates;
        try {
            (void)fit(data, s, quick());
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::bad_input);
            QVERIFY(std::string(error.what()).find("\"d\"") != std::string::npos);
        }
    }

    void unusable_requests_are_refused() {
        const auto data = simulated("stationary", 30);
        ModelSpecification s = specification(DeformationKind::velocity_field);
        s.ridge = -1.0;
        QCOMPARE(code_of([&] { (void)fit(data, s, quick()); }), ErrorCode::bad_input);
        FitOptions options = quick();
        options.starts = 0;
        QCOMPARE(code_of([&] { (void)fit(data, specification(DeformationKind::stationary), options); }),
                 ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)fit(nullptr, s, quick()); }), ErrorCode::bad_input);
        ModelSpecification covariates = specification(DeformationKind::stationary);
        covariates.trend = Trend::covariates;
        QCOMPARE(code_of([&] { (void)fit(data, covariates, quick()); }), ErrorCode::bad_input);
    }
};

QTEST_GUILESS_MAIN(TestFit)
#include "test_fit.moc"
