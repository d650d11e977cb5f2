// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/local_range.h"

#include <vector>

#include "app/cli/console.h"
#include "app/cli/output_file.h"
#include "core/fit/local_smoothness.h"
#include "core/io/export.h"

namespace anamorph::cli {
namespace {

/// Beside the range stands the smoothness where it varies, too: at the estimate.
std::vector<std::string> columns_for(const FittedModel& model) {
    std::vector<std::string> names = {"local_range", "local_range_lower", "local_range_upper", "log_local_range_sd"};
    if (has_varying_smoothness(model.specification())) names.emplace_back("smoothness");
    return names;
}

/// `smoothness` is empty where it is not written.
Matrix columns_of(const LocalRange& range, const Vector& smoothness) {
    Matrix columns(range.median.size(), smoothness.size() > 0 ? 5 : 4);
    columns.leftCols(4) << range.median, range.lower, range.upper, range.log_sd;
    if (smoothness.size() > 0) columns.col(4) = smoothness;
    return columns;
}

void warn(const LocalRange& range, Console& console) {
    if (!range.doubt.empty()) console.notice("Warning: " + range.doubt);
}

}  // namespace

Index write_local_range(const FittedModel& model, const PredictionGrid& grid,
                        const LocalRangeOptions& options, const std::string& out, Console& console,
                        std::stop_token stop) {
    const LocalRange range = local_range_on_grid(model, grid, options, console.observer(), std::move(stop));
    warn(range, console);
    const auto smoothness = smoothness_layer(model, grid);
    const Matrix columns = columns_of(range, smoothness ? smoothness->values : Vector());
    const std::vector<std::string> names = columns_for(model);
    if (is_tiff(out)) {
        write_draws_geotiff(out, grid, columns, names, model.dataset(), names.size());
    } else {
        write_draws_csv(out, grid, columns, names, model.dataset());
    }
    return grid.active_count();
}

Index write_local_range(const FittedModel& model, const TablePoints& points,
                        const LocalRangeOptions& options, const std::string& out, Console& console,
                        std::stop_token stop) {
    const LocalRange range =
        local_range_at(model, points.coordinates, options, console.observer(), std::move(stop));
    warn(range, console);
    const bool varies = has_varying_smoothness(model.specification());
    write_columns_csv(out, points.table, columns_for(model),
                      columns_of(range, varies ? smoothness_at(model, points.coordinates) : Vector()));
    return points.coordinates.rows();
}

}  // namespace anamorph::cli
