// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/selection_model.h"

#include <algorithm>
#include <iterator>

namespace anamorph {

bool SiteSelection::contains(Index row) const {
    return std::binary_search(rows_.begin(), rows_.end(), row);
}

void SiteSelection::select(std::vector<Index> rows, Mode mode) {
    if (!std::is_sorted(rows.begin(), rows.end())) std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    std::vector<Index> result;
    switch (mode) {
        case Mode::replace: result = std::move(rows); break;
        case Mode::add:
            std::set_union(rows_.begin(), rows_.end(), rows.begin(), rows.end(),
                           std::back_inserter(result));
            break;
        case Mode::toggle:
            std::set_symmetric_difference(rows_.begin(), rows_.end(), rows.begin(), rows.end(),
                                          std::back_inserter(result));
            break;
    }
    if (result == rows_) return;
    rows_ = std::move(result);
    Q_EMIT changed();
}

}  // namespace anamorph
