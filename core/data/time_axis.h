// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// The unit of times that were read from dates, in the words of the CF conventions.
inline constexpr const char* calendar_unit = "days since 1970-01-01";

/// Whether a unit of time counts from a date ("days since …").
[[nodiscard]] bool is_calendar(const std::string& time_unit);
/// The unit of a span: "days" for the calendar's, otherwise the unit itself.
[[nodiscard]] std::string span_unit(const std::string& time_unit);

/// A date or time of ISO 8601 in the proleptic Gregorian calendar as days since 1970-01-01 UTC:
/// "2016-07-01", "2016-07", "2016-07-01T12:30", "2016-07-01 12:30:15.5", with "Z" or an offset
/// "+02:00" behind a time. Nothing for any other text.
[[nodiscard]] std::optional<double> days_from_iso(std::string_view text);
/// The inverse: a date, with hours and minutes (and seconds) where it is not midnight.
[[nodiscard]] std::string iso_from_days(double days);

/// A time as people read it: a date where the unit is the calendar's, else the number with its unit.
[[nodiscard]] std::string time_text(double time, const std::string& time_unit);
/// A time that a user wrote: a number in the unit or, for the calendar's, a date.
/// @throws Error(bad_input)
[[nodiscard]] double time_from_text(const std::string& text, const std::string& time_unit);

/// The different times among `times`, ascending; at most `most` of them, else that many at equal steps
/// over their range.
[[nodiscard]] std::vector<double> distinct_times(const Vector& times, std::size_t most);

}  // namespace anamorph
