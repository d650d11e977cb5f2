// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace anamorph {

/// A number for people: `digits` significant digits, no needless zeros, thousands grouped by a
/// comma from 10,000 on, a true minus sign, "–" for NaN.
[[nodiscard]] QString number_text(double value, int digits = 3);
/// With its unit, which may be empty.
[[nodiscard]] QString number_with_unit(double value, const QString& unit, int digits = 3);
/// "1,270"
[[nodiscard]] QString count_text(long long count);
/// "0.8 s", "2 min 10 s", "1 h 5 min"
[[nodiscard]] QString duration_text(double seconds);

}  // namespace anamorph
