// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/shared_places.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>

#include "core/likelihood/realisation_rows.h"

namespace anamorph {

namespace {

constexpr double fewest_observed = 2.0 / 3.0;  // of the places, for one factorisation to be worth it
constexpr double rounding = 1e-9;

/// For each row the number of its place: equal coordinates have equal numbers.
std::vector<Index> place_numbers(const Points& sites, Index& count) {
    std::vector<Index> order(static_cast<std::size_t>(sites.rows()));
    std::iota(order.begin(), order.end(), Index(0));
    const auto less = [&](Index a, Index b) {
        for (Index axis = 0; axis < sites.cols(); ++axis)
            if (sites(a, axis) != sites(b, axis)) return sites(a, axis) < sites(b, axis);
        return false;
    };
    std::stable_sort(order.begin(), order.end(), less);
    std::vector<Index> place(order.size());
    count = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
        if (k > 0 && less(order[k - 1], order[k])) ++count;
        place[static_cast<std::size_t>(order[k])] = count;
    }
    if (!order.empty()) ++count;
    return place;
}

struct RealisationRows {
    int realisation = 0;
    std::vector<Index> rows;    // sorted by place
    std::vector<Index> places;  // of the rows, strictly ascending
};

/// The places of some candidates, numbered anew.
SharedPlaces group_of(const std::vector<RealisationRows>& members, Index all_places) {
    SharedPlaces group;
    std::vector<Index> number(static_cast<std::size_t>(all_places), -1);
    for (const auto& c : members)
        for (const Index p : c.places) number[static_cast<std::size_t>(p)] = 0;
    for (Index& p : number)
        if (p == 0) p = group.place_count++;
    group.representative.assign(static_cast<std::size_t>(group.place_count), -1);
    for (const auto& c : members) {
        std::vector<Index> observed, missing;
        std::size_t k = 0;
        for (const Index p : c.places) observed.push_back(number[static_cast<std::size_t>(p)]);
        for (Index p = 0; p < group.place_count; ++p) {
            if (k < observed.size() && observed[k] == p) {
                auto& row = group.representative[static_cast<std::size_t>(p)];
                if (row < 0) row = c.rows[k];
                ++k;
            } else {
                missing.push_back(p);
            }
        }
        group.realisations.push_back(c.realisation);
        group.rows.push_back(c.rows);
        group.observed.push_back(std::move(observed));
        group.missing.push_back(std::move(missing));
    }
    return group;
}

}  // namespace

Places places_of(const Points& sites) {
    Index count = 0;
    Places places;
    places.of_site = place_numbers(sites, count);
    places.points.resize(count, sites.cols());
    for (std::size_t i = 0; i < places.of_site.size(); ++i)
        places.points.row(places.of_site[i]) = sites.row(static_cast<Index>(i));
    return places;
}

std::vector<SharedPlaces> shared_places(const Observations& data, const Points& sites) {
    Index count = 0;
    const std::vector<Index> place = place_numbers(sites, count);
    const auto place_of = [&](Index row) { return place[static_cast<std::size_t>(row)]; };
    std::vector<RealisationRows> candidates;
    const auto by_realisation = rows_by_realisation(data.realisation);
    std::vector<double> noise(static_cast<std::size_t>(count), -1.0);
    for (std::size_t r = 0; r < by_realisation.size(); ++r) {
        RealisationRows c{static_cast<int>(r), by_realisation[r], {}};
        std::sort(c.rows.begin(), c.rows.end(),
                  [&](Index a, Index b) { return place_of(a) < place_of(b); });
        bool sound = !c.rows.empty();
        for (const Index row : c.rows) {
            sound = sound && (c.places.empty() || c.places.back() != place_of(row));
            c.places.push_back(place_of(row));
            if (data.noise_scale.size() == 0) continue;
            double& known = noise[static_cast<std::size_t>(place_of(row))];
            sound = sound && (known < 0.0 || known == data.noise_scale(row));
            if (known < 0.0) known = data.noise_scale(row);
        }
        if (sound) candidates.push_back(std::move(c));
    }
    std::vector<SharedPlaces> groups;
    std::vector<RealisationRows> dense;
    const auto fraction = [&](const RealisationRows& c, Index of) {
        return static_cast<double>(c.places.size()) / static_cast<double>(of);
    };
    if (!candidates.empty()) {
        const Index all = group_of(candidates, count).place_count;
        std::vector<RealisationRows> sparse;
        for (auto& c : candidates)
            (fraction(c, all) >= fewest_observed ? dense : sparse).push_back(std::move(c));
        if (dense.size() > 1) {
            groups.push_back(group_of(dense, count));
        } else {
            std::move(dense.begin(), dense.end(), std::back_inserter(sparse));
        }
        std::map<std::vector<Index>, std::vector<RealisationRows>> equal;
        for (auto& c : sparse) equal[c.places].push_back(std::move(c));
        for (const auto& [places, members] : equal)
            if (members.size() > 1) groups.push_back(group_of(members, count));
    }
    return groups;
}

namespace {

/// Equal but for how a vectorised sum was rounded.
template <class Row>
bool alike(const Row& a, const Row& b) {
    return ((a - b).array().abs() <= rounding * (1.0 + a.array().abs())).all();
}

}  // namespace

bool same_features_at_places(const SharedPlaces& group, const SiteFeatures& f) {
    for (std::size_t r = 0; r < group.rows.size(); ++r)
        for (std::size_t k = 0; k < group.rows[r].size(); ++k) {
            const Index row = group.rows[r][k];
            const Index other =
                group.representative[static_cast<std::size_t>(group.observed[r][k])];
            if (row == other) continue;
            if (!alike(f.deformed.row(row), f.deformed.row(other))) return false;
            if (f.local.cols() > 0 && !alike(f.local.row(row), f.local.row(other))) return false;
            if (f.log_noise.size() > 0 && !(std::abs(f.log_noise(row) - f.log_noise(other)) <= rounding))
                return false;
        }
    return true;
}

}  // namespace anamorph
