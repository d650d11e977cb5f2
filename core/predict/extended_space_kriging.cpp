// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/extended_space_kriging.h"

#include "core/likelihood/extended_space_likelihood.h"

namespace anamorph {

void ExtendedSpaceKriging::predict(const SiteFeatures& at, const Matrix& trend, bool of_observation,
                                   Vector& mean, Vector& variance) const {
    inner_->predict(in_extended_space(*covariance_, at), trend, of_observation, mean, variance);
}

Matrix ExtendedSpaceKriging::draw(const SiteFeatures& at, const Matrix& trend,
                                  const DrawOptions& options, const ProgressObserver& progress,
                                  std::stop_token stop) const {
    return inner_->draw(in_extended_space(*covariance_, at), trend, options, progress, std::move(stop));
}

}  // namespace anamorph
