// SPDX-License-Identifier: GPL-3.0-or-later
// Derivatives of Vecchia's likelihood: of all features and parameters, and a Fisher step of the covariance.
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/likelihood/vecchia_likelihood.h"
#include "core/likelihood/vecchia_threads.h"

namespace anamorph {

bool VecchiaLikelihood::gradient_pass(const SiteFeatures& features, double nugget_ratio,
                                      ProfiledValue& out) {
    const Index n = data_.values.size(), d = features.deformed.cols(), all = feature_count();
    const Index width = all + (by_object_ ? 3 : 2), natural = covariance_->natural_count();
    const VecchiaSites in = view(nugget_ratio, 1);
    const auto& terms = terms_.empty() ? layout_->all_terms : terms_;
    const int threads = threads_for(terms.size());
    std::vector<VecchiaGradient> parts(static_cast<std::size_t>(threads));
    std::vector<std::vector<double>> sums(static_cast<std::size_t>(threads));
    const VecchiaKernels& kernels = vecchia_kernels();
    const bool sound = over_threads(
        static_cast<std::int64_t>(terms.size()), kernels.lanes, threads,
        [&](int t, std::int64_t first, std::int64_t count) {
            auto& sum = sums[static_cast<std::size_t>(t)];
            sum.assign(static_cast<std::size_t>(n * width + natural), 0.0);
            auto& part = parts[static_cast<std::size_t>(t)];
            part.accumulators = sum.data();
            part.d_natural = sum.data() + n * width;
            return kernels.gradient(in, terms.data() + first, count, out.partial_sill, part);
        });
    if (!sound) return false;

    VecchiaMoments moments;
    const double share = term_share();
    out.d_log_nugget_ratio = 0.0;
    for (const auto& part : parts) {
        moments.log_det += part.log_det;
        moments.cross[0] += part.squares;
        out.d_log_nugget_ratio += share * part.d_log_nugget;
    }
    const double quadratic = share * moments.cross[0];
    out.quadratic_form = quadratic / out.partial_sill;
    out.negative_log_likelihood =
        0.5 * (whole() * std::log(2.0 * std::numbers::pi * out.partial_sill) + out.quadratic_form +
               share * moments.log_det) +
        half_log_scales(features);

    const bool every_term = terms_.empty(), scaled = features.log_scale.size() > 0;
    const bool noisy = features.log_noise.size() > 0;
    out.d_deformed.resize(n, d);
    out.d_local.resize(n, all - d);
    out.d_log_noise.resize(noisy ? n : 0);
    Vector d_natural = Vector::Zero(natural);
    for (const auto& sum : sums)
        if (!sum.empty()) d_natural += Eigen::Map<const Vector>(sum.data() + n * width, natural);
    out.d_coefficients = covariance_->by_coefficients(share * d_natural);
    out.d_log_scale.resize(scaled ? n : 0);
    out.leave_one_out_residual.resize(every_term ? n : 0);
    out.leave_one_out_variance.resize(every_term ? n : 0);
    const double sill = out.partial_sill;
#pragma omp parallel for schedule(static)
    for (Index i = 0; i < n; ++i) {
        double total[vecchia_features + 3] = {};
        for (const auto& sum : sums)
            if (!sum.empty())
                for (Index a = 0; a < width; ++a) total[a] += sum[static_cast<std::size_t>(i * width + a)];
        const Index site = layout_->site_of[static_cast<std::size_t>(i)];
        for (Index a = 0; a < d; ++a) out.d_deformed(site, a) = share * total[a];
        for (Index a = d; a < all; ++a) out.d_local(site, a - d) = share * total[a];
        if (noisy) out.d_log_noise(site) = share * total[all + 2];
        const double dual = total[all], precision = std::max(total[all + 1], 1e-300);
        if (scaled)
            out.d_log_scale(site) = (every_term ? 0.5 : 0.0) - 0.5 * share * residual_(site) * dual / sill;
        if (!every_term) continue;
        const double variance = sill / precision;
        out.leave_one_out_residual(site) = dual / std::sqrt(sill * precision);
        out.leave_one_out_variance(site) =
            scaled ? variance * std::exp(features.log_scale(site)) : variance;
    }
    if (scaled && !every_term)
        for (std::int32_t t : terms_)
            out.d_log_scale(layout_->site_of[static_cast<std::size_t>(t)]) += 0.5 * share;
    return std::isfinite(out.negative_log_likelihood) && out.d_deformed.allFinite();
}

bool VecchiaLikelihood::covariance_step(const SiteFeatures& features, double log_nugget_ratio,
                                        CovarianceStep& out) {
    if (!std::isfinite(log_nugget_ratio) || !take(features) || by_object_) return false;
    (void)conditioning(features);
    fill_records(features, scaled_);
    const int columns = static_cast<int>(scaled_.cols());
    const VecchiaSites in = view(std::exp(log_nugget_ratio), columns);
    const auto& terms = terms_.empty() ? layout_->all_terms : terms_;
    const int threads = threads_for(terms.size());
    std::vector<VecchiaParameterMoments> parts(static_cast<std::size_t>(threads));
    const VecchiaKernels& kernels = vecchia_kernels();
    if (!over_threads(static_cast<std::int64_t>(terms.size()), kernels.lanes, threads,
                      [&](int t, std::int64_t first, std::int64_t count) {
                          return kernels.parameter_moments(in, terms.data() + first, count,
                                                           parts[static_cast<std::size_t>(t)]);
                      }))
        return false;
    VecchiaMoments moments;
    for (const auto& part : parts) add_moments(part.moments, columns, moments);
    ProfiledValue value;
    if (!profile(moments, features, value)) return false;
    out.negative_log_likelihood = value.negative_log_likelihood;
    out.partial_sill = value.partial_sill;
    out.trend_coefficients = value.trend_coefficients;

    Vector v(columns);  // the residual's columns
    v << 1.0, -value.trend_coefficients;
    const double n = whole(), share = term_share();
    Eigen::Vector2d last = Eigen::Vector2d::Zero();
    out.gradient.setZero();
    out.information.setZero();
    for (const auto& part : parts)
        for (int j = 0; j < 2; ++j) {
            const SquareMap squares(part.last_cross[j], columns, columns);
            const SquareMap products(part.data_cross[j], columns, columns);
            last(j) += share * part.last[j];
            out.gradient(j) += share * (0.5 * part.last[j] + (0.5 * v.dot(squares * v) -
                                                              v.dot(products * v)) /
                                                                 value.partial_sill);
            for (int k = 0; k < 2; ++k) out.information(j, k) += share * part.fisher[j][k];
        }
    // σ² has information n/2 and ½ Σ A_j,last with the others.
    if (fixed_partial_sill_ <= 0.0) out.information -= 0.5 / n * last * last.transpose();
    return out.gradient.allFinite() && out.information.allFinite();
}

}  // namespace anamorph
