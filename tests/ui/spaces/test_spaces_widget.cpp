// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QtTest>

#include "known_space.h"
#include "ui/views/hover_card.h"
#include "ui/views/layers_panel.h"
#include "ui/views/space_curves.h"
#include "ui/views/space_view.h"
#include "ui/views/spaces_empty_state.h"
#include "ui/views/spaces_widget.h"

#include <QCheckBox>
#include <QPushButton>
#include <QSlider>

using namespace anamorph;

/// Pointer and keys on a real window: picking, rubber band, linked zoom, morph, read-out.
class TestSpacesWidget : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { spaces_.reset(); }

    void withoutDataItSaysWhatToDo();
    void clickPicksTheSiteUnderThePointer();
    void shiftClickAddsAndClickOnNothingClears();
    void rubberBandSelectsTheSameRowsInBothSpaces();
    void wheelZoomsBothSpacesAtTheirPoints();
    void dragPansAndDoubleClickReturnsHome();
    void trainingSnapshotKeepsTheCamera();
    void morphEndsAreTheTwoSpaces();
    void readOutNamesCoordinatesSiteAndPrediction();
    void readOutInDeformedSpaceGoesBackThroughTheInverse();
    void threeDimensionalDataTurn();
    void oneDimensionalDataAreCurves();
    void fillsExcludeEachOther();
    void pictureHasTheAskedScale();

private:
    SpaceView* view(Space space) const { return spaces_->view(space); }
    /// Where a site is drawn, in pixels of its view.
    QPoint pixelOf(Space space, Index row) const;
    void drag(Space space, QPoint from, QPoint to, Qt::KeyboardModifiers modifiers);
    void moveTo(Space space, QPoint at);

    std::shared_ptr<const SpacesSnapshot> planar_ = known_snapshot(2, 300, 50);
    std::unique_ptr<SpacesWidget> spaces_;
};

void TestSpacesWidget::init() {
    spaces_ = std::make_unique<SpacesWidget>();
    spaces_->resize(1100, 560);
    spaces_->show();
    QVERIFY(QTest::qWaitForWindowExposed(spaces_.get()));
}

QPoint TestSpacesWidget::pixelOf(Space space, Index row) const {
    const Pixel p = spaces_->cameras().camera(space).project(
        view(space)->scene().site_positions().row(row).transpose());
    return (view(space)->plotRect().topLeft() + QPointF(p.x(), p.y())).toPoint();
}

void TestSpacesWidget::drag(Space space, QPoint from, QPoint to, Qt::KeyboardModifiers modifiers) {
    SpaceView* v = view(space);
    const auto send = [&](QEvent::Type type, QPoint at, Qt::MouseButton button, Qt::MouseButtons held) {
        QMouseEvent event(type, at, v->mapToGlobal(at), button, held, modifiers);
        QApplication::sendEvent(v, &event);
    };
    send(QEvent::MouseButtonPress, from, Qt::LeftButton, Qt::LeftButton);
    send(QEvent::MouseMove, (from + to) / 2, Qt::NoButton, Qt::LeftButton);
    send(QEvent::MouseMove, to, Qt::NoButton, Qt::LeftButton);
    send(QEvent::MouseButtonRelease, to, Qt::LeftButton, Qt::NoButton);
}

void TestSpacesWidget::moveTo(Space space, QPoint at) {
    QMouseEvent event(QEvent::MouseMove, at, view(space)->mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                      Qt::NoModifier);
    QApplication::sendEvent(view(space), &event);
}

void TestSpacesWidget::withoutDataItSaysWhatToDo() {
    QVERIFY(spaces_->emptyState()->isVisible());
    QVERIFY(!view(Space::geographic)->isVisible());
    QSignalSpy open(spaces_.get(), &SpacesWidget::openRequested);
    QTest::mouseClick(spaces_->emptyState()->findChild<QPushButton*>(), Qt::LeftButton);
    QCOMPARE(open.count(), 1);
    spaces_->setSnapshot(planar_);
    QVERIFY(!spaces_->emptyState()->isVisible());
    spaces_->setSnapshot(nullptr);
    QVERIFY(spaces_->emptyState()->isVisible());
}

void TestSpacesWidget::clickPicksTheSiteUnderThePointer() {
    spaces_->setSnapshot(planar_);
    for (const Space space : {Space::geographic, Space::deformed}) {
        for (const Index row : {Index{7}, Index{120}, Index{299}}) {
            QTest::mouseClick(view(space), Qt::LeftButton, {}, pixelOf(space, row));
            QCOMPARE(spaces_->selection()->rows(), std::vector<Index>{row});
        }
    }
}

void TestSpacesWidget::shiftClickAddsAndClickOnNothingClears() {
    spaces_->setSnapshot(planar_);
    QSignalSpy changed(spaces_->selection(), &SiteSelection::changed);
    QTest::mouseClick(view(Space::geographic), Qt::LeftButton, {}, pixelOf(Space::geographic, 40));
    QTest::mouseClick(view(Space::deformed), Qt::LeftButton, Qt::ShiftModifier, pixelOf(Space::deformed, 12));
    QCOMPARE(spaces_->selection()->rows(), (std::vector<Index>{12, 40}));
    QTest::mouseClick(view(Space::deformed), Qt::LeftButton, Qt::ControlModifier, pixelOf(Space::deformed, 40));
    QCOMPARE(spaces_->selection()->rows(), std::vector<Index>{12});
    QTest::mouseClick(view(Space::geographic), Qt::LeftButton, {},
                      view(Space::geographic)->plotRect().bottomLeft().toPoint() + QPoint(20, -60));
    QVERIFY(spaces_->selection()->isEmpty());
    QCOMPARE(changed.count(), 4);
}

void TestSpacesWidget::rubberBandSelectsTheSameRowsInBothSpaces() {
    spaces_->setSnapshot(planar_);
    const QRect band(QPoint(200, 150), QPoint(330, 290));
    std::vector<Index> expected;
    for (Index i = 0; i < 300; ++i)
        if (band.contains(pixelOf(Space::geographic, i))) expected.push_back(i);
    QVERIFY(expected.size() > 5);
    drag(Space::geographic, band.topLeft(), band.bottomRight(), Qt::ShiftModifier);
    // A site on the very edge of the band may fall on either side of a rounded pixel.
    const auto& rows = spaces_->selection()->rows();
    std::vector<Index> differing;
    std::set_symmetric_difference(rows.begin(), rows.end(), expected.begin(), expected.end(),
                                  std::back_inserter(differing));
    QVERIFY(differing.size() <= 1);

    const QImage before = view(Space::deformed)->grab().toImage();
    spaces_->selection()->clear();
    const QImage after = view(Space::deformed)->grab().toImage();
    QVERIFY(before != after);  // the rows were lit in the other space too
}

void TestSpacesWidget::wheelZoomsBothSpacesAtTheirPoints() {
    spaces_->setSnapshot(planar_);
    const ViewCamera left = spaces_->cameras().camera(Space::geographic);
    const ViewCamera right = spaces_->cameras().camera(Space::deformed);
    const Index row = 33;
    const QPoint at = pixelOf(Space::geographic, row), partner = pixelOf(Space::deformed, row);
    QWheelEvent wheel(at, view(Space::geographic)->mapToGlobal(at), {}, {0, 240}, Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(view(Space::geographic), &wheel);
    const double factor = std::pow(1.25, 2.0);
    const auto ratio = [&](Space space, const ViewCamera& before) {
        return before.units_per_pixel / spaces_->cameras().camera(space).units_per_pixel;
    };
    QVERIFY(std::abs(ratio(Space::geographic, left) - factor) < 1e-9);
    QVERIFY(std::abs(ratio(Space::deformed, right) - factor) < 1e-9);
    QVERIFY((pixelOf(Space::geographic, row) - at).manhattanLength() <= 2);
    QVERIFY((pixelOf(Space::deformed, row) - partner).manhattanLength() <= 6);
}

void TestSpacesWidget::dragPansAndDoubleClickReturnsHome() {
    spaces_->setSnapshot(planar_);
    const QPoint home = pixelOf(Space::geographic, 5), home_right = pixelOf(Space::deformed, 5);
    drag(Space::geographic, {250, 250}, {290, 230}, Qt::NoModifier);
    QVERIFY((pixelOf(Space::geographic, 5) - home - QPoint(40, -20)).manhattanLength() <= 2);
    QVERIFY((pixelOf(Space::deformed, 5) - home_right).manhattanLength() > 15);
    QVERIFY(spaces_->selection()->isEmpty());
    QTest::mouseDClick(view(Space::deformed), Qt::LeftButton, {}, {200, 200});
    QCOMPARE(pixelOf(Space::geographic, 5), home);
    QCOMPARE(pixelOf(Space::deformed, 5), home_right);
}

void TestSpacesWidget::trainingSnapshotKeepsTheCamera() {
    const SpatialDataset data = known_dataset(2, 300);
    spaces_->setSnapshot(make_snapshot(data));
    drag(Space::geographic, {250, 250}, {300, 250}, Qt::NoModifier);
    const QPoint at = pixelOf(Space::geographic, 9), before = pixelOf(Space::deformed, 9);
    spaces_->setSnapshot(make_snapshot(data, KnownSpace(), nullptr, SnapshotDetail::training));
    QCOMPARE(pixelOf(Space::geographic, 9), at);
    QVERIFY(pixelOf(Space::deformed, 9) != before);  // the deformed site has moved
    spaces_->setSnapshot(known_snapshot(2, 120, 30));  // other data: home again
    Eigen::Vector3d lower, upper;
    view(Space::geographic)->scene().bounds(lower, upper);
    QVERIFY((spaces_->cameras().camera(Space::geographic).centre - 0.5 * (lower + upper)).norm() < 1e-9);
}

void TestSpacesWidget::morphEndsAreTheTwoSpaces() {
    spaces_->setSnapshot(planar_);
    const DisplayFrame frame(*planar_);
    LayerSettings layers;
    for (const double morph : {0.0, 0.5, 1.0}) {
        layers.morph = morph;
        spaces_->setLayers(layers);
        for (const Index row : {Index{0}, Index{150}}) {
            const Eigen::Vector3d expected =
                (1.0 - morph) * frame.to_display(planar_->sites.in_geographic, row) +
                morph * frame.to_display(planar_->sites.in_deformed, row);
            const Eigen::Vector3d shown = view(Space::deformed)->scene().site_positions().row(row).transpose();
            QVERIFY((shown - expected).head(2).norm() < 1e-12);
            const Eigen::Vector3d left = view(Space::geographic)->scene().site_positions().row(row).transpose();
            QVERIFY((left - frame.to_display(planar_->sites.in_geographic, row)).head(2).norm() < 1e-12);
        }
    }
    layers.morph = 0.0;
    spaces_->setLayers(layers);
    // The views' widths may differ by a pixel.
    QVERIFY((pixelOf(Space::geographic, 60) - pixelOf(Space::deformed, 60)).manhattanLength() <= 2);
}

void TestSpacesWidget::readOutNamesCoordinatesSiteAndPrediction() {
    spaces_->setSnapshot(planar_);
    spaces_->setMapSource(std::make_shared<KnownSpace>());
    QSignalSpy hovered(spaces_.get(), &SpacesWidget::hovered);
    moveTo(Space::geographic, pixelOf(Space::geographic, 71));
    QTRY_VERIFY(hovered.count() > 0);
    QVERIFY(hovered.last().first().toString().startsWith(QStringLiteral("x ")));
    const HoverReading& r = spaces_->reading();
    QCOMPARE(r.site, Index{71});
    QCOMPARE(*r.value, planar_->values(71));
    QVERIFY((*r.x_in_geographic - planar_->sites.in_geographic.row(71)).norm() < 1e-9);
    QVERIFY((*r.u_in_deformed - planar_->sites.in_deformed.row(71)).norm() < 1e-9);
    QVERIFY(std::abs(*r.mean - *r.value) < 0.3);
    QVERIFY(*r.standard_deviation > 0.0);
    QVERIFY(*r.major_range >= *r.minor_range);
    const QString text = r.text(*planar_);
    for (const char* word : {"at ", "deformed ", "site 72", "prediction ", " ± ", "local range ", " km", "°"})
        QVERIFY2(text.contains(QString::fromUtf8(word)), qPrintable(text));
    QVERIFY(view(Space::geographic)->card()->isVisible());
    QVERIFY(!view(Space::deformed)->card()->isVisible());

    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(view(Space::geographic), &leave);
    QVERIFY(hovered.last().first().toString().isEmpty());
    QVERIFY(!view(Space::geographic)->card()->isVisible());
}

void TestSpacesWidget::readOutInDeformedSpaceGoesBackThroughTheInverse() {
    spaces_->setSnapshot(planar_);
    spaces_->setMapSource(std::make_shared<KnownSpace>());
    LayerSettings layers;
    layers.sites = false;  // read the point, not a site near it
    spaces_->setLayers(layers);
    QSignalSpy hovered(spaces_.get(), &SpacesWidget::hovered);
    moveTo(Space::deformed, view(Space::deformed)->plotRect().center().toPoint());
    QTRY_VERIFY(spaces_->reading().u_in_deformed.has_value());
    const HoverReading& r = spaces_->reading();
    QCOMPARE(r.site, Index{-1});
    QVERIFY((KnownSpace().deformed_from_geographic(*r.x_in_geographic) - *r.u_in_deformed).norm() < 1e-8);
}

void TestSpacesWidget::threeDimensionalDataTurn() {
    const auto solid = known_snapshot(3, 150, 12);
    spaces_->setSnapshot(solid);
    QVERIFY(solid->map.cells.size() > 100);
    const Eigen::Vector3d before = spaces_->cameras().camera(Space::geographic).towards_eye;
    drag(Space::geographic, {200, 200}, {280, 230}, Qt::NoModifier);
    const Eigen::Vector3d left = spaces_->cameras().camera(Space::geographic).towards_eye;
    const Eigen::Vector3d right = spaces_->cameras().camera(Space::deformed).towards_eye;
    QVERIFY((left - before).norm() > 0.05);
    QVERIFY((left - right).norm() < 1e-12);
    QVERIFY(std::abs(left.norm() - 1.0) < 1e-9);
    QTest::mouseClick(view(Space::deformed), Qt::LeftButton, {}, pixelOf(Space::deformed, 20));
    QCOMPARE(spaces_->selection()->rows().size(), std::size_t{1});
}

void TestSpacesWidget::oneDimensionalDataAreCurves() {
    const auto line = known_snapshot(1, 80, 200);
    spaces_->setSnapshot(line);
    QVERIFY(spaces_->curves(Space::geographic)->isVisible());
    QVERIFY(!view(Space::geographic)->isVisible());
    SpaceCurves* right = spaces_->curves(Space::deformed);
    for (const double x : {100.0, 500.0, 900.0}) {
        Points at(1, 1);
        at(0, 0) = x;
        const double u = KnownSpace().deformed_from_geographic(at)(0, 0);
        QVERIFY(std::abs(right->shown(x) - u) < 1.0);
        QVERIFY(std::abs(right->geographic(u) - x) < 1.0);
        QCOMPARE(spaces_->curves(Space::geographic)->shown(x), x);
    }
    QVERIFY((line->curve.upper_95 - line->curve.mean).minCoeff() > 0.0);
    QVERIFY((line->curve.mean - line->curve.lower_95).minCoeff() > 0.0);
}

void TestSpacesWidget::fillsExcludeEachOther() {
    LayersPanel panel;
    panel.attach(spaces_.get());
    QVERIFY(!panel.predictionBox()->isEnabled());
    spaces_->setSnapshot(planar_);
    QVERIFY(panel.predictionBox()->isEnabled());
    panel.standardDeviationBox()->click();
    QCOMPARE(spaces_->layers().fill, Fill::standard_deviation);
    QVERIFY(!panel.predictionBox()->isChecked());
    panel.logDetBox()->click();
    QCOMPARE(spaces_->layers().fill, Fill::log_det);
    QVERIFY(!panel.standardDeviationBox()->isChecked());
    panel.logDetBox()->click();
    QCOMPARE(spaces_->layers().fill, Fill::none);
    LayerSettings other;
    other.fill = Fill::standard_deviation;
    other.grid_by_log_det = true;
    other.morph = 0.25;
    panel.setLayers(other);
    QCOMPARE(spaces_->layers(), other);
    QVERIFY(panel.standardDeviationBox()->isChecked());
    QCOMPARE(panel.morphSlider()->value(), 25);
    panel.siteBox()->click();
    QVERIFY(!spaces_->layers().sites);
}

void TestSpacesWidget::pictureHasTheAskedScale() {
    spaces_->setSnapshot(planar_);
    const QImage once = spaces_->grabSpaces(1.0), twice = spaces_->grabSpaces(2.0);
    QCOMPARE(once.size(), spaces_->size());
    QCOMPARE(twice.size(), 2 * spaces_->size());
    // The large picture is drawn, not magnified: scaled down it is the small one again.
    const QImage smaller = twice.scaled(once.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    double difference = 0.0;
    for (int y = 0; y < once.height(); y += 3)
        for (int x = 0; x < once.width(); x += 3)
            difference += std::abs(qGray(once.pixel(x, y)) - qGray(smaller.pixel(x, y)));
    difference /= (once.height() / 3.0) * (once.width() / 3.0);
    QVERIFY2(difference < 6.0, qPrintable(QString::number(difference)));
}

QTEST_MAIN(TestSpacesWidget)
#include "test_spaces_widget.moc"
