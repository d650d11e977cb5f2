// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/realisations_likelihood.h"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/realisation_rows.h"
#include "core/predict/realisations_kriging.h"

namespace anamorph {

struct RealisationsLikelihood::Fixed {
    Observations data;
    Points sites;
    RealisationLikelihoods make;
    std::vector<std::vector<Index>> rows;  ///< of each realisation
};

namespace {

/// The group with its rows numbered by their places in `rows` (ascending).
SharedPlaces numbered_within(SharedPlaces group, const std::vector<Index>& rows) {
    const auto place = [&](Index row) {
        return static_cast<Index>(std::lower_bound(rows.begin(), rows.end(), row) - rows.begin());
    };
    for (auto& own : group.rows)
        for (Index& row : own) row = place(row);
    for (Index& row : group.representative) row = place(row);
    return group;
}

}  // namespace

RealisationsLikelihood::RealisationsLikelihood(Observations observations, const Points& sites,
                                               RealisationLikelihoods make) {
    const Index n = observations.values.size();
    if (sites.rows() != n || static_cast<Index>(observations.realisation.size()) != n)
        throw Error(ErrorCode::dimension_mismatch,
                    "Sites, values and labels of realisations differ in number.");
    if (observations.trend.cols() == 0) observations.trend.resize(n, 0);
    auto fixed = std::make_shared<Fixed>();
    fixed->rows = rows_by_realisation(observations.realisation);
    fixed->data = std::move(observations);
    fixed->sites = sites;
    fixed->make = std::move(make);
    values_ = fixed->data.values;
    fixed_ = fixed;

    std::vector<char> taken(fixed->rows.size(), 0);
    if (fixed->make.shared) {
        for (SharedPlaces& group : shared_places(fixed->data, sites)) {
            Part part;
            for (const auto& rows : group.rows)
                part.rows.insert(part.rows.end(), rows.begin(), rows.end());
            std::sort(part.rows.begin(), part.rows.end());
            part.realisations = group.realisations;
            for (const int r : part.realisations) taken[static_cast<std::size_t>(r)] = 1;
            part.likelihood = fixed->make.shared(observations_at(fixed->data, part.rows),
                                                 numbered_within(group, part.rows));
            part.group = std::move(group);
            parts_.push_back(std::move(part));
        }
    }
    for (std::size_t r = 0; r < fixed->rows.size(); ++r)
        if (!taken[r] && !fixed->rows[r].empty()) add_single(static_cast<int>(r));
}

RealisationsLikelihood::RealisationsLikelihood(const RealisationsLikelihood& o)
    : Likelihood(o), fixed_(o.fixed_), values_(o.values_), sets_(o.sets_) {
    for (const Part& part : o.parts_)
        parts_.push_back({part.rows, part.realisations, part.likelihood->clone(), part.group});
}

std::unique_ptr<Likelihood> RealisationsLikelihood::clone() const {
    return std::make_unique<RealisationsLikelihood>(*this);
}

void RealisationsLikelihood::add_single(int realisation) {
    Part part;
    part.rows = fixed_->rows[static_cast<std::size_t>(realisation)];
    part.realisations = {realisation};
    Observations own = observations_at(fixed_->data, part.rows);
    own.values = values_(part.rows);
    part.likelihood = fixed_->make.single(std::move(own), fixed_->sites(part.rows, Eigen::all));
    parts_.push_back(std::move(part));
}

/// Groups whose rows at one place differ in their features (a covariate of the distance, say) go on as
/// single realisations.
void RealisationsLikelihood::separate(const SiteFeatures& features) {
    std::vector<int> single;
    std::erase_if(parts_, [&](const Part& part) {
        if (part.group.place_count == 0 || same_features_at_places(part.group, features)) return false;
        single.insert(single.end(), part.realisations.begin(), part.realisations.end());
        return true;
    });
    for (const int r : single) add_single(r);
}

template <class F>
bool RealisationsLikelihood::over_parts(const SiteFeatures& features, const F& f) {
    const auto count = static_cast<int>(parts_.size());
    const int threads = omp_in_parallel() ? 1 : std::min(omp_get_max_threads(), count);
    const auto one = [&](int p) {
        return f(static_cast<std::size_t>(p),
                 features_at(features, parts_[static_cast<std::size_t>(p)].rows));
    };
    bool sound = true;
    if (threads < 2) {
        for (int p = 0; p < count && sound; ++p) sound = one(p);
        return sound;
    }
    const BlasThreads blas(1);
    std::vector<std::exception_ptr> failures(static_cast<std::size_t>(count));
#pragma omp parallel for schedule(dynamic) num_threads(threads) reduction(&& : sound)
    for (int p = 0; p < count; ++p) {
        try {
            sound = one(p) && sound;
        } catch (...) {  // must not leave the parallel region
            failures[static_cast<std::size_t>(p)] = std::current_exception();
        }
    }
    for (const auto& failure : failures)
        if (failure) std::rethrow_exception(failure);
    return sound;
}

bool RealisationsLikelihood::evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                      bool gradient, ProfiledValue& out) {
    const auto n = static_cast<double>(values_.size());
    separate(features);
    std::vector<ProfiledValue> values(parts_.size());
    double sill = fixed_partial_sill_;
    const bool alone = parts_.size() == 1;  // it profiles σ² itself
    if (!alone && sill <= 0.0) {
        std::vector<double> quadratic(parts_.size());
        const bool sound = over_parts(features, [&](std::size_t p, const SiteFeatures& own) {
            Likelihood& likelihood = *parts_[p].likelihood;
            likelihood.fix_partial_sill(1.0);
            if (!likelihood.evaluate(own, log_nugget_ratio, false, values[p])) return false;
            quadratic[p] = values[p].quadratic_form;
            return true;
        });
        if (!sound) return false;
        double sum = 0.0;
        for (const double q : quadratic) sum += q;
        sill = sum / n;
        if (!std::isfinite(sill) || !(sill > 0.0)) return false;
    }
    const bool sound = over_parts(features, [&](std::size_t p, const SiteFeatures& own) {
        parts_[p].likelihood->fix_partial_sill(sill);
        return parts_[p].likelihood->evaluate(own, log_nugget_ratio, gradient, values[p]);
    });
    if (!sound) return false;
    out.partial_sill = alone ? values[0].partial_sill : sill;
    collect(values, features, gradient, out);
    return std::isfinite(out.negative_log_likelihood);
}

void RealisationsLikelihood::collect(const std::vector<ProfiledValue>& values,
                                     const SiteFeatures& features, bool gradient,
                                     ProfiledValue& out) const {
    const Index n = values_.size(), d = features.deformed.cols(), q = fixed_->data.trend.cols();
    out.negative_log_likelihood = out.quadratic_form = out.d_log_nugget_ratio = 0.0;
    out.trend_coefficients = Vector::Zero(q * static_cast<Index>(fixed_->rows.size()));
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        out.negative_log_likelihood += values[p].negative_log_likelihood;
        out.quadratic_form += values[p].quadratic_form;
        for (std::size_t k = 0; k < parts_[p].realisations.size(); ++k)
            out.trend_coefficients.segment(q * parts_[p].realisations[k], q) =
                values[p].trend_coefficients.segment(q * static_cast<Index>(k), q);
    }
    if (!gradient) return;
    const ProfiledValue& any = values.front();
    out.d_deformed.resize(n, d);
    out.d_local.resize(any.d_local.rows() > 0 ? n : 0, any.d_local.cols());
    out.d_auxiliary = Points::Zero(any.d_auxiliary.rows(), any.d_auxiliary.cols());
    out.d_coefficients = Vector::Zero(any.d_coefficients.size());
    for (auto [whole, part] : {std::pair{&out.d_log_scale, &any.d_log_scale},
                               std::pair{&out.d_log_noise, &any.d_log_noise},
                               std::pair{&out.leave_one_out_residual, &any.leave_one_out_residual},
                               std::pair{&out.leave_one_out_variance, &any.leave_one_out_variance}})
        whole->resize(part->size() > 0 ? n : 0);
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        const ProfiledValue& v = values[p];
        const auto& rows = parts_[p].rows;
        out.d_log_nugget_ratio += v.d_log_nugget_ratio;
        out.d_auxiliary += v.d_auxiliary;
        out.d_coefficients += v.d_coefficients;
        out.d_deformed(rows, Eigen::all) = v.d_deformed;
        if (out.d_local.rows() > 0) out.d_local(rows, Eigen::all) = v.d_local;
        if (out.d_log_scale.size() > 0) out.d_log_scale(rows) = v.d_log_scale;
        if (out.d_log_noise.size() > 0) out.d_log_noise(rows) = v.d_log_noise;
        if (out.leave_one_out_residual.size() > 0) {
            out.leave_one_out_residual(rows) = v.leave_one_out_residual;
            out.leave_one_out_variance(rows) = v.leave_one_out_variance;
        }
    }
}

void RealisationsLikelihood::fix_conditioning(std::shared_ptr<const ConditioningSets> sets) {
    if (!sets || sets == sets_) return;
    if (static_cast<Index>(sets->order.size()) != values_.size())
        throw Error(ErrorCode::dimension_mismatch, "The conditioning sets belong to other sites.");
    for (Part& part : parts_)
        part.likelihood->fix_conditioning(
            std::make_shared<const ConditioningSets>(sets_of_rows(*sets, part.rows)));
    sets_ = std::move(sets);
}

std::shared_ptr<const ConditioningSets> RealisationsLikelihood::conditioning(
    const SiteFeatures& features) {
    if (sets_) return sets_;
    std::vector<std::shared_ptr<const ConditioningSets>> own;
    std::vector<std::vector<Index>> rows;
    for (Part& part : parts_) {
        own.push_back(part.likelihood->conditioning(features_at(features, part.rows)));
        if (!own.back()) return nullptr;
        rows.push_back(part.rows);
    }
    sets_ = std::make_shared<const ConditioningSets>(joined_sets(own, rows, values_.size()));
    return sets_;
}

Points RealisationsLikelihood::auxiliary_points() const {
    return parts_.empty() ? Points() : parts_.front().likelihood->auxiliary_points();
}

bool RealisationsLikelihood::auxiliary_points_free() const {
    return !parts_.empty() && parts_.front().likelihood->auxiliary_points_free();
}

bool RealisationsLikelihood::replace_values(const Vector& values) {
    if (values.size() != values_.size()) return false;
    for (Part& part : parts_)
        if (!part.likelihood->replace_values(values(part.rows))) return false;
    values_ = values;
    return true;
}

int RealisationsLikelihood::shared_groups() const {
    return static_cast<int>(std::count_if(parts_.begin(), parts_.end(), [](const Part& part) {
        return part.group.place_count > 0;
    }));
}

std::unique_ptr<const KrigingSystem> RealisationsLikelihood::kriging_system(
    const SiteFeatures& features, double log_nugget_ratio) const {
    RealisationsLikelihood own(*this);
    ProfiledValue at;
    if (!own.evaluate(features, log_nugget_ratio, false, at)) return nullptr;
    const Index q = fixed_->data.trend.cols();
    std::vector<Vector> coefficients;
    for (std::size_t r = 0; r < fixed_->rows.size(); ++r)
        coefficients.push_back(at.trend_coefficients.segment(q * static_cast<Index>(r), q));
    const auto make = [fixed = fixed_, values = values_, sets = sets_, features, log_nugget_ratio,
                       sill = at.partial_sill](int r) -> std::unique_ptr<const KrigingSystem> {
        const auto& rows = fixed->rows[static_cast<std::size_t>(r)];
        Observations data = observations_at(fixed->data, rows);
        data.values = values(rows);
        const auto likelihood = fixed->make.single(std::move(data), fixed->sites(rows, Eigen::all));
        if (sets)
            likelihood->fix_conditioning(
                std::make_shared<const ConditioningSets>(sets_of_rows(*sets, rows)));
        likelihood->fix_partial_sill(sill);
        return likelihood->kriging_system(features_at(features, rows), log_nugget_ratio);
    };
    std::vector<char> known;
    for (const auto& rows : fixed_->rows) known.push_back(rows.empty() ? 0 : 1);
    return std::make_unique<RealisationsKriging>(make, std::move(known), std::move(coefficients),
                                                 at.partial_sill);
}

}  // namespace anamorph
