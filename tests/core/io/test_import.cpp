// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/error.h"
#include "core/io/column_names.h"
#include "core/io/duplicates.h"
#include "core/io/import.h"

using namespace anamorph;

class TestImport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void columnNames_data();
    void columnNames();
    void guesses_data();
    void guesses();
    void samples_data();
    void samples();
    void covariatesAndWeights();
    void namedSystem();
    void explicitColumns();
    void unitsFollowTheRoles();
    void averagesWithWeights();
    void duplicateGroups();
    void groupsOfSites();
    void longTableOfRealisations();
    void wideTableOfRealisations();
    void realisationsThatCannotBeRead();

private:
    std::filesystem::path write(const QByteArray& bytes) {
        const QString name = folder_.filePath(QStringLiteral("import%1.csv").arg(files_++));
        QFile file(name);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("no disk");
        return name.toStdString();
    }
    QTemporaryDir folder_;
    int files_ = 0;
};

void TestImport::columnNames_data() {
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("stem");
    QTest::addColumn<QByteArray>("unit");
    const auto row = [](const char* name, const char* stem, const char* unit) {
        QTest::newRow(name) << QByteArray(name) << QByteArray(stem) << QByteArray(unit);
    };
    row("X_km", "x", "km");
    row("x_ft", "x", "ft");
    row("Zn (ppm)", "zn", "ppm");
    row("depth [m]", "depth", "m");
    row("jan_temp_c", "jan_temp",
        "\xC2\xB0"
        "C");
    row("pressure_dbar", "pressure", "dbar");
    row("annual_ppt_mm", "annual_ppt", "mm");
    row("log_ppt", "log_ppt", "");
    row("log_zn_ppm", "log_zn", "log ppm");
    row("cu_pct", "cu", "%");
    row("c", "c", "");
    row("item", "item", "");
}

void TestImport::columnNames() {
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, stem);
    QFETCH(QByteArray, unit);
    const ColumnName parsed = parse_column_name(name.toStdString());
    QCOMPARE(QByteArray::fromStdString(parsed.stem), stem);
    QCOMPARE(QByteArray::fromStdString(parsed.unit), unit);
}

void TestImport::guesses_data() {
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("roles");  // one letter a column: x y z v, . for unused
    const auto row = [](const char* header, const char* roles) {
        QTest::newRow(header) << QByteArray(header) << QByteArray(roles);
    };
    row("x,value", "xv");
    row("x,y,value", "xyv");
    row("value,y,x", "vyx");
    row("X,Y,Z", "xyv");
    row("x,y,z,cu_pct", "xyzv");
    row("easting_m,northing_m,zn_ppm", "xyv");
    row("lat,lon,temp", "yxv");
    row("Longitude,Latitude,depth_m,salinity", "xyzv");
    row("lon,lat,ppt_mm,log_ppt", "xy.v");
    row("x,y,log_zn,zn", "xyv.");
    row("id,x,y,weight,grade", ".xy.v");
    row("x,y,value,extra", "xyv.");
    row("a,b,c", "xyv");
    row("a,b", "xv");
    row("x,y,warp_x,warp_y,f_true", "xy..v");
}

void TestImport::guesses() {
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, roles);
    QByteArray bytes = header + "\n";
    for (int i = 0; i < 8; ++i) {
        for (int k = 0; k < roles.size(); ++k)
            bytes.append(k > 0 ? "," : "").append(QByteArray::number((i * (k + 3) * 7) % 29));
        bytes.append('\n');
    }
    const auto path = write(bytes);
    const ImportOptions options = guess_import_options(read_table(path, detect_table_format(path)));
    QByteArray found;
    for (const ColumnRole role : options.roles)
        found.append(role == ColumnRole::x       ? 'x'
                     : role == ColumnRole::y     ? 'y'
                     : role == ColumnRole::z     ? 'z'
                     : role == ColumnRole::value ? 'v'
                                                 : '.');
    QCOMPARE(found, roles);
}

void TestImport::samples_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<int>("sites");
    QTest::addColumn<int>("dimension");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("system");
    const auto row = [](const char* file, int sites, int dimension, const char* value,
                        const char* system) {
        QTest::newRow(file) << QByteArray(file) << sites << dimension << QByteArray(value)
                            << QByteArray(system);
    };
    row("western_us_precip_1997", 1270, 2, "log_ppt", "km, Albers");
    row("scotland_january_temp", 151, 2, "jan_temp_c", "km, local");
    row("argo2016_north_atlantic_3level", 4797, 3, "temp_c", "km, Albers");
    row("step1d_obs", 300, 1, "value", "local");
    row("monterrubio1d_obs", 300, 1, "value", "local");
    row("twist_2d_obs", 4000, 2, "value", "local");
    row("swirl_20_realisations", 2000, 2, "value", "local");
    row("awu_rbf_lft_2d_obs", 2000, 2, "value", "local");
    row("awu_rbf_lft_2d_truth", 10201, 2, "f_true", "local");
    row("pollution_zn_pb", 101, 2, "pb", "local");
    row("oise_alluvial_thickness", 1010, 2, "thickness_m", "local");
}

void TestImport::samples() {
    QFETCH(QByteArray, file);
    QFETCH(int, sites);
    QFETCH(int, dimension);
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, system);
    const SpatialDataset dataset =
        import_file(std::string(ANAMORPH_SAMPLE_DATA "/") + file.constData() + ".csv");
    QCOMPARE(dataset.size(), Index{sites});
    QCOMPARE(dataset.dimension(), dimension);
    QCOMPARE(QByteArray::fromStdString(dataset.value_name), value);
    QCOMPARE(QByteArray::fromStdString(dataset.coordinate_system.label), system);
    QCOMPARE(QByteArray::fromStdString(dataset.name), file);
    dataset.validate();
}

void TestImport::covariatesAndWeights() {
    QuickImport choices;
    choices.covariates = {"elevation_m"};
    choices.value = "jan_temp_c";
    const SpatialDataset dataset =
        import_file(ANAMORPH_SAMPLE_DATA "/scotland_january_temp.csv", choices);
    QCOMPARE(dataset.covariates.cols(), Index{1});
    QCOMPARE(dataset.covariates(0, 0), 255.0);
    QCOMPARE(dataset.covariate_names, std::vector<std::string>{"elevation_m"});
    QCOMPARE(dataset.value_unit, std::string("\xC2\xB0"
                                             "C"));
    QCOMPARE(dataset.coordinate_system.unit, std::string("km"));

    QuickImport weighted;
    weighted.weight = "w";
    const auto path = write("x,y,value,w\n1,2,1,1\n3,5,2,2\n5,1,4,3\n7,8,3,4\n2,9,5,5\n6,6,7,0\n");
    QVERIFY_THROWS_EXCEPTION(Error, (void)import_file(path, weighted));
    QCOMPARE(import_file(path).weights.size(), Index{0});
}

void TestImport::namedSystem() {
    QuickImport choices;
    choices.coordinate_system = "EPSG:2154";
    const SpatialDataset dataset =
        import_file(ANAMORPH_SAMPLE_DATA "/oise_alluvial_thickness.csv", choices);
    QCOMPARE(dataset.coordinate_system.label, std::string("m, EPSG:2154"));
    QCOMPARE(dataset.coordinate_system.unit, std::string("m"));
    QVERIFY(!dataset.coordinate_system.is_projected_from_source());
    QCOMPARE(dataset.coordinates(0, 0), 637320.0);
    // A geographic system is projected like longitude and latitude, and goes back to the degrees.
    choices.coordinate_system = "EPSG:4326";
    const SpatialDataset rain =
        import_file(ANAMORPH_SAMPLE_DATA "/western_us_precip_1997.csv", choices);
    QVERIFY(rain.coordinate_system.is_projected_from_source());
    const Points back = rain.coordinate_system.source_from_working(rain.coordinates.topRows(1));
    QVERIFY(std::abs(back(0, 0) + 112.87) < 1e-9);
    QVERIFY(std::abs(back(0, 1) - 32.37) < 1e-9);
}

void TestImport::explicitColumns() {
    QuickImport choices;
    choices.x = "ELEVATION_M";
    choices.value = "jan_temp_c";
    const SpatialDataset line =
        import_file(ANAMORPH_SAMPLE_DATA "/scotland_january_temp.csv", choices);
    QCOMPARE(line.dimension(), 1);
    QCOMPARE(line.coordinate_names, std::vector<std::string>{"elevation_m"});
    QCOMPARE(line.coordinate_system.unit, std::string("m"));
    choices.y = "altitude";
    QVERIFY_THROWS_EXCEPTION(
        Error, (void)import_file(ANAMORPH_SAMPLE_DATA "/scotland_january_temp.csv", choices));
}

void TestImport::unitsFollowTheRoles() {
    const std::filesystem::path path = ANAMORPH_SAMPLE_DATA "/western_us_precip_1997.csv";
    const Table table = read_table(path, detect_table_format(path));
    ImportOptions options = guess_import_options(table);
    QVERIFY(options.coordinates_are_degrees);
    QCOMPARE(options.value_unit, std::string());
    options.roles[3] = ColumnRole::unused;
    options.roles[2] = ColumnRole::value;
    guess_degrees_and_units(table, options);
    QCOMPARE(options.value_unit, std::string("mm"));
    QVERIFY(options.coordinates_are_degrees);
}

void TestImport::averagesWithWeights() {
    QuickImport choices;
    choices.weight = "w";
    choices.value = "value";
    const SpatialDataset dataset = import_file(
        write("x,y,value,w\n1,2,1,1\n3,5,2,3\n5,1,4,3\n7,8,3,4\n3,5,6,1\n2,9,5,5\n6,6,7,2\n"),
        choices);
    QCOMPARE(dataset.size(), Index{6});
    QCOMPARE(dataset.values[1], 3.0);
    QCOMPARE(dataset.weights[1], 4.0);
}

void TestImport::duplicateGroups() {
    Points points(7, 2);
    points << 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1e-12;
    const auto groups = duplicate_groups(points);
    QCOMPARE(groups.size(), std::size_t{2});
    QCOMPARE(groups[0], (std::vector<Index>{1, 3, 6}));
    QCOMPARE(groups[1], (std::vector<Index>{2, 5}));
    QVERIFY(duplicate_groups(Points::Random(500, 3)).empty());
    QVERIFY(duplicate_groups(Points(0, 2)).empty());
}

void TestImport::groupsOfSites() {
    QuickImport choices;
    choices.value = "value";
    choices.group = "hole";
    // Text or numbers; a row without its group is left out, and said.
    const SpatialDataset texts = import_file(
        write("x,y,hole,value\n1,2,A,1\n3,5,A,2\n5,1,B 2,4\n7,8,B 2,3\n3,6,,6\n2,9,C,5\n6,6,C,7\n"), choices);
    QCOMPARE(texts.groups, (std::vector<std::string>{"A", "A", "B 2", "B 2", "C", "C"}));
    QCOMPARE(texts.covariates.cols(), Index{0});
    QVERIFY(std::any_of(texts.notes.begin(), texts.notes.end(), [](const std::string& note) {
        return note.find("left out for missing values (line 6") != std::string::npos;
    }));
    const SpatialDataset numbers = import_file(
        write("x,y,hole,value\n1,2,7,1\n3,5,7,2\n5,1,1.5,4\n7,8,1.5,3\n3,6,7,6\n2,9,1e3,5\n"), choices);
    QCOMPARE(numbers.groups, (std::vector<std::string>{"7", "7", "1.5", "1.5", "7", "1000"}));
    // Measurements at one place become one, which keeps its group.
    const SpatialDataset averaged = import_file(
        write("x,y,hole,value\n1,2,A,1\n3,5,A,2\n5,1,B,4\n7,8,B,3\n3,5,A,6\n2,9,C,5\n"), choices);
    QCOMPARE(averaged.groups, (std::vector<std::string>{"A", "A", "B", "B", "C"}));
}

void TestImport::longTableOfRealisations() {
    QuickImport choices;
    choices.value = "ozone";
    choices.realisation = "day";
    QByteArray table = "x,y,day,ozone\n";
    for (int day = 1; day <= 3; ++day)
        for (int i = 0; i < 6; ++i)
            table += QByteArray::number(i) + ',' + QByteArray::number((i * i) % 5) + ",d" +
                     QByteArray::number(day) + ',' + QByteArray::number(10 * day + i) + '\n';
    const SpatialDataset data = import_file(write(table), choices);
    QCOMPARE(data.size(), Index{18});  // the same places in other realisations are no duplicates
    QCOMPARE(data.realisation_labels(), (std::vector<std::string>{"d1", "d2", "d3"}));
    QCOMPARE(data.realisation_indices()[7], 1);
    QCOMPARE(data.source_lines[6], 8L);
    // Two values at one place in one realisation are one measurement; four are too few; a row without
    // its day is left out.
    const SpatialDataset cleaned =
        import_file(write(table + "0,0,d1,20\n9,9,d4,1\n8,9,d4,2\n7,9,d4,3\n7,8,d4,5\n1,3,,4\n"), choices);
    QCOMPARE(cleaned.size(), Index{18});
    QCOMPARE(cleaned.values[0], 15.0);
    const auto said = [&](const std::string& words) {
        return std::any_of(cleaned.notes.begin(), cleaned.notes.end(), [&](const std::string& note) {
            return note.find(words) != std::string::npos;
        });
    };
    QVERIFY(said("1 realisation was left out for having fewer than five values (d4)"));
    QVERIFY(said("1 row was left out for missing values"));
    QVERIFY(said("18 values at 6 sites in 3 realisations"));
    QVERIFY(said("1 place has more than one measurement"));
    // A column of that name is taken for one without being asked.
    QVERIFY(import_file(write(QByteArray(table).replace("day", "realisation"))).has_realisations());
    // One label for all is one realisation.
    const SpatialDataset one = import_file(
        write("x,y,day,ozone\n1,2,a,1\n3,5,a,2\n5,1,a,4\n7,8,a,3\n3,6,a,6\n"), choices);
    QVERIFY(!one.has_realisations());
}

void TestImport::wideTableOfRealisations() {
    const QByteArray table = "site,x,y,d1,d2,d3,other\nA,1,2,1,2,3,9\nB,3,5,4,,6,9\nC,5,1,7,8,NA,9\n"
                             "D,7,8,1,3,5,9\nE,3,6,2,4,6,9\nF,2,9,5,5,1,9\n";
    QuickImport choices;
    choices.x = "x";
    choices.y = "y";
    choices.value = "d1:d3";
    choices.group = "site";
    const SpatialDataset data = import_file(write(table), choices);
    QCOMPARE(data.size(), Index{16});
    QCOMPARE(data.realisation_labels(), (std::vector<std::string>{"d1", "d2", "d3"}));
    QCOMPARE(data.value_name, std::string("value"));
    QCOMPARE(data.values[6], 2.0);  // d2 at A
    QCOMPARE(data.groups[6], std::string("A"));
    QCOMPARE(data.source_lines[7], 4L);  // d2 at C: B is empty
    QCOMPARE(data.notes.front(), std::string("2 cells of the 3 columns of values are empty: no measurement there."));
    choices.value = "d1,d3";
    QCOMPARE(import_file(write(table), choices).realisation_labels(), (std::vector<std::string>{"d1", "d3"}));
    choices.value = "d1,other";
    QCOMPARE(import_file(write(table), choices).size(), Index{12});
    choices.value = "d2";
    QVERIFY(!import_file(write(table), choices).has_realisations());
}

void TestImport::realisationsThatCannotBeRead() {
    const auto refused = [&](const QByteArray& table, const QuickImport& choices) {
        try {
            (void)import_file(write(table), choices);
        } catch (const Error& error) {
            return error.code() == ErrorCode::bad_input;
        }
        return false;
    };
    const QByteArray wide = "x,y,a,b,t\n1,2,1,2,u\n3,5,4,3,u\n5,1,7,8,v\n7,8,1,3,v\n3,6,2,4,v\n";
    QuickImport choices;
    for (const char* value : {"b:a", "a,c", "a,t", "a,a", "a:x"}) {
        choices.value = value;
        QVERIFY2(refused(wide, choices), value);
    }
    choices.value = "a,b";
    choices.realisation = "t";
    QVERIFY(refused(wide, choices));
    choices.value = "a";  // two realisations of two and three sites
    QVERIFY(refused(wide, choices));
    // Every realisation on one line of its own.
    QByteArray lines = "x,y,day,v\n";
    for (int day = 0; day < 2; ++day)
        for (int i = 0; i < 6; ++i)
            lines += QByteArray::number(i) + ',' + QByteArray::number(day) + ',' + QByteArray::number(day) + ',' +
                     QByteArray::number(i * i + day) + '\n';
    choices.value = "v";
    choices.realisation = "day";
    QVERIFY(refused(lines, choices));
}

QTEST_APPLESS_MAIN(TestImport)
#include "test_import.moc"
