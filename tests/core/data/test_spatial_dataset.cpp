// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <functional>
#include <limits>

#include "core/base/error.h"
#include "core/data/spatial_dataset.h"

using namespace anamorph;

namespace {
SpatialDataset plane_of_six() {
    SpatialDataset dataset;
    dataset.coordinates.resize(6, 2);
    dataset.coordinates << 0, 0, 1, 0, 2, 1, 0, 1, 1, 2, 2, 2;
    dataset.values = Vector::LinSpaced(6, 1.0, 6.0);
    dataset.covariates = Matrix::Random(6, 1);
    dataset.weights = Vector::Constant(6, 2.0);
    dataset.source_lines = {2, 3, 4, 5, 6, 7};
    return dataset;
}
}  // namespace

class TestSpatialDataset : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void acceptsGoodData();
    void acceptsFineSpacingFarFromOrigin();
    void acceptsUnlikeUnitsByAxis();
    void refuses_data();
    void refuses();
    void subsetKeepsOrder();
};

void TestSpatialDataset::acceptsGoodData() {
    plane_of_six().validate();
}

// Coordinates of 1e7 with a spacing of 1e-3 still span a plane.
void TestSpatialDataset::acceptsFineSpacingFarFromOrigin() {
    SpatialDataset dataset = plane_of_six();
    dataset.coordinates = (1e-3 * dataset.coordinates).array() + 1e7;
    dataset.validate();
}

// Kilometres and a depth in metres that is 1e5 times smaller do not lie in one plane.
void TestSpatialDataset::acceptsUnlikeUnitsByAxis() {
    SpatialDataset dataset = plane_of_six();
    dataset.coordinates.conservativeResize(6, 3);
    dataset.coordinates.col(2) << 1e-6, 3e-6, 2e-6, 5e-6, 1e-6, 4e-6;
    dataset.coordinates.leftCols(2) *= 1e3;
    dataset.validate();
}

void TestSpatialDataset::refuses_data() {
    QTest::addColumn<std::function<void(SpatialDataset&)>>("spoil");
    QTest::addColumn<ErrorCode>("code");
    using Spoil = std::function<void(SpatialDataset&)>;
    const auto row = [](const char* name, Spoil spoil, ErrorCode code) {
        QTest::newRow(name) << std::move(spoil) << code;
    };
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr double inf = std::numeric_limits<double>::infinity();
    row(
        "four dimensions", [](auto& d) { d.coordinates = Matrix::Random(6, 4); },
        ErrorCode::dimension_mismatch);
    row(
        "a value too few", [](auto& d) { d.values.conservativeResize(5); },
        ErrorCode::dimension_mismatch);
    row(
        "covariates too few", [](auto& d) { d.covariates.conservativeResize(5, 1); },
        ErrorCode::dimension_mismatch);
    row(
        "weights too few", [](auto& d) { d.weights.conservativeResize(5); },
        ErrorCode::dimension_mismatch);
    row(
        "NaN value", [=](auto& d) { d.values[3] = nan; }, ErrorCode::not_finite);
    row(
        "infinite coordinate", [=](auto& d) { d.coordinates(2, 1) = inf; }, ErrorCode::not_finite);
    row(
        "NaN covariate", [=](auto& d) { d.covariates(0, 0) = nan; }, ErrorCode::not_finite);
    row(
        "weight of zero", [](auto& d) { d.weights[1] = 0.0; }, ErrorCode::bad_input);
    row(
        "four sites",
        [](auto& d) {
            d = d.subset({0, 1, 2, 3});
        },
        ErrorCode::bad_input);
    row(
        "no site", [](auto& d) { d = d.subset({}); }, ErrorCode::bad_input);
    row(
        "constant value", [](auto& d) { d.values.setConstant(4.0); }, ErrorCode::bad_input);
    row(
        "one point", [](auto& d) { d.coordinates.setConstant(3.0); }, ErrorCode::bad_input);
    row(
        "same y", [](auto& d) { d.coordinates.col(1).setConstant(3.0); }, ErrorCode::bad_input);
    row(
        "one line",
        [](auto& d) { d.coordinates.col(1) = 3.0 * d.coordinates.col(0).array() + 1.0; },
        ErrorCode::bad_input);
    row(
        "one plane",
        [](auto& d) {
            d.coordinates.conservativeResize(6, 3);
            d.coordinates.col(2) = d.coordinates.col(0) - 2.0 * d.coordinates.col(1);
        },
        ErrorCode::bad_input);
    row(
        "one point in 1-D", [](auto& d) { d.coordinates = Matrix::Constant(6, 1, 2.0); },
        ErrorCode::bad_input);
}

void TestSpatialDataset::refuses() {
    QFETCH(std::function<void(SpatialDataset&)>, spoil);
    QFETCH(ErrorCode, code);
    SpatialDataset dataset = plane_of_six();
    spoil(dataset);
    try {
        dataset.validate();
        QFAIL("accepted");
    } catch (const Error& error) {
        QCOMPARE(error.code(), code);
        QVERIFY(!std::string(error.what()).empty());
    }
}

void TestSpatialDataset::subsetKeepsOrder() {
    const SpatialDataset all = plane_of_six();
    const SpatialDataset part = all.subset({4, 0, 5});
    QCOMPARE(part.size(), Index{3});
    QCOMPARE(part.values[0], all.values[4]);
    QCOMPARE(part.coordinates.row(1), all.coordinates.row(0));
    QCOMPARE(part.covariates(2, 0), all.covariates(5, 0));
    QCOMPARE(part.weights.size(), Index{3});
    QCOMPARE(part.source_lines, (std::vector<long>{6, 2, 7}));
    QVERIFY_THROWS_EXCEPTION(Error, (void)all.subset({6}));
}

QTEST_APPLESS_MAIN(TestSpatialDataset)
#include "test_spatial_dataset.moc"
