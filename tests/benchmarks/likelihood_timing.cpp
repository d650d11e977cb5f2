// SPDX-License-Identifier: GPL-3.0-or-later
// One exact likelihood and gradient beside the machine's limit, dpotrf + dpotri, in the same run,
// and the time of the automatic fit.
#include <sys/resource.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <vector>

#include "core/fit/fit.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/lapack.h"
#include "core/simulate/scenario.h"

using namespace anamorph;

namespace {

double processor_seconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

template <class Function>
double median_seconds(int repeats, const Function& f) {
    std::vector<double> seconds;
    f();
    for (int i = 0; i < repeats; ++i) {
        const double began = processor_seconds();
        f();
        seconds.push_back(processor_seconds() - began);
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds[seconds.size() / 2];
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Exact likelihood and gradient beside dpotrf + dpotri"};
    std::vector<int> sizes = {1000, 2000, 4000}, fits;
    int repeats = 5, threads = 1;
    std::string scenario = "swirl";
    app.add_option("--sizes", sizes)->delimiter(',');
    app.add_option("--fits", fits, "sizes of automatic fits to time")->delimiter(',');
    app.add_option("--scenario", scenario);
    app.add_option("--repeats", repeats);
    app.add_option("--threads", threads);
    CLI11_PARSE(app, argc, argv);
    const ThreadCount count(threads);
    std::printf("# processor seconds, median of %d, %d thread(s)\n", repeats, count.count());
    std::printf("%6s %12s %12s %7s %10s\n", "n", "value+grad", "potrf+potri", "ratio", "peak MB");
    const Scenario truth(scenario);
    for (int n : sizes) {
        ScenarioOptions so;
        so.sites = n;
        const SpatialDataset data = simulate(truth, so).dataset;
        const Points u = truth.deformed_from_geographic(data.coordinates) / truth.range();
        ExactLikelihood likelihood({data.values, Matrix::Ones(n, 1), {}}, Smoothness::three_halves);
        ProfiledValue out;
        const double ours =
            median_seconds(repeats, [&] { (void)likelihood.evaluate({u, {}}, -4.0, true, out); });
        Matrix spd(n, n), work(n, n);
        for (int j = 0; j < n; ++j)
            for (int i = 0; i < n; ++i)
                spd(i, j) = std::exp(-(u.row(i) - u.row(j)).norm()) + (i == j ? 0.02 : 0.0);
        double copying = median_seconds(repeats, [&] { work = spd; });
        const double limit = median_seconds(repeats, [&] {
            work = spd;
            int info = 0;
            dpotrf_("L", &n, work.data(), &n, &info);
            dpotri_("L", &n, work.data(), &n, &info);
        }) - copying;
        std::printf("%6d %12.4f %12.4f %7.2f %10.0f\n", n, ours, limit, ours / limit, peak_megabytes());
        std::fflush(stdout);
    }
    for (int n : fits) {
        ScenarioOptions so;
        so.sites = n;
        const auto data = std::make_shared<SpatialDataset>(simulate(truth, so).dataset);
        FitOptions options;
        options.threads = threads;
        const FitResult r = fit_automatic(data, {}, options);
        std::printf("automatic fit, n = %d: %.1f s wall, chosen %s, peak %.0f MB\n", n, r.seconds,
                    r.model().label().c_str(), peak_megabytes());
        std::fflush(stdout);
    }
}
