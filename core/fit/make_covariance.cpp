// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/make_covariance.h"

#include "core/base/error.h"
#include "core/covariance/isotropic_covariance.h"

namespace anamorph {

PairCovariancePointer make_covariance(const ModelSpecification& s, int /*d*/) {
    if (s.correlation == CorrelationFamily::matern && s.smoothness == Smoothness::automatic)
        throw Error(ErrorCode::bad_input, "The smoothness was not chosen yet.");
    return std::make_shared<IsotropicCovariance>(make_isotropic_correlation(s.correlation, s.smoothness));
}

}  // namespace anamorph
