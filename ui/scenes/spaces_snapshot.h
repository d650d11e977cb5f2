// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/data/prediction_grid.h"

namespace anamorph {

class FittedModel;
class SiteLocator;
struct MapViewing;
struct SimulationLayer;
struct SpatialDataset;

/// The same points in both spaces; m×d each, working coordinates and deformed coordinates.
struct PointsInBoth {
    Points in_geographic;
    Points in_deformed;

    [[nodiscard]] Index size() const { return in_geographic.rows(); }
};

/// A regular geographic lattice with its image: nodes x fastest, `shape` counts per axis.
struct BentLattice {
    PointsInBoth nodes;
    std::vector<Index> shape;  ///< d counts
    Vector log_abs_det;        ///< log|det J| at the nodes, or empty
};

/// The lines of a regular geographic grid: straight in geographic space, bent in deformed space.
struct WarpGrid {
    PointsInBoth vertices;
    Vector log_abs_det;              ///< at the vertices
    std::vector<Index> line_starts;  ///< first vertex of each line, and the number of vertices last
};

/// The map as quadrilaterals whose corners f moves (d = 2: its cells; d = 3: three mid-sections).
struct MapMesh {
    PointsInBoth corners;
    std::vector<std::array<Index, 4>> cells;  ///< corners of each cell that the mask keeps, in turn
    std::vector<Index> grid_cells;            ///< flat index in the grid of each of them
    /// Per corner, the mean over the cells that meet there (log|det J|: at the corner itself).
    Vector mean, standard_deviation, log_abs_det;
    std::vector<Vector> further;  ///< for each further layer of the map
};

/// Local ellipses (d = 2): where the correlation with the centre falls to 0.05, all drawn at one
/// common `scale`. In deformed space they are circles.
struct EllipseField {
    std::vector<PointsInBoth> outlines;  ///< closed polylines
    double scale = 1.0;                  ///< drawn size over true size
};

/// For d = 1: the prediction along the axis, with its deformed coordinate.
struct CurveLayer {
    Vector x_in_geographic, u_in_deformed;  ///< m, ascending in x
    Vector mean, standard_deviation;        ///< m, NaN outside the mask
    /// m; the map's 2.5 % and 97.5 % quantiles where it has them, else mean ∓ 1.96 standard deviations.
    Vector lower_95, upper_95;
    std::vector<Vector> further;            ///< for each further layer of the map
    Vector log_abs_det;                     ///< m
};

/// Correlation as a function of distance in deformed space, tabulated from the model.
struct CorrelationProfile {
    Vector distance;     ///< ascending from 0, deformed units
    Vector correlation;  ///< same length; empty: no profile
};

/// How a colour scale is limited.
struct Limits {
    double lower = 0.0;
    double upper = 1.0;
};

/// All that the two linked spaces show of one data set and, perhaps, one model: plain, immutable
/// data, made off the window's thread and shared by the views.
struct SpacesSnapshot {
    int dimension = 2;
    std::string data_name, value_name, value_unit;
    std::string coordinate_unit;  ///< may be empty
    std::vector<std::string> coordinate_names;
    std::string geographic_subtitle, deformed_subtitle;
    bool has_model = false;
    bool has_map = false;

    /// All of them. Where there are very many and a model is being trained, only those that are drawn
    /// have a place in deformed space; the others are NaN there.
    PointsInBoth sites;
    /// Rows that are drawn while views move, ascending, chosen at random; empty: all.
    std::vector<Index> drawn_sites;
    /// Rows of the sites that were measured about the time that is shown, and in the realisation that is shown,
    /// ascending, perhaps none; the others are drawn pale. Absent where neither is chosen: all are present.
    std::optional<std::vector<Index>> present_sites;
    /// How space at one time, or the sphere, is seen as a map; null where the data are one.
    std::shared_ptr<const MapViewing> viewing;
    bool all_sites_placed = true;  ///< false: only the drawn sites have a place in deformed space
    /// Find sites under the pointer (d = 2, many sites); null: look at each.
    std::shared_ptr<const SiteLocator> locator_in_geographic, locator_in_deformed;
    Vector values;  ///< n, the variable's unit

    WarpGrid warp;
    BentLattice lattice;  ///< coarse; for looking points up in the other space
    MapMesh map;
    std::shared_ptr<const GridMap> grid_map;  ///< for reading the map under the pointer; may be null
    std::shared_ptr<const SimulationLayer> simulations;  ///< conditional simulations; may be null
    EllipseField ellipses;
    /// Borders between the regions of a model that has them, closed polylines (d = 2).
    std::vector<PointsInBoth> region_borders;
    BentLattice probe_lattice;  ///< fine; empty in training snapshots
    CorrelationProfile profile;
    CurveLayer curve;

    Limits value_limits;    ///< sites and prediction share them
    Limits sd_limits;       ///< standard deviation
    double log_det_limit = 0.1;  ///< log|det J| is coloured from −limit to limit

    Vector lower_in_geographic, upper_in_geographic;  ///< d, box of what is drawn
    Vector lower_in_deformed, upper_in_deformed;      ///< d
    std::size_t data_key = 0;  ///< equal for snapshots of the same data set
};

enum class SnapshotDetail {
    training,  ///< sites and grid only: a few milliseconds at thousands of sites
    full,      ///< with map, ellipses, probe and curves
};

/// Of data in space and time a snapshot shows space at one time: `time`, or where it is not finite the
/// middle of the data's. A map with times gives the level that is nearest to it.
inline constexpr double middle_time = std::numeric_limits<double>::quiet_NaN();

/// Before there is a model: both spaces are the same, and there is no map.
[[nodiscard]] std::shared_ptr<const SpacesSnapshot> make_snapshot(const SpatialDataset& dataset,
                                                                  double time = middle_time);
/// What a snapshot needs of a model: f, log|det J|, local ranges and correlation, as functions of
/// points (m×d). Lets known deformations be drawn like fitted ones.
class SpatialMapSource {
public:
    virtual ~SpatialMapSource() = default;
    [[nodiscard]] virtual Points deformed_from_geographic(const Points& x) const = 0;
    /// The inverse. @throws Error(not_finite | unsupported) where there is none.
    [[nodiscard]] virtual Points geographic_from_deformed(const Points& u) const = 0;
    [[nodiscard]] virtual Vector log_abs_det_jacobian(const Points& x) const = 0;
    /// Major and minor local practical range and the major direction in degrees, m×3.
    [[nodiscard]] virtual Matrix local_ranges(const Points& x) const = 0;
    /// Correlation with one site (1×d), m.
    [[nodiscard]] virtual Vector correlation_with(const Points& site, const Points& x) const = 0;
};
[[nodiscard]] std::shared_ptr<const SpacesSnapshot> make_snapshot(
    const SpatialDataset& dataset, const SpatialMapSource& source,
    std::shared_ptr<const GridMap> map, SnapshotDetail detail, double time = middle_time);

/// The fitted model as a source; null for null.
[[nodiscard]] std::shared_ptr<const SpatialMapSource> make_map_source(
    std::shared_ptr<const FittedModel> model);

/// With a model, and a map where there is one (`map` may be null). All numbers come from the model
/// and the map. Call it off the window's thread. @throws Error as the model's functions do;
/// Error(dimension_mismatch) if the map's dimension is not the data's.
[[nodiscard]] std::shared_ptr<const SpacesSnapshot> make_snapshot(
    const FittedModel& model, std::shared_ptr<const GridMap> map, SnapshotDetail detail,
    double time = middle_time);
[[nodiscard]] std::shared_ptr<const SpacesSnapshot> make_snapshot(const FittedModel& model,
                                                                  const GridMap* map,
                                                                  SnapshotDetail detail);

}  // namespace anamorph
