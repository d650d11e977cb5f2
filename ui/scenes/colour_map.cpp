// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/colour_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>

namespace anamorph {
namespace {

constexpr std::array<std::uint32_t, 11> viridis_stops{0x440154, 0x482475, 0x414487, 0x355f8d,
                                                      0x2a788e, 0x21918c, 0x22a884, 0x44bf70,
                                                      0x7ad151, 0xbddf26, 0xfde725};
constexpr std::array<std::uint32_t, 10> cividis_stops{0x00204d, 0x00336f, 0x39486b, 0x575c6d,
                                                      0x707173, 0x8a8779, 0xa69d75, 0xc4b56c,
                                                      0xe4cf5b, 0xffea46};
constexpr std::array<std::uint32_t, 9> diverging_stops{0x2166ac, 0x4393c3, 0x92c5de,
                                                       0xd1e5f0, 0xf7f7f7, 0xfddbc7,
                                                       0xf4a582, 0xd6604d, 0xb2182b};

std::span<const std::uint32_t> stops_of(ColourMap map) {
    switch (map) {
        case ColourMap::cividis: return cividis_stops;
        case ColourMap::diverging: return diverging_stops;
        case ColourMap::viridis: break;
    }
    return viridis_stops;
}

double channel(std::uint32_t colour, int shift) {
    return static_cast<double>((colour >> shift) & 0xffU) / 255.0;
}

}  // namespace

Rgb colour_at(ColourMap map, double position) {
    const auto stops = stops_of(map);
    const double last = static_cast<double>(stops.size() - 1);
    const double t = std::isnan(position) ? 0.0 : std::clamp(position, 0.0, 1.0) * last;
    const auto i = std::min(static_cast<std::size_t>(t), stops.size() - 2);
    const double w = t - static_cast<double>(i);
    Rgb rgb{};
    for (int c = 0; c < 3; ++c) {
        const int shift = 16 - 8 * c;
        rgb[static_cast<std::size_t>(c)] =
            (1.0 - w) * channel(stops[i], shift) + w * channel(stops[i + 1], shift);
    }
    return rgb;
}

Rgb ColourScale::colour(double value) const {
    return colour_at(map, upper > lower ? (value - lower) / (upper - lower) : 0.5);
}

std::vector<double> round_ticks(double lower, double upper, int count) {
    if (!(lower < upper) || !std::isfinite(lower) || !std::isfinite(upper) || count < 1) return {};
    const double rough = (upper - lower) / count;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double share = rough / power;
    const double step = power * (share <= 1.0 ? 1.0 : share <= 2.0 ? 2.0 : share <= 5.0 ? 5.0 : 10.0);
    std::vector<double> ticks;
    const double slack = 1e-9 * step;
    for (double k = std::ceil((lower - slack) / step); k * step <= upper + slack; k += 1.0) {
        ticks.push_back(k == 0.0 ? 0.0 : k * step);
        if (ticks.size() > 1000) break;  // steps below the spacing of doubles at this magnitude
    }
    return ticks;
}

std::string tick_label(double value, double step) {
    std::array<char, 64> text{};
    const double size = std::max(std::abs(value), std::abs(step));
    if (step <= 0.0 || size >= 1e12 || (size > 0.0 && size < 1e-4)) {
        std::snprintf(text.data(), text.size(), "%.6g", value);
    } else {
        const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 8);
        std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    }
    std::string label = text.data();
    if (label.find('e') == std::string::npos) {
        auto digits_end = label.find('.');
        if (digits_end == std::string::npos) digits_end = label.size();
        const std::size_t first = label.front() == '-' ? 1 : 0;
        for (std::size_t k = digits_end; k > first + 3;) label.insert(k -= 3, 1, ',');
    }
    if (label.find_first_of("123456789") == std::string::npos && label.front() == '-') label.erase(0, 1);
    if (!label.empty() && label.front() == '-') label.replace(0, 1, "\xE2\x88\x92");
    return label;
}

}  // namespace anamorph
