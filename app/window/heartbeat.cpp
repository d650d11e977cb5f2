// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/heartbeat.h"

#include <algorithm>
#include <cstdio>

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

namespace anamorph {

Heartbeat::Heartbeat(Session& session, TrainingController& training, QString path, QObject* parent)
    : QObject(parent), session_(session), path_(std::move(path)) {
    timer_.setTimerType(Qt::PreciseTimer);
    timer_.setInterval(5);
    connect(&timer_, &QTimer::timeout, this, [this] {
        gaps_ms_.push_back(static_cast<double>(since_beat_.nsecsElapsed()) * 1e-6);
        since_beat_.restart();
    });
    connect(&training, &TrainingController::trainingStarted, this, [this] {
        opening_ms_ = longest();
        gaps_ms_.clear();
        updates_ = pictures_ = iterations_ = 0;
        since_start_.start();
        since_beat_.start();
        timer_.start();
    });
    connect(&training, &TrainingController::updated, this, [this](const TrainingUpdate& update) {
        ++updates_;
        if (update.picture) ++pictures_;
        iterations_ += static_cast<long>(update.iterations.size());
    });
    connect(&training, &TrainingController::failed, this, [this] {
        if (opening_ms_ == 0.0) opening_ms_ = longest();  // it never started
        timer_.stop();
        write();
    });
    connect(&training, &TrainingController::finished, this, [this] {
        timer_.stop();
        write();
    });
}

double Heartbeat::longest() const {
    return gaps_ms_.empty() ? 0.0 : *std::max_element(gaps_ms_.begin(), gaps_ms_.end());
}

void Heartbeat::begin() {
    gaps_ms_.clear();
    since_start_.start();
    since_beat_.start();
    timer_.start();
}

void Heartbeat::write() {
    const double seconds = static_cast<double>(since_start_.nsecsElapsed()) * 1e-9;
    std::sort(gaps_ms_.begin(), gaps_ms_.end());
    const auto at = [this](double share) {
        return gaps_ms_.empty() ? 0.0 : gaps_ms_[static_cast<std::size_t>(share * static_cast<double>(gaps_ms_.size() - 1))];
    };
    const QJsonObject report{
        {QStringLiteral("sites"), session_.dataset() ? static_cast<qint64>(session_.dataset()->size()) : 0},
        {QStringLiteral("seconds"), seconds},
        {QStringLiteral("longest_gap_opening_ms"), opening_ms_},
        {QStringLiteral("longest_gap_ms"), at(1.0)},
        {QStringLiteral("gap_99_9_percent_ms"), at(0.999)},
        {QStringLiteral("beats"), static_cast<qint64>(gaps_ms_.size())},
        {QStringLiteral("iterations"), static_cast<qint64>(iterations_)},
        {QStringLiteral("updates_per_second"), static_cast<double>(updates_) / seconds},
        {QStringLiteral("pictures_per_second"), static_cast<double>(pictures_) / seconds},
    };
    const QByteArray text = QJsonDocument(report).toJson();
    QFile file(path_);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        std::fprintf(stderr, "anamorph: %s cannot be written: %s\n", qPrintable(path_), qPrintable(file.errorString()));
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
    Q_EMIT written();
}

}  // namespace anamorph
