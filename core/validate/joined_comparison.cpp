// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/joined_comparison.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/fit/options_json.h"
#include "core/fit/specification_json.h"

namespace anamorph {

std::string comparison_settings(const ModelSpecification& base, const FitOptions& options,
                                const std::string& hold_out) {
    ModelSpecification without_family = base;
    set_model(without_family, "stationary");
    nlohmann::json fit = json_of(options);
    fit.erase("threads");
    fit.erase("snapshots_per_second");
    return nlohmann::json{{"hold_out", hold_out}, {"model", json_of(without_family)}, {"fit", fit}}
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool can_join(const ValidationResult& earlier, const std::string& settings) {
    return !settings.empty() && earlier.settings == settings;
}

ValidationResult joined(const ValidationResult& earlier, const ValidationResult& later,
                        const std::vector<std::string>& asked) {
    if (!can_join(earlier, later.settings) || earlier.folds.test_rows != later.folds.test_rows)
        throw Error(ErrorCode::bad_input, "Models compared on other folds or with other settings do not belong into one table.");
    ValidationResult result = later;
    const auto again = [&later](const ModelScores& model) {
        return std::any_of(later.models.begin(), later.models.end(),
                           [&](const ModelScores& other) { return other.name == model.name; });
    };
    std::vector<ModelScores> models;
    result.planned = asked.size();
    for (const ModelScores& model : earlier.models) {
        if (again(model)) continue;
        models.push_back(model);
        if (std::find(asked.begin(), asked.end(), model.name) == asked.end()) ++result.planned;
    }
    models.insert(models.end(), later.models.begin(), later.models.end());
    result.models = std::move(models);
    rank_models(result);
    return result;
}

}  // namespace anamorph
