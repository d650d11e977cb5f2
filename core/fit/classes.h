// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/fit/training_run.h"

namespace anamorph {

// What a single fit and the automatic model share.

/// "velocity field + log-scale, ν = 1.5"
[[nodiscard]] std::string stage_name(const ModelSpecification& specification);

/// How many evaluations a stage of this class usually takes; for the time left.
[[nodiscard]] double expected_evaluations(const ModelSpecification& specification);

/// The candidate of the same deformation and log-scale; null if there is none.
[[nodiscard]] const CandidateModel* find_candidate(const FitResult& result,
                                                   const ModelSpecification& specification);

/// @throws Error(bad_input | unsupported …) with all that is wrong with a request.
void check_before_fit(const SpatialDataset* dataset, const ModelSpecification& specification,
                      const FitOptions& options);

/// Models, criteria, verdict, warnings and history as a result.
[[nodiscard]] FitResult finish(TrainingRun& run, std::vector<ModelState> models, bool automatic);

/// Whether this deformation is the model's own or one of its layers.
[[nodiscard]] bool contains(const ModelSpecification& specification, DeformationKind kind);

/// Whether a neural network is among the layers: fits then depend on its random start, and there is no
/// evidence.
[[nodiscard]] bool has_network(const ModelSpecification& specification);

/// Whether Laplace's approximation of its posterior serves. Not with RealNVP: the data of one realisation do
/// not determine the last layers of its couplings, and predictions averaged over them scored worse than
/// plug-in ones (200 sites: log score −0.06 against −0.16 nats, 90 % intervals twice as wide).
[[nodiscard]] bool has_laplace_posterior(const ModelSpecification& specification);

/// Whether a fit takes hundreds of evaluations of the likelihood (the automatic model's
/// specification is that of its largest class).
[[nodiscard]] bool needs_many_evaluations(const ModelSpecification& specification);

/// The specification with the likelihood chosen where it was left to the program, and the SPDE's
/// smoothness, which follows from its order.
[[nodiscard]] ModelSpecification with_resolved_likelihood(ModelSpecification specification,
                                                          const SpatialDataset& dataset);

}  // namespace anamorph
