// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bottom_bar.h"

#include <cmath>

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"

namespace anamorph {

BottomBar::BottomBar(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("bottomBar"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(32);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(14, 0, 14, 0);
    row->setSpacing(12);
    message_ = new QLabel;
    message_->setObjectName(QStringLiteral("statusMessage"));
    message_->setProperty("role", QStringLiteral("muted"));
    bar_ = new QProgressBar;
    bar_->setTextVisible(false);
    bar_->setFixedWidth(200);
    bar_->setRange(0, 1000);
    left_ = new QLabel;
    left_->setProperty("role", QStringLiteral("muted"));
    pause_ = new QPushButton(tr("Pause"));
    pause_->setObjectName(QStringLiteral("pauseButton"));
    pause_->setToolTip(tr("Wait after this iteration; the result so far stays on the screen"));
    stop_ = new QPushButton(tr("Stop, keep best"));
    stop_->setObjectName(QStringLiteral("stopButton"));
    stop_->setToolTip(tr("End training now and keep the best iterate so far (Ctrl+.)"));
    cancel_ = new QPushButton(tr("Cancel"));
    cancel_->setObjectName(QStringLiteral("cancelButton"));
    cancel_->setToolTip(tr("End training and discard it; the earlier result stays (Esc)"));
    facts_ = new QLabel;
    facts_->setProperty("role", QStringLiteral("muted"));
    row->addWidget(message_);
    row->addWidget(bar_);
    row->addWidget(left_);
    for (QPushButton* button : {pause_, stop_, cancel_}) {
        button->setFixedHeight(22);
        button->setStyleSheet(QStringLiteral("padding: 1px 10px;"));
        row->addWidget(button);
    }
    row->addStretch(1);
    row->addWidget(facts_);
    connect(pause_, &QPushButton::clicked, this,
            [this] { Q_EMIT pauseToggled(!pause_->property("paused").toBool()); });
    connect(stop_, &QPushButton::clicked, this, &BottomBar::stopRequested);
    connect(cancel_, &QPushButton::clicked, this, &BottomBar::cancelRequested);
    setTrainingState(false, false, false);
    showMessage(QString());
}

void BottomBar::show_progress(double fraction, double seconds_left) {
    bar_->setVisible(true);
    if (fraction >= 0.0) {
        bar_->setRange(0, 1000);
        bar_->setValue(static_cast<int>(std::lround(1000.0 * std::min(fraction, 1.0))));
    } else {
        bar_->setRange(0, 0);
    }
    left_->setVisible(seconds_left >= 0.0);
    if (seconds_left >= 0.0) left_->setText(tr("%1 left").arg(duration_text(seconds_left)));
}

void BottomBar::showTraining(const IterationSummary& summary) {
    message_->setText(tr("%1 · iteration %2").arg(QString::fromStdString(summary.stage)).arg(summary.iteration));
    show_progress(summary.fraction, summary.seconds_left);
}

void BottomBar::showJob(const QString& what, const Progress& progress) {
    message_->setText(progress.message.empty() ? what : QString::fromStdString(progress.message));
    show_progress(progress.fraction, progress.seconds_left);
}

void BottomBar::showMessage(const QString& message) {
    message_->setText(message);
    bar_->setVisible(false);
    left_->setVisible(false);
}

void BottomBar::setTrainingState(bool training, bool paused, bool stopping) {
    for (QPushButton* button : {pause_, stop_, cancel_}) {
        button->setVisible(training);
        button->setEnabled(!stopping);
    }
    pause_->setProperty("paused", paused);
    pause_->setText(paused ? tr("Resume") : tr("Pause"));
}

void BottomBar::setFacts(const QString& facts) { facts_->setText(facts); }

}  // namespace anamorph
