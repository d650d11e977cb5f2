// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <cmath>
#include <limits>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/data_options.h"
#include "app/cli/summary.h"
#include "core/io/import.h"
#include "core/io/project_file.h"

namespace anamorph::cli {
namespace {

std::string delimiter_name(char delimiter) {
    switch (delimiter) {
        case ',': return "comma";
        case ';': return "semicolon";
        case '\t': return "tab";
        case ' ': return "blanks";
        case '|': return "bar";
        default: return std::string(1, delimiter);
    }
}

Json map_json(const GridMap& map) {
    Json layers = {"mean", "standard deviation"};
    for (const FurtherLayer& layer : map.further) layers.push_back(layer.title());
    return {{"shape", map.grid.shape},
            {"model", map.label},
            {"of", map.of_observation ? "observation" : "signal"},
            {"averaged", map.averaged},
            {"layers", layers},
            {"predicted_cells", map.grid.active_count()}};
}

int inspect_project(const std::string& path, Console& console) {
    const Project project = open_project(path);
    Json object = {{"kind", "project"},
                   {"data", dataset_json(*project.dataset)},
                   {"automatic", project.automatic},
                   {"fit", nullptr},
                   {"map", nullptr},
                   {"log", project.log}};
    std::string text = path + ": an Anamorph project\n" + dataset_text(*project.dataset);
    if (project.fit) {
        object["fit"] = fit_json(*project.fit);
        text += fit_text(*project.fit);
    } else {
        text += "No model was fitted.\n";
    }
    if (project.map) {
        object["map"] = map_json(*project.map);
        text += "Map: ";
        for (std::size_t k = 0; k < project.map->grid.shape.size(); ++k) {
            text += (k ? " × " : "") + std::to_string(project.map->grid.shape[k]);
        }
        text += " cells of the " +
                std::string(project.map->of_observation ? "observation" : "signal") + "\n";
    }
    console.result(object, text);
    return success;
}

/// Smallest and largest finite number of a column; NaN where there is none.
std::pair<double, double> range_of(const TableColumn& column) {
    double low = std::numeric_limits<double>::quiet_NaN();
    double high = low;
    for (const double x : column.numbers) {
        if (!std::isfinite(x)) continue;
        if (!(low <= x)) low = x;
        if (!(high >= x)) high = x;
    }
    return {low, high};
}

int inspect_table(const std::string& path, Console& console) {
    const Table table = read_table(path, detect_table_format(path), console.observer());
    const ImportOptions guess = guess_import_options(table);
    Json columns = Json::array();
    std::string text = path + ": a table of " + std::to_string(table.rows()) + " rows, delimiter " +
                       delimiter_name(table.format.delimiter) + ", decimal " +
                       (table.format.decimal_comma ? "comma" : "point") + ", " +
                       table.format.encoding + "\n";
    for (std::size_t k = 0; k < table.columns.size(); ++k) {
        const TableColumn& column = table.columns[k];
        const std::string role = k < guess.roles.size() ? to_string(guess.roles[k]) : "unused";
        Json entry = {{"name", column.name},
                      {"numeric", column.numeric},
                      {"missing", column.missing},
                      {"role", role}};
        text += "  " + column.name + ": " + (column.numeric ? "numbers" : "text");
        if (column.numeric) {
            const auto [low, high] = range_of(column);
            entry["minimum"] = low;
            entry["maximum"] = high;
            text += " from " + short_number(low) + " to " + short_number(high);
        }
        if (column.missing > 0) text += ", " + std::to_string(column.missing) + " missing";
        text += ", looks like: " + role + "\n";
        columns.push_back(std::move(entry));
    }
    const Json object = {{"kind", "table"},
                         {"rows", table.rows()},
                         {"delimiter", delimiter_name(table.format.delimiter)},
                         {"decimal_comma", table.format.decimal_comma},
                         {"header", table.format.has_header},
                         {"encoding", table.format.encoding},
                         {"line_ending", table.format.line_ending},
                         {"columns", columns},
                         {"degrees", guess.coordinates_are_degrees}};
    console.result(object, text);
    return success;
}

}  // namespace

void add_inspect(CLI::App& app, Action& chosen) {
    auto path = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand("inspect", "say what a project or a table holds");
    command->add_option("file", *path, "project or table")->required()->type_name("FILE");
    command->callback([path, &chosen] {
        chosen = [path](Console& console) {
            return names_a_project(*path) ? inspect_project(*path, console)
                                          : inspect_table(*path, console);
        };
    });
}

}  // namespace anamorph::cli
