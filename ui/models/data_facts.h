// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

struct SpatialDataset;

/// What the window asks of a data set again and again and only a look at every row can tell: found once, by
/// whoever reads the data, off the window's thread.
struct DataFacts {
    std::vector<std::string> realisations;  ///< labels in the order of their first rows; empty: one
    std::vector<Index> values;              ///< of each realisation
    /// The data have times: as the last axis or, on the sphere, as a covariate.
    bool has_time = false;
    std::vector<double> times;  ///< the different ones, ascending; of very many as many at equal steps
    double first_time = 0.0, last_time = 0.0;
    Points corners;  ///< 2×d, lower and upper corner of the sites on a map: positions in space, degrees on the sphere
};

using DataFactsPointer = std::shared_ptr<const DataFacts>;

/// Takes as long as reading every row does.
[[nodiscard]] DataFactsPointer facts_of(const SpatialDataset& dataset);

}  // namespace anamorph
