// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/points.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/cli/command.h"
#include "app/cli/data_options.h"
#include "core/base/error.h"
#include "core/io/text_source.h"

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

}  // namespace

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

TablePoints read_points(const std::string& path, const SpatialDataset& dataset,
                        const std::array<std::string, 3>& names,
                        const std::vector<RasterSource>& rasters) {
    TablePoints result;
    result.table = read_table(path, detect_table_format(path, 1));
    const Index m = result.table.rows();
    Points x(m, dataset.dimension());
    for (int axis = 0; axis < dataset.dimension(); ++axis) {
        const auto k = static_cast<std::size_t>(axis);
        const std::string& name = names[k].empty() ? dataset.coordinate_names.at(k) : names[k];
        x.col(axis) = complete_column(result.table, name);
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
            result.covariates.col(static_cast<Index>(k)) = complete_column(result.table, name);
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

PredictionGrid grid_over(const SpatialDataset& dataset, const std::vector<Index>& shape,
                         const std::vector<double>& bounds) {
    const Index d = dataset.dimension();
    Vector low = dataset.coordinates.colwise().minCoeff();
    Vector high = dataset.coordinates.colwise().maxCoeff();
    if (bounds.empty()) {
        const double margin = kMargin * (high - low).maxCoeff();
        low.array() -= margin;
        high.array() += margin;
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
    }
    PredictionGrid grid;
    grid.origin = low;
    grid.cell_size.resize(d);
    grid.shape = shape;
    for (Index axis = 0; axis < d; ++axis) {
        grid.cell_size(axis) = (high(axis) - low(axis)) /
                               static_cast<double>(shape[static_cast<std::size_t>(axis)]);
    }
    return grid;
}

const FittedModel& model_of(const Project& project, const std::string& path) {
    if (project.fit) return project.fit->model();
    throw Error(ErrorCode::bad_input, path + " holds no fitted model.",
                "Fit one first: anamorph-cli fit " + path + " --out FILE.");
}

}  // namespace anamorph::cli
