// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/verdict.h"

#include <algorithm>
#include <cmath>

#include "core/data/realisations.h"
#include "core/fit/leave_one_out.h"
#include "core/fit/warnings.h"
#include "core/likelihood/shared_places.h"

namespace anamorph {

namespace {

/// Leave-one-out gain of a over b: difference in log score (positive: a is better) with its
/// standard error, and the change of RMSE. Of several realisations the values of one site err together, and
/// the standard error counts sites: √(Σ_p (Σ_{i at p} (d_i − d̄))² k/(k − 1))/n over k sites (Liang and Zeger
/// 1986, Biometrika 73:13).
struct Gain {
    double log_score = 0.0, standard_error = 0.0, rmse_percent = 0.0;
};

Gain gain_of(const FittedModel& a, const FittedModel& b) {
    const LeaveOneOut la = leave_one_out(a.state()), lb = leave_one_out(b.state());
    Gain g;
    if (la.log_score.size() == 0 || lb.log_score.size() == 0) return g;
    const Vector d = lb.log_score - la.log_score;
    const double n = static_cast<double>(d.size());
    g.log_score = d.mean();
    const SpatialDataset& data = a.dataset();
    if (data.has_realisations() && d.size() == data.size()) {
        const Places places = places_of(data.coordinates);
        Vector sum = Vector::Zero(places.points.rows());
        for (Index i = 0; i < d.size(); ++i) sum(places.of_site[static_cast<std::size_t>(i)]) += d(i) - g.log_score;
        const auto k = static_cast<double>(sum.size());
        g.standard_error = std::sqrt(sum.squaredNorm() * k / std::max(1.0, k - 1.0)) / n;
    } else {
        g.standard_error = std::sqrt((d.array() - g.log_score).square().sum() / (n - 1.0) / n);
    }
    g.rmse_percent =
        100.0 * (std::sqrt(la.error.squaredNorm() / lb.error.squaredNorm()) - 1.0);
    return g;
}

const CandidateModel* best_of(const FitResult& r, bool warped) {
    const CandidateModel* best = nullptr;
    for (const auto& c : r.candidates)
        if (is_warp(*c.model) == warped && std::isfinite(c.criterion) &&
            (!best || c.criterion < best->criterion))
            best = &c;
    return best;
}

std::string sureness(double probability) {
    if (probability > 0.99) return "That is clear";
    if (probability > 0.9) return "That is fairly sure";
    if (probability > 0.67) return "That is likely, not sure";
    return "That is nearly a toss-up";
}

std::string percent(double share) {
    if (share > 0.999) return "over 99.9 %";
    if (share < 0.001) return "under 0.1 %";
    return fixed_number(100.0 * share, share > 0.99 || share < 0.01 ? 1 : 0) + " %";
}

std::string gain_sentence(const Gain& g, const std::string& against, bool several_realisations) {
    const bool beyond = std::abs(g.log_score) > 2.0 * g.standard_error;
    std::string s = std::string("Leaving out one ") + (several_realisations ? "value" : "site") +
                    " at a time, the log score is " +
                    fixed_number(std::abs(g.log_score), 3) + " ± " + fixed_number(g.standard_error, 3) +
                    (g.log_score >= 0.0 ? " better than " : " worse than ") + against + "'s" +
                    (beyond ? "" : ", within two standard errors");
    if (g.rmse_percent <= -3.0)
        s += ", and the prediction error (RMSE) falls by " + fixed_number(-g.rmse_percent, 0) + " %.";
    else if (g.rmse_percent >= 3.0)
        s += ", but the prediction error (RMSE) grows by " + fixed_number(g.rmse_percent, 0) + " %.";
    else
        s += ". The prediction error (RMSE) hardly changes (" + fixed_number(g.rmse_percent, 1) +
             " %): the gain, if any, is in the uncertainty.";
    return s;
}

const CandidateModel* simplest(const FitResult& r) {
    for (const auto& c : r.candidates)
        if (c.model->specification().deformation == DeformationKind::stationary &&
            !c.model->has_log_scale())
            return &c;
    return nullptr;
}

void write_verdict(FitResult& r) {
    const CandidateModel& chosen = r.candidates[r.chosen];
    const CandidateModel* warped = best_of(r, true);
    const CandidateModel* straight = best_of(r, false);
    double warp_probability = 0.0;
    for (const auto& c : r.candidates)
        if (is_warp(*c.model)) warp_probability += c.weight;
    const std::string label = chosen.model->label();
    const bool several = chosen.model->dataset().has_realisations();

    if (is_warp(*chosen.model)) {
        r.verdict_title = "The deformation is worth it.";
        r.verdict = "Chosen: " + label + ".";
        if (straight) {
            r.verdict += " Its evidence is " + fixed_number(straight->criterion - chosen.criterion, 1) +
                         " nats above the best model without deformation (" +
                         straight->model->label() + "). " + sureness(warp_probability) +
                         ": the probability of a deformation is " + percent(warp_probability) +
                         ". " + gain_sentence(gain_of(*chosen.model, *straight->model),
                                              straight->model->label(), several);
        }
        return;
    }
    const bool variance_only = chosen.model->has_log_scale();
    const bool turned = chosen.model->specification().deformation == DeformationKind::anisotropic;
    r.verdict_title = variance_only ? "The variance varies; no deformation is needed."
                      : turned      ? "Geometric anisotropy is enough; no deformation is needed."
                                    : "The data do not support a deformation.";
    r.verdict = "Chosen: " + label + ".";
    if (warped)
        r.verdict += " The best deformation (" + warped->model->label() + ") is " +
                     fixed_number(warped->criterion - chosen.criterion, 1) + " nats behind. " +
                     sureness(1.0 - warp_probability) + ": the probability of a deformation is " +
                     percent(warp_probability) + ".";
    const CandidateModel* plain = simplest(r);
    if (plain && plain != &chosen)
        r.verdict += " " + gain_sentence(gain_of(*chosen.model, *plain->model),
                                         plain->model->label(), several);
    else
        r.verdict += " A warped map would look interesting and predict no better.";
}

/// What the verdict on several realisations is about: their sites, whose other values each one that is left
/// out had in the fit.
std::string scope_of(const FittedModel& chosen) {
    const SpatialDataset& data = chosen.dataset();
    if (!data.has_realisations()) return {};
    return " The evidence is that of " + std::to_string(realisation_count(data)) +
           " realisations, taken to be independent, at the sites that were measured" +
           (persistent_sites_warning(chosen)
                ? "; these differ persistently, so that it and the gain overstate what new sites have of it: hold out "
                  "whole sites to see that."
                : "; what new sites gain is told by holding out whole sites.");
}

/// A title that says "worth it" must not stand above a warning that says the opposite.
void express_doubts(FitResult& r) {
    const FittedModel& chosen = r.model();
    const CandidateModel* plain = simplest(r);
    if (no_correlation_warning(plain ? *plain->model : chosen)) {
        r.verdict_title = "No spatial correlation is visible.";
        r.doubtful = true;
    } else if (is_warp(chosen) && fold_warning(chosen)) {
        r.verdict_title = "A deformation was chosen, but it folds space: see the warnings.";
        r.doubtful = true;
    } else if (is_warp(chosen) && collapse_warning(chosen)) {
        r.verdict_title = "A deformation was chosen, but it is nearly singular: see the warnings.";
        r.doubtful = true;
    } else if (is_warp(chosen) &&
               (outlier_warning(chosen) || (plain && outlier_warning(*plain->model)))) {
        r.verdict_title = "A deformation was chosen, but an outlier may have made it.";
        r.doubtful = true;
    } else if (is_warp(chosen) && persistent_sites_warning(chosen)) {
        r.verdict_title = "A deformation was chosen, but sites that differ persistently may have made it.";
        r.doubtful = true;
    }
}

}  // namespace

void judge(FitResult& r) {
    double best = std::numeric_limits<double>::infinity();
    r.chosen = r.candidates.size() - 1;
    for (std::size_t i = 0; i < r.candidates.size(); ++i)
        if (std::isfinite(r.candidates[i].criterion) && r.candidates[i].criterion < best) {
            best = r.candidates[i].criterion;
            r.chosen = i;
        }
    double sum = 0.0;
    for (auto& c : r.candidates) {
        c.weight = std::isfinite(c.criterion) ? std::exp(best - c.criterion) : 0.0;
        sum += c.weight;
    }
    for (std::size_t i = 0; i < r.candidates.size(); ++i) {
        CandidateModel& c = r.candidates[i];
        c.weight = sum > 0.0 ? c.weight / sum : 0.0;
        c.chosen = i == r.chosen;
        if (!std::isfinite(c.criterion))
            c.standing = "stopped before it could be compared";
        else if (c.chosen)
            c.standing = "chosen";
        else if (c.criterion - best < 3.0)
            c.standing = "close: " + fixed_number(c.criterion - best, 1) + " nats behind";
        else
            c.standing = "not supported: " + fixed_number(c.criterion - best, 1) + " nats behind";
    }
    if (r.stopped_early && sum == 0.0) {
        r.verdict_title = "Stopped early.";
        r.verdict = "The fit was stopped before any class could be compared; this is " +
                    r.candidates[r.chosen].model->label() + " as far as it came.";
        return;
    }
    write_verdict(r);
    r.verdict += scope_of(r.model());
    express_doubts(r);
    if (r.stopped_early)
        r.verdict += " The fit was stopped early: classes that were not finished are not compared.";
}

}  // namespace anamorph
