// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/random.h"
#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/predict/kriging.h"

using namespace anamorph;

namespace {

constexpr double spread = 40.0;

/// Uniform points far from the origin, in units unlike those of the fit.
Points far_points(Index n, int d, std::uint64_t seed) {
    RandomStream random(seed);
    Points x(n, d);
    for (Index i = 0; i < n; ++i)
        for (int j = 0; j < d; ++j) x(i, j) = 300.0 * (j + 1) + spread * random.uniform();
    return x;
}

/// [1, x_a, x_a x_b for a ≤ b] in the user's coordinates.
Matrix columns_of(const Points& x) {
    const Index d = x.cols();
    Matrix h(x.rows(), 1 + d + d * (d + 1) / 2);
    h.leftCols(1 + d) << Vector::Ones(x.rows()), x;
    Index k = 1 + d;
    for (Index a = 0; a < d; ++a)
        for (Index b = a; b < d; ++b) h.col(k++) = x.col(a).cwiseProduct(x.col(b));
    return h;
}

Vector true_coefficients(Index q) {
    Vector beta(q);
    for (Index k = 0; k < q; ++k) beta(k) = (k % 2 == 0 ? 1.0 : -0.7) / static_cast<double>(k + 1);
    return beta;
}

std::shared_ptr<SpatialDataset> dataset_of(const Points& x, const Vector& z) {
    auto data = std::make_shared<SpatialDataset>();
    data->coordinates = x;
    data->values = z;
    return data;
}

ModelSpecification quadratic() {
    ModelSpecification s;
    s.deformation = DeformationKind::stationary;
    s.smoothness = Smoothness::three_halves;
    s.log_scale = LogScale::no;
    s.trend = Trend::quadratic;
    s.likelihood.kind = LikelihoodKind::exact;
    return s;
}

}  // namespace

class TestQuadraticTrend : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Without correlation, generalised least squares are ordinary ones.
    void equals_ordinary_least_squares_data() {
        QTest::addColumn<int>("d");
        for (int d = 1; d <= 3; ++d) QTest::addRow("%d-D", d) << d;
    }
    void equals_ordinary_least_squares() {
        QFETCH(int, d);
        const Points x = far_points(160, d, 5);
        const Matrix h = columns_of(x);
        QCOMPARE(h.cols(), Index(trend_coefficient_count(Trend::quadratic, d, 0)));
        const Vector z = h * true_coefficients(h.cols()) + 30.0 * RandomStream(6).normals(x.rows());
        ModelState model = make_model(dataset_of(x, z), quadratic(), 1);
        Vector theta = model.parameters();
        theta(model.deformation->parameter_count()) = 22.0;  // nothing but nugget
        Objective objective(model);
        double value = 0.0;
        Vector gradient;
        QVERIFY(objective.evaluate(theta, value, gradient));
        const Vector beta = trend_in_user_units(Trend::quadratic, model.standardisation,
                                                objective.profiled().trend_coefficients);
        // Compared as surfaces: far from the origin single coefficients are ill-determined numbers.
        const Vector ordinary = least_squares(h, z);
        const double size = z.cwiseAbs().maxCoeff();
        QVERIFY((h * (beta - ordinary)).cwiseAbs().maxCoeff() < 1e-6 * size);
        const Index last = h.cols() - 1;
        QVERIFY(std::abs(beta(last) - ordinary(last)) < 1e-4 * std::abs(ordinary(last)));
    }

    // A surface of second degree is predicted exactly, within the sites and beyond them.
    void a_quadratic_surface_is_predicted_exactly() {
        const Points x = far_points(60, 2, 8);
        const Matrix h = columns_of(x);
        const Vector beta = true_coefficients(h.cols());
        const Vector rough = 0.01 * RandomStream(2).normals(x.rows());
        ModelState model = make_model(dataset_of(x, h * beta + rough), quadratic(), 1);
        const FittedModel fitted(std::make_shared<const ModelState>(model));
        PredictOptions options;
        options.averaged = false;
        options.threads = 1;
        Points at(3, 2);
        at << 310.0, 620.0, 339.0, 605.0, 345.0, 650.0;
        const Prediction p = predict_at(fitted, at, {}, options);
        QVERIFY((p.mean - columns_of(at) * beta).cwiseAbs().maxCoeff() < 0.2);
        // What lies beyond the sites is less certain.
        QVERIFY(p.variance(2) > p.variance(0));
    }
};

QTEST_GUILESS_MAIN(TestQuadraticTrend)
#include "test_quadratic_trend.moc"
