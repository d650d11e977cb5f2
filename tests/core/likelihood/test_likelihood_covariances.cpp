// SPDX-License-Identifier: GPL-3.0-or-later
// Every pair covariance, with log-scale and log-noise, in the exact and in Vecchia's likelihood.
#include <QtTest>
#include <cmath>

#include "core/base/random.h"
#include "core/covariance/convolution_covariance.h"
#include "core/covariance/covariate_covariance.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/covariance/nested_covariance.h"
#include "core/covariance/regional_covariance.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/make_likelihood.h"
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
            {"regions", std::make_shared<RegionalCovariance>(rough, d, 3)},
            {"covariates", std::make_shared<CovariateCovariance>(rough, d, 2)}};
}

LikelihoodOptions vecchia_options(int neighbours) {
    LikelihoodOptions o;
    o.kind = LikelihoodKind::vecchia;
    o.neighbours = neighbours;
    return o;
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
