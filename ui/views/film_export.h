// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QObject>
#include <QString>
#include <QTimer>

#include "core/base/types.h"
#include "ui/controllers/film_writer.h"
#include "ui/scenes/layer_settings.h"

namespace anamorph {

class LayersPanel;
class SpacesWidget;

/// The film of the simulations that are shown, both spaces, as it is played: smoothly or one after the
/// other, at its speed. Draws one frame a turn of the event loop, so that the window stays alive; a
/// FilmWriter encodes and writes them.
class FilmExport : public QObject {
    Q_OBJECT
public:
    FilmExport(SpacesWidget* spaces, LayersPanel* layers, QObject* parent = nullptr);

    [[nodiscard]] bool isBusy() const { return writer_.isBusy(); }
    /// What start would write; no frames where no simulations are shown. `frames`: single pictures
    /// name_0001.png, … instead of one animated file.
    [[nodiscard]] FilmRequest request(const QString& path, bool frames) const;
    /// Replaces files that are there.
    void start(const QString& path, double scale, bool frames);

public Q_SLOTS:
    void cancel();

Q_SIGNALS:
    void progressed(const anamorph::Progress& progress);
    void written(const QString& path, int frames);
    void failed(const QString& sentence);
    void cancelled();
    void interrupted(const QString& why);  ///< after cancelled, where its simulations were gone or others
    void finished();

private:
    void addFrame();
    void interrupt(const QString& why);
    void end();

    SpacesWidget* spaces_;
    LayersPanel* layers_;
    FilmWriter writer_;
    QTimer timer_;
    LayerSettings before_;
    std::shared_ptr<const Matrix> draws_;  ///< that it shows
    QString why_;                          ///< it was interrupted; empty: it was not
    double scale_ = 1.0;
    int frames_ = 0, steps_ = 1, frame_ = 0;
    bool showing_ = false;  ///< the film is on the screen
};

}  // namespace anamorph
