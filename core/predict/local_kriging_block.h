// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/predict/kriging_kernels.h"
#include "core/predict/local_kriging.h"

namespace anamorph {

/// Neighbours and kriging weights of a few points at a time: one thread's workspace.
class LocalKriging::Block {
public:
    static constexpr Index size = 128;  ///< most points at a time

    explicit Block(const LocalKriging& kriging);

    /// Nearest sites of points first … first + used − 1.
    void find_neighbours(const SiteFeatures& at, Index first, Index used);
    /// Weights and variances from these.
    void find_weights(Index used);

    /// m site numbers of the block's point i, nearest first; −1: none.
    [[nodiscard]] const std::int32_t* neighbours(Index i) const { return neighbours_.data() + i * m_; }
    [[nodiscard]] const double* weights(Index i) const { return weights_.data() + i * m_; }
    /// 1 − ρ'C_N⁻¹ρ
    [[nodiscard]] double variance(Index i) const { return variances_[static_cast<std::size_t>(i)]; }
    /// b'(z − Hβ̂) and b'H, 1+q.
    [[nodiscard]] const Vector& weighted_columns(Index i);

private:
    const LocalKriging& kriging_;
    const Index m_, d_, features_;
    std::vector<std::int32_t> neighbours_;
    std::vector<double> points_, weights_, variances_;
    Vector sums_;
};

}  // namespace anamorph
