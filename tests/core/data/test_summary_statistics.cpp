// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <limits>

#include "core/base/error.h"
#include "core/data/scale_limits.h"
#include "core/data/summary_statistics.h"

using namespace anamorph;

class TestSummaryStatistics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void describesASmallSample() {
        Vector v(5);
        v << 4.0, 1.0, 2.0, 3.0, 10.0;
        const SummaryStatistics s = summarise(v);
        QCOMPARE(s.count, Index(5));
        QCOMPARE(s.minimum, 1.0);
        QCOMPARE(s.lower_quartile, 2.0);
        QCOMPARE(s.median, 3.0);
        QCOMPARE(s.upper_quartile, 4.0);
        QCOMPARE(s.maximum, 10.0);
        QCOMPARE(s.mean, 4.0);
        QVERIFY(std::abs(s.standard_deviation - std::sqrt(12.5)) < 1e-14);
        QVERIFY(s.skewness > 1.0);
    }
    void countsEveryValueOnce() {
        const Vector v = Vector::LinSpaced(101, -3.0, 7.0);
        const Histogram h = histogram(v, 10);
        double total = 0.0;
        for (const double c : h.counts) total += c;
        QCOMPARE(total, 101.0);
        QVERIFY(std::abs(h.class_width - 1.0) < 1e-12);
    }
    void normalQuantilesAreRight() {
        QVERIFY(std::abs(standard_normal_quantile(0.975) - 1.959963984540054) < 1e-12);
        QVERIFY(std::abs(standard_normal_quantile(0.05) + 1.6448536269514722) < 1e-12);
        QVERIFY(std::abs(standard_normal_quantile(1e-8) + 5.612001244174789) < 1e-9);
        QCOMPARE(standard_normal_quantile(0.5), 0.0);
    }
    void coverageCountsTheInside() {
        Vector v(4);
        v << 0.0, 1.0, -2.5, 1.7;
        QCOMPARE(normal_coverage(v, 0.90), 0.5);
        QCOMPARE(normal_coverage(v, 0.95), 0.75);
    }
    void valuesThatAreNotFiniteAreAnError() {
        Vector v = Vector::LinSpaced(20, 0.0, 1.0);
        v(4) = std::numeric_limits<double>::quiet_NaN();
        try {
            (void)histogram(v);
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::not_finite);
        }
    }
    void emptyInputIsAnError() {
        try {
            (void)summarise(Vector());
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::bad_input);
        }
    }

    // 0, 1, …, 1000 in a shuffled order with holes: quantiles are entries, and 1 % falls off at either end.
    void scalesLeaveOutTheTails() {
        Vector v(1003);
        for (Index i = 0; i <= 1000; ++i) v(i) = static_cast<double>((i * 380) % 1001);
        v(1001) = std::numeric_limits<double>::quiet_NaN();
        v(1002) = std::numeric_limits<double>::infinity();
        QCOMPARE(finite_quantile(v, 0.0).value(), 0.0);
        QCOMPARE(finite_quantile(v, 0.25).value(), 250.0);
        QCOMPARE(finite_quantile(v, 1.0).value(), 1000.0);
        const ScaleLimits limits = scale_limits(v);
        QCOMPARE(limits.lower, 10.0);
        QCOMPARE(limits.upper, 990.0);
        const ScaleLimits whole = scale_limits(v, 0.0);
        QCOMPARE(whole.lower, 0.0);
        QCOMPARE(whole.upper, 1000.0);
        // An odd value does not take the scale.
        v(0) = 1e12;
        QCOMPARE(scale_limits(v).upper, 991.0);
    }

    void scalesOfOneValueHaveALength() {
        const ScaleLimits zero = scale_limits(Vector::Zero(5));
        QCOMPARE(zero.lower, -1.0);
        QCOMPARE(zero.upper, 1.0);
        const ScaleLimits negative = scale_limits(Vector::Constant(3, -20.0));
        QCOMPARE(negative.lower, -22.0);
        QCOMPARE(negative.upper, -18.0);
        const Vector none = Vector::Constant(4, std::numeric_limits<double>::quiet_NaN());
        QVERIFY(!finite_quantile(none, 0.5));
        QVERIFY(!finite_quantile(Vector(), 0.5));
        QCOMPARE(scale_limits(none).lower, 0.0);
        QCOMPARE(scale_limits(none).upper, 1.0);
        QVERIFY_THROWS_EXCEPTION(Error, (void)finite_quantile(none, 1.5));
        QVERIFY_THROWS_EXCEPTION(Error, (void)scale_limits(none, 0.5));
    }
};

QTEST_APPLESS_MAIN(TestSummaryStatistics)
#include "test_summary_statistics.moc"
