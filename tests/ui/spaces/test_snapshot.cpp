// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "core/base/error.h"
#include "core/fit/fit.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"
#include "known_space.h"
#include "ui/scenes/probe_contours.h"
#include "ui/scenes/snapshot_parts.h"
#include "ui/scenes/space_scene.h"
#include "ui/scenes/space_lookup.h"

using namespace anamorph;

/// What the spaces show is what the core says: snapshots of known deformations and of a fitted model.
class TestSnapshot : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void dataAloneAreTheSameInBothSpaces();
    void everyPartIsMovedByTheDeformation();
    void mapCellsFollowTheMask();
    void trainingSnapshotIsSmall();
    void fittedModelsNumbersAreShown();
    void mapOfAnotherDimensionIsRefused();
    void contoursAreCirclesInDeformedSpace();
    void lookupIsCloseAndInvertible();
    void coloursShareOneScale();
    void ticksAreRound();
};

void TestSnapshot::dataAloneAreTheSameInBothSpaces() {
    for (const int d : {1, 2, 3}) {
        const SpatialDataset data = known_dataset(d, 60);
        const auto s = make_snapshot(data);
        QVERIFY(!s->has_model && !s->has_map);
        QCOMPARE(s->dimension, d);
        QVERIFY(s->sites.in_geographic == data.coordinates);
        QVERIFY(s->sites.in_deformed == data.coordinates);
        QVERIFY(s->warp.vertices.size() > 20);
        QVERIFY(s->warp.vertices.in_deformed == s->warp.vertices.in_geographic);
        QCOMPARE(s->data_key, make_snapshot(data)->data_key);
        QVERIFY(s->data_key != make_snapshot(known_dataset(d, 61))->data_key);
    }
}

void TestSnapshot::everyPartIsMovedByTheDeformation() {
    const KnownSpace f;
    for (const int d : {2, 3}) {
        const auto s = known_snapshot(d, 80, 16);
        for (const PointsInBoth* part : {&s->sites, &s->warp.vertices, &s->map.corners, &s->lattice.nodes})
            QVERIFY((f.deformed_from_geographic(part->in_geographic) - part->in_deformed).norm() == 0.0);
        QVERIFY(s->warp.log_abs_det == f.log_abs_det_jacobian(s->warp.vertices.in_geographic));
        QVERIFY(s->map.log_abs_det == f.log_abs_det_jacobian(s->map.corners.in_geographic));
        QVERIFY((s->upper_in_deformed - s->map.corners.in_deformed.colwise().maxCoeff().transpose()).minCoeff() >= 0.0);
    }
}

void TestSnapshot::mapCellsFollowTheMask() {
    const SpatialDataset data = known_dataset(2, 200);
    const auto map = known_map(data, 40);
    QVERIFY(map->grid.active_count() < map->grid.cell_count());  // a corner has no sites
    const auto s = make_snapshot(data, KnownSpace(), map, SnapshotDetail::full);
    QCOMPARE(static_cast<Index>(s->map.cells.size()), map->grid.active_count());
    QVERIFY(s->map.mean.allFinite() && s->map.standard_deviation.allFinite());
    QVERIFY(s->map.mean.maxCoeff() <= map->mean(map->grid.active_cells()).maxCoeff() + 1e-12);
    Points outside(1, 2);
    outside << map->grid.origin(0) + 1.0, map->grid.origin(1) + 1.0;
    QCOMPARE(cell_at(map->grid, outside), Index{-1});
    const Points centres = map->grid.centres();
    for (const Index cell : map->grid.active_cells()) QCOMPARE(cell_at(map->grid, centres.row(cell)), cell);
}

void TestSnapshot::trainingSnapshotIsSmall() {
    const SpatialDataset data = known_dataset(2, 500);
    const auto s = make_snapshot(data, KnownSpace(), known_map(data, 30), SnapshotDetail::training);
    QVERIFY(s->has_model && !s->has_map);
    QVERIFY(s->map.cells.empty() && s->ellipses.outlines.empty() && s->probe_lattice.shape.empty());
    QVERIFY(s->sites.size() == 500 && s->warp.vertices.size() > 100);
}

void TestSnapshot::fittedModelsNumbersAreShown() {
    ScenarioOptions scenario;
    scenario.sites = 60;
    const auto data = std::make_shared<const SpatialDataset>(simulate(Scenario("aniso"), scenario).dataset);
    ModelSpecification specification;
    specification.deformation = DeformationKind::anisotropic;
    specification.log_scale = LogScale::no;
    specification.smoothness = Smoothness::three_halves;
    FitOptions options;
    options.max_iterations = 30;
    options.threads = 1;
    const auto model = fit(data, specification, options).model_pointer();
    PredictOptions plug_in;
    plug_in.averaged = false;
    const GridMap map = predict_on_grid(*model, PredictionGrid::around(data->coordinates, 12), {}, plug_in);

    const auto s = make_snapshot(*model, &map, SnapshotDetail::full);
    QVERIFY(s->has_model && s->has_map);
    QVERIFY((s->sites.in_deformed - model->deformed_from_geographic(data->coordinates)).norm() < 1e-12);
    QVERIFY((s->map.log_abs_det - model->log_abs_det_jacobian(s->map.corners.in_geographic)).norm() < 1e-12);
    QVERIFY(s->grid_map->mean.size() == map.mean.size());
    QVERIFY(!s->ellipses.outlines.empty());
    const auto source = make_map_source(model);
    const LocalStrain strain = model->strain_at(data->coordinates.topRows(1)).front();
    const Matrix ranges = source->local_ranges(data->coordinates.topRows(1));
    QCOMPARE(ranges(0, 0), strain.major_range);
    QCOMPARE(ranges(0, 2), strain.major_angle);
    QVERIFY(make_map_source(nullptr) == nullptr);
}

void TestSnapshot::mapOfAnotherDimensionIsRefused() {
    const SpatialDataset data = known_dataset(2, 50);
    try {
        (void)make_snapshot(data, KnownSpace(), known_map(known_dataset(1, 50), 20), SnapshotDetail::full);
        QFAIL("no error");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::dimension_mismatch);
    }
}

void TestSnapshot::contoursAreCirclesInDeformedSpace() {
    const auto s = known_snapshot(2, 200, 30);
    Points centre(1, 2);
    centre << 500.0, 500.0;
    const Points u = KnownSpace().deformed_from_geographic(centre);
    const PointsOfLines contours = correlation_contours(*s, u, 1.0);
    QVERIFY(contours.points.rows() > 100);
    Index near_a_level = 0;
    for (Index i = 0; i < contours.points.rows(); ++i) {
        const double h = (contours.points.row(i) - u.row(0)).norm();
        for (const double level : probe_levels)
            if (std::abs(h + 60.0 * std::log(level)) < 6.0) {
                ++near_a_level;
                break;
            }
    }
    QVERIFY(near_a_level > 0.97 * static_cast<double>(contours.points.rows()));
    QCOMPARE(correlation_contours(*make_snapshot(known_dataset(2, 50)), u, 1.0).points.rows(), Index{0});
}

void TestSnapshot::lookupIsCloseAndInvertible() {
    const auto s = known_snapshot(2, 200, 30);
    const SpaceLookup lookup(s, 1.0);
    Points x(1, 2);
    for (const double a : {130.0, 480.0, 910.0}) {
        x << a, 1000.0 - 0.6 * a;
        const Points u = lookup.deformed_from_geographic(x);
        QVERIFY((u - KnownSpace().deformed_from_geographic(x)).norm() < 8.0);
        QVERIFY((lookup.geographic_from_deformed(u) - x).norm() < 1e-3);
    }
    x << -5000.0, 5000.0;  // far outside: finite, and still invertible in kind
    QVERIFY(lookup.deformed_from_geographic(x).allFinite());
}

void TestSnapshot::coloursShareOneScale() {
    const auto s = known_snapshot(2, 200, 30);
    LayerSettings layers;
    const ColourScale values = colour_scale_of(*s, layers);
    QCOMPARE(values.lower, s->value_limits.lower);
    layers.fill = Fill::none;
    QCOMPARE(colour_scale_of(*s, layers).upper, values.upper);
    layers.fill = Fill::log_det;
    const ColourScale log_det = colour_scale_of(*s, layers);
    QCOMPARE(log_det.lower, -log_det.upper);
    QVERIFY(log_det.map == ColourMap::diverging);
    QVERIFY(log_det.upper >= s->map.log_abs_det.cwiseAbs().maxCoeff() * 0.9);
    QVERIFY(colour_at(ColourMap::viridis, -1.0) == colour_at(ColourMap::viridis, 0.0));
    QVERIFY(colour_at(ColourMap::viridis, 0.0) != colour_at(ColourMap::viridis, 1.0));
}

void TestSnapshot::ticksAreRound() {
    QCOMPARE(round_ticks(0.0, 1000.0, 5), (std::vector<double>{0, 200, 400, 600, 800, 1000}));
    QVERIFY(round_ticks(1.0, 1.0, 5).empty());
    QVERIFY(round_ticks(0.0, std::numeric_limits<double>::infinity(), 5).empty());
    QVERIFY(round_ticks(1e7, 1e7 + 1e-3, 4).size() <= 6);
    QCOMPARE(tick_label(0.25, 0.05), std::string("0.25"));
    QCOMPARE(tick_label(-2.0, 1.0), std::string("\xE2\x88\x92") + "2");
    QCOMPARE(tick_label(-0.001, 0.01), std::string("0.00"));
    QCOMPARE(tick_label(-1500.0, 500.0), std::string("\xE2\x88\x92") + "1,500");
    QCOMPARE(tick_label(1234567.25, 0.01), std::string("1,234,567.25"));
    QCOMPARE(tick_label(0.0, 0.0), std::string("0"));
}

QTEST_MAIN(TestSnapshot)
#include "test_snapshot.moc"
