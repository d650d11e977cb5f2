// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/validation_model.h"

#include <cmath>
#include <limits>

#include <QFont>
#include <QMap>

#include "ui/models/number_text.h"

namespace anamorph {
namespace {

/// Differences and their errors with the decimals that scores have.
QString fixed_text(double value, int decimals) {
    if (!std::isfinite(value)) return QStringLiteral("–");
    return QString::number(value, 'f', decimals).replace(QLatin1Char('-'), QChar(0x2212));
}

QString signed_text(double value, int decimals) {
    return (std::isfinite(value) && value >= 0.0 ? QStringLiteral("+") : QString()) + fixed_text(value, decimals);
}

QString difference_text(const ScoreDifference& d) {
    return QStringLiteral("%1 ± %2").arg(signed_text(d.mean, 3), fixed_text(d.standard_error, 3));
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
    Q_EMIT tickedChanged();
}

void ValidationModel::setOpened(const QString& opened) {
    if (opened == opened_) return;
    opened_ = opened;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1), {Qt::FontRole});
}

QStringList ValidationModel::ticked() const {
    QStringList names;
    if (!result_) return names;
    for (const std::size_t i : result_->by_rank()) {
        const QString own = nameAt(static_cast<int>(i));
        if (ticked_.contains(own) && result_->models[i].fit) names << own;
    }
    return names;
}

void ValidationModel::setTicked(const QStringList& names) {
    ticked_ = names;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, compare), index(rowCount() - 1, compare), {Qt::CheckStateRole});
    Q_EMIT tickedChanged();
}

QString ValidationModel::nameAt(int row) const { return QString::fromStdString(model(row).name); }

int ValidationModel::rowOf(const QString& wanted) const {
    for (int row = 0; row < rowCount(); ++row)
        if (nameAt(row) == wanted) return row;
    return -1;
}

int ValidationModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !result_ ? 0 : static_cast<int>(result_->models.size());
}

int ValidationModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QString ValidationModel::text(int row, int column) const {
    const ModelScores& m = model(row);
    const bool failed = !m.failure.empty();
    switch (column) {
        case compare: return {};
        case name: return QString::fromStdString(m.label.empty() ? m.name : m.label);
        case evidence: return signed_text(m.evidence_gain, 1);
        case seconds: return duration_text(m.seconds);
        case note: return failed ? QString::fromStdString(m.failure) : counted(m.chosen);
        default: break;
    }
    if (failed) return QStringLiteral("–");
    const bool reference = m.name == result_->reference;
    switch (column) {
        case rank: return m.rank > 1 && m.ties_with_best ? QStringLiteral("%1 =").arg(m.rank) : QString::number(m.rank);
        case log_score: return fixed_text(m.scores.log_score, 3);
        case from_best: return m.rank == 1 ? tr("best") : difference_text(m.from_best.log_score);
        case from_reference: return reference ? tr("reference") : difference_text(m.from_reference.log_score);
        case crps: return number_text(m.scores.crps, 4);
        case rmse: return number_text(m.scores.rmse, 4);
        case coverage_90: return QStringLiteral("%1 %").arg(100.0 * m.scores.coverage_90, 0, 'f', 1);
        default: return {};
    }
}

QString ValidationModel::tooltip(int row, int column) const {
    const ModelScores& m = model(row);
    if (column == compare) return m.fit ? tr("Tick two to four models to see them side by side.") : tr("This model has no fit to all sites to look at.");
    if (!m.failure.empty()) return QString::fromStdString(m.failure);
    switch (column) {
        case rank:
            if (m.rank == 1) return tr("Best log score.");
            return m.ties_with_best ? tr("Cannot be told from the best: within two standard errors.")
                                    : tr("Worse than the best by more than two standard errors.");
        case name: return tr("%1 on the command line. Click to see it in both spaces.").arg(QString::fromStdString(m.name));
        case crps: return tr("Against the reference: %1 ± %2").arg(number_text(m.from_reference.crps.mean, 2), number_text(m.from_reference.crps.standard_error, 2));
        case rmse: return tr("Against the reference: %1 ± %2").arg(number_text(m.from_reference.rmse, 2), number_text(m.from_reference.rmse_standard_error, 2));
        case coverage_90: return tr("95 % intervals hold %1 %; their mean width is %2.").arg(100.0 * m.scores.coverage_95, 0, 'f', 1).arg(number_text(m.scores.width_95, 4));
        case evidence: return tr("log p(Z | X) %1, effective parameters %2").arg(number_text(m.log_likelihood, 5), number_text(m.effective_parameters, 2));
        default: return text(row, column);
    }
}

QVariant ValidationModel::sort_key(int row, int column) const {
    const ModelScores& m = model(row);
    const auto key = [&](double value) { return std::isfinite(value) ? value : std::numeric_limits<double>::max(); };
    if (column == name || column == note) return text(row, column);
    if (column == compare) return ticked_.contains(nameAt(row)) ? 0 : 1;
    if (column == evidence) return key(-m.evidence_gain);
    if (column == seconds) return m.seconds;
    if (!m.failure.empty()) return std::numeric_limits<double>::max();
    switch (column) {
        case rank: return m.rank;
        case log_score: return key(m.scores.log_score);
        case from_best: return key(m.from_best.log_score.mean);
        case from_reference: return key(m.from_reference.log_score.mean);
        case crps: return key(m.scores.crps);
        case rmse: return key(m.scores.rmse);
        case coverage_90: return key(m.scores.coverage_90);
        default: return {};
    }
}

QVariant ValidationModel::data(const QModelIndex& index, int role) const {
    if (!result_ || !index.isValid()) return {};
    const int row = index.row(), column = index.column();
    switch (role) {
        case Qt::DisplayRole: return text(row, column);
        case Qt::ToolTipRole: return tooltip(row, column);
        case Qt::UserRole: return sort_key(row, column);
        case Qt::CheckStateRole:
            if (column != compare || !model(row).fit) return {};
            return ticked_.contains(nameAt(row)) ? Qt::Checked : Qt::Unchecked;
        case Qt::FontRole:
            if (!opened_.isEmpty() && nameAt(row) == opened_) {
                QFont font;
                font.setBold(true);
                return font;
            }
            return {};
        case Qt::TextAlignmentRole:
            return int((column == name || column == note || column == compare ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        default: return {};
    }
}

QVariant ValidationModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= column_count) return {};
    struct Header {
        const char* name;
        const char* explanation;
    };
    static const Header headers[column_count] = {
        {"", QT_TR_NOOP("Tick two to four models to see them side by side.")},
        {QT_TR_NOOP("rank"), QT_TR_NOOP("By log score; “=” marks models that cannot be told from the best at two standard errors.")},
        {QT_TR_NOOP("model"), QT_TR_NOOP("Click a row to see the model, fitted to all sites, in both spaces.")},
        {QT_TR_NOOP("log score"), QT_TR_NOOP("Mean negative log predictive density of held-out values, nats a site; smaller is better.")},
        {QT_TR_NOOP("− best"), QT_TR_NOOP("Log score minus that of the best model ± the standard error of the difference, paired over sites or clustered by fold.")},
        {QT_TR_NOOP("− stationary"), QT_TR_NOOP("Log score minus that of the stationary model (the first one without it) ± the standard error of the difference; negative is better.")},
        {QT_TR_NOOP("CRPS"), QT_TR_NOOP("Continuous ranked probability score: the error of the whole predictive distribution, in the value's unit; smaller is better.")},
        {QT_TR_NOOP("RMSE"), QT_TR_NOOP("Root mean squared error of the held-out values, in the value's unit.")},
        {QT_TR_NOOP("cover 90"), QT_TR_NOOP("Share of held-out values inside the 90 % interval; it should be near 90 %.")},
        {QT_TR_NOOP("evidence"), QT_TR_NOOP("Laplace log-evidence minus that of the stationary model, nats, from the fit to all sites; larger is better. A dash: not defined for this model.")},
        {QT_TR_NOOP("time"), QT_TR_NOOP("Of all fits of this model.")},
        {QT_TR_NOOP("note"), QT_TR_NOOP("Which class the automatic model chose, and in how many folds; or why a model could not be compared.")},
    };
    if (role == Qt::DisplayRole) {
        if (section == from_reference && result_ && !result_->reference.empty())
            return QStringLiteral("− ") + QString::fromStdString(result_->reference);
        return tr(headers[section].name);
    }
    if (role == Qt::ToolTipRole) return tr(headers[section].explanation);
    if (role == Qt::TextAlignmentRole)
        return int((section == name || section == note ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    return {};
}

Qt::ItemFlags ValidationModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (index.isValid() && index.column() == compare && model(index.row()).fit) flags |= Qt::ItemIsUserCheckable;
    return flags;
}

bool ValidationModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!result_ || !index.isValid() || index.column() != compare || role != Qt::CheckStateRole || !model(index.row()).fit)
        return false;
    const QString changed = nameAt(index.row());
    ticked_.removeAll(changed);
    if (value.toInt() == Qt::Checked) {
        // A fifth tick takes the place of the one that was set first.
        while (ticked().size() >= most_compared)
            for (const QString& first : QStringList(ticked_)) {
                ticked_.removeAll(first);
                break;
            }
        ticked_ << changed;
    }
    Q_EMIT dataChanged(this->index(0, compare), this->index(rowCount() - 1, compare), {Qt::CheckStateRole});
    Q_EMIT tickedChanged();
    return true;
}

}  // namespace anamorph
