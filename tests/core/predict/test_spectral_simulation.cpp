// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/convolution_covariance.h"
#include "core/covariance/nested_covariance.h"
#include "core/likelihood/make_likelihood.h"
#include "core/predict/spectral_simulation.h"

using namespace anamorph;

namespace {

std::vector<std::pair<std::string, PairCovariancePointer>> covariances(int d) {
    const auto of = [](Smoothness nu) { return make_isotropic_correlation(CorrelationFamily::matern, nu); };
    return {{"Matern 0.5", matern_covariance(Smoothness::half)},
            {"Matern 2.5", matern_covariance(Smoothness::five_halves)},
            {"Matern 0.8", std::make_shared<IsotropicCovariance>(of(Smoothness::estimate)->with_shape(Vector::Constant(1, std::log(0.8))))},
            {"Gaussian", matern_covariance(Smoothness::infinite)},
            {"nested", std::make_shared<NestedCovariance>(std::vector{of(Smoothness::half), of(Smoothness::three_halves)}, d)}};
}

Points points_in(int d, Index n, double extent) {
    RandomStream random(3);
    Points x(n, d);
    for (Index i = 0; i < n; ++i)
        for (int a = 0; a < d; ++a) x(i, a) = random.uniform(0.0, extent);
    return x;
}

}  // namespace

class TestSpectralSimulation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void covariance_of_the_field() {
        for (int d = 1; d <= 3; ++d)
            for (const auto& [name, covariance] : covariances(d)) {
                const Points x = points_in(d, 8, 2.0);
                UnconditionalOptions o;
                o.covariance = covariance;
                o.count = 800;
                o.seed = 5;
                const SpectralSimulation field(x, o, {}, {});
                Matrix drawn(8, o.count);
                for (Index i = 0; i < 8; ++i) drawn.row(i) = Eigen::Map<const Vector>(field.at(i), o.count).transpose();
                const Matrix expected = cross_correlation(*covariance, x, {}, x, {});
                const Matrix found = drawn * drawn.transpose() / static_cast<double>(o.count);
                // Standard error of a covariance of Gaussian pairs: √((1 + ρ²)/count) ≤ 0.05.
                QVERIFY2((found - expected).cwiseAbs().maxCoeff() < 0.22, name.c_str());
                QVERIFY2((found - expected).norm() / 8.0 < 0.12, name.c_str());
                QVERIFY2(drawn.rowwise().mean().cwiseAbs().maxCoeff() < 4.5 / std::sqrt(800.0), name.c_str());
                const double kurtosis = drawn.array().pow(4).mean() / std::pow(drawn.array().square().mean(), 2);
                QVERIFY2(std::abs(kurtosis - 3.0) < 4.5 * std::sqrt(24.0 / 800.0), qPrintable(QString::number(kurtosis)));
            }
    }

    void conditional_draws_have_the_moments_of_kriging() {
        const Points x = points_in(2, 60, 1.0);
        RandomStream random(9);
        Observations data;
        data.values = random.normals(60);
        data.trend = Matrix::Ones(60, 1);
        SiteFeatures sites, at;
        sites.deformed = 4.0 * x;
        at.deformed = 4.0 * points_in(2, 66, 1.0).bottomRows(6);
        for (auto kind : {LikelihoodKind::exact, LikelihoodKind::vecchia}) {
            LikelihoodOptions o;
            o.kind = kind;
            const auto system = make_likelihood(data, matern_covariance(Smoothness::three_halves), o, x)->kriging_system(sites, -1.5);
            QVERIFY(system);
            Vector mean, variance;
            system->predict(at, Matrix::Ones(6, 1), true, mean, variance);
            DrawOptions draw;
            draw.count = 1000;
            draw.of_observation = true;
            draw.method = SimulationMethod::spectral;
            const Matrix drawn = system->draw(at, Matrix::Ones(6, 1), draw);
            const Vector average = drawn.rowwise().mean();
            const Vector spread = (drawn.colwise() - average).rowwise().squaredNorm() / 999.0;
            QVERIFY(((average - mean).array().abs() < 4.5 * (variance.array() / 1000.0).sqrt()).all());
            QVERIFY(((spread.array() / variance.array() - 1.0).abs() < 4.5 * std::sqrt(2.0 / 1000.0)).all());
            QCOMPARE(system->draw(at, Matrix::Ones(6, 1), draw), drawn);  // the seed decides
        }
    }

    void covariances_without_spectrum_are_refused() {
        const auto spherical = std::make_shared<IsotropicCovariance>(make_isotropic_correlation(CorrelationFamily::spherical, Smoothness::half));
        const auto convolution = std::make_shared<ConvolutionCovariance>(make_isotropic_correlation(CorrelationFamily::matern, Smoothness::half), 2);
        for (const PairCovariancePointer& covariance : {PairCovariancePointer(spherical), PairCovariancePointer(convolution)}) {
            QVERIFY(spectral_refusal(*covariance).has_value());
            UnconditionalOptions o;
            o.covariance = covariance;
            QVERIFY_EXCEPTION_THROWN(SpectralSimulation(points_in(2, 5, 1.0), o, {}, {}), Error);
        }
        QVERIFY(!spectral_refusal(*matern_covariance(Smoothness::half)).has_value());
    }
};

QTEST_GUILESS_MAIN(TestSpectralSimulation)
#include "test_spectral_simulation.moc"
