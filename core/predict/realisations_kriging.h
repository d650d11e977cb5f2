// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/predict/kriging_system.h"

namespace anamorph {

/// Kriging where there are several realisations: each point from the data of the realisation that its
/// features name (SiteFeatures::realisation; the last one where they name none). The system of a
/// realisation is made when it is first asked for, and the latest is kept.
class RealisationsKriging final : public KrigingSystem {
public:
    using MakeSystem = std::function<std::unique_ptr<const KrigingSystem>(int realisation)>;

    /// `known`: whether there are data of each realisation; `coefficients`: β̂ of each.
    RealisationsKriging(MakeSystem make, std::vector<char> known, std::vector<Vector> coefficients,
                        double partial_sill);

    [[nodiscard]] double partial_sill() const override { return partial_sill_; }
    /// Of the last realisation.
    [[nodiscard]] const Vector& trend_coefficients() const override { return coefficients_.back(); }
    /// @throws Error(bad_input) for a realisation without data; Error(not_positive_definite).
    void predict(const SiteFeatures& at, const Matrix& trend, bool of_observation, Vector& mean,
                 Vector& variance) const override;
    [[nodiscard]] Matrix draw(const SiteFeatures& at, const Matrix& trend,
                              const DrawOptions& options, const ProgressObserver& progress,
                              std::stop_token stop) const override;

private:
    [[nodiscard]] std::shared_ptr<const KrigingSystem> system_of(int realisation) const;
    /// Rows of the points by realisation.
    [[nodiscard]] std::vector<std::vector<Index>> rows_of(const SiteFeatures& at) const;

    MakeSystem make_;
    std::vector<char> known_;
    std::vector<Vector> coefficients_;
    double partial_sill_;
    mutable std::mutex guard_;
    mutable int latest_ = -1;
    mutable std::shared_ptr<const KrigingSystem> system_;
};

}  // namespace anamorph
