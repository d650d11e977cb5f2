// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/random.h"
#include "core/covariance/taper.h"

using namespace anamorph;

namespace {
double at(Taper kind, double r) {
    const double s = r * r;
    double value = 0.0;
    taper(kind, &s, 1, &value);
    return value;
}
}  // namespace

class TestTaper : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void values_of_the_closed_form() {
        QCOMPARE(at(Taper::wendland_1, 0.0), 1.0);
        QCOMPARE(at(Taper::wendland_2, 0.0), 1.0);
        QCOMPARE(at(Taper::wendland_1, 0.5), 3.0 / 16.0);               // (1/2)⁴ · 3
        QCOMPARE(at(Taper::wendland_2, 0.5), (4.0 + 35.0 / 12.0) / 64.0);  // (1/2)⁶ (1 + 3 + 35/12)
        for (const double r : {1.0, 1.5, 1e6}) {
            QCOMPARE(at(Taper::wendland_1, r), 0.0);
            QCOMPARE(at(Taper::wendland_2, r), 0.0);
        }
    }

    void derivative_equals_finite_differences() {
        for (const Taper kind : {Taper::wendland_1, Taper::wendland_2})
            for (double s = 0.01; s < 1.3; s += 0.03) {
                double derivative = 0.0;
                taper_derivative(kind, &s, 1, &derivative);
                const double e = 1e-6;
                const double fd = (at(kind, std::sqrt(s + e)) - at(kind, std::sqrt(s - e))) / (2 * e);
                QVERIFY(std::abs(derivative - fd) < 1e-7);
            }
    }

    void positive_definite_in_three_dimensions() {
        RandomStream random(3);
        const Index n = 120;
        Points x(n, 3);
        for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform();
        for (const Taper kind : {Taper::wendland_1, Taper::wendland_2})
            for (const double range : {0.3, 0.8, 2.0}) {
                Matrix t(n, n);
                for (Index j = 0; j < n; ++j)
                    for (Index i = 0; i < n; ++i)
                        t(i, j) = at(kind, (x.row(i) - x.row(j)).norm() / range);
                QVERIFY(symmetric_eigenvalues(t)(0) > 0.0);
            }
    }

    void smooth_enough_for_the_covariance() {
        QVERIFY(taper_for(Smoothness::half) == Taper::wendland_1);
        QVERIFY(taper_for(Smoothness::one) == Taper::wendland_1);
        QVERIFY(taper_for(Smoothness::three_halves) == Taper::wendland_1);
        QVERIFY(taper_for(Smoothness::five_halves) == Taper::wendland_2);
        QVERIFY(taper_for(Smoothness::infinite) == Taper::wendland_2);
    }
};

QTEST_GUILESS_MAIN(TestTaper)
#include "test_taper.moc"
