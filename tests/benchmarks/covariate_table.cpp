// SPDX-License-Identifier: GPL-3.0-or-later
// What a covariate (elevation, say) is worth: not used, in the trend, in the distance, in both; and what
// Student noise and a varying nugget are worth beside it. Scores of the same folds, differences against
// the covariate in the trend, and evidence.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "core/io/import.h"
#include "core/validate/cross_validation.h"

using namespace anamorph;

namespace {

struct Variant {
    const char* name;
    bool trend, distance, student, varying_nugget;
};
constexpr Variant variants[] = {
    {"in the trend", true, false, false, false},       {"not used", false, false, false, false},
    {"in the distance", false, true, false, false},    {"in both", true, true, false, false},
    {"trend, Student noise", true, false, true, false}, {"trend, varying nugget", true, false, false, true}};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"What a covariate is worth in the trend and in the distance"};
    std::string file, value, covariate, model = "stationary";
    int folds = 10, blocks = 0, threads = 1;
    std::uint64_t seed = 1;
    app.add_option("file", file)->required();
    app.add_option("--value", value)->required();
    app.add_option("--covariate", covariate)->required();
    app.add_option("--model", model);
    app.add_option("--folds", folds);
    app.add_option("--blocks", blocks, "so many blocks along each axis instead of random folds");
    app.add_option("--seed", seed);
    app.add_option("--threads", threads);
    CLI11_PARSE(app, argc, argv);

    QuickImport roles;
    roles.value = value;
    roles.covariates = {covariate};
    const auto data = std::make_shared<const SpatialDataset>(import_file(file, roles));
    std::vector<ModelChoice> models;
    for (const Variant& v : variants) {
        ModelSpecification s;
        s.trend = v.trend ? Trend::covariates : Trend::constant;
        if (v.distance) s.distance_covariates = {covariate};
        if (v.student) s.noise = NoiseKind::student;
        s.varying_nugget = v.varying_nugget;
        models.push_back(model_choice_from_name(model, s));
        models.back().name = v.name;
    }
    ValidationOptions options;
    options.fit.threads = options.predict.threads = threads;
    const Folds split = blocks > 0 ? block_folds(*data, blocks, blocks, folds, seed)
                                   : random_folds(data->size(), folds, seed);
    const ValidationResult result = validate(data, models, split, options);
    std::printf("%s, %s, %s, %s\n", data->name.c_str(), value.c_str(), model.c_str(), split.description.c_str());
    const Vector& reference = result.models[0].site_scores.log_score;
    for (const ModelScores& m : result.models) {
        if (!m.failure.empty()) {
            std::printf("%-24s failed: %s\n", m.name.c_str(), m.failure.c_str());
            continue;
        }
        std::vector<Index> sizes;
        for (const auto& rows : split.test_rows) sizes.push_back(static_cast<Index>(rows.size()));
        const ScoreDifference d = split.clustered
                                      ? clustered_difference(m.site_scores.log_score, reference, sizes)
                                      : paired_difference(m.site_scores.log_score, reference);
        std::printf("%-24s ls %7.4f  difference %7.4f (%.4f)  rmse %7.4f  crps %7.4f  cov90 %.3f  criterion "
                    "%9.2f\n",
                    m.name.c_str(), m.scores.log_score, d.mean, d.standard_error, m.scores.rmse, m.scores.crps,
                    m.scores.coverage_90, m.criterion);
    }
}
