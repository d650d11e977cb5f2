// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/smoothness.h"

#include <limits>

#include "core/base/named_values.h"

namespace anamorph {

namespace {

constexpr std::pair<Smoothness, const char*> smoothness_names[] = {
    {Smoothness::automatic, "auto"},      {Smoothness::estimate, "estimate"},
    {Smoothness::half, "0.5"},
    {Smoothness::one, "1"},               {Smoothness::three_halves, "1.5"},
    {Smoothness::five_halves, "2.5"},     {Smoothness::infinite, "inf"},
};

}  // namespace

std::string to_string(Smoothness smoothness) { return name_of(smoothness, smoothness_names); }

Smoothness smoothness_from_string(const std::string& name) {
    return value_of(name, "smoothness", smoothness_names);
}

double smoothness_value(Smoothness smoothness) {
    switch (smoothness) {
        case Smoothness::half: return 0.5;
        case Smoothness::one: return 1.0;
        case Smoothness::three_halves: return 1.5;
        case Smoothness::five_halves: return 2.5;
        case Smoothness::infinite: return std::numeric_limits<double>::infinity();
        case Smoothness::automatic:
        case Smoothness::estimate: break;
    }
    throw Error(ErrorCode::bad_input, "The smoothness was not chosen yet.");
}

}  // namespace anamorph
