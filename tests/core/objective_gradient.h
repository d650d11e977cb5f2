// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTest>
#include <cmath>

#include "core/fit/model_state.h"
#include "core/fit/objective.h"

namespace anamorph::testing {

/// Compares the objective's gradient with central differences, about `components` of them, where the model's
/// parameters are moved by `moved`·sin(3i + 1). The test fails where one differs by more than `tolerance`
/// times 1 + its size.
inline void check_objective_gradient(const ModelState& model, double moved, int components, double tolerance) {
    Vector theta = model.parameters();
    for (Index i = 0; i < theta.size(); ++i) theta(i) += moved * std::sin(3.0 * static_cast<double>(i) + 1.0);
    Objective objective(model);
    double value = 0.0, plus = 0.0, minus = 0.0;
    Vector gradient, unused;
    QVERIFY(objective.evaluate(theta, value, gradient));
    for (Index k = 0; k < theta.size(); k += 1 + theta.size() / components) {
        const double e = 1e-5, keep = theta(k);
        theta(k) = keep + e;
        QVERIFY(objective.evaluate(theta, plus, unused));
        theta(k) = keep - e;
        QVERIFY(objective.evaluate(theta, minus, unused));
        theta(k) = keep;
        const double difference = (plus - minus) / (2.0 * e);
        QVERIFY2(std::abs(difference - gradient(k)) < tolerance * (1.0 + std::abs(difference)),
                 qPrintable(QString("%1: %2 against %3").arg(k).arg(gradient(k)).arg(difference)));
    }
}

}  // namespace anamorph::testing
