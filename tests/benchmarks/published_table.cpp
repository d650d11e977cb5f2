// SPDX-License-Identifier: GPL-3.0-or-later
// The published simulations of Nag, Zammit-Mangion, Sun 2025 (arXiv 2509.12884): the automatic model
// is trained on the observations and scored against the noise-free truth on all nodes.
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <random>
#include <set>

#include "core/fit/fit.h"
#include "core/io/import.h"
#include "core/predict/kriging.h"
#include "core/validate/scores.h"

using namespace anamorph;

int main(int argc, char** argv) {
    CLI::App app{"The automatic model on the published simulations"};
    std::vector<std::string> cases = {"awu_rbf_lft_2d", "twist_2d"};
    int sites = 5000, threads = 0;
    std::string folder = ANAMORPH_SAMPLE_DATA;
    app.add_option("--cases", cases)->delimiter(',');
    app.add_option("--sites", sites, "at most so many of the observations, a seeded subset");
    app.add_option("--threads", threads);
    app.add_option("--data", folder, "folder of the _obs and _truth files");
    std::string likelihood = "vecchia";
    ModelSpecification specification;
    app.add_option("--likelihood", likelihood, "exact or vecchia");
    app.add_option("--neighbours", specification.likelihood.neighbours, "of the Vecchia likelihood");
    app.add_option("--fine-basis", specification.fine_basis_size, "of the velocity field's second level");
    app.add_option("--fine-ridge", specification.fine_ridge, "of the second level, at first");
    app.add_option("--added-units", specification.added_units, "of the velocity field, at most");
    CLI11_PARSE(app, argc, argv);
    specification.likelihood.kind = likelihood_from_string(likelihood);
    for (const auto& name : cases) {
        SpatialDataset data = import_file(folder + "/" + name + "_obs.csv", {});
        QuickImport roles;
        roles.x = "x", roles.y = "y", roles.value = "f_true";
        const SpatialDataset truth = import_file(folder + "/" + name + "_truth.csv", roles);
        if (data.size() > sites) {
            std::vector<Index> rows(static_cast<std::size_t>(data.size()));
            for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<Index>(i);
            std::mt19937_64 engine(1);
            for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[engine() % i]);
            rows.resize(static_cast<std::size_t>(sites));
            data = data.subset(rows);
        }
        std::set<std::pair<long, long>> seen;
        const auto key = [](double x, double y) {
            return std::pair{std::lround(x * 1000.0), std::lround(y * 1000.0)};
        };
        for (Index i = 0; i < data.size(); ++i)
            seen.insert(key(data.coordinates(i, 0), data.coordinates(i, 1)));
        const auto shared = std::make_shared<SpatialDataset>(data);
        FitOptions options;
        options.threads = threads;
        const FitResult r = fit_automatic(shared, specification, options, [](const IterationSummary& s) {
            if (s.iteration == 0)
                std::fprintf(stderr, "%6.1f s  %s\n", s.seconds, s.stage.c_str());
            return FitDecision::proceed;
        });
        std::printf("# %s: %ld sites, %.0f s for the fit\n", name.c_str(), static_cast<long>(data.size()),
                    r.seconds);
        for (const auto& [nu, objective] : r.smoothness_objectives)
            std::printf("  smoothness %.1f: %.1f\n", nu, objective);
        std::printf("%-28s %9s %9s %8s %7s %7s %9s %9s %5s\n", "class", "mspe_all", "unobs.",
                    "crps", "cov95", "cov90", "loglik", "criterion", "m");
        for (const auto& c : r.candidates) {
            if (!c.chosen && c.model->specification().deformation == DeformationKind::anisotropic) continue;
            PredictOptions po;
            po.threads = threads;
            const Prediction p = predict_at(*c.model, truth.coordinates, {}, po);
            double unobserved = 0.0;
            Index count = 0;
            for (Index i = 0; i < truth.size(); ++i)
                if (!seen.count(key(truth.coordinates(i, 0), truth.coordinates(i, 1)))) {
                    unobserved += std::pow(p.mean(i) - truth.values(i), 2);
                    ++count;
                }
            const Scores s = scores(truth.values, p.mean, p.variance);
            std::printf("%-28s %9.5f %9.5f %8.4f %7.3f %7.3f %9.1f %9.1f %2d/%.1f%s\n",
                        c.model->label().c_str(), s.rmse * s.rmse,
                        unobserved / static_cast<double>(std::max<Index>(count, 1)), s.crps,
                        s.coverage_95, s.coverage_90, c.model->log_likelihood(), c.criterion,
                        c.model->specification().basis_size, c.model->specification().ridge,
                        c.chosen ? "  chosen" : "");
            std::fflush(stdout);
        }
    }
}
