// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/spatial_dataset.h"

#include <algorithm>
#include <algorithm>
#include <cmath>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "core/base/decompositions.h"
#include "core/base/error.h"

namespace anamorph {

namespace {

constexpr Index minimum_sites = 5;
/// Sites count as lying on one line (in one plane) if their spread across it is below this share
/// of their spread along it, after each axis was scaled by its own extent.
constexpr double flatness = 1e-6;
constexpr double largest_magnitude = 1e60;

std::string site_text(const SpatialDataset& dataset, Index i) {
    std::string text = "site " + std::to_string(i + 1);
    if (static_cast<Index>(dataset.source_lines.size()) == dataset.size())
        text += " (line " + std::to_string(dataset.source_lines[static_cast<std::size_t>(i)]) + ")";
    return text;
}

void check_length(const char* what, Index found, Index expected) {
    if (found == expected) return;
    throw Error(ErrorCode::dimension_mismatch, "The data set has " + std::to_string(expected) +
                                                   " sites but " + std::to_string(found) + " " +
                                                   what + ".");
}

void check_shapes(const SpatialDataset& dataset) {
    const Index n = dataset.size();
    const Index d = dataset.coordinates.cols();
    if (d < 1 || d > 3)
        throw Error(ErrorCode::dimension_mismatch,
                    "Sites have " + std::to_string(d) + " coordinates; 1, 2 or 3 are needed.");
    check_length("values", dataset.values.size(), n);
    if (dataset.covariates.cols() > 0)
        check_length("rows of covariates", dataset.covariates.rows(), n);
    if (dataset.weights.size() > 0) check_length("weights", dataset.weights.size(), n);
    if (!dataset.groups.empty()) check_length("groups", static_cast<Index>(dataset.groups.size()), n);
    if (dataset.has_realisations())
        check_length("labels of realisations", static_cast<Index>(dataset.realisations.size()), n);
    if (dataset.last_axis_is_time && d < 2)
        throw Error(ErrorCode::dimension_mismatch, "Time alone is not space with time.",
                    "Name a coordinate beside the time, or use the time as the only coordinate.");
    if (!dataset.source_lines.empty())
        check_length("line numbers", static_cast<Index>(dataset.source_lines.size()), n);
}

void check_finite(const SpatialDataset& dataset, const Eigen::Ref<const Matrix>& numbers,
                  const std::string& what) {
    if (numbers.allFinite()) return;
    for (Index i = 0; i < numbers.rows(); ++i) {
        if (numbers.row(i).allFinite()) continue;
        throw Error(ErrorCode::not_finite,
                    "The " + what + " of " + site_text(dataset, i) + " is not a finite number.",
                    "Correct the cell or mark it as missing.");
    }
}

/// Squares and products of what is measured must stay within a double's range.
void check_magnitude(const SpatialDataset& dataset, const Eigen::Ref<const Matrix>& numbers,
                     const std::string& what) {
    for (Index i = 0; i < numbers.rows(); ++i) {
        const double largest = numbers.row(i).cwiseAbs().maxCoeff();
        if (largest <= largest_magnitude) continue;
        std::ostringstream text;
        text << "The " << what << " of " << site_text(dataset, i) << " is " << largest
             << " in size: too large to compute with.";
        throw Error(ErrorCode::bad_input, text.str(),
                    "Correct the cell, or use a larger unit.");
    }
    if (numbers.size() == 0) return;
    const double spread = (numbers.colwise().maxCoeff() - numbers.colwise().minCoeff()).maxCoeff();
    if (spread == 0.0 || spread >= 1.0 / largest_magnitude) return;
    std::ostringstream text;
    text << "Every " << what << " lies within " << spread << ": too small to compute with.";
    throw Error(ErrorCode::bad_input, text.str(), "Use a smaller unit.");
}

void check_values(const SpatialDataset& dataset) {
    const Index n = dataset.size();
    if (n < minimum_sites)
        throw Error(ErrorCode::bad_input,
                    "The data set has " + std::to_string(n) + " site" + (n == 1 ? "" : "s") +
                        "; at least 5 are needed.",
                    "Check that the right columns and the right missing-value tokens are chosen.");
    if (dataset.values.maxCoeff() == dataset.values.minCoeff()) {
        std::ostringstream text;
        text << "All " << n << " values of \"" << dataset.value_name << "\" are equal to "
             << dataset.values[0] << ": there is no variation to model.";
        throw Error(ErrorCode::bad_input, text.str(), "Choose another value column.");
    }
    for (Index i = 0; i < dataset.weights.size(); ++i) {
        if (dataset.weights[i] > 0.0) continue;
        std::ostringstream text;
        text << "The weight of " << site_text(dataset, i) << " is " << dataset.weights[i]
             << "; weights must be positive.";
        throw Error(ErrorCode::bad_input, text.str(),
                    "Weights are relative precisions: leave the column unused, or remove sites of "
                    "weight zero.");
    }
}

std::string axis_name(const SpatialDataset& dataset, Index axis) {
    if (static_cast<Index>(dataset.coordinate_names.size()) > axis)
        return dataset.coordinate_names[static_cast<std::size_t>(axis)];
    return std::string(1, static_cast<char>('x' + axis));
}

/// Sites of different realisations say nothing of each other: one realisation at least must be spread.
void check_spread(const SpatialDataset& dataset, const Points& x);

void check_spread(const SpatialDataset& dataset) {
    if (!dataset.has_realisations()) return check_spread(dataset, dataset.coordinates);
    std::vector<std::vector<Index>> rows(dataset.realisation_labels().size());
    const std::vector<int> place = dataset.realisation_indices();
    for (std::size_t i = 0; i < place.size(); ++i)
        rows[static_cast<std::size_t>(place[i])].push_back(static_cast<Index>(i));
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    if (static_cast<Index>(rows.front().size()) < minimum_sites)
        throw Error(ErrorCode::bad_input,
                    "No realisation has more than " + std::to_string(rows.front().size()) +
                        (rows.front().size() == 1 ? " site" : " sites") + "; at least 5 are needed in one.",
                    "Check which column says what belongs together in one realisation (a day, say).");
    for (std::size_t r = 0; r < rows.size(); ++r) {
        if (static_cast<Index>(rows[r].size()) < minimum_sites) break;
        try {
            return check_spread(dataset, dataset.coordinates(rows[r], Eigen::all));
        } catch (const Error& error) {
            if (r + 1 == rows.size() || static_cast<Index>(rows[r + 1].size()) < minimum_sites)
                throw Error(error.code(), std::string("In every realisation: ") + error.what(), error.hint());
        }
    }
}

void check_spread(const SpatialDataset& dataset, const Points& x) {
    const Index d = x.cols();
    const Vector extent = (x.colwise().maxCoeff() - x.colwise().minCoeff()).transpose();
    if (extent.maxCoeff() == 0.0)
        throw Error(ErrorCode::bad_input,
                    "All " + std::to_string(x.rows()) + " sites lie in one point.",
                    "Check which columns hold the coordinates.");
    const char* flat_set = d == 2 ? "on one line" : "in one plane";
    for (Index axis = 0; axis < d; ++axis) {
        if (extent[axis] > 0.0) continue;
        throw Error(
            ErrorCode::bad_input,
            "All sites have the same " + axis_name(dataset, axis) + ": they lie " + flat_set + ".",
            "Leave this coordinate out and work in " + std::to_string(d - 1) +
                (d == 2 ? " dimension." : " dimensions."));
    }
    if (d == 1) return;
    const Points scaled = (x.rowwise() - x.colwise().mean()) * extent.cwiseInverse().asDiagonal();
    const Matrix scatter = scaled.transpose() * scaled / static_cast<double>(x.rows());
    const Vector spread = symmetric_eigenvalues(scatter);
    if (spread[0] > flatness * flatness * spread[d - 1]) return;
    throw Error(ErrorCode::bad_input,
                "All " + std::to_string(x.rows()) + " sites lie " + flat_set + ".",
                d == 2 ? "Use the distance along the line as the only coordinate (one dimension)."
                       : "Use two coordinates within the plane (two dimensions).");
}

}  // namespace

void SpatialDataset::validate() const {
    check_shapes(*this);
    check_finite(*this, coordinates, "coordinate");
    check_finite(*this, values, "value");
    check_finite(*this, covariates, "covariate");
    check_finite(*this, weights, "weight");
    check_magnitude(*this, coordinates, "coordinate");
    check_magnitude(*this, values, "value");
    if (covariates.cols() > 0) check_magnitude(*this, covariates, "covariate");
    check_magnitude(*this, weights, "weight");
    check_values(*this);
    check_spread(*this);
}

std::string SpatialDataset::axis_name(int axis) const {
    if (coordinate_system.chordal) return std::string("geocentric ") + "xyz"[axis];
    if (coordinate_system.is_projected_from_source() && axis < std::min(2, space_dimension()))
        return axis == 0 ? "easting" : "northing";
    const auto k = static_cast<std::size_t>(axis);
    if (k < coordinate_names.size()) return coordinate_names[k];
    return std::string(1, "xyz"[axis]);
}

std::vector<std::string> SpatialDataset::realisation_labels() const {
    std::vector<std::string> labels;
    std::unordered_set<std::string> seen;
    for (const std::string& label : realisations)
        if (seen.insert(label).second) labels.push_back(label);
    return labels;
}

std::vector<int> SpatialDataset::realisation_indices() const {
    std::vector<int> indices;
    indices.reserve(realisations.size());
    std::unordered_map<std::string, int> places;
    for (const std::string& label : realisations)
        indices.push_back(places.try_emplace(label, static_cast<int>(places.size())).first->second);
    return indices;
}

SpatialDataset SpatialDataset::subset(const std::vector<Index>& rows) const {
    for (const Index row : rows) {
        if (row >= 0 && row < size()) continue;
        throw Error(ErrorCode::dimension_mismatch, "Row " + std::to_string(row) +
                                                       " is not in a data set of " +
                                                       std::to_string(size()) + " sites.");
    }
    SpatialDataset result = *this;
    result.coordinates = coordinates(rows, Eigen::all);
    result.values = values(rows);
    if (covariates.rows() == size()) result.covariates = covariates(rows, Eigen::all);
    if (weights.size() == size()) result.weights = weights(rows);
    if (static_cast<Index>(groups.size()) == size()) {
        result.groups.clear();
        for (const Index row : rows) result.groups.push_back(groups[static_cast<std::size_t>(row)]);
    }
    if (static_cast<Index>(realisations.size()) == size()) {
        result.realisations.clear();
        for (const Index row : rows)
            result.realisations.push_back(realisations[static_cast<std::size_t>(row)]);
    }
    if (static_cast<Index>(source_lines.size()) == size()) {
        result.source_lines.clear();
        for (const Index row : rows)
            result.source_lines.push_back(source_lines[static_cast<std::size_t>(row)]);
    }
    return result;
}

}  // namespace anamorph
