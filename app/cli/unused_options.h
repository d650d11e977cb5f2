// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "app/cli/data_options.h"
#include "app/cli/model_options.h"
#include "core/data/spatial_dataset.h"
#include "core/validate/model_choice.h"

namespace CLI {
class App;
}

// An option that is given and changes nothing is a misunderstanding, and is said to be one.
namespace anamorph::cli {

/// The names ("--ridge") of the options that stand on the command line with another value than the default.
using GivenOptions = std::set<std::string>;
[[nodiscard]] GivenOptions given_options(const CLI::App& command);

/// "--ridge has no effect here: REASON"  @throws UsageError where one of `options` was given
void refuse_given(const GivenOptions& given, std::initializer_list<const char*> options, const std::string& reason);

/// Options of the data that others make meaningless: what describes a table, beside a project, say.
/// @throws UsageError
void refuse_unused_data_options(const GivenOptions& given, const DataOptions& data);
/// Those of which only the data can tell. @throws UsageError
void refuse_options_unused_by(const SpatialDataset& dataset, const GivenOptions& given, const DataOptions& data);

/// Options of the model, the fit and the likelihood that none of the models reads.
/// @throws UsageError
void refuse_unused_model_options(const GivenOptions& given, const ModelOptions& options,
                                 const std::vector<ModelChoice>& models);
/// Options of likelihoods other than `kind`; automatic stands for the exact one and Vecchia's.
/// @throws UsageError
void refuse_unused_likelihood_options(const GivenOptions& given, const std::set<LikelihoodKind>& kinds);

/// --draws where nothing is averaged. @throws UsageError
void refuse_unused_prediction_options(const GivenOptions& given, const PredictionOptions& prediction);

/// --x, --y, --z, --time-column of a table of points without a table. @throws UsageError
void refuse_columns_without_points(const GivenOptions& given, bool points);

}  // namespace anamorph::cli
