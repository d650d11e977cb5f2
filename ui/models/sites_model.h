// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include <QAbstractTableModel>

#include "core/data/spatial_dataset.h"

namespace anamorph {

/// The sites as a table: number, coordinates, value, covariates, weight, line in the file, and the weight
/// that Student noise gives them. Cells are
/// made when they are looked at; the order of the rows is given from outside, since sorting a
/// million of them takes longer than a window may be busy.
class SitesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    void setDataset(std::shared_ptr<const SpatialDataset> dataset);
    /// Weights of the noise of a fitted model, n; empty: none.
    void setNoiseWeights(const Vector& weights);
    [[nodiscard]] const Vector& noiseWeights() const { return noise_weights_; }
    /// Site of each row; empty: as in the file.
    void setOrder(std::vector<std::int32_t> order);
    [[nodiscard]] Index siteOf(int row) const;
    [[nodiscard]] int rowOf(Index site) const;
    /// The numbers of one column, by site; empty if there is no such column.
    [[nodiscard]] static std::vector<double> column(const SpatialDataset& dataset, const Vector& noise_weights,
                                                    int column);
    /// Asks for an order by a column (−1: as in the file).
    void sort(int column, Qt::SortOrder order) override { Q_EMIT sortRequested(column, order); }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void sortRequested(int column, Qt::SortOrder order);

private:
    std::shared_ptr<const SpatialDataset> dataset_;
    Vector noise_weights_;
    std::vector<std::int32_t> order_, place_;  ///< site of each row and row of each site; empty: the same
};

}  // namespace anamorph
