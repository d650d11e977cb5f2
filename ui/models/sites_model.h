// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include "core/data/spatial_dataset.h"

namespace anamorph {

/// The sites as a table: number, coordinates, value, covariates, weight, line in the file.
class SitesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    void setDataset(std::shared_ptr<const SpatialDataset> dataset);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] double number(int row, int column) const;
    std::shared_ptr<const SpatialDataset> dataset_;
};

}  // namespace anamorph
