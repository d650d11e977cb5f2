// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace anamorph {

/// What a column's name says about what is in it.
struct ColumnName {
    std::string stem;  ///< lower case, without the unit: "x" of "X_km", "zn" of "Zn (ppm)"
    std::string unit;  ///< as people write it: "km", "mg/kg", "°C"; empty if the name has none
    bool is_logarithm = false;  ///< begins with log or ln

    [[nodiscard]] bool is_longitude() const;
    [[nodiscard]] bool is_latitude() const;
    [[nodiscard]] bool is_x() const;  ///< also longitude
    [[nodiscard]] bool is_y() const;  ///< also latitude
    [[nodiscard]] bool is_z() const;
    /// A number that orders or names rows (id, profile, day, weight …) and is seldom measured.
    [[nodiscard]] bool is_bookkeeping() const;
};

/// Letters A to Z made small.
[[nodiscard]] std::string lower_case(std::string text);

[[nodiscard]] ColumnName parse_column_name(const std::string& name);

}  // namespace anamorph
