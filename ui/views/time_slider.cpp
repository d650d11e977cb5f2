// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/time_slider.h"

#include <cmath>

#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QToolButton>

#include "core/data/time_axis.h"
#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

constexpr int frame_ms = 700;

std::size_t nearest(const std::vector<double>& stops, double time) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < stops.size(); ++k)
        if (std::abs(stops[k] - time) < std::abs(stops[best] - time)) best = k;
    return best;
}

}  // namespace

TimeSlider::TimeSlider(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    setObjectName(QStringLiteral("timeSlider"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 16, 6);
    row->setSpacing(10);
    play_ = new QToolButton;
    play_->setObjectName(QStringLiteral("playTimes"));
    play_->setCheckable(true);
    play_->setText(QStringLiteral("▶"));
    play_->setAccessibleName(tr("Play"));
    play_->setToolTip(tooltip_text(tr("One time after the other, as a film.")));
    slider_ = new QSlider(Qt::Horizontal);
    slider_->setObjectName(QStringLiteral("timeStops"));
    slider_->setAccessibleName(tr("Time"));
    slider_->setPageStep(1);
    slider_->setToolTip(tooltip_text(tr("The time that both spaces show. Sites that were measured about it are drawn in full, the others pale.")));
    label_ = new QLabel;
    label_->setObjectName(QStringLiteral("timeLabel"));
    label_->setMinimumWidth(128);
    label_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    ends_ = muted_label(QString());
    ends_->setWordWrap(false);
    row->addWidget(play_);
    row->addWidget(slider_, 1);
    row->addWidget(label_);
    row->addWidget(ends_);
    timer_.setInterval(frame_ms);
    connect(&timer_, &QTimer::timeout, this, [this] {
        if (!stops_.empty()) slider_->setValue((slider_->value() + 1) % static_cast<int>(stops_.size()));
    });
    connect(play_, &QToolButton::toggled, this, [this](bool on) {
        play_->setText(on ? QStringLiteral("❚❚") : QStringLiteral("▶"));
        play_->setAccessibleName(on ? tr("Pause") : tr("Play"));
        on ? timer_.start() : timer_.stop();
    });
    connect(slider_, &QSlider::valueChanged, this, [this](int stop) {
        if (!showing_) choose(stop);
    });
    connect(&session_, &Session::datasetChanged, this, [this] { play_->setChecked(false); });
    for (const auto signal : {&Session::datasetChanged, &Session::candidateChanged, &Session::mapChanged})
        connect(&session_, signal, this, &TimeSlider::refresh);
    connect(&session_, &Session::timeChanged, this, &TimeSlider::show_current);
    refresh();
}

void TimeSlider::refresh() {
    const bool with_time = session_.facts().has_time;
    setVisible(with_time);
    stops_.clear();
    if (!with_time) return;
    const Session::MapPointer map = session_.shownMap();
    if (map && map->grid.times.size() > 0)
        stops_.assign(map->grid.times.begin(), map->grid.times.end());
    else
        stops_ = session_.facts().times;
    play_->setEnabled(stops_.size() > 1);
    slider_->setEnabled(stops_.size() > 1);
    ends_->setText(tr("of %1 times").arg(stops_.size()));
    showing_ = true;
    slider_->setRange(0, static_cast<int>(stops_.size()) - 1);
    showing_ = false;
    // The session's time is always one of the slider's: title, map and simulations are of that one.
    const double stop = stops_[nearest(stops_, session_.time())];
    if (stop != session_.time()) session_.setTime(stop);
    show_current();
}

void TimeSlider::show_current() {
    if (stops_.empty() || !session_.dataset()) return;
    const std::size_t stop = nearest(stops_, session_.time());
    showing_ = true;
    slider_->setValue(static_cast<int>(stop));
    showing_ = false;
    label_->setText(QString::fromStdString(time_text(stops_[stop], session_.dataset()->time_unit)));
}

void TimeSlider::choose(int stop) {
    if (stop < 0 || stop >= static_cast<int>(stops_.size())) return;
    session_.setTime(stops_[static_cast<std::size_t>(stop)]);
}

}  // namespace anamorph
