// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/hamiltonian.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <limits>
#include <memory>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/fit/chain_diagnostics.h"
#include "core/fit/hidden_layers.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/likelihood/lapack.h"

namespace anamorph {

namespace {

constexpr double divergent_rise = 1000.0;
constexpr int tries_for_a_start = 20;

/// Hoffman and Gelman (2014), eq. 6 and the constants after it.
class DualAveraging {
public:
    DualAveraging(double step, double target) : target_(target), centre_(std::log(10.0 * step)), log_step_(std::log(step)) {}
    void update(double acceptance) {
        constexpr double gamma = 0.05, t0 = 10.0, kappa = 0.75;
        count_ += 1.0;
        mean_ += (target_ - acceptance - mean_) / (count_ + t0);
        log_step_ = centre_ - std::sqrt(count_) / gamma * mean_;
        const double weight = std::pow(count_, -kappa);
        averaged_ = weight * log_step_ + (1.0 - weight) * averaged_;
    }
    [[nodiscard]] double step() const { return std::exp(std::clamp(log_step_, -12.0, 2.0)); }
    [[nodiscard]] double settled() const { return std::exp(std::clamp(averaged_, -12.0, 2.0)); }

private:
    double target_, centre_, log_step_, averaged_ = 0.0, mean_ = 0.0, count_ = 0.0;
};

struct PhasePoint {
    Vector q, gradient;  ///< whitened
    double value = 0.0;
};

/// One chain. Its density is in whitened coordinates.
class Chain {
public:
    Chain(NegativeLogDensity density, const Vector& centre, const Matrix& transform,
          const HamiltonianOptions& options, std::uint64_t seed)
        : density_(std::move(density)), centre_(centre), transform_(transform), options_(options), random_(seed) {}

    /// False where no start with a density is found.
    [[nodiscard]] bool begin() {
        double spread = 1.0;
        for (int k = 0; k < tries_for_a_start; ++k, spread *= 0.7)
            if (evaluate(spread * random_.normals(centre_.size()), at_)) return true;
        return false;
    }

    /// One trajectory; the acceptance probability.
    double move(double step) {
        const Vector momentum = random_.normals(centre_.size());
        const double length = options_.trajectory * random_.uniform(0.5, 1.5);
        const int steps = std::clamp(static_cast<int>(std::lround(length / step)), 1, options_.most_steps);
        const double energy = at_.value + 0.5 * momentum.squaredNorm();
        PhasePoint next = at_;
        Vector p = momentum - 0.5 * step * at_.gradient;
        bool known = true;
        for (int s = 0; s < steps && known; ++s) {
            const Vector q = next.q + step * p;
            known = evaluate(q, next);
            if (known) p -= (s + 1 < steps ? step : 0.5 * step) * next.gradient;
        }
        const double rise =
            known ? next.value + 0.5 * p.squaredNorm() - energy : std::numeric_limits<double>::infinity();
        divergent_ = !(rise < divergent_rise);
        const double acceptance = divergent_ ? 0.0 : std::min(1.0, std::exp(-rise));
        energy_ = energy;
        if (random_.uniform() < acceptance) at_ = std::move(next);
        return acceptance;
    }

    [[nodiscard]] Vector theta() const { return centre_ + transform_ * at_.q; }
    [[nodiscard]] double value() const { return at_.value; }
    [[nodiscard]] double energy() const { return energy_; }  ///< at the start of the last trajectory
    [[nodiscard]] bool divergent() const { return divergent_; }
    [[nodiscard]] long evaluations() const { return evaluations_; }

private:
    bool evaluate(const Vector& q, PhasePoint& place) {
        ++evaluations_;
        Vector gradient;
        double value = 0.0;
        if (!density_(centre_ + transform_ * q, value, gradient) || !std::isfinite(value) ||
            !gradient.allFinite())
            return false;
        place = {q, transform_.transpose() * gradient, value};
        return true;
    }

    NegativeLogDensity density_;
    const Vector& centre_;
    const Matrix& transform_;
    const HamiltonianOptions& options_;
    RandomStream random_;
    PhasePoint at_;
    double energy_ = 0.0;
    bool divergent_ = false;
    long evaluations_ = 0;
};

struct ChainResult {
    Matrix draws;
    Vector values, energies;
    double acceptance = 0.0, step = 0.0;
    int divergences = 0;
    long evaluations = 0;
    bool started = false;
};

ChainResult run_chain(Chain& chain, Index p, const HamiltonianOptions& o, const std::function<bool()>& go_on) {
    ChainResult result;
    result.started = chain.begin();
    if (!result.started) return result;
    DualAveraging averaging(0.25, o.target_acceptance);
    for (int k = 0; k < o.warmup && go_on(); ++k) averaging.update(chain.move(averaging.step()));
    result.step = o.warmup > 0 ? averaging.settled() : averaging.step();
    result.draws.resize(o.draws, p);
    result.values.resize(o.draws);
    result.energies.resize(o.draws);
    for (int k = 0; k < o.draws && go_on(); ++k) {
        result.acceptance += chain.move(result.step) / o.draws;
        result.divergences += chain.divergent() ? 1 : 0;
        result.draws.row(k) = chain.theta().transpose();
        result.values(k) = chain.value();
        result.energies(k) = chain.energy();
    }
    result.evaluations = chain.evaluations();
    return result;
}

HamiltonianSample joined(const std::vector<ChainResult>& chains, Index p, const HamiltonianOptions& o) {
    HamiltonianSample sample;
    sample.draws.resize(static_cast<Index>(chains.size()) * o.draws, p);
    sample.values.resize(sample.draws.rows());
    sample.energy_fraction = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < chains.size(); ++c) {
        const ChainResult& chain = chains[c];
        sample.draws.middleRows(static_cast<Index>(c) * o.draws, o.draws) = chain.draws;
        sample.values.segment(static_cast<Index>(c) * o.draws, o.draws) = chain.values;
        sample.step_sizes.push_back(chain.step);
        sample.acceptance += chain.acceptance / static_cast<double>(chains.size());
        sample.divergences += chain.divergences;
        sample.evaluations += chain.evaluations;
        sample.energy_fraction = std::min(sample.energy_fraction, energy_fraction_of(chain.energies));
    }
    sample.r_hat.resize(p);
    sample.effective_size.resize(p);
    for (Index j = 0; j < p; ++j) {
        const Matrix series = sample.draws.col(j).reshaped(o.draws, static_cast<Index>(chains.size()));
        sample.r_hat(j) = split_r_hat(series);
        sample.effective_size(j) = effective_sample_size(series);
    }
    return sample;
}

}  // namespace

std::vector<std::string> HamiltonianOptions::validate() const {
    std::vector<std::string> problems;
    const auto check = [&](bool ok, const char* sentence) {
        if (!ok) problems.emplace_back(sentence);
    };
    check(chains >= 1 && chains <= 64, "The number of chains must lie between 1 and 64.");
    check(warmup >= 0 && warmup <= 100'000, "The warm-up must have between 0 and 100,000 iterations.");
    check(draws >= 8 && draws <= 1'000'000, "Each chain must keep between 8 and 1,000,000 draws.");
    check(target_acceptance > 0.0 && target_acceptance < 1.0,
          "The acceptance that is aimed at must lie between 0 and 1.");
    check(trajectory > 0.0 && trajectory <= 100.0, "The length of a trajectory must lie between 0 and 100.");
    check(most_steps >= 1 && most_steps <= 10'000,
          "A trajectory must have between 1 and 10,000 leapfrog steps.");
    return problems;
}

bool HamiltonianSample::trustworthy() const {
    return r_hat.size() > 0 && (r_hat.array() < 1.05).all() &&
           100 * static_cast<Index>(divergences) <= draws.rows() && energy_fraction > 0.2;
}

HamiltonianSample hamiltonian(const std::function<NegativeLogDensity()>& density, const Vector& centre,
                              const Matrix& metric, const HamiltonianOptions& options,
                              const ProgressObserver& progress, std::stop_token stop) {
    if (const auto problems = options.validate(); !problems.empty())
        throw Error(ErrorCode::bad_input, problems.front());
    const Index p = centre.size();
    if (p == 0 || metric.rows() != p || metric.cols() != p)
        throw Error(ErrorCode::dimension_mismatch, "The metric of the sampler does not fit its parameters.");
    const SymmetricEigen eigen(0.5 * (metric + metric.transpose()));
    const Matrix transform =
        eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(1.0).cwiseSqrt().cwiseInverse().asDiagonal();

    const auto count = static_cast<std::size_t>(options.chains);
    std::vector<std::unique_ptr<Chain>> chains;
    for (std::size_t c = 0; c < count; ++c)
        chains.push_back(std::make_unique<Chain>(density(), centre, transform, options,
                                                 options.seed * 1'000'003 + c));
    std::vector<ChainResult> results(count);
    ProgressMeter meter(progress, "sampling the posterior");
    std::atomic<long> done{0};
    const double total = static_cast<double>(count) * (options.warmup + options.draws);
    const int threads = std::min(omp_get_max_threads(), options.chains);
    const ThreadCount inner(1);  // sums in one order: the same draws whatever the number of threads
    std::vector<std::exception_ptr> failures(count);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (std::size_t c = 0; c < count; ++c) {
        const bool first = omp_get_thread_num() == 0;  // the observer hears one thread only
        try {
            results[c] = run_chain(*chains[c], p, options, [&] {
                const long so_far = ++done;
                if (first) meter.report(static_cast<double>(so_far) / total);
                return !stop.stop_requested();
            });
        } catch (...) {  // must not leave the parallel region
            failures[c] = std::current_exception();
        }
    }
    throw_if_cancelled(stop);
    for (const auto& failure : failures)
        if (failure) std::rethrow_exception(failure);
    for (const auto& result : results)
        if (!result.started)
            throw Error(ErrorCode::not_finite,
                        "The posterior could not be evaluated anywhere near the estimates.");
    return joined(results, p, options);
}

namespace {

/// A sample of some parameters as one of all, the others at their estimates in every draw.
HamiltonianSample with_held(const HamiltonianSample& of_free, const std::vector<Index>& free, const Vector& estimates) {
    HamiltonianSample sample = of_free;
    sample.draws = estimates.transpose().replicate(of_free.draws.rows(), 1);
    sample.draws(Eigen::all, free) = of_free.draws;
    sample.r_hat = Vector::Ones(estimates.size());
    sample.r_hat(free) = of_free.r_hat;
    sample.effective_size = Vector::Constant(estimates.size(), static_cast<double>(of_free.draws.rows()));
    sample.effective_size(free) = of_free.effective_size;
    return sample;
}

}  // namespace

HamiltonianSample sample_posterior(const ModelState& model, const HamiltonianOptions& options,
                                   const ProgressObserver& progress, std::stop_token stop) {
    if (model.hessian.size() == 0)
        throw Error(ErrorCode::bad_input, "The model has no curvature to start sampling its posterior from.",
                    "Fit it with the posterior.");
    const Objective objective(model);
    const Vector estimates = model.parameters();
    const std::vector<Index> held = hidden_layer_parameters(model);
    std::vector<Index> free;
    for (Index i = 0; i < estimates.size(); ++i)
        if (!std::binary_search(held.begin(), held.end(), i)) free.push_back(i);
    const HamiltonianSample sample = hamiltonian(
        [&]() -> NegativeLogDensity {
            return [own = std::make_shared<Objective>(objective), theta = estimates, free](
                       const Vector& moved, double& value, Vector& gradient) mutable {
                theta(free) = moved;
                Vector whole;
                if (!own->evaluate(theta, value, whole)) return false;
                gradient = whole(free);
                return true;
            };
        },
        estimates(free), model.hessian(free, free), options, progress, std::move(stop));
    return held.empty() ? sample : with_held(sample, free, estimates);
}

}  // namespace anamorph
