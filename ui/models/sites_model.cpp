// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/sites_model.h"

#include "core/data/time_axis.h"
#include "ui/models/number_text.h"

namespace anamorph {
namespace {

double number(const SpatialDataset& dataset, const Vector& noise_weights, Index site, int column) {
    const int d = dataset.dimension();
    if (column == 0) return static_cast<double>(site + 1);
    if (column <= d) return dataset.coordinates(site, column - 1);
    if (column == d + 1) return dataset.values(site);
    const int covariate = column - d - 2;
    const int q = static_cast<int>(dataset.covariates.cols());
    if (covariate < q) return dataset.covariates(site, covariate);
    int further = covariate - q;
    if (dataset.weights.size() > 0 && further-- == 0) return dataset.weights(site);
    if (noise_weights.size() > 0 && further-- == 0) return noise_weights(site);
    if (dataset.has_realisations() && further-- == 0) return 0.0;  // a label
    return static_cast<double>(dataset.source_lines[static_cast<std::size_t>(site)]);
}

int column_count(const SpatialDataset& dataset, const Vector& noise_weights) {
    return 1 + dataset.dimension() + 1 + static_cast<int>(dataset.covariates.cols()) +
           (dataset.weights.size() > 0 ? 1 : 0) + (noise_weights.size() > 0 ? 1 : 0) + (dataset.has_realisations() ? 1 : 0) +
           (dataset.source_lines.empty() ? 0 : 1);
}

/// The column of the realisations' labels; −1 without.
int realisation_column(const SpatialDataset& dataset, const Vector& noise_weights) {
    if (!dataset.has_realisations()) return -1;
    return column_count(dataset, noise_weights) - 1 - (dataset.source_lines.empty() ? 0 : 1);
}

}  // namespace

std::vector<double> SitesModel::column(const SpatialDataset& dataset, const Vector& noise_weights, int column) {
    if (column < 0 || column >= column_count(dataset, noise_weights)) return {};
    if (column == realisation_column(dataset, noise_weights)) {
        const std::vector<int> places = dataset.realisation_indices();
        return {places.begin(), places.end()};
    }
    std::vector<double> numbers(static_cast<std::size_t>(dataset.size()));
    for (Index i = 0; i < dataset.size(); ++i) numbers[static_cast<std::size_t>(i)] = number(dataset, noise_weights, i, column);
    return numbers;
}

void SitesModel::setDataset(std::shared_ptr<const SpatialDataset> dataset) {
    beginResetModel();
    dataset_ = std::move(dataset);
    noise_weights_.resize(0);
    order_.clear();
    place_.clear();
    endResetModel();
}

void SitesModel::setNoiseWeights(const Vector& weights) {
    if (!dataset_ || (weights.size() > 0 && weights.size() != dataset_->size())) return;
    if (weights.size() == 0 && noise_weights_.size() == 0) return;
    if (weights.size() == noise_weights_.size()) {  // the same columns
        noise_weights_ = weights;
        if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    beginResetModel();
    noise_weights_ = weights;
    endResetModel();
}

void SitesModel::setOrder(std::vector<std::int32_t> order) {
    const int rows = rowCount();
    if (!order.empty() && static_cast<int>(order.size()) != rows) return;  // of other data
    order_ = std::move(order);
    place_.resize(order_.size());
    for (std::size_t row = 0; row < order_.size(); ++row)
        place_[static_cast<std::size_t>(order_[row])] = static_cast<std::int32_t>(row);
    if (rows > 0) Q_EMIT dataChanged(index(0, 0), index(rows - 1, columnCount() - 1));
}

Index SitesModel::siteOf(int row) const {
    return order_.empty() ? row : order_[static_cast<std::size_t>(row)];
}

int SitesModel::rowOf(Index site) const {
    return place_.empty() ? static_cast<int>(site) : place_[static_cast<std::size_t>(site)];
}

int SitesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !dataset_ ? 0 : static_cast<int>(dataset_->size());
}

int SitesModel::columnCount(const QModelIndex& parent) const {
    if (parent.isValid() || !dataset_) return 0;
    return column_count(*dataset_, noise_weights_);
}

QVariant SitesModel::data(const QModelIndex& index, int role) const {
    if (!dataset_ || !index.isValid()) return {};
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::UserRole) return {};
    if (index.column() == realisation_column(*dataset_, noise_weights_))
        return QString::fromStdString(dataset_->realisations[static_cast<std::size_t>(siteOf(index.row()))]);
    const double value = number(*dataset_, noise_weights_, siteOf(index.row()), index.column());
    if (role == Qt::UserRole) return value;
    const bool is_time = dataset_->last_axis_is_time && index.column() == dataset_->dimension();
    if (is_time && is_calendar(dataset_->time_unit)) return QString::fromStdString(iso_from_days(value));
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
    if (section == d && dataset_->last_axis_is_time)
        return with_unit(dataset_->axis_name(section - 1),
                         is_calendar(dataset_->time_unit) ? std::string() : dataset_->time_unit);
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
    int further = covariate - q;
    if (dataset_->weights.size() > 0 && further-- == 0) return tr("weight");
    if (noise_weights_.size() > 0 && further-- == 0) return tr("noise weight");
    if (dataset_->has_realisations() && further-- == 0) return tr("realisation");
    return tr("line");
}

}  // namespace anamorph
