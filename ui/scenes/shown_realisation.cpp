// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/shown_realisation.h"

#include <algorithm>
#include <iterator>

#include "core/data/realisations.h"

namespace anamorph {

std::shared_ptr<const SpacesSnapshot> of_realisation(std::shared_ptr<const SpacesSnapshot> snapshot,
                                                     const SpatialDataset& dataset,
                                                     const std::string& label) {
    if (!snapshot || !dataset.has_realisations()) return snapshot;
    auto shown = std::make_shared<SpacesSnapshot>(*snapshot);
    const int realisation = realisation_named(dataset, label);
    std::vector<Index> rows = rows_of_realisation(dataset, realisation);
    if (const auto& at_time = shown->present_sites) {  // those of the time that is shown
        std::vector<Index> both;
        std::set_intersection(rows.begin(), rows.end(), at_time->begin(), at_time->end(), std::back_inserter(both));
        rows = std::move(both);
    }
    shown->present_sites = std::move(rows);
    const std::string name = dataset.realisation_labels().at(static_cast<std::size_t>(realisation));
    for (std::string* subtitle : {&shown->geographic_subtitle, &shown->deformed_subtitle})
        *subtitle += (subtitle->empty() ? "realisation " : " · realisation ") + name;
    return shown;
}

}  // namespace anamorph
