// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/options.h"

namespace anamorph {

std::vector<std::string> FitOptions::validate() const {
    std::vector<std::string> problems;
    const auto check = [&](bool ok, const char* sentence) {
        if (!ok) problems.emplace_back(sentence);
    };
    check(max_iterations >= 1 && max_iterations <= 100'000,
          "The number of iterations must lie between 1 and 100,000.");
    check(relative_tolerance > 0.0 && relative_tolerance < 0.1,
          "The relative tolerance must be positive and below 0.1.");
    check(learning_rate > 0.0 && learning_rate <= 1.0,
          "The learning rate must be positive and at most 1.");
    check(starts >= 1 && starts <= 100, "The number of starts must lie between 1 and 100.");
    check(held_out_fraction >= 0.0 && held_out_fraction <= 0.5,
          "The held-out fraction must lie between 0 and 0.5.");
    check(threads >= 0 && threads <= 1024, "The number of threads must lie between 0 and 1024.");
    check(snapshots_per_second >= 0.0 && snapshots_per_second <= 60.0,
          "Snapshots a second must lie between 0 and 60.");
    return problems;
}

}  // namespace anamorph
