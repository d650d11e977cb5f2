// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/film_export.h"

#include <QBuffer>
#include <QFileInfo>
#include <QSaveFile>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/scenes/simulation_layer.h"
#include "ui/views/layers_panel.h"
#include "ui/views/realisation_player.h"
#include "ui/views/spaces_widget.h"

namespace anamorph {
namespace {

constexpr int smooth_frame_ms = 50;
constexpr int most_frames = 900;
const QByteArray signature("\x89PNG\r\n\x1a\n", 8);

QByteArray big_endian(quint32 value) {
    QByteArray bytes(4, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
}

QByteArray big_endian16(quint16 value) {
    QByteArray bytes(2, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
}

/// The checksum of a chunk (PNG specification, annex D).
quint32 checksum(const QByteArray& bytes) {
    static const std::array<quint32, 256> table = [] {
        std::array<quint32, 256> all{};
        for (quint32 n = 0; n < 256; ++n) {
            quint32 c = n;
            for (int k = 0; k < 8; ++k) c = (c & 1U) ? 0xEDB88320U ^ (c >> 1) : c >> 1;
            all[n] = c;
        }
        return all;
    }();
    quint32 c = 0xFFFFFFFFU;
    for (const char byte : bytes) c = table[(c ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ (c >> 8);
    return ~c;
}

QByteArray chunk(const char* type, const QByteArray& data) {
    const QByteArray named = QByteArray(type, 4) + data;
    return big_endian(static_cast<quint32>(data.size())) + named + big_endian(checksum(named));
}

/// Calls `take(type, data)` for each chunk of a PNG file.
template <class Take>
void for_each_chunk(const QByteArray& file, const Take& take) {
    for (qsizetype at = signature.size(); at + 12 <= file.size();) {
        const auto length = static_cast<qsizetype>(qFromBigEndian<quint32>(file.constData() + at));
        if (at + 12 + length > file.size()) return;
        take(file.mid(at + 4, 4), file.mid(at + 8, length));
        at += 12 + length;
    }
}

}  // namespace

void AnimatedPng::add(const QImage& frame) {
    if (count_ == 0) size_ = frame.size();
    QImage image = frame.convertToFormat(QImage::Format_RGB888);
    if (image.size() != size_) image = image.scaled(size_, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    const bool first = count_++ == 0;
    frames_ += chunk("fcTL", big_endian(sequence_++) + big_endian(static_cast<quint32>(size_.width())) +
                                 big_endian(static_cast<quint32>(size_.height())) + big_endian(0) + big_endian(0) +
                                 big_endian16(static_cast<quint16>(frame_ms_)) + big_endian16(1000) + QByteArray(2, '\0'));
    for_each_chunk(png, [&](const QByteArray& type, const QByteArray& data) {
        if (type == "IHDR" && first) header_ = chunk("IHDR", data);
        if (type != "IDAT") return;
        frames_ += first ? chunk("IDAT", data) : chunk("fdAT", big_endian(sequence_++) + data);
    });
}

QByteArray AnimatedPng::file() const {
    return signature + header_ + chunk("acTL", big_endian(static_cast<quint32>(count_)) + big_endian(0)) + frames_ + chunk("IEND", {});
}

FilmExport::FilmExport(SpacesWidget* spaces, LayersPanel* layers, QObject* parent)
    : QObject(parent), spaces_(spaces), layers_(layers) {
    timer_.setInterval(0);
    connect(&timer_, &QTimer::timeout, this, &FilmExport::addFrame);
}

void FilmExport::start(const QString& path, double scale, bool frames) {
    const auto snapshot = spaces_->snapshot();
    if (isBusy() || !snapshot || !snapshot->simulations) return;
    RealisationPlayer* player = layers_->player();
    player->stop();
    path_ = path;
    scale_ = scale;
    as_frames_ = frames;
    frame_ = 0;
    simulations_ = snapshot->simulations->count();
    steps_ = 1;
    int frame_ms = static_cast<int>(1000.0 * player->secondsEach());
    if (player->isSmooth() && simulations_ > 1) {
        steps_ = std::max(2, static_cast<int>(std::lround(1000.0 * player->secondsEach() / smooth_frame_ms)));
        frame_ms = smooth_frame_ms;
    }
    simulations_ = std::min(simulations_, std::max(1, most_frames / steps_));
    film_ = AnimatedPng(frame_ms);
    before_ = layers_->layers();
    timer_.start();
}

QString FilmExport::frameName(int frame) const {
    const QFileInfo info(path_);
    return info.path() + QLatin1Char('/') + info.completeBaseName() +
           QStringLiteral("_%1.png").arg(frame + 1, 4, 10, QLatin1Char('0'));
}

void FilmExport::addFrame() {
    const auto snapshot = spaces_->snapshot();
    if (!snapshot || !snapshot->simulations) return cancel();
    LayerSettings shown = before_;
    shown.fill = Fill::realisation;
    shown.realisation = frame_ / steps_;
    shown.passage = static_cast<double>(frame_ % steps_) / steps_;
    layers_->setLayers(shown);
    const QImage picture = spaces_->grabSpaces(scale_);
    bool good = !picture.isNull();
    if (good && as_frames_)
        good = picture.save(frameName(frame_));
    else if (good)
        film_.add(picture);
    ++frame_;
    const int frames = simulations_ * steps_;
    Q_EMIT progressed(static_cast<double>(frame_) / frames);
    if (good && frame_ < frames) return;
    end();
    if (good && !as_frames_) {
        QSaveFile file(path_);
        good = file.open(QIODevice::WriteOnly) && file.write(film_.file()) > 0 && file.commit();
    }
    film_ = AnimatedPng(smooth_frame_ms);
    if (good)
        Q_EMIT written(as_frames_ ? frameName(0) : path_, frames);
    else
        Q_EMIT failed(path_);
    Q_EMIT finished();
}

void FilmExport::end() {
    timer_.stop();
    layers_->setLayers(before_);
}

void FilmExport::cancel() {
    if (!isBusy()) return;
    end();
    film_ = AnimatedPng(smooth_frame_ms);
    Q_EMIT finished();
}

}  // namespace anamorph
