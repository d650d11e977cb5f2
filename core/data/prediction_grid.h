// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// A regular grid of cells in working coordinates, for d = 1, 2 or 3 (longitude and latitude where the
/// working coordinates are geocentric). Cell (i, j, k) has its centre
/// at origin + (index + ½)·cell_size; the flat index is i + nx·(j + ny·k), x running fastest.
struct PredictionGrid {
    Vector origin;                   ///< d, the lower corner
    Vector cell_size;                ///< d, positive
    std::vector<Index> shape;        ///< d counts: nx, ny, nz
    std::vector<std::uint8_t> mask;  ///< cell_count() flags, 1 = predict; empty: every cell
    /// Space with time: where along the last axis the cells lie, as many as its count, ascending, at any
    /// steps; empty: a regular axis as the others.
    Vector times = {};

    [[nodiscard]] int dimension() const { return static_cast<int>(shape.size()); }
    [[nodiscard]] Index cell_count() const;
    /// The centres' coordinate along an axis of the cells with this index along it.
    [[nodiscard]] double centre(int axis, Index index) const;
    /// Number of cells that the mask keeps.
    [[nodiscard]] Index active_count() const;
    /// Centres of all cells, cell_count()×d, in flat order.
    [[nodiscard]] Points centres() const;
    /// Flat indices of the cells that the mask keeps, ascending.
    [[nodiscard]] std::vector<Index> active_cells() const;

    /// A grid over the bounding box of the sites with `margin` (share of the longest side) around
    /// it and square cells, `cells_on_longest_side` of them on the longest side. In 3-D the third
    /// axis often has another scale or unit: cells are square in the first two axes only, and the
    /// third has a quarter as many, with its own margin.
    /// The mask leaves out cells farther from every site than `mask_distance` times the median
    /// nearest-neighbour distance times 4 (0: no mask). In 3-D the distance is taken in the first
    /// two axes, between profiles or drill holes; in 1-D there is no mask.
    /// @throws Error(bad_input) for no sites, no cells or more than 1e9 cells, a negative margin or
    /// mask distance.
    [[nodiscard]] static PredictionGrid around(const Points& sites, Index cells_on_longest_side,
                                               double margin = 0.02, double mask_distance = 1.0);
};

/// A map beside those of mean and standard deviation.
struct FurtherLayer {
    enum class Kind {
        quantile,    ///< the value that is not exceeded with probability `level`, the variable's unit
        exceedance,  ///< the probability that the variable is above `level`, no unit
        local_range,         ///< posterior median of the local range, the coordinates' unit
        local_range_spread,  ///< upper over lower end of its central interval of probability `level`, no unit
        smoothness,          ///< ν of a covariance whose smoothness varies, no unit
    };
    Kind kind = Kind::quantile;
    double level = 0.5;
    Vector values;  ///< cell_count()

    [[nodiscard]] bool in_value_unit() const { return kind == Kind::quantile; }
    [[nodiscard]] bool is_probability() const { return kind == Kind::exceedance; }
    /// "5 % quantile", "probability above 50" (with the unit where it is given).
    [[nodiscard]] std::string title(const std::string& value_unit = {}) const;
    /// For columns and file names: "q0.05", "above_50".
    [[nodiscard]] std::string short_name() const;
};

/// A map: one prediction on a grid. Cells outside the mask hold NaN.
struct GridMap {
    PredictionGrid grid;
    Vector mean;                ///< cell_count(), in the variable's unit
    Vector standard_deviation;  ///< cell_count(), square root of the kriging variance
    std::vector<FurtherLayer> further;  ///< quantiles and exceedance probabilities that were asked for
    bool of_observation = false;  ///< false: the signal h β + exp(l/2) Y; true: with its nugget
    bool averaged = true;         ///< averaged over the posterior (true) or plug-in
    std::string realisation;      ///< label of the one that was predicted; empty where the data are one
    std::string label;            ///< of the model that predicted: "velocity field + log-scale"
};

}  // namespace anamorph
