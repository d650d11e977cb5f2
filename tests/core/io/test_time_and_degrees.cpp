// SPDX-License-Identifier: GPL-3.0-or-later
// Tables with times and dates, degrees taken to the sphere, and what is kept and written of them.
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "core/base/error.h"
#include "core/data/map_grid.h"
#include "core/data/sphere.h"
#include "core/data/time_axis.h"
#include "core/data/time_covariate.h"
#include "core/io/duplicates.h"
#include "core/io/export.h"
#include "core/io/import.h"
#include "core/io/project_file.h"

using namespace anamorph;

class TestTimeAndDegrees : public QObject {
    Q_OBJECT

    std::filesystem::path write(const QByteArray& bytes) {
        const QString name = folder_.filePath(QStringLiteral("table%1.csv").arg(files_++));
        QFile file(name);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("no disk");
        return name.toStdString();
    }
    static QuickImport columns(const char* x, const char* y, const char* time) {
        QuickImport choices;
        choices.x = x;
        choices.y = y;
        choices.value = "v";
        choices.time = time;
        return choices;
    }
    std::filesystem::path dates() {
        return write("x,y,when,v\n1,2,2016-07-01,1\n3,5,2016-07-02T12:00,2\n4,1,2016-07-04,3\n2,2,2016-07-01,5\n"
                     "1,2,2016-07-03,4\n9,9,,6\n1,2,2016-07-01,3\n");
    }
    SpatialDataset globe() {
        QByteArray table = "lon,lat,time,v\n";
        for (int i = 0; i < 12; ++i)
            table += QByteArray::number(30 * i) + ',' + QByteArray::number(10 * (i % 7) - 30) + ',' +
                     QByteArray::number(100 * i) + ',' + QByteArray::number(i * i % 5) + '\n';
        table += "0,-30,50,9\n";  // the first place again, at another time
        QuickImport choices = columns("lon", "lat", "time");
        choices.degrees = DegreesAs::sphere;
        return import_file(write(table), choices);
    }

    QTemporaryDir folder_;
    int files_ = 0;

private Q_SLOTS:
    void dates_become_the_last_axis() {
        const SpatialDataset data = import_file(dates(), columns("x", "y", "when"));
        QVERIFY(data.last_axis_is_time);
        QCOMPARE(data.time_unit, std::string(calendar_unit));
        QCOMPARE(data.dimension(), 3);
        // A row without a time is left out; the same place on the same day is averaged, on another day kept.
        QCOMPARE(data.size(), Index(5));
        QCOMPARE(data.values(0), 2.0);
        QCOMPARE(data.coordinates(1, 2), *days_from_iso("2016-07-02T12:00"));
        QCOMPARE(data.axis_name(2), std::string("when"));
    }

    void numbers_have_their_unit() {
        const auto path = write("x,day,v\n1,1,1\n2,2,2\n4,3,3\n8,4,5\n16,5,1\n3,2,2\n");
        QuickImport choices = columns("x", "", "day");
        const SpatialDataset days = import_file(path, choices);
        QCOMPARE(days.dimension(), 2);
        QVERIFY(days.last_axis_is_time);
        QCOMPARE(days.time_unit, std::string("day"));
        choices.time_unit = "h";
        QCOMPARE(import_file(path, choices).time_unit, std::string("h"));
    }

    void bad_times_name_their_line() {
        for (const auto& [text, line] : {std::pair{QByteArray("x,y,t,v\n1,2,2016-07-01,1\n3,5,soon,2\n4,1,2016-07-04,3\n"), 3},
                                         {QByteArray("x,y,t,v\n1,2,2016-02-30,1\n3,5,2016-07-01,2\n"), 2}}) {
            try {
                (void)import_file(write(text), columns("x", "y", "t"));
                QFAIL("what is no time was read");
            } catch (const Error& error) {
                QCOMPARE(error.code(), ErrorCode::bad_input);
                QVERIFY2(QString::fromUtf8(error.what()).contains(QStringLiteral("line %1").arg(line)), error.what());
            }
        }
        // Three coordinates and time are too many; so are degrees along a line.
        QuickImport four = columns("x", "y", "t");
        four.z = "z";
        QVERIFY_THROWS_EXCEPTION(Error, (void)import_file(write("x,y,z,t,v\n1,2,3,4,5\n6,7,8,9,10\n"), four));
        QVERIFY_THROWS_EXCEPTION(Error, (void)import_file(write("x,t,v\n1,,5\n6,,10\n"), columns("x", "", "t")));
    }

    void duplicates_are_judged_in_each_axis() {
        // Metres by the hundred thousand, and a day in steps of a minute.
        Points x(3, 2);
        x << 0.0, 0.0, 0.0, 1.0 / 1440.0, 4e5, 1.0;
        QCOMPARE(duplicate_groups(x, 1).size(), std::size_t(0));
        x(1, 1) = 1e-12;
        QCOMPARE(duplicate_groups(x, 1).size(), std::size_t(1));
    }

    void the_sphere_keeps_the_time_as_a_covariate() {
        const SpatialDataset data = globe();
        QVERIFY(data.coordinate_system.chordal);
        QVERIFY(!data.last_axis_is_time);
        QCOMPARE(data.dimension(), 3);
        QCOMPARE(data.covariate_names, std::vector<std::string>{"time"});
        QCOMPARE(time_covariate(data).value(), Index(0));
        QVERIFY(!time_covariate(import_file(dates(), columns("x", "y", "when"))));
        QCOMPARE(data.size(), Index(13));
        QVERIFY((data.coordinates.rowwise().norm().array() - earth_radius_km).abs().maxCoeff() < 1e-6);
        QuickImport plane = columns("lon", "lat", "");
        try {  // round the globe there is no plane, and the way out is named
            (void)import_file(write("lon,lat,v\n0,0,1\n90,10,2\n180,20,3\n270,-10,4\n45,5,5\n135,6,6\n225,7,7\n315,8,8\n"), plane);
            QFAIL("the globe was taken for a plane");
        } catch (const Error& error) {
            QVERIFY(QString::fromStdString(error.full_text()).contains(QStringLiteral("chordal")));
        }
        plane.degrees = DegreesAs::sphere;
        plane.z = "z";
        QVERIFY_THROWS_EXCEPTION(Error, (void)import_file(write("lon,lat,z,v\n0,0,1,1\n9,1,2,2\n"), plane));
    }

    void projects_keep_time_and_sphere() {
        for (const SpatialDataset& data : {import_file(dates(), columns("x", "y", "when")), globe()}) {
            Project project;
            project.dataset = std::make_shared<const SpatialDataset>(data);
            const std::filesystem::path path = folder_.filePath(QStringLiteral("p%1.gpkg").arg(files_++)).toStdString();
            GridMap map;
            map.grid = map_grid(data, 8, data.last_axis_is_time ? std::vector<double>{16983.0, 16984.5} : std::vector<double>{});
            map.mean = map.standard_deviation = Vector::LinSpaced(map.grid.cell_count(), 1.0, 2.0);
            project.map = map;
            save_project(path, project);
            const Project back = open_project(path);
            QCOMPARE(back.dataset->last_axis_is_time, data.last_axis_is_time);
            QCOMPARE(back.dataset->time_unit, data.time_unit);
            QCOMPARE(back.dataset->coordinate_system.chordal, data.coordinate_system.chordal);
            QCOMPARE(back.dataset->coordinates, data.coordinates);
            QVERIFY(back.map.has_value());
            QCOMPARE(Vector(back.map->grid.times), Vector(map.grid.times));
            QCOMPARE(back.map->mean, map.mean);
        }
    }

    void maps_are_written_in_degrees_and_dates() {
        const SpatialDataset data = import_file(dates(), columns("x", "y", "when"));
        GridMap map;
        map.grid = map_grid(data, 3, {16983.0, 16984.5}, 0.02, 0.0);
        map.mean = map.standard_deviation = Vector::Ones(map.grid.cell_count());
        const std::filesystem::path csv = folder_.filePath(QStringLiteral("map.csv")).toStdString();
        write_map_csv(csv, map, data);
        QFile file(QString::fromStdString(csv.string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(lines.front().trimmed(), QByteArray("x,y,when,mean,sd"));
        QCOMPARE(lines.size(), static_cast<qsizetype>(map.grid.cell_count() + 1));
        QVERIFY(lines[1].contains(",2016-07-01,"));
        QVERIFY(lines.back().contains(",2016-07-02T12:00,"));
        write_geotiff(folder_.filePath(QStringLiteral("map.tif")).toStdString(), map, data);

        const SpatialDataset round = globe();
        GridMap world;
        world.grid = map_grid(round, 6, {}, 0.02, 0.0);
        world.mean = world.standard_deviation = Vector::Ones(world.grid.cell_count());
        write_map_csv(csv, world, round);
        QFile second(QString::fromStdString(csv.string()));
        QVERIFY(second.open(QIODevice::ReadOnly));
        QCOMPARE(second.readLine().trimmed(), QByteArray("lon,lat,mean,sd"));
        const QList<QByteArray> cells = second.readLine().trimmed().split(',');
        QVERIFY(std::abs(cells[0].toDouble()) <= 180.0 && std::abs(cells[1].toDouble()) <= 90.0);
    }
};

QTEST_GUILESS_MAIN(TestTimeAndDegrees)
#include "test_time_and_degrees.moc"
