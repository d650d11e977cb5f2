// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <map>

#include "core/fit/added_units.h"
#include "core/fit/classes.h"
#include "core/fit/coarse_to_fine.h"
#include "core/fit/combinations.h"
#include "core/fit/laplace.h"
#include "core/fit/resolution_ladder.h"
#include "core/fit/stage.h"
#include "core/fit/velocity_levels.h"
#include "core/likelihood/lapack.h"

namespace anamorph {

namespace {

constexpr Index small_sample = 300;         // smoothness and class are chosen jointly up to here
constexpr double half_favoured_by = 2.0;    // nats, in small samples
constexpr Index subset_from = 30'000;       // above: classes are compared on a subset
constexpr Index subset_size = 20'000;

using Kind = DeformationKind;

struct Class {
    Kind kind;
    bool log_scale;
};
constexpr Class classes[] = {{Kind::stationary, false},     {Kind::anisotropic, false},
                             {Kind::velocity_field, false}, {Kind::stationary, true},
                             {Kind::anisotropic, true},     {Kind::velocity_field, true}};

class AutomaticFit {
public:
    AutomaticFit(TrainingRun& run, std::shared_ptr<const SpatialDataset> data,
                 const ModelSpecification& asked)
        : run_(run), data_(std::move(data)), asked_(with_resolved_likelihood(asked, *data_)) {
        const bool plain = asked.log_scale != LogScale::yes, scaled = asked.log_scale != LogScale::no;
        for (const Class& c : classes)
            if ((c.log_scale ? scaled : plain) &&
                !(c.kind == Kind::anisotropic && data_->dimension() == 1))
                wanted_.push_back(c);
        const ModelState any = make_model(data_, specification(Kind::stationary, false, Smoothness::half), 1);
        if (data_->size() > subset_from && wants_coarse_start(any))
            subset_ = well_spread_rows(any, subset_size);
    }

    FitResult run() {
        const std::vector<Smoothness> all = {Smoothness::half, Smoothness::three_halves,
                                             Smoothness::five_halves};
        const auto& earlier = run_.options().resume_from;
        if (earlier && !earlier->candidates.empty() && earlier->smoothness_chosen)
            return classes_at(earlier->model().specification().smoothness, earlier.get());
        if (asked_.smoothness != Smoothness::automatic ||
            asked_.correlation != CorrelationFamily::matern)
            return classes_at(asked_.smoothness, nullptr);
        return data_->size() <= small_sample ? jointly(all) : one_after_the_other(all);
    }

private:
    ModelSpecification specification(Kind kind, bool log_scale, Smoothness nu) const {
        ModelSpecification s = asked_;
        s.deformation = kind;
        s.log_scale = log_scale ? LogScale::yes : LogScale::no;
        s.smoothness = nu;
        if (kind != Kind::velocity_field) s.design_weight = 0.0;
        s.fine_basis_size = 0;  // the second level is tried when the first is fitted
        return s;
    }

    /// A model at its start, on the fitted sites and conditioned in geographic space.
    ModelState model_of(const ModelSpecification& s, std::uint64_t seed) const {
        ModelState model = make_model(data_, s, seed);
        model.rows = subset_;
        model.conditioning = geographic_;
        return model;
    }

    double planned_evaluations() const {
        double total = 0.0;
        for (const Class& c : wanted_) {
            const auto s = specification(c.kind, c.log_scale, Smoothness::half);
            const ModelState m = make_model(data_, s, 1);
            total += expected_evaluations(s);
            if (m.parameter_count() > 2) total += static_cast<double>(m.parameter_count());
        }
        return total;
    }

    /// Small samples: every class with every smoothness, compared by evidence.
    FitResult jointly(const std::vector<Smoothness>& all) {
        run_.plan(3 * static_cast<int>(wanted_.size()), 3.0 * planned_evaluations());
        std::vector<ModelState> best;
        double best_criterion = std::numeric_limits<double>::infinity();
        std::vector<std::pair<double, double>> table;
        for (Smoothness nu : all) {
            auto models = fit_classes(nu, nullptr);
            double smallest = std::numeric_limits<double>::infinity();
            for (const auto& m : models)
                if (std::isfinite(m.criterion)) smallest = std::min(smallest, m.criterion);
            if (nu == Smoothness::half) smallest -= half_favoured_by;
            table.emplace_back(smoothness_value(nu), smallest);
            if (smallest < best_criterion || best.empty()) {
                best_criterion = smallest;
                best = std::move(models);
            }
            if (run_.stopped()) break;
        }
        FitResult result = finish(run_, std::move(best), true);
        result.smoothness_objectives = std::move(table);
        return result;
    }

    /// Larger samples: the smoothness by the penalised objective after a short warp, then the
    /// classes.
    FitResult one_after_the_other(const std::vector<Smoothness>& all) {
        run_.plan(9 + static_cast<int>(wanted_.size()), 3.0 * 75.0 + planned_evaluations());
        std::vector<std::pair<double, double>> table;
        Smoothness chosen = Smoothness::half;
        double smallest = std::numeric_limits<double>::infinity();
        const auto& earlier = run_.options().resume_from;
        for (Smoothness nu : all) {
            run_.keep_smoothness(table, false);
            double objective = std::numeric_limits<double>::quiet_NaN();
            if (earlier)
                for (const auto& [known, value] : earlier->smoothness_objectives)
                    if (known == smoothness_value(nu)) objective = value;
            if (!std::isfinite(objective)) objective = short_warp(nu);
            table.emplace_back(smoothness_value(nu), objective);
            if (objective < smallest) smallest = objective, chosen = nu;
            if (run_.stopped()) break;
        }
        run_.keep_smoothness(table, true);
        FitResult result = classes_at(chosen, nullptr, false);
        result.smoothness_objectives = std::move(table);
        return result;
    }

    double short_warp(Smoothness nu) {
        std::optional<ModelState> previous;
        for (Kind kind : {Kind::stationary, Kind::anisotropic, Kind::velocity_field}) {
            if (kind == Kind::anisotropic && data_->dimension() == 1) continue;
            ModelState model = model_of(specification(kind, false, nu), 1);
            if (previous) start_from(model, *previous);
            StageOptions stage;
            stage.name = "smoothness: " + stage_name(model.specification);
            stage.relative_tolerance = 1e-6;
            stage.max_iterations = kind == Kind::velocity_field ? 40 : 30;
            stage.expected_evaluations = kind == Kind::velocity_field ? 45.0 : 15.0;
            fit_stage(run_, model, stage);
            if (!geographic_) geographic_ = model.conditioning;
            previous.emplace(std::move(model));
            if (run_.stopped()) break;
        }
        const double objective = previous->loss.total;
        warm_.insert_or_assign(nu, std::move(*previous));
        return objective;
    }

    FitResult classes_at(Smoothness nu, const FitResult* earlier, bool plan = true) {
        if (plan) run_.plan(static_cast<int>(wanted_.size()), planned_evaluations());
        return finished(fit_classes(nu, earlier));
    }

    std::vector<ModelState> fit_classes(Smoothness nu, const FitResult* earlier) {
        std::vector<ModelState> done;
        for (const Class& c : wanted_) {
            if (run_.stopped() && !done.empty()) break;
            ModelSpecification s = specification(c.kind, c.log_scale, nu);
            // The resolution that the plain velocity field found serves the one with log-scale too.
            const ModelState* plain = find(done, c.kind, false);
            if (c.log_scale && plain) {
                take_resolution(s, plain->specification);
            }
            if (const CandidateModel* known = earlier ? find_candidate(*earlier, s) : nullptr) {
                take_resolution(s, known->model->specification());
            }
            ModelState model = model_of(s, run_.options().seed);
            start(model, done, nu, earlier);
            StageOptions stage;
            stage.name = stage_name(s);
            stage.expected_evaluations = expected_evaluations(s);
            freeze_neighbours(model, plain, stage);
            fit_stage(run_, model, stage);
            if (!geographic_) geographic_ = model.conditioning;
            const bool finished = !run_.stopped() && compute_posterior(run_, model);
            if (finished) run_.keep(model);
            if (finished && c.kind == Kind::velocity_field && !plain) refine(model);
            done.push_back(std::move(model));
        }
        return done;
    }

    static void take_resolution(ModelSpecification& s, const ModelSpecification& from) {
        s.basis_size = from.basis_size;
        s.ridge = from.ridge;
        s.fine_basis_size = from.fine_basis_size;
        s.fine_ridge = from.fine_ridge;
    }

    /// Resolution, a second level and added units of a fitted velocity field, each where evidence is
    /// for it.
    void refine(ModelState& model) {
        if (needs_ladder()) climb_resolution(run_, model);
        int fine = asked_.fine_basis_size;
        if (fine == 0)
            fine = second_level_worth_a_try(model.specification.basis_size, asked_.basis_size, data_->dimension(),
                                            model.fitted_site_count());
        if (fine > model.specification.basis_size && model.specification.fine_basis_size == 0 && !run_.stopped())
            try_second_level(run_, model, fine, needs_ladder());
        if (asked_.added_units > 0 && !run_.stopped()) add_units(run_, model);
    }

    /// Each class is compared on neighbours of its own: those of its deformed space, chosen after a
    /// short fit and kept for all resolutions and for the class with the log-scale.
    void freeze_neighbours(ModelState& model, const ModelState* plain, StageOptions& stage) const {
        const Kind kind = model.specification.deformation;
        if (plain) {
            model.conditioning = plain->conditioning;
        } else if (kind == Kind::velocity_field && warm_.contains(model.specification.smoothness)) {
            model.refresh_conditioning();
        } else {
            stage.refresh_neighbours = kind != Kind::stationary;
        }
    }

    /// Classes that were compared on a subset: the chosen one is fitted to all sites, the others are
    /// evaluated there. Criteria stay those of the subset.
    void take_up_all_sites(std::vector<ModelState>& models) {
        std::size_t best = 0;
        for (std::size_t i = 0; i < models.size(); ++i) {
            const bool better = !(models[i].criterion >= models[best].criterion);
            if (std::isfinite(models[i].criterion) && better) best = i;
        }
        run_.plan(1, 60.0);
        for (std::size_t i = 0; i < models.size(); ++i) {
            ModelState& model = models[i];
            model.rows = nullptr;
            model.conditioning = nullptr;
            if (i != best || run_.stopped()) {
                evaluate_stage(run_, model);
                continue;
            }
            const double criterion = model.criterion;
            StageOptions stage;
            stage.name = stage_name(model.specification) + ", all sites";
            stage.expected_evaluations = 40.0;
            stage.from_subset = true;
            stage.refresh_neighbours = model.specification.deformation != Kind::stationary;
            fit_stage(run_, model, stage);
            if (!run_.stopped()) (void)compute_posterior(run_, model);
            model.criterion = criterion;
        }
    }

    FitResult finished(std::vector<ModelState> models) {
        if (subset_) take_up_all_sites(models);
        FitResult result = finish(run_, std::move(models), true);
        if (subset_)
            result.verdict += " The classes were compared on a well-spread subset of " +
                              std::to_string(subset_size) + " of the " +
                              std::to_string(data_->size()) +
                              " sites; the chosen one was then fitted to all.";
        return result;
    }

    [[nodiscard]] bool needs_ladder() const { return needs_resolution_ladder(*data_); }

    static const ModelState* find(const std::vector<ModelState>& models, Kind kind, bool log_scale) {
        for (const auto& m : models)
            if (m.specification.deformation == kind && (m.log_scale_basis != nullptr) == log_scale)
                return &m;
        return nullptr;
    }

    /// Each class starts from the simpler ones that are done.
    void start(ModelState& model, const std::vector<ModelState>& done, Smoothness nu,
               const FitResult* earlier) const {
        if (earlier)
            if (const CandidateModel* c = find_candidate(*earlier, model.specification)) {
                const ModelState& state = c->model->state();
                if (velocity_field_of(state)) start_from(model, state);  // with its units
                if (state.parameter_count() == model.parameter_count()) {
                    model.set_parameters(state.parameters());
                    model.noise_weights = state.noise_weights;
                    return;
                }
            }
        const bool scaled = model.log_scale_basis != nullptr;
        const Kind kind = model.specification.deformation;
        const auto warm = warm_.find(nu);
        if (warm != warm_.end()) start_from(model, warm->second);
        if (const auto* s = find(done, Kind::stationary, scaled)) start_from(model, *s);
        if (kind != Kind::stationary)
            if (const auto* s = find(done, Kind::anisotropic, scaled)) start_from(model, *s);
        if (kind == Kind::velocity_field && warm != warm_.end()) {
            const double nugget = model.log_nugget_ratio;
            const Vector l = model.log_scale_coefficients;
            start_from(model, warm->second);
            model.log_nugget_ratio = nugget;
            model.log_scale_coefficients = l;
        }
        if (scaled)
            if (const auto* s = find(done, kind, false)) {
                const Vector l = model.log_scale_coefficients;
                start_from(model, *s);
                model.log_scale_coefficients = l;
            }
    }

    TrainingRun& run_;
    std::shared_ptr<const SpatialDataset> data_;
    ModelSpecification asked_;
    std::vector<Class> wanted_;
    std::map<Smoothness, ModelState> warm_;
    std::shared_ptr<const std::vector<Index>> subset_;  // null: all sites
    std::shared_ptr<const ConditioningSets> geographic_;
};

}  // namespace

FitResult fit_automatic(std::shared_ptr<const SpatialDataset> dataset,
                        const ModelSpecification& specification, const FitOptions& options,
                        const FitObserver& observer, std::stop_token stop) {
    check_before_fit(dataset.get(), specification, options);
    check_combination(*dataset, specification, true);
    const ThreadCount threads(options.threads);
    TrainingRun run(options, observer, std::move(stop));
    return AutomaticFit(run, std::move(dataset), specification).run();
}

}  // namespace anamorph
