// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <omp.h>
#include <random>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/vecchia_likelihood.h"
#include "tests/core/csv_fixture.h"

using namespace anamorph;

namespace {

struct Problem {
    Points x;
    Observations data;
    SiteFeatures features;
};

Problem random_problem(Index n, int d, Index q, bool log_scale, unsigned seed) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    const auto fill = [&](Index rows, Index columns) {
        Matrix m(rows, columns);
        for (Index i = 0; i < m.size(); ++i) m.data()[i] = uniform(engine);
        return m;
    };
    Problem p;
    p.x = fill(n, d);
    p.data.values = fill(n, 1);
    p.data.trend = fill(n, q);
    if (q > 0) p.data.trend.col(0).setOnes();
    p.data.noise_scale = (0.5 * fill(n, 1).array()).exp();
    p.features.deformed = 3.0 * p.x + 0.3 * fill(n, d);
    if (log_scale) p.features.log_scale = 0.5 * fill(n, 1);
    return p;
}

LikelihoodOptions options_with(int neighbours, SiteOrdering ordering = SiteOrdering::maximin) {
    LikelihoodOptions o;
    o.kind = LikelihoodKind::vecchia;
    o.neighbours = neighbours;
    o.ordering = ordering;
    return o;
}

double relative(double a, double b) { return std::abs(a - b) / std::max(1.0, std::abs(b)); }

/// −log p of a file's sites at σ² 1.2, ℓ 0.08, τ² 0.06.
Problem reference_problem() {
    const Matrix m = testing::read_numbers(ANAMORPH_TEST_DATA "/likelihood/vec_10000.csv");
    Problem p;
    p.x = m.leftCols(2);
    p.data.values = m.col(2);
    p.features.deformed = p.x / 0.08;
    return p;
}

}  // namespace

class TestVecchiaLikelihood : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // tests/data/likelihood/reference.csv; 30 neighbours, sites in the file's order.
    void equals_reference() {
        const Problem p = reference_problem();
        VecchiaLikelihood likelihood(p.data, Smoothness::three_halves,
                                     options_with(30, SiteOrdering::given), p.x, 0.0);
        likelihood.fix_partial_sill(1.2);
        ProfiledValue at;
        QVERIFY(likelihood.evaluate(p.features, std::log(0.05), true, at));
        const double n = 1e4;
        QVERIFY2(std::abs(-at.negative_log_likelihood + 106.63546383199446) < 1e-9 * n,
                 qPrintable(QString::number(-at.negative_log_likelihood, 'g', 16)));
        const double d_range = p.features.deformed.cwiseProduct(at.d_deformed).sum();
        const double d_sill = 0.5 * (at.quadratic_form - n) + at.d_log_nugget_ratio;
        QVERIFY(relative(d_range, 549.6226365979775) < 1e-8);
        QVERIFY(relative(-at.d_log_nugget_ratio, -961.6237318362845) < 1e-8);
        QVERIFY(relative(d_sill, -210.22506359578375) < 1e-8);
    }

    // Maximum likelihood at m = 30 in the file's order: 106.817278886 at σ² 0.97808313,
    // ℓ 0.18448691/√3, τ² 0.048234375, by Fisher scoring.
    void finds_the_maximum_likelihood_estimate() {
        Problem p = reference_problem();
        VecchiaLikelihood likelihood(p.data, Smoothness::three_halves,
                                     options_with(30, SiteOrdering::given), p.x, 0.0);
        Eigen::Vector2d theta(0.0, std::log(0.05));
        CovarianceStep step;
        for (int i = 0; i < 8; ++i) {
            const SiteFeatures at{std::exp(theta(0)) * p.features.deformed, {}};
            QVERIFY(likelihood.covariance_step(at, theta(1), step));
            theta -= SymmetricFactor(step.information).solve(step.gradient);
        }
        QVERIFY2(std::abs(-step.negative_log_likelihood - 106.817278886) < 1e-6,
                 qPrintable(QString::number(-step.negative_log_likelihood, 'g', 14)));
        QVERIFY(relative(step.partial_sill, 0.97808313) < 1e-5);
        QVERIFY(std::abs(0.08 * std::exp(-theta(0)) / (0.18448691 / std::sqrt(3.0)) - 1.0) < 1e-5);
        QVERIFY(std::abs(step.partial_sill * std::exp(theta(1)) / 0.048234375 - 1.0) < 1e-4);
    }

    void equals_the_exact_likelihood_with_all_neighbours_data() {
        QTest::addColumn<int>("d");
        QTest::addColumn<int>("smoothness");
        QTest::addColumn<int>("q");
        QTest::addColumn<bool>("log_scale");
        const int smoothness[] = {int(Smoothness::half), int(Smoothness::three_halves),
                                  int(Smoothness::five_halves), int(Smoothness::infinite)};
        for (int d = 1; d <= 3; ++d)
            for (int s = 0; s < 4; ++s)
                QTest::addRow("d %d, smoothness %d", d, s) << d << smoothness[s] << (d + s) % 3
                                                           << ((d + s) % 2 == 0);
    }
    void equals_the_exact_likelihood_with_all_neighbours() {
        QFETCH(int, d);
        QFETCH(int, smoothness);
        QFETCH(int, q);
        QFETCH(bool, log_scale);
        const Index n = 61;
        const Problem p = random_problem(n, d, q, log_scale, 7);
        const auto nu = static_cast<Smoothness>(smoothness);
        VecchiaLikelihood vecchia(p.data, nu, options_with(static_cast<int>(n) - 1), p.x);
        ExactLikelihood exact(p.data, nu);
        ProfiledValue a, b;
        QVERIFY(vecchia.evaluate(p.features, -1.2, true, a));
        QVERIFY(exact.evaluate(p.features, -1.2, true, b));
        QVERIFY(relative(a.negative_log_likelihood, b.negative_log_likelihood) < 1e-9);
        QVERIFY(relative(a.partial_sill, b.partial_sill) < 1e-9);
        QVERIFY(relative(a.d_log_nugget_ratio, b.d_log_nugget_ratio) < 1e-8);
        QVERIFY((a.d_deformed - b.d_deformed).cwiseAbs().maxCoeff() <
                1e-7 * (1.0 + b.d_deformed.cwiseAbs().maxCoeff()));
        if (q > 0)
            QVERIFY((a.trend_coefficients - b.trend_coefficients).cwiseAbs().maxCoeff() < 1e-8);
        if (log_scale) QVERIFY((a.d_log_scale - b.d_log_scale).cwiseAbs().maxCoeff() < 1e-7);
        if (q == 0) {
            QVERIFY((a.leave_one_out_residual - b.leave_one_out_residual).cwiseAbs().maxCoeff() < 1e-7);
            QVERIFY((a.leave_one_out_variance - b.leave_one_out_variance).cwiseAbs().maxCoeff() < 1e-7);
        }
    }

    void gradient_equals_finite_differences_data() {
        QTest::addColumn<int>("smoothness");
        QTest::newRow("1/2") << int(Smoothness::half);
        QTest::newRow("3/2") << int(Smoothness::three_halves);
        QTest::newRow("5/2") << int(Smoothness::five_halves);
        QTest::newRow("inf") << int(Smoothness::infinite);
    }
    void gradient_equals_finite_differences() {
        QFETCH(int, smoothness);
        Problem p = random_problem(90, 2, 2, true, 11);
        VecchiaLikelihood likelihood(p.data, static_cast<Smoothness>(smoothness), options_with(9), p.x);
        ProfiledValue at, up, down;
        QVERIFY(likelihood.evaluate(p.features, -1.0, true, at));
        const double h = 1e-5;
        const auto difference = [&](double& variable) {
            const double kept = variable;
            variable = kept + h;
            const bool first = likelihood.evaluate(p.features, -1.0, false, up);
            variable = kept - h;
            const bool second = likelihood.evaluate(p.features, -1.0, false, down);
            variable = kept;
            return first && second
                       ? (up.negative_log_likelihood - down.negative_log_likelihood) / (2.0 * h)
                       : std::nan("");
        };
        for (Index i : {Index(0), Index(1), Index(33), Index(89)}) {
            for (Index a = 0; a < 2; ++a)
                QVERIFY(relative(at.d_deformed(i, a), difference(p.features.deformed(i, a))) < 1e-6);
            QVERIFY(relative(at.d_log_scale(i), difference(p.features.log_scale(i))) < 1e-6);
        }
        QVERIFY(likelihood.evaluate(p.features, -1.0 + h, false, up));
        QVERIFY(likelihood.evaluate(p.features, -1.0 - h, false, down));
        QVERIFY(relative(at.d_log_nugget_ratio,
                         (up.negative_log_likelihood - down.negative_log_likelihood) / (2.0 * h)) < 1e-6);
    }

    // The pass over covariance parameters agrees with the pass over coordinates.
    void both_gradients_agree() {
        Problem p = random_problem(200, 2, 3, true, 3);
        VecchiaLikelihood likelihood(p.data, Smoothness::five_halves, options_with(12), p.x);
        ProfiledValue at;
        QVERIFY(likelihood.evaluate(p.features, -2.0, true, at));
        CovarianceStep step;
        QVERIFY(likelihood.covariance_step(p.features, -2.0, step));
        QVERIFY(relative(step.negative_log_likelihood, at.negative_log_likelihood) < 1e-12);
        QVERIFY(relative(step.gradient(0), p.features.deformed.cwiseProduct(at.d_deformed).sum()) < 1e-9);
        QVERIFY(relative(step.gradient(1), at.d_log_nugget_ratio) < 1e-9);
    }

    // Fisher's information is the variance of the score: over data drawn from the model.
    void information_is_the_variance_of_the_score() {
        Problem p = random_problem(80, 2, 0, false, 5);
        const auto options = options_with(79);
        Eigen::Matrix2d sum = Eigen::Matrix2d::Zero(), information;
        Matrix c(80, 80);
        for (Index i = 0; i < 80; ++i)
            for (Index j = 0; j < 80; ++j) {
                const double h = (p.features.deformed.row(i) - p.features.deformed.row(j)).norm();
                c(i, j) = (1.0 + h) * std::exp(-h) + (i == j ? 0.2 * p.data.noise_scale(i) : 0.0);
            }
        const Matrix l = CholeskyFactor(c).lower();
        std::mt19937 engine(2);
        std::normal_distribution<double> normal;
        const int draws = 2000;
        CovarianceStep step;
        for (int k = 0; k < draws; ++k) {
            Vector e(80);
            for (auto& v : e) v = normal(engine);
            p.data.values = l * e;
            VecchiaLikelihood likelihood(p.data, Smoothness::three_halves, options, p.x, 0.0);
            likelihood.fix_partial_sill(1.0);
            if (k == 0) sets_ = likelihood.conditioning(p.features);
            likelihood.fix_conditioning(sets_);
            QVERIFY(likelihood.covariance_step(p.features, std::log(0.2), step));
            sum += step.gradient * step.gradient.transpose() / draws;
            information = step.information;
        }
        QVERIFY((sum - information).norm() < 0.15 * information.norm());
    }

    void every_instruction_set_gives_the_same() {
        const Problem p = random_problem(150, 3, 1, false, 21);
        VecchiaLikelihood likelihood(p.data, Smoothness::three_halves, options_with(10), p.x);
        const auto sets = likelihood.conditioning(p.features);
        std::vector<double> records;
        std::vector<std::int32_t> terms;
        for (Index i = 0; i < 150; ++i) {
            for (Index a = 0; a < 3; ++a) records.push_back(p.features.deformed(i, a));
            records.push_back(1.0);
            records.push_back(p.data.values(i));
            terms.push_back(static_cast<std::int32_t>(i));
        }
        VecchiaSites in;
        in.records = records.data();
        in.dimension = 3;
        in.neighbours = sets->neighbours.data();
        in.neighbour_count = sets->neighbour_count;
        in.nugget_ratio = 0.3;
        const auto list = all_vecchia_kernels();
        QVERIFY(list.count >= 1);
        std::vector<double> first;
        for (int k = 0; k < list.count; ++k) {
            std::vector<double> sums(150 * 5, 0.0);
            VecchiaGradient out;
            out.accumulators = sums.data();
            QVERIFY(list.kernels[k]->gradient(in, terms.data(), 150, 0.7, out));
            sums.push_back(out.log_det);
            sums.push_back(out.squares);
            sums.push_back(out.d_log_nugget);
            if (k == 0) first = sums;
            for (std::size_t i = 0; i < sums.size(); ++i) QVERIFY(relative(sums[i], first[i]) < 1e-11);
        }
    }

    void one_and_two_threads_agree() {
        const Problem p = random_problem(3000, 2, 1, false, 9);
        ProfiledValue at[2];
        const int before = omp_get_max_threads();
        for (int t = 0; t < 2; ++t) {
            omp_set_num_threads(t + 1);
            VecchiaLikelihood likelihood(p.data, Smoothness::three_halves, options_with(15), p.x);
            QVERIFY(likelihood.evaluate(p.features, -1.0, true, at[t]));
        }
        omp_set_num_threads(before);
        QVERIFY(relative(at[0].negative_log_likelihood, at[1].negative_log_likelihood) < 1e-12);
        QVERIFY((at[0].d_deformed - at[1].d_deformed).norm() < 1e-12 * at[0].d_deformed.norm());
    }

    // The mean over all batches of a partition is the whole.
    void terms_are_an_unbiased_estimate() {
        const Problem p = random_problem(400, 2, 0, true, 4);
        VecchiaLikelihood likelihood(p.data, Smoothness::three_halves, options_with(8), p.x);
        likelihood.fix_partial_sill(0.8);
        ProfiledValue whole, part;
        QVERIFY(likelihood.evaluate(p.features, -1.0, true, whole));
        Points d = Points::Zero(400, 2);
        Vector l = Vector::Zero(400);
        double value = 0.0;
        for (int batch = 0; batch < 4; ++batch) {
            std::vector<std::int32_t> terms;
            for (int i = batch; i < 400; i += 4) terms.push_back(i);
            likelihood.restrict_to_terms(terms, 400.0);
            QVERIFY(likelihood.evaluate(p.features, -1.0, true, part));
            d += part.d_deformed / 4.0;
            l += part.d_log_scale / 4.0;
            value += part.negative_log_likelihood / 4.0;
        }
        QVERIFY(relative(value, whole.negative_log_likelihood) < 1e-12);
        QVERIFY((d - whole.d_deformed).norm() < 1e-11 * whole.d_deformed.norm());
        QVERIFY((l - whole.d_log_scale).norm() < 1e-11 * whole.d_log_scale.norm());
    }

    void a_prefix_of_the_order_is_the_subset() {
        const Problem p = random_problem(300, 2, 0, false, 6);
        VecchiaLikelihood all(p.data, Smoothness::three_halves, options_with(10), p.x);
        const auto sets = all.conditioning(p.features);
        const ConditioningSets part = sets->prefix(100);
        Problem s = p;
        s.x.resize(100, 2);
        s.features.deformed.resize(100, 2);
        s.data.values.resize(100);
        s.data.noise_scale.resize(100);
        s.data.trend.resize(100, 0);
        for (Index i = 0; i < 100; ++i) {
            const Index from = sets->order[static_cast<std::size_t>(i)];
            s.x.row(i) = p.x.row(from);
            s.features.deformed.row(i) = p.features.deformed.row(from);
            s.data.values(i) = p.data.values(from);
            s.data.noise_scale(i) = p.data.noise_scale(from);
        }
        VecchiaLikelihood own(s.data, Smoothness::three_halves,
                              options_with(10, SiteOrdering::given), s.x);
        VecchiaLikelihood taken(s.data, Smoothness::three_halves, options_with(10), s.x);
        taken.fix_conditioning(std::make_shared<const ConditioningSets>(part));
        ProfiledValue a, b;
        QVERIFY(own.evaluate(s.features, -1.0, false, a));
        QVERIFY(taken.evaluate(s.features, -1.0, false, b));
        QVERIFY(relative(a.negative_log_likelihood, b.negative_log_likelihood) < 1e-12);
    }

    void bad_input_is_refused() {
        Problem p = random_problem(30, 2, 0, false, 1);
        VecchiaLikelihood likelihood(p.data, Smoothness::three_halves, options_with(5), p.x);
        ProfiledValue out;
        SiteFeatures broken = p.features;
        broken.deformed(3, 1) = std::nan("");
        QVERIFY(!likelihood.evaluate(broken, -1.0, true, out));
        VecchiaLikelihood without_jitter(p.data, Smoothness::infinite, options_with(5), p.x, 0.0);
        SiteFeatures same = p.features;
        same.deformed.setZero();
        QVERIFY(!without_jitter.evaluate(same, -800.0, true, out));
        QVERIFY_EXCEPTION_THROWN(
            VecchiaLikelihood(p.data, Smoothness::one, options_with(5), p.x), Error);
        p.data.trend = Matrix::Ones(30, 20);
        QVERIFY_EXCEPTION_THROWN(
            VecchiaLikelihood(p.data, Smoothness::half, options_with(5), p.x), Error);
    }

private:
    std::shared_ptr<const ConditioningSets> sets_;
};

QTEST_GUILESS_MAIN(TestVecchiaLikelihood)
#include "test_vecchia_likelihood.moc"
