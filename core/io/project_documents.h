// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/project_file.h"
#include "core/io/project_store.h"

namespace anamorph {

/// Each part of a project as documents and arrays of the store, and back. Reading throws
/// Error(bad_input), or nlohmann's exception, for contents that make no sense.
void store_dataset(ProjectStore& store, const SpatialDataset& dataset);
[[nodiscard]] SpatialDataset stored_dataset(const ProjectStore& store);

/// Specification, fit options, whether the automatic model was asked for, view state and log.
void store_settings(ProjectStore& store, const Project& project);
void read_settings(const ProjectStore& store, Project& project);

/// A fit with all its candidates: owners `fit`, `fit/model/0`, `fit/model/1`, … for `owner` "fit".
void store_fit(ProjectStore& store, const FitResult& fit, const std::string& owner = "fit");
[[nodiscard]] FitResult stored_fit(const ProjectStore& store,
                                   const std::shared_ptr<const SpatialDataset>& dataset,
                                   const std::string& owner = "fit");

void store_map(ProjectStore& store, const GridMap& map);
/// `may_add_times`: a map of several times has one axis more than `dimension` (on the sphere).
[[nodiscard]] GridMap stored_map(const ProjectStore& store, int dimension, bool may_add_times = false);

}  // namespace anamorph
