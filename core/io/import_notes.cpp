// SPDX-License-Identifier: GPL-3.0-or-later
// What was left out or read in a special way, and several measurements at one place.
#include <algorithm>

#include "core/data/time_axis.h"
#include "core/io/column_names.h"
#include "core/io/duplicates.h"
#include "core/io/import_realisations.h"
#include "core/io/importer.h"

namespace anamorph {

std::string list_of_lines(const std::vector<long>& lines) {
    constexpr std::size_t shown = 10;
    std::string text = lines.size() == 1 ? "line " : "lines ";
    for (std::size_t i = 0; i < std::min(shown, lines.size()); ++i) {
        if (i > 0) text += i + 1 == lines.size() ? " and " : ", ";
        text += std::to_string(lines[i]);
    }
    if (lines.size() > shown) text += " and " + std::to_string(lines.size() - shown) + " more";
    return text;
}

std::string counted(long count, const std::string& noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void Importer::note_missing() {
    std::vector<std::string> tokens;
    std::vector<int> used = used_.all();
    if (used_.group >= 0) used.push_back(used_.group);
    if (used_.time >= 0) used.push_back(used_.time);
    if (used_.realisation >= 0) used.push_back(used_.realisation);
    for (const int i : used)
        for (const std::string& token : column(i).missing_tokens_seen) {
            const std::string shown = token.empty() ? "empty cells" : "\"" + token + "\"";
            if (std::find(tokens.begin(), tokens.end(), shown) == tokens.end())
                tokens.push_back(shown);
        }
    if (!lines_left_out_.empty()) {
        std::string text = counted(static_cast<long>(lines_left_out_.size()), "row") +
                           (lines_left_out_.size() == 1 ? " was" : " were") +
                           " left out for missing values (" + list_of_lines(lines_left_out_) + "; ";
        for (std::size_t i = 0; i < tokens.size(); ++i) text += (i > 0 ? ", " : "") + tokens[i];
        dataset_.notes.push_back(text + (tokens.size() == 1 && tokens[0] != "empty cells"
                                             ? " counts as missing)."
                                             : " count as missing)."));
    }
    const ColumnName value = parse_column_name(dataset_.value_name);
    if (value.is_logarithm)
        dataset_.notes.push_back("The value \"" + dataset_.value_name +
                                 "\" is a logarithm; predictions are logarithms too.");
    if (table_.format.encoding == "Latin-1")
        dataset_.notes.push_back("The file is not UTF-8; it was read as Latin-1.");
    if (table_.format.decimal_comma)
        dataset_.notes.push_back("Numbers were read with a decimal comma.");
}

/// Where and when was measured: on the sphere the time stands among the covariates.
Points Importer::places_with_time() const {
    if (used_.time < 0 || dataset_.last_axis_is_time) return dataset_.coordinates;
    Points all(dataset_.size(), dataset_.dimension() + 1);
    all << dataset_.coordinates, dataset_.covariates.rightCols(1);
    return all;
}

/// How many axes have one unit.
Index Importer::space_axes() const {
    return dataset_.coordinate_system.chordal ? 3 : std::min(2, dataset_.space_dimension());
}

void Importer::treat_duplicates() {
    const std::vector<std::vector<Index>> groups =
        within_realisations(duplicate_groups(places_with_time(), space_axes()), dataset_);
    if (groups.empty()) return;
    long measurements = 0;
    long inexact = 0;
    std::vector<long> lines;
    for (const std::vector<Index>& group : groups) {
        measurements += static_cast<long>(group.size());
        const auto& first = dataset_.coordinates.row(group.front());
        for (const Index i : group) {
            lines.push_back(dataset_.source_lines[static_cast<std::size_t>(i)]);
            if (dataset_.coordinates.row(i) != first) ++inexact;
        }
    }
    std::sort(lines.begin(), lines.end());
    std::string text = counted(static_cast<long>(groups.size()), "place") +
                       (groups.size() == 1 ? " has" : " have") + " more than one measurement (" +
                       std::to_string(measurements) + " rows: " + list_of_lines(lines) + ")";
    if (inexact > 0)
        text += ", " + std::to_string(inexact) +
                " of them not exactly at the same coordinates but "
                "closer than a thousand-millionth of the extent";
    if (options_.duplicates == DuplicatePolicy::average) {
        average(groups);
        text += "; they were averaged to one each.";
    } else {
        text += "; they were kept, so the nugget cannot be zero.";
    }
    dataset_.notes.push_back(text);
}

/// Each group becomes its first row: means of values and covariates weighted by the weights, the
/// sum of the weights.
void Importer::average(const std::vector<std::vector<Index>>& groups) {
    std::vector<bool> dropped(static_cast<std::size_t>(dataset_.size()), false);
    for (const std::vector<Index>& group : groups) {
        Vector share = Vector::Ones(static_cast<Index>(group.size()));
        if (dataset_.weights.size() > 0) share = dataset_.weights(group);
        const double total = share.sum();
        const Index first = group.front();
        if (!(share.minCoeff() > 0.0))
            continue;  // validate() names the weight that is not positive
        const double value = dataset_.values(group).dot(share) / total;
        dataset_.values[first] = value;
        const Vector covariates =
            dataset_.covariates(group, Eigen::all).transpose() * share / total;
        dataset_.covariates.row(first) = covariates.transpose();
        if (dataset_.weights.size() > 0) dataset_.weights[first] = total;
        for (std::size_t k = 1; k < group.size(); ++k)
            dropped[static_cast<std::size_t>(group[k])] = true;
    }
    std::vector<Index> kept;
    for (Index i = 0; i < dataset_.size(); ++i)
        if (!dropped[static_cast<std::size_t>(i)]) kept.push_back(i);
    dataset_ = dataset_.subset(kept);
}

}  // namespace anamorph
