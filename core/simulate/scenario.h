// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/data/spatial_dataset.h"

namespace anamorph {

/// A synthetic truth on [-1, 1]²: a known deformation f and a Matérn 3/2 field of unit sill,
/// ρ(h) = (1 + h/ℓ) e^{−h/ℓ}, h = |f(x) − f(y)|. Names: radial, slides, compress, conformal, swirl,
/// aniso, stationary, step, waves.
class Scenario {
public:
    /// @throws Error(bad_input) for an unknown name; the message lists the known ones.
    explicit Scenario(const std::string& name);
    [[nodiscard]] static const std::vector<std::string>& names();

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& explanation() const;  ///< one sentence: what varies
    [[nodiscard]] double range() const;                    ///< ℓ
    /// The true f, m×2 → m×2 (not scaled by the range).
    [[nodiscard]] Points deformed_from_geographic(const Points& x) const;
    /// log|det J_f|, m; −∞ where f is singular.
    [[nodiscard]] Vector log_abs_det_jacobian(const Points& x) const;

private:
    std::string name_;
};

/// `far_cluster`: four fifths of the sites in the western half of the square, the others close together
/// in the east, so that most of the east must be extrapolated.
enum class Design { uniform, grid, clustered, preferential, far_cluster };
[[nodiscard]] Design design_from_string(const std::string& name);

struct ScenarioOptions {
    Index sites = 400;
    Index test_sites = 0;   ///< drawn uniformly, from the same realisations
    int realisations = 1;   ///< independent fields at the same sites; rows of one after those of another
    std::uint64_t seed = 1;
    double noise_sd = 0.1;  ///< of the measurement error; the nugget is its square
    double mean = 0.0;
    Design design = Design::uniform;
};

struct SimulatedField {
    SpatialDataset dataset;    ///< the sites; of several realisations with the labels "1", "2", …
    std::vector<std::string> test_realisations;  ///< of the test rows; empty where there is one
    Points test_coordinates;   ///< (test_sites · realisations)×2
    Vector test_values;        ///< with noise
    Vector test_signal;        ///< without noise
};

/// Realisations at sites and test sites (Cholesky; exact). The same seed gives the same fields, and the
/// first of them whatever their number.
/// @throws Error(bad_input) for fewer than 5 or more than 12,000 sites in all.
[[nodiscard]] SimulatedField simulate(const Scenario& scenario, const ScenarioOptions& options);

}  // namespace anamorph
