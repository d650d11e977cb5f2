// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/points.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/data_options.h"
#include "core/base/error.h"
#include "core/data/map_grid.h"
#include "core/data/realisations.h"
#include "core/data/sphere.h"
#include "core/data/time_axis.h"
#include "core/data/time_covariate.h"
#include "core/fit/covariate_distance.h"
#include "core/fit/model_realisations.h"
#include "core/io/covariate_raster.h"
#include "core/io/text_source.h"
#include "core/io/time_column.h"

namespace anamorph::cli {
namespace {

constexpr double kMargin = 0.02;  // of the longest side of the sites' box
constexpr Index kMostCells = 100'000'000;

/// ": prediction and standard deviation alone need 149 GiB of memory".
std::string memory_text(double cells) {
    constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
    return ": prediction and standard deviation alone need " +
           std::to_string(std::lround(cells * 2.0 * sizeof(double) / kGibibyte)) +
           " GiB of memory";
}

/// std::function needs what can be copied.
std::vector<std::shared_ptr<const CovariateRaster>> open_rasters(const std::vector<RasterSource>& sources,
                                                                 const CoordinateSystem& system) {
    std::vector<std::shared_ptr<const CovariateRaster>> opened;
    for (const RasterSource& source : sources) {
        opened.push_back(std::make_shared<const CovariateRaster>(source, system));
    }
    return opened;
}

/// On the sphere: the one time that --time names, for the covariate that is the time.
double time_on_sphere(const std::vector<std::string>& times, const SpatialDataset& data) {
    if (times.size() != 1) throw UsageError("On the sphere a map is of one time: name it, --time T.");
    try {
        return time_from_text(times.front(), data.time_unit);
    } catch (const Error& error) {
        throw UsageError(error.full_text());
    }
}

/// Whether the covariate that is the time takes part: in the trend, or in the distance.
bool uses_time(const FittedModel& model, Index time) {
    const ModelSpecification& s = model.specification();
    const std::string& name = model.dataset().covariate_names[static_cast<std::size_t>(time)];
    return s.trend == Trend::covariates ||
           std::find(s.distance_covariates.begin(), s.distance_covariates.end(), name) != s.distance_covariates.end();
}

}  // namespace

CovariateSource covariates_of_grid(const std::vector<std::string>& times,
                                   const std::vector<RasterSource>& rasters, const FittedModel& model) {
    const SpatialDataset& data = model.dataset();
    SpatialDataset others = data;
    const std::optional<Index> time = time_covariate(data);
    if (time) others.covariate_names.erase(others.covariate_names.begin() + *time);
    // A model that does not use it takes any time.
    const double at = !time ? 0.0 : uses_time(model, *time) ? time_on_sphere(times, data) : data.covariates(0, *time);
    return [opened = open_rasters(rasters_of_covariates(others, rasters), data.coordinate_system), time,
            at](const Points& x) {
        Matrix values(x.rows(), static_cast<Index>(opened.size()) + (time ? 1 : 0));
        for (Index k = 0, next = 0; k < values.cols(); ++k) {
            if (time && k == *time)
                values.col(k).setConstant(at);
            else
                values.col(k) = opened[static_cast<std::size_t>(next++)]->at(x);
        }
        return values;
    };
}

Matrix covariates_in_cells(const CovariateSource& source, const SpatialDataset& data, PredictionGrid& grid) {
    Matrix values = source(working_from_map(data.coordinate_system, grid.centres()));
    if (grid.mask.empty()) grid.mask.assign(static_cast<std::size_t>(grid.cell_count()), 1);
    for (Index i = 0; i < values.rows(); ++i)
        if (!values.row(i).allFinite()) grid.mask[static_cast<std::size_t>(i)] = 0;
    if (grid.active_count() == 0)
        throw Error(ErrorCode::bad_input, "No cell of the map lies where all rasters have values.",
                    "Check the rasters' extent and coordinate system.");
    return values;
}

std::vector<double> times_of_grid(const std::vector<std::string>& times, const FittedModel& model) {
    const SpatialDataset& data = model.dataset();
    if (!data.coordinate_system.chordal) return parse_times(times, data);
    const std::optional<Index> time = time_covariate(data);
    if (!times.empty() && !(time && uses_time(model, *time)))
        throw UsageError("The model knows no time: leave --time out, or fit with --time COLUMN and "
                         "--distance-covariate COLUMN.");
    return {};
}

Vector complete_column(const Table& table, const std::string& name) {
    const int column = table.find(name);
    if (column < 0) {
        std::string known;
        for (const auto& each : table.columns) {
            known += (known.empty() ? "\"" : ", \"") + each.name + "\"";
        }
        throw Error(ErrorCode::bad_input,
                    quoted_name(table.path) + " has no column \"" + name + "\".",
                    "Its columns are " + known + ".");
    }
    const TableColumn& found = table.columns[static_cast<std::size_t>(column)];
    if (!found.numeric) refuse_text_column(table, column);
    Vector values(table.rows());
    for (Index i = 0; i < values.size(); ++i) {
        values(i) = found.numbers[static_cast<std::size_t>(i)];
        if (!std::isfinite(values(i))) {
            throw Error(ErrorCode::bad_input,
                        place(table.path, table.lines[static_cast<std::size_t>(i)]) +
                            ", column \"" + found.name + "\": the value is missing or infinite.",
                        "Fill it in, or take the row out.");
        }
    }
    return values;
}

namespace {

/// A column of times without gaps, in the unit of the data's.
Vector complete_times(const Table& table, const std::string& name, const std::string& time_unit) {
    const int column = table.find(name);
    if (column < 0 || table.columns[static_cast<std::size_t>(column)].numeric) return complete_column(table, name);
    const TimeColumn read = time_column(table, column, time_unit);
    if (read.unit != time_unit)
        throw Error(ErrorCode::bad_input,
                    place(table.path, table.lines.front()) + ", column \"" + name +
                        "\" holds dates; the data's times are numbers" +
                        (time_unit.empty() ? "." : " in " + time_unit + "."),
                    "Write the times as the data have them.");
    for (Index i = 0; i < read.times.size(); ++i)
        if (std::isnan(read.times(i)))
            throw Error(ErrorCode::bad_input,
                        place(table.path, table.lines[static_cast<std::size_t>(i)]) + ", column \"" + name +
                            "\": the time is missing.",
                        "Fill it in, or take the row out.");
    return read.times;
}

}  // namespace

TablePoints read_points(const std::string& path, const SpatialDataset& dataset,
                        const std::array<std::string, 3>& names,
                        const std::vector<RasterSource>& rasters, std::optional<double> time) {
    TablePoints result;
    result.table = read_table(path, detect_table_format(path, 1));
    const Index m = result.table.rows();
    const bool chordal = dataset.coordinate_system.chordal;
    const int axes = chordal ? 2 : dataset.dimension();
    Points x(m, axes);
    for (int axis = 0; axis < axes; ++axis) {
        const auto k = static_cast<std::size_t>(axis);
        const std::string& name = names[k].empty() ? dataset.coordinate_names.at(k) : names[k];
        const bool is_time = dataset.last_axis_is_time && axis == axes - 1;
        if (!is_time) {
            x.col(axis) = complete_column(result.table, name);
        } else if (time) {
            x.col(axis).setConstant(*time);
        } else {
            x.col(axis) = complete_times(result.table, name, dataset.time_unit);
        }
    }
    result.coordinates = dataset.coordinate_system.is_projected_from_source()
                             ? dataset.coordinate_system.working_from_source(x)
                             : x;
    result.covariates.resize(m, static_cast<Index>(dataset.covariate_names.size()));
    for (std::size_t k = 0; k < dataset.covariate_names.size(); ++k) {
        const std::string& name = dataset.covariate_names[k];
        const auto raster = std::find_if(rasters.begin(), rasters.end(),
                                         [&](const RasterSource& source) { return source.name == name; });
        if (raster == rasters.end() || result.table.find(name) >= 0) {
            // On the sphere the time is a covariate, perhaps written as dates.
            const int column = result.table.find(name);
            const bool dates = chordal && is_calendar(dataset.time_unit) && column >= 0 &&
                               !result.table.columns[static_cast<std::size_t>(column)].numeric;
            result.covariates.col(static_cast<Index>(k)) =
                dates ? complete_times(result.table, name, dataset.time_unit) : complete_column(result.table, name);
            continue;
        }
        const Vector values = CovariateRaster(*raster, dataset.coordinate_system).at(result.coordinates);
        for (Index i = 0; i < m; ++i) {
            if (std::isfinite(values(i))) continue;
            throw Error(ErrorCode::bad_input,
                        place(path, result.table.lines[static_cast<std::size_t>(i)]) + ": the raster " +
                            quoted_name(raster->path) + " has no value there.",
                        "Take the row out, or give its value in a column \"" + name + "\".");
        }
        result.covariates.col(static_cast<Index>(k)) = values;
    }
    return result;
}

std::vector<RasterSource> rasters_of(const Project& project,
                                     const std::vector<std::string>& drift_rasters) {
    std::vector<RasterSource> known = project.covariate_rasters;
    std::vector<RasterSource> given = parsed_rasters(drift_rasters);
    const std::vector<std::string>& names = project.dataset->covariate_names;
    const bool in_order = given.size() == names.size();
    for (std::size_t k = 0; k < given.size(); ++k) {
        RasterSource& source = given[k];
        if (std::find(names.begin(), names.end(), source.name) == names.end()) {
            if (!in_order) {
                throw UsageError("The model has no covariate \"" + source.name +
                                 "\": name a raster file like the covariate, or give one for each.");
            }
            source.name = names[k];
        }
        std::erase_if(known, [&](const RasterSource& other) { return other.name == source.name; });
        known.push_back(source);
    }
    return known;
}

std::vector<Index> parse_shape(const std::string& text, int dimension, const std::string& option) {
    std::vector<Index> shape;
    double cells = 1.0;
    const char* at = text.data();
    const char* const end = at + text.size();
    bool good = at != end;
    while (good) {
        Index count = 0;
        const auto [next, error] = std::from_chars(at, end, count);
        good = error == std::errc() && count >= 1 && count <= kMostCells && shape.size() < 3;
        if (!good) break;
        shape.push_back(count);
        cells *= static_cast<double>(count);
        if (next == end) break;
        good = *next == 'x' || *next == 'X';
        at = next + 1;
    }
    if (!good) throw UsageError(option + " takes counts such as 50x40, not “" + text + "”.");
    if (cells > static_cast<double>(kMostCells)) {
        throw UsageError(option + " " + text + " asks for more than 100 million cells" +
                         memory_text(cells) + ". Use fewer cells.");
    }
    if (dimension > 0 && shape.size() != static_cast<std::size_t>(dimension)) {
        throw UsageError(option + " needs " + std::to_string(dimension) +
                         " counts for these data, not “" + text + "”.");
    }
    return shape;
}

std::vector<double> parse_times(const std::vector<std::string>& texts, const SpatialDataset& dataset) {
    if (!texts.empty() && !dataset.last_axis_is_time)
        throw UsageError("The data have no axis of time: leave --time out.");
    std::vector<double> times;
    for (const auto& text : texts) {
        try {
            times.push_back(time_from_text(text, dataset.time_unit));
        } catch (const Error& error) {
            throw UsageError(error.full_text());
        }
    }
    return times;
}

void add_places(CLI::App& command, std::string& at, std::array<std::string, 3>& names, std::string& grid) {
    command.add_option("--at", at, "table of points; its columns are copied");
    command.add_option("--x", names[0], "column of the first coordinate in that table");
    command.add_option("--y", names[1], "column of the second coordinate");
    command.add_option("--z", names[2], "column of the third coordinate");
    command.add_option("--grid", grid, "counts of cells, such as 200x150");
}

void add_time(CLI::App& command, std::vector<std::string>& times, std::string& column) {
    command.add_option("--time", times,
                       "space with time: times of the map, separated by commas (numbers, or dates where the data "
                       "have dates); with --at the one time of all points")->delimiter(',');
    command.add_option("--time-column", column, "column of times in that table");
}

std::optional<double> one_time(const std::vector<std::string>& texts, const SpatialDataset& dataset) {
    const std::vector<double> times = parse_times(texts, dataset);
    if (times.size() > 1) throw UsageError("--at takes one --time, for all points of the table.");
    return times.empty() ? std::nullopt : std::optional<double>(times.front());
}

std::array<std::string, 3> axis_columns(std::array<std::string, 3> names, const std::string& time,
                                        const SpatialDataset& dataset) {
    if (!time.empty() && !dataset.last_axis_is_time)
        throw UsageError("The data have no axis of time: leave --time-column out.");
    if (dataset.last_axis_is_time) names[static_cast<std::size_t>(dataset.dimension() - 1)] = time;
    return names;
}

std::vector<Index> map_shape(const std::string& text, const SpatialDataset& dataset) {
    return parse_shape(text, map_dimension(dataset) - (dataset.last_axis_is_time ? 1 : 0), "--grid");
}

PredictionGrid grid_over(const SpatialDataset& dataset, const std::vector<Index>& shape,
                         const std::vector<double>& bounds, const std::vector<double>& times) {
    const auto d = static_cast<Index>(shape.size());
    const Points sites = map_coordinates(dataset).leftCols(d);
    const bool chordal = dataset.coordinate_system.chordal;
    if (dataset.last_axis_is_time && times.empty())
        throw UsageError("The data have times: name those of the map, --time T or --time T,T,T.");
    Vector low = sites.colwise().minCoeff();
    Vector high = sites.colwise().maxCoeff();
    if (bounds.empty()) {
        const double margin = kMargin * (high - low).maxCoeff();
        low.array() -= margin;
        high.array() += margin;
        if (chordal) {
            low(1) = std::max(low(1), -90.0);
            high(1) = std::min(high(1), 90.0);
            high(0) = std::min(high(0), low(0) + 360.0);
        }
    } else {
        if (static_cast<Index>(bounds.size()) != 2 * d) {
            throw UsageError("--bounds needs " + std::to_string(2 * d) +
                             " numbers: the lower corner, then the upper one.");
        }
        low = Eigen::Map<const Vector>(bounds.data(), d);
        high = Eigen::Map<const Vector>(bounds.data() + d, d);
        if (!low.allFinite() || !high.allFinite() || !((high - low).minCoeff() > 0.0)) {
            throw UsageError("--bounds: each upper bound must be above its lower one.");
        }
        if (chordal && (low(1) < -90.0 || high(1) > 90.0 || high(0) - low(0) > 360.0 || low(0) < -360.0 ||
                        high(0) > 720.0))
            throw UsageError("--bounds are degrees here: longitudes within one turn, latitudes between -90 and 90.");
    }
    PredictionGrid grid;
    grid.origin = low;
    grid.cell_size.resize(d);
    grid.shape = shape;
    for (Index axis = 0; axis < d; ++axis) {
        grid.cell_size(axis) = (high(axis) - low(axis)) /
                               static_cast<double>(shape[static_cast<std::size_t>(axis)]);
    }
    if (!dataset.last_axis_is_time) return grid;
    if (static_cast<double>(grid.cell_count()) * static_cast<double>(times.size()) > kMostCells)
        throw UsageError("--grid and --time ask together for more than 100 million cells. Use fewer.");
    return at_times(grid, times);
}

void add_realisation(CLI::App& command, std::string& label) {
    command.add_option("--realisation", label,
                       "several realisations: label of the one to predict (default: the last of the data)");
}

std::string chosen_realisation(const std::string& label, const FittedModel& model) {
    if (label.empty()) return realisation_label(model);
    (void)realisation_named(model.dataset(), label);
    return label;
}

const FittedModel& model_of(const Project& project, const std::string& path) {
    if (project.fit) return project.fit->model();
    throw Error(ErrorCode::bad_input, path + " holds no fitted model.",
                "Fit one first: anamorph-cli fit " + path + " --out FILE.");
}

}  // namespace anamorph::cli
