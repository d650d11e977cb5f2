// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/data_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <filesystem>

#include "app/cli/command.h"
#include "core/base/error.h"
#include "core/data/realisations.h"
#include "core/io/import.h"
#include "core/io/project_file.h"

namespace anamorph::cli {

bool names_a_project(const std::string& path) {
    std::string extension = std::filesystem::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension == ".gpkg" || is_project_file(path);
}

void DataOptions::add_to(CLI::App& command, bool required) {
    command.add_option("data", path, "table (CSV, TSV and the like) or project")
        ->required(required)->type_name("DATA");
    command.add_option("--x", x, "column of the first coordinate (guessed if absent)");
    command.add_option("--y", y, "column of the second coordinate");
    command.add_option("--z", z, "column of the third coordinate");
    command.add_option("--time", time,
                       "column of times, numbers or dates (2016-07-01, 2016-07-01T12:30): space with time");
    command.add_option("--time-unit", time_unit, "unit of times that are numbers");
    command.add_option("--degrees", degrees,
                       "longitude and latitude: plane (projected) or chordal (distances are chords of the "
                       "sphere; the time is then a covariate)")
        ->check(CLI::IsMember({"plane", "chordal"}))->capture_default_str();
    command.add_option("--value", value,
                       "column of the measured variable; several, as A,B,C or A:C, are realisations of it");
    command.add_option("--realisation", realisation,
                       "column that says which realisation of the field (a day, say) a row is of");
    command.add_option("--covariates", covariates, "columns of covariates, separated by commas")
        ->delimiter(',');
    add_drift_rasters(command, drift_rasters);
    command.add_option("--weight", weight, "column of relative precisions");
    command.add_option("--group", group,
                       "column that says which sites are held out together (a borehole, a float)");
    command.add_flag("--departures", departures,
                     "several realisations: model the departures from each site's mean over them");
    command.add_option("--duplicates", duplicates, "several values at one site: average or keep")
        ->check(CLI::IsMember({"average", "keep"}))->capture_default_str();
    command.add_option("--crs", coordinate_system, "coordinate system, for example EPSG:2154");
    command.add_option("--unit", coordinate_unit, "unit of the coordinates");
    command.add_option("--value-unit", value_unit, "unit of the measured variable");
}

std::vector<RasterSource> parsed_rasters(const std::vector<std::string>& texts) {
    std::vector<RasterSource> sources;
    for (const auto& text : texts) {
        try {
            sources.push_back(raster_source(text));
        } catch (const Error& error) {
            throw UsageError(error.full_text());
        }
        sources.back().path = std::filesystem::absolute(sources.back().path);
    }
    return sources;
}

void add_drift_rasters(CLI::App& command, std::vector<std::string>& texts) {
    command.add_option("--drift-raster", texts,
                       "raster (GeoTIFF and the like) as a covariate of the trend, FILE or FILE:band; may be "
                       "given several times")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

std::vector<RasterSource> DataOptions::rasters() const { return parsed_rasters(drift_rasters); }

std::shared_ptr<const SpatialDataset> DataOptions::load(Console& console,
                                                        std::stop_token stop,
                                                        std::vector<RasterSource>* used) const {
    const std::vector<RasterSource> sources = rasters();
    if (names_a_project(path)) {
        if (!x.empty() || !y.empty() || !z.empty() || !value.empty() || !covariates.empty() ||
            !weight.empty() || !group.empty() || !time.empty() || degrees != "plane" || !realisation.empty() || departures) {
            throw UsageError("A project knows its columns: leave --x, --y, --z, --value, "
                             "--covariates, --weight, --group, --time, --degrees, --realisation and --departures out.");
        }
        Project project = open_project(path);
        if (used) {
            *used = project.covariate_rasters;
            used->insert(used->end(), sources.begin(), sources.end());
        }
        if (sources.empty()) return project.dataset;
        return std::make_shared<const SpatialDataset>(with_raster_covariates(*project.dataset, sources));
    }
    QuickImport choices;
    choices.x = x;
    choices.y = y;
    choices.z = z;
    choices.value = value;
    choices.covariates = covariates;
    choices.weight = weight;
    choices.group = group;
    choices.realisation = realisation;
    choices.time = time;
    choices.time_unit = time_unit;
    choices.degrees = degrees == "chordal" ? DegreesAs::sphere : DegreesAs::plane;
    choices.duplicates = duplicates == "keep" ? DuplicatePolicy::keep : DuplicatePolicy::average;
    choices.coordinate_system = coordinate_system;
    choices.coordinate_unit = coordinate_unit;
    choices.value_unit = value_unit;
    auto dataset = std::make_shared<SpatialDataset>(
        import_file(path, choices, console.observer(), std::move(stop)));
    if (departures) *dataset = departures_from_site_means(*dataset);
    if (!sources.empty()) *dataset = with_raster_covariates(*dataset, sources);
    if (used) *used = sources;
    for (const auto& note : dataset->notes) console.notice(note);
    return dataset;
}

}  // namespace anamorph::cli
