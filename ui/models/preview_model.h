// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QAbstractTableModel>

namespace anamorph {

/// The first lines of a table as text, below the names of the columns.
class PreviewModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    /// `cells`: rows of text; with `has_header` the first row names the columns.
    void setCells(std::vector<std::vector<std::string>> cells, bool has_header);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<std::vector<std::string>> cells_;
    bool has_header_ = true;
    int columns_ = 0;
};

}  // namespace anamorph
