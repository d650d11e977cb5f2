// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/unconditional_field.h"

#include "core/predict/sequential_simulation.h"
#include "core/predict/spectral_simulation.h"

namespace anamorph {

std::unique_ptr<UnconditionalField> simulate_without_data(const Points& points, const Matrix& local,
                                                          const UnconditionalOptions& options,
                                                          const ProgressObserver& progress,
                                                          const std::stop_token& stop) {
    if (options.method == SimulationMethod::spectral)
        return std::make_unique<SpectralSimulation>(points, options, progress, stop);
    return std::make_unique<SequentialSimulation>(points, local, options, progress, stop);
}

}  // namespace anamorph
