// SPDX-License-Identifier: GPL-3.0-or-later
// Value and gradient at given parameters by every likelihood, through the one function that the
// command line uses.
#include <QtTest>

#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "core/likelihood/log_likelihood_at.h"
#include "core/likelihood/spde_precision.h"
#include "core/simulate/scenario.h"

using namespace anamorph;

class TestLogLikelihoodAt : public QObject {
    Q_OBJECT
    Points sites_;
    Vector values_;

    [[nodiscard]] double value(GivenParameters p, const LikelihoodOptions& options) const {
        return log_likelihood_at(sites_, values_, Matrix::Ones(sites_.rows(), 1), p, options)
            .log_likelihood;
    }

private Q_SLOTS:
    void initTestCase() {
        ScenarioOptions options;
        options.sites = 200;
        const auto field = simulate(Scenario("stationary"), options);
        sites_ = 50.0 * field.dataset.coordinates;  // a unit far from the range's
        values_ = field.dataset.values;
    }

    void gradient_equals_finite_differences_data() {
        QTest::addColumn<int>("kind");
        for (auto kind : {LikelihoodKind::exact, LikelihoodKind::vecchia, LikelihoodKind::taper,
                          LikelihoodKind::predictive_process, LikelihoodKind::spde})
            QTest::addRow("%s", to_string(kind).c_str()) << static_cast<int>(kind);
    }
    void gradient_equals_finite_differences() {
        QFETCH(int, kind);
        LikelihoodOptions options;
        options.kind = static_cast<LikelihoodKind>(kind);
        options.inducing_sites = 40;
        options.mesh_edge = 12.0;
        GivenParameters p{0.9, 14.0, 0.05, Smoothness::three_halves};
        if (options.kind == LikelihoodKind::spde) p.smoothness = spde_smoothness(2, 2);
        const LogLikelihoodAt at =
            log_likelihood_at(sites_, values_, Matrix::Ones(200, 1), p, options);
        QVERIFY(std::isfinite(at.log_likelihood));
        const double e = 1e-5;
        const auto difference = [&](double GivenParameters::*parameter) {
            GivenParameters up = p, down = p;
            up.*parameter *= std::exp(e);
            down.*parameter *= std::exp(-e);
            return (value(up, options) - value(down, options)) / (2.0 * e);
        };
        const auto check = [&](const char* name, double gradient, double GivenParameters::*parameter) {
            const double fd = difference(parameter);
            QVERIFY2(std::abs(fd - gradient) < 1e-6 * (1.0 + std::abs(fd)),
                     qPrintable(QString("%1: %2, differences %3").arg(name).arg(gradient, 0, 'g', 12)
                                    .arg(fd, 0, 'g', 12)));
        };
        check("sill", at.d_log_partial_sill, &GivenParameters::partial_sill);
        check("range", at.d_log_range, &GivenParameters::range);
        check("nugget", at.d_log_nugget, &GivenParameters::nugget);
    }

    void approximations_come_near_the_exact_value() {
        const GivenParameters p{0.9, 14.0, 0.05, Smoothness::three_halves};
        LikelihoodOptions options;
        options.kind = LikelihoodKind::exact;
        const double exact = value(p, options);
        options.kind = LikelihoodKind::vecchia;
        options.neighbours = 199;
        QVERIFY(std::abs(value(p, options) - exact) < 1e-8);
        options.kind = LikelihoodKind::predictive_process;
        options.inducing_sites = 200;
        QVERIFY(std::abs(value(p, options) - exact) < 1e-5);
        options.kind = LikelihoodKind::taper;
        options.taper_range = 1e6;
        QVERIFY(std::abs(value(p, options) - exact) < 1e-3);
    }

    void weights_divide_the_nugget() {
        Points far(4, 1);  // independent: each has the variance σ² + τ²/w
        far << 0.0, 1e4, 2e4, 3e4;
        const Vector z = Eigen::Vector4d(0.3, -1.2, 2.0, 0.7), w = Eigen::Vector4d(1.0, 2.0, 4.0, 0.5);
        const GivenParameters p{1.5, 1.0, 0.8, Smoothness::three_halves};
        LikelihoodOptions options;
        options.kind = LikelihoodKind::exact;
        double expected = 0.0;
        for (Index i = 0; i < 4; ++i) {
            const double variance = p.partial_sill + p.nugget / w(i);
            expected -= 0.5 * (std::log(2.0 * std::numbers::pi * variance) + z(i) * z(i) / variance);
        }
        QVERIFY(std::abs(log_likelihood_at(far, z, Matrix(4, 0), p, options, {}, w).log_likelihood - expected) < 1e-10);
    }

    void parameters_out_of_range_are_refused() {
        LikelihoodOptions options;
        options.kind = LikelihoodKind::vecchia;
        for (const GivenParameters& p :
             {GivenParameters{0.0, 1.0, 0.1, Smoothness::half}, GivenParameters{1.0, -1.0, 0.1, Smoothness::half},
              GivenParameters{1.0, 1.0, std::nan(""), Smoothness::half}}) {
            try {
                (void)value(p, options);
                QFAIL("no error");
            } catch (const Error& error) {
                QCOMPARE(error.code(), ErrorCode::bad_input);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestLogLikelihoodAt)
#include "test_log_likelihood_at.moc"
