// SPDX-License-Identifier: GPL-3.0-or-later
// The loss over fixed ranges: that of separate evaluations, lowest at the fit, with two minima where
// one kernel cannot serve.
#include <QtTest>

#include <cmath>
#include <stop_token>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/fit/fit.h"
#include "core/fit/objective.h"
#include "core/fit/range_profile.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

std::shared_ptr<const SpatialDataset> scenario(const char* name, Index n, std::uint64_t seed) {
    ScenarioOptions options;
    options.sites = n;
    options.seed = seed;
    return std::make_shared<const SpatialDataset>(simulate(Scenario(name), options).dataset);
}

/// A slow wave over the whole line and, in its last fifth, quick ones.
std::shared_ptr<const SpatialDataset> chirp(Index n, double noise) {
    auto data = std::make_shared<SpatialDataset>();
    RandomStream random(4);
    data->coordinates.resize(n, 1);
    data->values.resize(n);
    for (Index i = 0; i < n; ++i) {
        const double x = (static_cast<double>(i) + 0.5 * random.uniform()) / static_cast<double>(n);
        data->coordinates(i, 0) = x;
        data->values(i) = std::sin(2.0 * M_PI * x) + (x > 0.8 ? std::sin(2.0 * M_PI * x / 0.05) : 0.0) + noise * random.normal();
    }
    data->covariates.resize(n, 0);
    data->coordinate_names = {"x"};
    data->value_name = "z";
    return data;
}

ModelSpecification stationary(Smoothness nu) {
    ModelSpecification s;
    set_model(s, "stationary");
    s.log_scale = LogScale::no;
    s.smoothness = nu;
    return s;
}

RangeProfileOptions options(int ranges = 15) {
    RangeProfileOptions o;
    o.ranges = ranges;
    o.fit.threads = 1;
    o.fit.posterior = false;
    return o;
}

}  // namespace

class TestRangeProfile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void its_lowest_minimum_is_the_fit() {
        const auto data = scenario("stationary", 120, 2);
        const ModelSpecification s = stationary(Smoothness::three_halves);
        const RangeProfile profile = profile_range(data, s, options());
        const FitResult fitted = fit(data, s, options().fit);
        QCOMPARE(profile.minima.size(), std::size_t(1));
        const RangeProfilePoint& at = profile.minima.front().at;
        QVERIFY(std::abs(at.loss - fitted.model().loss().total) < 1e-4);
        const CovarianceParameters p = fitted.model().parameters();
        QVERIFY2(std::abs(std::log(at.range / p.range)) < 0.01, qPrintable(QStringLiteral("%1 %2").arg(at.range).arg(p.range)));
        QVERIFY(std::abs(at.nugget / p.nugget - 1.0) < 0.05);
        for (const RangeProfilePoint& point : profile.points) QVERIFY(point.loss > at.loss - 1e-6);
    }

    void no_other_parameters_are_better_at_a_range() {
        const auto data = scenario("stationary", 50, 3);
        const ModelSpecification s = stationary(Smoothness::half);
        const RangeProfile profile = profile_range(data, s, options(7));
        QCOMPARE(profile.points.size(), std::size_t(7));
        const ModelState model = make_model(data, s, 1);
        Objective objective(model);
        const double half_width = model.standardisation.half_width(0);
        for (const RangeProfilePoint& point : profile.points) {
            Vector theta = model.parameters(), gradient;
            theta(0) = std::log(half_width / point.range);
            double lowest = std::numeric_limits<double>::infinity(), at = 0.0, value = 0.0;
            const auto search = [&](double from, double to, double step) {
                for (theta(1) = from; theta(1) < to; theta(1) += step)
                    if (objective.evaluate(theta, value, gradient) && value < lowest) lowest = value, at = theta(1);
            };
            search(-10.0, 5.0, 0.25);
            search(at - 0.25, at + 0.25, 0.01);
            QVERIFY2(std::abs(point.loss - lowest) < 1e-3,
                     qPrintable(QStringLiteral("range %1: %2, by search %3").arg(point.range).arg(point.loss).arg(lowest)));
        }
    }

    void a_kernel_for_two_roughnesses_has_two_minima() {
        const RangeProfile profile = profile_range(chirp(120, 0.1), stationary(Smoothness::infinite), options(31));
        QVERIFY2(profile.minima.size() >= 2, qPrintable(QString::number(profile.minima.size())));
        const RangeMinimum *shorter = &profile.minima[0], *longer = &profile.minima[1];
        if (shorter->at.range > longer->at.range) std::swap(shorter, longer);
        QVERIFY(longer->at.range > 3.0 * shorter->at.range);
        // The long one takes the quick waves for noise: it shoots through them.
        QVERIFY(longer->at.nugget > 5.0 * shorter->at.nugget);
        PredictOptions plug_in;
        plug_in.averaged = false;
        plug_in.threads = 1;
        const Points quick = Vector::LinSpaced(60, 0.82, 0.98);
        const auto amplitude = [&](const RangeMinimum& m) {
            const Vector mean = predict_at(*m.model, quick, {}, plug_in).mean;
            return mean.maxCoeff() - mean.minCoeff();
        };
        QVERIFY2(amplitude(*shorter) > 1.5 && amplitude(*longer) < 1.2,
                 qPrintable(QStringLiteral("%1 %2").arg(amplitude(*shorter)).arg(amplitude(*longer))));
    }

    void a_deformation_can_be_profiled() {
        const auto data = scenario("compress", 90, 1);
        ModelSpecification s = stationary(Smoothness::three_halves);
        set_model(s, "velocity-field");
        s.basis_size = 4;
        const RangeProfile warped = profile_range(data, s, options(6));
        set_model(s, "stationary");
        const RangeProfile plain = profile_range(data, s, options(6));
        // The warp has all that the stationary model has, and more.
        for (std::size_t i = 0; i < plain.points.size(); ++i)
            QVERIFY(warped.points[i].loss < plain.points[i].loss + 1e-3);
    }

    void what_cannot_be_profiled_is_said() {
        const auto data = scenario("stationary", 40, 1);
        const ModelSpecification s = stationary(Smoothness::half);
        RangeProfileOptions o = options(2);
        QCOMPARE(code_of([&] { (void)profile_range(data, s, o); }), ErrorCode::bad_input);
        o = options();
        o.shortest = 2.0;
        o.longest = 1.0;
        QCOMPARE(code_of([&] { (void)profile_range(data, s, o); }), ErrorCode::bad_input);
        o = options();
        o.shortest = 1e9;  // beyond the longest that is chosen by itself
        QCOMPARE(code_of([&] { (void)profile_range(data, s, o); }), ErrorCode::bad_input);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(code_of([&] { (void)profile_range(data, s, options(), {}, stop.get_token()); }), ErrorCode::cancelled);
    }
};

QTEST_GUILESS_MAIN(TestRangeProfile)
#include "test_range_profile.moc"
