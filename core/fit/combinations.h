// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/data/spatial_dataset.h"
#include "core/fit/specification.h"

namespace anamorph {

/// One line of the table of what combines with what, in words for people; `refusal` is the same
/// table for the program.
struct CombinationRow {
    LikelihoodKind likelihood;
    std::string sites;         ///< how many
    std::string smoothness;
    std::string deformations;
    std::string trend;
    std::string automatic;     ///< whether the automatic model goes with it
};

/// A line for each likelihood. Dimensions 1 to 3, the log-scale and weights go with all of them.
[[nodiscard]] std::vector<CombinationRow> combination_table();

/// What is asked of a data set.
struct CombinationRequest {
    ModelSpecification specification;
    bool automatic_model = false;  ///< the classes compared by evidence
    Index sites = 0;
    int dimension = 2;
    bool last_axis_is_time = false;
    bool chordal = false;  ///< geocentric coordinates
    int trend_coefficients = 1;
};

/// A sentence saying why the combination is refused; nothing where it is allowed. Whether it fits
/// into memory is another question (estimated_bytes).
[[nodiscard]] std::optional<std::string> refusal(const CombinationRequest& request);

/// Refuses a fit of these data before it starts: what does not combine, and what does not fit into
/// the memory that is free. @throws Error(unsupported | out_of_memory), errors of Mesh
void check_combination(const SpatialDataset& dataset, const ModelSpecification& specification,
                       bool automatic_model);

}  // namespace anamorph
