// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// Random numbers that are the same on every platform for the same seed: the standard fixes what
/// std::mt19937_64 gives, but not what the standard distributions make of it, so the transforms
/// are our own.
class RandomStream {
public:
    explicit RandomStream(std::uint64_t seed) : engine_(seed) {}

    /// Uniform in (0, 1): 53 random bits, both ends left out.
    [[nodiscard]] double uniform() {
        return (static_cast<double>(engine_() >> 11U) + 0.5) * 0x1.0p-53;
    }
    [[nodiscard]] double uniform(double low, double high) { return low + (high - low) * uniform(); }

    /// Standard normal (Box and Muller 1958); both values of a pair are used.
    [[nodiscard]] double normal() {
        if (has_spare_) {
            has_spare_ = false;
            return spare_;
        }
        const double radius = std::sqrt(-2.0 * std::log(uniform()));
        const double angle = 2.0 * std::numbers::pi * uniform();
        spare_ = radius * std::sin(angle);
        has_spare_ = true;
        return radius * std::cos(angle);
    }
    [[nodiscard]] Vector normals(Index count) {
        Vector z(count);
        for (Index i = 0; i < count; ++i) z(i) = normal();
        return z;
    }

    /// Uniform integer in [0, count), count > 0, without bias.
    [[nodiscard]] Index below(Index count) {
        const auto n = static_cast<std::uint64_t>(count);
        const std::uint64_t limit = UINT64_MAX - UINT64_MAX % n;
        std::uint64_t r = engine_();
        while (r >= limit) r = engine_();
        return static_cast<Index>(r % n);
    }

    /// 0 … count − 1 in random order (Fisher and Yates).
    [[nodiscard]] std::vector<Index> permutation(Index count) {
        std::vector<Index> order(static_cast<std::size_t>(count));
        for (Index i = 0; i < count; ++i) order[static_cast<std::size_t>(i)] = i;
        for (Index i = count - 1; i > 0; --i) {
            std::swap(order[static_cast<std::size_t>(i)],
                      order[static_cast<std::size_t>(below(i + 1))]);
        }
        return order;
    }

private:
    std::mt19937_64 engine_;
    double spare_ = 0.0;
    bool has_spare_ = false;
};

}  // namespace anamorph
