// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/candidates_model.h"

#include <cmath>
#include <limits>

#include <QFont>

#include "ui/models/number_text.h"

namespace anamorph {

void CandidatesModel::setFit(std::shared_ptr<const FitResult> fit) {
    beginResetModel();
    fit_ = std::move(fit);
    shown_ = fit_ ? fit_->chosen : 0;
    best_ = std::numeric_limits<double>::infinity();
    if (fit_)
        for (const CandidateModel& candidate : fit_->candidates)
            if (candidate.criterion < best_) best_ = candidate.criterion;
    endResetModel();
}

void CandidatesModel::setShown(std::size_t candidate) {
    shown_ = candidate;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
}

int CandidatesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !fit_ ? 0 : static_cast<int>(fit_->candidates.size());
}

int CandidatesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QString CandidatesModel::text(const CandidateModel& candidate, int column) const {
    const FittedModel& model = *candidate.model;
    const bool compared = std::isfinite(candidate.criterion);
    switch (column) {
        case label: return QString::fromStdString(model.label());
        case criterion: return compared ? QString::number(candidate.criterion, 'f', 2) : QStringLiteral("–");
        case difference:
            if (!compared || !std::isfinite(best_)) return QStringLiteral("–");
            return candidate.criterion - best_ < 0.005
                       ? QStringLiteral("0")
                       : QStringLiteral("+%1").arg(candidate.criterion - best_, 0, 'f', 2);
        case weight:
            if (rowCount() < 2) return QStringLiteral("–");
            return candidate.weight > 0.0 && candidate.weight < 0.001
                       ? QStringLiteral("< 0.1 %")
                       : QStringLiteral("%1 %").arg(100.0 * candidate.weight, 0, 'f', 1);
        case log_likelihood: return QString::number(model.log_likelihood(), 'f', 2).replace(QLatin1Char('-'), QChar(0x2212));
        case parameters: return QString::number(model.effective_parameters());
        case seconds: return QString::number(model.seconds(), 'f', 1);
        case standing: return QString::fromStdString(candidate.standing);
        default: return {};
    }
}

QVariant CandidatesModel::data(const QModelIndex& index, int role) const {
    if (!fit_ || !index.isValid()) return {};
    const auto row = static_cast<std::size_t>(index.row());
    const CandidateModel& candidate = fit_->candidates[row];
    switch (role) {
        case Qt::DisplayRole: return text(candidate, index.column());
        case Qt::ToolTipRole:
            return tr("%1: %2. Click to look at this model in both spaces.")
                .arg(QString::fromStdString(candidate.model->label()),
                     QString::fromStdString(candidate.standing));
        case Qt::TextAlignmentRole:
            return int((index.column() == label || index.column() == standing ? Qt::AlignLeft : Qt::AlignRight) |
                       Qt::AlignVCenter);
        case Qt::FontRole:
            if (candidate.chosen || row == fit_->chosen) {
                QFont font;
                font.setWeight(QFont::DemiBold);
                return font;
            }
            return {};
        default: return {};
    }
}

QVariant CandidatesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= column_count) return {};
    struct Header {
        const char* name;
        const char* explanation;
    };
    static const Header headers[column_count] = {
        {QT_TR_NOOP("model"), QT_TR_NOOP("The class of spatial map that was fitted; the one in bold was chosen.")},
        {QT_TR_NOOP("criterion"), QT_TR_NOOP("Laplace criterion in nats: minus the log evidence, up to a constant that all classes share; smaller is better.")},
        {QT_TR_NOOP("difference"), QT_TR_NOOP("How far the criterion lies behind the best class, in nats; beyond about 5 the class is hardly supported.")},
        {QT_TR_NOOP("weight"), QT_TR_NOOP("Posterior probability of the class among those fitted, each being as likely before the data.")},
        {QT_TR_NOOP("log-likelihood"), QT_TR_NOOP("log p(Z | X) at the estimate, in nats; it always rises with more parameters, so it does not choose by itself.")},
        {QT_TR_NOOP("parameters"), QT_TR_NOOP("Effective number of parameters: those that the data determine rather than the prior.")},
        {QT_TR_NOOP("seconds"), QT_TR_NOOP("Time that the fit of this class took.")},
        {QT_TR_NOOP("standing"), QT_TR_NOOP("What the comparison says about this class.")},
    };
    if (role == Qt::DisplayRole) return tr(headers[section].name);
    if (role == Qt::ToolTipRole) return tr(headers[section].explanation);
    if (role == Qt::TextAlignmentRole)
        return int((section == label || section == standing ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    return {};
}

}  // namespace anamorph
