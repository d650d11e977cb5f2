// SPDX-License-Identifier: GPL-3.0-or-later
// Regions drawn by the user or read from a layer of polygons.
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/deformation/outline_regions.h"
#include "core/fit/covariance_structures.h"
#include "core/fit/fit.h"
#include "core/fit/local_fields.h"
#include "core/fit/model_state.h"
#include "core/fit/specification_json.h"
#include "core/io/region_layer.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"
#include "tests/core/error_code.h"

#include <nlohmann/json.hpp>

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

Points rectangle(double left, double bottom, double right, double top) {
    Points p(4, 2);
    p << left, bottom, right, bottom, right, top, left, top;
    return p;
}

std::shared_ptr<const SpatialDataset> sites(Index n, std::uint64_t seed = 2) {
    ScenarioOptions options;
    options.sites = n;
    options.seed = seed;
    return std::make_shared<const SpatialDataset>(simulate(Scenario("step"), options).dataset);
}

ModelSpecification drawn(const char* model, std::vector<Points> outlines) {
    ModelSpecification s;
    set_model(s, model);
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::half;
    s.region_outlines = std::move(outlines);
    return s;
}

FitOptions quick() {
    FitOptions o;
    o.threads = 1;
    o.posterior = false;
    o.max_iterations = 20;
    return o;
}

}  // namespace

class TestDrawnRegions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void weights_are_those_of_the_outlines() {
        Points concave(6, 2);  // an L
        concave << -0.8, -0.8, 0.8, -0.8, 0.8, -0.4, -0.4, -0.4, -0.4, 0.8, -0.8, 0.8;
        Points x(4, 2);
        x << -0.6, 0.5, 0.5, -0.6, 0.3, 0.3, -0.95, 0.0;
        const Matrix sharp = OutlineRegions({concave}, true, true).values(x);
        Matrix expected(4, 2);
        expected << 1, 0, 1, 0, 0, 1, 0, 1;
        QVERIFY(sharp == expected);
        const Matrix soft = OutlineRegions({concave}, true, false).values(x);
        QVERIFY((soft.rowwise().sum().array() - 1.0).abs().maxCoeff() < 1e-12);
        for (Index i = 0; i < 4; ++i) QVERIFY((soft(i, 0) > 0.5) == (sharp(i, 0) > 0.5));
        // On the border both count alike; far away only one.
        Points border(2, 2);
        border << 0.0, -0.4, 0.95, 0.95;
        const Matrix w = OutlineRegions({concave}, true, false).values(border);
        QVERIFY(std::abs(w(0, 0) - 0.5) < 1e-9);
        QVERIFY(w(1, 0) < 1e-6);
        // Without a region for the rest, what lies outside belongs to the nearest outline.
        const Matrix nearest = OutlineRegions({rectangle(-1, -1, -0.5, 1), rectangle(0.5, -1, 1, 1)}, false, true).values(x);
        QVERIFY(nearest(2, 1) == 1.0 && nearest(3, 0) == 1.0);
        // The first of two that overlap counts.
        const Matrix overlap = OutlineRegions({rectangle(-1, -1, 0.4, 1), rectangle(-0.5, -1, 1, 1)}, false, true).values(x);
        QVERIFY(overlap(2, 0) == 1.0);
    }

    void outlines_without_area_are_refused() {
        Points line(3, 2);
        line << 0, 0, 1, 1, 2, 2;
        QCOMPARE(code_of([&] { OutlineRegions({line}, true, true); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { OutlineRegions({}, true, true); }), ErrorCode::bad_input);
    }

    void segments_follow_the_drawing() {
        const auto data = sites(150);
        const FitResult r = fit(data, drawn("segmented", {rectangle(-1.5, -1.5, 0.0, 1.5)}), quick());
        const auto parts = covariance_structures(r.model());
        QCOMPARE(parts.size(), std::size_t(2));
        Points pair(2, 2);
        pair << -0.02, 0.1, 0.02, 0.1;  // on both sides of the border
        QCOMPARE(r.model().correlation_with(pair.topRows(1), pair)(1), 0.0);
        pair << -0.04, 0.1, -0.02, 0.1;
        QVERIFY(r.model().correlation_with(pair.topRows(1), pair)(1) > 0.3);
        QCOMPARE(region_borders(r.model().state()).size(), std::size_t(1));
        // The prediction jumps at the border, where that of a partition is continuous.
        Points across(2, 2);
        across << -1e-6, 0.2, 1e-6, 0.2;
        PredictOptions p;
        p.averaged = false;
        p.threads = 1;
        const Vector sharp = predict_at(r.model(), across, {}, p).mean;
        const FitResult blended = fit(data, drawn("partition-of-unity", {rectangle(-1.5, -1.5, 0.0, 1.5)}), quick());
        const Vector soft = predict_at(blended.model(), across, {}, p).mean;
        QVERIFY(std::abs(sharp(0) - sharp(1)) > 1e-3);
        QVERIFY(std::abs(soft(0) - soft(1)) < 1e-3);
    }

    void a_border_where_the_field_changes_is_better_than_one_elsewhere() {
        // Two independent fields side by side, the second with ten times the variance.
        auto data = std::make_shared<SpatialDataset>(*sites(200, 5));
        for (Index i = 0; i < data->size(); ++i)
            if (data->coordinates(i, 1) > 0.3) data->values(i) = 3.0 * data->values(i) + 8.0;
        const auto loss = [&](double border) {
            return fit(data, drawn("segmented", {rectangle(-2, -2, 2, border)}), quick()).model().loss().total;
        };
        QVERIFY(loss(0.3) < loss(0.0) - 10.0);
        QVERIFY(loss(0.3) < loss(0.6) - 10.0);
    }

    void kept_and_opened_they_are_the_same() {
        const auto data = sites(90);
        for (const char* name : {"segmented", "partition-of-unity"}) {
            const FitResult r = fit(data, drawn(name, {rectangle(-2, -2, -0.2, 2), rectangle(-0.2, 0, 2, 2)}), quick());
            QCOMPARE(covariance_structures(r.model()).size(), std::size_t(3));  // and the rest
            const auto again = FittedModel::from_archive(r.model().to_archive(), data);
            QCOMPARE(again->specification().region_outlines.size(), std::size_t(2));
            PredictOptions p;
            p.averaged = false;
            p.threads = 1;
            const Points at = data->coordinates.topRows(20);
            QVERIFY((predict_at(r.model(), at, {}, p).mean - predict_at(*again, at, {}, p).mean).cwiseAbs().maxCoeff() < 1e-9);
        }
        // Two outlines that leave no rest.
        const FitResult all = fit(data, drawn("segmented", {rectangle(-2, -2, 0, 2), rectangle(0, -2, 2, 2)}), quick());
        QCOMPARE(covariance_structures(all.model()).size(), std::size_t(2));
        QCOMPARE(FittedModel::from_archive(all.model().to_archive(), data)->parameters().trend_coefficients.size(),
                 all.model().parameters().trend_coefficients.size());
        // Files from before know nothing of outlines.
        nlohmann::json old = json_of(drawn("segmented", {}));
        old.erase("region_outlines");
        QVERIFY(specification_from_json(old).region_outlines.empty());
    }

    void what_cannot_be_a_region_is_said() {
        const auto data = sites(60);
        const auto code = [&](std::vector<Points> outlines) {
            return code_of([&] { (void)fit(data, drawn("segmented", std::move(outlines)), quick()); });
        };
        QCOMPARE(code({rectangle(5, 5, 6, 6)}), ErrorCode::bad_input);              // holds no site
        QCOMPARE(code({rectangle(-2, -2, 2, 2)}), ErrorCode::bad_input);            // leaves none
        QCOMPARE(code({rectangle(-2, -2, 0, 2).topRows(2)}), ErrorCode::bad_input);  // two corners
        QCOMPARE(code(std::vector<Points>(9, rectangle(-2, -2, 0, 2))), ErrorCode::bad_input);
        auto line = std::make_shared<SpatialDataset>(*data);
        line->coordinates = Points(line->coordinates.col(0));
        line->coordinate_names = {"x"};
        QCOMPARE(code_of([&] { (void)fit(line, drawn("segmented", {rectangle(-2, -2, 0, 2)}), quick()); }), ErrorCode::unsupported);
    }

    void cells_of_k_means_have_borders() {
        const auto data = sites(120);
        ModelSpecification s = drawn("segmented", {});
        s.regions = 3;
        const ModelState model = make_model(data, s, 1);
        const auto borders = region_borders(model);
        QCOMPARE(borders.size(), std::size_t(3));
        const Points at = model.standardisation.standardised(data->coordinates);
        const Matrix weights = model.local_basis->values(at);
        for (std::size_t k = 0; k < borders.size(); ++k) {
            const auto within = inside(borders[k], data->coordinates);
            int wrong = 0;
            for (Index i = 0; i < data->size(); ++i)
                wrong += within[static_cast<std::size_t>(i)] != (weights(i, static_cast<Index>(k)) > 0.5);
            QVERIFY2(wrong <= 4, qPrintable(QString::number(wrong)));  // sites on the box itself
        }
    }

    void fewer_regions_than_asked_for_are_said() {
        ModelSpecification s = drawn("segmented", {});
        s.regions = 4;
        const auto said = [&](Index n) {
            const auto warnings = fit(sites(n), s, quick()).warnings;
            return std::any_of(warnings.begin(), warnings.end(),
                               [](const std::string& w) { return w.find("too few sites for 4 regions") != std::string::npos; });
        };
        QVERIFY(said(24));
        QVERIFY(!said(120));
    }

    void polygons_come_from_a_layer() {
        QTemporaryDir folder;
        const QString path = folder.filePath("regions.geojson");
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[-1,-1],[0,-1],[0,1],[-1,1],[-1,-1]]]}},
            {"type":"Feature","properties":{},"geometry":{"type":"MultiPolygon","coordinates":[
                [[[0,-1],[1,-1],[1,0],[0,0],[0,-1]]],[[[0,0],[1,0],[1,1],[0,0]]]]}}]})");
        file.close();
        const auto data = sites(50);
        const auto outlines = read_outlines(path.toStdString(), *data);
        QCOMPARE(outlines.size(), std::size_t(3));
        QVERIFY(outlines[0] == rectangle(-1, -1, 0, 1));
        QCOMPARE(outlines[2].rows(), Index(3));
        QCOMPARE(code_of([&] { (void)read_outlines(path.toStdString(), *data, "no such layer"); }), ErrorCode::bad_input);
        QCOMPARE(code_of([&] { (void)read_outlines(folder.filePath("none.gpkg").toStdString(), *data); }), ErrorCode::input_output);
    }

    void holes_are_no_part_of_a_region() {
        QTemporaryDir folder;
        const QString path = folder.filePath("holes.geojson");
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[
                [[-1,-1],[1,-1],[1,1],[-1,1],[-1,-1]],
                [[-0.5,-0.5],[-0.1,-0.5],[-0.1,-0.1],[-0.5,-0.1],[-0.5,-0.5]],
                [[0.2,0.2],[0.6,0.2],[0.6,0.6],[0.2,0.6],[0.2,0.2]]]}},
            {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[
                [[-0.5,-0.5],[-0.1,-0.5],[-0.1,-0.1],[-0.5,-0.1],[-0.5,-0.5]]]}}]})");
        file.close();
        const auto outlines = read_outlines(path.toStdString(), *sites(20));
        QCOMPARE(outlines.size(), std::size_t(2));
        Points at(5, 2);
        at << 0.0, 0.0, -0.3, -0.3, 0.4, 0.4, -0.75, -0.75, 2.0, 0.0;  // the fourth lies on the cut to a hole
        QVERIFY(inside(outlines[0], at) == (std::vector<bool>{true, false, false, true, false}));
        // Borders are those of rings and holes; the cuts between them are none.
        const Vector distance = distance_to_border(outlines[0], at);
        for (const auto& [i, expected] : {std::pair{0, std::sqrt(0.02)}, {1, 0.2}, {2, 0.2}, {3, 0.25}, {4, 1.0}})
            QVERIFY(std::abs(distance(i) - expected) < 1e-12);
        // Drawn, they are three closed rings without the cuts.
        const auto rings = border_rings(outlines[0]);
        QCOMPARE(rings.size(), std::size_t(3));
        double walked = 0.0;
        for (const Points& ring : rings) {
            QCOMPARE(ring.rows(), Index(4));
            for (Index i = 0; i < 4; ++i) walked += (ring.row((i + 1) % 4) - ring.row(i)).norm();
        }
        QVERIFY(std::abs(walked - (8.0 + 1.6 + 1.6)) < 1e-12);
        QCOMPARE(border_rings(outlines[1]).size(), std::size_t(1));
        // A site in a hole is of the polygon that fills it, or of the rest.
        const Matrix weights = OutlineRegions(outlines, true, true).values(at);
        Matrix expected = Matrix::Zero(5, 3);
        expected(0, 0) = expected(1, 1) = expected(2, 2) = expected(3, 0) = expected(4, 2) = 1.0;
        QVERIFY(weights == expected);
    }

    void a_region_without_a_site_in_a_realisation_is_named() {
        SpatialDataset data = *sites(120);
        for (Index i = 0; i < 120; ++i) data.realisations.push_back(i % 2 == 0 ? "monday" : "tuesday");
        std::vector<Index> kept;  // on Tuesday nothing was measured in the east
        for (Index i = 0; i < 120; ++i)
            if (i % 2 == 0 || data.coordinates(i, 0) < 0.0) kept.push_back(i);
        const auto some = std::make_shared<const SpatialDataset>(data.subset(kept));
        for (const char* model : {"segmented", "partition-of-unity"})
            for (const bool outlined : {true, false}) {
                ModelSpecification s = drawn(model, {});
                if (!outlined && s.local == LocalCovariance::partition) continue;  // its regions overlap
                if (outlined) s.region_outlines = {rectangle(-1.1, -1.1, 0, 1.1), rectangle(0.4, -1.1, 1.1, 1.1)};
                s.regions = 4;
                try {
                    (void)fit(some, s, quick());
                    QFAIL("it was fitted");
                } catch (const Error& error) {
                    QCOMPARE(error.code(), ErrorCode::bad_input);
                    const QString words = error.what();
                    QVERIFY2(words.contains("egion") && words.contains("tuesday"), error.what());
                }
            }
        // What was fitted is opened whatever regions another seed would make.
        ModelSpecification opened = drawn("segmented", {rectangle(-1.1, -1.1, 0, 1.1), rectangle(0.4, -1.1, 1.1, 1.1)});
        QCOMPARE(make_model(some, opened, 1).local_basis->count(), Index(3));  // and what lies between them
        ModelSpecification without_mean = drawn("segmented", {rectangle(-1.1, -1.1, 0, 1.1)});
        without_mean.trend = Trend::none;
        QVERIFY(std::isfinite(fit(some, without_mean, quick()).model().log_likelihood()));
    }

    void degrees_are_projected_as_the_data_were() {
        QTemporaryDir folder;
        const QString path = folder.filePath("degrees.geojson");
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[2,46],[4,46],[4,48],[2,48],[2,46]]]}})");
        file.close();
        SpatialDataset data = *sites(20);
        Points degrees(4, 2);
        degrees << 2, 46, 4, 46, 4, 48, 2, 48;
        data.coordinate_system = equal_area_system_for(degrees);
        const auto outlines = read_outlines(path.toStdString(), data);
        QCOMPARE(outlines.size(), std::size_t(1));
        QVERIFY((outlines[0] - data.coordinate_system.working_from_source(degrees)).cwiseAbs().maxCoeff() < 1e-6);
    }
};

QTEST_GUILESS_MAIN(TestDrawnRegions)
#include "test_drawn_regions.moc"
