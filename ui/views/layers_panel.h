// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QWidget>

#include "ui/scenes/layer_settings.h"
#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/theme.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QSlider;

namespace anamorph {

class ColourLegend;
class RealisationPlayer;
class SpacesWidget;

/// The right column: which layers are drawn, their colours with legends, and the morph between the
/// spaces.
class LayersPanel : public QWidget {
    Q_OBJECT
public:
    explicit LayersPanel(QWidget* parent = nullptr);

    /// Connects both ways: layers to the spaces, snapshots to the legends.
    void attach(SpacesWidget* spaces);
    [[nodiscard]] const LayerSettings& layers() const { return layers_; }
    void setLayers(const LayerSettings& layers);  ///< emits layersChanged if they differ
    /// Legends and which layers can be had; null: no data.
    void setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot);
    void setTheme(const Theme& theme);

    [[nodiscard]] QCheckBox* siteBox() const { return sites_; }
    [[nodiscard]] QCheckBox* gridBox() const { return grid_; }
    [[nodiscard]] QCheckBox* predictionBox() const { return prediction_; }
    [[nodiscard]] QCheckBox* standardDeviationBox() const { return sd_; }
    [[nodiscard]] QCheckBox* furtherBox() const { return further_; }
    [[nodiscard]] QComboBox* furtherChoice() const { return which_further_; }
    [[nodiscard]] QCheckBox* logDetBox() const { return log_det_; }
    [[nodiscard]] QCheckBox* realisationBox() const { return realisation_; }
    [[nodiscard]] QComboBox* simulatedLayerChoice() const { return which_simulated_; }
    [[nodiscard]] RealisationPlayer* player() const { return player_; }
    [[nodiscard]] QSlider* morphSlider() const { return morph_; }
    [[nodiscard]] ColourLegend* legend() const { return legend_; }

Q_SIGNALS:
    void layersChanged(const anamorph::LayerSettings& layers);

private:
    QCheckBox* addBox(const QString& text, const QString& tip);
    void chooseFill(Fill fill, bool on);
    void showLayers();
    void showLegends();
    void enableBoxes();
    void showSimulations();
    void listFurther();
    void changed();

    LayerSettings layers_;
    std::shared_ptr<const SpacesSnapshot> snapshot_;
    QCheckBox *sites_, *grid_, *grid_colour_, *prediction_, *sd_, *log_det_, *ellipses_, *probe_;
    QCheckBox *realisation_, *simulation_mean_, *simulation_sd_, *simulation_further_;
    QComboBox* which_simulated_;
    RealisationPlayer* player_;
    QCheckBox* further_;
    QComboBox* which_further_;
    QComboBox* colours_;
    ColourLegend *legend_, *grid_legend_;
    QSlider* morph_;
    QLabel *ellipse_note_, *morph_title_;
    QWidget* morph_ends_;
    bool showing_ = false;
};

}  // namespace anamorph
