// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/types.h"

namespace anamorph {

class ModelState;

/// −log p(θ) up to a constant and its gradient; false where the density is zero or unknown.
using NegativeLogDensity = std::function<bool(const Vector& theta, double& value, Vector& gradient)>;

struct HamiltonianOptions {
    int chains = 4;                   ///< 1 to 64; each from its own start, in parallel
    int warmup = 150;                 ///< iterations of each chain in which the step is found, then dropped
    int draws = 250;                  ///< iterations of each chain that are kept, at least 8
    double target_acceptance = 0.8;   ///< in (0, 1)
    double trajectory = 1.6;          ///< mean integration time, in whitened units of θ
    int most_steps = 64;              ///< leapfrog steps of one trajectory at most
    std::uint64_t seed = 1;

    /// One sentence for each field that is out of range; empty when all is well.
    [[nodiscard]] std::vector<std::string> validate() const;
};

/// Draws from a density, and what tells whether they can be trusted.
struct HamiltonianSample {
    Matrix draws;           ///< (chains·draws)×p, one chain after the other
    Vector values;          ///< −log p of each
    Vector r_hat;           ///< p: split R̂ (Gelman et al. 2013, Bayesian Data Analysis, sec. 11.4); near 1 when mixed
    Vector effective_size;  ///< p: number of independent draws worth as much (ibid., sec. 11.5)
    std::vector<double> step_sizes;  ///< of each chain
    double acceptance = 0.0;  ///< mean probability of acceptance
    int divergences = 0;      ///< trajectories whose energy rose by more than 1000, or left the density's support
    /// Smallest over the chains of E[(E_t − E_{t−1})²]/Var(E) (Betancourt 2016, arXiv 1604.00695): below
    /// 0.3 the momenta explore the energies badly.
    double energy_fraction = 0.0;
    long evaluations = 0;

    /// R̂ below 1.05 everywhere, at most one trajectory in a hundred divergent, energy fraction above 0.2.
    [[nodiscard]] bool trustworthy() const;
};

/// Hamiltonian Monte Carlo (Duane et al. 1987, Phys. Lett. B 195:216; Neal 2011, Handbook of MCMC,
/// ch. 5): leapfrog trajectories of a length uniform between half and one and a half times
/// `trajectory`, the step size by dual averaging towards the acceptance that is asked for (Hoffman and
/// Gelman 2014, JMLR 15:1593, sec. 3.2). θ = centre + T q, T Tᵀ = metric⁻¹ with eigenvalues of the
/// metric (p×p, the curvature at the centre, say) raised to at least 1; q has unit masses, and each
/// chain starts at a standard normal q. `density` makes a density for each chain: they run in parallel.
/// The same seed gives the same draws for any number of threads.
/// @throws Error(bad_input | dimension_mismatch); Error(not_finite) where a chain finds no start;
/// Error(cancelled)
[[nodiscard]] HamiltonianSample hamiltonian(const std::function<NegativeLogDensity()>& density,
                                            const Vector& centre, const Matrix& metric,
                                            const HamiltonianOptions& options,
                                            const ProgressObserver& progress = {},
                                            std::stop_token stop = {});

/// Draws of a fitted model's parameters from exp(−objective), the posterior that Laplace's draws
/// (laplace.h) approximate; β and σ² profiled in both. The weights of hidden layers are held at their
/// estimates in both (hidden_layers.h). The model must hold its curvature, which is the metric. @throws Error(bad_input) without it, and errors of hamiltonian.
[[nodiscard]] HamiltonianSample sample_posterior(const ModelState& model,
                                                 const HamiltonianOptions& options,
                                                 const ProgressObserver& progress = {},
                                                 std::stop_token stop = {});

}  // namespace anamorph
