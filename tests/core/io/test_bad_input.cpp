// SPDX-License-Identifier: GPL-3.0-or-later
// Every kind of bad file that a user can meet: each is refused with a sentence that names the file
// (and the line and column where there is one), or read with a note; nothing crashes.
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <functional>
#include <random>

#include "core/base/error.h"
#include "core/io/import.h"

using namespace anamorph;

namespace {
/// A good table of `rows` scattered sites; `line` replaces one of its lines (2 is the first row).
QByteArray good_table(int rows, int replaced_line = 0, const QByteArray& line = {}) {
    QByteArray bytes("x,y,value\n");
    for (int i = 0; i < rows; ++i) {
        if (i + 2 == replaced_line)
            bytes.append(line);
        else
            bytes.append(QByteArray::number((i * 37) % 101) + "," +
                         QByteArray::number((i * 61) % 89) + "," + QByteArray::number(0.5 * i));
        bytes.append('\n');
    }
    return bytes;
}
}  // namespace

class TestBadInput : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void refused_data();
    void refused();
    void noSuchFile();
    void aFolder();
    void unreadableRolesAreRefused();
    void missingRowsAreNamed();
    void duplicatesAveragedOrKept();
    void nearDuplicates();
    void fineSpacingFarFromOrigin();
    void latinText();
    void randomBytesNeverCrash();
    void mangledTablesNeverCrash();

private:
    std::filesystem::path write(const QByteArray& bytes);
    QTemporaryDir folder_;
    int files_ = 0;
};

std::filesystem::path TestBadInput::write(const QByteArray& bytes) {
    const QString name = folder_.filePath(QStringLiteral("bad%1.csv").arg(files_++));
    QFile file(name);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("no disk");
    return name.toStdString();
}

void TestBadInput::refused_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("line");           // that the message must name; 0: none
    QTest::addColumn<QByteArray>("column");  // that the message must name
    const auto row = [](const char* name, const QByteArray& bytes, int line = 0,
                        const char* column = "") {
        QTest::newRow(name) << bytes << line << QByteArray(column);
    };
    row("empty", "");
    row("only blank lines", "\n\n   \n");
    row("only comments", "# a\n# b\n");
    row("header only", "x,y,value\n");
    row("one column", "value\n1\n2\n3\n4\n5\n6\n");
    row("one word", "hello");
    row("text cell in the value", good_table(20, 7, "3,4,abc"), 7, "value");
    row("number with a unit", good_table(20, 7, "3,4,12abc"), 7, "value");
    row("date for a number", good_table(20, 7, "2020-01-05,4,1"), 7, "x");
    row("exponent without digits", good_table(20, 7, "3,1.0e,1"), 7, "y");
    row("value beyond computing", good_table(20, 7, "3,4,1e200"), 7);
    row("coordinate beyond computing", good_table(20, 7, "3,-1e200,1"), 7);
    row("values too close for computing",
        "x,y,value\n1,2,1e-200\n3,5,2e-200\n5,1,3e-200\n7,8,1e-200\n2,9,2e-200\n6,6,0\n");
    row("three places", "x,y,value\n1,2,1\n1,2,2\n3,5,3\n3,5,4\n5,1,5\n5,1,6\n");
    row("points for thousands and a comma for decimals",
        "x;y;v\n1.234.000,5;2.234.000,5;1,5\n1.235.000,5;2.230.000,5;1,6\n", 2, "x");
    row("text cell in x", good_table(20, 9, "?x,4,1"), 9, "x");
    row("all text", "x,y,value\na,b,c\nd,e,f\ng,h,i\nj,k,l\nm,n,o\n");
    row("infinite value", good_table(20, 5, "3,4,inf"), 5, "value");
    row("infinite coordinate", good_table(20, 6, "-inf,4,1"), 6, "x");
    row("number too large", good_table(20, 6, "1e400,4,1"), 6, "x");
    row("row too short", good_table(20, 8, "3,4"), 8);
    row("row too long", good_table(20, 8, "3,4,5,6"), 8);
    row("unclosed quotation mark", good_table(20, 8, "3,4,\"5"), 8);
    row("text after a quotation mark", good_table(20, 8, "3,4,\"5\"6"), 8);
    row("four sites", good_table(4));
    row("all values missing", "x,y,value\n1,2,NA\n3,5,NA\n5,1,NA\n7,8,NA\n2,9,NA\n");
    row("constant value", "x,y,value\n1,2,5\n3,5,5\n5,1,5\n7,8,5\n2,9,5\n6,6,5\n");
    row("on one line", "x,y,value\n1,2,1\n2,4,2\n3,6,3\n4,8,4\n5,10,5\n6,12,7\n");
    row("same y", "x,y,value\n1,2,1\n2,2,2\n3,2,3\n4,2,4\n5,2,5\n6,2,7\n");
    row("one point", "x,y,value\n1,2,1\n1,2,2\n1,2,3\n1,2,4\n1,2,5\n1,2,7\n");
    row("binary", QByteArray("\x01\x02\x00\x03x,y\n\x00\x00\x07", 11));
    row("picture", QByteArray("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16));
    row("spreadsheet", QByteArray("PK\x03\x04\x14\0\0\0", 8));
    row("compressed", QByteArray("\x1F\x8B\x08\0\0\0\0\0", 8));
    row("database", QByteArray("SQLite format 3\0\x10\0\x01\x01", 20));
    row("latitude of 95", "lon,lat,value\n1,2,1\n2,95,2\n3,6,3\n4,80,4\n5,10,5\n6,12,7\n", 3,
        "lat");
    row("around the globe",
        "lon,lat,value\n-170,2,1\n-90,5,2\n0,60,3\n90,80,4\n170,10,5\n45,12,7\n");
}

void TestBadInput::refused() {
    QFETCH(QByteArray, bytes);
    QFETCH(int, line);
    QFETCH(QByteArray, column);
    const auto path = write(bytes);
    QuickImport choices;
    if (QTest::currentDataTag() == QByteArray("latitude of 95"))
        choices.coordinate_system = "EPSG:4326";
    try {
        (void)import_file(path, choices);
        QFAIL("accepted");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::bad_input);
        QVERIFY(!error.hint().empty());
        const std::string text = error.what();
        if (line > 0) {
            QVERIFY2(text.find(path.filename().string()) != std::string::npos, text.c_str());
            QVERIFY2(text.find("line " + std::to_string(line)) != std::string::npos, text.c_str());
        }
        if (!column.isEmpty())
            QVERIFY2(text.find("\"" + column.toStdString() + "\"") != std::string::npos,
                     text.c_str());
    }
}

void TestBadInput::noSuchFile() {
    try {
        (void)import_file(folder_.filePath("nothing.csv").toStdString());
        QFAIL("accepted");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::input_output);
    }
}

void TestBadInput::aFolder() {
    try {
        (void)import_file(folder_.path().toStdString());
        QFAIL("accepted");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::bad_input);
    }
}

void TestBadInput::unreadableRolesAreRefused() {
    const auto path = write(good_table(20));
    const Table table = read_table(path, detect_table_format(path));
    using Spoil = std::function<void(ImportOptions&)>;
    const std::vector<std::pair<Spoil, ErrorCode>> cases{
        {[](auto& o) { o.roles.pop_back(); }, ErrorCode::dimension_mismatch},
        {[](auto& o) { o.roles[0] = ColumnRole::unused; }, ErrorCode::bad_input},
        {[](auto& o) { o.roles[2] = ColumnRole::unused; }, ErrorCode::bad_input},
        {[](auto& o) { o.roles[1] = ColumnRole::x; }, ErrorCode::bad_input},
        {[](auto& o) { o.roles[1] = ColumnRole::z; }, ErrorCode::bad_input},
        {[](auto& o) { o.coordinate_system = "no such system"; }, ErrorCode::bad_input},
        {[](auto& o) { o.coordinates_are_degrees = true; }, ErrorCode::bad_input},
    };
    for (const auto& [spoil, code] : cases) {
        ImportOptions options = guess_import_options(table);
        spoil(options);
        if (options.coordinates_are_degrees) {
            // x reaches 100, a fine longitude; y must be no latitude.
            std::swap(options.roles[0], options.roles[1]);
        }
        try {
            (void)import_dataset(table, options);
            QFAIL("accepted");
        } catch (const Error& error) {
            QCOMPARE(error.code(), code);
        }
    }
    QuickImport twice;
    twice.x = twice.y = "x";
    QVERIFY_THROWS_EXCEPTION(Error, (void)import_file(path, twice));
    QuickImport choices;
    choices.value = "zinc";
    QVERIFY_THROWS_EXCEPTION(Error, (void)import_file(path, choices));
}

void TestBadInput::missingRowsAreNamed() {
    const SpatialDataset dataset = import_file(write(good_table(20, 7, "3,4,NA")));
    QCOMPARE(dataset.size(), Index{19});
    QCOMPARE(dataset.notes.size(), std::size_t{1});
    QVERIFY(dataset.notes[0].find("line 7") != std::string::npos);
    QVERIFY(dataset.notes[0].find("NA") != std::string::npos);
    QCOMPARE(dataset.source_lines[5], 8L);
}

void TestBadInput::duplicatesAveragedOrKept() {
    const QByteArray bytes("x,y,value\n1,2,1\n3,5,2\n5,1,4\n7,8,3\n3,5,6\n2,9,5\n6,6,7\n");
    QuickImport choices;
    const SpatialDataset averaged = import_file(write(bytes), choices);
    QCOMPARE(averaged.size(), Index{6});
    QCOMPARE(averaged.values[1], 4.0);
    QCOMPARE(averaged.notes.size(), std::size_t{1});
    QVERIFY(averaged.notes[0].find("3 and 6") != std::string::npos);
    choices.duplicates = DuplicatePolicy::keep;
    const SpatialDataset kept = import_file(write(bytes), choices);
    QCOMPARE(kept.size(), Index{7});
    QCOMPARE(kept.notes.size(), std::size_t{1});
}

// Two sites 1e-12 apart count as one place and are reported.
void TestBadInput::nearDuplicates() {
    const SpatialDataset dataset = import_file(
        write("x,y,value\n1,2,1\n3,5,2\n5,1,4\n7,8,3\n3.000000000001,5,6\n2,9,5\n6,6,7\n"));
    QCOMPARE(dataset.size(), Index{6});
    QCOMPARE(dataset.coordinates(1, 0), 3.0);
    QCOMPARE(dataset.values[1], 4.0);
    QCOMPARE(dataset.notes.size(), std::size_t{1});
}

// Coordinates of 1e7 with a spacing of 1e-3 are sites of their own.
void TestBadInput::fineSpacingFarFromOrigin() {
    QByteArray bytes("x,y,value\n");
    for (int i = 0; i < 25; ++i)
        bytes.append("1000000" + QByteArray::number(i % 5 * 1e-3, 'f', 3).mid(1).prepend('0') +
                     ",2000000" + QByteArray::number(i / 5 * 1e-3, 'f', 3).mid(1).prepend('0') +
                     "," + QByteArray::number(i * 1.5) + "\n");
    const SpatialDataset dataset = import_file(write(bytes));
    QCOMPARE(dataset.size(), Index{25});
    QVERIFY(dataset.notes.empty());
    QVERIFY(dataset.coordinates(0, 0) > 9.9e6);
}

void TestBadInput::latinText() {
    const SpatialDataset dataset =
        import_file(write("x,y,temp\xE9rature\n1,2,1\n3,5,2\n5,1,4\n7,8,3\n2,9,5\n6,6,7\n"));
    QCOMPARE(dataset.value_name, std::string("temp\xC3\xA9rature"));
    QCOMPARE(dataset.notes.size(), std::size_t{1});
}

void TestBadInput::randomBytesNeverCrash() {
    std::mt19937 generator(11);
    for (int trial = 0; trial < 200; ++trial) {
        QByteArray bytes(static_cast<int>(generator() % 600), '\0');
        const bool printable = trial % 2 == 0;
        for (char& c : bytes)
            c = printable ? "0123456789.,;-+eE \t\"\n\rxyNA#"[generator() % 27]
                          : static_cast<char>(generator());
        try {
            import_file(write(bytes)).validate();
        } catch (const Error& error) {
            QVERIFY(!std::string(error.what()).empty());
        }
    }
}

void TestBadInput::mangledTablesNeverCrash() {
    std::mt19937 generator(12);
    for (int trial = 0; trial < 200; ++trial) {
        QByteArray bytes = good_table(30);
        for (int k = 0; k < 3; ++k) {
            const auto at = static_cast<int>(generator() % static_cast<unsigned>(bytes.size()));
            if (trial % 3 == 0)
                bytes.truncate(std::max(1, at));
            else
                bytes[at] = static_cast<char>(generator());
            if (bytes.isEmpty()) break;
        }
        try {
            import_file(write(bytes)).validate();
        } catch (const Error& error) {
            QVERIFY(!std::string(error.what()).empty());
        }
    }
}

QTEST_APPLESS_MAIN(TestBadInput)
#include "test_bad_input.moc"
