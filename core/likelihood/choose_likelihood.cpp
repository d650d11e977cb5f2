// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/choose_likelihood.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/grouped_digits.h"

namespace anamorph {

namespace {

/// Numbers that the sparse factor of k unknowns keeps, with its selected inverse.
double factor_numbers(double k, int d, double entries_per_row) {
    const double mesh = 2.0 * k * (d == 1   ? 8.0
                                   : d == 2 ? 8.0 * std::log2(std::max(k, 2.0))
                                            : 18.0 * std::cbrt(k));
    // Denser rows fill in more: separators are as wide as the rows reach.
    const double usual = d == 1 ? 3.0 : d == 2 ? 13.0 : 40.0;
    return mesh * std::max(1.0, std::pow(entries_per_row / usual, 0.75));
}

double default_vertices(Index n, int d) {
    const double low = d == 1 ? 1'000.0 : d == 2 ? 4'000.0 : 5'000.0;
    return std::clamp(2.0 * static_cast<double>(n), low, d == 3 ? 15'000.0 : 60'000.0);
}

}  // namespace

double estimated_bytes(const LikelihoodOptions& o, Index sites, int d, double sites_in_taper,
                       double vertices) {
    const double n = static_cast<double>(sites);
    const double features = 8.0 * n * (12.0 + 6.0 * d);  // data, features, gradients, residuals
    switch (o.kind) {
        case LikelihoodKind::automatic:
        case LikelihoodKind::exact: return features + 16.0 * n * n;
        case LikelihoodKind::vecchia: return features + 8.0 * n * (o.neighbours + 8.0 + d);
        case LikelihoodKind::predictive_process: {
            const double k = std::min<double>(o.inducing_sites, n);
            return features + 8.0 * k * (n + 3.0 * 1024.0 + 6.0 * k);
        }
        case LikelihoodKind::taper: {
            const double within = sites_in_taper > 0.0 ? std::min(sites_in_taper, n) : std::min(40.0, n);
            return features + 8.0 * (4.0 * n * within + (d == 3 ? 1.0 : 0.6) * factor_numbers(n, d, within));
        }
        case LikelihoodKind::spde: {
            const double k = vertices > 0.0 ? vertices : default_vertices(sites, d);
            const double row = d == 1 ? 5.0 : d == 2 ? 13.0 : 75.0;  // of a precision matrix, α = 2
            // Operator and posterior; where ν = 1/2 the prior too, and its derivative.
            const bool rough = d == 3 || (d == 1 && o.spde_alpha == 1);
            return features + 8.0 * ((rough ? 4.2 : 2.0) * factor_numbers(k, d, row) + 90.0 * k);
        }
    }
    return features;
}

LikelihoodChoice choose_likelihood(const LikelihoodOptions& asked, Index n, int d,
                                   double available_bytes, bool many_evaluations) {
    LikelihoodChoice choice{asked, {}};
    if (asked.kind != LikelihoodKind::automatic) {
        choice.reason = "The likelihood was given: " + label_of(asked) + ".";
        return choice;
    }
    choice.options.kind = LikelihoodKind::exact;
    const double exact = estimated_bytes(choice.options, n, d);
    const Index limit = many_evaluations ? exact_for_warps : exact_by_default;
    if (n <= limit && exact <= available_bytes) {
        choice.reason = "The exact likelihood: with " + grouped(n) +
                        (n == 1 ? " site" : " sites") + " nothing needs to be approximated.";
        return choice;
    }
    choice.options.kind = LikelihoodKind::vecchia;
    const std::string name = "Vecchia's approximation with " +
                             std::to_string(choice.options.neighbours) + " neighbours: ";
    if (n <= limit)
        choice.reason = name + "the exact likelihood of " + grouped(n) + " sites needs " +
                        bytes_in_words(exact) + ", and " + bytes_in_words(available_bytes) +
                        " are free.";
    else
        choice.reason = name + grouped(n) + " sites are more than the " + grouped(limit) +
                        " up to which the exact likelihood is the default" +
                        (many_evaluations ? " for a model that needs hundreds of evaluations" : "") +
                        (n <= exact_on_request ? "; it can be asked for." : ".");
    return choice;
}

std::string bytes_in_words(double bytes) {
    char text[40];
    if (bytes >= 1e9)
        std::snprintf(text, sizeof text, "%.1f GB", bytes / 1e9);
    else
        std::snprintf(text, sizeof text, "%.0f MB", std::max(1.0, bytes / 1e6));
    return text;
}

}  // namespace anamorph
