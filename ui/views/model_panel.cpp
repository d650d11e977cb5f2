// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/model_panel.h"

#include <QToolButton>

#include "ui/views/advanced_form.h"
#include "ui/views/model_form.h"
#include "ui/views/panel_parts.h"
#include "ui/views/regions_form.h"

namespace anamorph {

ModelPanel::ModelPanel(Session& session, RegionController& regions, QWidget* parent) : QWidget(parent), session_(session) {
    QVBoxLayout* column = panel_column(this);
    column->addWidget(new ModelForm(session_));
    auto* drawn = new RegionsForm(regions);
    column->addWidget(drawn);
    connect(drawn, &RegionsForm::layerRequested, this, &ModelPanel::regionLayerRequested);
    problems_ = text_label(QString());
    problems_->setProperty("role", QStringLiteral("bad"));
    problems_->setObjectName(QStringLiteral("modelProblems"));
    problems_->hide();
    column->addWidget(problems_);
    auto* next = primary_button(tr("Continue to training"));
    connect(next, &QPushButton::clicked, this, &ModelPanel::continueRequested);
    column->addWidget(next);
    auto* fold = new QToolButton;
    fold->setObjectName(QStringLiteral("advancedFold"));
    fold->setText(tr("Advanced"));
    fold->setCheckable(true);
    fold->setArrowType(Qt::RightArrow);
    fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    fold->setToolTip(tr("Likelihood, noise, design term, deformation, optimiser, seed, threads"));
    column->addWidget(fold, 0, Qt::AlignLeft);
    auto* advanced = new AdvancedForm(session_);
    advanced->hide();
    column->addWidget(advanced);
    column->addStretch(1);
    connect(fold, &QToolButton::toggled, this, [fold, advanced](bool open) {
        fold->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        advanced->setVisible(open);
    });
    const auto check = [this, next] {
        const QStringList sentences = session_.problems();
        problems_->setText(sentences.join(QStringLiteral("\n")));
        problems_->setVisible(!sentences.isEmpty());
        next->setEnabled(sentences.isEmpty());
    };
    connect(&session_, &Session::modelChanged, this, check);
    connect(&session_, &Session::datasetChanged, this, check);
    connect(&session_, &Session::preflightChanged, this, check);
    check();
}

}  // namespace anamorph
