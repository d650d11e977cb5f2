// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/convolution_covariance.h"
#include "core/covariance/correlation.h"
#include "core/covariance/covariate_covariance.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/covariance/nested_covariance.h"
#include "core/covariance/regional_covariance.h"
#include "core/covariance/varying_smoothness_covariance.h"

using namespace anamorph;

namespace {

/// Features of n sites that suit a covariance: coordinates, then kernels or weights of regions.
struct Sites {
    Points deformed;
    Matrix local;
};

Sites sites_for(const PairCovariance& covariance, int d, Index n, std::uint64_t seed) {
    RandomStream random(seed);
    Sites s{Points(n, d), Matrix(n, covariance.local_count())};
    for (Index i = 0; i < n; ++i) {
        for (int a = 0; a < d; ++a) s.deformed(i, a) = random.uniform(-1.5, 1.5);
        for (Index k = 0; k < s.local.cols(); ++k) s.local(i, k) = random.uniform(-0.6, 0.6);
    }
    if (dynamic_cast<const RegionalCovariance*>(&covariance)) {
        s.local = s.local.cwiseAbs();
        s.local.array().colwise() /= s.local.rowwise().norm().array();
    }
    return s;
}

/// Every covariance at coefficients away from their start.
std::vector<std::pair<std::string, PairCovariancePointer>> covariances(int d) {
    const auto matern_of = [](Smoothness nu) { return make_isotropic_correlation(CorrelationFamily::matern, nu); };
    std::vector<std::pair<std::string, PairCovariancePointer>> all;
    const auto add = [&](const std::string& name, PairCovariancePointer c) {
        RandomStream random(7);
        Vector off = c->coefficients();
        for (Index k = 0; k < off.size(); ++k) off(k) += random.uniform(-0.4, 0.4);
        all.emplace_back(name, off.size() > 0 ? c->with(off) : c);
    };
    for (auto nu : {Smoothness::half, Smoothness::one, Smoothness::three_halves, Smoothness::five_halves, Smoothness::infinite})
        add("Matern " + to_string(nu), matern_covariance(nu));
    add("Matern estimated", std::make_shared<IsotropicCovariance>(matern_of(Smoothness::estimate)));
    for (auto family : {CorrelationFamily::spherical, CorrelationFamily::cubic, CorrelationFamily::cauchy})
        add(to_string(family), std::make_shared<IsotropicCovariance>(make_isotropic_correlation(family, Smoothness::half)));
    add("nested", std::make_shared<NestedCovariance>(
                      std::vector{matern_of(Smoothness::half), matern_of(Smoothness::estimate), make_isotropic_correlation(CorrelationFamily::cauchy, Smoothness::half)}, d));
    add("convolution", std::make_shared<ConvolutionCovariance>(matern_of(Smoothness::three_halves), d));
    add("convolution, estimated", std::make_shared<ConvolutionCovariance>(matern_of(Smoothness::estimate), d));
    add("varying smoothness", std::make_shared<VaryingSmoothnessCovariance>(d, 0.3));
    add("regions", std::make_shared<RegionalCovariance>(matern_of(Smoothness::estimate), d, 3));
    add("covariates", std::make_shared<CovariateCovariance>(matern_of(Smoothness::three_halves), d, 2));
    add("covariate, estimated", std::make_shared<CovariateCovariance>(matern_of(Smoothness::estimate), d, 1));
    return all;
}

/// Σ over pairs (one row: site `own` with all others) of weight·ρ.
double weighted_sum(const PairCovariance& c, const Sites& s, Index own, const Vector& weight) {
    const auto o = feature_columns(s.deformed, s.local, own), others = feature_columns(s.deformed, s.local);
    Vector rho(s.deformed.rows());
    c.correlations({o.data(), others.data(), rho.size(), 1, static_cast<int>(o.size())}, rho.data());
    return rho.dot(weight);
}

}  // namespace

class TestPairCovariance : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void unit_variance_symmetry_positive_definite() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d)) {
                const Sites s = sites_for(*c, d, 60, 3);
                const Matrix r = cross_correlation(*c, s.deformed, s.local, s.deformed, s.local);
                QVERIFY2((r.diagonal().array() - 1.0).abs().maxCoeff() < 1e-12, name.c_str());
                QVERIFY2((r - r.transpose()).cwiseAbs().maxCoeff() < 1e-13, name.c_str());
                const double least = symmetric_eigenvalues(r)(0);
                QVERIFY2(least > -1e-10, name.c_str());
            }
    }

    void adjoint_equals_differences() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, c] : covariances(d)) {
                Sites s = sites_for(*c, d, 9, 11);
                RandomStream random(5);
                Vector weight = random.normals(9);
                const Index own = 4;
                weight(own) = 0.0;  // a site with itself: ν = 1/2 has no derivative there
                Matrix g = Matrix::Zero(9, d + c->local_count());
                Vector natural = Vector::Zero(c->natural_count());
                const auto o = feature_columns(s.deformed, s.local, own), others = feature_columns(s.deformed, s.local);
                std::vector<double*> d_own, d_others;
                for (Index f = 0; f < g.cols(); ++f) {
                    d_own.push_back(g.col(f).data() + own);
                    d_others.push_back(g.col(f).data());
                }
                c->pull_back({o.data(), others.data(), 9, 1, static_cast<int>(o.size())}, weight.data(), d_own.data(), d_others.data(), natural.data());
                const double h = 1e-6;
                for (Index f = 0; f < g.cols(); ++f)
                    for (Index i = 0; i < 9; ++i) {
                        double& x = f < d ? s.deformed(i, f) : s.local(i, f - d);
                        const double at = x;
                        x = at + h;
                        const double up = weighted_sum(*c, s, own, weight);
                        x = at - h;
                        const double down = weighted_sum(*c, s, own, weight);
                        x = at;
                        const double difference = (up - down) / (2.0 * h);
                        QVERIFY2(std::abs(difference - g(i, f)) < 2e-7 * (1.0 + std::abs(difference)),
                                 qPrintable(QStringLiteral("%1, d = %2, feature %3: %4 and %5").arg(QString::fromStdString(name)).arg(d).arg(f).arg(g(i, f)).arg(difference)));
                    }
                const Vector theta = c->coefficients(), gradient = c->by_coefficients(natural);
                QCOMPARE(gradient.size(), theta.size());
                for (Index k = 0; k < theta.size(); ++k) {
                    Vector up = theta, down = theta;
                    up(k) += 1e-5;
                    down(k) -= 1e-5;
                    const double difference = (weighted_sum(*c->with(up), s, own, weight) - weighted_sum(*c->with(down), s, own, weight)) / 2e-5;
                    QVERIFY2(std::abs(difference - gradient(k)) < 1e-6 * (1.0 + std::abs(difference)),
                             qPrintable(QStringLiteral("%1, d = %2, coefficient %3: %4 and %5").arg(QString::fromStdString(name)).arg(d).arg(k).arg(gradient(k)).arg(difference)));
                }
                QCOMPARE(c->prior_mean().size(), theta.size());
                QCOMPARE(c->prior_precision().size(), theta.size());
                QCOMPARE(static_cast<Index>(c->coefficient_names().size()), theta.size());
                QVERIFY_EXCEPTION_THROWN((void)c->with(Vector::Zero(theta.size() + 1)), Error);
            }
    }

    void interleaved_rows_equal_single_rows() {
        for (const auto& [name, c] : covariances(2)) {
            const Sites s = sites_for(*c, 2, 40, 2);
            const auto features = static_cast<std::size_t>(2 + c->local_count());
            for (Index period : {2, 4, 8}) {
                // Row l pairs site l with the sites 8 … 39; pair (i, l) at place i·period + l.
                std::vector<std::vector<double>> own(features), others(features), d_own(features), d_others(features);
                std::vector<const double*> o, t;
                std::vector<double*> d_o, d_t;
                for (std::size_t f = 0; f < features; ++f) {
                    const auto column = static_cast<Index>(f);
                    const auto value = [&](Index i) { return column < 2 ? s.deformed(i, column) : s.local(i, column - 2); };
                    for (Index l = 0; l < period; ++l) own[f].push_back(value(l));
                    for (Index i = 8; i < 40; ++i)
                        for (Index l = 0; l < period; ++l) others[f].push_back(value(i));
                    d_own[f].assign(own[f].size(), 0.0);
                    d_others[f].assign(others[f].size(), 0.0);
                    o.push_back(own[f].data());
                    t.push_back(others[f].data());
                    d_o.push_back(d_own[f].data());
                    d_t.push_back(d_others[f].data());
                }
                Vector rho(32 * period), weight = Vector::Ones(32 * period), natural = Vector::Zero(c->natural_count());
                const PairRow row{o.data(), t.data(), rho.size(), period, static_cast<int>(features)};
                c->correlations(row, rho.data());
                c->pull_back(row, weight.data(), d_o.data(), d_t.data(), natural.data());
                const Matrix expected = cross_correlation(*c, s.deformed, s.local, s.deformed, s.local);
                double along = 0.0;
                for (Index i = 0; i < 32; ++i)
                    for (Index l = 0; l < period; ++l)
                        QVERIFY2(std::abs(rho(i * period + l) - expected(8 + i, l)) < 1e-14, name.c_str());
                for (int a = 0; a < 2; ++a) {
                    for (double x : d_own[static_cast<std::size_t>(a)]) along += x;
                    for (double x : d_others[static_cast<std::size_t>(a)]) along += x;
                }
                QVERIFY2(std::abs(along) < 1e-10, name.c_str());  // a shift of all sites changes nothing
            }
        }
    }

    void general_matern_equals_closed_forms_and_bessel() {
        for (const auto nu : {Smoothness::half, Smoothness::three_halves, Smoothness::five_halves}) {
            const auto closed = make_isotropic_correlation(CorrelationFamily::matern, nu);
            auto general = make_isotropic_correlation(CorrelationFamily::matern, Smoothness::estimate);
            general = general->with_shape(Vector::Constant(1, std::log(smoothness_value(nu))));
            for (double h = 1e-6; h < 600.0; h *= 1.37) {
                const double s = h * h;
                double a = 0.0, b = 0.0;
                QVERIFY(std::abs(closed->at(h) - general->at(h)) < 1e-13);
                closed->derivative(&s, 1, &a);
                general->derivative(&s, 1, &b);
                QVERIFY(std::abs(a - b) < 1e-11 * std::max(std::abs(a), 1e-12));
            }
            QVERIFY(std::abs(closed->practical_range_factor() - general->practical_range_factor()) < 1e-10);
        }
        for (double nu : {0.07, 0.31, 0.9, 1.0, 1.7, 4.2, 11.0}) {
            const auto general = make_isotropic_correlation(CorrelationFamily::matern, Smoothness::estimate)->with_shape(Vector::Constant(1, std::log(nu)));
            for (double h : {1e-4, 0.01, 0.3, 1.0, 4.0, 20.0}) {
                const double direct = std::exp((1.0 - nu) * std::log(2.0) - std::lgamma(nu) + nu * std::log(h)) * std::cyl_bessel_k(nu, h);
                QVERIFY2(std::abs(general->at(h) - direct) < 1e-12, qPrintable(QStringLiteral("ν = %1, h = %2: %3 and %4").arg(nu).arg(h).arg(general->at(h), 0, 'g', 17).arg(direct, 0, 'g', 17)));
            }
            QCOMPARE(general->at(0.0), 1.0);
        }
    }

    void varying_smoothness_equals_closed_forms_where_it_is_constant() {
        for (int d = 1; d <= 3; ++d)
            for (const auto nu : {Smoothness::half, Smoothness::three_halves, Smoothness::five_halves}) {
                // The middle c of which ν(c) is this smoothness: log ν = m + r tanh((c − m)/r).
                const double m = 0.5 * std::log(0.2 * 4.0), r = 0.5 * std::log(4.0 / 0.2);
                const double centre = m + r * std::atanh((std::log(smoothness_value(nu)) - m) / r);
                const VaryingSmoothnessCovariance varying(d, centre);
                const ConvolutionCovariance constant(make_isotropic_correlation(CorrelationFamily::matern, nu), d);
                QVERIFY(std::abs(varying.smoothness() - smoothness_value(nu)) < 1e-12);
                QVERIFY(std::abs(varying.practical_range_factor() - constant.practical_range_factor()) < 1e-9);
                Sites s = sites_for(varying, d, 40, 21);
                s.local.col(VaryingSmoothnessCovariance::smoothness_feature(d)).setZero();
                const Matrix kernels = s.local.leftCols(constant.local_count());
                const Matrix a = cross_correlation(varying, s.deformed, s.local, s.deformed, s.local);
                const Matrix b = cross_correlation(constant, s.deformed, kernels, s.deformed, kernels);
                QVERIFY2((a - b).cwiseAbs().maxCoeff() < 1e-11, qPrintable(QString::number((a - b).cwiseAbs().maxCoeff())));
                // Constant elsewhere: the distances by √(ν(c)/ν), which keeps the practical range nearly.
                const VaryingSmoothnessCovariance other(d, 0.0);
                s.local.col(VaryingSmoothnessCovariance::smoothness_feature(d)).setConstant(centre);
                const double longer = std::sqrt(smoothness_value(nu) / other.smoothness());
                const Matrix c = cross_correlation(other, s.deformed, s.local, s.deformed, s.local);
                const Matrix e = cross_correlation(constant, longer * s.deformed, kernels, longer * s.deformed, kernels);
                QVERIFY((c - e).cwiseAbs().maxCoeff() < 1e-11);
                QVERIFY(std::abs(other.smoothness_of(s.local)(3) - smoothness_value(nu)) < 1e-12);
            }
    }

    /// Rough beside smooth with kernels that differ as much as they may: the smallest eigenvalue of many sites.
    void varying_smoothness_is_positive_definite_at_its_bounds() {
        for (int d = 1; d <= 3; ++d)
            for (std::uint64_t seed = 1; seed <= 4; ++seed) {
                const VaryingSmoothnessCovariance varying(d, 0.0);
                Sites s = sites_for(varying, d, 120, seed);
                s.local *= 2.5;
                s.local.col(VaryingSmoothnessCovariance::smoothness_feature(d)) *= 8.0;
                const Vector nu = varying.smoothness_of(s.local);
                QVERIFY(nu.minCoeff() >= 0.2 && nu.minCoeff() < 0.22 && nu.maxCoeff() <= 4.0 && nu.maxCoeff() > 3.9);
                const Matrix r = cross_correlation(varying, s.deformed, s.local, s.deformed, s.local);
                QVERIFY((r.diagonal().array() - 1.0).abs().maxCoeff() < 1e-12);
                const double least = symmetric_eigenvalues(r)(0);
                QVERIFY2(least > -1e-10, qPrintable(QString::number(least)));
            }
    }

    /// At two places at once with different ν (Stein 2005): Γ(ν̄) / √(Γ(νᵢ) Γ(νⱼ)); and a value by hand.
    void varying_smoothness_of_one_pair() {
        const VaryingSmoothnessCovariance c(1, 0.0);
        Points x(2, 1);
        x << 0.4, 0.4;
        Matrix local(2, 2);
        local << 0.0, -0.9, 0.0, 0.8;
        const Vector nu = c.smoothness_of(local);
        const double mean = 0.5 * nu.sum(), centre = c.smoothness();
        const double log_gammas = 0.5 * (std::lgamma(nu(0)) + std::lgamma(nu(1)));
        const double a = centre / nu(0), b = centre / nu(1), joint = 0.5 * (a + b);  // the kernels' squares
        const double factor = std::pow(a * b, 0.25) / std::sqrt(joint);
        Matrix r = cross_correlation(c, x, local, x, local);
        QVERIFY(std::abs(r(0, 1) - factor * std::exp(std::lgamma(mean) - log_gammas)) < 1e-13);
        x(1, 0) = 1.1;
        const double h = 0.7 / std::sqrt(joint);
        const double expected = factor * std::exp((1.0 - mean) * std::log(2.0) - log_gammas + mean * std::log(h)) * std::cyl_bessel_k(mean, h);
        r = cross_correlation(c, x, local, x, local);
        QVERIFY2(std::abs(r(0, 1) - expected) < 1e-12, qPrintable(QStringLiteral("%1 and %2").arg(r(0, 1), 0, 'g', 16).arg(expected, 0, 'g', 16)));
    }

    void special_cases() {
        // Kernels that are all alike: geometric anisotropy. Σ = L Lᵀ, distance |L⁻¹δ|.
        const auto convolution = std::make_shared<ConvolutionCovariance>(make_isotropic_correlation(CorrelationFamily::matern, Smoothness::half), 2);
        Sites s = sites_for(*convolution, 2, 12, 1);
        for (Index i = 0; i < 12; ++i) s.local.row(i) << 0.3, -0.5, 0.1;
        const Matrix root = ConvolutionCovariance::kernel_root(s.local.row(0).transpose(), 2);
        const Points turned = (matrix_inverse(root) * s.deformed.transpose()).transpose();
        const Matrix a = cross_correlation(*convolution, s.deformed, s.local, s.deformed, s.local);
        QVERIFY((a - cross_correlation(Smoothness::half, turned, turned)).cwiseAbs().maxCoeff() < 1e-13);
        // Regions that are all alike: the stationary covariance. Segments: none across a border.
        const RegionalCovariance regions(make_isotropic_correlation(CorrelationFamily::spherical, Smoothness::half), 2, 3);
        Sites r = sites_for(regions, 2, 12, 4);
        r.local.setZero();
        for (Index i = 0; i < 12; ++i) r.local(i, i % 3) = 1.0;
        const Matrix b = cross_correlation(regions, r.deformed, r.local, r.deformed, r.local);
        const auto spherical = make_isotropic_correlation(CorrelationFamily::spherical, Smoothness::half);
        for (Index i = 0; i < 12; ++i)
            for (Index j = 0; j < 12; ++j)
                QVERIFY(std::abs(b(i, j) - (i % 3 == j % 3 ? spherical->at((r.deformed.row(i) - r.deformed.row(j)).norm()) : 0.0)) < 1e-13);
        QVERIFY_EXCEPTION_THROWN(ConvolutionCovariance(spherical, 2), Error);
        // Values known by hand.
        QCOMPARE(spherical->at(0.5), 1.0 - 0.75 + 0.0625);
        QCOMPARE(spherical->at(1.5), 0.0);
        const auto cubic = make_isotropic_correlation(CorrelationFamily::cubic, Smoothness::half);
        QVERIFY(std::abs(cubic->at(0.5) - (1.0 - 7.0 / 4.0 + 35.0 / 32.0 - 7.0 / 64.0 + 3.0 / 512.0)) < 1e-15);
        const auto cauchy = make_isotropic_correlation(CorrelationFamily::cauchy, Smoothness::half);
        QVERIFY(std::abs(cauchy->at(1.0) - std::pow(2.0, -1.0 / 1.5)) < 1e-15);
    }
};

QTEST_GUILESS_MAIN(TestPairCovariance)
#include "test_pair_covariance.moc"
