// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/preview_model.h"

#include <algorithm>

namespace anamorph {

void PreviewModel::setCells(std::vector<std::vector<std::string>> cells, bool has_header) {
    beginResetModel();
    cells_ = std::move(cells);
    has_header_ = has_header;
    std::size_t widest = 0;
    for (const auto& row : cells_) widest = std::max(widest, row.size());
    columns_ = static_cast<int>(widest);
    endResetModel();
}

int PreviewModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() || cells_.empty()) return 0;
    return static_cast<int>(cells_.size()) - (has_header_ ? 1 : 0);
}

int PreviewModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : columns_; }

QVariant PreviewModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || role != Qt::DisplayRole) return {};
    const auto& row = cells_[static_cast<std::size_t>(index.row() + (has_header_ ? 1 : 0))];
    const auto column = static_cast<std::size_t>(index.column());
    return column < row.size() ? QString::fromStdString(row[column]) : QString();
}

QVariant PreviewModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole) return {};
    if (orientation == Qt::Vertical) return section + 1;
    const auto column = static_cast<std::size_t>(section);
    if (has_header_ && !cells_.empty() && column < cells_.front().size())
        return QString::fromStdString(cells_.front()[column]);
    return tr("column %1").arg(section + 1);
}

}  // namespace anamorph
