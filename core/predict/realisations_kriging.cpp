// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/realisations_kriging.h"

#include <utility>

#include "core/base/error.h"
#include "core/likelihood/realisation_rows.h"
#include "core/predict/sequential_simulation.h"

namespace anamorph {

RealisationsKriging::RealisationsKriging(MakeSystem make, std::vector<char> known,
                                         std::vector<Vector> coefficients, double partial_sill)
    : make_(std::move(make)),
      known_(std::move(known)),
      coefficients_(std::move(coefficients)),
      partial_sill_(partial_sill) {}

std::shared_ptr<const KrigingSystem> RealisationsKriging::system_of(int realisation) const {
    if (realisation < 0 || realisation >= static_cast<int>(known_.size()) ||
        !known_[static_cast<std::size_t>(realisation)])
        throw Error(ErrorCode::bad_input,
                    "A realisation is to be predicted of which the model has no data.",
                    "Predict a realisation that was measured.");
    const std::scoped_lock lock(guard_);
    if (latest_ != realisation || !system_) {
        system_ = nullptr;
        system_ = make_(realisation);
        latest_ = realisation;
    }
    if (!system_)
        throw Error(ErrorCode::not_positive_definite,
                    "The covariance matrix of a realisation's sites could not be factorised.",
                    "Average duplicated sites, or fit again with a larger nugget.");
    return system_;
}

std::vector<std::vector<Index>> RealisationsKriging::rows_of(const SiteFeatures& at) const {
    if (static_cast<Index>(at.realisation.size()) == at.deformed.rows())
        return rows_by_realisation(at.realisation);
    return rows_by_realisation(std::vector<int>(static_cast<std::size_t>(at.deformed.rows()),
                                                static_cast<int>(known_.size()) - 1));
}

void RealisationsKriging::predict(const SiteFeatures& at, const Matrix& trend, bool of_observation,
                                  Vector& mean, Vector& variance) const {
    mean.resize(at.deformed.rows());
    variance.resize(at.deformed.rows());
    Vector own_mean, own_variance;
    const auto by_realisation = rows_of(at);
    for (std::size_t r = 0; r < by_realisation.size(); ++r) {
        const auto& rows = by_realisation[r];
        if (rows.empty()) continue;
        const auto system = system_of(static_cast<int>(r));
        if (static_cast<Index>(rows.size()) == at.deformed.rows()) {
            system->predict(at, trend, of_observation, mean, variance);
            return;
        }
        system->predict(features_at(at, rows), trend(rows, Eigen::all), of_observation, own_mean,
                        own_variance);
        mean(rows) = own_mean;
        variance(rows) = own_variance;
    }
}

Matrix RealisationsKriging::draw(const SiteFeatures& at, const Matrix& trend,
                                 const DrawOptions& options, const ProgressObserver& progress,
                                 std::stop_token stop) const {
    const auto by_realisation = rows_of(at);
    Matrix all(at.deformed.rows(), options.count);
    for (std::size_t r = 0; r < by_realisation.size(); ++r) {
        const auto& rows = by_realisation[r];
        if (rows.empty()) continue;
        const auto system = system_of(static_cast<int>(r));
        if (static_cast<Index>(rows.size()) == at.deformed.rows())
            return system->draw(at, trend, options, progress, std::move(stop));
        DrawOptions own = options;  // realisations are independent
        own.seed = stream_seed(options.seed, static_cast<std::uint64_t>(r));
        all(rows, Eigen::all) = system->draw(features_at(at, rows), trend(rows, Eigen::all), own, {}, stop);
    }
    return all;
}

}  // namespace anamorph
