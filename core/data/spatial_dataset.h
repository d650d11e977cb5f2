// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/data/coordinate_system.h"

namespace anamorph {

/// Measurements at n sites in d = 1, 2 or 3 dimensions, in the user's units; the last axis may be time.
/// Where there are several realisations of the field (days, say), each row belongs to one of them:
/// rows of different realisations are independent given the model's parameters.
struct SpatialDataset {
    std::string name;      ///< shown in titles; the file's stem unless the user says otherwise
    Points coordinates;    ///< n×d, in the working coordinate system
    Vector values;         ///< n
    Matrix covariates;     ///< n×q, q may be 0
    Vector weights;        ///< n or empty; relative precision: site i has nugget variance τ²/wᵢ
    std::vector<std::string> groups;  ///< n labels or empty: sites held out together (a borehole, a float)
    std::vector<std::string> realisations;  ///< n labels or empty: the realisation that each row is of
    bool last_axis_is_time = false;         ///< sites (x, t) or (x, y, t)
    std::string time_unit;                  ///< "day", "s", …; may be empty

    std::vector<std::string> coordinate_names;  ///< d names of the file's columns
    std::vector<std::string> covariate_names;   ///< q
    std::string value_name;                     ///< the measured variable
    std::string value_unit;                     ///< "mm", "ppm", …; may be empty
    CoordinateSystem coordinate_system;

    /// What import did, each a sentence for the user (rows left out for missing values, duplicates
    /// averaged, degrees projected …).
    std::vector<std::string> notes;
    std::vector<long> source_lines;  ///< line in the file of each site, or empty

    [[nodiscard]] Index size() const { return coordinates.rows(); }
    [[nodiscard]] int dimension() const { return static_cast<int>(coordinates.cols()); }

    /// Number of axes that are space: d, or d − 1 where the last one is time.
    [[nodiscard]] int space_dimension() const { return dimension() - (last_axis_is_time ? 1 : 0); }
    [[nodiscard]] bool has_realisations() const { return !realisations.empty(); }
    /// The different labels of `realisations` in the order of their first row; empty without any.
    [[nodiscard]] std::vector<std::string> realisation_labels() const;
    /// For each row the place of its label in realisation_labels(), n; empty without any.
    [[nodiscard]] std::vector<int> realisation_indices() const;

    /// What to call an axis of `coordinates`: the file's column, or "easting" and "northing" where
    /// longitude and latitude were projected.
    [[nodiscard]] std::string axis_name(int axis) const;

    /// @throws Error(dimension_mismatch | not_finite | bad_input) unless shapes agree, numbers are
    /// finite, 1 ≤ d ≤ 3 (2 or 3 with time), n ≥ 5, values are not all equal, weights are positive, and the sites are
    /// not all in one point, on one line (d = 2) or in one plane (d = 3).
    void validate() const;

    /// The sites with the given row numbers, in that order; everything else is kept.
    [[nodiscard]] SpatialDataset subset(const std::vector<Index>& rows) const;
};

}  // namespace anamorph
