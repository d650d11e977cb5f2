// SPDX-License-Identifier: GPL-3.0-or-later
// The published simulations of Nag, Zammit-Mangion, Sun 2025 (arXiv 2509.12884): families of models
// are trained on the observations and scored against the noise-free truth on all nodes.
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <random>
#include <set>

#include "core/base/error.h"
#include "core/fit/fit.h"
#include "core/io/import.h"
#include "core/predict/kriging.h"
#include "core/validate/model_choice.h"
#include "core/validate/scores.h"

using namespace anamorph;

namespace {

/// The truth on all nodes, and which of them were observed.
struct Truth {
    SpatialDataset nodes;
    std::set<std::pair<long, long>> observed;

    static std::pair<long, long> key(const SpatialDataset& d, Index i) {
        return {std::lround(d.coordinates(i, 0) * 1000.0), std::lround(d.coordinates(i, 1) * 1000.0)};
    }
};

void print_row(const std::string& name, const FittedModel& model, const Truth& truth, int threads,
               double criterion, double seconds, const std::string& remark) {
    PredictOptions options;
    options.threads = threads;
    const Prediction p = predict_at(model, truth.nodes.coordinates, {}, options);
    double unobserved = 0.0;
    Index count = 0;
    for (Index i = 0; i < truth.nodes.size(); ++i)
        if (!truth.observed.count(Truth::key(truth.nodes, i))) {
            unobserved += std::pow(p.mean(i) - truth.nodes.values(i), 2);
            ++count;
        }
    const Scores s = scores(truth.nodes.values, p.mean, p.variance);
    constexpr double normal_975 = 1.959963984540054;
    const double width = 2.0 * normal_975 * p.variance.array().sqrt().mean();
    std::printf("%-28s %9.5f %9.5f %8.4f %7.3f %7.3f %7.3f %9.1f %9.1f %7.1f %2d/%.1f%s\n",
                name.c_str(), s.rmse * s.rmse,
                unobserved / static_cast<double>(std::max<Index>(count, 1)), s.crps, s.coverage_95, width,
                s.coverage_90, model.log_likelihood(), criterion, seconds,
                model.specification().basis_size, model.specification().ridge, remark.c_str());
    std::fflush(stdout);
}

/// The lines of a case in a file of published figures.
void print_published(const std::string& path, const std::string& name) {
    std::ifstream file(path);
    std::string line;
    bool first = true;
    while (std::getline(file, line)) {
        if (first || line.starts_with(name + ",")) std::printf("# %s\n", line.c_str());
        first = false;
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Families of models on the published simulations"};
    std::vector<std::string> cases = {"awu_rbf_lft_2d", "twist_2d"};
    int sites = 5000, threads = 0;
    std::string folder = ANAMORPH_SAMPLE_DATA;
    std::vector<std::string> families = {"auto"};
    std::string published;
    app.add_option("--cases", cases)->delimiter(',');
    app.add_option("--families", families, "names, separated by commas, or all; auto prints its candidates")
        ->delimiter(',');
    app.add_option("--published", published, "CSV of published figures, printed beside");
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
        Truth truth{import_file(folder + "/" + name + "_truth.csv", roles), {}};
        if (data.size() > sites) {
            std::vector<Index> rows(static_cast<std::size_t>(data.size()));
            for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<Index>(i);
            std::mt19937_64 engine(1);
            for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[engine() % i]);
            rows.resize(static_cast<std::size_t>(sites));
            data = data.subset(rows);
        }
        const auto shared = std::make_shared<SpatialDataset>(data);
        FitOptions options;
        options.threads = threads;
        for (Index i = 0; i < data.size(); ++i) truth.observed.insert(Truth::key(data, i));
        std::printf("# %s: %ld sites\n", name.c_str(), static_cast<long>(data.size()));
        if (!published.empty()) print_published(published, name);
        std::printf("%-28s %9s %9s %8s %7s %7s %7s %9s %9s %7s %5s\n", "class", "mspe_all", "unobs.",
                    "crps", "cov95", "mpiw95", "cov90", "loglik", "criterion", "s", "m");
        std::vector<std::string> names = families;
        if (families == std::vector<std::string>{"all"}) names = model_names_for(data, specification);
        for (const auto& family : names) {
            try {
                const ModelChoice choice = model_choice_from_name(family, specification);
                if (!choice.automatic) {
                    const FitResult r = fit(shared, choice.specification, options);
                    print_row(family, r.model(), truth, threads, r.candidates[r.chosen].criterion, r.seconds,
                              "");
                    continue;
                }
                const FitResult r = fit_automatic(shared, choice.specification, options);
                for (const auto& [nu, objective] : r.smoothness_objectives)
                    std::printf("  smoothness %.1f: %.1f\n", nu, objective);
                for (const auto& c : r.candidates)
                    if (c.chosen || c.model->specification().deformation != DeformationKind::anisotropic)
                        print_row(c.model->label(), *c.model, truth, threads, c.criterion, r.seconds,
                                  c.chosen ? "  chosen (auto)" : "");
            } catch (const Error& error) {
                std::printf("%-28s %s\n", family.c_str(), error.what());
            }
        }
    }
}
