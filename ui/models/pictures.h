// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/base/types.h"
#include "core/data/summary_statistics.h"
#include "core/fit/fitted_model.h"
#include "core/variogram/experimental.h"

namespace anamorph {

/// What is drawn of the data alone.
struct DataPictures {
    SummaryStatistics summary;
    Histogram histogram;
    NormalQuantilePlot quantiles;
    std::vector<VariogramCurve> variograms;  ///< directional (d > 1), in geographic space
    Index sites = 0;            ///< of the data set
    Index variogram_sites = 0;  ///< whose pairs the variograms are of: all, or a random part of them
};

/// What is drawn of a fitted model beside both spaces.
struct ModelPictures {
    /// Directional, in deformed space, of the values divided by exp(l/2).
    std::vector<VariogramCurve> variograms;
    /// Where the model transforms the values: the transform's name, and variograms of the transformed
    /// values in geographic space; else empty.
    std::string transform;
    std::vector<VariogramCurve> geographic;
    VariogramCurve omnidirectional;      ///< the same without directions
    std::vector<double> model_distance;  ///< the model's curve τ² + σ²(1 − ρ(h/ℓ)) …
    std::vector<double> model_gamma;     ///< … in the same units
    Vector predicted;                    ///< each site from all others, n
    Vector residuals;                    ///< standardised leave-one-out residuals, n
    std::vector<Index> drawn;            ///< rows of the residuals that are drawn; empty: all
    NormalQuantilePlot quantiles;        ///< of the residuals
    double coverage_90 = 0.0, coverage_95 = 0.0;
    DeformationCertificate certificate;
    double residual_mean = 0.0, residual_deviation = 0.0;
};

}  // namespace anamorph
