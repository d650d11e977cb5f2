// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/vecchia_likelihood.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/likelihood/feature_terms.h"
#include "core/likelihood/spatial_order.h"
#include "core/likelihood/vecchia_threads.h"
#include "core/predict/local_kriging.h"

namespace anamorph {

namespace {

constexpr int kriging_neighbours = 30;  // at least; predictions are cheap beside the fit

}  // namespace

VecchiaLikelihood::VecchiaLikelihood(Observations observations, Smoothness smoothness,
                                     const LikelihoodOptions& options, const Points& sites,
                                     double jitter)
    : VecchiaLikelihood(std::move(observations), matern_covariance(smoothness), options, sites,
                        jitter) {}

VecchiaLikelihood::VecchiaLikelihood(Observations observations, PairCovariancePointer covariance,
                                     const LikelihoodOptions& options, const Points& sites,
                                     double jitter)
    : data_(std::move(observations)),
      covariance_(std::move(covariance)),
      options_(options),
      sites_(std::make_shared<const Points>(sites)),
      jitter_(jitter) {
    const Index n = data_.values.size();
    if (data_.trend.cols() == 0) data_.trend.resize(n, 0);
    if (data_.trend.rows() != n || sites.rows() != n)
        throw Error(ErrorCode::dimension_mismatch, "Sites, values and trend differ in number.");
    if (data_.noise_scale.size() == 0) data_.noise_scale = Vector::Ones(n);
    if (data_.trend.cols() + 1 > vecchia_columns)
        throw Error(ErrorCode::unsupported,
                    "The Vecchia likelihood takes a trend of up to " +
                        std::to_string(vecchia_columns - 1) + " coefficients.",
                    "Leave some covariates out.");
    if (covariance_->closed_form() == Smoothness::one)
        throw Error(ErrorCode::unsupported,
                    "The Vecchia likelihood takes smoothness 0.5, 1.5, 2.5, inf or estimate.");
    if (feature_count() > vecchia_features)
        throw Error(ErrorCode::unsupported, "The Vecchia likelihood takes up to " +
                                                std::to_string(vecchia_features) +
                                                " numbers a site; the covariance needs " +
                                                std::to_string(feature_count()) + ".",
                    "Use fewer regions.");
}

std::unique_ptr<Likelihood> VecchiaLikelihood::clone() const {
    return std::make_unique<VecchiaLikelihood>(*this);
}

void VecchiaLikelihood::fix_conditioning(std::shared_ptr<const ConditioningSets> sets) {
    if (sets && static_cast<Index>(sets->order.size()) != data_.values.size())
        throw Error(ErrorCode::dimension_mismatch, "The conditioning sets belong to other sites.");
    if (sets) adopt(std::move(sets));
}

std::shared_ptr<const ConditioningSets> VecchiaLikelihood::conditioning(
    const SiteFeatures& features) {
    if (!sets_) adopt(conditioning_sets(*sites_, features.deformed, options_));
    return sets_;
}

void VecchiaLikelihood::adopt(std::shared_ptr<const ConditioningSets> sets) {
    sets_ = std::move(sets);
    const auto n = static_cast<std::size_t>(data_.values.size());
    const auto m = static_cast<std::size_t>(sets_->neighbour_count);
    auto layout = std::make_shared<Layout>();
    layout->site_of = layout_ ? layout_->site_of : spatial_order(*sites_);
    std::vector<std::int32_t> place(n);
    for (std::size_t i = 0; i < n; ++i)
        place[static_cast<std::size_t>(layout->site_of[i])] = static_cast<std::int32_t>(i);
    layout->neighbours.resize(n * m);
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < n; ++i) {
        const std::int32_t* from =
            sets_->neighbours.data() + static_cast<std::size_t>(layout->site_of[i]) * m;
        for (std::size_t j = 0; j < m; ++j)
            layout->neighbours[i * m + j] =
                from[j] < 0 ? -1 : place[static_cast<std::size_t>(from[j])];
    }
    layout->all_terms.resize(n);
    std::iota(layout->all_terms.begin(), layout->all_terms.end(), 0);
    layout_ = std::move(layout);
    terms_.clear();
}

void VecchiaLikelihood::restrict_to_terms(const std::vector<std::int32_t>& sites, double whole) {
    terms_.clear();
    whole_ = whole;
    if (sites.empty() || !layout_) return;
    std::vector<char> wanted(layout_->site_of.size(), 0);
    for (std::int32_t s : sites) wanted[static_cast<std::size_t>(s)] = 1;
    for (std::size_t i = 0; i < layout_->site_of.size(); ++i)
        if (wanted[static_cast<std::size_t>(layout_->site_of[i])])
            terms_.push_back(static_cast<std::int32_t>(i));
}

double VecchiaLikelihood::whole() const {
    return terms_.empty() ? static_cast<double>(data_.values.size()) : whole_;
}

double VecchiaLikelihood::term_share() const {
    return terms_.empty() ? 1.0 : whole_ / static_cast<double>(terms_.size());
}

double VecchiaLikelihood::half_log_scales(const SiteFeatures& features) const {
    if (features.log_scale.size() == 0) return 0.0;
    if (terms_.empty()) return 0.5 * features.log_scale.sum();
    double sum = 0.0;
    for (std::int32_t t : terms_) sum += features.log_scale(layout_->site_of[static_cast<std::size_t>(t)]);
    return 0.5 * term_share() * sum;
}

bool VecchiaLikelihood::take(const SiteFeatures& features) {
    if (!features.deformed.allFinite() || !take_coefficients(features, covariance_) ||
        !site_noise_scale(data_, features, noise_))
        return false;
    by_object_ = !covariance_->closed_form() || features.log_noise.size() > 0 ||
                 features.deformed.cols() > 3;
    const Index n = data_.values.size(), q = data_.trend.cols();
    scaled_.resize(n, 1 + q);
    scaled_.col(0) = data_.values;
    scaled_.rightCols(q) = data_.trend;
    if (features.log_scale.size() == 0) return true;
    const Vector inverse = (-0.5 * features.log_scale.array()).exp();
    if (!inverse.allFinite() || inverse.minCoeff() <= 0.0) return false;
    scaled_.array().colwise() *= inverse.array();
    return true;
}

void VecchiaLikelihood::fill_records(const SiteFeatures& features, const Matrix& columns) {
    const Index n = data_.values.size(), d = features.deformed.cols(), c = columns.cols();
    const Index local = features.local.cols(), all = d + local, stride = all + 1 + c;
    records_.resize(static_cast<std::size_t>(n * stride));
#pragma omp parallel for schedule(static)
    for (Index i = 0; i < n; ++i) {
        const Index site = layout_->site_of[static_cast<std::size_t>(i)];
        double* record = records_.data() + i * stride;
        for (Index a = 0; a < d; ++a) record[a] = features.deformed(site, a);
        for (Index a = 0; a < local; ++a) record[d + a] = features.local(site, a);
        record[all] = noise_(site);
        for (Index k = 0; k < c; ++k) record[all + 1 + k] = columns(site, k);
    }
}

VecchiaSites VecchiaLikelihood::view(double nugget_ratio, int columns) const {
    VecchiaSites v;
    v.records = records_.data();
    v.dimension = static_cast<int>(sites_->cols());
    v.columns = columns;
    v.neighbours = layout_->neighbours.data();
    v.neighbour_count = sets_->neighbour_count;
    if (by_object_)
        v.covariance = covariance_.get();
    else
        v.smoothness = *covariance_->closed_form();
    v.features = static_cast<int>(feature_count());
    v.nugget_ratio = nugget_ratio;
    v.jitter = jitter_;
    return v;
}

bool VecchiaLikelihood::collect_moments(double nugget_ratio, VecchiaMoments& out) const {
    const int columns = static_cast<int>(scaled_.cols());
    const VecchiaSites in = view(nugget_ratio, columns);
    const auto& terms = terms_.empty() ? layout_->all_terms : terms_;
    const int threads = threads_for(terms.size());
    std::vector<VecchiaMoments> parts(static_cast<std::size_t>(threads));
    const VecchiaKernels& kernels = vecchia_kernels();
    const bool sound = over_threads(
        static_cast<std::int64_t>(terms.size()), kernels.lanes, threads,
        [&](int t, std::int64_t first, std::int64_t count) {
            return kernels.moments(in, terms.data() + first, count, parts[static_cast<std::size_t>(t)]);
        });
    for (const auto& part : parts) add_moments(part, columns, out);
    return sound;
}

bool VecchiaLikelihood::profile(const VecchiaMoments& moments, const SiteFeatures& features,
                                ProfiledValue& out) {
    const Index q = data_.trend.cols();
    const SquareMap cross(moments.cross, 1 + q, 1 + q);
    double quadratic = cross(0, 0);
    out.trend_coefficients.resize(q);
    if (q > 0) {
        const SymmetricFactor factor(cross.bottomRightCorner(q, q));
        if (!factor.is_positive()) return false;
        out.trend_coefficients = factor.solve(Vector(cross.col(0).tail(q)));
        quadratic -= out.trend_coefficients.dot(cross.col(0).tail(q));
    }
    const double n = whole(), share = term_share();
    quadratic *= share;
    out.partial_sill = fixed_partial_sill_ > 0.0 ? fixed_partial_sill_ : quadratic / n;
    if (!std::isfinite(out.partial_sill) || !(out.partial_sill > 0.0)) return false;
    out.quadratic_form = quadratic / out.partial_sill;
    out.negative_log_likelihood =
        0.5 * (n * std::log(2.0 * std::numbers::pi * out.partial_sill) + out.quadratic_form +
               share * moments.log_det) +
        half_log_scales(features);
    return std::isfinite(out.negative_log_likelihood);
}

bool VecchiaLikelihood::evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                 bool gradient, ProfiledValue& out) {
    if (!std::isfinite(log_nugget_ratio) || !take(features)) return false;
    const double eta = std::exp(log_nugget_ratio);
    (void)conditioning(features);
    const bool known = data_.trend.cols() == 0 && fixed_partial_sill_ > 0.0;
    if (!gradient || !known) {
        fill_records(features, scaled_);
        VecchiaMoments moments;
        if (!collect_moments(eta, moments) || !profile(moments, features, out)) return false;
        if (!gradient) return true;
    } else {
        out.partial_sill = fixed_partial_sill_;
        out.trend_coefficients.resize(0);
    }
    residual_ = scaled_.col(0) - scaled_.rightCols(scaled_.cols() - 1) * out.trend_coefficients;
    fill_records(features, residual_);
    return gradient_pass(features, eta, out);
}

std::unique_ptr<const KrigingSystem> VecchiaLikelihood::kriging_system(
    const SiteFeatures& features, double log_nugget_ratio) const {
    VecchiaLikelihood own(*this);
    if (!std::isfinite(log_nugget_ratio) || !own.take(features)) return nullptr;
    const double eta = std::exp(log_nugget_ratio);
    (void)own.conditioning(features);
    own.fill_records(features, own.scaled_);
    VecchiaMoments moments;
    ProfiledValue at;
    if (!own.collect_moments(eta, moments) || !own.profile(moments, features, at)) return nullptr;

    LocalKrigingParameters parameters;
    parameters.covariance = own.covariance_;
    parameters.nugget_ratio = eta;
    parameters.partial_sill = at.partial_sill;
    parameters.jitter = jitter_;
    parameters.trend_coefficients = at.trend_coefficients;
    const Index q = data_.trend.cols();
    const SquareMap cross(moments.cross, 1 + q, 1 + q);
    if (q > 0)
        parameters.trend_information_inverse =
            SymmetricFactor(cross.bottomRightCorner(q, q)).inverse();
    parameters.neighbours = std::max(options_.neighbours, kriging_neighbours);
    return std::make_unique<const LocalKriging>(data_, features, parameters);
}

}  // namespace anamorph
