// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/isotropic_correlation.h"

#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/covariance/closed_correlations.h"
#include "core/covariance/general_matern.h"

namespace anamorph {

double IsotropicCorrelation::smoothness() const { return std::numeric_limits<double>::quiet_NaN(); }

double IsotropicCorrelation::at(double distance) const {
    const double s = distance * distance;
    double rho = 0.0;
    value(&s, 1, &rho);
    return rho;
}

double IsotropicCorrelation::practical_range_factor() const {
    constexpr double level = 0.05;
    double high = 1.0;
    while (at(high) > level && high < 1e12) high *= 2.0;
    double low = 0.0;
    for (int i = 0; i < 200 && high - low > 1e-15 * high; ++i) {
        const double middle = 0.5 * (low + high);
        (at(middle) > level ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

IsotropicCorrelationPointer make_isotropic_correlation(CorrelationFamily family,
                                                       Smoothness smoothness) {
    switch (family) {
        case CorrelationFamily::matern:
            if (smoothness == Smoothness::automatic || smoothness == Smoothness::estimate)
                return std::make_shared<GeneralMatern>();
            return std::make_shared<ClosedMatern>(smoothness);
        case CorrelationFamily::spherical: return std::make_shared<SphericalCorrelation>();
        case CorrelationFamily::cubic: return std::make_shared<CubicCorrelation>();
        case CorrelationFamily::cauchy: return std::make_shared<CauchyCorrelation>();
    }
    throw Error(ErrorCode::unsupported, "This correlation is not available.");
}

}  // namespace anamorph
