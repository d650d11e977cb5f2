// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/local_range.h"

#include <vector>

#include "app/cli/console.h"
#include "app/cli/output_file.h"
#include "core/io/export.h"

namespace anamorph::cli {
namespace {

const std::vector<std::string> kColumns = {"local_range", "local_range_lower", "local_range_upper",
                                           "log_local_range_sd"};

Matrix columns_of(const LocalRange& range) {
    Matrix columns(range.median.size(), 4);
    columns << range.median, range.lower, range.upper, range.log_sd;
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
    const Matrix columns = columns_of(range);
    if (is_tiff(out)) {
        write_draws_geotiff(out, grid, columns, kColumns, model.dataset(), kColumns.size());
    } else {
        write_draws_csv(out, grid, columns, kColumns, model.dataset());
    }
    return grid.active_count();
}

Index write_local_range(const FittedModel& model, const TablePoints& points,
                        const LocalRangeOptions& options, const std::string& out, Console& console,
                        std::stop_token stop) {
    const LocalRange range =
        local_range_at(model, points.coordinates, options, console.observer(), std::move(stop));
    warn(range, console);
    write_columns_csv(out, points.table, kColumns, columns_of(range));
    return points.coordinates.rows();
}

}  // namespace anamorph::cli
