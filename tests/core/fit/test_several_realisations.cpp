// SPDX-License-Identifier: GPL-3.0-or-later
// Models of several realisations: fitted, kept, predicted, validated.
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/data/realisations.h"
#include "core/data/splits.h"
#include "core/fit/fit.h"
#include "core/fit/forecast.h"
#include "core/fit/model_realisations.h"
#include "core/fit/model_trend.h"
#include "core/predict/conditional_simulation.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"
#include "core/validate/approximation_comparison.h"
#include "core/validate/cross_validation.h"
#include "core/variogram/experimental.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

std::shared_ptr<SpatialDataset> field(const char* name, int sites, int realisations) {
    ScenarioOptions options;
    options.sites = sites;
    options.realisations = realisations;
    options.seed = 4;
    return std::make_shared<SpatialDataset>(simulate(Scenario(name), options).dataset);
}

ModelSpecification specification(DeformationKind kind, LikelihoodKind likelihood = LikelihoodKind::exact) {
    ModelSpecification s;
    s.deformation = kind;
    s.smoothness = Smoothness::three_halves;
    s.log_scale = LogScale::no;
    s.likelihood.kind = likelihood;
    s.likelihood.neighbours = 12;
    return s;
}

FitOptions quickly(bool posterior = false) {
    FitOptions o;
    o.threads = 1;
    o.posterior = posterior;
    return o;
}

PredictOptions plug_in(const std::string& realisation = {}) {
    PredictOptions o;
    o.averaged = false;
    o.threads = 1;
    if (!realisation.empty()) o.realisations = {realisation};
    return o;
}

}  // namespace

class TestSeveralRealisations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void moreRealisationsTellMoreOfTheMap() {
        // Root mean square difference of true and learned correlation over pairs of near sites.
        const auto error_with = [](int realisations) {
            const auto data = field("compress", 70, realisations);
            const FitResult result = fit(data, specification(DeformationKind::velocity_field), quickly());
            const Points x = data->coordinates.topRows(70);
            const Scenario truth("compress");
            const Points f = truth.deformed_from_geographic(x) / truth.range();
            double sum = 0.0;
            int pairs = 0;
            for (Index i = 0; i < 70; ++i) {
                const Vector rho = result.model().correlation_with(x.row(i), x);
                for (Index j = 0; j < i; ++j) {
                    const double h = (f.row(i) - f.row(j)).norm();
                    if (h > 3.0) continue;
                    const double off = rho(j) - (1.0 + h) * std::exp(-h);
                    sum += off * off;
                    ++pairs;
                }
            }
            return std::sqrt(sum / pairs);
        };
        const double one = error_with(1), many = error_with(12);
        QVERIFY2(many < 0.6 * one, qPrintable(QStringLiteral("%1 with one, %2 with twelve").arg(one).arg(many)));
        QVERIFY(many < 0.08);
    }

    void eachRealisationHasItsOwnTrend() {
        auto data = field("stationary", 40, 3);
        for (Index i = 0; i < 40; ++i) data->values(i) += 100.0;
        const FitResult result = fit(data, specification(DeformationKind::stationary), quickly());
        const ModelState& state = result.model().state();
        QCOMPARE(state.trend_coefficients.size(), Index{3});
        QVERIFY(std::abs(state.trend_coefficients(0) - 100.0) < 2.0);
        QVERIFY(std::abs(state.trend_coefficients(2)) < 2.0);
        QVERIFY(result.model().parameters().partial_sill < 3.0);  // the means are no variance
        QVERIFY(stationary_residuals(state).cwiseAbs().maxCoeff() < 5.0);
        // What is shown is the trend of the realisation that is predicted: the last, unless asked.
        QCOMPARE(result.model().parameters().trend_coefficients(0), state.trend_coefficients(2));
        const auto first = conditioned_on(result.model(), "1");
        QCOMPARE(first->parameters().trend_coefficients(0), state.trend_coefficients(0));
        QCOMPARE(realisation_label(*first), std::string("1"));
        QCOMPARE(code_of([&] { (void)conditioned_on(result.model(), "4"); }), ErrorCode::bad_input);
    }

    void oneRealisationIsPredictedFromItsOwnData_data() {
        QTest::addColumn<LikelihoodKind>("likelihood");
        QTest::newRow("exact") << LikelihoodKind::exact;
        QTest::newRow("Vecchia") << LikelihoodKind::vecchia;
    }
    void oneRealisationIsPredictedFromItsOwnData() {
        QFETCH(LikelihoodKind, likelihood);
        const auto data = field("aniso", 60, 3);
        const FitResult result =
            fit(data, specification(DeformationKind::anisotropic, likelihood), quickly());
        const FittedModel& model = result.model();
        QCOMPARE(model.leave_one_out_residuals().size(), Index{180});
        QCOMPARE(model.leave_one_out_predictions().size(), Index{180});
        const Points sites = data->coordinates.topRows(60);
        const Matrix none(60, 0);
        for (const int r : {0, 2}) {
            const std::string label = std::to_string(r + 1);
            const Prediction p = predict_at(model, sites, none, plug_in(label));
            const Vector own = data->values.segment(60 * r, 60);
            QVERIFY((p.mean - own).norm() < 0.2 * (own.array() - own.mean()).matrix().norm());
            // Many draws have the kriging mean and variance.
            SimulationOptions draws;
            draws.count = 400;
            draws.threads = 1;
            draws.realisation = label;
            const Points few = sites.topRows(3).array() + 0.07;
            const Matrix drawn = draw_at(model, few, Matrix(3, 0), draws);
            const Prediction at = predict_at(model, few, Matrix(3, 0), plug_in(label));
            for (Index i = 0; i < 3; ++i)
                QVERIFY(std::abs(drawn.row(i).mean() - at.mean(i)) < 5.0 * std::sqrt(at.variance(i) / 400.0));
        }
        // A label for each point.
        PredictOptions each = plug_in();
        each.realisations = {"1", "3"};
        const Prediction mixed = predict_at(model, sites.topRows(2), Matrix(2, 0), each);
        QCOMPARE(mixed.mean(0), predict_at(model, sites.topRows(1), Matrix(1, 0), plug_in("1")).mean(0));
        QCOMPARE(mixed.mean(1), predict_at(model, sites.row(1), Matrix(1, 0), plug_in()).mean(0));
        QCOMPARE(code_of([&] { (void)predict_at(model, sites, none, each); }),
                 ErrorCode::dimension_mismatch);
        QCOMPARE(code_of([&] { (void)predict_at(model, sites, none, plug_in("x")); }),
                 ErrorCode::bad_input);
    }

    void pointsOfManyRealisationsKeepTheirOrder() {
        // More points than are handled together, their realisations mixed.
        const auto data = field("stationary", 30, 3);
        const FitResult result = fit(data, specification(DeformationKind::stationary), quickly());
        const Index m = 17'000;
        Points x(m, 2);
        PredictOptions mixed = plug_in();
        for (Index i = 0; i < m; ++i) {
            x.row(i) << -1.0 + 2.0 * static_cast<double>(i % 131) / 131.0, -1.0 + 2.0 * static_cast<double>(i) / m;
            mixed.realisations.push_back(std::to_string(i * i % 3 == 1 ? 2 : 1 + i / 9 % 3));
        }
        const Prediction all = predict_at(result.model(), x, {}, mixed);
        for (const char* label : {"1", "2", "3"}) {
            const Prediction own = predict_at(result.model(), x, {}, plug_in(label));
            for (Index i = 0; i < m; ++i)
                if (mixed.realisations[static_cast<std::size_t>(i)] == label) {
                    QVERIFY(std::abs(all.mean(i) - own.mean(i)) < 1e-9);
                    QVERIFY(std::abs(all.variance(i) - own.variance(i)) < 1e-9);
                }
        }
    }

    void averagedOverThePosteriorAndKept() {
        const auto data = field("aniso", 50, 4);
        const FitResult result = fit(data, specification(DeformationKind::anisotropic), quickly(true));
        QVERIFY(result.model().has_posterior());
        // ½ log det and log n: n counts every value.
        const ModelState& s = result.model().state();
        QVERIFY(std::isfinite(s.criterion));
        QVERIFY(s.effective_parameters > 4.0);  // four means among them
        const auto second = conditioned_on(result.model(), "2");
        const auto back = FittedModel::from_archive(second->to_archive(), data);
        QCOMPARE(realisation_label(*back), std::string("2"));
        PredictOptions options;
        options.threads = 1;
        options.draws = 4;
        const Points at = Points::Constant(1, 2, 0.15);
        const Prediction a = predict_at(*second, at, Matrix(1, 0), options);
        const Prediction b = predict_at(*back, at, Matrix(1, 0), options);
        QCOMPARE(a.mean(0), b.mean(0));
        QCOMPARE(a.variance(0), b.variance(0));
        options.realisations = {"3"};
        QVERIFY(a.mean(0) != predict_at(*back, at, Matrix(1, 0), options).mean(0));
    }

    void foldsOfSitesAndOfValues() {
        const auto data = field("aniso", 30, 3);
        const Folds sites = site_folds(*data, 5, 1), values = row_folds(*data, 5, 1);
        QVERIFY(sites.clustered && !values.clustered);
        std::vector<int> seen(90, 0);
        for (const auto& fold : sites.test_rows)
            for (const Index row : fold) {
                ++seen[static_cast<std::size_t>(row)];
                QVERIFY(std::binary_search(fold.begin(), fold.end(), row % 30));  // with its other values
                QVERIFY(std::binary_search(fold.begin(), fold.end(), 60 + row % 30));
            }
        for (const auto& fold : values.test_rows) {
            QCOMPARE(fold.size(), std::size_t{18});
            for (int r = 0; r < 3; ++r)
                QCOMPARE(std::count_if(fold.begin(), fold.end(), [&](Index row) { return row / 30 == r; }), 6);
            for (const Index row : fold) ++seen[static_cast<std::size_t>(row)];
        }
        for (const int count : seen) QCOMPARE(count, 2);
        QCOMPARE(code_of([&] { (void)site_folds(*data, 31, 1); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)row_folds(*data, 31, 1); }), ErrorCode::bad_input);

        ValidationOptions options;
        options.fit = quickly();
        options.predict = plug_in();
        options.fit_all = false;
        const std::vector<ModelChoice> models = {
            model_choice_from_name("stationary", specification(DeformationKind::stationary)),
            model_choice_from_name("anisotropic", specification(DeformationKind::anisotropic))};
        for (const Folds& folds : {sites, values}) {
            const ValidationResult result = validate(data, models, folds, options);
            for (const ModelScores& m : result.models) {
                QVERIFY2(m.failure.empty(), m.failure.c_str());
                QCOMPARE(m.scores.count, Index{90});
                QVERIFY(m.scores.rmse < 1.1);
            }
            QVERIFY(result.models[1].scores.log_score < result.models[0].scores.log_score);
            QVERIFY(result.several_realisations);
            QCOMPARE(result.held_out_sites_remain, !folds.clustered);
            const QString verdict = QString::fromStdString(result.verdict);
            QVERIFY2(verdict.contains("nats a value") && !verdict.contains("nats a site"), result.verdict.c_str());
            QCOMPARE(verdict.contains("holding out whole sites"), !folds.clustered);
        }
    }

    void sitesThatDifferPersistentlyAreSaid() {
        auto data = field("stationary", 40, 8);
        const auto said = [&] {
            const auto warnings = fit(data, specification(DeformationKind::stationary), quickly()).warnings;
            return std::any_of(warnings.begin(), warnings.end(), [](const std::string& w) {
                return w.find("Sites differ persistently") != std::string::npos;
            });
        };
        QVERIFY(!said());
        for (Index i = 0; i < data->size(); ++i) data->values(i) += (i % 40) % 2 == 0 ? 0.7 : -0.7;
        QVERIFY(said());
        ModelSpecification s = specification(DeformationKind::stationary);
        s.basis_size = 4;
        const auto verdict_of = [&] { return QString::fromStdString(fit_automatic(data, s, quickly(true)).verdict); };
        QVERIFY2(verdict_of().contains("overstate"), qPrintable(verdict_of()));
        *data = departures_from_site_means(*data);
        QVERIFY(!said());
        for (Index i = 0; i < 40; ++i) {
            double sum = 0.0;
            for (Index r = 0; r < 8; ++r) sum += data->values(40 * r + i);
            QVERIFY(std::abs(sum) < 1e-12);
        }
        // What the automatic model's verdict is about.
        const QString verdict = verdict_of();
        QVERIFY2(verdict.contains("8 realisations") && !verdict.contains("one site at a time") &&
                     !verdict.contains("overstate"),
                 qPrintable(verdict));
        QCOMPARE(code_of([] { (void)departures_from_site_means(*field("stationary", 20, 1)); }),
                 ErrorCode::bad_input);
    }

    void tooSmallRealisationsAreRefused() {
        auto data = field("stationary", 20, 3);
        *data = data->subset([&] {
            std::vector<Index> rows(41);
            for (Index i = 0; i < 41; ++i) rows[static_cast<std::size_t>(i)] = i;  // one row of the third
            return rows;
        }());
        QCOMPARE(code_of([&] { (void)fit(data, specification(DeformationKind::stationary), quickly()); }),
                 ErrorCode::bad_input);
        ModelSpecification without = specification(DeformationKind::stationary);
        without.trend = Trend::none;
        QVERIFY(std::isfinite(fit(data, without, quickly()).model().log_likelihood()));
    }

    void whatEachRealisationMissesTakesMemory() {
        const ModelSpecification s = specification(DeformationKind::stationary);
        const auto whole = field("stationary", 60, 10);
        std::vector<Index> rows;
        for (Index i = 0; i < whole->size(); ++i)
            if ((i + i / 60) % 10 != 0) rows.push_back(i);  // each realisation misses 6 of the 60 places
        const SpatialDataset some = whole->subset(rows);
        QVERIFY(realisation_shape(some).same_places);
        // A row of 60 numbers for each of the 60 that are missing, held twice while the gradient is summed.
        const double rows_of_inverse = 8.0 * 60 * 2 * 60;
        const double less = 8.0 * 60 * 10;  // numbers of the field at fewer sites, at most
        QVERIFY(forecast_bytes(some, s) > forecast_bytes(*whole, s) + rows_of_inverse - less);
    }

    void variogramsPairWithinRealisations() {
        Points x(4, 1);
        x << 0, 1, 0, 1;
        Vector z(4);
        z << 0, 1, 100, 103;
        VariogramOptions options;
        options.maximum_distance = 2.0;
        options.realisation = {0, 0, 1, 1};
        const VariogramCurve curve = experimental_variogram(x, z, {}, options).front();
        QCOMPARE(curve.pairs, (std::vector<long>{2}));
        QCOMPARE(curve.gamma.front(), 0.5 * (0.5 * 1.0 + 0.5 * 9.0));
    }

    void approximationsAreComparedOnOneRealisation() {
        const auto data = field("stationary", 40, 3);
        const FitResult result = fit(data, specification(DeformationKind::stationary), quickly());
        ComparisonOptions options;
        options.map_cells = 0;
        options.threads = 1;
        LikelihoodOptions vecchia;
        vecchia.kind = LikelihoodKind::vecchia;
        vecchia.neighbours = 39;
        options.approximations = {vecchia};
        const ApproximationComparison comparison = compare_approximations(result.model(), options);
        QCOMPARE(comparison.sites, Index{40});
    }
};

QTEST_APPLESS_MAIN(TestSeveralRealisations)
#include "test_several_realisations.moc"
