// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/film_export.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/scenes/simulation_layer.h"
#include "ui/views/layers_panel.h"
#include "ui/views/realisation_player.h"
#include "ui/views/spaces_widget.h"

namespace anamorph {
namespace {

constexpr int film_frame_ms = 50;
constexpr int most_frames = 900;
constexpr int look_ms = 4;  ///< between looks whether the writer takes another frame

/// Frames from one simulation to the next.
int steps_of(const RealisationPlayer& player, int simulations) {
    if (!player.isSmooth() || simulations < 2) return 1;
    return std::max(2, static_cast<int>(std::lround(1000.0 * player.secondsEach() / film_frame_ms)));
}

}  // namespace

FilmExport::FilmExport(SpacesWidget* spaces, LayersPanel* layers, QObject* parent)
    : QObject(parent), spaces_(spaces), layers_(layers) {
    timer_.setInterval(look_ms);
    connect(&timer_, &QTimer::timeout, this, &FilmExport::addFrame);
    connect(&writer_, &FilmWriter::progressed, this, &FilmExport::progressed);
    connect(&writer_, &FilmWriter::written, this, &FilmExport::written);
    connect(&writer_, &FilmWriter::failed, this, &FilmExport::failed);
    connect(&writer_, &FilmWriter::cancelled, this, [this] {
        Q_EMIT cancelled();
        if (!why_.isEmpty()) Q_EMIT interrupted(why_);
    });
    connect(&writer_, &FilmWriter::finished, this, [this] {
        end();
        draws_.reset();
        Q_EMIT finished();
    });
}

FilmRequest FilmExport::request(const QString& path, bool frames) const {
    FilmRequest request;
    request.path = path;
    request.as_frames = frames;
    const auto snapshot = spaces_->snapshot();
    if (!snapshot || !snapshot->simulations) return request;
    const RealisationPlayer& player = *layers_->player();
    const int steps = steps_of(player, snapshot->simulations->count());
    request.frames = steps * std::min(snapshot->simulations->count(), std::max(1, most_frames / steps));
    request.frame_ms = steps > 1 ? film_frame_ms : static_cast<int>(1000.0 * player.secondsEach());
    return request;
}

void FilmExport::start(const QString& path, double scale, bool frames) {
    const FilmRequest film = request(path, frames);
    if (isBusy() || film.frames == 0) return;
    layers_->player()->stop();
    scale_ = scale;
    frame_ = 0;
    frames_ = film.frames;
    draws_ = spaces_->snapshot()->simulations->draws;
    why_.clear();
    steps_ = steps_of(*layers_->player(), static_cast<int>(draws_->cols()));
    before_ = layers_->layers();
    showing_ = true;
    writer_.start(film);
    timer_.start();
}

void FilmExport::addFrame() {
    const auto snapshot = spaces_->snapshot();
    if (!snapshot || !snapshot->simulations)
        return interrupt(tr("Its simulations are no longer shown: a training began, or another model, time or "
                            "realisation was chosen. Export it again once simulations are shown."));
    if (snapshot->simulations->draws != draws_)
        return interrupt(tr("Other simulations were drawn while it was written. Export it again to have those."));
    if (!writer_.hasRoom()) return;
    LayerSettings shown = layers_->layers();  // colours, say, may be changed meanwhile
    shown.fill = Fill::realisation;
    shown.realisation = frame_ / steps_;
    shown.passage = static_cast<double>(frame_ % steps_) / steps_;
    layers_->setLayers(shown);
    writer_.add(spaces_->grabSpaces(scale_));
    if (++frame_ == frames_) end();
}

/// What filled the maps before fills them again, if it still can.
void FilmExport::end() {
    timer_.stop();
    if (!std::exchange(showing_, false)) return;
    LayerSettings layers = layers_->layers();
    const auto snapshot = spaces_->snapshot();
    const bool gone = is_of_simulations(before_.fill) && !(snapshot && snapshot->simulations);
    layers.fill = gone ? Fill::prediction : before_.fill;
    layers.realisation = gone ? 0 : before_.realisation;
    layers.passage = gone ? 0.0 : before_.passage;
    layers_->setLayers(layers);
}

void FilmExport::interrupt(const QString& why) {
    why_ = why;
    cancel();
}

void FilmExport::cancel() {
    end();
    writer_.cancel();
}

}  // namespace anamorph
