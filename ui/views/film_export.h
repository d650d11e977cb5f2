// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QImage>
#include <QObject>
#include <QTimer>

#include "ui/scenes/layer_settings.h"

namespace anamorph {

class LayersPanel;
class SpacesWidget;

/// Frames of one size as an animated PNG (the PNG specification, third edition, sec. 11.3.4), which plays for
/// ever in browsers and is its first frame to programs that know no animation.
class AnimatedPng {
public:
    explicit AnimatedPng(int frame_ms) : frame_ms_(frame_ms) {}
    /// Frames of another size than the first are scaled to it.
    void add(const QImage& frame);
    [[nodiscard]] int frameCount() const { return count_; }
    [[nodiscard]] QByteArray file() const;

private:
    int frame_ms_;
    int count_ = 0;
    quint32 sequence_ = 0;
    QSize size_;
    QByteArray header_, frames_;
};

/// Writes the film of the simulations that are shown, both spaces, as it is played: smoothly or one after
/// the other, at its speed. A frame a turn of the event loop, so that the window stays alive.
class FilmExport : public QObject {
    Q_OBJECT
public:
    FilmExport(SpacesWidget* spaces, LayersPanel* layers, QObject* parent = nullptr);

    [[nodiscard]] bool isBusy() const { return timer_.isActive(); }
    /// `frames`: single pictures name_0001.png, … instead of one animated file.
    void start(const QString& path, double scale, bool frames);

public Q_SLOTS:
    void cancel();

Q_SIGNALS:
    void progressed(double fraction);
    void written(const QString& path, int frames);
    void failed(const QString& path);
    void finished();

private:
    void addFrame();
    void end();
    [[nodiscard]] QString frameName(int frame) const;

    SpacesWidget* spaces_;
    LayersPanel* layers_;
    QTimer timer_;
    AnimatedPng film_{50};
    LayerSettings before_;
    QString path_;
    double scale_ = 1.0;
    bool as_frames_ = false;
    int simulations_ = 0, steps_ = 1, frame_ = 0;
};

}  // namespace anamorph
