// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/ranking.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/validate/comparison_verdict.h"

namespace anamorph {
namespace {

constexpr double two_standard_errors = 2.0;

bool scored(const ModelScores& model) { return model.failure.empty(); }

/// Standard errors by sites or by folds.
class Pairing {
public:
    explicit Pairing(const Folds& folds) : clustered_(folds.clustered) {
        for (const auto& rows : folds.test_rows) sizes_.push_back(static_cast<Index>(rows.size()));
    }
    [[nodiscard]] ScoreDifference difference(const Vector& a, const Vector& b) const {
        return clustered_ ? clustered_difference(a, b, sizes_) : paired_difference(a, b);
    }

private:
    bool clustered_;
    std::vector<Index> sizes_;
};

ModelDifference unknown_difference() {
    const double nan = ModelScores::unknown;
    return {{nan, nan}, {nan, nan}, {nan, nan}, nan, nan};
}

/// The root mean squares differ with a standard error by the delta method: the influence of site i
/// on √(mean e²) is (eᵢ² − mean e²)/(2 √(mean e²)).
ModelDifference difference(const ModelScores& model, const ModelScores& other, const Pairing& pairing) {
    if (!scored(model) || !scored(other)) return unknown_difference();
    const SiteScores& a = model.site_scores;
    const SiteScores& b = other.site_scores;
    ModelDifference d;
    d.log_score = pairing.difference(a.log_score, b.log_score);
    d.crps = pairing.difference(a.crps, b.crps);
    d.squared_error = pairing.difference(a.squared_error, b.squared_error);
    d.rmse = model.scores.rmse - other.scores.rmse;
    if (model.scores.rmse > 0.0 && other.scores.rmse > 0.0)
        d.rmse_standard_error = pairing
                                    .difference(a.squared_error / (2.0 * model.scores.rmse),
                                                b.squared_error / (2.0 * other.scores.rmse))
                                    .standard_error;
    return d;
}

/// "stationary" if it was scored, else the first model that was.
std::size_t reference_of(const std::vector<ModelScores>& models) {
    std::size_t first = models.size();
    for (std::size_t i = 0; i < models.size(); ++i) {
        if (!scored(models[i])) continue;
        if (models[i].name == "stationary") return i;
        first = std::min(first, i);
    }
    return first;
}

std::string csv_text(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string csv_number(double value) {
    if (!std::isfinite(value)) return {};
    char text[40];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

}  // namespace

std::vector<std::size_t> ValidationResult::by_rank() const {
    std::vector<std::size_t> order(models.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const bool good = scored(models[a]);
        if (good != scored(models[b])) return good;
        return good && models[a].scores.log_score < models[b].scores.log_score;
    });
    return order;
}

std::size_t ValidationResult::best() const {
    const auto order = by_rank();
    return order.empty() || !scored(models[order[0]]) ? models.size() : order[0];
}

void rank_models(ValidationResult& result) {
    std::vector<ModelScores>& models = result.models;
    const Pairing pairing(result.folds);
    const std::size_t best = result.best();
    const std::size_t reference = reference_of(models);
    result.reference = reference < models.size() ? models[reference].name : std::string();
    int rank = 0;
    for (const std::size_t i : result.by_rank()) {
        ModelScores& model = models[i];
        model.rank = scored(model) ? ++rank : 0;
        model.ties_with_best = false;
        model.from_best = model.from_reference = unknown_difference();
        model.evidence_gain = ModelScores::unknown;
        if (best == models.size()) continue;
        model.from_best = difference(model, models[best], pairing);
        model.from_reference = difference(model, models[reference], pairing);
        model.evidence_gain = models[reference].criterion - model.criterion;
        // A standard error that is not known cannot tell two models apart.
        const ScoreDifference& d = model.from_best.log_score;
        model.ties_with_best = scored(model) && !(d.mean > two_standard_errors * d.standard_error);
    }
    result.verdict = comparison_verdict(result);
}

std::string comparison_csv(const ValidationResult& result) {
    std::string text =
        "rank,model,log_score,log_score_minus_best,standard_error,log_score_minus_reference,"
        "standard_error_reference,crps,rmse,mae,coverage_90,coverage_95,width_95,log_likelihood,"
        "evidence_gain,effective_parameters,seconds,ties_with_best,failure\n";
    for (const std::size_t i : result.by_rank()) {
        const ModelScores& m = result.models[i];
        const bool good = scored(m);
        const auto number = [&](double value) { return "," + (good ? csv_number(value) : std::string()); };
        text += (good ? std::to_string(m.rank) : std::string()) + "," + csv_text(m.name);
        for (const double value :
             {m.scores.log_score, m.from_best.log_score.mean, m.from_best.log_score.standard_error,
              m.from_reference.log_score.mean, m.from_reference.log_score.standard_error, m.scores.crps,
              m.scores.rmse, m.scores.mae, m.scores.coverage_90, m.scores.coverage_95,
              m.scores.width_95})
            text += number(value);
        for (const double value : {m.log_likelihood, m.evidence_gain, m.effective_parameters, m.seconds})
            text += "," + csv_number(value);
        text += good ? (m.ties_with_best ? ",yes," : ",no,") : ",,";
        text += (m.failure.empty() ? std::string() : csv_text(m.failure)) + "\n";
    }
    return text;
}

}  // namespace anamorph
