// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QIODevice>
#include <QSize>

namespace anamorph {

/// Writes frames of one size as an animated PNG (the PNG specification, third edition, sec. 11.3.4), which
/// plays for ever in browsers and is its first frame to programs that know no animation. A frame goes to the
/// device as soon as it is added, so that no film need fit into memory.
class AnimatedPng {
public:
    /// `device`: open for writing, outlives this. `frames`: how many will be added, at least one.
    AnimatedPng(QIODevice& device, int frames, int frame_ms) : device_(device), frames_(frames), frame_ms_(frame_ms) {}

    /// Frames of another size than the first are scaled to it. False where the device did not take it all.
    [[nodiscard]] bool add(const QImage& frame);
    /// After the last frame. False where the device did not take it, or frames are missing.
    [[nodiscard]] bool finish();

private:
    [[nodiscard]] bool put(const QByteArray& bytes);

    QIODevice& device_;
    int frames_, frame_ms_;
    int added_ = 0;
    quint32 sequence_ = 0;
    QSize size_;
};

}  // namespace anamorph
