// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/data_facts.h"

#include "core/data/spatial_dataset.h"
#include "core/data/sphere.h"
#include "core/data/time_axis.h"
#include "core/data/time_covariate.h"

namespace anamorph {
namespace {

constexpr std::size_t most_times = 200;  ///< more stops cannot be told apart on a slider

}  // namespace

DataFactsPointer facts_of(const SpatialDataset& dataset) {
    auto facts = std::make_shared<DataFacts>();
    if (dataset.has_realisations()) {
        facts->realisations = dataset.realisation_labels();
        facts->values.assign(facts->realisations.size(), 0);
        for (const int place : dataset.realisation_indices()) ++facts->values[static_cast<std::size_t>(place)];
    }
    const Points on_map = map_coordinates(dataset).leftCols(dataset.coordinate_system.chordal ? 2 : dataset.space_dimension());
    facts->corners.resize(2, on_map.cols());
    if (on_map.rows() > 0) facts->corners << on_map.colwise().minCoeff(), on_map.colwise().maxCoeff();
    const Vector times = times_of(dataset);
    facts->has_time = times.size() > 0;
    if (facts->has_time) {
        facts->times = distinct_times(times, most_times);
        facts->first_time = times.minCoeff();
        facts->last_time = times.maxCoeff();
    }
    return facts;
}

}  // namespace anamorph
