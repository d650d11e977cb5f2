// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/fit/observer.h"

namespace anamorph {

/// Value and gradient at x; false where the function cannot be evaluated.
using DifferentiableFunction = std::function<bool(const Vector& x, double& value, Vector& gradient)>;
/// After each accepted iterate.
using IterateCallback =
    std::function<FitDecision(int iteration, const Vector& x, double value, const Vector& gradient)>;

struct OptimiserOptions {
    int max_iterations = 150;
    double relative_tolerance = 1e-9;  ///< of the decrease: (f_k − f_{k+1})/max(|f_k|, |f_{k+1}|, 1)
    double absolute_tolerance = 0.0;   ///< also stop when the objective falls by less than this
    double gradient_tolerance = 1e-4;  ///< largest component
    int memory = 20;                   ///< L-BFGS pairs
    double learning_rate = 0.005;      ///< Adam
    double first_step = 0.1;           ///< L-BFGS: length of the first trial step
};

struct OptimiserResult {
    Vector x;  ///< the best iterate
    double value = 0.0;
    Termination termination = Termination::converged;
    int iterations = 0;
    std::vector<std::string> warnings;  ///< roll-backs and restarts
};

/// Limited-memory BFGS (Nocedal 1980, Math. Comp. 35:773) with a strong Wolfe line search (Nocedal
/// and Wright 2006, alg. 3.5, 3.6). Points that cannot be evaluated count as infinitely bad: the
/// step is shortened; after a failed line search the memory is dropped once, then the best iterate
/// is returned. @throws Error(not_finite) if x0 itself cannot be evaluated.
[[nodiscard]] OptimiserResult minimise_lbfgs(const DifferentiableFunction& function,
                                             const Vector& x0, const OptimiserOptions& options,
                                             const IterateCallback& callback);

/// Value, gradient and Fisher's information at x; false where they cannot be computed.
using ScoringFunction =
    std::function<bool(const Vector& x, double& value, Vector& gradient, Matrix& information)>;

/// Fisher scoring with step halving (Rao 1948, Proc. Camb. Phil. Soc. 44:50), for few covariance
/// parameters. When no step lowers the value any more the best iterate is returned.
/// @throws Error(not_finite) if x0 itself cannot be evaluated.
[[nodiscard]] OptimiserResult minimise_scoring(const ScoringFunction& function, const Vector& x0,
                                               const OptimiserOptions& options,
                                               const IterateCallback& callback);

/// Adam (Kingma and Ba 2015, arXiv 1412.6980). A point that cannot be evaluated rolls back to the
/// best iterate and halves the learning rate; after five roll-backs the best iterate is returned.
/// @throws Error(not_finite) if x0 itself cannot be evaluated.
[[nodiscard]] OptimiserResult minimise_adam(const DifferentiableFunction& function,
                                            const Vector& x0, const OptimiserOptions& options,
                                            const IterateCallback& callback);

}  // namespace anamorph
