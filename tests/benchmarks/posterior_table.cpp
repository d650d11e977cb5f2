// SPDX-License-Identifier: GPL-3.0-or-later
// Laplace's approximation of a velocity field's posterior beside Hamiltonian Monte Carlo: what both say
// of the local range, and what predictions averaged over either score.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/fit/fit.h"
#include "core/fit/hamiltonian.h"
#include "core/fit/laplace.h"
#include "core/fit/model_state.h"
#include "core/predict/kriging_system.h"
#include "core/predict/local_range.h"
#include "core/predict/predictive_distribution.h"
#include "core/simulate/scenario.h"
#include "core/validate/scores.h"

using namespace anamorph;

namespace {

/// Predictions of observations without a trend's covariates, one normal distribution for each draw.
PredictiveDistribution mixture(const FittedModel& model, const std::vector<Vector>& draws, const Points& at) {
    const ModelState& fitted = model.state();
    const Points x = fitted.standardisation.standardised(at);
    const Matrix trend = Matrix::Ones(at.rows(), 1);
    std::vector<Vector> means, variances;
    for (const Vector& theta : draws) {
        ModelState state(fitted);
        state.set_parameters(theta);
        const auto system = state.kriging_system();
        if (!system) continue;
        Vector mean, variance;
        system->predict(state.features(x), trend, true, mean, variance);
        means.push_back(mean);
        variances.push_back(variance);
    }
    Matrix m(at.rows(), static_cast<Index>(means.size())), v = m;
    for (std::size_t k = 0; k < means.size(); ++k) {
        m.col(static_cast<Index>(k)) = means[k];
        v.col(static_cast<Index>(k)) = variances[k];
    }
    return {std::move(m), std::move(v), nullptr};
}

std::vector<Vector> thinned(const HamiltonianSample& sample, Index count) {
    std::vector<Vector> draws;
    count = std::min(count, sample.draws.rows());
    for (Index k = 0; k < count; ++k)
        draws.push_back(sample.draws.row(k * sample.draws.rows() / count).transpose());
    return draws;
}

Points grid_of(int per_axis) {
    Points grid(per_axis * per_axis, 2);
    for (Index k = 0; k < grid.rows(); ++k)
        grid.row(k) << -1.0 + (2.0 * static_cast<double>(k % per_axis) + 1.0) / per_axis,
            -1.0 + (2.0 * static_cast<double>(k / per_axis) + 1.0) / per_axis;
    return grid;
}

/// Share of the grid whose true local range lies in the interval.
double share_inside(const LocalRange& range, const Scenario& truth, const Points& at) {
    const double practical = truth.range() * 4.743864518;  // of Matérn 3/2: (1 + h) e^{−h} = 0.05
    const Vector log_det = truth.log_abs_det_jacobian(at);
    int inside = 0;
    for (Index i = 0; i < at.rows(); ++i) {
        const double r = practical * std::exp(-0.5 * log_det(i));
        inside += r > range.lower(i) && r < range.upper(i) ? 1 : 0;
    }
    return static_cast<double>(inside) / static_cast<double>(at.rows());
}

void print_line(const char* name, const LocalRange& range, const LocalRange& exact, const Scenario& truth,
                const Points& at, const Scores& s) {
    const Vector shift = (range.median.array() / exact.median.array()).log() / exact.log_sd.array();
    std::printf("%-10s %8.3f %8.3f %8.3f %9.3f %9.4f %9.3f\n", name, shift.cwiseAbs().mean(),
                shift.cwiseAbs().maxCoeff(), (range.log_sd.array() / exact.log_sd.array()).mean(),
                share_inside(range, truth, at), s.log_score, s.coverage_90);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Laplace's posterior beside Hamiltonian Monte Carlo"};
    std::vector<std::string> scenarios = {"radial", "swirl"};
    int sites = 200, basis = 6, seed = 1, predicted = 60;
    HamiltonianOptions options;
    app.add_option("--scenarios", scenarios)->delimiter(',');
    app.add_option("--sites", sites);
    app.add_option("--basis-size", basis, "of the velocity field");
    app.add_option("--seed", seed);
    app.add_option("--chains", options.chains);
    app.add_option("--warmup", options.warmup);
    app.add_option("--draws", options.draws, "of each chain");
    app.add_option("--predicted", predicted, "draws that predictions are averaged over");
    CLI11_PARSE(app, argc, argv);

    const Points at = grid_of(10);
    for (const auto& name : scenarios) {
        const Scenario scenario(name);
        ScenarioOptions so;
        so.sites = sites;
        so.test_sites = 400;
        so.seed = static_cast<std::uint64_t>(seed);
        const SimulatedField field = simulate(scenario, so);
        ModelSpecification s;
        s.deformation = DeformationKind::velocity_field;
        s.log_scale = LogScale::no;
        s.smoothness = Smoothness::three_halves;
        s.basis_size = basis;
        FitOptions fo;
        fo.threads = 1;
        const FitResult result = fit(std::make_shared<SpatialDataset>(field.dataset), s, fo);
        const FittedModel& model = result.model();
        const HamiltonianSample sample = sample_posterior(model.state(), options);
        std::printf("# %s, n = %d, %d centres an axis, %ld parameters; %d chains of %d + %d: R hat at most %.3f, "
                    "effective size at least %.0f, acceptance %.2f, %d divergences, energy fraction %.2f, "
                    "%ld evaluations\n",
                    name.c_str(), sites, basis, static_cast<long>(sample.draws.cols()), options.chains,
                    options.warmup, options.draws, sample.r_hat.maxCoeff(), sample.effective_size.minCoeff(),
                    sample.acceptance, sample.divergences, sample.energy_fraction, sample.evaluations);
        std::printf("%-10s %8s %8s %8s %9s %9s %9s\n", "", "|shift|", "max", "sd ratio", "truth in", "log score",
                    "cov. 90");
        const std::vector<Vector> plug_in(2, model.state().parameters());
        const auto draws = static_cast<Index>(predicted);
        const std::vector<Vector> hmc = thinned(sample, sample.draws.rows());
        const std::vector<Vector> laplace = posterior_draws(model.state(), 1000, 5);
        const LocalRange exact = local_range_of(model, hmc, at, 0.9);
        print_line("HMC", exact, exact, scenario, at,
                   scores(site_scores(field.test_values,
                                      mixture(model, thinned(sample, draws), field.test_coordinates))));
        print_line("Laplace", local_range_of(model, laplace, at, 0.9), exact, scenario, at,
                   scores(site_scores(field.test_values,
                                      mixture(model, posterior_draws(model.state(), predicted, 5),
                                              field.test_coordinates))));
        print_line("plug-in", local_range_of(model, plug_in, at, 0.9), exact, scenario, at,
                   scores(site_scores(field.test_values, mixture(model, {plug_in[0]}, field.test_coordinates))));
        std::fflush(stdout);
    }
}
