// SPDX-License-Identifier: GPL-3.0-or-later
// A velocity field's second level and added units: their gradients, what evidence says of them, and
// that they are kept in files.
#include <QtTest>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/fit/added_units.h"
#include "core/fit/fit.h"
#include "core/fit/forecast.h"
#include "core/fit/laplace.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/fit/resolution_ladder.h"
#include "core/fit/specification_json.h"
#include "core/fit/velocity_levels.h"
#include "core/simulate/scenario.h"
#include "tests/core/objective_gradient.h"
#include "tests/core/simulated.h"

using namespace anamorph;
using anamorph::testing::simulated;

namespace {

ModelSpecification velocity() {
    ModelSpecification s;
    s.deformation = DeformationKind::velocity_field;
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::three_halves;
    return s;
}

FitOptions quick() {
    FitOptions options;
    options.threads = 1;
    return options;
}

/// A transect whose waves are ten times shorter in a narrow window around 0.3.
std::shared_ptr<const SpatialDataset> transect_with_a_rough_window(Index n) {
    auto data = std::make_shared<SpatialDataset>();
    RandomStream random(5);
    data->coordinates.resize(n, 1);
    data->values.resize(n);
    for (Index i = 0; i < n; ++i) {
        const double x = -1.0 + 2.0 * (static_cast<double>(i) + 0.5) / static_cast<double>(n);
        const double u = x + 0.5 * std::tanh((x - 0.3) / 0.05);
        data->coordinates(i, 0) = x;
        data->values(i) = std::sin(9.0 * u) + 0.6 * std::cos(23.0 * u) + 0.02 * random.normal();
    }
    return data;
}

}  // namespace

class TestVelocityLevels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void the_second_level_is_in_the_forecast() {
        ForecastOptions options;
        options.automatic_model = true;
        options.threads = 1;
        ModelSpecification s = velocity();
        s.basis_size = 4;
        const auto few = simulated("radial", 100);
        const double without = forecast_fit(*few, s, options).evaluations;
        s.fine_basis_size = 6;
        // One more fit of 50 evaluations, and its curvature: 2·(4² + 6²) coefficients.
        QCOMPARE(forecast_fit(*few, s, options).evaluations, without + 50.0 + 104.0);
        // The automatic model tries one by itself where the resolution is searched.
        s.fine_basis_size = 0;
        QVERIFY(second_level_worth_a_try(8, 6, 2, 1500) > 8);
        QCOMPARE(second_level_worth_a_try(6, 6, 2, 1500), 0);
        QCOMPARE(second_level_worth_a_try(8, 6, 3, 1500), 0);
        QCOMPARE(second_level_worth_a_try(8, 6, 2, 6000), 0);
    }

    void gradient_with_levels_and_units_equals_finite_differences() {
        ModelSpecification s = velocity();
        s.basis_size = 4;
        s.fine_basis_size = 6;
        s.added_units = 2;
        ModelState model = make_model(simulated("radial", 60), s, 1);
        Points centres(2, 2), widths = Points::Constant(2, 2, 0.3);
        centres << 0.1, -0.2, -0.5, 0.4;
        velocity_field_of(model)->add_units({centres, widths}, 20.0);
        testing::check_objective_gradient(model, 0.05, 30, 1e-6);
    }

    void determined_coefficients_follow_from_the_curvature() {
        ModelSpecification s = velocity();
        s.basis_size = 3;
        s.fine_basis_size = 4;
        ModelState model = make_model(simulated("stationary", 30), s, 1);
        const Index p = model.parameter_count();
        QVERIFY(determined_velocity_coefficients(model).empty());
        // A diagonal curvature: γ is the sum of 1 − P/h over the coefficients with h > P.
        Vector curvature = Vector::Constant(p, 1.0);
        const VelocityField& field = *velocity_field_of(model);
        const Index first = model.deformation->parameter_count() - field.parameter_count();
        curvature.segment(first, field.parameter_count()) = field.prior_precision();
        curvature(first) = 4.0 * 2.0 * s.ridge;               // ¾ determined, first level
        curvature(first + 9) = 2.0 * 2.0 * s.fine_ridge;      // ½, second level
        curvature(first + 10) = 0.1;                          // nothing
        model.hessian = curvature.asDiagonal();
        const auto gamma = determined_velocity_coefficients(model);
        QCOMPARE(gamma.size(), std::size_t(2));
        QVERIFY(std::abs(gamma[0] - 0.75) < 1e-12);
        QVERIFY(std::abs(gamma[1] - 0.5) < 1e-12);
    }

    void units_stand_where_the_field_is_rough() {
        const auto data = transect_with_a_rough_window(160);
        ModelSpecification s = velocity();
        s.basis_size = 4;
        const FitResult without = fit(data, s, quick());
        s.added_units = 4;
        const FitResult with = fit(data, s, quick());
        const VelocityField& field = *velocity_field_of(with.model().state());
        const GaussianUnits& units = field.basis().units();
        QVERIFY2(units.count() >= 1 && units.count() <= 4, qPrintable(QString::number(units.count())));
        QVERIFY(with.model().criterion() < without.model().criterion());
        QVERIFY(with.model().log_likelihood() > without.model().log_likelihood());
        QVERIFY2(std::abs(units.centres(0, 0) - 0.3) < 1.5 * units.widths(0, 0),
                 qPrintable(QString::number(units.centres(0, 0))));
        // They are paid for: log(number of places) each.
        ModelState plain(with.model().state());
        const double places = static_cast<double>(unit_places(plain).count());
        QVERIFY(std::abs(price_of_unit_places(plain) - static_cast<double>(units.count()) * std::log(places)) < 1e-12);

        const auto back = FittedModel::from_archive(with.model().to_archive(), data);
        const Points x = data->coordinates.topRows(40);
        QCOMPARE(back->deformed_from_geographic(x), with.model().deformed_from_geographic(x));
        QCOMPARE(velocity_field_of(back->state())->basis().units().count(), units.count());
        QCOMPARE(velocity_field_of(back->state())->groups().back().ridge, field.groups().back().ridge);

        Archive broken = with.model().to_archive();
        broken.arrays["velocity_units"](0, 1) = -1.0;  // a width
        QVERIFY_THROWS_EXCEPTION(Error, (void)FittedModel::from_archive(broken, data));
    }

    void a_stationary_field_gets_no_units() {
        ModelSpecification s = velocity();
        s.added_units = 3;
        const FitResult r = fit(simulated("stationary", 150), s, quick());
        QCOMPARE(velocity_field_of(r.model().state())->basis().units().count(), Index(0));
        QVERIFY(r.model().has_posterior());
    }

    void units_need_no_posterior_afterwards() {
        ModelSpecification s = velocity();
        s.basis_size = 4;
        s.added_units = 1;
        FitOptions options = quick();
        options.posterior = false;
        const FitResult r = fit(transect_with_a_rough_window(80), s, options);
        QVERIFY(!r.model().has_posterior());
        QVERIFY(std::isnan(r.model().criterion()));
    }

    void a_second_level_is_kept_only_by_evidence() {
        // The automatic model: a stationary field has no use for a second level.
        ModelSpecification s = velocity();
        s.basis_size = 4;
        s.fine_basis_size = 7;
        s.log_scale = LogScale::no;
        const FitResult r = fit_automatic(simulated("stationary", 120), s, quick());
        for (const auto& c : r.candidates)
            QCOMPARE(c.model->specification().fine_basis_size, 0);
        // Asked for by name it is there.
        const FitResult named = fit(simulated("stationary", 60), s, quick());
        QCOMPARE(velocity_field_of(named.model().state())->basis().levels().size(), std::size_t(2));
        const auto back = FittedModel::from_archive(named.model().to_archive(),
                                                    std::make_shared<SpatialDataset>(named.model().dataset()));
        QCOMPARE(back->state().parameters(), named.model().state().parameters());
    }

    void descriptions_of_older_files_have_one_level() {
        ModelSpecification s = velocity();
        s.fine_basis_size = 12;
        s.fine_ridge = 55.0;
        s.added_units = 7;
        nlohmann::json j = json_of(s);
        const ModelSpecification same = specification_from_json(j);
        QCOMPARE(same.fine_basis_size, 12);
        QCOMPARE(same.fine_ridge, 55.0);
        QCOMPARE(same.added_units, 7);
        for (const char* name : {"fine_basis_size", "fine_ridge", "added_units"}) j.erase(name);
        const ModelSpecification older = specification_from_json(j);
        QCOMPARE(older.fine_basis_size, 0);
        QCOMPARE(older.added_units, 0);
    }

    void what_makes_no_sense_is_refused_in_words() {
        ModelSpecification s = velocity();
        s.fine_basis_size = s.basis_size;
        QCOMPARE(s.validate().size(), std::size_t(1));
        s.fine_basis_size = 0;
        s.fine_ridge = 0.0;
        QCOMPARE(s.validate().size(), std::size_t(1));
        s = velocity();
        s.added_units = 33;
        QCOMPARE(s.validate().size(), std::size_t(1));
        s.added_units = 2;
        QVERIFY(s.validate().empty());
        set_model(s, "axial");
        QCOMPARE(s.validate().size(), std::size_t(1));
        set_model(s, "velocity-field+axial");
        QCOMPARE(s.validate().size(), std::size_t(1));
        // Fine along three axes: thousands of coefficients.
        SpatialDataset deep;
        deep.coordinates = Points::Random(40, 3);
        deep.values = Vector::Random(40);
        ModelSpecification fine = velocity();
        fine.fine_basis_size = 16;
        try {
            (void)fit(std::make_shared<SpatialDataset>(deep), fine, quick());
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::bad_input);
        }
    }
};

QTEST_GUILESS_MAIN(TestVelocityLevels)
#include "test_velocity_levels.moc"
