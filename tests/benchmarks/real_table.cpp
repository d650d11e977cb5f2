// SPDX-License-Identifier: GPL-3.0-or-later
// Held-out scores of every class and of the automatic choice on one data set with a given split:
// a table with a column `split` (or several, one a split) that is 1 for test rows. Prints the change
// of the mean negative log predictive density against the stationary model (negative is better).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/error.h"
#include "core/fit/fit.h"
#include "core/io/import.h"
#include "core/predict/kriging.h"
#include "core/validate/scores.h"

using namespace anamorph;

int main(int argc, char** argv) {
    CLI::App app{"Held-out scores of the classes and of the choice on given splits"};
    std::string file, transform = "none", x, y, z, value;
    std::vector<std::string> splits = {"split"}, covariates;
    int threads = 1;
    bool quiet = false;
    app.add_option("file", file)->required();
    app.add_option("--x", x);
    app.add_option("--y", y);
    app.add_option("--z", z);
    app.add_option("--value", value)->required();
    app.add_option("--covariates", covariates)->delimiter(',');
    app.add_option("--splits", splits, "columns that are 1 for test rows")->delimiter(',');
    app.add_option("--transform", transform, "none, log or sqrt of the value");
    app.add_option("--threads", threads);
    std::string likelihood = "auto";
    LikelihoodOptions approximation;
    app.add_option("--likelihood", likelihood, "auto, exact or vecchia");
    app.add_option("--neighbours", approximation.neighbours, "of the Vecchia likelihood");
    app.add_flag("--quiet", quiet, "only the summary line");
    CLI11_PARSE(app, argc, argv);

    QuickImport roles;
    roles.x = x, roles.y = y, roles.z = z, roles.value = value;
    roles.covariates = covariates;
    for (const auto& s : splits) roles.covariates.push_back(s);
    roles.duplicates = DuplicatePolicy::keep;
    SpatialDataset all = import_file(file, roles);
    const auto given = static_cast<Index>(covariates.size());
    // Covariates come in the order of the file's columns; pick them by name.
    const auto columns = [&all](const std::vector<std::string>& names) {
        Matrix picked(all.size(), static_cast<Index>(names.size()));
        for (std::size_t k = 0; k < names.size(); ++k) {
            const auto at = std::find(all.covariate_names.begin(), all.covariate_names.end(), names[k]);
            if (at == all.covariate_names.end())
                throw Error(ErrorCode::bad_input, "There is no column " + names[k] + ".");
            picked.col(static_cast<Index>(k)) = all.covariates.col(at - all.covariate_names.begin());
        }
        return picked;
    };
    const Matrix flags = columns(splits);
    all.covariates = columns(covariates);
    all.covariate_names = covariates;
    if (transform == "log") all.values = all.values.array().log();
    if (transform == "sqrt") all.values = all.values.array().sqrt();

    double regret_sum = 0.0, regret_max = 0.0, loss_max = -1e300;
    for (std::size_t k = 0; k < splits.size(); ++k) {
        std::vector<Index> train, test;
        for (Index i = 0; i < all.size(); ++i)
            (flags(i, static_cast<Index>(k)) > 0.5 ? test : train).push_back(i);
        const auto data = std::make_shared<SpatialDataset>(all.subset(train));
        const SpatialDataset held = all.subset(test);
        ModelSpecification spec;
        spec.likelihood = approximation;
        spec.likelihood.kind = likelihood_from_string(likelihood);
        if (given > 0) spec.trend = Trend::covariates;
        FitOptions options;
        options.threads = threads;
        const FitResult r = fit_automatic(data, spec, options);
        Vector reference;
        double best = 1e300, chosen = 0.0, stationary = 0.0;
        for (const auto& c : r.candidates) {
            PredictOptions po;
            po.target = PredictionTarget::observation;
            po.threads = threads;
            const Prediction p = predict_at(*c.model, held.coordinates, held.covariates, po);
            const Scores s = scores(held.values, p.mean, p.variance);
            const SiteScores each = site_scores(held.values, p.mean, p.variance);
            if (reference.size() == 0) reference = each.log_score, stationary = s.log_score;
            const ScoreDifference d = paired_difference(each.log_score, reference);
            best = std::min(best, s.log_score);
            if (c.chosen) chosen = s.log_score;
            if (!quiet)
                std::printf("%-8s n %4ld nt %4ld nu %.1f %-28s ls %8.4f  change %7.3f (%.3f)  rmse "
                            "%9.4f crps %9.4f cov90 %.3f crit %9.2f%s\n",
                            splits[k].c_str(), static_cast<long>(data->size()),
                            static_cast<long>(held.size()), c.model->parameters().smoothness,
                            c.model->label().c_str(), s.log_score, d.mean, d.standard_error, s.rmse,
                            s.crps, s.coverage_90, c.criterion, c.chosen ? "  chosen" : "");
        }
        std::printf("%-8s chosen %-28s change %7.3f regret %.3f  %.1f s\n", splits[k].c_str(),
                    r.model().label().c_str(), chosen - stationary, chosen - best, r.seconds);
        std::fflush(stdout);
        regret_sum += chosen - best;
        regret_max = std::max(regret_max, chosen - best);
        loss_max = std::max(loss_max, chosen - stationary);
    }
    std::printf("%s %s: mean regret %.3f, largest %.3f, largest loss against stationary %.3f\n",
                file.substr(file.find_last_of('/') + 1).c_str(), value.c_str(),
                regret_sum / static_cast<double>(splits.size()), regret_max, loss_max);
}
