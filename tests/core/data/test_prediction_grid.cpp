// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <random>

#include "core/base/error.h"
#include "core/data/prediction_grid.h"

using namespace anamorph;

namespace {
Points random_points(Index n, Index d, unsigned seed) {
    std::mt19937_64 generator(seed);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    Points points(n, d);
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < d; ++j) points(i, j) = uniform(generator);
    return points;
}
}  // namespace

class TestPredictionGrid : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void coversTheSites_data();
    void coversTheSites();
    void flatOrderIsXFastest();
    void maskIsTheDistanceToTheNearestSite();
    void denseDataNeedNoMask();
    void millionSitesAndCells();
    void verticalAxisHasItsOwnCells();
    void refusesNonsense();
};

void TestPredictionGrid::coversTheSites_data() {
    QTest::addColumn<int>("dimension");
    QTest::addColumn<double>("stretch");
    for (int d = 1; d <= 3; ++d)
        for (const double stretch : {1.0, 0.1, 37.0})
            QTest::addRow("d = %d, stretch %g", d, stretch) << d << stretch;
}

void TestPredictionGrid::coversTheSites() {
    QFETCH(int, dimension);
    QFETCH(double, stretch);
    Points sites = random_points(200, dimension, 1);
    sites.col(dimension - 1) *= stretch;
    const PredictionGrid grid = PredictionGrid::around(sites, 40);
    QCOMPARE(grid.dimension(), dimension);
    Index longest = 0;
    for (int axis = 0; axis < dimension; ++axis) {
        const auto count = grid.shape[static_cast<std::size_t>(axis)];
        if (axis < 2) longest = std::max(longest, count);
        QVERIFY(grid.cell_size[axis] > 0.0);
        QVERIFY(grid.origin[axis] <= sites.col(axis).minCoeff());
        QVERIFY(grid.origin[axis] + grid.cell_size[axis] * static_cast<double>(count) >=
                sites.col(axis).maxCoeff());
    }
    QCOMPARE(longest, Index{40});
    if (dimension > 1) QCOMPARE(grid.cell_size[0], grid.cell_size[1]);
    if (dimension == 1) QVERIFY(grid.mask.empty());
}

void TestPredictionGrid::flatOrderIsXFastest() {
    PredictionGrid grid;
    grid.origin = Vector::Constant(3, 10.0);
    grid.cell_size.resize(3);
    grid.cell_size << 1.0, 2.0, 4.0;
    grid.shape = {2, 3, 2};
    const Points centres = grid.centres();
    QCOMPARE(grid.cell_count(), Index{12});
    for (Index k = 0; k < 2; ++k)
        for (Index j = 0; j < 3; ++j)
            for (Index i = 0; i < 2; ++i) {
                const Index flat = i + 2 * (j + 3 * k);
                QCOMPARE(centres(flat, 0), 10.5 + static_cast<double>(i));
                QCOMPARE(centres(flat, 1), 11.0 + 2.0 * static_cast<double>(j));
                QCOMPARE(centres(flat, 2), 12.0 + 4.0 * static_cast<double>(k));
            }
    QCOMPARE(grid.active_count(), Index{12});
    grid.mask.assign(12, 0);
    grid.mask[7] = 1;
    QCOMPARE(grid.active_count(), Index{1});
    QCOMPARE(grid.active_cells(), std::vector<Index>{7});
}

void TestPredictionGrid::maskIsTheDistanceToTheNearestSite() {
    Points sites = random_points(150, 2, 7);
    sites(0, 0) = 5.0;  // far away, so that there is something to leave out
    const PredictionGrid grid = PredictionGrid::around(sites, 120, 0.02, 0.8);
    QVERIFY(!grid.mask.empty());
    std::vector<double> nearest;
    for (Index i = 0; i < sites.rows(); ++i) {
        double best = 1e300;
        for (Index j = 0; j < sites.rows(); ++j)
            if (i != j) best = std::min(best, (sites.row(i) - sites.row(j)).norm());
        nearest.push_back(best);
    }
    std::sort(nearest.begin(), nearest.end());
    const double radius = 4.0 * 0.8 * nearest[nearest.size() / 2];
    const Points centres = grid.centres();
    for (Index cell = 0; cell < grid.cell_count(); ++cell) {
        const double distance = (sites.rowwise() - centres.row(cell)).rowwise().norm().minCoeff();
        if (std::abs(distance - radius) < 1e-9) continue;
        QCOMPARE(grid.mask[static_cast<std::size_t>(cell)] != 0, distance < radius);
    }
    QVERIFY(PredictionGrid::around(sites, 120, 0.02, 0.0).mask.empty());
    // The same sites again and again (realisations) are no nearer to each other.
    QVERIFY(PredictionGrid::around(sites.replicate(4, 1), 120).mask == PredictionGrid::around(sites, 120).mask);
}

void TestPredictionGrid::denseDataNeedNoMask() {
    Points sites(400, 2);
    for (Index i = 0; i < 400; ++i)
        sites.row(i) << static_cast<double>(i % 20), static_cast<double>(i / 20);
    QVERIFY(PredictionGrid::around(sites, 50).mask.empty());
}

void TestPredictionGrid::millionSitesAndCells() {
    const Points sites = random_points(1000000, 2, 3);
    const PredictionGrid grid = PredictionGrid::around(sites, 1000);
    QVERIFY(grid.active_count() > 900000);
    QVERIFY(grid.active_count() <= grid.cell_count());
}

void TestPredictionGrid::verticalAxisHasItsOwnCells() {
    Points sites = random_points(300, 3, 5);
    sites.leftCols(2) *= 1000.0;
    for (Index i = 0; i < 300; i += 3) {  // profiles: three levels at one position
        sites(i + 1, 0) = sites(i + 2, 0) = sites(i, 0);
        sites(i + 1, 1) = sites(i + 2, 1) = sites(i, 1);
    }
    const PredictionGrid grid = PredictionGrid::around(sites, 80);
    QCOMPARE(grid.shape[2], Index{20});
    QVERIFY(grid.cell_size[2] < 0.1);
    // The mask tells positions apart, not depths.
    const Index level = grid.shape[0] * grid.shape[1];
    for (std::size_t cell = 0; cell < grid.mask.size(); ++cell)
        QCOMPARE(grid.mask[cell], grid.mask[cell % static_cast<std::size_t>(level)]);
}

void TestPredictionGrid::refusesNonsense() {
    const Points sites = random_points(10, 2, 1);
    QVERIFY_THROWS_EXCEPTION(Error, (void)PredictionGrid::around(Points(0, 2), 10));
    QVERIFY_THROWS_EXCEPTION(Error, (void)PredictionGrid::around(sites, 0));
    QVERIFY_THROWS_EXCEPTION(Error, (void)PredictionGrid::around(sites, 100000000));
    QVERIFY_THROWS_EXCEPTION(Error, (void)PredictionGrid::around(sites, 10, -1.0));
    const PredictionGrid point = PredictionGrid::around(Points::Constant(6, 2, 3.0), 10);
    QCOMPARE(point.cell_count(), Index{1});
}

QTEST_APPLESS_MAIN(TestPredictionGrid)
#include "test_prediction_grid.moc"
