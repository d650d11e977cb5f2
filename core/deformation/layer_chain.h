// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/deformation/deformation.h"

namespace anamorph {

/// f = g_k ∘ … ∘ g_1: layers one after the other, the first applied first. Parameters: those of g_1,
/// then those of g_2, …; log|det J| is the sum, the inverse goes in reverse order.
class LayerChain final : public Deformation {
public:
    /// @throws Error(bad_input) for no layers, Error(dimension_mismatch)
    explicit LayerChain(std::vector<std::unique_ptr<Deformation>> layers);
    LayerChain(const LayerChain& other);

    [[nodiscard]] int dimension() const override { return layers_.front()->dimension(); }
    [[nodiscard]] Index parameter_count() const override;
    [[nodiscard]] Vector parameters() const override;
    void set_parameters(const Vector& parameters) override;
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;
    [[nodiscard]] Points forward(const Points& x) const override;
    [[nodiscard]] Vector log_abs_det(const Points& x) const override;
    [[nodiscard]] Points inverse(const Points& u) const override;
    /// @throws Error(unsupported) where a layer's tape does not reach its points.
    [[nodiscard]] std::unique_ptr<DeformationTape> record(const Points& x) const override;
    double regulariser(Vector& gradient) const override;
    [[nodiscard]] Vector prior_precision() const override;

    [[nodiscard]] std::size_t size() const { return layers_.size(); }
    [[nodiscard]] const Deformation& layer(std::size_t k) const { return *layers_.at(k); }

private:
    std::vector<std::unique_ptr<Deformation>> layers_;
};

}  // namespace anamorph
