// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace anamorph {

struct FitResult;

enum class OptimiserKind { lbfgs, adam };

/// How to fit, beside what (ModelSpecification).
struct FitOptions {
    OptimiserKind optimiser = OptimiserKind::lbfgs;
    int max_iterations = 150;            ///< per stage
    double relative_tolerance = 1e-9;    ///< stop when the objective falls by less, relatively
    double learning_rate = 0.005;        ///< Adam only
    int starts = 1;                      ///< independent starts; the best objective is kept
    double held_out_fraction = 0.0;      ///< share of sites scored, not fitted, while training; refit on all at the end
    std::uint64_t seed = 1;              ///< of every random number of the fit
    int threads = 0;                     ///< BLAS and OpenMP threads; 0: all cores but one, at least one
    bool posterior = true;               ///< compute the Hessian for Laplace evidence and averaging
    double snapshots_per_second = 20.0;  ///< of the deformation, for observers that draw
    /// Called on the fitting thread now and then with all that is known so far, an unfinished result
    /// that `resume_from` takes; for programs that must survive being killed. Exceptions end the fit.
    std::function<void(const FitResult&)> checkpoint;
    double checkpoint_seconds = 30.0;    ///< least time between two calls
    /// An earlier, perhaps unfinished, fit of the same data: classes found in it start at their
    /// estimates, and its smoothness is kept.
    std::shared_ptr<const FitResult> resume_from;

    /// One sentence for each field that is out of range; empty when all is well.
    [[nodiscard]] std::vector<std::string> validate() const;
};

}  // namespace anamorph
