// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <functional>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/general_matern.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/make_likelihood.h"
#include "core/likelihood/realisation_rows.h"
#include "core/likelihood/realisations_likelihood.h"
#include "core/predict/global_kriging.h"

using namespace anamorph;

namespace {

constexpr double jitter = 1e-8;

/// `realisations` fields at `places` common places, each without `missing` of them.
struct Problem {
    Points x;
    Observations data;

    Problem(Index places, int realisations, Index missing, std::uint64_t seed = 3) {
        RandomStream random(seed);
        Points all(places, 2);
        for (Index i = 0; i < places; ++i) all.row(i) << random.uniform(-1, 1), random.uniform(-1, 1);
        const Index n = places - missing;
        x.resize(n * realisations, 2);
        data.values.resize(x.rows());
        data.trend = Matrix::Ones(x.rows(), 2);
        data.noise_scale = Vector::Ones(x.rows());
        Index row = 0;
        for (int r = 0; r < realisations; ++r) {
            const auto order = random.permutation(places);
            for (Index k = 0; k < n; ++k, ++row) {
                x.row(row) = all.row(order[static_cast<std::size_t>(k)]);
                data.values(row) = 2.0 * r + std::sin(4.0 * x(row, 0) + r) * std::cos(3.0 * x(row, 1)) +
                                   0.3 * random.normal();
                data.trend(row, 1) = x(row, 1);
                data.realisation.push_back(r);
            }
        }
    }

    /// Features under a map with parameters (s, b): U = 3 eˢ (x + b·sin), with a log-scale and a log-noise
    /// that follow the place.
    [[nodiscard]] SiteFeatures features(double s, double b, bool fields) const {
        SiteFeatures f;
        f.deformed.resize(x.rows(), 2);
        for (Index i = 0; i < x.rows(); ++i)
            f.deformed.row(i) = 3.0 * std::exp(s) * (x.row(i) + b * bend(x.row(i)));
        f.geographic = x;
        if (fields) {
            f.log_scale = 0.3 * x.col(0);
            f.log_noise = -0.4 * x.col(1);
        }
        return f;
    }
    static Eigen::RowVector2d bend(const Eigen::RowVector2d& x) {
        return {std::sin(2.0 * x(1)), std::cos(1.5 * x(0))};
    }
};

LikelihoodOptions options_of(LikelihoodKind kind) {
    LikelihoodOptions o;
    o.kind = kind;
    o.neighbours = 8;
    o.inducing_sites = 25;
    return o;
}

double relative(double a, double b) { return std::abs(a - b) / (1.0 + std::abs(b)); }

}  // namespace

class TestRealisations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneFactorisationGivesTheSumOfAll_data() {
        QTest::addColumn<int>("missing");
        QTest::newRow("all at all places") << 0;
        QTest::newRow("some missing") << 4;
        QTest::newRow("too many missing to share") << 25;
    }
    void oneFactorisationGivesTheSumOfAll() {
        QFETCH(int, missing);
        const Problem p(40, 5, missing);
        const double log_eta = -1.3;
        const SiteFeatures f = p.features(0.1, 0.05, true);
        RealisationsLikelihood* composite = nullptr;
        const auto made = make_likelihood(p.data, Smoothness::three_halves,
                                          options_of(LikelihoodKind::exact), p.x, jitter);
        composite = dynamic_cast<RealisationsLikelihood*>(made.get());
        QVERIFY(composite != nullptr);
        QCOMPARE(composite->shared_groups(), missing < 20 ? 1 : 0);
        ProfiledValue together;
        QVERIFY(made->evaluate(f, log_eta, true, together));

        // σ² from all, then each on its own.
        double quadratic = 0.0, sum = 0.0, d_eta = 0.0;
        const auto rows = rows_by_realisation(p.data.realisation);
        QCOMPARE(static_cast<int>(rows.size()), 5);
        for (const bool first : {true, false})
            for (std::size_t r = 0; r < rows.size(); ++r) {
                ExactLikelihood own(observations_at(p.data, rows[r]), Smoothness::three_halves, jitter);
                own.fix_partial_sill(first ? 1.0 : quadratic / static_cast<double>(p.x.rows()));
                ProfiledValue v;
                QVERIFY(own.evaluate(features_at(f, rows[r]), log_eta, !first, v));
                if (first) {
                    quadratic += v.quadratic_form;
                    continue;
                }
                sum += v.negative_log_likelihood;
                d_eta += v.d_log_nugget_ratio;
                const Vector beta = together.trend_coefficients.segment(2 * static_cast<Index>(r), 2);
                QVERIFY((beta - v.trend_coefficients).norm() < 1e-8);
                for (std::size_t i = 0; i < rows[r].size(); ++i) {
                    const auto k = static_cast<Index>(i);
                    QVERIFY(relative(together.leave_one_out_residual(rows[r][i]), v.leave_one_out_residual(k)) < 1e-7);
                    QVERIFY(relative(together.leave_one_out_variance(rows[r][i]), v.leave_one_out_variance(k)) < 1e-7);
                    QVERIFY(relative(together.d_log_scale(rows[r][i]), v.d_log_scale(k)) < 1e-7);
                    QVERIFY(relative(together.d_log_noise(rows[r][i]), v.d_log_noise(k)) < 1e-7);
                }
            }
        QVERIFY(relative(together.partial_sill, quadratic / static_cast<double>(p.x.rows())) < 1e-9);
        QVERIFY(relative(together.negative_log_likelihood, sum) < 1e-9);
        QVERIFY(relative(together.d_log_nugget_ratio, d_eta) < 1e-7);
    }

    void gradientsAreThoseOfDifferences_data() {
        QTest::addColumn<LikelihoodKind>("kind");
        QTest::addColumn<bool>("estimated");
        QTest::newRow("exact") << LikelihoodKind::exact << false;
        QTest::newRow("exact, smoothness estimated") << LikelihoodKind::exact << true;
        QTest::newRow("Vecchia") << LikelihoodKind::vecchia << false;
        QTest::newRow("taper") << LikelihoodKind::taper << false;
        QTest::newRow("predictive process") << LikelihoodKind::predictive_process << false;
        QTest::newRow("SPDE") << LikelihoodKind::spde << false;
    }
    void gradientsAreThoseOfDifferences() {
        QFETCH(LikelihoodKind, kind);
        QFETCH(bool, estimated);
        const bool spde = kind == LikelihoodKind::spde;
        const Problem p(60, 4, 3);
        const auto covariance = estimated ? PairCovariancePointer(std::make_shared<IsotropicCovariance>(
                                            std::make_shared<GeneralMatern>(1.2)))
                                : matern_covariance(spde ? Smoothness::one : Smoothness::three_halves);
        const auto likelihood = make_likelihood(p.data, covariance, options_of(kind), p.x, jitter);
        const Points auxiliary = likelihood->auxiliary_points();
        const auto at = [&](const Vector& t) {
            SiteFeatures f = p.features(t(0), t(1), kind != LikelihoodKind::spde);
            if (auxiliary.rows() > 0) {
                f.auxiliary.resize(auxiliary.rows(), 2);
                for (Index i = 0; i < auxiliary.rows(); ++i)
                    f.auxiliary.row(i) =
                        3.0 * std::exp(t(0)) * (auxiliary.row(i) + t(1) * Problem::bend(auxiliary.row(i)));
            }
            if (estimated) f.coefficients = covariance->coefficients().array() + t(3);
            return f;
        };
        Vector t(4);
        t << 0.05, 0.02, -1.5, 0.0;
        ProfiledValue v, low, high;
        QVERIFY(likelihood->evaluate(at(t), t(2), true, v));
        const SiteFeatures f = at(t);
        Vector gradient = Vector::Zero(4);
        gradient(0) = v.d_deformed.cwiseProduct(f.deformed).sum();
        for (Index i = 0; i < p.x.rows(); ++i)
            gradient(1) += 3.0 * std::exp(t(0)) * v.d_deformed.row(i).dot(Problem::bend(p.x.row(i)));
        for (Index i = 0; i < v.d_auxiliary.rows(); ++i) {
            gradient(0) += v.d_auxiliary.row(i).dot(f.auxiliary.row(i));
            gradient(1) += 3.0 * std::exp(t(0)) * v.d_auxiliary.row(i).dot(Problem::bend(auxiliary.row(i)));
        }
        gradient(2) = v.d_log_nugget_ratio;
        gradient(3) = estimated ? v.d_coefficients.sum() : 0.0;
        for (Index k = 0; k < (estimated ? 4 : 3); ++k) {
            const double h = 1e-5;
            Vector up = t, down = t;
            up(k) += h;
            down(k) -= h;
            QVERIFY(likelihood->evaluate(at(up), up(2), false, high));
            QVERIFY(likelihood->evaluate(at(down), down(2), false, low));
            const double difference = (high.negative_log_likelihood - low.negative_log_likelihood) / (2.0 * h);
            QVERIFY2(relative(gradient(k), difference) < 2e-6,
                     qPrintable(QStringLiteral("%1: %2 and %3").arg(k).arg(gradient(k)).arg(difference)));
        }
    }

    void weightsThatDifferAreNotShared() {
        Problem p(30, 4, 0);
        for (Index i = 0; i < p.data.noise_scale.size(); ++i) p.data.noise_scale(i) = 1.0 + 0.1 * static_cast<double>(i % 7);
        const auto made = make_likelihood(p.data, Smoothness::half, options_of(LikelihoodKind::exact), p.x, jitter);
        QCOMPARE(dynamic_cast<RealisationsLikelihood*>(made.get())->shared_groups(), 0);
        ProfiledValue v;
        QVERIFY(made->evaluate(p.features(0, 0, false), -1.0, true, v));
    }

    void featuresThatDifferAtOnePlaceSeparateTheGroup() {
        const Problem p(30, 4, 0);
        const auto made = make_likelihood(p.data, Smoothness::half, options_of(LikelihoodKind::exact), p.x, jitter);
        auto* composite = dynamic_cast<RealisationsLikelihood*>(made.get());
        SiteFeatures f = p.features(0, 0, false);
        ProfiledValue shared, single;
        QVERIFY(made->evaluate(f, -1.0, true, shared));
        QCOMPARE(composite->shared_groups(), 1);
        f.deformed(7, 0) += 1e-4;
        QVERIFY(made->evaluate(f, -1.0, true, single));
        QCOMPARE(composite->shared_groups(), 0);
        QVERIFY(relative(shared.negative_log_likelihood, single.negative_log_likelihood) < 1e-2);
        QVERIFY(shared.negative_log_likelihood != single.negative_log_likelihood);
    }

    void aConstantRealisationCounts() {
        for (const LikelihoodKind kind : {LikelihoodKind::exact, LikelihoodKind::vecchia}) {
            Problem p(30, 3, 0);
            for (Index i = 0; i < 30; ++i) p.data.values(i) = 0.0;
            const auto made = make_likelihood(p.data, Smoothness::half, options_of(kind), p.x, jitter);
            ProfiledValue v;
            QVERIFY(made->evaluate(p.features(0, 0, false), -1.0, true, v));
            QVERIFY(std::isfinite(v.negative_log_likelihood) && v.d_deformed.allFinite());
        }
    }

    void vecchiaOnAllEarlierSitesIsExact() {
        const Problem p(25, 3, 2);
        LikelihoodOptions o = options_of(LikelihoodKind::vecchia);
        o.neighbours = 24;
        const SiteFeatures f = p.features(0.2, 0.03, true);
        ProfiledValue a, b;
        QVERIFY(make_likelihood(p.data, Smoothness::three_halves, o, p.x, jitter)->evaluate(f, -1.0, true, a));
        QVERIFY(make_likelihood(p.data, Smoothness::three_halves, options_of(LikelihoodKind::exact), p.x, jitter)
                    ->evaluate(f, -1.0, true, b));
        QVERIFY(relative(a.negative_log_likelihood, b.negative_log_likelihood) < 1e-9);
    }

    void conditioningSetsOfAllAreKept() {
        const Problem p(40, 3, 5);
        const LikelihoodOptions o = options_of(LikelihoodKind::vecchia);
        const SiteFeatures f = p.features(0.0, 0.0, false);
        const auto likelihood = make_likelihood(p.data, Smoothness::half, o, p.x, jitter);
        const auto sets = likelihood->conditioning(f);
        QVERIFY(sets != nullptr);
        QCOMPARE(static_cast<Index>(sets->order.size()), p.x.rows());
        for (Index i = 0; i < p.x.rows(); ++i)
            for (int k = 0; k < sets->neighbour_count; ++k) {
                const auto j = sets->neighbours[static_cast<std::size_t>(i * sets->neighbour_count + k)];
                if (j >= 0)
                    QCOMPARE(p.data.realisation[static_cast<std::size_t>(j)],
                             p.data.realisation[static_cast<std::size_t>(i)]);
            }
        const auto chosen = conditioning_sets(p.x, f.deformed, o, p.data.realisation);
        QVERIFY(chosen->neighbours == sets->neighbours && chosen->order == sets->order);
        // Kept in another space, and taken over by another likelihood.
        const SiteFeatures other = p.features(0.0, 0.6, false);
        const auto second = make_likelihood(p.data, Smoothness::half, o, p.x, jitter);
        second->fix_conditioning(sets);
        ProfiledValue a, b, c;
        QVERIFY(likelihood->evaluate(other, -1.0, false, a));
        QVERIFY(second->evaluate(other, -1.0, false, b));
        QCOMPARE(a.negative_log_likelihood, b.negative_log_likelihood);
        const auto fresh = make_likelihood(p.data, Smoothness::half, o, p.x, jitter);
        fresh->fix_conditioning(refreshed(*sets, other.deformed, p.data.realisation));
        QVERIFY(fresh->evaluate(other, -1.0, false, c));
        QVERIFY(std::abs(a.negative_log_likelihood - c.negative_log_likelihood) > 1e-6);
    }

    void pointsAreKrigedFromTheirOwnRealisation() {
        const Problem p(30, 3, 2);
        const SiteFeatures f = p.features(0.1, 0.0, true);
        const auto likelihood = make_likelihood(p.data, Smoothness::three_halves,
                                                options_of(LikelihoodKind::exact), p.x, jitter);
        ProfiledValue at;
        QVERIFY(likelihood->evaluate(f, -1.0, false, at));
        const auto system = likelihood->kriging_system(f, -1.0);
        QVERIFY(system != nullptr);
        QCOMPARE(system->partial_sill(), at.partial_sill);
        SiteFeatures points;
        points.deformed = p.features(0.3, 0.1, false).deformed.topRows(6);
        points.log_scale = Vector::Zero(6);
        points.log_noise = Vector::Zero(6);
        points.realisation = {2, 0, 1, 0, 2, 1};
        Matrix trend = Matrix::Ones(6, 2);
        trend.col(1) = points.deformed.col(1);
        Vector mean, variance;
        system->predict(points, trend, true, mean, variance);
        const auto rows = rows_by_realisation(p.data.realisation);
        for (Index i = 0; i < 6; ++i) {
            const auto& own = rows[static_cast<std::size_t>(points.realisation[static_cast<std::size_t>(i)])];
            const auto one = GlobalKriging::of(observations_at(p.data, own), features_at(f, own),
                                               matern_covariance(Smoothness::three_halves), std::exp(-1.0),
                                               jitter, at.partial_sill);
            Vector m, v;
            one->predict(features_at(points, {i}), trend.row(i), true, m, v);
            QVERIFY(relative(mean(i), m(0)) < 1e-10);
            QVERIFY(relative(variance(i), v(0)) < 1e-10);
        }
        points.realisation.assign(6, 3);
        bool refused = false;
        try {
            system->predict(points, trend, true, mean, variance);
        } catch (const Error& error) {
            refused = error.code() == ErrorCode::bad_input;
        }
        QVERIFY(refused);
        // No realisation named: the last one.
        points.realisation.clear();
        Vector last;
        system->predict(points, trend, true, last, variance);
        points.realisation.assign(6, 2);
        system->predict(points, trend, true, mean, variance);
        QCOMPARE(mean, last);
    }
};

QTEST_MAIN(TestRealisations)
#include "test_realisations.moc"
