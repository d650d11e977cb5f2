// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/validation_model.h"

#include <QMap>

#include "ui/models/number_text.h"

namespace anamorph {
namespace {

QString difference_text(double mean, double standard_error) {
    return QStringLiteral("%1 ± %2").arg(number_text(mean, 2), number_text(standard_error, 2));
}

/// "velocity field (4), anisotropic (1)"
QString counted(const std::vector<std::string>& names) {
    QMap<QString, int> counts;
    for (const std::string& name : names) ++counts[QString::fromStdString(name)];
    QStringList parts;
    for (auto it = counts.cbegin(); it != counts.cend(); ++it)
        parts << QStringLiteral("%1 (%2)").arg(it.key()).arg(it.value());
    return parts.join(QStringLiteral(", "));
}

}  // namespace

void ValidationModel::setResult(std::shared_ptr<const ValidationResult> result) {
    beginResetModel();
    result_ = std::move(result);
    endResetModel();
}

int ValidationModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !result_ ? 0 : static_cast<int>(result_->models.size());
}

int ValidationModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QString ValidationModel::text(int row, int column) const {
    const ModelScores& model = result_->models[static_cast<std::size_t>(row)];
    if (column == name) return QString::fromStdString(model.name);
    if (!model.failure.empty())
        return column == chosen ? QString::fromStdString(model.failure) : QStringLiteral("–");
    const Scores& s = model.scores;
    switch (column) {
        case rmse: return number_text(s.rmse, 4);
        case mae: return number_text(s.mae, 4);
        case crps: return number_text(s.crps, 4);
        case log_score: return number_text(s.log_score, 4);
        case coverage_90: return QStringLiteral("%1 %").arg(100.0 * s.coverage_90, 0, 'f', 1);
        case coverage_95: return QStringLiteral("%1 %").arg(100.0 * s.coverage_95, 0, 'f', 1);
        case width_95: return number_text(s.width_95, 4);
        case log_score_difference:
            return row == 0 ? tr("reference")
                            : difference_text(model.from_reference.log_score.mean,
                                              model.from_reference.log_score.standard_error);
        case crps_difference:
            return row == 0 ? tr("reference")
                            : difference_text(model.from_reference.crps.mean,
                                              model.from_reference.crps.standard_error);
        case rmse_difference:
            return row == 0 ? tr("reference")
                            : difference_text(model.from_reference.rmse,
                                              model.from_reference.rmse_standard_error);
        case chosen: return counted(model.chosen);
        default: return {};
    }
}

QVariant ValidationModel::data(const QModelIndex& index, int role) const {
    if (!result_ || !index.isValid()) return {};
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return text(index.row(), index.column());
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == name || index.column() == chosen ? Qt::AlignLeft : Qt::AlignRight) |
                   Qt::AlignVCenter);
    return {};
}

QVariant ValidationModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= column_count) return {};
    struct Header {
        const char* name;
        const char* explanation;
    };
    static const Header headers[column_count] = {
        {QT_TR_NOOP("model"), QT_TR_NOOP("How the model was fitted on each fold's training sites.")},
        {QT_TR_NOOP("RMSE"), QT_TR_NOOP("Root mean squared error of the held-out values, in the value's unit.")},
        {QT_TR_NOOP("MAE"), QT_TR_NOOP("Mean absolute error of the held-out values, in the value's unit.")},
        {QT_TR_NOOP("CRPS"), QT_TR_NOOP("Continuous ranked probability score: the error of the whole predictive distribution, in the value's unit; smaller is better.")},
        {QT_TR_NOOP("log score"), QT_TR_NOOP("Mean negative log predictive density, nats a site; smaller is better.")},
        {QT_TR_NOOP("cover 90"), QT_TR_NOOP("Share of held-out values inside the 90 % interval; it should be near 90 %.")},
        {QT_TR_NOOP("cover 95"), QT_TR_NOOP("Share of held-out values inside the 95 % interval; it should be near 95 %.")},
        {QT_TR_NOOP("width 95"), QT_TR_NOOP("Mean width of the 95 % interval, in the value's unit; narrow is good where the coverage is right.")},
        {QT_TR_NOOP("Δ log score"), QT_TR_NOOP("Difference of log score against the first model ± its standard error over sites; negative is better.")},
        {QT_TR_NOOP("Δ CRPS"), QT_TR_NOOP("Difference of CRPS against the first model ± its standard error; negative is better.")},
        {QT_TR_NOOP("Δ RMSE"), QT_TR_NOOP("Difference of RMSE against the first model ± its standard error; negative is better.")},
        {QT_TR_NOOP("chosen in folds"), QT_TR_NOOP("Which class the automatic model chose, and in how many folds; or why a model could not be fitted.")},
    };
    if (role == Qt::DisplayRole) return tr(headers[section].name);
    if (role == Qt::ToolTipRole) return tr(headers[section].explanation);
    if (role == Qt::TextAlignmentRole)
        return int((section == name || section == chosen ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    return {};
}

}  // namespace anamorph
