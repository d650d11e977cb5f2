// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/animated_png.h"

#include <array>

#include <QBuffer>
#include <QByteArray>
#include <QtEndian>

namespace anamorph {
namespace {

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

bool AnimatedPng::put(const QByteArray& bytes) { return device_.write(bytes) == bytes.size(); }

bool AnimatedPng::add(const QImage& frame) {
    const bool first = added_++ == 0;
    if (first) size_ = frame.size();
    QImage image = frame.convertToFormat(QImage::Format_RGB888);
    if (image.size() != size_) image = image.scaled(size_, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    if (!image.save(&buffer, "PNG")) return false;
    const QByteArray control = chunk("fcTL", big_endian(sequence_++) + big_endian(static_cast<quint32>(size_.width())) +
                                                 big_endian(static_cast<quint32>(size_.height())) + big_endian(0) +
                                                 big_endian(0) + big_endian16(static_cast<quint16>(frame_ms_)) +
                                                 big_endian16(1000) + QByteArray(2, '\0'));
    QByteArray header, data_chunks;
    for_each_chunk(png, [&](const QByteArray& type, const QByteArray& data) {
        if (type == "IHDR") header = chunk("IHDR", data);
        if (type != "IDAT") return;
        data_chunks += first ? chunk("IDAT", data) : chunk("fdAT", big_endian(sequence_++) + data);
    });
    if (first && !put(signature + header + chunk("acTL", big_endian(static_cast<quint32>(frames_)) + big_endian(0)))) return false;
    return put(control + data_chunks);
}

bool AnimatedPng::finish() { return added_ == frames_ && put(chunk("IEND", {})); }

}  // namespace anamorph
