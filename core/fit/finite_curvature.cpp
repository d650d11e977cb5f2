// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/finite_curvature.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "core/base/random.h"

namespace anamorph {

namespace {

constexpr int shortenings = 5;      // of one direction, and of all
constexpr int test_draws = 6;       // antithetic
constexpr double unknown_rise = 1e6;

/// How much the objective rises from θ.
class Rise {
public:
    Rise(TrainingRun& run, Objective& objective, const Vector& theta, double value, const std::vector<Index>& free)
        : run_(run), objective_(objective), theta_(theta), value_(value), free_(free) {}

    double operator()(const Vector& step) {
        run_.count_evaluation();
        Vector moved = theta_, gradient;
        moved(free_) += step;
        double value = 0.0;
        return objective_.evaluate(moved, value, gradient) ? value - value_ : unknown_rise;
    }

private:
    TrainingRun& run_;
    Objective& objective_;
    const Vector& theta_;
    double value_;
    const std::vector<Index>& free_;
};

/// A factor that brings a quadratic's rise to what is wanted, within bounds.
double shortening(double wanted, double rise) { return std::clamp(std::sqrt(wanted / rise), 0.2, 0.9); }

}  // namespace

Matrix finite_curvature(TrainingRun& run, Objective& objective, const Vector& theta, double value,
                        const std::vector<Index>& free, const Matrix& curvature) {
    const Eigen::SelfAdjointEigenSolver<Matrix> eigen(curvature);
    const Matrix& direction = eigen.eigenvectors();
    Vector sd = eigen.eigenvalues().cwiseMax(1.0).cwiseSqrt().cwiseInverse();
    Rise rise(run, objective, theta, value, free);
    for (Index i = 0; i < sd.size(); ++i)
        for (int k = 0; k < shortenings; ++k) {
            const Vector step = sd(i) * direction.col(i);
            const double mean = 0.5 * (rise(step) + rise(-step));
            if (mean <= 0.75) break;
            sd(i) *= shortening(0.5, mean);
        }
    const double expected = 0.5 * static_cast<double>(sd.size());
    RandomStream random(1);
    std::vector<Vector> tests;
    for (int k = 0; k < test_draws; ++k) tests.push_back(random.normals(sd.size()));
    for (int k = 0; k < shortenings; ++k) {
        std::vector<double> rises;
        for (const Vector& z : tests) {
            const Vector step = direction * sd.cwiseProduct(z);
            rises.push_back(0.5 * (rise(step) + rise(-step)));
        }
        std::sort(rises.begin(), rises.end());
        const double middle = 0.5 * (rises[test_draws / 2 - 1] + rises[test_draws / 2]);
        if (middle <= 1.2 * expected) break;
        sd *= shortening(expected, middle);
    }
    return direction * sd.cwiseAbs2().cwiseInverse().asDiagonal() * direction.transpose();
}

}  // namespace anamorph
