// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/comparison_model.h"

#include <array>
#include <cmath>

#include "ui/models/number_text.h"

namespace anamorph {
namespace {

QString with_unit(const QString& name, const QString& unit) {
    return unit.isEmpty() ? name : QStringLiteral("%1 (%2)").arg(name, unit);
}

bool is_length(const ApproximationRow& row) {
    return row.options.kind == LikelihoodKind::taper || row.options.kind == LikelihoodKind::spde;
}

}  // namespace

void ComparisonModel::setComparison(std::shared_ptr<const ApproximationComparison> comparison,
                                    const QString& value_unit, const QString& coordinate_unit) {
    beginResetModel();
    comparison_ = std::move(comparison);
    value_unit_ = value_unit;
    coordinate_unit_ = coordinate_unit;
    endResetModel();
}

QString ComparisonModel::family(const ApproximationRow& row) {
    const LikelihoodOptions& o = row.options;
    switch (o.kind) {
        case LikelihoodKind::automatic:
        case LikelihoodKind::exact: return tr("Exact");
        case LikelihoodKind::vecchia: return o.nugget_form == NuggetForm::latent ? tr("Vecchia, latent") : tr("Vecchia");
        case LikelihoodKind::taper: return o.taper_form == TaperForm::one_taper ? tr("One taper") : tr("Two tapers");
        case LikelihoodKind::predictive_process: return o.fitc ? tr("FITC") : tr("Predictive process");
        case LikelihoodKind::spde: return o.spde_alpha == 1 ? tr("SPDE, α = 1") : tr("SPDE");
    }
    return {};
}

double ComparisonModel::number(const ApproximationRow& row, int column) {
    switch (column) {
        case tuning: return row.tuning;
        case log_likelihood: return row.log_likelihood;
        case error: return row.log_likelihood_error;
        case divergence: return row.divergence;
        case mean_difference: return row.largest_mean_difference;
        case sd_difference: return row.largest_sd_difference;
        case setup_seconds: return row.setup_seconds;
        case value_seconds: return row.likelihood_seconds;
        case gradient_seconds: return row.gradient_seconds;
        case map_seconds: return row.map_seconds;
        case memory: return row.bytes;
        default: return ApproximationRow::unknown;
    }
}

QString ComparisonModel::text(const ApproximationRow& row, int column) const {
    if (column == approximation) return family(row);
    if (column == tuning) {
        if (row.tuning_name.empty()) return {};
        const QString size = is_length(row) ? number_with_unit(row.tuning, coordinate_unit_)
                                            : count_text(std::llround(row.tuning));
        return QStringLiteral("%1 %2").arg(QString::fromStdString(row.tuning_name), size);
    }
    const double value = number(row, column);
    if (std::isnan(value)) return QStringLiteral("–");
    switch (column) {
        case log_likelihood: return number_text(value, 7);
        case divergence:
            if (row.divergence_standard_error > 0.0)
                return QStringLiteral("%1 ± %2").arg(number_text(value), number_text(row.divergence_standard_error, 2));
            return number_text(value);
        case memory: return memory_text(value);
        default: return number_text(value);
    }
}

QString ComparisonModel::csv() const {
    QStringList lines, names;
    for (int c = 0; c < column_count; ++c) names << headerData(c, Qt::Horizontal, Qt::DisplayRole).toString();
    names[memory] = tr("memory (bytes)");
    names.insert(tuning, tr("option"));
    names << tr("divergence's standard error") << tr("failure");
    const auto quoted = [](QString cell) {
        if (cell.contains(QLatin1Char(',')) || cell.contains(QLatin1Char('"')))
            cell = QLatin1Char('"') + cell.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
        return cell;
    };
    const auto plain = [](double value) { return std::isnan(value) ? QString() : QString::number(value, 'g', 15); };
    for (QString& name : names) name = quoted(name);
    lines << names.join(QLatin1Char(','));
    if (comparison_) {
        for (const ApproximationRow& row : comparison_->rows) {
            QStringList cells{quoted(family(row)), quoted(QString::fromStdString(row.tuning_name))};
            for (int c = tuning; c < column_count; ++c) cells << plain(number(row, c));
            cells << plain(row.divergence_standard_error) << quoted(QString::fromStdString(row.failure));
            lines << cells.join(QLatin1Char(','));
        }
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

int ComparisonModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !comparison_ ? 0 : static_cast<int>(comparison_->rows.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    if (!comparison_ || !index.isValid()) return {};
    const ApproximationRow& row = comparison_->rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole)
        return int((index.column() <= tuning ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::UserRole) return number(row, index.column());
    if (role == Qt::ToolTipRole) return QString::fromStdString(row.failure.empty() ? row.label : row.failure);
    if (role != Qt::DisplayRole) return {};
    if (!row.failure.empty() && index.column() == log_likelihood) return tr("failed");
    return text(row, index.column());
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= column_count) return {};
    if (role == Qt::TextAlignmentRole) return int((section <= tuning ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    const std::array<QString, column_count> names = {
        tr("approximation"), tr("option"), tr("log-likelihood"), tr("its error (nats)"), tr("KL (nats)"),
        with_unit(tr("map"), value_unit_), with_unit(tr("std. dev."), value_unit_), tr("set-up (s)"),
        tr("value (s)"), tr("gradient (s)"), tr("map (s)"), tr("memory")};
    const std::array<QString, column_count> tips = {
        tr("How the likelihood is computed."), tr("What makes it more accurate, and slower."),
        tr("At the parameters and the deformation of the model that is shown."),
        tr("Log-likelihood less the exact one."),
        tr("Kullback–Leibler divergence of the approximate from the exact distribution of the data."),
        tr("Largest difference of the prediction from the exact one over the map."),
        tr("Largest difference of the standard deviation from the exact one over the map."),
        tr("Ordering, neighbours, pattern or mesh: once a fit."), tr("One value of the likelihood."),
        tr("One value with its gradient: what each step of a fit costs."), tr("Kriging of the map."),
        tr("Held by the likelihood.")};
    if (role == Qt::DisplayRole) return names[static_cast<std::size_t>(section)];
    if (role == Qt::ToolTipRole) return tips[static_cast<std::size_t>(section)];
    return {};
}

}  // namespace anamorph
