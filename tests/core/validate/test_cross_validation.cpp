// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/cross_validation.h"

#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/fit/fit.h"
#include "core/simulate/scenario.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

std::shared_ptr<const SpatialDataset> small_dataset(const char* scenario = "aniso") {
    ScenarioOptions options;
    options.sites = 90;
    options.seed = 5;
    return std::make_shared<const SpatialDataset>(simulate(Scenario(scenario), options).dataset);
}

ModelSpecification base_specification() {
    ModelSpecification base;
    base.smoothness = Smoothness::three_halves;
    return base;
}

std::vector<ModelChoice> choices(const std::vector<std::string>& names) {
    std::vector<ModelChoice> result;
    for (const auto& name : names) result.push_back(model_choice_from_name(name, base_specification()));
    return result;
}

FitOptions quick_fit() {
    FitOptions options;
    options.posterior = false;
    options.threads = 1;
    return options;
}

PredictOptions plug_in() {
    PredictOptions options;
    options.averaged = false;
    options.threads = 1;
    return options;
}

ValidationOptions quickly() {
    ValidationOptions options;
    options.fit = quick_fit();
    options.predict = plug_in();
    options.fit_all = false;
    return options;
}

}  // namespace

class TestCrossValidation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void names_become_specifications();
    void scores_equal_those_by_hand();
    void transforms_are_scored_on_equal_terms();
    void differences_are_against_stationary();
    void progress_grows_to_one();
    void a_stop_cancels();
    void impossible_folds_are_refused();
};

void TestCrossValidation::names_become_specifications() {
    ModelSpecification base = base_specification();
    base.log_scale = LogScale::automatic;
    QVERIFY(model_choice_from_name("auto", base).automatic);
    QCOMPARE(model_choice_from_name("auto", base).specification.log_scale, LogScale::automatic);
    const ModelChoice plain = model_choice_from_name("velocity-field", base);
    QVERIFY(!plain.automatic);
    QCOMPARE(plain.specification.deformation, DeformationKind::velocity_field);
    QCOMPARE(plain.specification.log_scale, LogScale::no);
    QCOMPARE(plain.specification.smoothness, Smoothness::three_halves);
    const ModelChoice scaled = model_choice_from_name("anisotropic+log-scale", base);
    QCOMPARE(scaled.specification.deformation, DeformationKind::anisotropic);
    QCOMPARE(scaled.specification.log_scale, LogScale::yes);
    const ModelChoice logs = model_choice_from_name("anisotropic+log-scale+log", base);
    QCOMPARE(logs.specification.transform, TransformKind::log);
    QCOMPARE(logs.specification.log_scale, LogScale::yes);
    QCOMPARE(model_choice_from_name("auto+normal-score", base).specification.transform, TransformKind::normal_score);
    QVERIFY(model_choice_from_name("auto+normal-score", base).automatic);
    for (const char* bad : {"", "+log", "kriging", "+log-scale", "auto+lin", "stationary+"}) {
        QCOMPARE(code_of([&] { (void)model_choice_from_name(bad, base); }),
                 ErrorCode::bad_input);
    }
}

void TestCrossValidation::scores_equal_those_by_hand() {
    const auto dataset = small_dataset();
    const Folds folds = random_folds(dataset->size(), 3, 2);
    const ValidationResult result =
        validate(dataset, choices({"stationary"}), folds, quickly());
    QCOMPARE(result.models.size(), std::size_t{1});
    QVERIFY(result.models[0].failure.empty());
    QCOMPARE(result.models[0].scores.count, dataset->size());

    // The first fold again, without the machinery: observations, fitted on the other two.
    std::vector<Index> rest;
    for (std::size_t k = 1; k < 3; ++k) {
        rest.insert(rest.end(), folds.test_rows[k].begin(), folds.test_rows[k].end());
    }
    std::sort(rest.begin(), rest.end());
    const SpatialDataset test = dataset->subset(folds.test_rows[0]);
    const FitResult by_hand =
        fit(std::make_shared<const SpatialDataset>(dataset->subset(rest)),
            choices({"stationary"})[0].specification, quick_fit());
    PredictOptions observation = plug_in();
    observation.target = PredictionTarget::observation;
    const Prediction prediction =
        predict_at(by_hand.model(), test.coordinates, test.covariates, observation);
    const SiteScores expected = site_scores(test.values, prediction.mean, prediction.variance);
    const SiteScores& got = result.models[0].site_scores;
    QVERIFY((got.log_score.head(test.size()) - expected.log_score).cwiseAbs().maxCoeff() < 1e-9);
    QVERIFY((got.crps.head(test.size()) - expected.crps).cwiseAbs().maxCoeff() < 1e-9);
    QCOMPARE(result.models[0].scores.rmse, std::sqrt(got.squared_error.mean()));
    QVERIFY(!result.verdict.empty());
}

// Lognormal values: the model of their logarithms has the score of those plus the logarithm of the
// values (the Jacobian), and beats the one that takes them to be Gaussian. Where the values are Gaussian
// it is the other way round.
void TestCrossValidation::transforms_are_scored_on_equal_terms() {
    const auto gaussian = small_dataset();
    SpatialDataset shifted = *gaussian;
    const double spread = std::sqrt((shifted.values.array() - shifted.values.mean()).square().mean());
    shifted.values = (shifted.values.array() - shifted.values.mean()) / spread + 8.0;
    SpatialDataset lognormal = shifted;
    lognormal.values = shifted.values.array().exp();
    const Folds folds = random_folds(gaussian->size(), 3, 2);
    const auto names = choices({"stationary", "stationary+log"});
    const ValidationResult skewed =
        validate(std::make_shared<const SpatialDataset>(lognormal), names, folds, quickly());
    const ValidationResult plain =
        validate(std::make_shared<const SpatialDataset>(shifted), names, folds, quickly());
    for (const ValidationResult* r : {&skewed, &plain})
        for (const ModelScores& m : r->models) QVERIFY2(m.failure.empty(), m.failure.c_str());
    const ModelScores &of_logs = skewed.models[1], &of_values = plain.models[0];
    QVERIFY(std::abs(of_logs.scores.log_score - (of_values.scores.log_score + shifted.values.mean())) < 1e-4);
    QCOMPARE(of_logs.scores.coverage_90, of_values.scores.coverage_90);
    QVERIFY(of_logs.scores.log_score < skewed.models[0].scores.log_score);
    QVERIFY(of_values.scores.log_score < plain.models[1].scores.log_score);
    QCOMPARE(of_logs.label, std::string("stationary, log transform"));
}

void TestCrossValidation::differences_are_against_stationary() {
    const auto dataset = small_dataset();
    const ValidationResult result =
        validate(dataset, choices({"stationary", "anisotropic"}),
                 block_folds(*dataset, 2, 2, 2, 1), quickly());
    const ModelScores& first = result.models[0];
    const ModelScores& second = result.models[1];
    QCOMPARE(result.reference, std::string("stationary"));
    const ModelDifference& own = first.from_reference;
    const ModelDifference& other = second.from_reference;
    QCOMPARE(own.log_score.mean, 0.0);
    QCOMPARE(own.rmse, 0.0);
    QVERIFY(std::abs(other.log_score.mean - (second.scores.log_score - first.scores.log_score)) < 1e-12);
    QVERIFY(std::abs(other.crps.mean - (second.scores.crps - first.scores.crps)) < 1e-12);
    QVERIFY(std::abs(other.rmse - (second.scores.rmse - first.scores.rmse)) < 1e-12);
    QVERIFY(other.log_score.standard_error > 0.0);
    QVERIFY(other.rmse_standard_error > 0.0);
    // The linearised difference of roots is about the difference of means over the sum of roots.
    const double linear = other.squared_error.mean / (first.scores.rmse + second.scores.rmse);
    QVERIFY(std::abs(linear - other.rmse) < 1e-12);
}

void TestCrossValidation::progress_grows_to_one() {
    const auto dataset = small_dataset("stationary");
    std::vector<double> fractions;
    const ProgressObserver observer = [&](const Progress& p) { fractions.push_back(p.fraction); };
    (void)validate(dataset, choices({"stationary", "anisotropic"}), random_folds(90, 2, 1),
                   quickly(), {observer, {}});
    QVERIFY(fractions.size() >= 5);
    QVERIFY(std::is_sorted(fractions.begin(), fractions.end()));
    QCOMPARE(fractions.front(), 0.0);
    QCOMPARE(fractions.back(), 1.0);
}

void TestCrossValidation::a_stop_cancels() {
    const auto dataset = small_dataset();
    std::stop_source source;
    const ProgressObserver observer = [&](const Progress&) { source.request_stop(); };
    QCOMPARE(code_of([&] {
                 (void)validate(dataset, choices({"stationary"}), random_folds(90, 2, 1), quickly(),
                                {observer, {}}, source.get_token());
             }),
             ErrorCode::cancelled);
}

void TestCrossValidation::impossible_folds_are_refused() {
    const auto dataset = small_dataset();
    const auto code = [&](const std::vector<ModelChoice>& models, const Folds& folds) {
        return code_of([&] { (void)validate(dataset, models, folds, quickly()); });
    };
    const ErrorCode bad = ErrorCode::bad_input;
    QCOMPARE(code({}, random_folds(90, 2, 1)), bad);
    QCOMPARE(code(choices({"stationary"}), {}), bad);
    QCOMPARE(code(choices({"stationary"}), {"", {{}}}), bad);
    QCOMPARE(code(choices({"stationary"}), {"", {{3, 2}}}), bad);
    QCOMPARE(code(choices({"stationary"}), {"", {{0, 90}}}), bad);
    // Four sites are left: the model fails, the comparison goes on and says so.
    std::vector<Index> most;
    for (Index i = 4; i < 90; ++i) most.push_back(i);
    const ValidationResult result = validate(dataset, choices({"stationary"}), {"", {most}},
                                             quickly());
    QVERIFY(!result.models[0].failure.empty());
    QVERIFY(!result.verdict.empty());
}

QTEST_APPLESS_MAIN(TestCrossValidation)
#include "test_cross_validation.moc"
