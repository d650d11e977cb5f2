// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <clocale>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/io/number_parsing.h"
#include "core/io/table.h"

using namespace anamorph;

class TestTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void numbers_data();
    void numbers();
    void formats_data();
    void formats();
    void readsTheSameNumbers_data() { formats_data(); }
    void readsTheSameNumbers();
    void missingTokens();
    void quotedCells();
    void preambleAndComments();
    void rowNamesWithoutHeaderCell();
    void noHeader();
    void trailingDelimiters();
    void textColumns();
    void doubledNames();
    void previewShowsHeaderAndRows();
    void millionRows();
    void cancelAndProgress();

private:
    std::filesystem::path write(const QByteArray& bytes);
    Table read(const QByteArray& bytes) {
        const auto path = write(bytes);
        return read_table(path, detect_table_format(path));
    }
    QTemporaryDir folder_;
    int files_ = 0;
};

std::filesystem::path TestTable::write(const QByteArray& bytes) {
    const QString name = folder_.filePath(QStringLiteral("table%1.csv").arg(files_++));
    QFile file(name);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("no disk");
    return name.toStdString();
}

void TestTable::numbers_data() {
    QTest::addColumn<QByteArray>("cell");
    QTest::addColumn<bool>("comma");
    QTest::addColumn<bool>("is_number");
    QTest::addColumn<double>("number");
    const auto row = [](const char* cell, bool comma, bool ok, double number) {
        QTest::addRow("'%s'%s", cell, comma ? " with comma" : "")
            << QByteArray(cell) << comma << ok << number;
    };
    constexpr double inf = std::numeric_limits<double>::infinity();
    row("3.14", false, true, 3.14);
    row("+1e-3", false, true, 0.001);
    row("-.5", false, true, -0.5);
    row("7.", false, true, 7.0);
    row("3,14", true, true, 3.14);
    row("-1,5E+02", true, true, -150.0);
    row("3.14", true, false, 0.0);
    row("3,14", false, false, 0.0);
    row("", false, false, 0.0);
    row("+", false, false, 0.0);
    row("+-1", false, false, 0.0);
    row("abc", false, false, 0.0);
    row("12abc", false, false, 0.0);
    row("0x10", false, false, 0.0);
    row("1 2", false, false, 0.0);
    row("inf", false, true, inf);
    row("-Infinity", false, true, -inf);
    row("1e999", false, true, inf);
    row("1e-999", false, true, 0.0);
    row("5.3107e-320", false, true, 5.3107e-320);
    row("179769313486231570000", false, true, 179769313486231570000.0);
}

void TestTable::numbers() {
    QFETCH(QByteArray, cell);
    QFETCH(bool, comma);
    QFETCH(bool, is_number);
    QFETCH(double, number);
    double parsed = -77.0;
    QCOMPARE(parse_number(cell.toStdString(), comma, parsed), is_number);
    if (is_number) QVERIFY(parsed == number);
}

// One table, written in many ways: each must give the same two columns.
void TestTable::formats_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<char>("delimiter");
    QTest::addColumn<bool>("comma");
    QTest::addColumn<QByteArray>("encoding");
    QTest::addColumn<QByteArray>("ending");
    const auto row = [](const char* name, const QByteArray& bytes, char delimiter,
                        bool comma = false, const char* encoding = "UTF-8",
                        const char* ending = "LF") {
        QTest::newRow(name) << bytes << delimiter << comma << QByteArray(encoding)
                            << QByteArray(ending);
    };
    row("comma", "x,value\n1.5,2\n-3,4.25\n", ',');
    row("no last line end", "x,value\n1.5,2\n-3,4.25", ',');
    row("semicolon", "x;value\n1.5;2\n-3;4.25\n", ';');
    row("semicolon, decimal comma", "x;value\n1,5;2\n-3;4,25\n", ';', true);
    row("tab", "x\tvalue\n1.5\t2\n-3\t4.25\n", '\t');
    row("tab, decimal comma", "x\tvalue\n1,5\t2\n-3\t4,25\n", '\t', true);
    row("bar", "x|value\n1.5|2\n-3|4.25\n", '|');
    row("blanks", "   x   value\n 1.5   2.0\n-3.0  4.25\n", ' ');
    row("blanks after commas", "x, value\n1.5, 2\n-3, 4.25\n", ',');
    row("CRLF", "x,value\r\n1.5,2\r\n-3,4.25\r\n", ',', false, "UTF-8", "CRLF");
    row("CR", "x,value\r1.5,2\r-3,4.25\r", ',', false, "UTF-8", "CR");
    row("byte order mark", "\xEF\xBB\xBFx,value\n1.5,2\n-3,4.25\n", ',');
    row("comments", "# a table\nx,value\n# between\n1.5,2\n\n-3,4.25\n", ',');
    row("quotes", "\"x\",\"value\"\n\"1.5\",\"2\"\n\"-3\",\"4.25\"\n", ',');
    const QString text = QStringLiteral("x,value\n1.5,2\n-3,4.25\n");
    QByteArray little("\xFF\xFE");
    QByteArray big("\xFE\xFF");
    QByteArray unmarked;
    for (const QChar c : text) {
        little.append(static_cast<char>(c.unicode())).append('\0');
        big.append('\0').append(static_cast<char>(c.unicode()));
        unmarked.append(static_cast<char>(c.unicode())).append('\0');
    }
    row("UTF-16LE", little, ',', false, "UTF-16LE");
    row("UTF-16BE", big, ',', false, "UTF-16BE");
    row("UTF-16LE unmarked", unmarked, ',', false, "UTF-16LE");
    row("Latin-1", "# temp\xE9rature\nx,value\n1.5,2\n-3,4.25\n", ',', false, "Latin-1");
}

void TestTable::formats() {
    QFETCH(QByteArray, bytes);
    QFETCH(char, delimiter);
    QFETCH(bool, comma);
    QFETCH(QByteArray, encoding);
    QFETCH(QByteArray, ending);
    const TableFormat format = detect_table_format(write(bytes));
    QCOMPARE(format.delimiter, delimiter);
    QCOMPARE(format.decimal_comma, comma);
    QCOMPARE(QByteArray::fromStdString(format.encoding), encoding);
    QCOMPARE(QByteArray::fromStdString(format.line_ending), ending);
    QVERIFY(format.has_header);
}

void TestTable::readsTheSameNumbers() {
    QFETCH(QByteArray, bytes);
    std::setlocale(LC_ALL, "de_DE.UTF-8");  // numbers must not depend on the locale
    const Table table = read(bytes);
    std::setlocale(LC_ALL, "C");
    QCOMPARE(table.columns.size(), std::size_t{2});
    QCOMPARE(table.columns[0].name, std::string("x"));
    QCOMPARE(table.columns[1].name, std::string("value"));
    QCOMPARE(table.rows(), 2L);
    QVERIFY(table.columns[0].numeric && table.columns[1].numeric);
    QCOMPARE(table.columns[0].numbers, (std::vector<double>{1.5, -3.0}));
    QCOMPARE(table.columns[1].numbers, (std::vector<double>{2.0, 4.25}));
    QCOMPARE(table.find("VALUE"), 1);
    QCOMPARE(table.find("nothing"), -1);
}

void TestTable::missingTokens() {
    const Table table = read("x,value\n1,NA\n2,\n3,-9999.0\n4,nan\n5,7\n6,1e30\n-999.5,8\n");
    const TableColumn& value = table.columns[1];
    QVERIFY(value.numeric);
    QCOMPARE(value.missing, 5L);
    QCOMPARE(value.numbers.size(), std::size_t{7});
    QVERIFY(std::isnan(value.numbers[0]) && std::isnan(value.numbers[2]));
    QCOMPARE(value.numbers[4], 7.0);
    QCOMPARE(value.missing_tokens_seen.size(), std::size_t{5});
    QCOMPARE(table.columns[0].missing, 0L);
}

void TestTable::quotedCells() {
    const Table table = read("name,x,value\n\"a, \"\"b\"\"\",1,2\n\"two\nlines\",3,4\nplain,5,6\n");
    QCOMPARE(table.rows(), 3L);
    QCOMPARE(table.columns[0].texts, (std::vector<std::string>{"a, \"b\"", "two\nlines", "plain"}));
    QCOMPARE(table.lines, (std::vector<long>{2, 3, 5}));
    QCOMPARE(table.columns[2].numbers, (std::vector<double>{2.0, 4.0, 6.0}));
}

void TestTable::preambleAndComments() {
    const Table table =
        read("Survey of the valley\nmade in 1997\n\nx,y,value\n1,2,3\n4,5,6\n7,8,9\n");
    QCOMPARE(table.format.skip_lines, 2L);
    QCOMPARE(table.columns[2].name, std::string("value"));
    QCOMPARE(table.lines, (std::vector<long>{5, 6, 7}));
    const Table percent = read("% made by a program\nx,value\n1,2\n3,4\n");
    QCOMPARE(percent.format.comment, '%');
    QCOMPARE(percent.rows(), 2L);
}

void TestTable::rowNamesWithoutHeaderCell() {
    const Table table = read("\"x\",\"y\",\"value\"\n\"1\",1.5,2,3\n\"2\",4,5,6\n\"3\",7,8,9\n");
    QCOMPARE(table.columns.size(), std::size_t{4});
    QCOMPARE(table.columns[1].name, std::string("x"));
    QCOMPARE(table.columns[1].numbers, (std::vector<double>{1.5, 4.0, 7.0}));
}

void TestTable::noHeader() {
    const Table table = read("1,2,3\n4,5,6\n");
    QVERIFY(!table.format.has_header);
    QCOMPARE(table.rows(), 2L);
    QCOMPARE(table.columns[0].name, std::string("column 1"));
}

void TestTable::trailingDelimiters() {
    QCOMPARE(read("x,value,\n1,2,\n3,4,\n").columns.size(), std::size_t{2});
    QCOMPARE(read("x,value\n1,2,\n3,4,\n").columns.size(), std::size_t{2});
}

void TestTable::textColumns() {
    const Table table = read("x,zn,town\n1,2,Aix\n3,4,Pau\n5,<0.1,Dax\n6,7,Agen\n");
    QVERIFY(!table.columns[1].numeric);
    QCOMPARE(table.columns[1].first_bad_line, 4L);
    QCOMPARE(table.columns[1].first_bad_cell, std::string("<0.1"));
    QVERIFY(!table.columns[2].numeric);
    QCOMPARE(table.columns[2].first_bad_line, 0L);
    QCOMPARE(table.columns[2].texts[3], std::string("Agen"));
}

void TestTable::doubledNames() {
    const Table table = read("x,a,a\n1,2,3\n4,5,6\n");
    QCOMPARE(table.columns[1].name, std::string("a"));
    QCOMPARE(table.columns[2].name, std::string("a_2"));
}

void TestTable::previewShowsHeaderAndRows() {
    const auto path = write("# note\nx,town\n1,Aix\n2,\"P,u\"\n3,Dax\n");
    const auto rows = preview_table(path, detect_table_format(path), 2);
    QCOMPARE(rows.size(), std::size_t{3});
    QCOMPARE(rows[0], (std::vector<std::string>{"x", "town"}));
    QCOMPARE(rows[2], (std::vector<std::string>{"2", "P,u"}));
    const auto unnamed = write("1,2\n3,4\n");
    QCOMPARE(preview_table(unnamed, detect_table_format(unnamed))[0][0], std::string("column 1"));
}

void TestTable::millionRows() {
    QByteArray bytes("x,y,elevation,value\n");
    bytes.reserve(40'000'000);
    for (int i = 0; i < 1'000'000; ++i) {
        bytes.append(QByteArray::number(i % 1000)).append(',');
        bytes.append(QByteArray::number(i / 1000)).append(".5,");
        bytes.append(i % 100'000 == 7 ? "NA" : QByteArray::number(i)).append(',');
        bytes.append(QByteArray::number(i)).append("e-3\n");
    }
    const Table table = read(bytes);
    QCOMPARE(table.rows(), 1'000'000L);
    QCOMPARE(table.columns[2].missing, 10L);
    QCOMPARE(table.lines.back(), 1'000'001L);
    double worst = 0.0;
    for (std::size_t i = 0; i < 1'000'000; ++i) {
        const auto number = static_cast<double>(i);
        worst = std::max(worst, std::abs(table.columns[3].numbers[i] - number * 1e-3));
        worst = std::max(worst,
                         std::abs(table.columns[1].numbers[i] - std::floor(number / 1000.0) - 0.5));
    }
    QVERIFY(worst < 1e-12 * 1000.0);
}

void TestTable::cancelAndProgress() {
    QByteArray bytes("x,value\n");
    for (int i = 0; i < 50'000; ++i) bytes.append(QByteArray::number(i)).append(",1.5\n");
    const auto path = write(bytes);
    const TableFormat format = detect_table_format(path);
    double last = -1.0;
    (void)read_table(path, format, [&](const Progress& progress) {
        if (progress.fraction < last) qFatal("progress went back");
        last = progress.fraction;
    });
    QCOMPARE(last, 1.0);
    std::stop_source stop;
    try {
        (void)read_table(
            path, format, [&](const Progress&) { stop.request_stop(); }, stop.get_token());
        QFAIL("not cancelled");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::cancelled);
    }
}

QTEST_APPLESS_MAIN(TestTable)
#include "test_table.moc"
