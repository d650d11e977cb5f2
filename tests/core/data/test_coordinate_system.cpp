// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "core/data/coordinate_system.h"

using namespace anamorph;

class TestCoordinateSystem : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void namedSystems();
    void unknownSystemsAreRefused();
    void lambertKnownPoint();
    void albersRoundTrip();
    void albersKeepsArea();
    void smallExtentsAndPolesAreAzimuthal();
    void crossesTheDateLine();
    void keepsOtherColumns();
    void refusesWhatIsNoDegree_data();
    void refusesWhatIsNoDegree();
    void localSystemIsTheIdentity();
};

namespace {
Points western_states() {
    Points lon_lat(5, 2);
    lon_lat << -125.0, 31.0, -102.0, 31.0, -125.0, 49.0, -102.0, 49.0, -113.5, 40.0;
    return lon_lat;
}

double degrees(double value) {
    return value * M_PI / 180.0;
}
}  // namespace

void TestCoordinateSystem::namedSystems() {
    const CoordinateSystem lambert = coordinate_system_named("EPSG:2154");
    QCOMPARE(lambert.unit, std::string("m"));
    QCOMPARE(lambert.label, std::string("m, EPSG:2154"));
    QVERIFY(!lambert.wkt.empty());
    QVERIFY(!lambert.is_projected_from_source());
    QVERIFY(!is_geographic_system("EPSG:2154"));
    QVERIFY(is_geographic_system("EPSG:4326"));
    QVERIFY(is_geographic_system("OGC:CRS84"));
}

void TestCoordinateSystem::unknownSystemsAreRefused() {
    for (const char* text : {"", "nonsense", "EPSG:999999", "GEOGCS[\"broken"}) {
        try {
            (void)coordinate_system_named(text);
            QFAIL(text);
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::bad_input);
            QVERIFY(!error.hint().empty());
        }
    }
}

// The false origin of the French Lambert-93 system: 3° E, 46.5° N is (700 km, 6600 km) by
// definition of EPSG:2154.
void TestCoordinateSystem::lambertKnownPoint() {
    CoordinateSystem system = coordinate_system_named("EPSG:2154");
    system.source_wkt = coordinate_system_named("EPSG:4171").wkt;
    Points lon_lat(1, 2);
    lon_lat << 3.0, 46.5;
    const Points plane = system.working_from_source(lon_lat);
    QVERIFY(std::abs(plane(0, 0) - 700000.0) < 1e-3);
    QVERIFY(std::abs(plane(0, 1) - 6600000.0) < 1e-3);
    const Points back = system.source_from_working(plane);
    QVERIFY((back - lon_lat).cwiseAbs().maxCoeff() < 1e-9);
}

void TestCoordinateSystem::albersRoundTrip() {
    const Points lon_lat = western_states();
    const CoordinateSystem system = equal_area_system_for(lon_lat);
    QCOMPARE(system.label, std::string("km, Albers"));
    QCOMPARE(system.unit, std::string("km"));
    QVERIFY(system.is_projected_from_source());
    const Points plane = system.working_from_source(lon_lat);
    // The middle of the extent is the origin; the north lies up, the east right.
    QVERIFY(plane.row(4).cwiseAbs().maxCoeff() < 1e-6);
    QVERIFY(plane(2, 1) > plane(0, 1));
    QVERIFY(plane(1, 0) > plane(0, 0));
    QVERIFY((system.source_from_working(plane) - lon_lat).cwiseAbs().maxCoeff() < 1e-9);
}

// A small quadrangle has the area of the ellipsoid's surface there, wherever it lies:
// M(φ) N(φ) cos φ Δφ Δλ, WGS 84.
void TestCoordinateSystem::albersKeepsArea() {
    const CoordinateSystem system = equal_area_system_for(western_states());
    constexpr double a = 6378.137;
    constexpr double e2 = 0.00669437999014;
    for (const double latitude : {32.0, 40.0, 48.0}) {
        constexpr double step = 1e-3;
        Points corners(4, 2);
        corners << -120.0, latitude - step, -120.0 + 2 * step, latitude - step, -120.0 + 2 * step,
            latitude + step, -120.0, latitude + step;
        const Points p = system.working_from_source(corners);
        double area = 0.0;
        for (int i = 0; i < 4; ++i) {
            const int j = (i + 1) % 4;
            area += 0.5 * (p(i, 0) * p(j, 1) - p(j, 0) * p(i, 1));
        }
        const double s = std::sin(degrees(latitude));
        const double w = 1.0 - e2 * s * s;
        const double expected = a * a * (1.0 - e2) / (w * w) * std::cos(degrees(latitude)) *
                                degrees(2 * step) * degrees(2 * step);
        QVERIFY(std::abs(area / expected - 1.0) < 1e-5);
    }
}

void TestCoordinateSystem::smallExtentsAndPolesAreAzimuthal() {
    Points town(2, 2);
    town << 5.0, 50.0, 5.5, 50.5;
    QCOMPARE(equal_area_system_for(town).label, std::string("km, azimuthal equal-area"));
    Points arctic(3, 2);
    arctic << 0.0, 60.0, 60.0, 89.0, 120.0, 70.0;
    const CoordinateSystem polar = equal_area_system_for(arctic);
    QCOMPARE(polar.label, std::string("km, azimuthal equal-area"));
    QVERIFY((polar.source_from_working(polar.working_from_source(arctic)) - arctic)
                .cwiseAbs()
                .maxCoeff() < 1e-8);
    Points tropics(2, 2);
    tropics << 10.0, -20.0, 40.0, 20.0;
    QVERIFY(equal_area_system_for(tropics).working_from_source(tropics).allFinite());
}

void TestCoordinateSystem::crossesTheDateLine() {
    Points fiji(3, 2);
    fiji << 175.0, -20.0, -175.0, -10.0, 185.0, -15.0;
    const CoordinateSystem system = equal_area_system_for(fiji);
    const Points plane = system.working_from_source(fiji);
    QVERIFY(plane.col(0).maxCoeff() - plane.col(0).minCoeff() < 1500.0);
}

void TestCoordinateSystem::keepsOtherColumns() {
    Points points(2, 3);
    points << -30.0, 40.0, 100.0, -20.0, 50.0, 1500.0;
    const CoordinateSystem system = equal_area_system_for(points);
    const Points plane = system.working_from_source(points);
    QCOMPARE(plane.cols(), Index{3});
    QCOMPARE(plane(1, 2), 1500.0);
}

void TestCoordinateSystem::refusesWhatIsNoDegree_data() {
    QTest::addColumn<double>("lon");
    QTest::addColumn<double>("lat");
    QTest::newRow("latitude above 90") << 10.0 << 91.0;
    QTest::newRow("metres") << 637320.0 << 6885305.0;
    QTest::newRow("not a number") << std::nan("") << 10.0;
    QTest::newRow("half the globe and more") << 170.0 << 10.0;
}

void TestCoordinateSystem::refusesWhatIsNoDegree() {
    QFETCH(double, lon);
    QFETCH(double, lat);
    Points points(4, 2);
    points << -100.0, 10.0, 0.0, 20.0, 80.0, 0.0, lon, lat;
    try {
        (void)equal_area_system_for(points);
        QFAIL("accepted");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::bad_input);
    }
}

void TestCoordinateSystem::localSystemIsTheIdentity() {
    const Points points = western_states();
    QCOMPARE(CoordinateSystem{}.working_from_source(points), points);
    QCOMPARE(CoordinateSystem{}.source_from_working(points), points);
}

QTEST_APPLESS_MAIN(TestCoordinateSystem)
#include "test_coordinate_system.moc"
