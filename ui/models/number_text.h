// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace anamorph {

/// A number for people: at least `digits` significant digits, no needless zeros, thousands grouped
/// by a comma, a true minus sign, a power of ten only below 1e-4 and from 1e12 on, "–" for NaN.
[[nodiscard]] QString number_text(double value, int digits = 3);
/// With its unit, which may be empty.
[[nodiscard]] QString number_with_unit(double value, const QString& unit, int digits = 3);
/// "1,270"
[[nodiscard]] QString count_text(long long count);
/// "0.8 s", "2 min 10 s", "1 h 5 min"
[[nodiscard]] QString duration_text(double seconds);
/// "60 MB", "2.4 GB"
[[nodiscard]] QString memory_text(double bytes);

}  // namespace anamorph
