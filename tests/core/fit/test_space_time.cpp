// SPDX-License-Identifier: GPL-3.0-or-later
// Space with time, and the sphere: scales, deformations of space alone or together with time, units.
#include <QtTest>

#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/sphere.h"
#include "core/fit/combinations.h"
#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/predict/kriging.h"

using namespace anamorph;

namespace {

/// Exponential field of unit sill and nugget 0.02 at the rows of `u` (ranges 1).
Vector field_at(const Points& u, std::uint64_t seed) {
    const Index n = u.rows();
    Matrix c(n, n);
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < n; ++j) c(i, j) = std::exp(-(u.row(i) - u.row(j)).norm());
    c.diagonal().array() += 0.02;
    RandomStream random(seed);
    return CholeskyFactor(c).lower() * random.normals(n);
}

/// Stations (x, y, t) or (x, t): km and hours, ranges 20 km and 6 h, space 100 km, time 48 h.
std::shared_ptr<SpatialDataset> stations(Index n, int d, std::uint64_t seed) {
    auto data = std::make_shared<SpatialDataset>();
    RandomStream random(seed);
    data->coordinates.resize(n, d);
    for (Index i = 0; i < n; ++i) {
        for (int j = 0; j + 1 < d; ++j) data->coordinates(i, j) = 500.0 + 100.0 * random.uniform();
        data->coordinates(i, d - 1) = 48.0 * random.uniform();
    }
    Points u = data->coordinates / 20.0;
    u.col(d - 1) = data->coordinates.col(d - 1) / 6.0;
    data->values = 3.0 + 2.0 * field_at(u, seed + 1).array();
    data->last_axis_is_time = true;
    data->time_unit = "h";
    data->coordinate_system.unit = "km";
    data->coordinate_names = d == 3 ? std::vector<std::string>{"x", "y", "t"} : std::vector<std::string>{"x", "t"};
    return data;
}

ModelSpecification model(DeformationKind kind, TimeDeformation time = TimeDeformation::space_only) {
    ModelSpecification s;
    s.deformation = kind;
    s.smoothness = Smoothness::half;
    s.log_scale = LogScale::no;
    s.likelihood.kind = LikelihoodKind::exact;
    s.basis_size = 4;
    s.time_deformation = time;
    return s;
}

FitOptions quick() {
    FitOptions o;
    o.max_iterations = 60;
    o.threads = 1;
    o.posterior = false;
    o.snapshots_per_second = 0.0;
    return o;
}

}  // namespace

class TestSpaceTime : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ranges_of_space_and_time_are_found_data() {
        QTest::addColumn<int>("d");
        QTest::newRow("line and time") << 2;
        QTest::newRow("plane and time") << 3;
    }
    void ranges_of_space_and_time_are_found() {
        QFETCH(int, d);
        const auto data = stations(220, d, 4);
        const FitResult r = fit(data, model(DeformationKind::stationary), quick());
        const CovarianceParameters p = r.model().parameters();
        QVERIFY2(p.range > 10.0 && p.range < 40.0, qPrintable(QString::number(p.range)));
        QVERIFY2(p.time_range > 3.0 && p.time_range < 12.0, qPrintable(QString::number(p.time_range)));
        // The distance is |δx|/ℓ and |δt|/ℓ_t: a step of either along its axis alone.
        const Points site = data->coordinates.row(0);
        Points east = site, later = site;
        east(0, 0) += 5.0;
        later(0, d - 1) += 2.0;
        QVERIFY(std::abs(r.model().correlation_with(site, east)(0) - std::exp(-5.0 / p.range)) < 1e-9);
        QVERIFY(std::abs(r.model().correlation_with(site, later)(0) - std::exp(-2.0 / p.time_range)) < 1e-9);
        for (const LocalStrain& s : r.model().strain_at(site)) {
            QVERIFY(std::abs(s.major_range - p.practical_range) < 1e-6 * p.practical_range);
            QVERIFY(std::abs(s.log_abs_det) < 1e-9);
        }
    }

    /// Minutes instead of hours: the same model, with the range of time 60 times as long.
    void the_unit_of_time_does_not_matter() {
        const auto hours = stations(120, 3, 8);
        auto minutes = std::make_shared<SpatialDataset>(*hours);
        minutes->coordinates.col(2) *= 60.0;
        const FitResult a = fit(hours, model(DeformationKind::stationary), quick());
        const FitResult b = fit(minutes, model(DeformationKind::stationary), quick());
        QVERIFY(std::abs(a.model().log_likelihood() - b.model().log_likelihood()) < 1e-6);
        QVERIFY(std::abs(b.model().parameters().time_range / a.model().parameters().time_range - 60.0) < 1e-3);
        QVERIFY(std::abs(b.model().parameters().range / a.model().parameters().range - 1.0) < 1e-5);
        const Points at = hours->coordinates.row(3).array() + 0.7;
        Points same = at;
        same(0, 2) *= 60.0;
        PredictOptions plug_in;
        plug_in.averaged = false;
        QVERIFY(std::abs(predict_at(a.model(), at, {}, plug_in).mean(0) -
                         predict_at(b.model(), same, {}, plug_in).mean(0)) < 1e-5);
    }

    void space_alone_leaves_time_as_it_is() {
        const auto data = stations(150, 3, 12);
        for (const auto kind : {DeformationKind::anisotropic, DeformationKind::velocity_field}) {
            const FitResult r = fit(data, model(kind), quick());
            const FittedModel& m = r.model();
            const Points u = m.deformed_from_geographic(data->coordinates);
            QVERIFY((u.col(2) - data->coordinates.col(2)).cwiseAbs().maxCoeff() < 1e-8);
            QVERIFY((m.geographic_from_deformed(u) - data->coordinates).cwiseAbs().maxCoeff() < 1e-6);
            // The map of space is the same at all times.
            Points later = data->coordinates;
            later.col(2).array() += 11.0;
            QVERIFY((m.deformed_from_geographic(later).leftCols(2) - u.leftCols(2)).cwiseAbs().maxCoeff() < 1e-9);
            // log|det J| is that of the map of space.
            const double h = 1e-3;
            const Points at = data->coordinates.topRows(1);
            Eigen::Matrix2d j;
            for (int a = 0; a < 2; ++a) {
                Points up = at, down = at;
                up(0, a) += h, down(0, a) -= h;
                j.col(a) = (m.deformed_from_geographic(up) - m.deformed_from_geographic(down)).leftCols(2).transpose() /
                           (2.0 * h);
            }
            QVERIFY(std::abs(std::log(std::abs(determinant(j))) - m.log_abs_det_jacobian(at)(0)) < 1e-5);
        }
    }

    void space_and_time_together_go_there_and_back() {
        const auto data = stations(150, 3, 12);
        const FitResult r =
            fit(data, model(DeformationKind::velocity_field, TimeDeformation::together), quick());
        const FittedModel& m = r.model();
        QVERIFY(m.state().deformation->parameter_count() >
                make_model(data, model(DeformationKind::velocity_field), 1).deformation->parameter_count());
        const Points u = m.deformed_from_geographic(data->coordinates);
        QVERIFY((m.geographic_from_deformed(u) - data->coordinates).cwiseAbs().maxCoeff() < 1e-6);
        QVERIFY(!m.certificate().folds);
        // Shown distances over ℓ and shown times over ℓ_t are those of the model.
        const CovarianceParameters p = m.parameters();
        const Points d = u.row(0) - u.row(1);
        const double h = std::sqrt(d.leftCols(2).squaredNorm() / (p.range * p.range) +
                                   d(0, 2) * d(0, 2) / (p.time_range * p.time_range));
        const double rho = m.correlation_with(data->coordinates.row(0), data->coordinates.row(1))(0);
        QVERIFY(std::abs(rho - std::exp(-h)) < 1e-9);
    }

    void gradients_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("time");
        for (const auto kind : {DeformationKind::stationary, DeformationKind::anisotropic,
                                DeformationKind::velocity_field, DeformationKind::axial})
            for (const auto time : {TimeDeformation::space_only, TimeDeformation::together})
                QTest::addRow("%s, %s", to_string(kind).c_str(),
                              time == TimeDeformation::together ? "together" : "space alone")
                    << static_cast<int>(kind) << static_cast<int>(time);
    }
    void gradients() {
        QFETCH(int, kind);
        QFETCH(int, time);
        const auto s = model(static_cast<DeformationKind>(kind), static_cast<TimeDeformation>(time));
        Objective objective(make_model(stations(40, 3, 2), s, 1));
        Vector theta = objective.start();
        RandomStream random(1);
        theta += 0.05 * random.normals(theta.size());
        double f = 0.0;
        Vector g, unused;
        QVERIFY(objective.evaluate(theta, f, g));
        const double scale = std::max(1.0, g.cwiseAbs().maxCoeff());
        const Index step_over = std::max<Index>(1, theta.size() / 12);
        for (Index k = 0; k < theta.size(); k += step_over) {
            const double h = 1e-5;
            Vector up = theta, down = theta;
            up(k) += h, down(k) -= h;
            double fu = 0.0, fd = 0.0;
            QVERIFY(objective.evaluate(up, fu, unused) && objective.evaluate(down, fd, unused));
            QVERIFY(std::abs((fu - fd) / (2.0 * h) - g(k)) < 1e-6 * scale);
        }
    }

    void fits_are_kept() {
        const auto data = stations(100, 3, 5);
        const FitResult r =
            fit(data, model(DeformationKind::anisotropic, TimeDeformation::together), quick());
        const auto back = FittedModel::from_archive(r.model().to_archive(), data);
        QVERIFY(back->specification().time_deformation == TimeDeformation::together);
        QCOMPARE(back->deformed_from_geographic(data->coordinates), r.model().deformed_from_geographic(data->coordinates));
        QCOMPARE(back->parameters().time_range, r.model().parameters().time_range);
    }

    void what_does_not_combine_is_said() {
        CombinationRequest r;
        r.sites = 100;
        r.dimension = 3;
        r.last_axis_is_time = true;
        r.specification = model(DeformationKind::mobius);
        QVERIFY(!refusal(r));  // of the plane, at all times
        r.specification.time_deformation = TimeDeformation::together;
        QVERIFY(refusal(r).has_value());
        r.dimension = 2;
        r.specification = model(DeformationKind::realnvp);
        QVERIFY(refusal(r).has_value());
        r.specification.time_deformation = TimeDeformation::together;
        QVERIFY(!refusal(r));
        r.last_axis_is_time = false;
        QVERIFY(refusal(r).has_value());
        CombinationRequest sphere;
        sphere.dimension = 3;
        sphere.chordal = true;
        sphere.specification = model(DeformationKind::stationary);
        sphere.specification.likelihood.kind = LikelihoodKind::spde;
        sphere.specification.smoothness = Smoothness::automatic;
        QVERIFY(refusal(sphere).has_value());
    }

    /// Turning the globe changes nothing, wherever the 180th meridian falls.
    void the_sphere_has_no_seam() {
        RandomStream random(9);
        Points lon_lat(130, 2);
        for (Index i = 0; i < lon_lat.rows(); ++i)
            lon_lat.row(i) << 360.0 * random.uniform() - 180.0,
                std::asin(2.0 * random.uniform() - 1.0) * 180.0 / 3.14159265358979;
        const Vector z = field_at(geocentric_from_degrees(lon_lat) / 2500.0, 10);
        const auto globe = [&](double turn) {
            Points turned = lon_lat;
            turned.col(0).array() += turn;
            auto data = std::make_shared<SpatialDataset>();
            data->coordinate_system = chordal_system();
            data->coordinates = data->coordinate_system.working_from_source(turned);
            data->values = z;
            return data;
        };
        const FitResult a = fit(globe(0.0), model(DeformationKind::stationary), quick());
        const FitResult b = fit(globe(137.0), model(DeformationKind::stationary), quick());
        QVERIFY(std::abs(a.model().log_likelihood() - b.model().log_likelihood()) < 0.02);
        QVERIFY(std::abs(b.model().parameters().range / a.model().parameters().range - 1.0) < 0.02);
        const double range = a.model().parameters().range;
        QVERIFY2(range > 1200.0 && range < 5000.0, qPrintable(QString::number(range)));
        // Correlation follows the chord, also across the meridian.
        Points pair(2, 2);
        pair << 179.0, 10.0, -179.0, 10.0;
        const Points x = geocentric_from_degrees(pair);
        QVERIFY(std::abs(a.model().correlation_with(x.topRows(1), x.bottomRows(1))(0) -
                         std::exp(-(x.row(0) - x.row(1)).norm() / range)) < 1e-9);
        const LocalStrain strain = a.model().strain_at(x.topRows(1)).front();
        QVERIFY(std::abs(strain.major_range - strain.minor_range) < 1e-6 * strain.major_range);
        QVERIFY(std::abs(strain.log_abs_det) < 1e-6);
    }
};

QTEST_GUILESS_MAIN(TestSpaceTime)
#include "test_space_time.moc"
