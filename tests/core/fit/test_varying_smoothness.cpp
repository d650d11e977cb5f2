// SPDX-License-Identifier: GPL-3.0-or-later
// A smoothness that varies in space: found, worth it out of sample, kept, opened, drawn from, refused.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <numeric>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/varying_smoothness_covariance.h"
#include "core/fit/fit.h"
#include "core/fit/local_smoothness.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/fit/specification_json.h"
#include "core/predict/conditional_simulation.h"
#include "core/predict/kriging.h"
#include "core/validate/model_choice.h"

using namespace anamorph;

namespace {

/// Rough in the west (ν near 0.35), smooth in the east (ν near 2.5), the practical range nearly the
/// same, on random sites of the unit square.
SpatialDataset rough_west(Index n, std::uint64_t seed) {
    RandomStream random(seed);
    SpatialDataset data;
    data.coordinates.resize(n, 2);
    Matrix local = Matrix::Zero(n, 4);
    for (Index i = 0; i < n; ++i) {
        data.coordinates.row(i) << random.uniform(), random.uniform();
        local(i, 3) = 1.1 * std::tanh(6.0 * (data.coordinates(i, 0) - 0.5));
    }
    const VaryingSmoothnessCovariance covariance(2, 0.0);
    const Points u = data.coordinates / 0.1;
    Matrix c = cross_correlation(covariance, u, local, u, local);
    c.diagonal().array() += 1e-4;
    data.values = CholeskyFactor(c).lower() * random.normals(n);
    data.coordinate_names = {"x", "y"};
    data.value_name = "z";
    return data;
}

ModelSpecification convolution(bool varying) {
    ModelSpecification s;
    set_model(s, "convolution");
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::estimate;
    s.kernel_basis = 3;
    s.varying_smoothness = varying;
    s.likelihood.kind = LikelihoodKind::exact;
    return s;
}

FitOptions options(bool posterior, int iterations = 200) {
    FitOptions o;
    o.threads = 1;
    o.posterior = posterior;
    o.max_iterations = iterations;
    return o;
}

/// Mean log density of held-out observations.
double log_score(const FittedModel& model, const SpatialDataset& test) {
    PredictOptions p;
    p.threads = 1;
    p.averaged = false;
    p.target = PredictionTarget::observation;
    const Prediction at = predict_at(model, test.coordinates, {}, p);
    double sum = 0.0;
    for (Index i = 0; i < test.size(); ++i) {
        const double error = test.values(i) - at.mean(i);
        sum -= 0.5 * (error * error / at.variance(i) + std::log(2.0 * std::numbers::pi * at.variance(i)));
    }
    return sum / static_cast<double>(test.size());
}

}  // namespace

class TestVaryingSmoothness : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void it_is_found_and_predicts_better() {
        Points ends(2, 2);
        ends << 0.15, 0.5, 0.85, 0.5;
        constexpr std::uint64_t seeds[] = {3, 4};
        double better = 0.0;  // on the average of the fields; on a single one chance may be against it
        for (const std::uint64_t seed : seeds) {
            const SpatialDataset all = rough_west(420, seed);
            std::vector<Index> train(280), test(140);
            std::iota(train.begin(), train.end(), Index(0));
            std::iota(test.begin(), test.end(), Index(280));
            const auto data = std::make_shared<const SpatialDataset>(all.subset(train));
            const SpatialDataset held_out = all.subset(test);
            const FitResult constant = fit(data, convolution(false), options(true));
            const FitResult varying = fit(data, convolution(true), options(true));
            const Vector nu = smoothness_at(varying.model(), ends);
            QVERIFY2(nu(0) < 0.8 && nu(1) > 1.2 && nu(1) > 2.0 * nu(0), qPrintable(QStringLiteral("ν %1 and %2").arg(nu(0)).arg(nu(1))));
            const double gain = log_score(varying.model(), held_out) - log_score(constant.model(), held_out);
            const double evidence = constant.model().criterion() - varying.model().criterion();
            qInfo("seed %d: %.3f nats a site, evidence %.1f", static_cast<int>(seed), gain, evidence);
            better += gain / 2.0;
            QVERIFY2(evidence > 3.0, qPrintable(QString::number(evidence)));
            QCOMPARE(varying.model().label(), std::string("process convolution + varying smoothness"));
            // One smoothness everywhere without it.
            const Vector same = smoothness_at(constant.model(), ends);
            QCOMPARE(same(0), same(1));
            QCOMPARE(same(0), constant.model().parameters().smoothness);
        }
        QVERIFY2(better > 0.05, qPrintable(QString::number(better)));
    }

    void the_objective_has_its_gradient() {
        const auto data = std::make_shared<const SpatialDataset>(rough_west(50, 5));
        for (auto kind : {LikelihoodKind::exact, LikelihoodKind::vecchia})
            for (const char* name : {"convolution", "velocity-field+convolution"}) {
                if (kind == LikelihoodKind::vecchia && QByteArray(name) != "convolution") continue;
                ModelSpecification s = convolution(true);
                set_model(s, name);
                s.basis_size = 3;
                s.varying_nugget = true;
                s.likelihood.kind = kind;
                s.likelihood.neighbours = 10;
                Objective objective(make_model(data, s, 1));
                RandomStream random(9);
                Vector theta = objective.start();
                for (Index k = 0; k < theta.size(); ++k) theta(k) += random.uniform(-0.15, 0.15);
                double value = 0.0;
                Vector gradient, unused;
                QVERIFY(objective.evaluate(theta, value, gradient));
                const double scale = gradient.cwiseAbs().maxCoeff();
                for (Index k = 0; k < theta.size(); ++k) {
                    const double h = 1e-5;
                    double up = 0.0, down = 0.0;
                    Vector at = theta;
                    at(k) += h;
                    QVERIFY(objective.evaluate(at, up, unused));
                    at(k) -= 2.0 * h;
                    QVERIFY(objective.evaluate(at, down, unused));
                    const double difference = (up - down) / (2.0 * h);
                    QVERIFY2(std::abs(difference - gradient(k)) < 1e-6 * std::max(1.0, scale),
                             qPrintable(QStringLiteral("%1, parameter %2: %3 and %4").arg(QLatin1String(name)).arg(k).arg(gradient(k)).arg(difference)));
                }
            }
    }

    void kept_and_opened_it_predicts_and_draws_the_same() {
        const auto data = std::make_shared<const SpatialDataset>(rough_west(90, 2));
        for (auto kind : {LikelihoodKind::exact, LikelihoodKind::vecchia}) {
            ModelSpecification s = convolution(true);
            s.smoothness = Smoothness::automatic;  // nothing is left to choose
            s.likelihood.kind = kind;
            s.likelihood.neighbours = 12;
            const FitResult r = fit(data, s, options(true, 12));
            QCOMPARE(r.model().specification().smoothness, Smoothness::estimate);
            QVERIFY(r.model().has_posterior());
            const auto again = FittedModel::from_archive(r.model().to_archive(), data);
            QVERIFY(again->specification().varying_smoothness);
            PredictionGrid grid = PredictionGrid::around(data->coordinates, 8);
            PredictOptions p;
            p.threads = 1;
            const GridMap a = predict_on_grid(r.model(), grid, {}, p), b = predict_on_grid(*again, grid, {}, p);
            const double tolerance = kind == LikelihoodKind::exact ? 1e-9 : 0.02;
            QVERIFY((a.mean - b.mean).cwiseAbs().maxCoeff() < tolerance);
            QVERIFY((a.standard_deviation - b.standard_deviation).cwiseAbs().maxCoeff() < tolerance);
            const auto layer = smoothness_layer(*again, grid);
            QVERIFY(layer && layer->values.size() == grid.cell_count());
            QCOMPARE(layer->short_name(), std::string("smoothness"));
            for (const Index cell : grid.active_cells()) QVERIFY(layer->values(cell) >= 0.2 && layer->values(cell) <= 4.0);
            // Simulations have the kriging mean and standard deviation.
            SimulationOptions draws;
            draws.count = 400;
            draws.averaged = false;
            p.averaged = false;
            Points at(3, 2);
            at << 0.21, 0.33, 0.52, 0.61, 0.83, 0.17;
            const Matrix z = draw_at(r.model(), at, {}, draws);
            const Prediction k = predict_at(r.model(), at, {}, p);
            for (Index i = 0; i < at.rows(); ++i) {
                const double sd = std::sqrt(k.variance(i)), mean = z.row(i).mean();
                QVERIFY(std::abs(mean - k.mean(i)) < 4.0 * sd / 20.0);
                const double spread = std::sqrt((z.row(i).array() - mean).square().mean());
                QVERIFY2(spread > 0.85 * sd && spread < 1.15 * sd, qPrintable(QStringLiteral("%1 and %2").arg(spread).arg(sd)));
            }
        }
    }

    void specifications_keep_it_and_older_ones_do_without() {
        const ModelSpecification s = convolution(true);
        nlohmann::json j = json_of(s);
        QVERIFY(specification_from_json(j).varying_smoothness);
        j.erase("varying_smoothness");
        QVERIFY(!specification_from_json(j).varying_smoothness);
        const ModelChoice named = model_choice_from_name("convolution+varying-smoothness", ModelSpecification());
        QVERIFY(named.specification.varying_smoothness);
        QCOMPARE(named.specification.local, LocalCovariance::convolution);
        QCOMPARE(label_of(named), std::string("process convolution + varying smoothness"));
        // What a list of models is asked to have belongs to its convolutions alone.
        QVERIFY(!model_choice_from_name("stationary", s).specification.varying_smoothness);
        QVERIFY(model_choice_from_name("velocity-field+convolution", s).specification.varying_smoothness);
    }

    void what_does_not_go_with_it_is_refused() {
        const auto data = std::make_shared<const SpatialDataset>(rough_west(60, 1));
        const auto refused = [&](const ModelSpecification& s, const char* word) {
            try {
                (void)fit(data, s, options(false, 5));
            } catch (const Error& error) {
                return error.code() == ErrorCode::unsupported && std::string(error.what()).find(word) != std::string::npos;
            }
            return false;
        };
        ModelSpecification s = convolution(true);
        s.local = LocalCovariance::same;
        QVERIFY(refused(s, "process convolution"));
        s = convolution(true);
        s.correlation = CorrelationFamily::cauchy;
        s.smoothness = Smoothness::automatic;
        QVERIFY(refused(s, "Matérn"));
        s = convolution(true);
        s.smoothness = Smoothness::half;
        QVERIFY(refused(s, "0.5"));
        s = convolution(true);
        s.likelihood.kind = LikelihoodKind::spde;
        QVERIFY(refused(s, "likelihood"));
    }
};

QTEST_GUILESS_MAIN(TestVaryingSmoothness)
#include "test_varying_smoothness.moc"
