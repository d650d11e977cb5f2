// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/data/spatial_dataset.h"
#include "core/fit/specification.h"
#include "core/likelihood/choose_likelihood.h"

namespace anamorph {

/// What a fit and a map will take on this machine.
struct Forecast {
    LikelihoodChoice likelihood;     ///< resolved
    double setup_seconds = 0.0;      ///< ordering, neighbours, pattern, mesh: once for a stage
    double evaluation_seconds = 0.0; ///< one objective with its gradient
    double evaluations = 0.0;        ///< that the fit is expected to take
    double fit_seconds = 0.0;
    double map_seconds = 0.0;        ///< plug-in, `map_cells` cells
    double bytes = 0.0;              ///< largest memory of fit and map (estimated_bytes)
    double available_bytes = 0.0;    ///< free now
    [[nodiscard]] bool fits() const { return bytes <= available_bytes; }
    /// "About 12 s and 340 MB. Vecchia's approximation …"
    [[nodiscard]] std::string sentence() const;
};

struct ForecastOptions {
    bool automatic_model = false;  ///< the classes compared by evidence
    bool posterior = true;         ///< curvature of a single model
    Index map_cells = 0;
    int threads = 0;               ///< as of the fit
};

/// Forecasts a fit: the objective of the asked model is timed on a few hundred to thousand
/// synthetic sites (tens of milliseconds, remembered for the process), and its cost extended to the
/// data's size by the order of its parts: n² and n³ where it is exact; n for Vecchia and the
/// predictive process at given m or k; for tapers and meshes n and, in the plane, almost n^{3/2}, in space
/// almost n² (George 1973, SIAM J. Numer. Anal. 10:345). The number of evaluations is the one that such
/// fits usually take.
/// @throws Error as make_likelihood for options that cannot be used
[[nodiscard]] Forecast forecast_fit(const SpatialDataset& dataset,
                                    const ModelSpecification& specification,
                                    const ForecastOptions& options);

/// choose_likelihood for these data: by their sites, or by those of the largest realisation.
[[nodiscard]] LikelihoodChoice likelihood_for(const SpatialDataset& dataset,
                                              const ModelSpecification& specification,
                                              bool many_evaluations);

/// Memory of the model's fields and of its likelihood (resolved) at this data's size and density.
[[nodiscard]] double forecast_bytes(const SpatialDataset& dataset,
                                    const ModelSpecification& specification);

}  // namespace anamorph
