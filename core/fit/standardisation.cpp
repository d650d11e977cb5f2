// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/standardisation.h"

#include <cmath>

#include "core/base/error.h"

namespace anamorph {

Standardisation Standardisation::of(const SpatialDataset& dataset) {
    Standardisation s;
    const Points& x = dataset.coordinates;
    const Vector low = x.colwise().minCoeff(), high = x.colwise().maxCoeff();
    s.centre = 0.5 * (low + high);
    s.half_width = 0.5 * (high - low);
    const Index together = dataset.coordinate_system.chordal
                               ? x.cols()
                               : std::min<Index>(dataset.space_dimension(), 2);
    s.half_width.head(together).setConstant(s.half_width.head(together).maxCoeff());
    for (Index j = 0; j < s.half_width.size(); ++j)
        if (!(s.half_width(j) > 0.0))
            throw Error(ErrorCode::bad_input, "All sites have the same coordinate along axis " +
                                                  std::to_string(j + 1) + ".",
                        "Leave that coordinate out.");
    const Matrix& c = dataset.covariates;
    s.covariate_mean = c.cols() > 0 ? Vector(c.colwise().mean()) : Vector();
    s.covariate_sd.resize(c.cols());
    for (Index k = 0; k < c.cols(); ++k) {
        const double variance =
            (c.col(k).array() - s.covariate_mean(k)).square().mean();
        s.covariate_sd(k) = variance > 0.0 ? std::sqrt(variance) : 1.0;
    }
    return s;
}

Points Standardisation::standardised(const Points& x) const {
    if (x.cols() != centre.size())
        throw Error(ErrorCode::dimension_mismatch,
                    "Points have " + std::to_string(x.cols()) + " coordinates, the model has " +
                        std::to_string(centre.size()) + ".");
    return (x.rowwise() - centre.transpose()).array().rowwise() / half_width.transpose().array();
}

Points Standardisation::geographic(const Points& x) const {
    Points out = x.array().rowwise() * half_width.transpose().array();
    out.rowwise() += centre.transpose();
    return out;
}

Matrix trend_matrix(Trend trend, const Standardisation& s, const Points& x,
                    const Matrix& covariates) {
    const Index m = x.rows();
    switch (trend) {
        case Trend::none: return Matrix(m, 0);
        case Trend::constant: return Matrix::Ones(m, 1);
        case Trend::linear: {
            Matrix h(m, 1 + x.cols());
            h << Vector::Ones(m), x;
            return h;
        }
        case Trend::quadratic: {
            const Index d = x.cols();
            Matrix h(m, trend_coefficient_count(trend, static_cast<int>(d), 0));
            h.leftCols(1 + d) << Vector::Ones(m), x;
            for (Index a = 0, k = 1 + d; a < d; ++a)
                for (Index b = a; b < d; ++b, ++k) h.col(k) = x.col(a).cwiseProduct(x.col(b));
            return h;
        }
        case Trend::covariates: break;
    }
    const Index q = s.covariate_mean.size();
    if (q == 0)
        throw Error(ErrorCode::bad_input, "A trend in covariates needs at least one covariate.",
                    "Give a column the role \"covariate\", or choose another trend.");
    if (covariates.rows() != m || covariates.cols() != q)
        throw Error(ErrorCode::dimension_mismatch,
                    "The model's trend uses " + std::to_string(q) + " covariates at " +
                        std::to_string(m) + " points; " + std::to_string(covariates.rows()) +
                        " × " + std::to_string(covariates.cols()) + " values were given.",
                    "Give the covariates' values at every point that is predicted.");
    Matrix h(m, 1 + q);
    h.col(0).setOnes();
    for (Index k = 0; k < q; ++k)
        h.col(1 + k) = (covariates.col(k).array() - s.covariate_mean(k)) / s.covariate_sd(k);
    return h;
}

namespace {

/// β of [1, x_a, x_a x_b (a ≤ b)] in x = (X − c)/w → β in X.
Vector quadratic_in_user_units(const Standardisation& s, const Vector& beta) {
    const Index d = s.centre.size();
    Vector out = Vector::Zero(beta.size());
    out(0) = beta(0);
    for (Index a = 0; a < d; ++a) {
        const double slope = beta(1 + a) / s.half_width(a);
        out(1 + a) += slope;
        out(0) -= slope * s.centre(a);
    }
    for (Index a = 0, k = 1 + d; a < d; ++a)
        for (Index b = a; b < d; ++b, ++k) {
            const double t = beta(k) / (s.half_width(a) * s.half_width(b));
            out(k) = t;
            out(1 + a) -= t * s.centre(b);
            out(1 + b) -= t * s.centre(a);
            out(0) += t * s.centre(a) * s.centre(b);
        }
    return out;
}

}  // namespace

Vector trend_in_user_units(Trend trend, const Standardisation& s, const Vector& beta) {
    if (trend == Trend::none || trend == Trend::constant) return beta;
    if (trend == Trend::quadratic) return quadratic_in_user_units(s, beta);
    const bool linear = trend == Trend::linear;
    const Vector& centre = linear ? s.centre : s.covariate_mean;
    const Vector& scale = linear ? s.half_width : s.covariate_sd;
    Vector out = beta;
    for (Index k = 0; k < scale.size(); ++k) {
        out(1 + k) = beta(1 + k) / scale(k);
        out(0) -= out(1 + k) * centre(k);
    }
    return out;
}

}  // namespace anamorph
