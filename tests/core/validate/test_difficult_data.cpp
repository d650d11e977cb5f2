// SPDX-License-Identifier: GPL-3.0-or-later
// Every family on data that are hard to fit: a sentence or a sensible result, never a crash.
#include <QtTest>
#include <cmath>
#include <functional>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/fit/combinations.h"
#include "core/fit/fit.h"
#include "core/predict/kriging.h"
#include "core/validate/cross_validation.h"

using namespace anamorph;

namespace {

std::shared_ptr<SpatialDataset> ordinary(Index n, int dimension = 2) {
    auto data = std::make_shared<SpatialDataset>();
    RandomStream random(17);
    data->coordinates.resize(n, dimension);
    data->values.resize(n);
    data->covariates.resize(n, 0);
    for (Index i = 0; i < n; ++i) {
        double value = 0.1 * random.normal();
        for (int j = 0; j < dimension; ++j) {
            data->coordinates(i, j) = random.uniform(0.0, 10.0);
            value += std::sin(0.7 * data->coordinates(i, j) + j);
        }
        data->values(i) = value;
    }
    data->value_name = "value";
    return data;
}

ModelSpecification base() {
    ModelSpecification s;
    s.smoothness = Smoothness::three_halves;
    s.likelihood.kind = LikelihoodKind::exact;
    s.couplings = 2;
    s.hidden_width = 4;
    return s;
}

FitOptions quick() {
    FitOptions options;
    options.max_iterations = 2;
    options.posterior = false;
    options.threads = 1;
    return options;
}

struct Outcome {
    int fitted = 0, refused = 0;
    ErrorCode code = ErrorCode::bad_input;  ///< of the last refusal
};

/// Fits all families and predicts with them between and at the sites; fails on anything that is
/// neither a finite prediction nor a sentence.
Outcome try_all(const std::shared_ptr<const SpatialDataset>& data, const ModelSpecification& s,
                const std::vector<std::string>& names) {
    Outcome outcome;
    for (const std::string& name : names) {
        const ModelChoice choice = model_choice_from_name(name, s);
        try {
            const FitResult result = choice.automatic ? fit_automatic(data, choice.specification, quick())
                                                      : fit(data, choice.specification, quick());
            PredictOptions options;
            options.averaged = false;
            options.threads = 1;
            Points at = data->coordinates.topRows(4);
            at.topRows(2).rowwise() += 0.01 * (data->coordinates.colwise().maxCoeff() - data->coordinates.colwise().minCoeff());
            const Prediction p = predict_at(result.model(), at, data->covariates.topRows(4), options);
            if (!p.mean.allFinite() || !p.variance.allFinite() || p.variance.minCoeff() < 0.0)
                QTest::qFail(("no sensible prediction by " + name).c_str(), __FILE__, __LINE__);
            const double spread = data->values.maxCoeff() - data->values.minCoeff();
            if ((p.mean.array() - data->values.mean()).abs().maxCoeff() > 20.0 * spread)
                QTest::qFail(("a wild prediction by " + name).c_str(), __FILE__, __LINE__);
            ++outcome.fitted;
        } catch (const Error& error) {
            if (std::string(error.what()).size() < 15)
                QTest::qFail(("no sentence for " + name).c_str(), __FILE__, __LINE__);
            outcome.code = error.code();
            ++outcome.refused;
        }
    }
    return outcome;
}

}  // namespace

class TestDifficultData : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        names_ = model_names_for(*ordinary(40), base());
        // Those that have been there from the beginning; the list grows with the program.
        for (const char* name : {"stationary", "axis-aligned", "anisotropic+log-scale", "velocity-field", "realnvp", "radial", "spde", "auto"})
            QVERIFY2(std::find(names_.begin(), names_.end(), name) != names_.end(), name);
    }

    /// A matrix that says no more than the stationary model is not offered beside it.
    void nothingIsOfferedTwice() {
        const auto offers = [](const SpatialDataset& data, const std::string& name) {
            const auto names = model_names_for(data, base());
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        const auto line = ordinary(20, 1);
        QVERIFY(offers(*line, "stationary") && !offers(*line, "anisotropic") && !offers(*line, "axis-aligned"));
        const auto space = ordinary(20, 3);
        QVERIFY(offers(*space, "anisotropic") && offers(*space, "axis-aligned"));
        SpatialDataset timed = *ordinary(20, 2);  // one axis of space, whose scale and that of the time are apart anyway
        timed.last_axis_is_time = true;
        QVERIFY(!offers(timed, "axis-aligned") && !offers(timed, "anisotropic"));
        SpatialDataset moving = *ordinary(20, 3);
        moving.last_axis_is_time = true;
        QVERIFY(offers(moving, "axis-aligned") && offers(moving, "anisotropic"));
    }

    void ordinaryDataAreFittedByAll() {
        const Outcome outcome = try_all(ordinary(20), base(), names_);
        QCOMPARE(outcome.refused, 0);
        QCOMPARE(outcome.fitted, static_cast<int>(names_.size()));
    }

    void fiveSites() {
        const Outcome outcome = try_all(ordinary(5), base(), names_);
        QVERIFY(outcome.fitted > 0);
    }

    void duplicates() {
        auto data = ordinary(16);
        for (Index i = 0; i < 8; ++i) data->coordinates.row(8 + i) = data->coordinates.row(i);
        data->values.tail(8).array() += 0.05;
        const Outcome outcome = try_all(data, base(), names_);
        QVERIFY(outcome.fitted > 0);
    }

    void constantValues() {
        auto data = ordinary(20);
        data->values.setConstant(3.0);
        const Outcome outcome = try_all(data, base(), names_);
        QCOMPARE(outcome.fitted, 0);
        QCOMPARE(outcome.code, ErrorCode::bad_input);
    }

    void collinearSites() {
        auto data = ordinary(20);
        data->coordinates.col(1) = 2.0 * data->coordinates.col(0);
        const Outcome outcome = try_all(data, base(), names_);
        QCOMPARE(outcome.fitted, 0);
        QCOMPARE(outcome.code, ErrorCode::bad_input);
    }

    void nearlyCollinearSites() {
        auto data = ordinary(20);
        RandomStream random(3);
        for (Index i = 0; i < 20; ++i) data->coordinates(i, 1) = data->coordinates(i, 0) + 1e-5 * random.normal();
        const Outcome outcome = try_all(data, base(), names_);
        QCOMPARE(outcome.fitted + outcome.refused, static_cast<int>(names_.size()));
    }

    void coordinatesOfTenMillion() {
        auto data = ordinary(16);
        data->coordinates.array() += 1e7;
        const Outcome outcome = try_all(data, base(), names_);
        QCOMPARE(outcome.refused, 0);
    }

    void aConstantCovariate() {
        auto data = ordinary(20);
        data->covariates = Matrix::Constant(20, 1, 4.0);
        data->covariate_names = {"elevation"};
        ModelSpecification s = base();
        s.trend = Trend::covariates;
        const Outcome outcome = try_all(data, s, names_);
        QCOMPARE(outcome.fitted, 0);
        QCOMPARE(outcome.code, ErrorCode::bad_input);
    }

    void oneAndThreeDimensions() {
        for (const int dimension : {1, 3}) {
            const auto data = ordinary(16, dimension);
            auto names = model_names_for(*data, base());
            QVERIFY(names.size() >= 4);
            std::erase(names, "spde");  // its mesh in space is another test's work
            const Outcome outcome = try_all(data, base(), names);
            QCOMPARE(outcome.refused, 0);  // what cannot be fitted is not offered
        }
    }

    void moreFreeParametersThanSitesAreRefused() {
        const auto data = ordinary(40);
        ModelSpecification s = base();
        set_model(s, "realnvp");
        s.log_scale = LogScale::no;
        s.jacobian_penalty = 0.0;
        s.couplings = 8;
        try {
            (void)fit(data, s, quick());
            QFAIL("it was fitted");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::bad_input);
            QVERIFY(std::string(error.what()).find("parameters without a penalty") != std::string::npos);
        }
        s.jacobian_penalty = 10.0;
        check_combination(*data, s, false);  // does not throw
        // As many trend coefficients as sites, too.
        ModelSpecification quadratic = base();
        set_model(quadratic, "stationary");
        quadratic.trend = Trend::quadratic;
        quadratic.log_scale = LogScale::no;
        QVERIFY_THROWS_EXCEPTION(Error, (void)fit(ordinary(7), quadratic, quick()));
    }

    void aQueueGoesOnAfterAFailure() {
        const auto data = ordinary(20);
        std::vector<ModelChoice> models;
        for (const char* name : {"stationary", "realnvp", "anisotropic"}) models.push_back(model_choice_from_name(name, base()));
        models[1].specification.jacobian_penalty = 0.0;
        models[1].specification.couplings = 8;
        ValidationOptions options;
        options.fit = quick();
        std::vector<std::size_t> seen;
        ValidationObserver observer;
        observer.model_done = [&](const ValidationResult& so_far) { seen.push_back(so_far.models.size()); };
        const ValidationResult result = validate(data, models, random_folds(20, 2, 1), options, observer);
        QCOMPARE(seen, (std::vector<std::size_t>{1, 2, 3}));
        QVERIFY(result.models[0].failure.empty());
        QVERIFY(result.models[2].failure.empty());
        QVERIFY(!result.models[1].failure.empty());
        QCOMPARE(result.models[1].failure_code, ErrorCode::bad_input);
        QVERIFY(result.models[0].fit && result.models[2].fit && !result.models[1].fit);
        QCOMPARE(result.models[0].fit->model().dataset().size(), Index{20});
    }

    void aCancelledQueueKeepsWhatIsDone() {
        const auto data = ordinary(30);
        std::vector<ModelChoice> models;
        for (const char* name : {"stationary", "anisotropic", "velocity-field"})
            models.push_back(model_choice_from_name(name, base()));
        ValidationOptions options;
        options.fit = quick();
        std::stop_source source;
        ValidationObserver observer;
        observer.model_done = [&](const ValidationResult& so_far) {
            if (so_far.models.size() == 2) source.request_stop();
        };
        const ValidationResult result = validate(data, models, random_folds(30, 2, 1), options, observer, source.get_token());
        QVERIFY(result.interrupted);
        QCOMPARE(result.models.size(), std::size_t{2});
        QCOMPARE(result.planned, std::size_t{3});
        QVERIFY(result.verdict.find("Cancelled after 2 of 3 models.") == 0);
        QVERIFY(result.models[1].rank > 0);
    }

private:
    std::vector<std::string> names_;
};

QTEST_APPLESS_MAIN(TestDifficultData)
#include "test_difficult_data.moc"
