// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QObject>

#include "core/base/types.h"

namespace anamorph {

/// The selected sites, shared by both spaces and the data table: row numbers of the data set.
class SiteSelection : public QObject {
    Q_OBJECT
public:
    enum class Mode { replace, add, toggle };

    explicit SiteSelection(QObject* parent = nullptr) : QObject(parent) {}

    [[nodiscard]] const std::vector<Index>& rows() const { return rows_; }  ///< ascending, unique
    [[nodiscard]] bool contains(Index row) const;
    [[nodiscard]] bool isEmpty() const { return rows_.empty(); }

    void select(std::vector<Index> rows, Mode mode = Mode::replace);
    void clear() { select({}); }

Q_SIGNALS:
    void changed();  ///< only when the set differs from before

private:
    std::vector<Index> rows_;
};

}  // namespace anamorph
