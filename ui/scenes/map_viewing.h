// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/data/coordinate_system.h"
#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

struct SpatialDataset;

/// What a map shows of data whose coordinates have more axes than a map: space at one time, the
/// sphere by longitude and latitude, also at a time where a covariate is one.
struct MapViewing {
    bool has_time = false;
    double time = 0.0;       ///< that is shown, the data's unit
    std::string time_label;  ///< "2016-07-01", "12 h"
    bool on_sphere = false;
    double middle = 0.0;  ///< meridian in the middle of the map, degrees
    CoordinateSystem system;

    [[nodiscard]] bool is_needed() const { return has_time || on_sphere; }
};

/// How these data are seen at a time (the middle of theirs where it is not finite).
[[nodiscard]] MapViewing viewing_of(const SpatialDataset& dataset, double time);

/// The data as a map has them: positions in space, degrees on the sphere; values and names are kept.
[[nodiscard]] SpatialDataset as_map(const SpatialDataset& dataset, const MapViewing& viewing);

/// A source of space and time, or of the sphere, as one of the points of a map. Deformed space is shown
/// without its axis of time; on the sphere as longitude and latitude seen from its centre. A map that is
/// one already comes back itself.
[[nodiscard]] std::shared_ptr<const SpatialMapSource> as_map_source(
    std::shared_ptr<const SpatialMapSource> source, const MapViewing& viewing);

/// Rows of the sites that were measured about the time that is shown: nearer to it than half of the usual
/// step between different times (at least a fiftieth of their span, and `least_reach`: half of the step of
/// a map's times, so that each site belongs to one of them). Empty without time.
[[nodiscard]] std::vector<Index> sites_about_time(const SpatialDataset& dataset, const MapViewing& viewing,
                                                  double least_reach = 0.0);

/// The level of a map's times that is nearest to a time; −1 for a map without times.
[[nodiscard]] Index nearest_level(const GridMap& map, double time);

}  // namespace anamorph
