// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/joined_comparison.h"
#include "core/validate/ranking.h"

#include <QtTest>
#include <cmath>

#include "core/base/random.h"

using namespace anamorph;

namespace {

constexpr Index sites = 200;

/// Scores made up: the log score of every site, squared errors that go with it.
ModelScores made_up(const std::string& name, const Vector& log_score) {
    ModelScores model;
    model.name = model.label = name;
    model.site_scores = {(log_score.array() + 3.0).square(), (log_score.array() + 3.0).abs(),
                         (log_score.array() + 3.0).abs() * 0.5, log_score, {}, {}, {}, {}, {}};
    model.scores.count = log_score.size();
    model.scores.log_score = log_score.mean();
    model.scores.rmse = std::sqrt(model.site_scores.squared_error.mean());
    model.scores.crps = model.site_scores.crps.mean();
    model.scores.coverage_90 = 0.9;
    return model;
}

ModelScores failed(const std::string& name, const std::string& why) {
    ModelScores model;
    model.name = name;
    model.failure = why;
    return model;
}

/// `count` folds of equal size, one after the other.
Folds folds_of(int count, bool clustered) {
    Folds folds;
    folds.description = std::to_string(count) + " folds";
    folds.clustered = clustered;
    folds.test_rows.resize(static_cast<std::size_t>(count));
    for (Index i = 0; i < sites; ++i)
        folds.test_rows[static_cast<std::size_t>(i * count / sites)].push_back(i);
    return folds;
}

ValidationResult ranked(std::vector<ModelScores> models, const Folds& folds) {
    ValidationResult result;
    result.folds = folds;
    result.planned = models.size();
    result.models = std::move(models);
    rank_models(result);
    return result;
}

bool says(const ValidationResult& result, const char* words) {
    return result.verdict.find(words) != std::string::npos;
}

}  // namespace

class TestRanking : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void paired_errors_equal_a_direct_computation();
    void clustered_errors_equal_a_direct_computation();
    void clusters_of_one_are_pairs();
    void ranks_follow_the_log_score();
    void ties_are_within_two_standard_errors();
    void the_simplest_of_ties_is_named();
    void stationary_on_top_is_said();
    void evidence_is_against_the_reference();
    void without_a_scored_model_there_is_no_best();
    void csv_has_a_line_a_model();
    void comparisons_of_one_kind_are_joined();
};

void TestRanking::paired_errors_equal_a_direct_computation() {
    RandomStream random(3);
    const Vector a = random.normals(sites), b = a + 0.1 * random.normals(sites);
    const auto result = ranked({made_up("stationary", a), made_up("radial", b)}, folds_of(5, false));
    double mean = 0.0, sum = 0.0;
    for (Index i = 0; i < sites; ++i) mean += (b(i) - a(i)) / static_cast<double>(sites);
    for (Index i = 0; i < sites; ++i) sum += std::pow(b(i) - a(i) - mean, 2);
    const double error = std::sqrt(sum / static_cast<double>(sites - 1) / static_cast<double>(sites));
    const ScoreDifference& d = result.models[1].from_reference.log_score;
    QVERIFY(std::abs(d.mean - mean) < 1e-14);
    QVERIFY(std::abs(d.standard_error - error) < 1e-14);
}

void TestRanking::clustered_errors_equal_a_direct_computation() {
    // Clusters of different sizes in which all sites err together: pairing over sites would think
    // that there are far more observations than there are.
    RandomStream random(4);
    const std::vector<Index> sizes{60, 40, 50, 20, 30};
    Vector a(sites), b = Vector::Zero(sites);
    Index i = 0;
    for (const Index size : sizes) {
        const double shift = random.normal();
        for (Index k = 0; k < size; ++k) a(i++) = shift + 0.01 * random.normal();
    }
    const ScoreDifference d = clustered_difference(a, b, sizes);
    const double mean = a.mean();
    double sum = 0.0;
    i = 0;
    for (const Index size : sizes) {
        double total = 0.0;
        for (Index k = 0; k < size; ++k) total += a(i++);
        sum += std::pow(total - static_cast<double>(size) * mean, 2);
    }
    QVERIFY(std::abs(d.mean - mean) < 1e-14);
    QVERIFY(std::abs(d.standard_error - std::sqrt(5.0 / 4.0 * sum) / sites) < 1e-14);
    QVERIFY(d.standard_error > 3.0 * paired_difference(a, b).standard_error);
    QVERIFY(std::isnan(clustered_difference(a, b, {sites}).standard_error));
    QVERIFY_THROWS_EXCEPTION(Error, (void)clustered_difference(a, b, {sites, 1}));
}

void TestRanking::clusters_of_one_are_pairs() {
    RandomStream random(5);
    const Vector a = random.normals(sites), b = random.normals(sites);
    const auto clustered = clustered_difference(a, b, std::vector<Index>(sites, 1));
    const auto paired = paired_difference(a, b);
    QVERIFY(std::abs(clustered.mean - paired.mean) < 1e-14);
    QVERIFY(std::abs(clustered.standard_error - paired.standard_error) < 1e-13);
}

void TestRanking::ranks_follow_the_log_score() {
    RandomStream random(6);
    const Vector a = random.normals(sites);
    const auto result = ranked({made_up("stationary", a), failed("radial", "It failed."),
                                made_up("axial", a.array() - 1.0), made_up("spline", a.array() - 0.5)},
                               folds_of(5, false));
    QCOMPARE(result.models[0].rank, 3);
    QCOMPARE(result.models[1].rank, 0);
    QCOMPARE(result.models[2].rank, 1);
    QCOMPARE(result.models[3].rank, 2);
    QCOMPARE(result.by_rank(), (std::vector<std::size_t>{2, 3, 0, 1}));
    QCOMPARE(result.best(), std::size_t{2});
    QVERIFY(std::isnan(result.models[1].from_best.log_score.mean));
    QVERIFY(std::abs(result.models[3].from_best.log_score.mean - 0.5) < 1e-12);
    QVERIFY(std::abs(result.models[3].from_reference.log_score.mean + 0.5) < 1e-12);
    QVERIFY(says(result, "axial predicts best"));
    QVERIFY(says(result, "radial could not be compared: It failed."));
    QVERIFY(says(result, "better than each of the others by more than two standard errors"));
    QVERIFY(says(result, "Against stationary it gains 1.000"));
}

void TestRanking::ties_are_within_two_standard_errors() {
    RandomStream random(7);
    const Vector a = random.normals(sites);
    Vector noise = random.normals(sites);
    noise.array() -= noise.mean();
    const double unit = paired_difference(noise, Vector::Zero(sites)).standard_error;
    // 1.9 and 2.1 standard errors behind the best.
    const auto result = ranked({made_up("stationary", a), made_up("axial", a.array() + noise.array() + 1.9 * unit),
                                made_up("spline", a.array() + noise.array() + 2.1 * unit)},
                               folds_of(5, false));
    QVERIFY(result.models[0].ties_with_best);
    QVERIFY(result.models[1].ties_with_best);
    QVERIFY(!result.models[2].ties_with_best);
    QVERIFY(says(result, "It cannot be told from axial, which is within two standard errors."));
    // The same scores in folds that hold whole pieces: few clusters, larger errors, and said so.
    const auto clustered = ranked(result.models, folds_of(4, true));
    QVERIFY(says(clustered, "With only 4 folds of whole pieces"));
}

void TestRanking::the_simplest_of_ties_is_named() {
    RandomStream random(8);
    const Vector a = random.normals(sites);
    const Vector near = a + 0.5 * random.normals(sites);
    ModelScores best = made_up("velocity-field", a.array() - (a - near).mean() - 1e-3);
    ModelScores simple = made_up("anisotropic", near);
    best.effective_parameters = 31.0;
    simple.effective_parameters = 5.0;
    best = made_up("velocity-field", near.array() + 0.5 * a.array() - 0.5 * a.mean() - 1e-3);
    best.effective_parameters = 31.0;
    const auto result = ranked({simple, best}, folds_of(5, false));
    QCOMPARE(result.models[1].rank, 1);
    QVERIFY(result.models[0].ties_with_best);
    QVERIFY(says(result, "The simplest of these is anisotropic (5 effective parameters"));
}

void TestRanking::stationary_on_top_is_said() {
    RandomStream random(9);
    const Vector a = random.normals(sites);
    Vector wobble = random.normals(sites);
    wobble.array() -= wobble.mean();
    const auto tie = ranked({made_up("stationary", a.array() + 1e-4 + wobble.array()), made_up("spline", a)},
                            folds_of(5, false));
    QVERIFY(says(tie, "spline predicts best"));
    QVERIFY(says(tie, "nothing here is shown to predict better than stationary"));
    const auto top = ranked({made_up("stationary", a.array() - 1.0), made_up("spline", a)}, folds_of(5, false));
    QVERIFY(says(top, "stationary predicts best"));
    QVERIFY(!says(top, "Against"));
}

void TestRanking::evidence_is_against_the_reference() {
    RandomStream random(10);
    const Vector a = random.normals(sites);
    ModelScores stationary = made_up("stationary", a), warp = made_up("axial", a.array() - 1.0),
                network = made_up("network", a.array() + 1.0);
    stationary.criterion = 120.0;
    warp.criterion = 103.5;
    auto result = ranked({stationary, warp, network}, folds_of(5, false));
    QCOMPARE(result.models[1].evidence_gain, 16.5);
    QVERIFY(std::isnan(result.models[2].evidence_gain));
    QVERIFY(says(result, "The evidence favours it too."));
    result.models[0].criterion = 100.0;
    rank_models(result);
    QVERIFY(says(result, "The evidence favours stationary, by 3.5 nats over axial."));
}

void TestRanking::without_a_scored_model_there_is_no_best() {
    const auto result = ranked({failed("a", "Too few sites."), failed("b", "Too few sites.")}, folds_of(5, false));
    QCOMPARE(result.best(), std::size_t{2});
    QVERIFY(says(result, "No model could be fitted."));
    QVERIFY(says(result, "a and b could not be compared: Too few sites."));  // one reason, said once
}

void TestRanking::csv_has_a_line_a_model() {
    RandomStream random(11);
    const Vector a = random.normals(sites);
    const auto result = ranked({failed("bad", "He said \"no\", twice."), made_up("stationary", a),
                                made_up("axial", a.array() - 1.0)},
                               folds_of(5, false));
    const QStringList lines = QString::fromStdString(comparison_csv(result)).split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 4);
    QVERIFY(lines[0].startsWith("rank,model,log_score,"));
    QVERIFY(lines[1].startsWith("1,\"axial\","));
    QVERIFY(lines[2].startsWith("2,\"stationary\","));
    QVERIFY(lines[3].startsWith(",\"bad\","));
    QVERIFY(lines[3].endsWith("\"He said \"\"no\"\", twice.\""));
    for (int i = 0; i < 3; ++i) QCOMPARE(lines[i].count(','), 18);
}

void TestRanking::comparisons_of_one_kind_are_joined() {
    const Folds folds = folds_of(4, false);
    const auto score = [](double shift) { return Vector(Vector::LinSpaced(sites, 0.0, 1.0).array() + shift); };
    ModelSpecification base;
    FitOptions options;
    ValidationResult earlier = ranked({made_up("stationary", score(0.3)), failed("radial", "It did not fit."),
                                       made_up("axial", score(0.1))}, folds);
    earlier.settings = comparison_settings(base, options, "4 folds");
    earlier.interrupted = true;
    ValidationResult later = ranked({made_up("mobius", score(0.0)), made_up("radial", score(0.2))}, folds);
    QVERIFY(!can_join(earlier, later.settings));
    later.settings = earlier.settings;
    const ValidationResult both = joined(earlier, later, {"mobius", "radial"});
    QCOMPARE(both.models.size(), std::size_t(4));
    QCOMPARE(both.planned, std::size_t(4));
    QVERIFY(!both.interrupted);
    QCOMPARE(both.reference, std::string("stationary"));
    const char* names[] = {"stationary", "axial", "mobius", "radial"};
    const int ranks[] = {4, 2, 1, 3};
    for (std::size_t i = 0; i < 4; ++i) {
        QCOMPARE(both.models[i].name, std::string(names[i]));
        QCOMPARE(both.models[i].rank, ranks[i]);
    }
    QVERIFY(std::abs(both.models[2].from_reference.log_score.mean + 0.3) < 1e-12);

    // A model that is fitted again counts once, before it is done and after.
    const ValidationResult repeated = joined(earlier, later, {"mobius", "radial", "axial"});
    QCOMPARE(repeated.models.size(), std::size_t(4));
    QCOMPARE(repeated.planned, std::size_t(4));

    // The family is not among the settings; all that changes a fit or the folds is.
    ModelSpecification other = base;
    other.deformation = DeformationKind::velocity_field;
    QCOMPARE(comparison_settings(other, options, "4 folds"), earlier.settings);
    other = base;
    other.smoothness = Smoothness::half;
    QVERIFY(comparison_settings(other, options, "4 folds") != earlier.settings);
    other = base;
    other.varying_smoothness = !base.varying_smoothness;
    QVERIFY(comparison_settings(other, options, "4 folds") != earlier.settings);
    other = base;
    other.log_scale = base.log_scale == LogScale::automatic ? LogScale::no : LogScale::automatic;
    QVERIFY(comparison_settings(other, options, "4 folds") != earlier.settings);
    QVERIFY(comparison_settings(base, options, "5 folds") != earlier.settings);
    options.seed = 2;
    QVERIFY(comparison_settings(base, options, "4 folds") != earlier.settings);
    later.folds = folds_of(2, false);
    QVERIFY_EXCEPTION_THROWN((void)joined(earlier, later, {"mobius", "radial"}), Error);
}

QTEST_APPLESS_MAIN(TestRanking)
#include "test_ranking.moc"
