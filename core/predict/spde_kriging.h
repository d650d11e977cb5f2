// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "core/likelihood/mesh.h"
#include "core/likelihood/mesh_projection.h"
#include "core/likelihood/sparse_cholesky.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

/// Universal kriging on a mesh: with the weights' posterior N(m, σ²W⁻¹) and the barycentric
/// coordinates a of a point,
///   mean = h'β̂ + e^{l/2} a'm,
///   variance = e^{l} σ² (a'W⁻¹a [+ η] + t'(H'C⁻¹H)⁻¹t),  t = e^{−l/2}h − M'a,  M = W⁻¹A'D⁻¹H,
/// a'W⁻¹a from the selected inverse, which holds all pairs of one simplex. Where ν = 1/2 the variance
/// that the mesh lacks at the point, 1 − a'Q⁻¹a, joins it as an independent part (SpdeLikelihood). A point outside the mesh
/// is told nothing by the data: trend and prior variance.
class SpdeKriging final : public KrigingSystem {
public:
    struct Posterior {
        std::shared_ptr<const Mesh> mesh;
        SparseCholesky factor;  ///< of W, with its selected inverse
        std::optional<SparseCholesky> prior;  ///< of Q, likewise, where missing variance is added
        Vector mean;            ///< m, k
        Matrix trend_response;  ///< M, k×q
        Matrix trend_information_inverse;  ///< (H'C⁻¹H)⁻¹, q×q
        Vector trend_coefficients;         ///< β̂, q
        double partial_sill = 0.0;
        double nugget_ratio = 0.0;
    };
    explicit SpdeKriging(Posterior posterior) : posterior_(std::move(posterior)) {}

    [[nodiscard]] double partial_sill() const override { return posterior_.partial_sill; }
    [[nodiscard]] const Vector& trend_coefficients() const override {
        return posterior_.trend_coefficients;
    }
    /// Points are found in the mesh by `at.geographic`. @throws Error(dimension_mismatch) without.
    void predict(const SiteFeatures& at, const Matrix& trend, bool of_observation, Vector& mean,
                 Vector& variance) const override;
    /// Any number of points: the weights are drawn. @throws Error(unsupported) for points outside
    /// the mesh, Error(dimension_mismatch | cancelled | out_of_memory).
    [[nodiscard]] Matrix draw(const SiteFeatures& at, const Matrix& trend,
                              const DrawOptions& options, const ProgressObserver& progress,
                              std::stop_token stop) const override;

private:
    [[nodiscard]] Vector missing_variance(const MeshProjection& points) const;

    Posterior posterior_;
};

}  // namespace anamorph
