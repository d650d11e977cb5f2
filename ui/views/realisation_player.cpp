// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/realisation_player.h"

#include <algorithm>
#include <utility>

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

constexpr int smooth_frame_ms = 50;
constexpr double seconds_of_one = 0.3;          ///< at speed 1, one after the other
constexpr double seconds_of_passage = 1.2;      ///< at speed 1, each passing into the next

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
    smooth_ = new QCheckBox(tr("smooth"));
    smooth_->setObjectName(QStringLiteral("smoothFilm"));
    smooth_->setToolTip(tooltip_text(tr("Each simulation passes into the next along m + cos φ (z₁ − m) + sin φ (z₂ − m): for a Gaussian field every frame is a simulation itself.")));
    speed_ = new QComboBox;
    speed_->setObjectName(QStringLiteral("filmSpeed"));
    speed_->setAccessibleName(tr("Speed"));
    speed_->setToolTip(tooltip_text(tr("Speed of the film.")));
    for (const auto& [text, factor] : {std::pair{"¼×", 0.25}, {"½×", 0.5}, {"1×", 1.0}, {"2×", 2.0}, {"4×", 4.0}})
        speed_->addItem(QString::fromUtf8(text), factor);
    speed_->setCurrentIndex(2);
    speed_->setFixedWidth(62);
    grid->addWidget(speed_, 2, 0, 1, 2, Qt::AlignLeft);
    grid->addWidget(smooth_, 2, 2);
    grid->setColumnStretch(2, 1);
    setTimer();
    connect(smooth_, &QCheckBox::toggled, this, [this] {
        setTimer();
        if (passage_ > 0.0) choose(current_);
    });
    connect(speed_, &QComboBox::currentIndexChanged, this, &RealisationPlayer::setTimer);
    connect(&timer_, &QTimer::timeout, this, &RealisationPlayer::step);
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

bool RealisationPlayer::isSmooth() const { return smooth_->isChecked(); }

double RealisationPlayer::secondsEach() const {
    return (isSmooth() ? seconds_of_passage : seconds_of_one) / speed_->currentData().toDouble();
}

void RealisationPlayer::setTimer() {
    timer_.setInterval(isSmooth() ? smooth_frame_ms : static_cast<int>(1000.0 * secondsEach()));
}

void RealisationPlayer::step() {
    const int next = (current_ + 1) % std::max(count_, 1);
    if (!isSmooth()) return choose(next);
    const double t = passage_ + smooth_frame_ms / (1000.0 * secondsEach());
    if (t < 1.0)
        choose(current_, t);
    else
        choose(next);
}

void RealisationPlayer::setCurrent(int index, double passage) {
    current_ = std::clamp(index, 0, std::max(count_ - 1, 0));
    passage_ = passage;
    showCurrent();
}

void RealisationPlayer::stop() { play_->setChecked(false); }

void RealisationPlayer::choose(int index, double passage) {
    setCurrent(index, passage);
    Q_EMIT chosen(current_, passage_);
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
