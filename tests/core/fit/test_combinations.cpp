// SPDX-License-Identifier: GPL-3.0-or-later
// The table of what combines with what tells the truth: what it allows works, what it refuses it
// refuses with a sentence.
#include <QtTest>

#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/fit/combinations.h"
#include "core/fit/fit.h"
#include "core/fit/forecast.h"
#include "core/fit/objective.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

std::shared_ptr<const SpatialDataset> some_sites(Index n, int d, bool weights = false) {
    auto data = std::make_shared<SpatialDataset>();
    RandomStream random(5);
    data->coordinates.resize(n, d);
    data->values.resize(n);
    for (Index i = 0; i < n; ++i) {
        for (int j = 0; j < d; ++j) data->coordinates(i, j) = random.uniform(-30.0, 30.0);
        data->values(i) = std::sin(0.1 * data->coordinates(i, 0)) + 0.3 * random.normal();
    }
    if (weights) {
        data->weights.resize(n);
        for (Index i = 0; i < n; ++i) data->weights(i) = random.uniform(0.5, 2.0);
    }
    return data;
}

constexpr LikelihoodKind kinds[] = {LikelihoodKind::exact, LikelihoodKind::vecchia,
                                    LikelihoodKind::taper, LikelihoodKind::predictive_process,
                                    LikelihoodKind::spde};

LikelihoodOptions small(LikelihoodKind kind) {
    LikelihoodOptions o;
    o.kind = kind;
    o.neighbours = 8;
    o.inducing_sites = 12;
    o.mesh_edge = 30.0;
    return o;
}

}  // namespace

class TestCombinations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void what_is_allowed_works_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("dimension");
        for (auto kind : kinds)
            for (int d = 1; d <= 3; ++d)
                QTest::addRow("%s, d = %d", to_string(kind).c_str(), d) << static_cast<int>(kind) << d;
    }
    void what_is_allowed_works() {
        QFETCH(int, kind);
        QFETCH(int, dimension);
        int allowed = 0, refused = 0;
        for (auto deformation : {DeformationKind::stationary, DeformationKind::velocity_field,
                                 DeformationKind::radial})
            for (auto nu : {Smoothness::half, Smoothness::one, Smoothness::three_halves,
                            Smoothness::five_halves, Smoothness::infinite})
                for (int extras = 0; extras < 2; ++extras) {
                    CombinationRequest r;
                    r.specification.likelihood = small(static_cast<LikelihoodKind>(kind));
                    r.specification.deformation = deformation;
                    r.specification.smoothness = nu;
                    r.specification.basis_size = 4;
                    r.specification.log_scale = extras == 1 ? LogScale::yes : LogScale::no;
                    r.dimension = dimension;
                    r.sites = 40;
                    if (const auto sentence = refusal(r)) {
                        ++refused;
                        QVERIFY(sentence->size() > 30 && sentence->back() == '.');
                        continue;
                    }
                    ++allowed;
                    const auto data = some_sites(40, dimension, extras == 1);
                    const ModelState model = make_model(data, r.specification, 1);
                    Objective objective(model);
                    double value = 0.0;
                    Vector gradient;
                    QVERIFY2(objective.evaluate(objective.start(), value, gradient),
                             qPrintable(QString("%1, smoothness %2").arg(to_string(deformation).c_str())
                                            .arg(to_string(nu).c_str())));
                    QVERIFY(std::isfinite(value) && gradient.allFinite());
                    const auto system = model.kriging_system();
                    QVERIFY(system != nullptr);
                    Vector mean, variance;
                    const Points at = model.standardisation.standardised(data->coordinates.topRows(3));
                    system->predict(model.features(at), Matrix::Ones(3, 1), false, mean, variance);
                    QVERIFY(mean.allFinite() && variance.minCoeff() > 0.0);
                    DrawOptions draw;
                    draw.count = 2;
                    QVERIFY(system->draw(model.features(at), Matrix::Ones(3, 1), draw).allFinite());
                }
        QVERIFY(allowed > 0 && refused > 0);
    }

    void refusals_come_before_the_work() {
        const auto data = some_sites(60, 2);
        FitOptions options;
        options.threads = 1;
        ModelSpecification s;
        s.log_scale = LogScale::no;
        s.deformation = DeformationKind::stationary;
        s.likelihood = small(LikelihoodKind::spde);
        s.smoothness = Smoothness::three_halves;  // in the plane it is 1
        QCOMPARE(code_of([&] { (void)fit(data, s, options); }), ErrorCode::unsupported);
        s.smoothness = Smoothness::automatic;
        s.likelihood = small(LikelihoodKind::taper);
        s.likelihood.taper_form = TaperForm::two_taper;
        QCOMPARE(code_of([&] { (void)fit_automatic(data, s, options); }), ErrorCode::unsupported);
        CombinationRequest r;
        r.specification.likelihood.kind = LikelihoodKind::exact;
        r.sites = 15'001;
        QVERIFY(refusal(r).has_value());
        r.sites = 15'000;
        QVERIFY(!refusal(r).has_value());
        QCOMPARE(combination_table().size(), std::size_t(5));
    }

    // The SPDE's smoothness follows from its order where it was left to the program.
    void automatic_smoothness_of_the_spde() {
        const auto data = some_sites(80, 2);
        FitOptions options;
        options.threads = 1;
        options.max_iterations = 5;
        options.posterior = false;
        ModelSpecification s;
        s.log_scale = LogScale::no;
        s.deformation = DeformationKind::stationary;
        s.likelihood = small(LikelihoodKind::spde);
        const FitResult result = fit(data, s, options);
        QCOMPARE(result.model().specification().smoothness, Smoothness::one);
    }

    void the_program_chooses() {
        const LikelihoodOptions automatic;
        QCOMPARE(choose_likelihood(automatic, 5'000, 2, 1e12).options.kind, LikelihoodKind::exact);
        const LikelihoodChoice many = choose_likelihood(automatic, 5'001, 2, 1e12);
        QCOMPARE(many.options.kind, LikelihoodKind::vecchia);
        QVERIFY(many.reason.find("5,001") != std::string::npos);
        // Warps need hundreds of evaluations.
        QCOMPARE(choose_likelihood(automatic, 1'500, 2, 1e12, true).options.kind, LikelihoodKind::exact);
        QCOMPARE(choose_likelihood(automatic, 1'501, 2, 1e12, true).options.kind, LikelihoodKind::vecchia);
        // Too little memory for n×n.
        const LikelihoodChoice tight = choose_likelihood(automatic, 4'000, 2, 1e8);
        QCOMPARE(tight.options.kind, LikelihoodKind::vecchia);
        QVERIFY(tight.reason.find("free") != std::string::npos);
        LikelihoodOptions asked;
        asked.kind = LikelihoodKind::taper;
        QCOMPARE(choose_likelihood(asked, 100'000, 2, 1e12).options.kind, LikelihoodKind::taper);
    }

    void memory_grows_as_it_should() {
        const auto bytes = [](LikelihoodKind kind, Index n) {
            LikelihoodOptions o;
            o.kind = kind;
            return estimated_bytes(o, n, 2);
        };
        QVERIFY(bytes(LikelihoodKind::exact, 10'000) > 1.6e9);
        QVERIFY(bytes(LikelihoodKind::exact, 10'000) < 1.8e9);
        QVERIFY(bytes(LikelihoodKind::vecchia, 100'000) < 60e6);
        for (auto kind : kinds)
            QVERIFY(bytes(kind, 40'000) > 1.5 * bytes(kind, 20'000) || kind == LikelihoodKind::spde);
    }

    void forecasts_are_made_for_every_likelihood_data() {
        QTest::addColumn<int>("kind");
        for (auto kind : kinds) QTest::addRow("%s", to_string(kind).c_str()) << static_cast<int>(kind);
    }
    void forecasts_are_made_for_every_likelihood() {
        QFETCH(int, kind);
        ModelSpecification s;
        s.deformation = DeformationKind::stationary;
        s.likelihood.kind = static_cast<LikelihoodKind>(kind);
        s.likelihood.inducing_sites = 100;
        ForecastOptions options;
        options.threads = 1;
        options.map_cells = 1000;
        const Forecast small_one = forecast_fit(*some_sites(4'000, 2), s, options);
        const Forecast large_one = forecast_fit(*some_sites(14'000, 2), s, options);
        for (const Forecast& f : {small_one, large_one}) {
            QVERIFY(f.evaluation_seconds > 0.0 && f.fit_seconds > f.evaluation_seconds);
            QVERIFY(f.map_seconds > 0.0 && f.evaluations >= 10.0 && f.bytes > 1e5);
            QVERIFY(f.fits());
            QVERIFY(f.sentence().find("About") == 0);
        }
        QVERIFY(large_one.evaluation_seconds > 2.0 * small_one.evaluation_seconds);
        QVERIFY(large_one.bytes > 2.0 * small_one.bytes);
    }
};

QTEST_GUILESS_MAIN(TestCombinations)
#include "test_combinations.moc"
