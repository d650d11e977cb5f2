// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/number_parsing.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace anamorph {

namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) ==
               std::tolower(static_cast<unsigned char>(y));
    });
}

/// A number out of a double's range: infinite if its exponent is positive, else zero.
double out_of_range(std::string_view cell) {
    const std::size_t exponent = cell.find_first_of("eE");
    const bool small = exponent != std::string_view::npos && exponent + 1 < cell.size() &&
                       cell[exponent + 1] == '-';
    const double magnitude = small ? 0.0 : std::numeric_limits<double>::infinity();
    return cell.front() == '-' ? -magnitude : magnitude;
}

bool parse_with_point(std::string_view cell, double& number) {
    if (!cell.empty() && cell.front() == '+') {
        cell.remove_prefix(1);
        if (!cell.empty() && cell.front() == '-') return false;
    }
    if (cell.empty()) return false;
    const char* end = cell.data() + cell.size();
    double parsed = 0.0;
    const auto [stop, failure] = std::from_chars(cell.data(), end, parsed);
    if (stop != end) return false;  // "12abc" begins like a number and is none
    if (failure == std::errc::result_out_of_range) parsed = out_of_range(cell);
    else if (failure != std::errc()) return false;
    number = parsed;
    return true;
}

}  // namespace

bool parse_number(std::string_view cell, bool decimal_comma, double& number) {
    if (!decimal_comma) return parse_with_point(cell, number);
    constexpr std::size_t longest = 128;
    if (cell.size() > longest || cell.find('.') != std::string_view::npos) return false;
    char copy[longest];
    std::replace_copy(cell.begin(), cell.end(), copy, ',', '.');
    return parse_with_point({copy, cell.size()}, number);
}

MissingTokens::MissingTokens(const std::vector<std::string>& tokens, bool decimal_comma)
    : tokens_(tokens) {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        double number = 0.0;
        if ((parse_number(tokens_[i], false, number) ||
             parse_number(tokens_[i], decimal_comma, number)) &&
            std::isfinite(number))
            numbers_.emplace_back(number, static_cast<int>(i));
    }
}

int MissingTokens::find(std::string_view cell) const {
    for (std::size_t i = 0; i < tokens_.size(); ++i)
        if (same_ignoring_case(tokens_[i], cell)) return static_cast<int>(i);
    return -1;
}

int MissingTokens::find(double number) const {
    for (const auto& [value, index] : numbers_)
        if (value == number) return index;
    return -1;
}

}  // namespace anamorph
