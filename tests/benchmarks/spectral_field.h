// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>

#include "core/base/random.h"
#include "core/data/spatial_dataset.h"

namespace anamorph {

/// A large test field: uniform sites in [−1, 1]², a Matérn 3/2 field of range 0.25 under a swirl (or
/// none), drawn as a sum of `waves` cosines whose frequencies follow the spectral density (a
/// multivariate t), plus noise of standard deviation 0.1.
inline std::shared_ptr<SpatialDataset> spectral_field(Index n, bool swirl, std::uint64_t seed,
                                                      int waves = 600) {
    RandomStream random(seed);
    auto data = std::make_shared<SpatialDataset>();
    data->coordinates.resize(n, 2);
    Points f(n, 2);
    for (Index i = 0; i < n; ++i) {
        const double x = random.uniform(-1.0, 1.0), y = random.uniform(-1.0, 1.0);
        data->coordinates.row(i) << x, y;
        const double phi = swirl ? 0.5 * std::numbers::pi * std::exp(-(x * x + y * y) / 0.72) : 0.0;
        const double c = std::cos(phi), s = std::sin(phi);
        f.row(i) << 4.0 * (c * x - s * y), (swirl ? 12.0 : 4.0) * (s * x + c * y);
    }
    Matrix wave(waves, 3);
    for (int k = 0; k < waves; ++k) {
        const Vector z = random.normals(5);
        const double scale = 1.0 / z.tail(3).norm();  // χ² with 2ν = 3 degrees of freedom
        wave.row(k) << z(0) * scale, z(1) * scale, random.uniform(0.0, 2.0 * std::numbers::pi);
    }
    data->values.resize(n);
#pragma omp parallel for schedule(static)
    for (Index i = 0; i < n; ++i) {
        double sum = 0.0;
        for (int k = 0; k < waves; ++k)
            sum += std::cos(wave(k, 0) * f(i, 0) + wave(k, 1) * f(i, 1) + wave(k, 2));
        data->values(i) = sum * std::sqrt(2.0 / waves);
    }
    data->values += 0.1 * random.normals(n);
    data->coordinate_names = {"x", "y"};
    data->value_name = "z";
    return data;
}

}  // namespace anamorph
