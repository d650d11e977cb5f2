// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/time_axis.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "core/base/error.h"

namespace anamorph {

namespace {

constexpr double seconds_a_day = 86'400.0;
constexpr double largest_calendar_day = 3.6e6;  // about 9,800 years from 1970

/// Takes exactly `digits` digits, at most `largest`, off the front.
bool take_digits(std::string_view& text, std::size_t digits, int largest, int& number) {
    if (text.size() < digits || text.front() == '-') return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
    if (error != std::errc() || end != text.data() + digits || number < 0 || number > largest)
        return false;
    text.remove_prefix(digits);
    return true;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

/// ":15", ":15.25" or nothing, added to the seconds.
bool take_seconds(std::string_view& text, double& seconds) {
    if (!take(text, ':')) return true;
    int whole = 0;
    if (!take_digits(text, 2, 60, whole)) return false;
    seconds += whole;
    if (!take(text, '.')) return true;
    double place = 0.1;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        seconds += place * (text.front() - '0');
        place *= 0.1;
        any = true;
        text.remove_prefix(1);
    }
    return any;
}

/// "12:30", "12:30:15", "12:30:15.25" → seconds; 24:00 is the end of the day, and nothing is later.
bool take_clock(std::string_view& text, double& seconds) {
    int hour = 0, minute = 0;
    if (!take_digits(text, 2, 24, hour) || !take(text, ':') || !take_digits(text, 2, 59, minute))
        return false;
    seconds = 3600.0 * hour + 60.0 * minute;
    return take_seconds(text, seconds) && (hour < 24 || seconds == seconds_a_day);
}

/// "Z", "+02:00", "-0330" or nothing → seconds east of Greenwich.
bool take_zone(std::string_view& text, double& east) {
    east = 0.0;
    if (text.empty() || take(text, 'Z') || take(text, 'z')) return true;
    const bool west = text.front() == '-';
    if (!take(text, '+') && !take(text, '-')) return false;
    int hours = 0, minutes = 0;
    if (!take_digits(text, 2, 14, hours)) return false;
    (void)take(text, ':');
    if (!text.empty() && !take_digits(text, 2, 59, minutes)) return false;
    east = (west ? -1.0 : 1.0) * (3600.0 * hours + 60.0 * minutes);
    return true;
}

std::string plain_number(double x) {
    char text[40];
    std::snprintf(text, sizeof text, "%.7g", x);
    return text;
}

}  // namespace

bool is_calendar(const std::string& time_unit) { return time_unit == calendar_unit; }

std::string span_unit(const std::string& time_unit) {
    return is_calendar(time_unit) ? "days" : time_unit;
}

std::optional<double> days_from_iso(std::string_view text) {
    using namespace std::chrono;
    int y = 0, m = 0, d = 1;
    if (!take_digits(text, 4, 9999, y) || !take(text, '-') || !take_digits(text, 2, 12, m))
        return std::nullopt;
    const bool with_day = take(text, '-');
    if (with_day && !take_digits(text, 2, 31, d)) return std::nullopt;
    const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!date.ok()) return std::nullopt;
    double seconds = 0.0, east = 0.0;
    if (!text.empty()) {
        if (!with_day || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return std::nullopt;
        if (!take_clock(text, seconds) || !take_zone(text, east) || !text.empty()) return std::nullopt;
    }
    return static_cast<double>(sys_days{date}.time_since_epoch().count()) +
           (seconds - east) / seconds_a_day;
}

std::string iso_from_days(double days_since_epoch) {
    using namespace std::chrono;
    if (!(std::abs(days_since_epoch) < largest_calendar_day)) return plain_number(days_since_epoch);
    const double seconds = std::round(days_since_epoch * seconds_a_day);
    const double whole = std::floor(seconds / seconds_a_day);
    const year_month_day date{sys_days{days{static_cast<int>(whole)}}};
    const auto of_day = static_cast<int>(seconds - whole * seconds_a_day);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    std::string iso = text;
    if (of_day == 0) return iso;
    std::snprintf(text, sizeof text, "T%02d:%02d", of_day / 3600, of_day / 60 % 60);
    iso += text;
    if (of_day % 60 != 0) {
        std::snprintf(text, sizeof text, ":%02d", of_day % 60);
        iso += text;
    }
    return iso;
}

std::string time_text(double time, const std::string& time_unit) {
    if (is_calendar(time_unit)) return iso_from_days(time);
    return time_unit.empty() ? plain_number(time) : plain_number(time) + " " + time_unit;
}

double time_from_text(const std::string& text, const std::string& time_unit) {
    if (is_calendar(time_unit))
        if (const auto days = days_from_iso(text)) return *days;
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool year_alone = is_calendar(time_unit) && text.size() == 4;  // no day of 1970 to 1997
    if (year_alone || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        throw Error(ErrorCode::bad_input, "\"" + text + "\" is no time.",
                    is_calendar(time_unit) ? "Write a date such as 2016-07-01 or 2016-07-01T12:30."
                                           : "Write a number in the unit of the data's times.");
    return number;
}

std::vector<double> distinct_times(const Vector& times, std::size_t most) {
    std::vector<double> out(times.begin(), times.end());
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    if (out.size() <= most || most < 2) return out;
    const double first = out.front(), last = out.back();
    out.resize(most);
    for (std::size_t k = 0; k < most; ++k)
        out[k] = first + (last - first) * static_cast<double>(k) / static_cast<double>(most - 1);
    return out;
}

}  // namespace anamorph
