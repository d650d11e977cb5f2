// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/make_covariance.h"

#include <vector>

#include "core/base/error.h"
#include "core/covariance/convolution_covariance.h"
#include "core/covariance/covariate_covariance.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/covariance/nested_covariance.h"
#include "core/covariance/regional_covariance.h"
#include "core/covariance/varying_smoothness_covariance.h"
#include "core/fit/local_smoothness.h"

namespace anamorph {

PairCovariancePointer make_covariance(const ModelSpecification& s, int d, int regions) {
    if (has_varying_smoothness(s)) return std::make_shared<VaryingSmoothnessCovariance>(d);
    if (s.correlation == CorrelationFamily::matern && s.smoothness == Smoothness::automatic)
        throw Error(ErrorCode::bad_input, "The smoothness was not chosen yet.");
    const auto correlation = make_isotropic_correlation(s.correlation, s.smoothness);
    if (!s.distance_covariates.empty())
        return std::make_shared<CovariateCovariance>(correlation, d,
                                                     static_cast<int>(s.distance_covariates.size()));
    switch (s.local) {
        case LocalCovariance::convolution:
            return std::make_shared<ConvolutionCovariance>(correlation, d);
        case LocalCovariance::partition:
        case LocalCovariance::segmented:
            return std::make_shared<RegionalCovariance>(correlation, d, regions);
        case LocalCovariance::same: break;
    }
    if (s.structures > 1)
        return std::make_shared<NestedCovariance>(
            std::vector<IsotropicCorrelationPointer>(static_cast<std::size_t>(s.structures), correlation), d);
    return std::make_shared<IsotropicCovariance>(correlation);
}

}  // namespace anamorph
