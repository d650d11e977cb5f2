// SPDX-License-Identifier: GPL-3.0-or-later
// Every pair covariance, with log-scale and log-noise, in every likelihood but the SPDE's.
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/covariance/convolution_covariance.h"
#include "core/covariance/covariate_covariance.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/covariance/nested_covariance.h"
#include "core/covariance/regional_covariance.h"
#include "core/covariance/varying_smoothness_covariance.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/latent_vecchia_likelihood.h"
#include "core/likelihood/make_likelihood.h"
#include "core/likelihood/predictive_process_likelihood.h"
#include "core/likelihood/tapered_likelihood.h"
#include "core/likelihood/vecchia_likelihood.h"
#include "core/predict/kriging_system.h"

using namespace anamorph;

namespace {

struct Problem {
    Observations data;
    SiteFeatures sites, points;
    Points x;
};

SiteFeatures features_of(const Points& x, const PairCovariance& covariance, RandomStream& random) {
    SiteFeatures f;
    const Index n = x.rows();
    f.deformed = 2.0 * x;
    f.log_scale = 0.3 * random.normals(n);
    f.log_noise = 0.4 * random.normals(n);
    f.local.resize(n, covariance.local_count());
    for (Index k = 0; k < f.local.cols(); ++k) f.local.col(k) = 0.3 * random.normals(n);
    if (dynamic_cast<const RegionalCovariance*>(&covariance)) {
        f.local = f.local.cwiseAbs();
        f.local.array().colwise() /= f.local.rowwise().norm().array();
    }
    f.coefficients = covariance.coefficients();
    for (Index k = 0; k < f.coefficients.size(); ++k) f.coefficients(k) += 0.2 * std::sin(1.0 + static_cast<double>(k));
    return f;
}

Problem problem(const PairCovariance& covariance, int d, Index n) {
    RandomStream random(17);
    Problem p;
    p.x.resize(n, d);
    for (Index i = 0; i < n; ++i)
        for (int a = 0; a < d; ++a) p.x(i, a) = random.uniform(-1.0, 1.0);
    p.data.values = random.normals(n);
    p.data.trend.resize(n, 2);
    p.data.trend << Vector::Ones(n), p.x.col(0);
    p.data.noise_scale = Vector::Ones(n) + 0.3 * random.normals(n).cwiseAbs();
    p.sites = features_of(p.x, covariance, random);
    p.sites.coefficients = features_of(p.x, covariance, random).coefficients;
    Points at(7, d);
    for (Index i = 0; i < 7; ++i)
        for (int a = 0; a < d; ++a) at(i, a) = random.uniform(-1.0, 1.0);
    p.points = features_of(at, covariance, random);
    return p;
}

std::vector<std::pair<std::string, PairCovariancePointer>> covariances(int d) {
    const auto of = [](CorrelationFamily family, Smoothness nu) { return make_isotropic_correlation(family, nu); };
    const auto rough = of(CorrelationFamily::matern, Smoothness::half), free = of(CorrelationFamily::matern, Smoothness::estimate);
    return {{"Matern 1.5", matern_covariance(Smoothness::three_halves)},
            {"Matern estimated", std::make_shared<IsotropicCovariance>(free)},
            {"spherical", std::make_shared<IsotropicCovariance>(of(CorrelationFamily::spherical, Smoothness::half))},
            {"cauchy", std::make_shared<IsotropicCovariance>(of(CorrelationFamily::cauchy, Smoothness::half))},
            {"nested", std::make_shared<NestedCovariance>(std::vector{rough, free}, d)},
            {"convolution", std::make_shared<ConvolutionCovariance>(free, d)},
            {"varying smoothness", std::make_shared<VaryingSmoothnessCovariance>(d, 0.2)},
            {"regions", std::make_shared<RegionalCovariance>(rough, d, 3)},
            {"covariates", std::make_shared<CovariateCovariance>(rough, d, 2)}};
}

LikelihoodOptions vecchia_options(int neighbours) {
    LikelihoodOptions o;
    o.kind = LikelihoodKind::vecchia;
    o.neighbours = neighbours;
    return o;
}

bool has_covariates(const PairCovariance& c) { return dynamic_cast<const CovariateCovariance*>(&c) != nullptr; }

/// Features of inducing sites: those of some of the sites.
Points inducing_features(const SiteFeatures& sites, Index count) {
    Points all(count, sites.deformed.cols() + sites.local.cols());
    for (Index i = 0; i < count; ++i) {
        all.row(i).head(sites.deformed.cols()) = sites.deformed.row(i);
        if (sites.local.cols() > 0) all.row(i).tail(sites.local.cols()) = sites.local.row(i);
    }
    return all;
}

/// Value, gradient and kriging of a likelihood in the limit where it is the exact one.
void compare_with_exact(const std::string& name, const Problem& p, const PairCovariancePointer& c, Likelihood& other,
                        const SiteFeatures& its_sites, double tolerance) {
    ExactLikelihood exact(p.data, c);
    ProfiledValue a, b;
    QVERIFY2(exact.evaluate(p.sites, -1.0, true, a) && other.evaluate(its_sites, -1.0, true, b), name.c_str());
    const auto near = [&](const auto& x, const auto& y, const char* what) {
        const double difference = x.size() == 0 ? 0.0 : (x - y).cwiseAbs().maxCoeff();
        const double scale = x.size() == 0 ? 1.0 : 1.0 + x.cwiseAbs().maxCoeff();
        QVERIFY2(x.size() == y.size() && difference < tolerance * scale,
                 qPrintable(QStringLiteral("%1, %2: %3").arg(QString::fromStdString(name), QLatin1String(what)).arg(difference)));
    };
    const double difference = a.negative_log_likelihood - b.negative_log_likelihood;
    QVERIFY2(std::abs(difference) < tolerance * 40.0, qPrintable(QStringLiteral("%1: %2").arg(QString::fromStdString(name)).arg(difference)));
    near(a.d_log_noise, b.d_log_noise, "log-noise");
    near(a.d_log_scale, b.d_log_scale, "log-scale");
    near(a.leave_one_out_residual, b.leave_one_out_residual, "leave-one-out");
    if (its_sites.auxiliary.rows() == 0) {  // else derivatives are shared with the inducing sites
        near(a.d_deformed, b.d_deformed, "coordinates");
        near(a.d_local, b.d_local, "local features");
    }
    near(a.d_coefficients, b.d_coefficients, "coefficients");
    const auto all = exact.kriging_system(p.sites, -1.0), own = other.kriging_system(its_sites, -1.0);
    QVERIFY2(all && own, name.c_str());
    Matrix trend(7, 2);
    trend << Vector::Ones(7), p.points.deformed.col(0);
    Vector m1, v1, m2, v2;
    for (bool observation : {false, true}) {
        all->predict(p.points, trend, observation, m1, v1);
        own->predict(p.points, trend, observation, m2, v2);
        near(m1, m2, "kriged mean");
        near(v1, v2, "kriging variance");
    }
    DrawOptions draw;
    draw.count = 4000;
    draw.of_observation = true;
    const Matrix drawn = own->draw(p.points, trend, draw);
    const Vector average = drawn.rowwise().mean();
    const Vector spread = (drawn.colwise() - average).rowwise().squaredNorm() / 3999.0;
    QVERIFY2(((average - m2).array().abs() < 4.5 * (v2.array() / 4000.0).sqrt()).all(), name.c_str());
    QVERIFY2(((spread.array() / v2.array() - 1.0).abs() < 4.5 * std::sqrt(2.0 / 4000.0)).all(), name.c_str());
}

/// The gradient of a likelihood against differences of its value, for every kind of feature.
void compare_with_differences(const std::string& name, Likelihood& likelihood, SiteFeatures f) {
    ProfiledValue at, moved;
    QVERIFY2(likelihood.evaluate(f, -1.3, true, at), name.c_str());
    const auto check = [&](double& x, double gradient, const char* what) {
        const double before = x, h = 1e-5;
        x = before + h;
        QVERIFY2(likelihood.evaluate(f, -1.3, false, moved), name.c_str());
        const double up = moved.negative_log_likelihood;
        x = before - h;
        QVERIFY2(likelihood.evaluate(f, -1.3, false, moved), name.c_str());
        x = before;
        const double difference = (up - moved.negative_log_likelihood) / (2.0 * h);
        QVERIFY2(std::abs(difference - gradient) < 2e-6 * (1.0 + std::abs(difference)),
                 qPrintable(QStringLiteral("%1, %2: %3, by differences %4").arg(QString::fromStdString(name), QString::fromLatin1(what)).arg(gradient).arg(difference)));
    };
    for (Index i : {Index(0), Index(11), Index(29)}) {
        for (Index a = 0; a < f.deformed.cols(); ++a) check(f.deformed(i, a), at.d_deformed(i, a), "coordinate");
        for (Index k = 0; k < f.local.cols(); ++k) check(f.local(i, k), at.d_local(i, k), "local feature");
        check(f.log_scale(i), at.d_log_scale(i), "log-scale");
        check(f.log_noise(i), at.d_log_noise(i), "log-noise");
    }
    for (Index i = 0; i < std::min<Index>(2, f.auxiliary.rows()); ++i)
        for (Index a = 0; a < f.auxiliary.cols(); ++a) check(f.auxiliary(i, a), at.d_auxiliary(i, a), "inducing site");
    for (Index k = 0; k < f.coefficients.size(); ++k) check(f.coefficients(k), at.d_coefficients(k), "coefficient");
    double sum = at.d_log_noise.sum();
    QVERIFY2(std::abs(sum - at.d_log_nugget_ratio) < 1e-9 * (1.0 + std::abs(sum)), name.c_str());
}

}  // namespace

class TestLikelihoodCovariances : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exact_gradients() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d)) {
                const Problem p = problem(*c, d, 40);
                ExactLikelihood likelihood(p.data, c);
                compare_with_differences(name + ", exact", likelihood, p.sites);
            }
    }
    void vecchia_gradients() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d)) {
                const Problem p = problem(*c, d, 40);
                VecchiaLikelihood likelihood(p.data, c, vecchia_options(9), p.x);
                (void)likelihood.conditioning(p.sites);
                compare_with_differences(name + ", Vecchia", likelihood, p.sites);
            }
    }
    void vecchia_with_all_neighbours_is_exact() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d)) {
                const Problem p = problem(*c, d, 45);
                ExactLikelihood exact(p.data, c);
                VecchiaLikelihood vecchia(p.data, c, vecchia_options(44), p.x);
                ProfiledValue a, b;
                QVERIFY(exact.evaluate(p.sites, -1.0, true, a) && vecchia.evaluate(p.sites, -1.0, true, b));
                QVERIFY2(std::abs(a.negative_log_likelihood - b.negative_log_likelihood) < 1e-9 * 45, name.c_str());
                QVERIFY2((a.d_deformed - b.d_deformed).cwiseAbs().maxCoeff() < 1e-7, name.c_str());
                QVERIFY2((a.d_log_noise - b.d_log_noise).cwiseAbs().maxCoeff() < 1e-8, name.c_str());
                if (a.d_local.size() > 0) QVERIFY2((a.d_local - b.d_local).cwiseAbs().maxCoeff() < 1e-7, name.c_str());
                if (a.d_coefficients.size() > 0) QVERIFY2((a.d_coefficients - b.d_coefficients).cwiseAbs().maxCoeff() < 1e-7, name.c_str());
                const auto all = exact.kriging_system(p.sites, -1.0), near = vecchia.kriging_system(p.sites, -1.0);
                QVERIFY(all && near);
                Matrix trend(7, 2);
                trend << Vector::Ones(7), p.points.deformed.col(0);
                Vector m1, v1, m2, v2;
                for (bool observation : {false, true}) {
                    all->predict(p.points, trend, observation, m1, v1);
                    near->predict(p.points, trend, observation, m2, v2);
                    if (d < 3 || near) {
                        // 30 neighbours of 45 sites: close, not equal.
                        QVERIFY2((m1 - m2).cwiseAbs().maxCoeff() < 0.2, name.c_str());
                        QVERIFY2((v2.array() > 0.8 * v1.array() && v2.array() < 1.25 * v1.array()).all(), name.c_str());
                    }
                }
            }
    }
    void tapered_gradients() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d))
                for (auto form : {TaperForm::one_taper, TaperForm::two_taper}) {
                    const Problem p = problem(*c, d, 40);
                    LikelihoodOptions o;
                    o.taper_form = form;
                    o.taper_range = 1.3;
                    TaperedLikelihood likelihood(p.data, c, o, p.x);
                    compare_with_differences(name + (form == TaperForm::one_taper ? ", one taper" : ", two tapers"), likelihood, p.sites);
                }
    }
    void a_wide_taper_is_exact() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d)) {
                const Problem p = problem(*c, d, 40);
                LikelihoodOptions o;
                o.taper_range = 1e6;
                TaperedLikelihood likelihood(p.data, c, o, p.x);
                compare_with_exact(name + ", taper", p, c, likelihood, p.sites, 1e-5);
            }
    }
    void latent_vecchia_gradients() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d)) {
                const Problem p = problem(*c, d, 40);
                LatentVecchiaLikelihood likelihood(p.data, c, vecchia_options(7), p.x, 1e-5);
                (void)likelihood.conditioning(p.sites);
                compare_with_differences(name + ", latent", likelihood, p.sites);
            }
    }
    void latent_vecchia_with_all_neighbours_is_exact() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d)) {
                const Problem p = problem(*c, d, 40);
                LikelihoodOptions o = vecchia_options(40);
                o.nugget_form = NuggetForm::latent;
                LatentVecchiaLikelihood likelihood(p.data, c, o, p.x);
                compare_with_exact(name + ", latent", p, c, likelihood, p.sites, 2e-5);
            }
    }
    void predictive_process_gradients() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d))
                for (bool fitc : {true, false}) {
                    if (has_covariates(*c)) continue;
                    const Problem p = problem(*c, d, 40);
                    SiteFeatures f = p.sites;
                    f.auxiliary = inducing_features(p.sites, 12);
                    f.auxiliary.leftCols(d).array() += 0.05;
                    PredictiveProcessLikelihood likelihood(p.data, c, p.x.topRows(12), {fitc, false});
                    compare_with_differences(name + (fitc ? ", FITC" : ", predictive process"), likelihood, f);
                }
    }
    void every_site_an_inducing_site_is_exact() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d)) {
                if (has_covariates(*c)) continue;
                const Problem p = problem(*c, d, 40);
                SiteFeatures f = p.sites;
                f.auxiliary = inducing_features(p.sites, 40);
                PredictiveProcessLikelihood likelihood(p.data, c, p.x, {true, false});
                compare_with_exact(name + ", FITC", p, c, likelihood, f, 2e-5);
            }
    }
    void covariates_of_the_distance_have_no_inducing_sites() {
        const auto c = std::make_shared<CovariateCovariance>(
            make_isotropic_correlation(CorrelationFamily::matern, Smoothness::half), 2, 1);
        const Problem p = problem(*c, 2, 30);
        LikelihoodOptions o;
        o.kind = LikelihoodKind::predictive_process;
        QVERIFY_EXCEPTION_THROWN((void)make_likelihood(p.data, c, o, p.x), std::runtime_error);
    }
    void draws_have_the_moments_of_kriging() {
        for (const auto& [name, c] : covariances(2)) {
            const Problem p = problem(*c, 2, 40);
            Matrix trend(7, 2);
            trend << Vector::Ones(7), p.points.deformed.col(0);
            for (auto kind : {LikelihoodKind::exact, LikelihoodKind::vecchia}) {
                LikelihoodOptions o = vecchia_options(39);
                o.kind = kind;
                const auto system = make_likelihood(p.data, c, o, p.x)->kriging_system(p.sites, -1.0);
                QVERIFY(system);
                Vector mean, variance;
                system->predict(p.points, trend, true, mean, variance);
                DrawOptions draw;
                draw.count = 4000;
                draw.of_observation = true;
                const Matrix drawn = system->draw(p.points, trend, draw);
                const Vector average = drawn.rowwise().mean();
                const Vector spread = (drawn.colwise() - average).rowwise().squaredNorm() / 3999.0;
                QVERIFY2(((average - mean).array().abs() < 4.5 * (variance.array() / 4000.0).sqrt()).all(), name.c_str());
                QVERIFY2(((spread.array() / variance.array() - 1.0).abs() < 4.5 * std::sqrt(2.0 / 4000.0)).all(), name.c_str());
            }
        }
    }
    // Covariates of the distance: the covariance between pairs, and an isotropic one in the space that they
    // extend, are the same model.
    void covariates_extend_space() {
        for (int d = 1; d <= 3; ++d)
            for (auto nu : {Smoothness::three_halves, Smoothness::estimate}) {
                if (d == 3 && nu == Smoothness::estimate) continue;  // slow, and nothing new
                const auto c = std::make_shared<CovariateCovariance>(
                    make_isotropic_correlation(CorrelationFamily::matern, nu), d, 2);
                const Problem p = problem(*c, d, 45);
                ExactLikelihood pairs(p.data, c);
                ProfiledValue a, b;
                QVERIFY(pairs.evaluate(p.sites, -1.0, true, a));
                for (auto kind : {LikelihoodKind::exact, LikelihoodKind::vecchia}) {
                    LikelihoodOptions o = vecchia_options(44);
                    o.kind = kind;
                    const auto extended = make_likelihood(p.data, c, o, p.x);
                    QVERIFY(extended->evaluate(p.sites, -1.0, true, b));
                    QVERIFY(std::abs(a.negative_log_likelihood - b.negative_log_likelihood) < 1e-8);
                    QVERIFY((a.d_deformed - b.d_deformed).cwiseAbs().maxCoeff() < 1e-7);
                    QVERIFY((a.d_local - b.d_local).cwiseAbs().maxCoeff() < 1e-7);
                    QVERIFY((a.d_coefficients - b.d_coefficients).cwiseAbs().maxCoeff() < 1e-7);
                    const auto one = pairs.kriging_system(p.sites, -1.0), other = extended->kriging_system(p.sites, -1.0);
                    Matrix trend(7, 2);
                    trend << Vector::Ones(7), p.points.deformed.col(0);
                    Vector m1, v1, m2, v2;
                    one->predict(p.points, trend, true, m1, v1);
                    other->predict(p.points, trend, true, m2, v2);
                    const double tolerance = kind == LikelihoodKind::exact ? 1e-9 : 0.1;  // 44 sites of 45
                    QVERIFY((m1 - m2).cwiseAbs().maxCoeff() < tolerance && (v1 - v2).cwiseAbs().maxCoeff() < tolerance);
                    const auto copy = extended->clone();
                    ProfiledValue again;
                    QVERIFY(copy->evaluate(p.sites, -1.0, true, again));
                    QCOMPARE(again.negative_log_likelihood, b.negative_log_likelihood);
                }
                const auto few = make_likelihood(p.data, c, vecchia_options(9), p.x);
                (void)few->conditioning(p.sites);
                compare_with_differences("covariates, Vecchia in the extended space", *few, p.sites);
            }
        QVERIFY_EXCEPTION_THROWN(
            CovariateCovariance(make_isotropic_correlation(CorrelationFamily::spherical, Smoothness::half), 2, 2),
            std::runtime_error);
    }
    // The latent form looks for neighbours in the extended space; a taper acts on distances in space alone.
    void covariates_in_the_latent_form_and_under_a_taper() {
        const auto c = std::make_shared<CovariateCovariance>(
            make_isotropic_correlation(CorrelationFamily::matern, Smoothness::three_halves), 2, 2);
        const Problem p = problem(*c, 2, 40);
        LikelihoodOptions latent = vecchia_options(40), taper;
        latent.nugget_form = NuggetForm::latent;
        taper.kind = LikelihoodKind::taper;
        taper.taper_range = 1e6;
        for (const LikelihoodOptions& o : {latent, taper}) {
            const auto likelihood = make_likelihood(p.data, c, o, p.x);
            compare_with_exact("covariates, " + label_of(o), p, c, *likelihood, p.sites, 2e-5);
            compare_with_differences("covariates, " + label_of(o), *likelihood, p.sites);
        }
    }
    void missing_local_features_are_refused() {
        const auto c = std::make_shared<ConvolutionCovariance>(make_isotropic_correlation(CorrelationFamily::matern, Smoothness::half), 2);
        Problem p = problem(*c, 2, 30);
        p.sites.local.resize(30, 0);
        ProfiledValue out;
        ExactLikelihood likelihood(p.data, c);
        QVERIFY_EXCEPTION_THROWN((void)likelihood.evaluate(p.sites, -1.0, true, out), std::runtime_error);
    }
};

QTEST_GUILESS_MAIN(TestLikelihoodCovariances)
#include "test_likelihood_covariances.moc"
