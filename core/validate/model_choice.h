// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/data/spatial_dataset.h"
#include "core/fit/specification.h"

namespace anamorph {

/// A named way of fitting that is compared: "auto", "stationary", "velocity-field+log-scale", …
struct ModelChoice {
    std::string name;
    bool automatic = false;
    ModelSpecification specification;
};

/// "auto"; or a model's name as `set_model` reads it, in which "spde" stands for the SPDE whose κ(x)
/// and H(x) vary (alone, or beside a deformation), with "+log-scale" appended where wanted,
/// and after it a transform of the values: "+log", "+sqrt", "+box-cox" or "+normal-score".
/// `base` gives trend, smoothness and the rest. @throws Error(bad_input)
[[nodiscard]] ModelChoice model_choice_from_name(const std::string& name,
                                                 const ModelSpecification& base);

/// The names of all models that suit a data set, the simple ones first: those that its dimension and
/// size allow, that differ there (anisotropy is none in one dimension), and that can be made and evaluated on it
/// with the trend, the likelihood and the smoothness of `base`; each also with the log-scale, but for those whose variance varies anyway.
[[nodiscard]] std::vector<std::string> model_names_for(const SpatialDataset& dataset,
                                                       const ModelSpecification& base);

/// A name for people: "velocity field + log-scale", "automatic".
[[nodiscard]] std::string label_of(const ModelChoice& choice);

}  // namespace anamorph
