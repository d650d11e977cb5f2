// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/realisation_player.h"

#include <algorithm>

#include <QGridLayout>
#include <QLabel>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

constexpr int frame_ms = 300;

}  // namespace

RealisationPlayer::RealisationPlayer(QWidget* parent) : QWidget(parent) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(22, 0, 0, 2);
    grid->setHorizontalSpacing(6);
    grid->setVerticalSpacing(3);
    play_ = new QToolButton;
    play_->setObjectName(QStringLiteral("playRealisations"));
    play_->setCheckable(true);
    play_->setToolTip(tooltip_text(tr("One simulation after the other, as a film: what stays is known, what moves is not.")));
    slider_ = new QSlider(Qt::Horizontal);
    slider_->setObjectName(QStringLiteral("realisationSlider"));
    slider_->setAccessibleName(tr("Realisation"));
    box_ = count_box(1, 1);
    box_->setObjectName(QStringLiteral("realisation"));
    box_->setFixedWidth(62);
    box_->setToolTip(tooltip_text(tr("Which of the simulations is shown.")));
    of_ = new QLabel;
    of_->setProperty("role", QStringLiteral("muted"));
    grid->addWidget(play_, 0, 0);
    grid->addWidget(slider_, 0, 1, 1, 2);
    grid->addWidget(box_, 1, 0, 1, 2, Qt::AlignLeft);
    grid->addWidget(of_, 1, 2);
    grid->setColumnStretch(2, 1);
    timer_.setInterval(frame_ms);
    connect(&timer_, &QTimer::timeout, this, [this] { choose((current_ + 1) % std::max(count_, 1)); });
    connect(play_, &QToolButton::toggled, this, &RealisationPlayer::play);
    connect(slider_, &QSlider::valueChanged, this, [this](int value) {
        if (!showing_) choose(value);
    });
    connect(box_, &QSpinBox::valueChanged, this, [this](int value) {
        if (!showing_) choose(value - 1);
    });
    play(false);
    showCurrent();
}

void RealisationPlayer::setCount(int count) {
    if (count == count_) return;
    play_->setChecked(false);
    count_ = count;
    current_ = std::clamp(current_, 0, std::max(count - 1, 0));
    play_->setEnabled(count > 1);
    showCurrent();
}

void RealisationPlayer::setCurrent(int index) {
    current_ = std::clamp(index, 0, std::max(count_ - 1, 0));
    showCurrent();
}

void RealisationPlayer::stop() { play_->setChecked(false); }

void RealisationPlayer::choose(int index) {
    setCurrent(index);
    Q_EMIT chosen(current_);
}

void RealisationPlayer::play(bool on) {
    play_->setText(on ? QStringLiteral("❚❚") : QStringLiteral("▶"));
    play_->setAccessibleName(on ? tr("Pause") : tr("Play"));
    if (on)
        timer_.start();
    else
        timer_.stop();
}

void RealisationPlayer::showCurrent() {
    showing_ = true;
    slider_->setRange(0, std::max(count_ - 1, 0));
    slider_->setValue(current_);
    box_->setRange(1, std::max(count_, 1));
    box_->setValue(current_ + 1);
    of_->setText(tr("of %1").arg(count_text(count_)));
    showing_ = false;
}

}  // namespace anamorph
