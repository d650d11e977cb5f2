// SPDX-License-Identifier: GPL-3.0-or-later
// Times and dates, chords of the sphere, grids at times, folds of periods.
#include <QtTest>

#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/map_grid.h"
#include "core/data/sphere.h"
#include "core/data/splits.h"
#include "core/data/time_axis.h"

using namespace anamorph;

namespace {

SpatialDataset stations(Index n, const std::string& unit) {
    RandomStream random(3);
    SpatialDataset data;
    data.coordinates.resize(n, 3);
    data.values.resize(n);
    for (Index i = 0; i < n; ++i) {
        data.coordinates.row(i) << 100.0 * random.uniform(), 50.0 * random.uniform(), 7.0 * random.uniform();
        data.values(i) = random.normals(1)(0);
    }
    data.last_axis_is_time = true;
    data.time_unit = unit;
    data.coordinate_names = {"x", "y", "when"};
    return data;
}

SpatialDataset on_the_globe(const Points& lon_lat) {
    SpatialDataset data;
    data.coordinate_system = chordal_system();
    data.coordinates = data.coordinate_system.working_from_source(lon_lat);
    data.values = Vector::LinSpaced(lon_lat.rows(), 0.0, 1.0);
    data.coordinate_names = {"lon", "lat"};
    return data;
}

}  // namespace

class TestTimeAndSphere : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void dates_are_days_since_1970() {
        QCOMPARE(*days_from_iso("1970-01-01"), 0.0);
        QCOMPARE(*days_from_iso("2000-03-01"), 11017.0);  // 30 years with 7 leap days, January, a leap February
        QCOMPARE(*days_from_iso("1969-12-31T12:00"), -0.5);
        QCOMPARE(*days_from_iso("2016-07"), *days_from_iso("2016-07-01"));
        QCOMPARE(*days_from_iso("2016-07-01T02:00+02:00"), *days_from_iso("2016-07-01 00:00:00Z"));
        QVERIFY(std::abs(*days_from_iso("2016-07-01T00:00:00.5") - *days_from_iso("2016-07-01") - 0.5 / 86400.0) <
                1e-10);
        QCOMPARE(*days_from_iso("2016-07-01T24:00"), *days_from_iso("2016-07-02"));
        QCOMPARE(*days_from_iso("2016-07-01T24:00:00.0"), *days_from_iso("2016-07-02"));
        for (const char* text : {"2016", "2016-13-01", "2015-02-29", "2016-07-01T25:00", "2016-07-01x", "July 1",
                                 "", "2016-07T12:00", "2016-07-01T12:00+99:00", "2016-07-01T24:59", "2016-07-01T24:01",
                                 "2016-07-01T24:00:01", "2016-07-01T24:00:00.5"})
            QVERIFY2(!days_from_iso(text), text);
    }

    void dates_come_back() {
        for (const char* text : {"1970-01-01", "2016-02-29", "1901-12-31", "2016-07-01T12:30", "2016-07-01T23:59:07"})
            QCOMPARE(iso_from_days(*days_from_iso(text)), std::string(text));
        // Rounding to a second may not make the 60th.
        QCOMPARE(iso_from_days(*days_from_iso("2016-12-31T23:59:59.8")), std::string("2017-01-01"));
        QVERIFY(!iso_from_days(1e300).empty());
        QVERIFY(!iso_from_days(std::nan("")).empty());
    }

    void times_are_read_in_the_datas_unit() {
        QCOMPARE(time_from_text("2.5", "h"), 2.5);
        QCOMPARE(time_from_text("1970-01-03", calendar_unit), 2.0);
        QCOMPARE(time_from_text("3", calendar_unit), 3.0);
        for (const char* text : {"1970-01-03", "soon", "1e999", ""}) {
            try {
                (void)time_from_text(text, "h");
                QFAIL("what is no time was read");
            } catch (const Error& error) {
                QCOMPARE(error.code(), ErrorCode::bad_input);
            }
        }
        QCOMPARE(time_text(2.0, "h"), std::string("2 h"));
        QCOMPARE(time_text(2.0, calendar_unit), std::string("1970-01-03"));
    }

    void degrees_go_to_the_sphere_and_back() {
        Points lon_lat(5, 2);
        lon_lat << 0, 0, 90, 0, -75.5, 41.25, 179.9, -89.0, 12.0, 66.0;
        const CoordinateSystem system = chordal_system();
        const Points x = system.working_from_source(lon_lat);
        QCOMPARE(x.cols(), Index(3));
        QVERIFY((x.rowwise().norm().array() - earth_radius_km).abs().maxCoeff() < 1e-9);
        QVERIFY((system.source_from_working(x) - lon_lat).cwiseAbs().maxCoeff() < 1e-10);
        // A quarter of the equator: chord √2 R, arc πR/2.
        const double chord = (x.row(0) - x.row(1)).norm();
        QVERIFY(std::abs(chord - std::sqrt(2.0) * earth_radius_km) < 1e-9);
        const double arc = 2.0 * earth_radius_km * std::asin(0.5 * chord / earth_radius_km);
        QVERIFY(std::abs(arc - 0.5 * std::numbers::pi * earth_radius_km) < 1e-9);
    }

    void directions_lie_in_the_surface() {
        Points lon_lat(3, 2);
        lon_lat << 30, 45, -120, -10, 200, 80;
        const SpatialDataset data = on_the_globe(lon_lat);
        for (Index i = 0; i < 3; ++i) {
            const Points x = data.coordinates.row(i);
            const Matrix t = directions_of_space(data, x);
            QVERIFY((t.transpose() * t - Matrix::Identity(2, 2)).norm() < 1e-12);
            QVERIFY((x * t).norm() < 1e-8);
            Points north = lon_lat.row(i);
            north(0, 1) += 1e-5;
            const Points step = geocentric_from_degrees(north) - x;
            QVERIFY((step * t)(0, 1) > 0.0 && std::abs((step * t)(0, 0)) < 1e-6);
        }
    }

    void maps_do_not_part_the_sites() {
        Points fiji(4, 2);
        fiji << 178.0, -17.0, -179.0, -16.0, 179.5, -18.0, -178.5, -19.0;
        const Points on_map = map_coordinates(on_the_globe(fiji));
        QVERIFY(on_map.col(0).maxCoeff() - on_map.col(0).minCoeff() < 4.0);
        const PredictionGrid grid = map_grid(on_the_globe(fiji), 10);
        QCOMPARE(grid.dimension(), 2);
        const Points back = working_from_map(chordal_system(), grid.centres());
        QCOMPARE(back.cols(), Index(3));
    }

    void maps_of_the_globe_stay_on_it() {
        Points lon_lat(200, 2);
        RandomStream random(5);
        for (Index i = 0; i < 200; ++i) lon_lat.row(i) << 360.0 * random.uniform(), 179.0 * random.uniform() - 89.5;
        const PredictionGrid grid = map_grid(on_the_globe(lon_lat), 36, {}, 0.05, 0.0);
        const Points cells = grid.centres();
        QVERIFY(cells.col(1).cwiseAbs().maxCoeff() < 90.0);
        QVERIFY(static_cast<double>(grid.shape[0]) * grid.cell_size(0) <= 360.0 + 1e-9);
    }

    void grids_at_times() {
        const SpatialDataset data = stations(60, "h");
        const PredictionGrid grid = map_grid(data, 12, {5.0, 1.0, 1.5, 5.0}, 0.02, 0.7);
        QCOMPARE(grid.dimension(), 3);
        QCOMPARE(grid.shape[2], Index(3));
        QCOMPARE(Vector(grid.times), Vector(Eigen::Vector3d(1.0, 1.5, 5.0)));
        const Points centres = grid.centres();
        const Index level = grid.shape[0] * grid.shape[1];
        for (Index k = 0; k < 3; ++k)
            QVERIFY((centres.col(2).segment(k * level, level).array() == grid.times(k)).all());
        QVERIFY(grid.mask.empty() || static_cast<Index>(grid.mask.size()) == grid.cell_count());
        GridMap map;
        map.grid = grid;
        map.mean = map.standard_deviation = centres.col(2);
        const GridMap second = level_of(map, 1);
        QCOMPARE(second.grid.dimension(), 2);
        QVERIFY((second.mean.array() == 1.5).all());
        QCOMPARE(second.mean.size(), level);
        QVERIFY_THROWS_EXCEPTION(Error, (void)level_of(map, 3));
        QVERIFY_THROWS_EXCEPTION(Error, (void)at_times(second.grid, {std::nan("")}));
    }

    void periods_are_held_out_whole() {
        const SpatialDataset data = stations(120, "day");
        const Folds folds = period_folds(data, 7, 3, 1);
        QCOMPARE(folds.test_rows.size(), std::size_t(3));
        std::vector<int> fold_of_period(7, -1);
        const double low = data.coordinates.col(2).minCoeff(), high = data.coordinates.col(2).maxCoeff();
        Index held = 0;
        for (std::size_t f = 0; f < 3; ++f)
            for (const Index row : folds.test_rows[f]) {
                const auto p = static_cast<std::size_t>(
                    std::min(6.0, std::floor(7.0 * (data.coordinates(row, 2) - low) / (high - low))));
                QVERIFY(fold_of_period[p] == -1 || fold_of_period[p] == static_cast<int>(f));
                fold_of_period[p] = static_cast<int>(f);
                ++held;
            }
        QCOMPARE(held, data.size());
        const Folds future = forecast_fold(data, 0.25);
        QCOMPARE(future.test_rows.size(), std::size_t(1));
        for (Index i = 0; i < data.size(); ++i) {
            const bool is_held = std::binary_search(future.test_rows[0].begin(), future.test_rows[0].end(), i);
            QCOMPARE(is_held, data.coordinates(i, 2) > high - 0.25 * (high - low));
        }
        SpatialDataset plain = data;
        plain.last_axis_is_time = false;
        QVERIFY_THROWS_EXCEPTION(Error, (void)period_folds(plain, 4, 0, 1));
        QVERIFY_THROWS_EXCEPTION(Error, (void)forecast_fold(plain, 0.2));
    }

    void blocks_are_of_space() {
        const SpatialDataset data = stations(150, "day");
        const Folds folds = block_folds(data, 2, 1, 2, 1);
        const double middle =
            0.5 * (data.coordinates.col(0).minCoeff() + data.coordinates.col(0).maxCoeff());
        for (const auto& rows : folds.test_rows)
            for (const Index row : rows)
                QCOMPARE(data.coordinates(row, 0) < middle, data.coordinates(rows.front(), 0) < middle);
    }
};

QTEST_APPLESS_MAIN(TestTimeAndSphere)
#include "test_time_and_sphere.moc"
