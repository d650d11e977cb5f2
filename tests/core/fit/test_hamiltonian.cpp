// SPDX-License-Identifier: GPL-3.0-or-later
// Hamiltonian Monte Carlo on densities whose moments are known, its diagnostics, and Laplace's
// approximation of a deformation's posterior against it.
#include "core/base/decompositions.h"
#include "core/fit/hamiltonian.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/fit/chain_diagnostics.h"
#include "core/fit/fit.h"
#include "core/fit/hidden_layers.h"
#include "core/fit/laplace.h"
#include "core/fit/model_state.h"
#include "core/predict/local_range.h"
#include "core/simulate/scenario.h"

using namespace anamorph;

namespace {

Matrix precision_of_three() {
    Matrix p(3, 3);
    p << 2.0, 0.9, 0.0, 0.9, 5.0, -1.0, 0.0, -1.0, 40.0;
    return p;
}

/// N(mean, P⁻¹)
NegativeLogDensity gaussian(const Vector& mean, const Matrix& p) {
    return [=](const Vector& theta, double& value, Vector& gradient) {
        gradient = p * (theta - mean);
        value = 0.5 * (theta - mean).dot(gradient);
        return true;
    };
}

}  // namespace

class TestHamiltonian : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void a_gaussian_comes_back() {
        const Matrix p = precision_of_three();
        const Vector mean = Vector::LinSpaced(3, -1.0, 2.0);
        HamiltonianOptions options;
        options.draws = 1500;
        // A metric that is wrong by far: the step adapts.
        const auto sample = hamiltonian([&] { return gaussian(mean, p); }, Vector::Zero(3),
                                        Matrix(4.0 * Matrix::Identity(3, 3)), options);
        QCOMPARE(sample.draws.rows(), Index(6000));
        QVERIFY(sample.trustworthy());
        QCOMPARE(sample.divergences, 0);
        QVERIFY(std::abs(sample.acceptance - 0.8) < 0.12);
        const Matrix covariance = matrix_inverse(p);
        const Vector average = sample.draws.colwise().mean();
        const Matrix off = sample.draws.rowwise() - average.transpose();
        const Matrix found = off.transpose() * off / static_cast<double>(off.rows() - 1);
        for (int j = 0; j < 3; ++j) {
            const double sd = std::sqrt(covariance(j, j));
            const double error = sd / std::sqrt(sample.effective_size(j));
            QVERIFY2(std::abs(average(j) - mean(j)) < 5.0 * error, qPrintable(QString::number(j)));
            QVERIFY(std::abs(found(j, j) / covariance(j, j) - 1.0) < 0.15);
            QVERIFY(sample.effective_size(j) > 500.0);
        }
        QVERIFY(std::abs(found(0, 1) - covariance(0, 1)) < 0.05);
    }

    void a_density_that_is_not_gaussian_comes_back() {
        // θ = log of a Gamma(4, 1) variable: E e^θ = 4, Var e^θ = 4.
        const auto density = [] {
            return [](const Vector& t, double& value, Vector& gradient) {
                value = std::exp(t(0)) - 4.0 * t(0);
                gradient = Vector::Constant(1, std::exp(t(0)) - 4.0);
                return true;
            };
        };
        HamiltonianOptions options;
        options.draws = 2000;
        const auto sample = hamiltonian(density, Vector::Constant(1, std::log(4.0)),
                                        Matrix::Constant(1, 1, 4.0), options);
        const Vector x = sample.draws.col(0).array().exp();
        QVERIFY(std::abs(x.mean() - 4.0) < 0.25);
        QVERIFY(std::abs((x.array() - x.mean()).square().mean() - 4.0) < 0.6);
    }

    void the_same_seed_gives_the_same_draws() {
        const auto run = [](std::uint64_t seed) {
            HamiltonianOptions options;
            options.seed = seed;
            options.warmup = 20;
            options.draws = 10;
            options.chains = 3;
            return hamiltonian([] { return gaussian(Vector::Zero(3), precision_of_three()); },
                               Vector::Zero(3), precision_of_three(), options);
        };
        const auto a = run(4), b = run(4), c = run(5);
        QCOMPARE(a.draws, b.draws);
        QVERIFY(a.draws != c.draws);
        // The chains differ.
        QVERIFY(a.draws.topRows(10) != a.draws.middleRows(10, 10));
    }

    void diagnostics_tell_bad_chains_from_good_ones() {
        RandomStream random(2);
        Matrix good(400, 4), apart(400, 4), slow(400, 4);
        for (Index c = 0; c < 4; ++c) {
            double state = random.normal();
            for (Index i = 0; i < 400; ++i) {
                good(i, c) = random.normal();
                apart(i, c) = random.normal() + static_cast<double>(c);
                state = 0.9 * state + std::sqrt(1.0 - 0.81) * random.normal();
                slow(i, c) = state;
            }
        }
        QVERIFY(split_r_hat(good) < 1.02);
        QVERIFY(split_r_hat(apart) > 1.3);
        QVERIFY(effective_sample_size(good) > 1000.0);
        // AR(1): n (1 − φ)/(1 + φ) = 1600/19.
        const double n = effective_sample_size(slow);
        QVERIFY2(n > 40.0 && n < 200.0, qPrintable(QString::number(n)));
        // Of independent energies the fraction is 2.
        QVERIFY(std::abs(energy_fraction_of(good.col(0)) - 2.0) < 0.4);
        QVERIFY(energy_fraction_of(slow.col(0)) < 0.4);
    }

    void unusable_requests_are_refused() {
        const auto density = [] { return gaussian(Vector::Zero(3), precision_of_three()); };
        HamiltonianOptions options;
        options.chains = 0;
        QVERIFY_THROWS_EXCEPTION(Error, (void)hamiltonian(density, Vector::Zero(3), precision_of_three(), options));
        options.chains = 1;
        QVERIFY_THROWS_EXCEPTION(Error, (void)hamiltonian(density, Vector::Zero(2), precision_of_three(), options));
        const auto nowhere = [] {
            return [](const Vector&, double&, Vector&) { return false; };
        };
        QVERIFY_THROWS_EXCEPTION(Error, (void)hamiltonian(nowhere, Vector::Zero(3), precision_of_three(), options));
        std::stop_source stop;
        stop.request_stop();
        try {
            (void)hamiltonian(density, Vector::Zero(3), precision_of_three(), options, {}, stop.get_token());
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::cancelled);
        }
    }

    /// Weights of hidden layers are held at their estimates by both.
    void what_the_fit_holds_is_held() {
        ScenarioOptions asked;
        asked.sites = 40;
        const auto data = std::make_shared<SpatialDataset>(simulate(Scenario("radial"), asked).dataset);
        ModelSpecification s;
        set_model(s, "network");
        s.hidden_width = 2;
        s.log_scale = LogScale::no;
        s.smoothness = Smoothness::three_halves;
        FitOptions fit_options;
        fit_options.threads = 1;
        fit_options.max_iterations = 5;
        const FitResult fitted = fit(data, s, fit_options);
        const ModelState& model = fitted.model().state();
        const std::vector<Index> held = hidden_layer_parameters(model);
        QVERIFY(!held.empty());
        const Vector estimates = model.parameters();
        HamiltonianOptions options;
        options.chains = 2;
        options.warmup = 5;
        options.draws = 8;
        const HamiltonianSample sample = sample_posterior(model, options);
        QCOMPARE(sample.draws.cols(), estimates.size());
        for (const Vector& draw : posterior_draws(model, 4, 3))
            for (const Index i : held) QCOMPARE(draw(i), estimates(i));
        for (Index i = 0; i < estimates.size(); ++i) {
            const bool is_held = std::binary_search(held.begin(), held.end(), i);
            QCOMPARE((sample.draws.col(i).array() == estimates(i)).all(), is_held);
            if (is_held) QCOMPARE(sample.r_hat(i), 1.0);
        }
    }

    /// Laplace's draws and Hamiltonian ones of one velocity field agree on the local range.
    void laplace_agrees_on_a_small_field() {
        ScenarioOptions so;
        so.sites = 90;
        so.seed = 2;
        const auto data = std::make_shared<SpatialDataset>(simulate(Scenario("compress"), so).dataset);
        ModelSpecification s;
        s.deformation = DeformationKind::velocity_field;
        s.log_scale = LogScale::no;
        s.smoothness = Smoothness::three_halves;
        s.basis_size = 4;
        FitOptions fo;
        fo.threads = 1;
        const FitResult result = fit(data, s, fo);
        const FittedModel& model = result.model();
        HamiltonianOptions options;
        options.chains = 2;
        options.warmup = 60;
        options.draws = 150;
        const HamiltonianSample sample = sample_posterior(model.state(), options);
        QVERIFY2((sample.r_hat.array() < 1.1).all(), qPrintable(QString::number(sample.r_hat.maxCoeff())));
        QCOMPARE(sample.divergences, 0);
        std::vector<Vector> hmc;
        for (Index k = 0; k < sample.draws.rows(); ++k) hmc.push_back(sample.draws.row(k).transpose());
        Points at(25, 2);
        for (Index k = 0; k < 25; ++k)
            at.row(k) << -0.8 + 0.4 * static_cast<double>(k % 5), -0.8 + 0.4 * static_cast<double>(k / 5);
        const LocalRange exact = local_range_of(model, hmc, at, 0.9);
        const LocalRange laplace = local_range_of(model, posterior_draws(model.state(), 300, 3), at, 0.9);
        for (Index k = 0; k < 25; ++k) {
            const double shift = std::log(laplace.median(k) / exact.median(k));
            QVERIFY2(std::abs(shift) < 0.6 * exact.log_sd(k), qPrintable(QString("%1: %2").arg(k).arg(shift)));
            const double ratio = laplace.log_sd(k) / exact.log_sd(k);
            QVERIFY2(ratio > 0.7 && ratio < 1.4, qPrintable(QString("%1: %2").arg(k).arg(ratio)));
        }
    }
};

QTEST_GUILESS_MAIN(TestHamiltonian)
#include "test_hamiltonian.moc"
