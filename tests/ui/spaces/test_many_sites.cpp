// SPDX-License-Identifier: GPL-3.0-or-later
// Very many sites: found under the pointer and drawn when a view rests, as if they were few.
#include <QtTest>

#include "core/base/random.h"
#include "known_space.h"
#include "ui/scenes/linked_cameras.h"
#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/site_locator.h"
#include "ui/scenes/site_projection.h"
#include "ui/scenes/site_raster.h"
#include "ui/scenes/snapshot_parts.h"
#include "ui/scenes/space_scene.h"
#include "ui/views/space_view.h"
#include "ui/views/spaces_widget.h"

using namespace anamorph;

namespace {

SiteRasterRequest request_of(std::shared_ptr<const SpacesSnapshot> snapshot) {
    SiteRasterRequest request;
    request.frame = DisplayFrame(*snapshot);
    request.camera.size = {400.0, 300.0};
    request.camera.fit({-1.0, -1.0, 0.0}, {1.0, 1.0, 0.0}, 10.0);
    request.scale = {ColourMap::viridis, snapshot->value_limits.lower, snapshot->value_limits.upper, "", ""};
    request.style.radius = 2.2;
    request.style.outline = 0.6;
    request.snapshot = std::move(snapshot);
    return request;
}

int covered(const SiteRaster& raster) {
    return static_cast<int>(std::count_if(raster.pixels.begin(), raster.pixels.end(), [](std::uint32_t p) { return p != 0; }));
}

}  // namespace

class TestManySites : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theLocatorFindsWhatLookingAtEachSiteFinds() {
        RandomStream random(3);
        Points at(3000, 2);
        for (Index i = 0; i < at.rows(); ++i) at.row(i) << random.uniform(-5.0, 40.0), std::pow(random.uniform(), 4.0) * 9.0;
        at(17, 0) = std::numeric_limits<double>::quiet_NaN();
        at.row(900) = at.row(31);  // of two at one place the first is found
        const SiteLocator locator(at);
        const Eigen::Vector2d scale(2.0, 3.0);
        for (int k = 0; k < 300; ++k) {
            const Eigen::Vector2d point(random.uniform(-8.0, 43.0), random.uniform(-1.0, 10.0));
            const double radius = random.uniform(0.0, 2.0);
            Index expected = -1;
            double best = radius * radius;
            for (Index i = 0; i < at.rows(); ++i) {
                const double score = (at.row(i).transpose() - point).cwiseProduct(scale).squaredNorm();
                if (score < best || (score == best && expected < 0)) best = score, expected = i;
            }
            QCOMPARE(locator.nearest(at, point, scale, radius), expected);
        }
        QCOMPARE(locator.nearest(at, at.row(900).transpose(), scale, 1.0), Index{31});
        const Eigen::Vector2d lower(3.0, 0.5), upper(21.0, 4.0);
        std::vector<Index> expected;
        for (Index i = 0; i < at.rows(); ++i)
            if (at(i, 0) >= 3.0 && at(i, 0) <= 21.0 && at(i, 1) >= 0.5 && at(i, 1) <= 4.0) expected.push_back(i);
        QVERIFY(expected.size() > 100);
        QCOMPARE(locator.within(at, lower, upper), expected);
        QVERIFY(SiteLocator(Points(0, 2)).within(Points(0, 2), lower, upper).empty());
    }

    void projectionAgreesWithTheCamera() {
        for (const int d : {2, 3}) {
            const auto snapshot = known_snapshot(d, 50, 10);
            const DisplayFrame frame(*snapshot);
            ViewCamera camera;
            camera.size = {640.0, 480.0};
            if (d == 3) camera.look_from_above();
            camera.fit({-1.0, -1.0, -0.5}, {1.0, 1.0, 0.5}, 20.0);
            const SiteProjection project(snapshot->sites, frame, 0.3, camera);
            const Points shown = between(snapshot->sites, 0.3);
            for (Index i = 0; i < 50; ++i) {
                const Eigen::Vector3d display = frame.to_display(shown, i);
                QVERIFY((project(i).head<2>() - camera.project(display)).norm() < 1e-9);
                QVERIFY(std::abs(project(i).z() - camera.depth(display)) < 1e-12);
            }
        }
    }

    void everySiteInTheViewIsDrawn() {
        const auto snapshot = known_snapshot(2, 15'000, 20);
        QVERIFY(!snapshot->drawn_sites.empty());
        QVERIFY(snapshot->all_sites_placed && snapshot->locator_in_deformed);
        SiteRasterRequest request = request_of(snapshot);
        const SiteRaster all = draw_sites(request);
        QCOMPARE(all.width, 400);
        QCOMPARE(all.height, 300);
        QCOMPARE(all.sites, snapshot->sites.size());
        const SiteProjection project(snapshot->sites, request.frame, 0.0, request.camera);
        for (Index i = 0; i < snapshot->sites.size(); ++i) {
            const Eigen::Vector3d at = project(i);
            const auto pixel = static_cast<std::size_t>(at.y()) * 400 + static_cast<std::size_t>(at.x());
            QVERIFY((all.pixels[pixel] >> 24U) > 100U);
        }
        QVERIFY(covered(all) < 400 * 300);  // the corner without sites stays free
        request.camera.units_per_pixel /= 30.0;  // near enough, sites are discs with outlines
        const SiteRaster near = draw_sites(request);
        QVERIFY(near.sites > 0 && near.sites < 200);
        QVERIFY(covered(near) > 8 * near.sites && covered(near) < 40 * near.sites);
        std::stop_source cancelled;
        cancelled.request_stop();
        QVERIFY(draw_sites(request, cancelled.get_token()).pixels.empty());
    }

    void inThreeDimensionsTheNearestIsOnTop() {
        auto snapshot = std::make_shared<SpacesSnapshot>(*known_snapshot(3, 2, 4));
        snapshot->sites.in_geographic.row(0) << 500.0, 500.0, 900.0;
        snapshot->sites.in_geographic.row(1) << 500.0, 500.0, 100.0;
        snapshot->values << 0.0, 1.0;
        snapshot->value_limits = {0.0, 1.0};
        SiteRasterRequest request = request_of(snapshot);
        request.style.outline = -1.0;
        for (const bool from_above : {true, false}) {
            request.camera.towards_eye = from_above ? Eigen::Vector3d::UnitZ() : Eigen::Vector3d(-Eigen::Vector3d::UnitZ());
            const SiteRaster raster = draw_sites(request);
            const Eigen::Vector3d at = SiteProjection(snapshot->sites, request.frame, 0.0, request.camera)(0);
            const std::uint32_t pixel = raster.pixels[static_cast<std::size_t>(at.y()) * 400 + static_cast<std::size_t>(at.x())];
            const Rgb expected = request.scale.colour(from_above ? 0.0 : 1.0);
            QVERIFY(std::abs(static_cast<double>((pixel >> 16U) & 0xFFU) - 255.0 * expected[0]) < 3.0);
            QVERIFY(std::abs(static_cast<double>(pixel & 0xFFU) - 255.0 * expected[2]) < 3.0);
        }
    }

    void anyOfThemCanBePicked() {
        const auto snapshot = known_snapshot(2, 15'000, 20);
        Index undrawn = 0;
        while (std::binary_search(snapshot->drawn_sites.begin(), snapshot->drawn_sites.end(), undrawn)) ++undrawn;
        for (const Space space : {Space::geographic, Space::deformed}) {
            SpaceScene scene(space);
            scene.set_snapshot(snapshot);
            ViewCamera camera;
            camera.size = {500.0, 500.0};
            camera.fit({-1.0, -1.0, 0.0}, {1.0, 1.0, 0.0}, 10.0);
            const Pixel pixel = camera.project(scene.site_position(undrawn));
            QCOMPARE(scene.pick(camera, pixel, 8.0), undrawn);
            const std::vector<Index> rows = scene.pick_in(camera, pixel - Pixel(20.0, 20.0), pixel + Pixel(20.0, 20.0));
            QVERIFY(std::binary_search(rows.begin(), rows.end(), undrawn));
            std::vector<Index> expected;
            for (Index i = 0; i < snapshot->sites.size(); ++i)
                if (((camera.project(scene.site_position(i)) - pixel).cwiseAbs().array() <= 20.0).all()) expected.push_back(i);
            QCOMPARE(rows, expected);
        }
    }

    void theRestIsDrawnWhenTheViewRests() {
        SpacesWidget spaces;
        spaces.resize(900, 500);
        spaces.show();
        QVERIFY(QTest::qWaitForWindowExposed(&spaces));
        spaces.setSnapshot(known_snapshot(2, 15'000, 20));
        SpaceView* view = spaces.view(Space::deformed);
        QVERIFY(!view->showsAllSites());
        QTRY_VERIFY_WITH_TIMEOUT(view->showsAllSites(), 20000);
        QWheelEvent wheel(QPointF(200, 200), view->mapToGlobal(QPointF(200, 200)), QPoint(), QPoint(0, 120), Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(view, &wheel);
        QVERIFY(!view->showsAllSites());
        QTRY_VERIFY_WITH_TIMEOUT(view->showsAllSites(), 20000);
        LayerSettings layers = spaces.layers();
        layers.sites = false;
        spaces.setLayers(layers);
        QTRY_VERIFY_WITH_TIMEOUT(view->showsAllSites(), 20000);  // there is nothing to draw
        QTest::qWait(300);
    }

    void aTrainingMovesOnlyTheSitesThatAreDrawn() {
        const SpatialDataset data = known_dataset(2, 15'000);
        const auto s = make_snapshot(data, KnownSpace(), nullptr, SnapshotDetail::training);
        QVERIFY(!s->all_sites_placed);
        Index placed = 0;
        for (Index i = 0; i < data.size(); ++i) placed += std::isfinite(s->sites.in_deformed(i, 0));
        QCOMPARE(placed, static_cast<Index>(s->drawn_sites.size()));
        QVERIFY(s->upper_in_deformed.allFinite());
        SpaceScene scene(Space::deformed);
        scene.set_snapshot(s);
        QVERIFY(!scene.all_sites(ViewCamera(), 1.0));
        QVERIFY(scene.site_positions().allFinite());
    }

    void simulationsAreALayerOfBothSpaces() {
        const SpatialDataset data = known_dataset(2, 200);
        const auto map = known_map(data, 24);
        auto draws = std::make_shared<Matrix>(map->grid.cell_count(), 3);
        for (Index k = 0; k < 3; ++k) draws->col(k) = map->mean.array() + static_cast<double>(k);
        const auto plain = make_snapshot(data, KnownSpace(), map, SnapshotDetail::full);
        const auto s = with_simulations(plain, KnownSpace(), *map, draws);
        QVERIFY(!plain->simulations && s->simulations);
        QCOMPARE(s->simulations->count(), 3);
        QVERIFY((s->simulations->realisation(2) - s->simulations->mesh.mean - Vector::Constant(s->map.mean.size(), 2.0)).norm() < 1e-9);
        QVERIFY(s->simulations->mesh.mean == s->map.mean);
        LayerSettings layers;
        layers.fill = Fill::realisation;
        QVERIFY(fills_map(*s, layers) && !fills_map(*plain, layers));
        const ColourScale of_values = colour_scale_of(*s, LayerSettings()), of_simulation = colour_scale_of(*s, layers);
        QCOMPARE(of_simulation.lower, of_values.lower);
        QCOMPARE(of_simulation.upper, of_values.upper);
        bool refused = false;
        try {
            (void)with_simulations(plain, KnownSpace(), *map, std::make_shared<Matrix>(3, 3));
        } catch (const std::exception&) {
            refused = true;
        }
        QVERIFY(refused);
    }
};

int main(int argc, char** argv) {
    QSurfaceFormat format;
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    QSurfaceFormat::setDefaultFormat(format);
    QApplication application(argc, argv);
    TestManySites test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_many_sites.moc"
