// SPDX-License-Identifier: GPL-3.0-or-later
// Geometric anisotropy at an angle to the axes: scaling the axes cannot follow the crests, the full
// matrix can.
#include <QtTest>

#include <cmath>

#include "core/base/error.h"
#include "core/deformation/linear.h"
#include "core/fit/fit.h"
#include "core/fit/make_deformation.h"
#include "core/fit/specification_json.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"
#include "core/validate/scores.h"

#include <nlohmann/json.hpp>

using namespace anamorph;

namespace {

/// Waves whose crests run at 35 degrees: sites in the west and a cluster far from them in the east.
SimulatedField waves(Index n, std::uint64_t seed) {
    ScenarioOptions options;
    options.sites = n;
    options.test_sites = 600;
    options.design = Design::far_cluster;
    options.seed = seed;
    return simulate(Scenario("waves"), options);
}

ModelSpecification named(const char* name) {
    ModelSpecification s;
    set_model(s, name);
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::three_halves;
    return s;
}

FitResult fitted(const SimulatedField& field, const char* name) {
    FitOptions options;
    options.threads = 1;
    options.posterior = false;
    return fit(std::make_shared<const SpatialDataset>(field.dataset), named(name), options);
}

/// Root mean square error east of the sites.
double error_in_the_east(const FittedModel& model, const SimulatedField& field) {
    PredictOptions options;
    options.averaged = false;
    options.threads = 1;
    const Prediction p = predict_at(model, field.test_coordinates, {}, options);
    double sum = 0.0;
    int count = 0;
    for (Index i = 0; i < p.mean.size(); ++i)
        if (field.test_coordinates(i, 0) > 0.1) {
            sum += std::pow(p.mean(i) - field.test_signal(i), 2);
            ++count;
        }
    return std::sqrt(sum / count);
}

}  // namespace

class TestAxisAligned : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_full_matrix_extrapolates_along_the_crests() {
        double of_axes = 0.0, of_matrix = 0.0;
        for (const std::uint64_t seed : {1, 2}) {
            const SimulatedField field = waves(160, seed);
            const FitResult axes = fitted(field, "axis-aligned"), matrix = fitted(field, "anisotropic");
            QVERIFY(matrix.model().log_likelihood() > axes.model().log_likelihood() + 20.0);
            const LocalStrain strain = matrix.model().strain_at(field.dataset.coordinates.topRows(1)).front();
            QVERIFY2(std::abs(strain.major_angle - 35.0) < 5.0, qPrintable(QString::number(strain.major_angle)));
            of_axes += error_in_the_east(axes.model(), field);
            of_matrix += error_in_the_east(matrix.model(), field);
        }
        QVERIFY2(of_matrix < 0.75 * of_axes, qPrintable(QStringLiteral("%1 %2").arg(of_matrix).arg(of_axes)));
    }

    void axes_are_scaled_and_not_turned() {
        const FitResult r = fitted(waves(100, 3), "axis-aligned");
        QCOMPARE(r.model().label(), std::string("axis-aligned"));
        const LocalStrain strain = r.model().strain_at(Points::Zero(1, 2)).front();
        const double off = std::min(std::abs(strain.major_angle), std::abs(strain.major_angle - 90.0));
        QVERIFY2(std::min(off, 180.0 - strain.major_angle) < 1e-6, qPrintable(QString::number(strain.major_angle)));
        QVERIFY(strain.condition > 1.0);
        const auto data = std::make_shared<const SpatialDataset>(r.model().dataset());
        const auto again = FittedModel::from_archive(r.model().to_archive(), data);
        QCOMPARE(again->label(), r.model().label());
        QVERIFY((again->deformed_from_geographic(data->coordinates) - r.model().deformed_from_geographic(data->coordinates)).cwiseAbs().maxCoeff() < 1e-12);
    }

    void it_finds_scales_that_differ() {
        // Turned by −35 degrees the waves lie along the first axis: nothing is left to turn.
        SimulatedField field = waves(160, 4);
        const double a = -35.0 * M_PI / 180.0;
        Matrix turn(2, 2);
        turn << std::cos(a), -std::sin(a), std::sin(a), std::cos(a);
        field.dataset.coordinates *= turn.transpose();
        const FitResult axes = fitted(field, "axis-aligned"), matrix = fitted(field, "anisotropic");
        QVERIFY(std::abs(axes.model().log_likelihood() - matrix.model().log_likelihood()) < 4.0);
        QVERIFY(axes.model().strain_at(Points::Zero(1, 2)).front().condition > 4.0);
    }

    void gradients_equal_finite_differences() {
        for (const int d : {1, 2, 3}) {
            LinearDeformation f = LinearDeformation::along_axes(Axes(d));
            QCOMPARE(f.parameter_count(), Index(d));
            Vector theta = Vector::LinSpaced(d, 0.3, -0.4);
            f.set_parameters(theta);
            const Points x = Points::Random(6, d), weight = Points::Random(6, d);
            const Vector of_det = Vector::Random(6);
            const Vector gradient = f.record(x)->pull_back(weight, of_det);
            const auto value = [&](const Vector& at) {
                LinearDeformation g = f;
                g.set_parameters(at);
                return g.forward(x).cwiseProduct(weight).sum() + g.log_abs_det(x).dot(of_det);
            };
            for (Index k = 0; k < d; ++k) {
                Vector up = theta, down = theta;
                up(k) += 1e-5;
                down(k) -= 1e-5;
                const double difference = (value(up) - value(down)) / 2e-5;
                QVERIFY(std::abs(gradient(k) - difference) < 1e-6 * std::max(1.0, std::abs(difference)));
            }
            QVERIFY(f.matrix().isDiagonal(1e-12));
        }
    }

    void its_name_goes_everywhere() {
        for (const char* name : {"axis-aligned", "axis-aligned+convolution"}) {
            const ModelSpecification s = named(name);
            QVERIFY(is_axis_aligned(s));
            QCOMPARE(model_name(s), std::string(name));
            QVERIFY(s.validate().empty());
            const ModelSpecification again = specification_from_json(json_of(s));
            QCOMPARE(model_name(again), std::string(name));
        }
        QVERIFY(!is_axis_aligned(named("anisotropic")));
        QVERIFY(!is_axis_aligned(named("axial")));
        ModelSpecification s;
        QVERIFY_EXCEPTION_THROWN(set_model(s, "axis-aligned+axial"), Error);
    }
};

QTEST_GUILESS_MAIN(TestAxisAligned)
#include "test_axis_aligned.moc"
