// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/likelihood/likelihood_options.h"

namespace CLI {
class App;
}

namespace anamorph::cli {

/// --likelihood and the options of every approximation, shared by evaluate, fit, validate and
/// compare.
struct LikelihoodArguments {
    std::string likelihood = "auto";
    std::string ordering = "maximin";
    std::string nugget_form = "response";
    std::string taper = "one";
    std::string placement = "k-means";
    LikelihoodOptions options;  ///< numbers and flags are parsed straight into it

    void add_to(CLI::App& command);
    /// The names resolved; the kind may be `automatic`. @throws UsageError
    [[nodiscard]] LikelihoodOptions resolved() const;
};

}  // namespace anamorph::cli
