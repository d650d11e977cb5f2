// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/realisations.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <unordered_map>

#include "core/base/error.h"
#include "core/base/grouped_digits.h"

namespace anamorph {

namespace {

constexpr std::size_t labels_shown = 12;
constexpr std::size_t fewest_values_of_mean = 3;

}  // namespace

int realisation_count(const SpatialDataset& dataset) {
    return dataset.has_realisations() ? static_cast<int>(dataset.realisation_labels().size()) : 1;
}

std::vector<Index> rows_of_realisation(const SpatialDataset& dataset, int realisation) {
    std::vector<Index> rows;
    if (!dataset.has_realisations()) {
        rows.resize(static_cast<std::size_t>(dataset.size()));
        std::iota(rows.begin(), rows.end(), Index(0));
        return rows;
    }
    const std::vector<int> of_row = dataset.realisation_indices();
    for (std::size_t i = 0; i < of_row.size(); ++i)
        if (of_row[i] == realisation) rows.push_back(static_cast<Index>(i));
    return rows;
}

Index largest_realisation(const SpatialDataset& dataset) {
    if (!dataset.has_realisations()) return dataset.size();
    std::unordered_map<std::string, Index> counts;
    Index most = 0;
    for (const std::string& label : dataset.realisations) most = std::max(most, ++counts[label]);
    return most;
}

Index place_count(const SpatialDataset& dataset) {
    std::set<std::vector<double>> places;
    for (Index i = 0; i < dataset.size(); ++i) {
        std::vector<double> x;
        for (Index axis = 0; axis < dataset.coordinates.cols(); ++axis)
            x.push_back(dataset.coordinates(i, axis));
        places.insert(std::move(x));
    }
    return static_cast<Index>(places.size());
}

RealisationShape realisation_shape(const SpatialDataset& dataset) {
    RealisationShape shape;
    shape.sites = shape.places = dataset.size();
    if (!dataset.has_realisations()) return shape;
    shape.sites = largest_realisation(dataset);
    shape.places = place_count(dataset);
    shape.count = static_cast<double>(dataset.size()) / static_cast<double>(std::max<Index>(1, shape.sites));
    const double all = static_cast<double>(shape.places) * realisation_count(dataset);
    shape.same_places = dataset.weights.size() == 0 && static_cast<double>(dataset.size()) > 0.8 * all;
    return shape;
}

int realisation_named(const SpatialDataset& dataset, const std::string& label) {
    const std::vector<std::string> labels = dataset.realisation_labels();
    if (label.empty()) return labels.empty() ? 0 : static_cast<int>(labels.size()) - 1;
    const auto found = std::find(labels.begin(), labels.end(), label);
    if (found != labels.end()) return static_cast<int>(found - labels.begin());
    if (labels.empty())
        throw Error(ErrorCode::bad_input, "The data are one realisation; there is none called \"" + label + "\".",
                    "Leave the realisation out.");
    std::string known;
    for (std::size_t k = 0; k < std::min(labels.size(), labels_shown); ++k)
        known += (k > 0 ? ", " : "") + labels[k];
    if (labels.size() > labels_shown)
        known += " … " + labels.back() + " (" + std::to_string(labels.size()) + " in all)";
    throw Error(ErrorCode::bad_input, "There is no realisation \"" + label + "\".",
                "The realisations are " + known + ".");
}

SpatialDataset departures_from_site_means(const SpatialDataset& dataset) {
    if (!dataset.has_realisations())
        throw Error(ErrorCode::bad_input,
                    "Departures from the sites' means need several realisations, and the data are one.",
                    "Name the column that says which realisation a row is of.");
    std::map<std::vector<double>, std::vector<Index>> places;
    for (Index i = 0; i < dataset.size(); ++i) {
        const Vector x = dataset.coordinates.row(i).transpose();
        places[{x.begin(), x.end()}].push_back(i);
    }
    SpatialDataset result = dataset;
    std::vector<Index> kept;
    Index left_out = 0;
    for (const auto& [x, rows] : places) {
        if (rows.size() < fewest_values_of_mean) {
            ++left_out;
            continue;
        }
        const double mean = dataset.values(rows).mean();
        for (const Index row : rows) result.values(row) -= mean;
        kept.insert(kept.end(), rows.begin(), rows.end());
    }
    std::sort(kept.begin(), kept.end());
    result = result.subset(kept);
    std::string note = "Values are departures from each site's mean over its realisations";
    if (left_out > 0)
        note += "; " + std::to_string(left_out) + (left_out == 1 ? " site" : " sites") +
                " of fewer than three values left out";
    result.notes.push_back(note + ".");
    result.validate();
    return result;
}

std::string size_in_words(const SpatialDataset& dataset) {
    if (!dataset.has_realisations())
        return grouped(dataset.size()) + (dataset.size() == 1 ? " site" : " sites");
    const int count = realisation_count(dataset);
    return grouped(dataset.size()) + " values at " + grouped(place_count(dataset)) +
           " sites in " + grouped(count) + (count == 1 ? " realisation" : " realisations");
}

}  // namespace anamorph
