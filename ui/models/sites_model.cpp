// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/sites_model.h"

#include "ui/models/number_text.h"

namespace anamorph {

void SitesModel::setDataset(std::shared_ptr<const SpatialDataset> dataset) {
    beginResetModel();
    dataset_ = std::move(dataset);
    endResetModel();
}

int SitesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !dataset_ ? 0 : static_cast<int>(dataset_->size());
}

int SitesModel::columnCount(const QModelIndex& parent) const {
    if (parent.isValid() || !dataset_) return 0;
    return 1 + dataset_->dimension() + 1 + static_cast<int>(dataset_->covariates.cols()) +
           (dataset_->weights.size() > 0 ? 1 : 0) + (dataset_->source_lines.empty() ? 0 : 1);
}

double SitesModel::number(int row, int column) const {
    const int d = dataset_->dimension();
    if (column == 0) return row + 1;
    if (column <= d) return dataset_->coordinates(row, column - 1);
    if (column == d + 1) return dataset_->values(row);
    const int covariate = column - d - 2;
    const int q = static_cast<int>(dataset_->covariates.cols());
    if (covariate < q) return dataset_->covariates(row, covariate);
    if (covariate == q && dataset_->weights.size() > 0) return dataset_->weights(row);
    return static_cast<double>(dataset_->source_lines[static_cast<std::size_t>(row)]);
}

QVariant SitesModel::data(const QModelIndex& index, int role) const {
    if (!dataset_ || !index.isValid()) return {};
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::UserRole) return {};
    const double value = number(index.row(), index.column());
    if (role == Qt::UserRole) return value;
    return number_text(value, 7);
}

QVariant SitesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (!dataset_ || orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const int d = dataset_->dimension();
    const auto with_unit = [](const std::string& name, const std::string& unit) {
        const QString text = QString::fromStdString(name);
        return unit.empty() ? text : QStringLiteral("%1 (%2)").arg(text, QString::fromStdString(unit));
    };
    if (section == 0) return tr("site");
    if (section <= d) {
        const std::string name = dataset_->axis_name(section - 1);
        return with_unit(name, section <= 2 ? dataset_->coordinate_system.unit : std::string());
    }
    if (section == d + 1) return with_unit(dataset_->value_name, dataset_->value_unit);
    const int covariate = section - d - 2;
    const int q = static_cast<int>(dataset_->covariates.cols());
    if (covariate < q) {
        const auto c = static_cast<std::size_t>(covariate);
        return c < dataset_->covariate_names.size()
                   ? QString::fromStdString(dataset_->covariate_names[c])
                   : tr("covariate %1").arg(covariate + 1);
    }
    if (covariate == q && dataset_->weights.size() > 0) return tr("weight");
    return tr("line");
}

}  // namespace anamorph
