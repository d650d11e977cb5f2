// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/spectral_simulation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/covariate_covariance.h"
#include "core/covariance/vector_exp.h"
#include "core/predict/gamma_variate.h"
#include "core/predict/sequential_simulation.h"

namespace anamorph {

namespace {

constexpr Index wave_count = 1000;
constexpr Index most_spectral_coordinates = 8;
constexpr Index points_a_block = 4096;  // points that one thread takes at a time

struct SpectralPart {
    double share, smoothness;
    Matrix stretch;  // empty: the identity
};

std::vector<SpectralPart> parts_of(const PairCovariance& covariance) {
    std::vector<SpectralPart> parts;
    for (const auto& part : covariance.parts())
        parts.push_back({part.share, part.smoothness, part.stretch});
    if (parts.empty()) parts.push_back({1.0, covariance.smoothness(), {}});
    return parts;
}

/// Frequencies in cycles and phases in turns: L×(d + 1).
Matrix waves_of(const std::vector<SpectralPart>& parts, Index d, RandomStream& random) {
    Matrix waves(wave_count, d + 1);
    for (Index l = 0; l < wave_count; ++l) {
        std::size_t k = 0;
        for (double rest = random.uniform(); k + 1 < parts.size() && rest >= parts[k].share; ++k)
            rest -= parts[k].share;
        double z[most_spectral_coordinates] = {}, per = 0.5 / std::numbers::pi;
        for (Index a = 0; a < d; ++a) z[a] = random.normal();
        if (std::isfinite(parts[k].smoothness))
            per /= std::sqrt(2.0 * std::max(gamma_variate(parts[k].smoothness, random), 1e-20));  // beyond: white noise
        const Matrix& stretch = parts[k].stretch;
        for (Index a = 0; a < d; ++a) {
            double omega = stretch.size() > 0 ? 0.0 : z[a];
            if (stretch.size() > 0)
                for (Index b = 0; b < d; ++b) omega += stretch(a, b) * z[b];
            waves(l, a) = per * omega;
        }
        waves(l, d) = random.uniform();
    }
    return waves;
}

/// Σ_l cos(2π(f_lᵀu + φ_l)) for one point; waves column by column. The cosine of the turn t − round(t),
/// by its Taylor polynomial of degree 24 (error below 2e-13).
ANAMORPH_SIMD_CLONES
double sum_of_cosines(const double* waves, const double* u, Index d, Index count) {
    constexpr double rounding = 6755399441055744.0;  // 1.5·2^52
    double sum = 0.0;
    const double* phase = waves + d * count;
#pragma omp simd reduction(+ : sum)
    for (Index l = 0; l < count; ++l) {
        double t = phase[l];
        for (Index k = 0; k < d; ++k) t += waves[k * count + l] * u[k];
        t -= (t + rounding) - rounding;
        const double x = 2.0 * std::numbers::pi * t, q = x * x;
        double p = 1.6117375710961184e-24;
        p = p * q - 8.8967913924505741e-22;
        p = p * q + 4.1103176233121648e-19;
        p = p * q - 1.5619206968586225e-16;
        p = p * q + 4.7794773323873853e-14;
        p = p * q - 1.1470745597729725e-11;
        p = p * q + 2.0876756987868099e-9;
        p = p * q - 2.7557319223985888e-7;
        p = p * q + 2.4801587301587302e-5;
        p = p * q - 1.3888888888888889e-3;
        p = p * q + 4.1666666666666664e-2;
        p = p * q - 0.5;
        sum += p * q + 1.0;
    }
    return sum;
}

}  // namespace

std::optional<std::string> spectral_refusal(const PairCovariance& covariance) {
    const std::string text = "The covariance \"" + covariance.label() +
                             "\" has no spectral distribution to draw frequencies from: simulate sequentially.";
    if (const auto* extended = dynamic_cast<const CovariateCovariance*>(&covariance))
        return spectral_refusal(*extended->in_extended_space());
    if (covariance.local_count() > 0) return text;
    for (const auto& part : parts_of(covariance))
        if (std::isnan(part.smoothness)) return text;
    return std::nullopt;
}

SpectralSimulation::SpectralSimulation(const Points& points, const UnconditionalOptions& options,
                                       const ProgressObserver& progress, const std::stop_token& stop)
    : count_(options.count) {
    if (const auto reason = spectral_refusal(*options.covariance))
        throw Error(ErrorCode::unsupported, *reason);
    if (points.cols() > most_spectral_coordinates)
        throw Error(ErrorCode::unsupported, "Waves are drawn in up to eight coordinates.");
    if (!points.allFinite())
        throw Error(ErrorCode::not_finite, "A point to be simulated has a coordinate that is no number.");
    const Index p = points.rows(), d = points.cols();
    values_.resize(static_cast<std::size_t>(p * count_));
    const auto parts = parts_of(*options.covariance);
    const double scale = std::sqrt(2.0 / static_cast<double>(wave_count));
    ProgressMeter meter(progress, "Spectral simulation");
    for (Index k = 0; k < count_; ++k) {
        meter.report(static_cast<double>(k) / static_cast<double>(count_));
        RandomStream random(stream_seed(options.seed, static_cast<std::uint64_t>(k)));
        const Matrix waves = waves_of(parts, d, random);
        for (Index first = 0; first < p; first += 64 * points_a_block) {
            throw_if_cancelled(stop);
            const Index last = std::min(p, first + 64 * points_a_block);
#pragma omp parallel for schedule(static)
            for (Index i = first; i < last; ++i) {
                double u[most_spectral_coordinates] = {};
                for (Index a = 0; a < d; ++a) u[a] = points(i, a);
                values_[static_cast<std::size_t>(i * count_ + k)] =
                    scale * sum_of_cosines(waves.data(), u, d, wave_count);
            }
        }
    }
}

}  // namespace anamorph
