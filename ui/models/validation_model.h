// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QAbstractTableModel>
#include <QStringList>

#include "core/validate/ranking.h"

namespace anamorph {

/// The models of a comparison, one a row, with ranks, scores, differences and evidence. The first
/// column can be ticked: those are looked at side by side. Qt::UserRole gives numbers to sort by.
class ValidationModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        compare, rank, name, log_score, from_best, from_reference, crps, rmse, coverage_90, evidence,
        seconds, note, column_count
    };
    static constexpr int most_compared = 4;

    using QAbstractTableModel::QAbstractTableModel;
    /// Ticks stay with the names.
    void setResult(std::shared_ptr<const ValidationResult> result);
    /// Name of the model that both spaces show; it is set in bold.
    void setOpened(const QString& name);
    /// Names that are ticked and have a fit, best first.
    [[nodiscard]] QStringList ticked() const;
    void setTicked(const QStringList& names);
    [[nodiscard]] QString nameAt(int row) const;
    /// Row of a name; −1 if there is none.
    [[nodiscard]] int rowOf(const QString& name) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

Q_SIGNALS:
    void tickedChanged();

private:
    [[nodiscard]] const ModelScores& model(int row) const { return result_->models[static_cast<std::size_t>(row)]; }
    [[nodiscard]] QString text(int row, int column) const;
    [[nodiscard]] QString tooltip(int row, int column) const;
    [[nodiscard]] QVariant sort_key(int row, int column) const;

    std::shared_ptr<const ValidationResult> result_;
    QStringList ticked_;
    QString opened_;
};

}  // namespace anamorph
