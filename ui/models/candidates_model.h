// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QAbstractTableModel>

#include "core/fit/fit.h"

namespace anamorph {

/// The classes that were fitted, with their standing, one a row.
class CandidatesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { label, criterion, difference, weight, log_likelihood, parameters, seconds, standing, column_count };
    using QAbstractTableModel::QAbstractTableModel;

    void setFit(std::shared_ptr<const FitResult> fit);
    void setShown(std::size_t candidate);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const CandidateModel& candidate, int column) const;
    std::shared_ptr<const FitResult> fit_;
    double best_ = 0.0;
    std::size_t shown_ = 0;
};

}  // namespace anamorph
