// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "core/deformation/axial_warping.h"
#include "core/deformation/composition.h"
#include "core/deformation/layer_chain.h"
#include "core/deformation/mobius.h"
#include "core/deformation/plain_network.h"
#include "core/deformation/radial.h"
#include "core/deformation/radial_basis.h"
#include "core/deformation/space_only.h"
#include "core/deformation/spline_coupling.h"
#include "core/deformation/velocity_field.h"

// The deformations that keep the contract, each as it is made and with random parameters.
namespace anamorph::testing {

inline Points random_points(Index n, int d, unsigned seed, double extent = 1.0) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<double> uniform(-extent, extent);
    Points x(n, d);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = uniform(engine);
    return x;
}

struct Case {
    const char* name;
    int dimension;
    bool identity_at_start;
    double parameter_size;  ///< of the random parameters that are tried
    double tape_tolerance;  ///< of the tape's log|det J| against the map's own
    std::function<std::unique_ptr<Deformation>()> make;
};

template <class... Layers>
inline std::unique_ptr<Deformation> chain(std::unique_ptr<Layers>... layers) {
    std::vector<std::unique_ptr<Deformation>> all;
    (all.push_back(std::move(layers)), ...);
    return std::make_unique<LayerChain>(std::move(all));
}

inline Axes with_time(int dimension) {
    Axes axes(dimension);
    axes.last_is_time = true;
    return axes;
}

inline Axes geocentric() {
    Axes axes(3);
    axes.alike = true;
    return axes;
}

/// Two levels and three units, the last one much narrower than the grids' functions.
inline std::unique_ptr<VelocityField> with_units(int d) {
    auto f = std::make_unique<VelocityField>(std::vector<int>(static_cast<std::size_t>(d), 4), 30.0);
    f->add_level(std::vector<int>(static_cast<std::size_t>(d), 6), 50.0);
    GaussianUnits units{random_points(3, d, 31, 0.7), Points::Constant(3, d, 0.4)};
    units.widths.row(2).setConstant(0.2);
    f->add_units(units, 20.0);
    return f;
}

inline const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {"isotropic, 1-D", 1, true, 0.8, 1e-12, [] { return std::make_unique<LinearDeformation>(1, false); }},
        {"isotropic, 2-D", 2, true, 0.8, 1e-12, [] { return std::make_unique<LinearDeformation>(2, false); }},
        {"anisotropic, 2-D", 2, true, 0.8, 1e-12, [] { return std::make_unique<LinearDeformation>(2, true); }},
        {"anisotropic, 3-D", 3, true, 0.8, 1e-12, [] { return std::make_unique<LinearDeformation>(3, true); }},
        {"space and time scaled, 2-D", 2, true, 0.8, 1e-12,
         [] { return std::make_unique<LinearDeformation>(with_time(2), false); }},
        {"space and time mixed, 2-D", 2, true, 0.8, 1e-12,
         [] { return std::make_unique<LinearDeformation>(with_time(2), true); }},
        {"anisotropic space beside time, 3-D", 3, true, 0.8, 1e-12,
         [] { return std::make_unique<LinearDeformation>(with_time(3), true, false); }},
        {"anisotropic, geocentric", 3, true, 0.8, 1e-12,
         [] { return std::make_unique<LinearDeformation>(geocentric(), true); }},
        {"space alone, line and time", 2, true, 0.15, 5e-3,
         [] { return std::make_unique<SpaceOnly>(std::make_unique<VelocityField>(std::vector<int>{6}, 30.0)); }},
        {"space alone, plane and time", 3, true, 0.8, 1e-12,
         []() -> std::unique_ptr<Deformation> {
             return std::make_unique<LinearAfter>(
                 LinearDeformation(with_time(3), true, false),
                 std::make_unique<SpaceOnly>(std::make_unique<AxialWarping>(2, 8, 3.0)));
         }},
        {"velocity field, 1-D", 1, true, 0.15, 5e-3,
         [] { return std::make_unique<VelocityField>(std::vector<int>{6}, 30.0); }},
        {"velocity field, 2-D", 2, true, 0.15, 5e-3,
         [] { return std::make_unique<VelocityField>(std::vector<int>{6, 6}, 30.0); }},
        {"velocity field, 3-D", 3, true, 0.1, 5e-3,
         [] { return std::make_unique<VelocityField>(std::vector<int>{4, 4, 3}, 30.0); }},
        {"velocity field of two levels, 2-D", 2, true, 0.08, 5e-3,
         [] {
             auto f = std::make_unique<VelocityField>(std::vector<int>{4, 4}, 30.0);
             f->add_level({9, 9}, 100.0);
             return f;
         }},
        {"velocity field with units, 1-D", 1, true, 0.1, 5e-3, [] { return with_units(1); }},
        {"velocity field with units, 2-D", 2, true, 0.1, 5e-3, [] { return with_units(2); }},
        {"velocity field with units, 3-D", 3, true, 0.08, 5e-3, [] { return with_units(3); }},
        {"matrix after velocity field", 2, true, 0.15, 5e-3,
         []() -> std::unique_ptr<Deformation> {
             return std::make_unique<LinearAfter>(
                 LinearDeformation(2, true),
                 std::make_unique<VelocityField>(std::vector<int>{5, 5}, 10.0));
         }},
        {"radial, 2-D", 2, false, 0.3, 1e-12, [] { return std::make_unique<RadialDeformation>(2); }},
        {"radial, 3-D", 3, false, 0.3, 1e-12, [] { return std::make_unique<RadialDeformation>(3); }},
        {"axial warping, 1-D", 1, true, 1.5, 1e-12, [] { return std::make_unique<AxialWarping>(1, 10, 3.0); }},
        {"axial warping, 2-D", 2, true, 1.5, 1e-12, [] { return std::make_unique<AxialWarping>(2, 8, 3.0); }},
        {"axial warping, 3-D", 3, true, 1.5, 1e-12, [] { return std::make_unique<AxialWarping>(3, 6, 3.0); }},
        {"radial basis, 1-D", 1, true, 1.5, 1e-12, [] { return std::make_unique<RadialBasis>(1, 5, 3.0); }},
        {"radial basis, 2-D", 2, true, 1.5, 1e-12, [] { return std::make_unique<RadialBasis>(2, 3, 3.0); }},
        {"radial basis, 3-D", 3, true, 1.0, 1e-12, [] { return std::make_unique<RadialBasis>(3, 3, 3.0); }},
        {"Möbius", 2, true, 0.7, 1e-12, [] { return std::make_unique<Mobius>(2, 3.0); }},
        {"spline coupling, 1-D", 1, true, 3.0, 1e-12, [] { return std::make_unique<SplineCoupling>(1, 8, 2, 3.0); }},
        {"spline coupling, 2-D", 2, true, 1.5, 1e-12, [] { return std::make_unique<SplineCoupling>(2, 4, 4, 3.0); }},
        {"spline coupling, 3-D", 3, true, 1.5, 1e-12, [] { return std::make_unique<SplineCoupling>(3, 4, 3, 3.0); }},
        {"network, 1-D", 1, true, 0.5, 1e-12, [] { return std::make_unique<PlainNetwork>(1, 8, 3.0, 1); }},
        {"network, 2-D", 2, true, 0.6, 1e-12, [] { return std::make_unique<PlainNetwork>(2, 16, 3.0, 1); }},
        {"network, 3-D", 3, true, 0.5, 1e-12, [] { return std::make_unique<PlainNetwork>(3, 12, 3.0, 1); }},
        {"Möbius, spline coupling, network", 2, true, 0.4, 1e-12,
         [] {
             return chain(std::make_unique<Mobius>(2, 3.0), std::make_unique<SplineCoupling>(2, 3, 3, 3.0),
                          std::make_unique<PlainNetwork>(2, 6, 3.0, 2));
         }},
        {"axial warping, radial basis", 2, true, 0.6, 1e-12,
         [] { return chain(std::make_unique<AxialWarping>(2, 8, 3.0), std::make_unique<RadialBasis>(2, 3, 3.0)); }},
        {"velocity field, axial warping, radial", 2, false, 0.12, 5e-3,
         [] {
             return chain(std::make_unique<VelocityField>(std::vector<int>{5, 5}, 30.0),
                          std::make_unique<AxialWarping>(2, 6, 3.0), std::make_unique<RadialDeformation>(2));
         }},
    };
    return all;
}

inline std::unique_ptr<Deformation> at_random_parameters(const Case& c) {
    auto f = c.make();
    f->set_parameters(random_points(f->parameter_count(), 1, 11, c.parameter_size).col(0));
    return f;
}

}  // namespace anamorph::testing
