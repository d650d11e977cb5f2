// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QAbstractTableModel>

#include "core/validate/approximation_comparison.h"

namespace anamorph {

/// What a comparison of approximations found, one approximation at one tuning value a row.
class ComparisonModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        approximation, tuning, log_likelihood, error, divergence, mean_difference, sd_difference,
        setup_seconds, value_seconds, gradient_seconds, map_seconds, memory, column_count
    };
    using QAbstractTableModel::QAbstractTableModel;
    /// `value_unit` of the map's differences, `coordinate_unit` of lengths; both may be empty.
    void setComparison(std::shared_ptr<const ApproximationComparison> comparison,
                       const QString& value_unit, const QString& coordinate_unit);
    [[nodiscard]] const std::shared_ptr<const ApproximationComparison>& comparison() const { return comparison_; }

    /// "Vecchia", "tapering" …: what one curve of the figure is of.
    [[nodiscard]] static QString family(const ApproximationRow& row);
    /// One number of a row, NaN where it is unknown or no number.
    [[nodiscard]] static double number(const ApproximationRow& row, int column);
    /// The table with its header as comma-separated text, full precision.
    [[nodiscard]] QString csv() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const ApproximationRow& row, int column) const;
    std::shared_ptr<const ApproximationComparison> comparison_;
    QString value_unit_, coordinate_unit_;
};

}  // namespace anamorph
