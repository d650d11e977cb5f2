// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/comparison_verdict.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace anamorph {
namespace {

constexpr std::size_t few_folds = 10;     ///< fewer clusters give rough standard errors
constexpr std::size_t names_in_a_list = 4;

std::string number(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

/// As people call it.
const std::string& called(const ModelScores& model) { return model.label.empty() ? model.name : model.label; }

/// "a", "a and b", "a, b and c", "a, b, c and 7 more".
std::string list_of(const std::vector<std::string>& names) {
    const std::size_t shown = names.size() > names_in_a_list ? names_in_a_list - 1 : names.size();
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        const bool last = i + 1 == names.size();
        text += (i == 0 ? "" : last ? " and " : ", ") + names[i];
    }
    if (shown < names.size()) text += " and " + std::to_string(names.size() - shown) + " more";
    return text;
}

/// The words about one comparison, sentence by sentence.
class Words {
public:
    explicit Words(const ValidationResult& result)
        : r_(result), best_(result.models[result.best()]) {
        for (const std::size_t i : r_.by_rank()) {
            const ModelScores& m = r_.models[i];
            if (!m.failure.empty()) continue;
            ++scored_;
            if (&m == &best_) continue;
            if (m.ties_with_best) ties_.push_back(&m);
            if (m.name == r_.reference) reference_ = &m;
        }
    }

    [[nodiscard]] std::string winner() const {
        return called(best_) + (scored_ > 1 ? " predicts best: its log score is " : " has a log score of ") +
               number(best_.scores.log_score, 3) + " nats a " + unit() + " over " +
               std::to_string(best_.scores.count) + " held-out values (" + r_.folds.description + ").";
    }

    [[nodiscard]] std::string ties() const {
        if (scored_ < 2) return {};
        if (ties_.empty())
            return scored_ == 2 ? " That is better than the other by more than two standard errors."
                                : " That is better than each of the others by more than two standard errors.";
        std::vector<std::string> names;
        for (const auto* m : ties_) names.push_back(called(*m));
        if (scored_ == 2)
            return " It cannot be told from " + names[0] + ", which is within two standard errors.";
        if (ties_.size() + 1 == scored_)
            return " No other model can be told from it: all " + std::to_string(ties_.size()) +
                   " others are within two standard errors.";
        return " It cannot be told from " + list_of(names) + ", " +
               (names.size() == 1 ? "which is" : "which are") + " within two standard errors.";
    }

    /// Of models that predict alike, the one with the fewest effective parameters.
    [[nodiscard]] std::string simplest() const {
        const ModelScores* simplest = &best_;
        for (const auto* m : ties_)
            if (m->effective_parameters < simplest->effective_parameters) simplest = m;
        if (simplest == &best_) return {};
        return " The simplest of these is " + called(*simplest) + " (" +
               number(simplest->effective_parameters, 0) + " effective parameters; " + called(best_) +
               " has " + number(best_.effective_parameters, 0) + ").";
    }

    [[nodiscard]] std::string against_reference() const {
        if (!reference_) return {};
        const ScoreDifference& gain = best_.from_reference.log_score;
        const std::string text = " Against " + called(*reference_) + " it gains " + number(-gain.mean, 3) +
                                 " ± " + number(gain.standard_error, 3) + " nats a " + unit();
        if (reference_->ties_with_best)
            return text + ": nothing here is shown to predict better than " + called(*reference_) + ".";
        const ModelDifference& d = best_.from_reference;
        if (-d.rmse > 2.0 * d.rmse_standard_error)
            return text + "; its root mean square error is smaller by " +
                   number(-100.0 * d.rmse / reference_->scores.rmse, 1) + " %.";
        return text +
               "; the root mean square error does not improve beyond noise: what changes is how the "
               "uncertainty is spread.";
    }

    /// What was held out, where that is not whole sites.
    [[nodiscard]] std::string scope() const {
        if (!r_.held_out_sites_remain) return {};
        return std::string(" Values were held out whose sites stay in the fit with other realisations: this is how "
                           "further realisations at measured sites are predicted. ") +
               (scored_ > 1 ? "What is gained at new sites may be less, and is told by holding out whole sites."
                            : "How new sites are predicted is told by holding out whole sites.");
    }

    [[nodiscard]] std::string evidence() const {
        const ModelScores* favoured = nullptr;
        std::size_t known = 0;
        for (const auto& m : r_.models) {
            if (!m.failure.empty() || !std::isfinite(m.criterion)) continue;
            ++known;
            if (!favoured || m.criterion < favoured->criterion) favoured = &m;
        }
        if (known < 2) return {};
        if (favoured == &best_) return " The evidence favours it too.";
        if (!std::isfinite(best_.criterion))
            return " Of those that have an evidence, it favours " + called(*favoured) + ".";
        return " The evidence favours " + called(*favoured) + ", by " +
               number(best_.criterion - favoured->criterion, 1) + " nats over " + called(best_) + ".";
    }

    /// Intervals that cover too much or too little, beyond what chance gives.
    [[nodiscard]] std::string coverage() const {
        const double error = std::sqrt(0.9 * 0.1 / static_cast<double>(best_.scores.count));
        const double off = best_.scores.coverage_90 - 0.9;
        if (std::abs(off) < std::max(0.02, 3.0 * error)) return {};
        return " Mind its 90 % intervals: they hold " + number(100.0 * best_.scores.coverage_90, 0) +
               " % of the values.";
    }

    [[nodiscard]] std::string roughness() const {
        const std::size_t folds = r_.folds.test_rows.size();
        if (scored_ < 2 || !r_.folds.clustered || folds >= few_folds) return {};
        return " With only " + std::to_string(folds) +
               " folds of whole pieces the standard errors themselves are rough.";
    }

private:
    [[nodiscard]] std::string unit() const { return r_.several_realisations ? "value" : "site"; }

    const ValidationResult& r_;
    const ModelScores& best_;
    std::vector<const ModelScores*> ties_;
    const ModelScores* reference_ = nullptr;  ///< null: the best is the reference
    std::size_t scored_ = 0;
};

/// Models that failed, those of one reason together.
std::string failures(const ValidationResult& result) {
    std::map<std::string, std::vector<std::string>> by_reason;
    for (const auto& m : result.models)
        if (!m.failure.empty()) by_reason[m.failure].push_back(called(m));
    std::string text;
    for (const auto& [reason, names] : by_reason)
        text += " " + list_of(names) + " could not be compared: " + reason;
    return text;
}

}  // namespace

std::string comparison_verdict(const ValidationResult& result) {
    std::string text;
    if (result.interrupted)
        text = "Cancelled after " + std::to_string(result.models.size()) + " of " +
               std::to_string(result.planned) + " models. ";
    else if (result.models.size() < result.planned)
        text = "So far, " + std::to_string(result.models.size()) + " of " +
               std::to_string(result.planned) + " models: ";
    if (result.best() == result.models.size())
        return text + "No model could be fitted." + failures(result);
    const Words words(result);
    return text + words.winner() + words.ties() + words.simplest() + words.against_reference() +
           words.scope() + words.evidence() + words.coverage() + words.roughness() + failures(result);
}

}  // namespace anamorph
