// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QAbstractTableModel>

#include "core/validate/cross_validation.h"

namespace anamorph {

/// Scores of the models that a cross-validation compared, one a row; differences against the first.
class ValidationModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { name, rmse, mae, crps, log_score, coverage_90, coverage_95, width_95, log_score_difference, crps_difference, rmse_difference, chosen, column_count };
    using QAbstractTableModel::QAbstractTableModel;
    void setResult(std::shared_ptr<const ValidationResult> result);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(int row, int column) const;
    std::shared_ptr<const ValidationResult> result_;
};

}  // namespace anamorph
