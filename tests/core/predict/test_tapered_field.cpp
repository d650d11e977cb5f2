// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/lapack.h"
#include "core/predict/tapered_field.h"

using namespace anamorph;

class TestTaperedField : public QObject {
    Q_OBJECT
    static Points points(Index p) {
        RandomStream random(5);
        Points x(p, 2);
        for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform(0.0, 3.0);
        return x;
    }
    static Matrix none(const Points& x) { return Matrix(x.rows(), 0); }  // no local features
    static TaperedFieldOptions options_of(int count, bool joint) {
        TaperedFieldOptions options;
        options.covariance = {matern_covariance(Smoothness::three_halves), Taper::wendland_1, 1.0 / (0.8 * 0.8)};
        options.count = count;
        if (!joint) options.most_joint_pairs = 1;
        return options;
    }
private Q_SLOTS:
    void covariance_is_the_tapered_one_data() {
        QTest::addColumn<bool>("joint");
        QTest::newRow("jointly") << true;
        QTest::newRow("sequentially") << false;
    }
    void covariance_is_the_tapered_one() {
        QFETCH(bool, joint);
        const Points x = points(60);
        const int count = 20000;
        const Matrix field = tapered_field(x, none(x), options_of(count, joint), {});
        QVERIFY(std::abs(field.mean()) < 0.01);
        const Matrix covariance = field * field.transpose() / count;
        for (Index j = 0; j < 60; ++j)
            for (Index i = 0; i < 60; ++i) {
                const double h = (x.row(i) - x.row(j)).norm(), r = std::min(h / 0.8, 1.0);
                const double c = correlation_at(Smoothness::three_halves, h) * std::pow(1.0 - r, 4) * (1.0 + 4.0 * r);
                // Standard error of an estimated covariance: √((1 + c²)/count).
                QVERIFY(std::abs(covariance(i, j) - c) < 5.0 * std::sqrt((1.0 + c * c) / count));
            }
    }

    void coinciding_points_have_one_value() {
        Points x = points(50);
        x.row(7) = x.row(31);
        for (const bool joint : {true, false}) {
            const Matrix field = tapered_field(x, none(x), options_of(20, joint), {});
            QVERIFY((field.row(7) - field.row(31)).cwiseAbs().maxCoeff() < 1e-3);
        }
    }

    void threads_agree_and_a_stop_ends_it() {
        const Points x = points(900);
        for (const bool joint : {true, false}) {
            Matrix field[2];
            for (int k = 0; k < 2; ++k) {
                const ThreadCount threads(k + 1);
                field[k] = tapered_field(x, none(x), options_of(3, joint), {});
            }
            QVERIFY((field[0] - field[1]).cwiseAbs().maxCoeff() < 1e-12);
            std::stop_source stop;
            stop.request_stop();
            try {
                (void)tapered_field(x, none(x), options_of(3, joint), stop.get_token());
                QFAIL("no error");
            } catch (const Error& error) {
                QCOMPARE(error.code(), ErrorCode::cancelled);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestTaperedField)
#include "test_tapered_field.moc"
