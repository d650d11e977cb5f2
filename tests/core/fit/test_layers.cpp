// SPDX-License-Identifier: GPL-3.0-or-later
// Fits of the deformations that are built of layers.
#include <QtTest>

#include <cmath>

#include "core/base/error.h"
#include "core/deformation/composition.h"
#include "core/deformation/layer_chain.h"
#include "core/deformation/plain_network.h"
#include "core/deformation/radial_basis.h"
#include "core/fit/combinations.h"
#include "core/fit/fit.h"
#include "core/fit/forecast.h"
#include "core/fit/make_deformation.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/fit/warnings.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"
#include "core/validate/scores.h"
#include "tests/core/objective_gradient.h"

using namespace anamorph;

namespace {

SimulatedField simulated(const char* name, Index n, std::uint64_t seed) {
    ScenarioOptions options;
    options.sites = n;
    options.test_sites = 400;
    options.seed = seed;
    return simulate(Scenario(name), options);
}

std::shared_ptr<const SpatialDataset> data_of(const SimulatedField& field) {
    return std::make_shared<SpatialDataset>(field.dataset);
}

ModelSpecification named(const std::string& name) {
    ModelSpecification s;
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::three_halves;
    set_model(s, name);
    return s;
}

FitOptions quick(bool posterior = true) {
    FitOptions options;
    options.threads = 1;
    options.posterior = posterior;
    return options;
}

double log_score(const FittedModel& m, const SimulatedField& field) {
    PredictOptions options;
    options.target = PredictionTarget::observation;
    options.threads = 1;
    const Prediction p = predict_at(m, field.test_coordinates, {}, options);
    return scores(field.test_values, p.mean, p.variance).log_score;
}

/// Held-out score of a model less that of the stationary one; negative is better.
double gain(const std::string& name, const char* scenario, std::uint64_t seed) {
    const SimulatedField field = simulated(scenario, 250, seed);
    const FitResult plain = fit(data_of(field), named("stationary"), quick());
    const FitResult warped = fit(data_of(field), named(name), quick());
    return log_score(warped.model(), field) - log_score(plain.model(), field);
}

}  // namespace

class TestLayers : public QObject {
    Q_OBJECT

    static void all_names() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"axial", "radial-basis", "mobius", "spline", "network",
                                 "axial+radial-basis", "velocity-field+mobius", "radial-basis+radial-basis"})
            QTest::newRow(name) << QString(name);
    }

private Q_SLOTS:
    void objective_gradient_equals_finite_differences_data() { all_names(); }
    void objective_gradient_equals_finite_differences() {
        QFETCH(QString, name);
        ModelSpecification s = named(name.toStdString());
        s.design_weight = 0.5;
        testing::check_objective_gradient(make_model(data_of(simulated("radial", 60, 1)), s, 1), 0.1, 20, 2e-6);
    }

    void fits_are_certified_kept_and_predict_data() { all_names(); }
    void fits_are_certified_kept_and_predict() {
        QFETCH(QString, name);
        const SimulatedField field = simulated("compress", 90, 2);
        const auto data = data_of(field);
        const FitResult r = fit(data, named(name.toStdString()), quick());
        const FittedModel& m = r.model();
        QCOMPARE(QString::fromStdString(model_name(m.specification())), name);
        // A network has the posterior of its last layer and no evidence.
        QVERIFY(m.has_posterior());
        QCOMPARE(std::isfinite(m.criterion()), name != "network");
        const FitResult plain = fit(data, named("anisotropic"), quick(false));
        QVERIFY(m.loss().total <= plain.model().loss().total + 1e-6);
        if (!m.certificate().folds) QVERIFY(m.certificate().round_trip_error < 1e-8);
        const auto back = FittedModel::from_archive(m.to_archive(), data);
        const Points x = field.test_coordinates.topRows(20);
        QVERIFY((back->deformed_from_geographic(x) - m.deformed_from_geographic(x)).norm() < 1e-12);
        QCOMPARE(back->label(), m.label());
        PredictOptions averaged;
        averaged.threads = 1;
        const Prediction p = predict_at(*back, x, {}, averaged);
        QVERIFY(p.mean.allFinite() && p.variance.minCoeff() > 0.0);
    }

    void one_and_three_dimensions_work_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("dimension");
        for (const char* name : {"axial", "radial-basis", "spline", "network", "axial+radial-basis"})
            for (int d : {1, 3})
                QTest::addRow("%s, d = %d", name, d) << QString(name) << d;
    }
    void one_and_three_dimensions_work() {
        QFETCH(QString, name);
        QFETCH(int, dimension);
        auto data = std::make_shared<SpatialDataset>();
        const Index n = 70;
        data->coordinates.resize(n, dimension);
        data->values.resize(n);
        for (Index i = 0; i < n; ++i) {
            for (int j = 0; j < dimension; ++j)
                data->coordinates(i, j) = std::fmod(0.618034 * static_cast<double>((i + 1) * (j + 1) * (j + 1)), 1.0);
            const double x = data->coordinates(i, 0);
            data->values(i) = std::sin(20.0 * x * x) + 0.1 * std::cos(37.0 * static_cast<double>(i));
        }
        FitOptions options = quick(false);
        options.max_iterations = 12;
        const FitResult r = fit(data, named(name.toStdString()), options);
        QVERIFY(std::isfinite(r.model().log_likelihood()));
        PredictOptions plug_in;
        plug_in.averaged = false;
        plug_in.threads = 1;
        QVERIFY(predict_at(r.model(), data->coordinates.topRows(3), {}, plug_in).mean.allFinite());
    }

    void poor_data_end_in_a_sentence_or_a_model_data() { all_names(); }
    void poor_data_end_in_a_sentence_or_a_model() {
        QFETCH(QString, name);
        const SpatialDataset good = simulated("compress", 25, 5).dataset;
        std::vector<SpatialDataset> poor(5, good);
        poor[0].coordinates.conservativeResize(5, 2);
        poor[0].values.conservativeResize(5);
        poor[1].values.setConstant(3.0);
        poor[2].coordinates.col(1) = 2.0 * poor[2].coordinates.col(0);  // on a line
        poor[3].coordinates = (1e-3 * good.coordinates).array() + 1e7;
        poor[4].coordinates.bottomRows(3) = poor[4].coordinates.topRows(3);  // duplicates
        for (SpatialDataset& data : poor) {
            data.source_lines.clear();
            FitOptions options = quick(false);
            options.max_iterations = 15;
            try {
                const FitResult r = fit(std::make_shared<SpatialDataset>(data), named(name.toStdString()), options);
                QVERIFY(std::isfinite(r.model().log_likelihood()));
                PredictOptions averaged;
                averaged.threads = 1;
                QVERIFY(predict_at(r.model(), data.coordinates.topRows(2), {}, averaged).mean.allFinite());
            } catch (const Error& error) {
                QVERIFY(std::string(error.what()).size() > 20);
            }
        }
    }

    void axial_warping_straightens_a_compressed_axis() { QVERIFY(gain("axial", "compress", 4) < -0.04); }
    void radial_basis_units_follow_a_radial_range() { QVERIFY(gain("radial-basis", "radial", 4) < -0.1); }
    void mobius_follows_a_conformal_map() { QVERIFY(gain("mobius", "conformal", 4) < -0.03); }
    void splines_follow_a_swirl() { QVERIFY(gain("spline", "swirl", 4) < -0.05); }
    void layers_add_up() { QVERIFY(gain("axial+radial-basis", "radial", 4) < -0.1); }

    void evidence_tells_the_layers_apart_data() {
        QTest::addColumn<QString>("scenario");
        QTest::addColumn<QString>("right");
        QTest::addColumn<QString>("wrong");
        QTest::newRow("nothing varies") << "stationary" << "stationary" << "radial-basis";
        QTest::newRow("one axis") << "compress" << "axial" << "radial-basis";
        QTest::newRow("conformal") << "conformal" << "mobius" << "axial";
        QTest::newRow("turning") << "swirl" << "spline" << "mobius";
    }
    void evidence_tells_the_layers_apart() {
        QFETCH(QString, scenario);
        QFETCH(QString, right);
        QFETCH(QString, wrong);
        const auto data = data_of(simulated(scenario.toUtf8().constData(), 250, 11));
        const double better = fit(data, named(right.toStdString()), quick()).model().criterion();
        const double worse = fit(data, named(wrong.toStdString()), quick()).model().criterion();
        QVERIFY2(better < worse - 3.0, qPrintable(QString("%1 against %2").arg(better).arg(worse)));
    }

    void layers_are_applied_in_their_order_and_get_finer() {
        const auto f = make_deformation(named("radial-basis+axial+radial-basis"), 2, 1);
        const auto* chain = dynamic_cast<const LayerChain*>(&dynamic_cast<const LinearAfter&>(*f).inner());
        QVERIFY(chain != nullptr);
        QCOMPARE(chain->size(), std::size_t(3));
        const auto* first = dynamic_cast<const RadialBasis*>(&chain->layer(0));
        const auto* last = dynamic_cast<const RadialBasis*>(&chain->layer(2));
        QVERIFY(first && last);
        QCOMPARE(first->centres().rows(), Index(9));
        QCOMPARE(last->centres().rows(), Index(25));
    }

    void a_fold_is_found_and_said() {
        ModelSpecification s = named("network");
        const auto data = data_of(simulated("swirl", 80, 3));
        auto state = std::make_shared<ModelState>(make_model(data, s, 1));
        state->align();
        QVERIFY(!fold_warning(FittedModel(state)));
        // W₂ = −¼ (first column of W₁)ᵀ in the first row: det J = 1 − ⅛ Σ (1 − h²) w² falls below zero.
        Vector theta = state->deformation->parameters();
        const Index h = s.hidden_width, first = theta.size() - 5 * h;
        for (Index k = 0; k < h; ++k) theta(first + 3 * h + 2 * k) = -0.25 * theta(first + k);
        state->deformation->set_parameters(theta);
        state->align();
        const FittedModel folded(state);
        QVERIFY(folded.certificate().folds);
        QVERIFY(std::isnan(folded.certificate().round_trip_error));
        QVERIFY(folded_share(folded) > 0.01 && folded_share(folded) < 1.0);
        QVERIFY(fold_warning(folded)->find("folds") != std::string::npos);
        QVERIFY(!collapse_warning(folded));
        try {
            (void)folded.geographic_from_deformed(Points::Zero(1, 2));
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::unsupported);
        }
    }

    void a_network_without_much_ridge_folds_and_the_fit_says_so() {
        ModelSpecification s = named("network");
        s.layer_ridge = 1e-3;
        const FitResult r = fit(data_of(simulated("swirl", 200, 1)), s, quick(false));
        QVERIFY(r.model().certificate().folds);
        bool said = false;
        for (const auto& w : r.warnings) said = said || w.find("folds") != std::string::npos;
        QVERIFY(said);
        QVERIFY(r.doubtful);
        QVERIFY(r.verdict_title.find("folds") != std::string::npos);
        PredictOptions plug_in;
        plug_in.averaged = false;
        QVERIFY(predict_at(r.model(), Points::Zero(1, 2), {}, plug_in).mean.allFinite());
    }

    void what_does_not_go_is_refused_in_words() {
        CombinationRequest r;
        r.sites = 100;
        r.specification = named("axial+mobius");
        QVERIFY(!refusal(r));
        for (int d : {1, 3}) {
            r.dimension = d;
            QVERIFY(refusal(r)->find("plane") != std::string::npos);
        }
        r.dimension = 1;
        r.specification = named("axial+realnvp");
        QVERIFY(refusal(r)->find("RealNVP") != std::string::npos);
        r.dimension = 2;
        r.specification.smoothness = Smoothness::automatic;
        for (const char* name : {"mobius", "network", "axial+network", "axial+radial"}) {
            r.specification = named(name);
            r.specification.smoothness = Smoothness::automatic;
            r.specification.likelihood.kind = LikelihoodKind::spde;
            QVERIFY2(refusal(r), name);
        }
        r.specification = named("axial+radial-basis");
        r.specification.smoothness = Smoothness::automatic;
        r.specification.likelihood.kind = LikelihoodKind::spde;
        QVERIFY(!refusal(r));
    }

    void forecasts_know_the_layers() {
        const auto data = data_of(simulated("compress", 300, 1));
        ForecastOptions options;
        options.threads = 1;
        const Forecast simple = forecast_fit(*data, named("axial"), options);
        const Forecast both = forecast_fit(*data, named("axial+radial-basis"), options);
        QVERIFY(both.evaluations > simple.evaluations);
        QVERIFY(both.fit_seconds > 0.0);
    }
};

QTEST_GUILESS_MAIN(TestLayers)
#include "test_layers.moc"
