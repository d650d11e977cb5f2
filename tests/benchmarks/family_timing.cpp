// SPDX-License-Identifier: GPL-3.0-or-later
// Seconds of one evaluation of the objective with its gradient, of which an iteration of the fit takes
// about one, for every family: the exact likelihood and Vecchia's approximation with 30 neighbours.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/fit/classes.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/likelihood/lapack.h"
#include "core/validate/model_choice.h"
#include "tests/benchmarks/spectral_field.h"

namespace anamorph {
namespace {

/// The shortest of `repeats` evaluations at the start of the fit; the first one, which makes ordering and
/// conditioning sets, is not counted.
double seconds_of(const std::shared_ptr<const SpatialDataset>& data, const ModelSpecification& s,
                  int repeats) {
    Objective objective(make_model(data, with_resolved_likelihood(s, *data), 1));
    const Vector theta = objective.start();
    double value = 0.0, shortest = std::numeric_limits<double>::infinity();
    Vector gradient;
    for (int k = 0; k <= repeats; ++k) {
        const auto started = std::chrono::steady_clock::now();
        if (!objective.evaluate(theta, value, gradient))
            throw Error(ErrorCode::not_positive_definite, "the covariance matrix has no factor");
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
        if (k > 0) shortest = std::min(shortest, taken.count());
    }
    return shortest;
}

void print_table(Index n, LikelihoodKind kind, int repeats) {
    const std::shared_ptr<const SpatialDataset> data = spectral_field(n, true, 1);
    ModelSpecification base;
    base.smoothness = Smoothness::three_halves;
    base.log_scale = LogScale::no;
    base.likelihood.kind = kind;
    base.likelihood.neighbours = 30;
    std::printf("\n%lld sites, %s\n%-36s %8s %12s\n", static_cast<long long>(n),
                label_of(base.likelihood).c_str(), "model", "numbers", "seconds");
    for (const std::string& name : model_names_for(*data, base)) {
        try {
            const ModelChoice choice = model_choice_from_name(name, base);
            if (choice.automatic) continue;  // it is made of the others
            const ModelSpecification& s = choice.specification;
            const Index parameters = make_model(data, with_resolved_likelihood(s, *data), 1).parameter_count();
            std::printf("%-36s %8lld %12.4f%s\n", name.c_str(), static_cast<long long>(parameters),
                        seconds_of(data, s, repeats),
                        s.likelihood.kind == kind ? "" : "  by its own likelihood");
        } catch (const Error& e) {
            std::printf("%-36s %s\n", name.c_str(), e.what());
        }
        std::fflush(stdout);
    }
}

}  // namespace
}  // namespace anamorph

int main(int argc, char** argv) {
    CLI::App app{"Seconds per iteration of every family of models"};
    int repeats = 3, threads = 2;
    std::vector<int> exact{1000}, vecchia{1000, 10'000};
    app.add_option("--repeats", repeats, "Evaluations, of which the shortest counts")->capture_default_str();
    app.add_option("--threads", threads)->capture_default_str();
    app.add_option("--exact", exact, "Numbers of sites for the exact likelihood")->capture_default_str();
    app.add_option("--vecchia", vecchia, "Numbers of sites for Vecchia's")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    const anamorph::ThreadCount held(threads);
    for (const int n : exact) anamorph::print_table(n, anamorph::LikelihoodKind::exact, repeats);
    for (const int n : vecchia) anamorph::print_table(n, anamorph::LikelihoodKind::vecchia, repeats);
}
