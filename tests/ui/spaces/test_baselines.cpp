// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QtTest>

#include "known_space.h"
#include "ui/views/spaces_widget.h"

using namespace anamorph;

/// Pictures of both spaces against the ones kept in tests/data/baselines. A picture passes if its
/// mean absolute difference over channels is under 2.0 of 255 and at most 2 % of its pixels differ
/// by more than 40 in a channel (drivers and fonts round differently). A missing baseline fails;
/// the new picture is then in <build>/pictures, to be looked at and kept by hand.
class TestBaselines : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void picture_data();
    void picture();
};

namespace {

constexpr double largest_mean_difference = 2.0;
constexpr double largest_share_of_pixels = 0.02;
constexpr int pixel_threshold = 40;

struct Difference {
    double mean = 255.0;
    double share = 1.0;
};

Difference compare(const QImage& a, const QImage& b) {
    if (a.size() != b.size()) return {};
    double sum = 0.0, differing = 0.0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
            const int r = std::abs(qRed(p) - qRed(q)), g = std::abs(qGreen(p) - qGreen(q)),
                      bl = std::abs(qBlue(p) - qBlue(q));
            sum += (r + g + bl) / 3.0;
            differing += std::max({r, g, bl}) > pixel_threshold;
        }
    }
    const double pixels = static_cast<double>(a.width()) * a.height();
    return {sum / pixels, differing / pixels};
}

}  // namespace

void TestBaselines::initTestCase() { QDir().mkpath(QStringLiteral(ANAMORPH_PICTURES)); }

void TestBaselines::picture_data() {
    QTest::addColumn<int>("dimension");
    QTest::addColumn<bool>("dark");
    QTest::addColumn<int>("fill");
    QTest::addColumn<bool>("overlays");
    const auto row = [](const char* name, int dimension, bool dark, Fill fill, bool overlays) {
        QTest::newRow(name) << dimension << dark << static_cast<int>(fill) << overlays;
    };
    row("spaces_prediction_light", 2, false, Fill::prediction, false);
    row("spaces_prediction_dark", 2, true, Fill::prediction, false);
    row("spaces_standard_deviation_light", 2, false, Fill::standard_deviation, false);
    row("spaces_log_det_ellipses_dark", 2, true, Fill::log_det, true);
    row("spaces_sites_grid_light", 2, false, Fill::none, true);
    row("spaces_solid_light", 3, false, Fill::prediction, false);
    row("spaces_curves_light", 1, false, Fill::prediction, false);
}

void TestBaselines::picture() {
    QFETCH(int, dimension);
    QFETCH(bool, dark);
    QFETCH(int, fill);
    QFETCH(bool, overlays);
    SpacesWidget spaces;
    spaces.resize(860, 440);
    spaces.setTheme(dark ? Theme::dark_theme() : Theme::light());
    LayerSettings layers;
    layers.fill = static_cast<Fill>(fill);
    layers.ellipses = overlays;
    layers.grid_by_log_det = overlays;
    spaces.setLayers(layers);
    spaces.setSnapshot(known_snapshot(dimension, dimension == 2 ? 300 : 100, dimension == 3 ? 14 : 60));
    spaces.selection()->select({4, 17, 42});
    spaces.show();
    QVERIFY(QTest::qWaitForWindowExposed(&spaces));
    QTest::qWait(50);  // queued replots of the curves
    const QImage drawn = spaces.grabSpaces(1.0).convertToFormat(QImage::Format_RGB32);

    const QString name = QString::fromLatin1(QTest::currentDataTag()) + QStringLiteral(".png");
    const QString written = QStringLiteral(ANAMORPH_PICTURES "/") + name;
    QVERIFY(drawn.save(written));
    const QImage baseline(QStringLiteral(ANAMORPH_TEST_DATA "/baselines/") + name);
    QVERIFY2(!baseline.isNull(), qPrintable(QStringLiteral("no baseline; the picture is in ") + written));
    const Difference difference = compare(drawn, baseline.convertToFormat(QImage::Format_RGB32));
    QVERIFY2(difference.mean < largest_mean_difference && difference.share < largest_share_of_pixels,
             qPrintable(QStringLiteral("%1: mean difference %2, share of pixels %3")
                            .arg(written)
                            .arg(difference.mean)
                            .arg(difference.share)));
}

QTEST_MAIN(TestBaselines)
#include "test_baselines.moc"
