// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/realisation_rows.h"

#include <algorithm>

namespace anamorph {

namespace {

Points rows_of(const Points& x, const std::vector<Index>& rows) { return x(rows, Eigen::all); }

Vector rows_of(const Vector& x, const std::vector<Index>& rows) {
    return x.size() > 0 ? Vector(x(rows)) : Vector();
}

}  // namespace

std::vector<std::vector<Index>> rows_by_realisation(const std::vector<int>& realisation) {
    std::vector<std::vector<Index>> rows;
    for (std::size_t i = 0; i < realisation.size(); ++i) {
        const auto r = static_cast<std::size_t>(realisation[i]);
        if (r >= rows.size()) rows.resize(r + 1);
        rows[r].push_back(static_cast<Index>(i));
    }
    return rows;
}

Observations observations_at(const Observations& all, const std::vector<Index>& rows) {
    Observations some;
    some.values = rows_of(all.values, rows);
    some.trend = all.trend.cols() > 0 ? Matrix(all.trend(rows, Eigen::all))
                                      : Matrix(static_cast<Index>(rows.size()), 0);
    some.noise_scale = rows_of(all.noise_scale, rows);
    return some;
}

SiteFeatures features_at(const SiteFeatures& all, const std::vector<Index>& rows) {
    SiteFeatures some;
    some.deformed = rows_of(all.deformed, rows);
    some.log_scale = rows_of(all.log_scale, rows);
    some.auxiliary = all.auxiliary;
    if (all.geographic.rows() > 0) some.geographic = rows_of(all.geographic, rows);
    some.coefficients = all.coefficients;
    some.log_noise = rows_of(all.log_noise, rows);
    some.local = all.local.cols() > 0 ? Matrix(all.local(rows, Eigen::all)) : all.local;
    return some;
}

std::shared_ptr<const ConditioningSets> conditioning_sets(const Points& x, const Points& u,
                                                          const LikelihoodOptions& options,
                                                          const std::vector<int>& realisation) {
    if (realisation.empty()) return conditioning_sets(x, u, options);
    std::vector<std::shared_ptr<const ConditioningSets>> parts;
    std::vector<std::vector<Index>> rows;
    for (auto& own : rows_by_realisation(realisation)) {
        if (own.empty()) continue;
        parts.push_back(conditioning_sets(rows_of(x, own), rows_of(u, own), options));
        rows.push_back(std::move(own));
    }
    return std::make_shared<const ConditioningSets>(joined_sets(parts, rows, x.rows()));
}

std::shared_ptr<const ConditioningSets> refreshed(const ConditioningSets& sets, const Points& u,
                                                  const std::vector<int>& realisation) {
    if (realisation.empty()) return refreshed(sets, u);
    std::vector<std::shared_ptr<const ConditioningSets>> parts;
    std::vector<std::vector<Index>> rows;
    for (auto& own : rows_by_realisation(realisation)) {
        if (own.empty()) continue;
        parts.push_back(refreshed(sets_of_rows(sets, own), rows_of(u, own)));
        rows.push_back(std::move(own));
    }
    return std::make_shared<const ConditioningSets>(joined_sets(parts, rows, u.rows()));
}

ConditioningSets sets_of_rows(const ConditioningSets& sets, const std::vector<Index>& rows) {
    std::vector<std::int32_t> place(sets.order.size(), -1);
    for (std::size_t i = 0; i < rows.size(); ++i)
        place[static_cast<std::size_t>(rows[i])] = static_cast<std::int32_t>(i);
    ConditioningSets part;
    for (const std::int32_t site : sets.order)
        if (const std::int32_t own = place[static_cast<std::size_t>(site)]; own >= 0)
            part.order.push_back(own);
    const auto m = static_cast<std::size_t>(sets.neighbour_count);
    // No more columns than a set of so few sites can fill.
    const std::size_t kept = std::max<std::size_t>(1, std::min(m, rows.size() - 1));
    part.neighbour_count = static_cast<int>(kept);
    part.neighbours.resize(rows.size() * kept);
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < kept; ++j) {
            const std::int32_t site = sets.neighbours[static_cast<std::size_t>(rows[i]) * m + j];
            part.neighbours[i * kept + j] = site < 0 ? -1 : place[static_cast<std::size_t>(site)];
        }
    return part;
}

ConditioningSets joined_sets(const std::vector<std::shared_ptr<const ConditioningSets>>& parts,
                             const std::vector<std::vector<Index>>& rows, Index n) {
    ConditioningSets all;
    for (const auto& part : parts)
        all.neighbour_count = std::max(all.neighbour_count, part->neighbour_count);
    const auto m = static_cast<std::size_t>(all.neighbour_count);
    all.order.reserve(static_cast<std::size_t>(n));
    all.neighbours.assign(static_cast<std::size_t>(n) * m, -1);
    for (std::size_t p = 0; p < parts.size(); ++p) {
        const ConditioningSets& part = *parts[p];
        const auto row_of = [&](std::int32_t place) {
            return static_cast<std::int32_t>(rows[p][static_cast<std::size_t>(place)]);
        };
        for (const std::int32_t place : part.order) all.order.push_back(row_of(place));
        const auto own = static_cast<std::size_t>(part.neighbour_count);
        for (std::size_t i = 0; i < rows[p].size(); ++i)
            for (std::size_t j = 0; j < own; ++j)
                if (const std::int32_t place = part.neighbours[i * own + j]; place >= 0)
                    all.neighbours[static_cast<std::size_t>(rows[p][i]) * m + j] = row_of(place);
    }
    return all;
}

}  // namespace anamorph
