// SPDX-License-Identifier: GPL-3.0-or-later
// Covariance families, nested structures and covariances that differ from place to place: fitted, kept,
// opened and used for prediction.
#include <QtTest>
#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/fit/covariance_structures.h"
#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/predict/conditional_simulation.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"

using namespace anamorph;

namespace {

std::shared_ptr<const SpatialDataset> scenario(const char* name, Index n, std::uint64_t seed) {
    ScenarioOptions options;
    options.sites = n;
    options.seed = seed;
    return std::make_shared<const SpatialDataset>(simulate(Scenario(name), options).dataset);
}

/// A field of covariance Σ c_k ρ_k + nugget on random sites of the unit square.
std::shared_ptr<const SpatialDataset> field_of(const std::function<double(double)>& covariance, double nugget, Index n, std::uint64_t seed) {
    RandomStream random(seed);
    auto data = std::make_shared<SpatialDataset>();
    data->coordinates.resize(n, 2);
    for (Index i = 0; i < n; ++i) data->coordinates.row(i) << random.uniform(), random.uniform();
    Matrix c(n, n);
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < n; ++j)
            c(i, j) = covariance((data->coordinates.row(i) - data->coordinates.row(j)).norm()) + (i == j ? nugget : 0.0);
    data->values = CholeskyFactor(c).lower() * random.normals(n);
    data->coordinate_names = {"x", "y"};
    data->value_name = "z";
    return data;
}

ModelSpecification specification(const char* model, Smoothness nu = Smoothness::three_halves) {
    ModelSpecification s;
    set_model(s, model);
    s.log_scale = LogScale::no;
    s.smoothness = nu;
    return s;
}

FitOptions options() {
    FitOptions o;
    o.threads = 1;
    o.posterior = false;
    return o;
}

double nll(const std::shared_ptr<const SpatialDataset>& data, const ModelSpecification& s) {
    return -fit(data, s, options()).model().log_likelihood();
}

}  // namespace

class TestLocalModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void local_covariances_follow_a_range_that_varies() {
        const auto data = scenario("compress", 200, 3);
        const double stationary = nll(data, specification("anisotropic"));
        QVERIFY(nll(data, specification("convolution")) < stationary - 10.0);
        QVERIFY(nll(data, specification("partition-of-unity")) < stationary - 10.0);
    }

    void convolution_shows_where_the_range_is_long() {
        const auto data = scenario("compress", 250, 4);
        const FitResult r = fit(data, specification("convolution"), options());
        // The range along the first axis is five times longer at 0.7 than at −0.7.
        const auto along_first_axis = [&](double x) {
            Points here(1, 2), there(1, 2);
            here << x - 0.1, 0.0;
            there << x + 0.1, 0.0;
            return r.model().correlation_with(here, there)(0);
        };
        QVERIFY2(along_first_axis(0.7) > along_first_axis(-0.7) + 0.2,
                 qPrintable(QStringLiteral("%1 west, %2 east").arg(along_first_axis(-0.7)).arg(along_first_axis(0.7))));
        Points ends(2, 2);
        ends << -0.7, 0.0, 0.7, 0.0;
        const auto strain = r.model().strain_at(ends);
        QVERIFY(strain[0].condition > 1.0 && strain[1].minor_range > strain[0].minor_range);
    }

    void segments_are_independent_of_each_other() {
        const auto data = scenario("step", 160, 2);
        ModelSpecification s = specification("segmented");
        s.regions = 2;
        const FitResult r = fit(data, s, options());
        const auto parts = covariance_structures(r.model());
        QCOMPARE(parts.size(), std::size_t(2));
        QVERIFY(parts[0].partial_sill > 0.0 && parts[0].nugget > 0.0 && std::isfinite(parts[0].mean));
        // A site of one segment has no correlation with the other's.
        Points all = data->coordinates;
        const Vector rho = r.model().correlation_with(all.topRows(1), all);
        QVERIFY((rho.array() == 0.0).any());
        QVERIFY(std::abs(rho(0) - 1.0) < 1e-12);
    }

    void smoothness_is_estimated() {
        const auto data = field_of([](double h) { return 2.0 * correlation_at(Smoothness::five_halves, h / 0.06); }, 1e-4, 400, 8);
        const FitResult r = fit(data, specification("stationary", Smoothness::estimate), options());
        const CovarianceParameters p = r.model().parameters();
        QVERIFY2(p.smoothness > 1.8 && p.smoothness < 3.4, qPrintable(QString::number(p.smoothness)));
        // No worse than any fixed smoothness, but for the prior's small pull.
        for (auto nu : {Smoothness::half, Smoothness::three_halves, Smoothness::five_halves})
            QVERIFY(-r.model().log_likelihood() < nll(data, specification("stationary", nu)) + 0.5);
    }

    void nested_structures_are_found() {
        const auto data = field_of([](double h) { return correlation_at(Smoothness::half, h / 0.02) + 3.0 * correlation_at(Smoothness::half, h / 0.5); }, 1e-6, 500, 5);
        ModelSpecification s = specification("stationary", Smoothness::half);
        s.structures = 2;
        const FitResult r = fit(data, s, options());
        const auto parts = covariance_structures(r.model());
        QCOMPARE(parts.size(), std::size_t(2));
        const auto ratio = std::max(parts[0].major_range, parts[1].major_range) / std::min(parts[0].minor_range, parts[1].minor_range);
        QVERIFY2(ratio > 4.0, qPrintable(QString::number(ratio)));
        QVERIFY(-r.model().log_likelihood() < nll(data, specification("stationary", Smoothness::half)) - 1.0);
        const double sill = r.model().parameters().partial_sill;
        QVERIFY(std::abs(parts[0].partial_sill + parts[1].partial_sill - sill) < 1e-9 * sill);
    }

    void families_recover_their_own_kind() {
        const auto spherical = field_of([](double h) { const double t = h / 0.4; return t < 1.0 ? 1.0 - 1.5 * t + 0.5 * t * t * t : 0.0; }, 1e-3, 300, 6);
        ModelSpecification s = specification("stationary");
        s.correlation = CorrelationFamily::spherical;
        const FitResult r = fit(spherical, s, options());
        QVERIFY(std::isnan(r.model().parameters().smoothness));
        QVERIFY2(r.model().parameters().range > 0.2 && r.model().parameters().range < 0.8, qPrintable(QString::number(r.model().parameters().range)));
        for (auto family : {CorrelationFamily::cubic, CorrelationFamily::cauchy}) {
            s.correlation = family;
            QVERIFY(std::isfinite(nll(spherical, s)));
        }
        s.likelihood.kind = LikelihoodKind::vecchia;
        for (auto family : {CorrelationFamily::spherical, CorrelationFamily::cubic, CorrelationFamily::cauchy}) {
            s.correlation = family;
            QVERIFY(std::isfinite(nll(spherical, s)));
        }
    }

    void kept_and_opened_they_predict_the_same() {
        const auto data = scenario("compress", 90, 9);
        PredictionGrid grid = PredictionGrid::around(data->coordinates, 8);
        for (const char* name : {"convolution", "partition-of-unity", "segmented", "stationary", "velocity-field+convolution"})
            for (auto kind : {LikelihoodKind::exact, LikelihoodKind::vecchia}) {
                ModelSpecification s = specification(name);
                s.likelihood.kind = kind;
                s.likelihood.neighbours = 12;
                if (QByteArray(name) == "stationary") s.structures = 2, s.smoothness = Smoothness::estimate;
                FitOptions o = options();
                o.max_iterations = 15;
                o.posterior = true;
                const FitResult r = fit(data, s, o);
                QVERIFY2(r.model().has_posterior(), name);
                const auto again = FittedModel::from_archive(r.model().to_archive(), data);
                PredictOptions p;
                p.threads = 1;
                const GridMap a = predict_on_grid(r.model(), grid, {}, p), b = predict_on_grid(*again, grid, {}, p);
                // Vecchia's conditioning sets are chosen anew when a file is opened.
                const double tolerance = kind == LikelihoodKind::exact ? 1e-9 : 0.02;
                QVERIFY2((a.mean - b.mean).cwiseAbs().maxCoeff() < tolerance, name);
                QVERIFY2((a.standard_deviation - b.standard_deviation).cwiseAbs().maxCoeff() < tolerance, name);
                QVERIFY2(a.mean.allFinite() && a.standard_deviation.minCoeff() > 0.0, name);
                QCOMPARE(again->label(), r.model().label());
                SimulationOptions draws;
                draws.count = 3;
                QVERIFY2(draw_at(r.model(), data->coordinates.topRows(5), {}, draws).allFinite(), name);
            }
    }

    /// Taper, predictive process and latent Vecchia with covariances other than one Matérn: the
    /// gradient of the objective, a fit, and the same prediction from the file.
    void every_likelihood_takes_every_covariance() {
        const auto data = scenario("compress", 70, 6);
        std::vector<std::pair<std::string, ModelSpecification>> models;
        for (const char* name : {"convolution", "partition-of-unity", "segmented"})
            models.emplace_back(name, specification(name, Smoothness::estimate));
        models.emplace_back("nested", specification("anisotropic", Smoothness::half));
        models.back().second.structures = 2;
        models.emplace_back("spherical", specification("anisotropic"));
        models.back().second.correlation = CorrelationFamily::spherical;
        models.emplace_back("cauchy", specification("anisotropic"));
        models.back().second.correlation = CorrelationFamily::cauchy;
        std::vector<LikelihoodOptions> kinds(3);
        kinds[0].kind = LikelihoodKind::taper;
        kinds[1].kind = LikelihoodKind::predictive_process;
        kinds[1].inducing_sites = 25;
        kinds[2].kind = LikelihoodKind::vecchia;
        kinds[2].nugget_form = NuggetForm::latent;
        kinds[2].neighbours = 8;
        for (auto& [name, s] : models)
            for (const auto& kind : kinds) {
                s.likelihood = kind;
                s.regions = 2;
                s.kernel_basis = 3;
                const std::string what = name + ", " + label_of(kind);
                Objective objective(make_model(data, s, 1));
                RandomStream random(4);
                Vector theta = objective.start();
                for (Index k = 0; k < theta.size(); ++k) theta(k) += random.uniform(-0.1, 0.1);
                double value = 0.0;
                Vector gradient, unused;
                QVERIFY2(objective.evaluate(theta, value, gradient), what.c_str());
                const double scale = 1.0 + gradient.cwiseAbs().maxCoeff();
                for (Index k = 0; k < theta.size(); k += 1 + theta.size() / 12) {
                    double up = 0.0, down = 0.0;
                    Vector at = theta;
                    at(k) += 1e-5;
                    QVERIFY(objective.evaluate(at, up, unused));
                    at(k) -= 2e-5;
                    QVERIFY(objective.evaluate(at, down, unused));
                    const double difference = (up - down) / 2e-5;
                    QVERIFY2(std::abs(difference - gradient(k)) < 1e-6 * scale,
                             qPrintable(QStringLiteral("%1, parameter %2: %3, by differences %4").arg(QString::fromStdString(what)).arg(k).arg(gradient(k)).arg(difference)));
                }
                FitOptions o = options();
                o.max_iterations = 4;
                const FitResult r = fit(data, s, o);
                const auto again = FittedModel::from_archive(r.model().to_archive(), data);
                PredictOptions p;
                p.threads = 1;
                p.averaged = false;
                const Points at = data->coordinates.topRows(6).array() + 0.03;
                const Prediction a = predict_at(r.model(), at, {}, p), b = predict_at(*again, at, {}, p);
                QVERIFY2(a.mean.allFinite() && a.variance.minCoeff() > 0.0, what.c_str());
                const double tolerance = kind.kind == LikelihoodKind::vecchia ? 0.05 : 1e-8;  // sets chosen anew
                QVERIFY2((a.mean - b.mean).cwiseAbs().maxCoeff() < tolerance, what.c_str());
                SimulationOptions draws;
                draws.count = 2;
                QVERIFY2(draw_at(r.model(), at, {}, draws).allFinite(), what.c_str());
            }
    }

    void what_does_not_go_together_is_refused() {
        const auto data = scenario("compress", 60, 1);
        const auto code = [&](const ModelSpecification& s) {
            try {
                (void)fit(data, s, options());
            } catch (const Error& error) {
                return error.code();
            }
            return ErrorCode::cancelled;
        };
        ModelSpecification s = specification("convolution");
        s.correlation = CorrelationFamily::spherical;
        QCOMPARE(code(s), ErrorCode::unsupported);
        s = specification("segmented");
        s.log_scale = LogScale::yes;
        QCOMPARE(code(s), ErrorCode::unsupported);
        s = specification("segmented");
        s.structures = 2;
        QCOMPARE(code(s), ErrorCode::bad_input);
        s = specification("convolution");
        s.likelihood.kind = LikelihoodKind::predictive_process;
        s.likelihood.move_inducing = true;
        QCOMPARE(code(s), ErrorCode::unsupported);
        s = specification("convolution");
        s.likelihood.kind = LikelihoodKind::spde;
        s.local = LocalCovariance::same;
        s.structures = 2;
        QCOMPARE(code(s), ErrorCode::unsupported);
        QVERIFY_EXCEPTION_THROWN(set_model(s, "segmented+convolution"), Error);
        QVERIFY_EXCEPTION_THROWN(set_model(s, "anisotropic+axial"), Error);
        set_model(s, "axial+radial-basis+convolution");
        QCOMPARE(model_name(s), std::string("axial+radial-basis+convolution"));
    }
};

QTEST_GUILESS_MAIN(TestLocalModels)
#include "test_local_models.moc"
