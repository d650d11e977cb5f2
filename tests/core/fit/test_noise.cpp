// SPDX-License-Identifier: GPL-3.0-or-later
// A nugget that varies, Student noise, and covariates that are coordinates of the distance.
#include <QtTest>

#include <cmath>
#include <functional>
#include <numbers>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/fit/covariate_distance.h"
#include "core/fit/fit.h"
#include "core/fit/objective.h"
#include "core/fit/student_noise.h"
#include "core/predict/conditional_simulation.h"
#include "core/predict/kriging.h"
#include "core/predict/predictor.h"
#include "core/validate/cross_validation.h"
#include "core/validate/scores.h"
#include "tests/core/error_code.h"
#include "tests/core/fit/noise_fixture.h"

using namespace anamorph;
using namespace anamorph::testing;

class TestNoise : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void varying_nugget_and_weights_have_gradients_in_every_likelihood() {
        const auto data = field(90, 3, even_noise);
        for (auto& [name, likelihood] : likelihoods()) {
            ModelSpecification s = specification("anisotropic");
            s.likelihood = likelihood;
            if (likelihood.kind == LikelihoodKind::spde) s.smoothness = Smoothness::one;
            s.log_scale = LogScale::yes;
            s.varying_nugget = true;
            s.noise = NoiseKind::student;
            ModelState model = make_model(data, s, 1);
            RandomStream random(8);
            for (Index i = 0; i < model.noise_weights.size(); ++i) model.noise_weights(i) = random.uniform(0.3, 1.2);
            Vector theta = model.parameters();
            for (Index k = 0; k < theta.size(); ++k) theta(k) += 0.2 * random.normal();
            model.refresh_conditioning();
            Objective objective(model);
            double value = 0.0, up = 0.0, down = 0.0;
            Vector gradient, unused;
            QVERIFY2(objective.evaluate(theta, value, gradient), name.c_str());
            for (Index k = 0; k < theta.size(); k += k < 4 ? 1 : 5) {
                Vector moved = theta;
                const double h = 1e-5;
                moved(k) += h;
                QVERIFY(objective.evaluate(moved, up, unused));
                moved(k) -= 2.0 * h;
                QVERIFY(objective.evaluate(moved, down, unused));
                const double difference = (up - down) / (2.0 * h);
                QVERIFY2(std::abs(difference - gradient(k)) < 3e-6 * (1.0 + std::abs(difference)),
                         qPrintable(QStringLiteral("%1, parameter %2: %3 and %4").arg(QString::fromStdString(name)).arg(k).arg(gradient(k)).arg(difference)));
            }
        }
    }

    void varying_nugget_is_found_and_its_evidence_says_so() {
        const auto data = field(300, 5, [](double x) { return x < 0.5 ? 0.1 : 0.9; });
        const FitResult even = fit(data, specification(), options(true));
        ModelSpecification s = specification();
        s.varying_nugget = true;
        const FitResult varying = fit(data, s, options(true));
        QVERIFY2(varying.model().criterion() < even.model().criterion() - 10.0,
                 qPrintable(QStringLiteral("%1 and %2").arg(varying.model().criterion()).arg(even.model().criterion())));
        Points ends(2, 2);
        ends << 0.15, 0.5, 0.85, 0.5;
        const Prediction signal = predict_at(varying.model(), ends, {}, plug_in());
        const Prediction observation = predict_at(varying.model(), ends, {}, plug_in(PredictionTarget::observation));
        const Vector nugget = observation.variance - signal.variance;
        QVERIFY2(nugget(1) > 8.0 * nugget(0), qPrintable(QStringLiteral("%1 and %2").arg(nugget(0)).arg(nugget(1))));
        QVERIFY(varying.model().label().find("varying nugget") != std::string::npos);
        // Where nothing varies it is not worth its parameters.
        const auto plain = field(200, 6, even_noise);
        QVERIFY(fit(plain, s, options(true)).model().criterion() >
                fit(plain, specification(), options(true)).model().criterion() - 0.5);
    }

    void every_likelihood_predicts_the_nugget_where_it_is() {
        const auto data = field(200, 7, [](double x) { return x < 0.5 ? 0.1 : 1.2; });
        Points ends(2, 2);
        ends << 0.2, 0.5, 0.8, 0.5;
        for (auto& [name, likelihood] : likelihoods()) {
            ModelSpecification s = specification();
            s.likelihood = likelihood;
            s.varying_nugget = true;
            if (likelihood.kind == LikelihoodKind::spde) s.smoothness = Smoothness::one;
            FitOptions o = options();
            o.max_iterations = 30;
            const FitResult r = fit(data, s, o);
            const Vector nugget = predict_at(r.model(), ends, {}, plug_in(PredictionTarget::observation)).variance -
                                  predict_at(r.model(), ends, {}, plug_in()).variance;
            QVERIFY2(nugget(1) > 3.0 * nugget(0), qPrintable(QStringLiteral("%1: %2 and %3").arg(QString::fromStdString(name)).arg(nugget(0)).arg(nugget(1))));
            SimulationOptions draw;
            draw.count = 400;
            draw.target = PredictionTarget::observation;
            draw.threads = 1;
            const Matrix drawn = draw_at(r.model(), ends, {}, draw);
            const Vector sd = summary_of(drawn).standard_deviation;
            const Vector variance = predict_at(r.model(), ends, {}, plug_in(PredictionTarget::observation)).variance;
            QVERIFY2(((sd.cwiseAbs2().cwiseQuotient(variance)).array() - 1.0).abs().maxCoeff() < 0.35, name.c_str());
        }
    }

    void the_mixture_is_the_t_distribution() {
        for (double nu : {2.5, 4.0, 10.0, 60.0}) {
            const NoiseMixture mixture = student_mixture(nu);
            QVERIFY(std::abs(mixture.share.sum() - 1.0) < 1e-12);
            QVERIFY(std::abs(mixture.variance() / (nu / (nu - 2.0)) - 1.0) < 1e-3);
            for (double e : {0.0, 0.5, 1.0, 2.0, 4.0, 8.0}) {
                const double density = std::exp(student_log_density(Vector::Constant(1, e), Vector::Zero(1), Vector::Ones(1), mixture)(0));
                QVERIFY2(std::abs(density - t_density(e, nu)) < 1e-4 && std::abs(density / t_density(e, nu) - 1.0) < 1e-2,
                         qPrintable(QStringLiteral("%1 at %2: %3 and %4").arg(nu).arg(e).arg(density).arg(t_density(e, nu))));
            }
        }
    }

    // KL of Gamma(a, b) from Gamma(ν/2, ν/2) and ½(log E[w] − E[log w]) by quadrature in log w.
    void the_penalty_is_what_the_bound_lacks() {
        for (double nu : {3.0, 8.0})
            for (double weight : {0.05, 0.9, 1.3}) {
                const double a = 0.5 * (nu + 1.0), b = a / weight, prior = 0.5 * nu;
                const auto log_gamma_density = [](double w, double shape, double rate) {
                    return shape * std::log(rate) - std::lgamma(shape) + (shape - 1.0) * std::log(w) - rate * w;
                };
                double divergence = 0.0, mean_log = 0.0;
                const double h = 1e-3;
                for (double u = -40.0; u < 6.0; u += h) {
                    const double w = std::exp(u), q = std::exp(log_gamma_density(w, a, b)) * w * h;
                    if (!(q > 0.0)) continue;
                    divergence += q * (log_gamma_density(w, a, b) - log_gamma_density(w, prior, prior));
                    mean_log += q * u;
                }
                const double expected = divergence + 0.5 * (std::log(weight) - mean_log);
                QVERIFY(std::abs(student_penalty(Vector::Constant(1, weight), nu) - expected) < 1e-7);
            }
        // With many degrees of freedom nothing is lost: the noise is Gaussian.
        QVERIFY(student_penalty(Vector::Ones(1), 1e6) < 1e-5);
    }

    void outliers_do_not_bend_the_model() {
        const auto clean = field(150, 11, [](double) { return 0.4; });
        auto spoilt = std::make_shared<SpatialDataset>(*clean);
        for (Index i : {Index(10), Index(60), Index(110)}) spoilt->values(i) += i == 60 ? -6.0 : 6.0;
        const FitResult truth = fit(clean, specification(), options());
        const FitResult gaussian = fit(spoilt, specification(), options(true));
        ModelSpecification s = specification();
        s.noise = NoiseKind::student;
        const FitResult student = fit(spoilt, s, options(true));
        // Gaussian noise takes the outliers for nugget everywhere.
        const double nugget = truth.model().parameters().nugget;
        const auto off = [&](const FitResult& r) { return std::log(r.model().parameters().nugget / nugget); };
        QVERIFY2(std::abs(off(student)) < 1.5 && off(gaussian) > off(student) + 1.0,
                 qPrintable(QStringLiteral("%1 and %2").arg(off(student)).arg(off(gaussian))));
        // Its bound on the evidence is above the evidence of Gaussian noise.
        QVERIFY(student.model().criterion() < gaussian.model().criterion() - 10.0);
        const auto found = outliers(student.model());
        QVERIFY(found.size() >= 3 && found.size() < 12);
        std::vector<Index> worst = {found[0].row, found[1].row, found[2].row};
        std::sort(worst.begin(), worst.end());
        QVERIFY((worst == std::vector<Index>{10, 60, 110}));
        QVERIFY(found[0].weight < 0.05 && std::abs(found[0].residual) > 2.0);
        // The map is that of the clean data, within the noise.
        Points cells = clean->coordinates.topRows(40);
        const Vector clean_map = predict_at(truth.model(), cells, {}, plug_in()).mean;
        const auto miss = [&](const FitResult& r) { return (predict_at(r.model(), cells, {}, plug_in()).mean - clean_map).norm(); };
        QVERIFY2(miss(student) < 0.7 * miss(gaussian), qPrintable(QStringLiteral("%1 and %2").arg(miss(student)).arg(miss(gaussian))));
    }

    void weights_settle_and_the_bound_never_falls() {
        auto data = field(80, 12, even_noise);
        data->values(7) += 5.0;
        ModelSpecification s = specification();
        s.noise = NoiseKind::student;
        s.degrees_of_freedom = 3.0;
        ModelState model = make_model(data, s, 1);
        double last = std::numeric_limits<double>::infinity();
        for (int round = 0; round < 60; ++round) {  // at fixed parameters
            Objective objective(model);
            double value = 0.0;
            Vector gradient;
            QVERIFY(objective.evaluate(model.parameters(), value, gradient));
            QVERIFY2(value < last + 0.05, qPrintable(QStringLiteral("round %1: %2 after %3").arg(round).arg(value).arg(last)));
            last = value;
            if (update_noise_weights(model, objective.profiled()) < 1e-6) break;
        }
        Index least = 0;
        QVERIFY(model.noise_weights.minCoeff(&least) < 0.2);
        QCOMPARE(least, Index(7));
    }

    void kept_and_opened_they_are_the_same() {
        auto data = field(90, 13, even_noise);
        data->values(5) += 4.0;
        for (auto kind : {LikelihoodKind::exact, LikelihoodKind::vecchia}) {
            ModelSpecification s = specification("anisotropic");
            s.noise = NoiseKind::student;
            s.varying_nugget = true;
            s.distance_covariates = {"elevation"};
            s.likelihood.kind = kind;
            const FitResult r = fit(data, s, options(true));
            QVERIFY(r.model().has_posterior());
            const auto again = FittedModel::from_archive(r.model().to_archive(), data);
            QCOMPARE(again->label(), r.model().label());
            QCOMPARE(again->parameters().nugget, r.model().parameters().nugget);
            QVERIFY(noise_weights(*again) == noise_weights(r.model()));
            const Points at = data->coordinates.topRows(9);
            PredictOptions p = plug_in(PredictionTarget::observation);
            p.quantiles = {0.05, 0.5};
            const Prediction a = predict_at(r.model(), at, data->covariates.topRows(9), p),
                             b = predict_at(*again, at, data->covariates.topRows(9), p);
            const double tolerance = kind == LikelihoodKind::exact ? 1e-9 : 0.05;
            QVERIFY((a.mean - b.mean).cwiseAbs().maxCoeff() < tolerance);
            QVERIFY((a.quantiles - b.quantiles).cwiseAbs().maxCoeff() < tolerance);
            Archive damaged = r.model().to_archive();
            damaged.arrays["noise_weights"] = Matrix::Ones(3, 1);
            QCOMPARE(code_of([&] { (void)FittedModel::from_archive(damaged, data); }), ErrorCode::bad_input);
        }
    }

    void predictions_of_observations_have_heavy_tails() {
        auto data = field(100, 14, even_noise);
        data->values(50) += 5.0;
        ModelSpecification s = specification();
        s.noise = NoiseKind::student;
        const FitResult r = fit(data, s, options());
        Points at(1, 2);
        at << 0.4, 0.6;
        PredictOptions p = plug_in(PredictionTarget::observation);
        const Prediction plain = predict_at(r.model(), at, {}, p);
        p.quantiles = {0.001, 0.5, 0.999};
        const Prediction whole = predict_at(r.model(), at, {}, p);
        QVERIFY(std::abs(plain.mean(0) - whole.mean(0)) < 1e-9);
        QVERIFY(std::abs(plain.variance(0) / whole.variance(0) - 1.0) < 2e-3);
        const double sd = std::sqrt(whole.variance(0));
        QVERIFY(whole.quantiles(0, 2) - whole.quantiles(0, 1) > 3.09 * sd);
        // Draws come from the same distribution.
        SimulationOptions draw;
        draw.count = 20'000;
        draw.target = PredictionTarget::observation;
        const Vector drawn = draw_at(r.model(), at, {}, draw).row(0).transpose();
        const double inside = ((drawn.array() - whole.mean(0)).abs() < sd).cast<double>().mean();
        Predictor predictor(r.model(), p);
        const PredictiveDistribution d = predictor.distribution(at, {}, {}, {});
        const double expected = d.exceedance(0, whole.mean(0) - sd) - d.exceedance(0, whole.mean(0) + sd);
        QVERIFY2(std::abs(inside - expected) < 4.5 * std::sqrt(0.25 / 20'000.0), qPrintable(QStringLiteral("%1 and %2").arg(inside).arg(expected)));
        // CRPS in closed form against its definition.
        double integral = 0.0;
        const double z = whole.mean(0) + 0.7 * sd, h = 2e-3 * sd;
        for (double t = z - 60.0 * sd; t < z + 60.0 * sd; t += h) {
            const double f = 1.0 - d.exceedance(0, t + 0.5 * h) - (t + 0.5 * h >= z ? 1.0 : 0.0);
            integral += h * f * f;
        }
        QVERIFY2(std::abs(d.crps(0, z) - integral) < 1e-3 * sd, qPrintable(QStringLiteral("%1 and %2").arg(d.crps(0, z)).arg(integral)));
        QVERIFY(std::abs(d.matched().crps(0, z) - d.crps(0, z)) < 1e-12);
    }

    void validation_scores_student_noise_better_where_there_are_outliers() {
        auto data = field(120, 15, even_noise);
        RandomStream random(4);
        for (Index i = 0; i < 120; i += 12) data->values(i) += random.uniform() < 0.5 ? -4.0 : 4.0;
        ValidationOptions o;
        o.fit = options();
        o.predict = plug_in();
        o.fit_all = false;
        Folds folds;
        folds.test_rows.resize(2);
        for (Index i = 0; i < 120; ++i) folds.test_rows[static_cast<std::size_t>(i % 2)].push_back(i);
        std::vector<ModelChoice> models = {model_choice_from_name("stationary", specification()),
                                           model_choice_from_name("stationary+student", specification())};
        QVERIFY(models[1].specification.noise == NoiseKind::student);
        const ValidationResult result = validate(data, models, folds, o);
        QVERIFY2(result.models[1].failure.empty(), result.models[1].failure.c_str());
        QVERIFY(result.models[1].scores.log_score < result.models[0].scores.log_score);
        QVERIFY(result.models[1].scores.crps < result.models[0].scores.crps);
        QVERIFY(model_choice_from_name("velocity-field+student+varying-nugget", specification()).specification.varying_nugget);
    }

    void a_covariate_of_the_distance_is_found() {
        const auto data = field(220, 21, [](double) { return 0.05; }, 1.5);
        const FitResult plain = fit(data, specification(), options(true));
        ModelSpecification s = specification();
        s.distance_covariates = {"elevation"};
        const FitResult with = fit(data, s, options(true));
        QVERIFY(with.model().criterion() < plain.model().criterion() - 20.0);
        const auto scales = covariate_scales(with.model());
        QCOMPARE(scales.size(), std::size_t(1));
        // A difference of 300, one standard deviation, counts like 0.45 in space.
        QVERIFY2(scales[0].equivalent > 0.3 && scales[0].equivalent < 0.7, qPrintable(QString::number(scales[0].equivalent)));
        // Vecchia's neighbours are searched in the extended space: nearly the exact likelihood.
        s.likelihood.kind = LikelihoodKind::vecchia;
        s.likelihood.neighbours = 30;
        const FitResult near = fit(data, s, options());
        QVERIFY2(std::abs(near.model().log_likelihood() - with.model().log_likelihood()) < 2.0,
                 qPrintable(QStringLiteral("%1 and %2").arg(near.model().log_likelihood()).arg(with.model().log_likelihood())));
        // A covariate that does not matter is not worth it.
        const auto without = field(220, 22, [](double) { return 0.05; });
        s.likelihood.kind = LikelihoodKind::exact;
        QVERIFY(fit(without, s, options(true)).model().criterion() >
                fit(without, specification(), options(true)).model().criterion() - 0.5);
    }

    void predictions_need_the_covariate_of_the_distance() {
        const auto data = field(100, 23, even_noise, 1.5);
        ModelSpecification s = specification("anisotropic");
        s.distance_covariates = {"elevation"};
        for (auto kind : {LikelihoodKind::exact, LikelihoodKind::vecchia}) {
            s.likelihood.kind = kind;
            const FitResult r = fit(data, s, options());
            const Points at = data->coordinates.topRows(4);
            QCOMPARE(code_of([&] { (void)predict_at(r.model(), at, {}, plug_in()); }), ErrorCode::dimension_mismatch);
            const Prediction own = predict_at(r.model(), at, data->covariates.topRows(4), plug_in());
            const Prediction far = predict_at(r.model(), at, Matrix::Constant(4, 1, 4000.0), plug_in());
            QVERIFY((far.variance.array() > 1.5 * own.variance.array()).all());
            // Simulations have the moments of kriging, by both methods.
            for (auto method : {SimulationMethod::sequential, SimulationMethod::spectral}) {
                SimulationOptions draw;
                draw.count = 2000;
                draw.method = method;
                const Matrix drawn = draw_at(r.model(), at, data->covariates.topRows(4), draw);
                const DrawSummary summary = summary_of(drawn);
                QVERIFY(((summary.mean - own.mean).array().abs() < 5.0 * (own.variance.array() / 2000.0).sqrt()).all());
                QVERIFY(((summary.standard_deviation.cwiseAbs2().array() / own.variance.array()) - 1.0).abs().maxCoeff() < 0.25);
            }
        }
    }

    void what_does_not_go_together_is_refused() {
        const auto data = field(60, 31, even_noise);
        const auto code = [&](const ModelSpecification& s, double held_out = 0.0) {
            FitOptions o = options();
            o.held_out_fraction = held_out;
            return code_of([&] { (void)fit(data, s, o); });
        };
        ModelSpecification s = specification();
        s.distance_covariates = {"slope"};
        QCOMPARE(code(s), ErrorCode::bad_input);
        s.distance_covariates = {"elevation", "elevation"};
        QCOMPARE(code(s), ErrorCode::bad_input);
        s.distance_covariates = {"elevation"};
        s.likelihood.kind = LikelihoodKind::predictive_process;
        QCOMPARE(code(s), ErrorCode::unsupported);
        s = specification("convolution");
        s.distance_covariates = {"elevation"};
        QCOMPARE(code(s), ErrorCode::bad_input);
        s = specification("segmented");
        s.varying_nugget = true;
        QCOMPARE(code(s), ErrorCode::unsupported);
        s = specification();
        s.noise = NoiseKind::student;
        s.degrees_of_freedom = 2.0;
        QCOMPARE(code(s), ErrorCode::bad_input);
        s.degrees_of_freedom = 4.0;
        QCOMPARE(code(s, 0.2), ErrorCode::bad_input);
        s.likelihood.kind = LikelihoodKind::taper;
        s.likelihood.taper_form = TaperForm::two_taper;
        QCOMPARE(code(s), ErrorCode::unsupported);
        auto level = std::make_shared<SpatialDataset>(*data);
        level->covariates.setConstant(100.0);
        s = specification();
        s.distance_covariates = {"elevation"};
        QCOMPARE(code_of([&] { (void)fit(level, s, options()); }), ErrorCode::bad_input);
    }
};

QTEST_GUILESS_MAIN(TestNoise)
#include "test_noise.moc"
