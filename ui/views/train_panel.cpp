// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/train_panel.h"

#include <cmath>
#include <vector>

#include <QFrame>
#include <QRegularExpression>

#include "core/base/random.h"
#include "core/data/time_axis.h"
#include "core/data/value_transform.h"
#include "core/fit/covariance_structures.h"
#include "core/fit/local_smoothness.h"
#include "core/fit/model_state.h"
#include "ui/models/number_text.h"
#include "ui/views/model_form.h"
#include "ui/views/panel_parts.h"
#include "ui/views/theme.h"

namespace anamorph {
namespace {

constexpr Index most_looked_at = 500;  ///< sites, so that this takes no time worth speaking of

/// The range of ν over the sites, over some at random where there are very many.
QString varying_smoothness_text(const FittedModel& model) {
    const Points& all = model.dataset().coordinates;
    const bool few = all.rows() <= most_looked_at;
    Points some = all;
    if (!few) {
        std::vector<Index> rows = RandomStream(1).permutation(all.rows());
        rows.resize(static_cast<std::size_t>(most_looked_at));
        some = Points(all(rows, Eigen::all));
    }
    const Vector nu = smoothness_at(model, some);
    return (few ? TrainPanel::tr("Matérn, ν from %1 to %2") : TrainPanel::tr("Matérn, ν from about %1 to %2"))
        .arg(number_text(nu.minCoeff(), 2), number_text(nu.maxCoeff(), 2));
}

/// A formula may be too long for the column; it stands in the tip.
QString short_name_of(const ValueTransform& transform) {
    const QString label = QString::fromStdString(transform.label());
    if (label.size() <= 14) return label;
    return QString::fromStdString(transform.kind()) + QStringLiteral(" …");
}

QString first_sentences(const QString& text, int count) {
    static const QRegularExpression end(QStringLiteral("[.!?]\\s+(?=[A-Z])"));
    qsizetype from = 0;
    for (int k = 0; k < count; ++k) {
        const auto match = end.match(text, from);
        if (!match.hasMatch()) return text;
        from = match.capturedEnd();
    }
    return text.left(from).trimmed();
}

}  // namespace

TrainPanel::TrainPanel(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    QVBoxLayout* column = panel_column(this);
    form_ = new ModelForm(session_);
    column->addWidget(form_);
    train_ = primary_button(tr("Train"));
    train_->setObjectName(QStringLiteral("trainButton"));
    train_->setToolTip(tr("Estimate the deformation and the covariance (Ctrl+T)"));
    connect(train_, &QPushButton::clicked, this, &TrainPanel::trainRequested);
    column->addWidget(train_);
    problems_ = text_label(QString());
    problems_->setProperty("role", QStringLiteral("bad"));
    column->addWidget(problems_);
    verdict_ = new QFrame;
    verdict_->setObjectName(QStringLiteral("verdict"));
    auto* card = new QVBoxLayout(verdict_);
    card->setContentsMargins(10, 8, 10, 8);
    card->setSpacing(4);
    verdict_title_ = new QLabel;
    verdict_title_->setObjectName(QStringLiteral("verdictTitle"));
    verdict_title_->setWordWrap(true);
    verdict_text_ = text_label(QString());
    verdict_text_->setObjectName(QStringLiteral("verdictText"));
    card->addWidget(verdict_title_);
    card->addWidget(verdict_text_);
    more_ = link_button(tr("More"));
    more_->setObjectName(QStringLiteral("verdictMore"));
    card->addWidget(more_, 0, Qt::AlignLeft);
    connect(more_, &QPushButton::clicked, this, [this] {
        verdict_is_long_ = !verdict_is_long_;
        refresh();
    });
    column->addWidget(verdict_);
    shown_ = muted_label(QString());
    column->addWidget(shown_);
    parameters_ = new QWidget;
    QVBoxLayout* lines = panel_column(parameters_);
    lines->setSpacing(4);
    range_ = add_value(lines, tr("Range (practical)"),
                       tr("Distance in deformed space at which the correlation has fallen to 0.05."));
    transform_ = add_value(lines, tr("Values"), tr("The transform after which the values are taken to be Gaussian."));
    sill_ = add_value(lines, tr("Partial sill"),
                      tr("Variance σ² of the spatially correlated part of the field."));
    nugget_ = add_value(lines, tr("Nugget"),
                        tr("Variance τ² of measurement error and of variation below the distances sampled."));
    covariance_ = add_value(lines, tr("Covariance"),
                            tr("How correlation falls with distance. The Matérn's smoothness ν: 1/2 rough, 3/2 once, 5/2 twice differentiable."));
    structures_ = muted_label(QString());
    structures_->setObjectName(QStringLiteral("covarianceStructures"));
    lines->addWidget(structures_);
    stretch_ = add_value(lines, tr("Local stretch"),
                         tr("Ratio of the largest to the smallest local range, 95 % quantile over the map: 1 is no deformation."));
    column->addWidget(parameters_);
    warnings_ = text_label(QString());
    warnings_->setProperty("role", QStringLiteral("warning"));
    warnings_->setObjectName(QStringLiteral("fitWarnings"));
    column->addWidget(warnings_);
    column->addStretch(1);
    connect(&session_, &Session::fitChanged, this, &TrainPanel::refresh);
    connect(&session_, &Session::candidateChanged, this, &TrainPanel::refresh);
    connect(&session_, &Session::modelChanged, this, &TrainPanel::refresh);
    connect(&session_, &Session::datasetChanged, this, &TrainPanel::refresh);
    connect(&session_, &Session::preflightChanged, this, &TrainPanel::refresh);
    refresh();
}

void TrainPanel::setTraining(bool training) {
    training_ = training;
    form_->setEnabled(!training);
    refresh();
}

void TrainPanel::refresh() {
    const QStringList sentences = session_.problems();
    problems_->setText(sentences.join(QStringLiteral("\n")));
    problems_->setVisible(!sentences.isEmpty());
    const Session::FitPointer fit = session_.fit();
    train_->setEnabled(!training_ && session_.dataset() && sentences.isEmpty());
    train_->setText(training_ ? tr("Training …") : fit ? tr("Train again") : tr("Train"));
    const std::shared_ptr<const FittedModel> model = session_.shownModel();
    const bool show = fit && model;
    verdict_->setVisible(show);
    parameters_->setVisible(show);
    warnings_->setVisible(false);
    shown_->setVisible(false);
    if (!show) return;
    show_verdict(*fit);
    show_parameters(*model);
}

void TrainPanel::show_verdict(const FitResult& fit) {
    const bool deformed = fit.model().specification().deformation != DeformationKind::stationary &&
                          fit.model().specification().deformation != DeformationKind::anisotropic;
    verdict_title_->setText(QString::fromStdString(fit.verdict_title));
    verdict_title_->setVisible(!fit.verdict_title.empty());
    verdict_title_->setFont(theme_font(12.5, true));
    verdict_title_->setForegroundRole(deformed ? QPalette::Link : QPalette::WindowText);
    const QString text = QString::fromStdString(fit.verdict);
    const QString start = first_sentences(text, 2);
    verdict_text_->setText(verdict_is_long_ ? text : start);
    more_->setVisible(start.size() < text.size());
    more_->setText(verdict_is_long_ ? tr("Less") : tr("More"));
    verdict_text_->setVisible(!fit.verdict.empty());
    verdict_->setVisible(!fit.verdict.empty() || !fit.verdict_title.empty());
    if (session_.shownCandidate() != fit.chosen) {
        const CandidateModel& candidate = fit.candidates[session_.shownCandidate()];
        shown_->setText(tr("Shown: %1 (%2)").arg(QString::fromStdString(candidate.model->label()),
                                                 QString::fromStdString(candidate.standing)));
        shown_->setVisible(true);
    }
    QStringList warnings;
    for (const std::string& warning : fit.warnings) warnings << QString::fromStdString(warning);
    warnings_->setText(warnings.join(QStringLiteral("\n\n")));
    warnings_->setVisible(!warnings.isEmpty());
}

void TrainPanel::show_parameters(const FittedModel& model) {
    const CovarianceParameters p = model.parameters();
    const SpatialDataset& dataset = model.dataset();
    const QString length = QString::fromStdString(dataset.coordinate_system.unit);
    const auto& transform = model.state().transform;
    // Sill and nugget of transformed values are in a scale of their own.
    const QString unit = transform ? QString() : QString::fromStdString(dataset.value_unit);
    transform_->setText(transform ? short_name_of(*transform) : tr("as they are"));
    transform_->setToolTip(transform ? tooltip_text(QString::fromStdString(transform->description()) +
                                                    tr(" Sill and nugget are those of the transformed values."))
                                     : QString());
    const QString squared = unit.isEmpty() ? QString() : unit + QStringLiteral("²");
    range_->setText(number_with_unit(p.practical_range, length));
    if (p.time_range > 0.0)
        range_->setText(tr("%1, %2").arg(range_->text(),
                                         number_with_unit(p.practical_time_range,
                                                          QString::fromStdString(span_unit(dataset.time_unit)))));
    sill_->setText(number_with_unit(p.partial_sill, squared));
    nugget_->setText(number_with_unit(p.nugget, squared, 2));
    const int nested = model.specification().structures;
    // The regions and the kernels have lines and layers of their own.
    covariance_->setText(nested > 1                    ? tr("%1 nested structures").arg(nested)
                         : has_varying_smoothness(model.specification()) ? varying_smoothness_text(model)
                         : std::isinf(p.smoothness)    ? tr("Gaussian")
                         : std::isfinite(p.smoothness) ? tr("Matérn, ν = %1").arg(number_text(p.smoothness))
                                                       : QString::fromStdString(p.covariance));
    show_structures(model, squared, length);
}

/// Nested structures, or the covariances of regions, a line each.
void TrainPanel::show_structures(const FittedModel& model, const QString& squared, const QString& length) {
    QStringList lines;
    for (const CovarianceStructure& s : covariance_structures(model)) {
        QString range = number_with_unit(s.major_range, length);
        if (model.dataset().space_dimension() > 1)
            range = tr("%1 to %2").arg(number_text(s.minor_range), number_with_unit(s.major_range, length));
        lines << tr("%1: sill %2, range %3")
                     .arg(QString::fromStdString(s.label), number_with_unit(s.partial_sill, squared), range);
        if (std::isfinite(s.nugget)) lines.back() += tr(", nugget %1").arg(number_with_unit(s.nugget, squared, 2));
    }
    structures_->setText(lines.join(QStringLiteral("\n")));
    structures_->setVisible(!lines.isEmpty());
}

void TrainPanel::setPictures(const std::shared_ptr<const ModelPictures>& pictures) {
    const bool on_line = session_.dataset() && session_.dataset()->space_dimension() == 1;  // no two directions to compare
    stretch_->setText(!pictures ? QStringLiteral("…")
                      : on_line ? tr("see Warp")
                                : QStringLiteral("%1×").arg(number_text(pictures->certificate.condition_95, 2)));
}

}  // namespace anamorph
