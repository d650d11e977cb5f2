// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/column_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace anamorph {

namespace {

using Names = std::initializer_list<std::string_view>;

bool is_one_of(const std::string& stem, Names names) {
    return std::find(names.begin(), names.end(), stem) != names.end();
}

/// Suffix in a name → unit as people write it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> units{{
    {"km", "km"},       {"m", "m"},
    {"cm", "cm"},       {"mm", "mm"},
    {"ft", "ft"},       {"feet", "ft"},
    {"mi", "mi"},       {"ppm", "ppm"},
    {"ppb", "ppb"},     {"ppt", "ppt"},
    {"pct", "%"},       {"percent", "%"},
    {"c", "°C"},        {"degc", "°C"},
    {"k", "K"},         {"dbar", "dbar"},
    {"hpa", "hPa"},     {"mg_kg", "mg/kg"},
    {"mgkg", "mg/kg"},  {"g_t", "g/t"},
    {"gpt", "g/t"},     {"m_s", "m/s"},
    {"ug_m3", "µg/m³"}, {"mg_l", "mg/L"},
    {"deg", "degree"},  {"degrees", "degree"},
}};

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" _.-");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" _.-") - first + 1);
}

/// Takes "… (unit)" or "… [unit]" off the end of a name; the unit is kept as it is written.
bool take_bracketed_unit(std::string& name, std::string& unit) {
    if (name.empty() || (name.back() != ')' && name.back() != ']')) return false;
    const std::size_t open = name.find_last_of(name.back() == ')' ? '(' : '[');
    if (open == std::string::npos || open == 0) return false;
    unit = trimmed(name.substr(open + 1, name.size() - open - 2));
    name = trimmed(name.substr(0, open));
    return true;
}

void take_suffixed_unit(std::string& stem, std::string& unit) {
    std::size_t longest = 0;
    for (const auto& [suffix, written] : units) {
        if (stem.size() < suffix.size() + 2 || suffix.size() <= longest) continue;
        const std::size_t at = stem.size() - suffix.size();
        if (!stem.ends_with(suffix)) continue;
        if (stem[at - 1] != '_' && stem[at - 1] != '.' && stem[at - 1] != ' ') continue;
        longest = suffix.size();
        unit = written;
    }
    if (longest > 0) stem = trimmed(stem.substr(0, stem.size() - longest));
}

}  // namespace

std::string lower_case(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

ColumnName parse_column_name(const std::string& name) {
    ColumnName result;
    std::string text = trimmed(name);
    const bool bracketed = take_bracketed_unit(text, result.unit);
    result.stem = lower_case(text);
    for (const std::string_view prefix : {"log10_", "log_", "ln_", "log10 ", "log ", "ln "})
        if (result.stem.starts_with(prefix)) result.is_logarithm = true;
    if (bracketed) {
        if (lower_case(result.unit) == "degrees" || lower_case(result.unit) == "deg") result.unit = "degree";
        return result;
    }
    const std::string whole = result.stem;
    take_suffixed_unit(result.stem, result.unit);
    // "log_ppt" is the logarithm of a variable called ppt, not a variable "log" in ppt.
    if (result.is_logarithm &&
        (result.stem == "log" || result.stem == "ln" || result.stem == "log10")) {
        result.stem = whole;
        result.unit.clear();
    }
    if (result.is_logarithm && !result.unit.empty()) result.unit = "log " + result.unit;
    return result;
}

bool ColumnName::is_longitude() const {
    return is_one_of(stem,
                     {"lon", "long", "longitude", "lng", "lon_dd", "long_dd", "decimallongitude"});
}

bool ColumnName::is_latitude() const {
    return is_one_of(stem, {"lat", "latitude", "lat_dd", "decimallatitude"});
}

bool ColumnName::is_x() const {
    return is_longitude() ||
           is_one_of(stem, {"x",       "x1",      "s1",        "easting",     "eastings",
                            "east",    "utm_x",   "utmx",      "utm_e",       "xcoord",
                            "x_coord", "coord_x", "coords.x1", "xcoordinate", "x coordinate",
                            "xworld",  "xloc",    "xlocation", "x_utm",       "rd_x",
                            "mid_x",   "midx"});
}

bool ColumnName::is_y() const {
    return is_latitude() ||
           is_one_of(stem, {"y",       "x2",      "s2",        "northing",    "northings",
                            "north",   "utm_y",   "utmy",      "utm_n",       "ycoord",
                            "y_coord", "coord_y", "coords.x2", "ycoordinate", "y coordinate",
                            "yworld",  "yloc",    "ylocation", "y_utm",       "rd_y",
                            "mid_y",   "midy"});
}

bool ColumnName::is_z() const {
    return is_one_of(stem,
                     {"z", "x3", "s3", "depth", "pressure", "pres", "zcoord", "z_coord", "coord_z",
                      "zcoordinate", "z coordinate", "elev_z", "mid_z", "midz", "level"});
}

bool ColumnName::is_bookkeeping() const {
    for (const std::string_view suffix : {"weight", "_se", "_sd", "_id", "_flag"})
        if (stem.ends_with(suffix)) return true;
    return is_one_of(
        stem, {"id",      "fid",      "row",       "index",  "no",      "nr",     "number",  "num",
               "profile", "station",  "site",      "bhid",   "hole",    "holeid", "hole_id", "dhid",
               "sample",  "sampleid", "sample_id", "group",  "fold",    "day",    "date",    "time",
               "year",    "month",    "hour",      "weight", "weights", "w",      "length",  "from",
               "to",      "is_test",  "test",      "zone",   "code",    "flag"});
}

}  // namespace anamorph
