// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/layers_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/space_scene.h"
#include "ui/views/colour_legend.h"
#include "ui/views/realisation_player.h"
#include "ui/views/spaces_widget.h"

namespace anamorph {
namespace {

QLabel* section(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", "section");
    label->setFont(theme_font(11.0, true));
    return label;
}

QLabel* muted(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", "muted");
    label->setFont(theme_font(11.0));
    label->setWordWrap(true);
    return label;
}

}  // namespace

LayersPanel::LayersPanel(QWidget* parent) : QWidget(parent) {
    setMinimumWidth(172);
    auto* layout = new QVBoxLayout(this);
    // With simulations there are many rows: the legend must still be seen in a low window.
    layout->setContentsMargins(12, 10, 12, 12);
    layout->setSpacing(4);
    layout->addWidget(section(tr("LAYERS")));
    sites_ = addBox(tr("Sites"), tr("Where measurements were taken, coloured by their value."));
    grid_ = addBox(tr("Grid warp"), tr("A regular geographic grid: straight on the left; on the right bent "
                                       "by the deformation, so that cells show how it stretches space."));
    grid_colour_ = addBox(tr("by log|det J|"),
                          tr("Colours the grid lines by how much the deformation enlarges (red) or "
                             "shrinks (blue) areas."));
    prediction_ = addBox(tr("Prediction"), tr("The kriging mean: the best linear prediction at each cell."));
    sd_ = addBox(tr("Standard deviation"),
                 tr("The kriging standard deviation: how far the truth may lie from the prediction."));
    further_ = addBox(tr("More of the map"),
                      tr("Values that are not exceeded with a given probability, probabilities of exceeding a "
                         "threshold, and the local range with its uncertainty: chosen in the step Map before it is "
                         "predicted."));
    which_further_ = new QComboBox;
    which_further_->setAccessibleName(tr("Quantile, probability or local range"));
    which_further_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    layout->addWidget(which_further_);
    log_det_ = addBox(tr("log|det J|"), tr("Logarithm of the factor by which the deformation enlarges a small "
                                           "area: positive where correlation is shorter than on average."));
    realisation_ = addBox(tr("Realisation"), tr("One conditional simulation: a field that agrees with the data and varies between the sites as the model says, as rough as the truth may be."));
    player_ = new RealisationPlayer;
    layout->addWidget(player_);
    simulation_mean_ = addBox(tr("Simulated mean"), tr("At each cell, over all simulations; with many of them it is the prediction."));
    simulation_sd_ = addBox(tr("Simulated std. dev."), tr("At each cell, over all simulations; with many of them it is the standard deviation of the prediction."));
    simulation_further_ = addBox(tr("Of simulations"),
                                 tr("Quantiles of the simulations, and the share of them above a threshold: as given in the step Map before they are drawn."));
    simulation_further_->setObjectName(QStringLiteral("simulatedLayers"));
    which_simulated_ = new QComboBox;
    which_simulated_->setObjectName(QStringLiteral("simulatedLayer"));
    which_simulated_->setAccessibleName(tr("Quantile or share of the simulations"));
    which_simulated_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    layout->addWidget(which_simulated_);
    ellipses_ = addBox(tr("Local ellipses"), tr("Directions and distances at which correlation falls to 0.05. In "
                                                "deformed space they become circles."));
    probe_ = addBox(tr("Correlation probe"), tr("Point at the map: contours of the correlation with that point, at "
                                                "0.9, 0.7, 0.5, 0.3 and 0.1."));
    ellipse_note_ = muted({});
    layout->addWidget(ellipse_note_);

    layout->addSpacing(6);
    legend_ = new ColourLegend(104);
    layout->addWidget(legend_);
    colours_ = new QComboBox;
    colours_->addItem(QStringLiteral("Viridis"), static_cast<int>(ColourMap::viridis));
    colours_->addItem(QStringLiteral("Cividis"), static_cast<int>(ColourMap::cividis));
    colours_->addItem(tr("Blue to red"), static_cast<int>(ColourMap::diverging));
    colours_->setToolTip(tr("Viridis and cividis have equal steps to the eye, cividis also to colour-blind "
                            "eyes. Blue to red suits values around zero."));
    colours_->setAccessibleName(tr("Colour map"));
    layout->addWidget(colours_);
    layout->addSpacing(4);
    grid_legend_ = new ColourLegend(84);
    layout->addWidget(grid_legend_);

    layout->addSpacing(6);
    morph_title_ = section(tr("MORPH"));
    layout->addWidget(morph_title_);
    morph_ = new QSlider(Qt::Horizontal);
    morph_->setRange(0, 100);
    morph_->setToolTip(tr("Moves the right view between geographic and deformed space."));
    morph_->setAccessibleName(tr("Morph"));
    layout->addWidget(morph_);
    morph_ends_ = new QWidget;
    auto* ends = new QHBoxLayout(morph_ends_);
    ends->setContentsMargins(0, 0, 0, 0);
    auto* left = muted(tr("geographic"));
    auto* right = muted(tr("deformed"));
    left->setWordWrap(false);
    right->setWordWrap(false);
    ends->addWidget(left);
    ends->addStretch();
    ends->addWidget(right);
    layout->addWidget(morph_ends_);
    layout->addStretch();

    const auto flag = [this](QCheckBox* box, bool LayerSettings::*member) {
        connect(box, &QCheckBox::toggled, this, [this, member](bool on) {
            if (showing_) return;
            layers_.*member = on;
            changed();
        });
    };
    flag(sites_, &LayerSettings::sites);
    flag(grid_, &LayerSettings::grid);
    flag(grid_colour_, &LayerSettings::grid_by_log_det);
    flag(ellipses_, &LayerSettings::ellipses);
    flag(probe_, &LayerSettings::probe);
    connect(prediction_, &QCheckBox::toggled, this, [this](bool on) { chooseFill(Fill::prediction, on); });
    connect(sd_, &QCheckBox::toggled, this, [this](bool on) { chooseFill(Fill::standard_deviation, on); });
    connect(log_det_, &QCheckBox::toggled, this, [this](bool on) { chooseFill(Fill::log_det, on); });
    connect(further_, &QCheckBox::toggled, this, [this](bool on) { chooseFill(Fill::further, on); });
    connect(which_further_, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (showing_ || index < 0) return;
        layers_.further = index;
        layers_.fill = Fill::further;
        changed();
    });
    connect(realisation_, &QCheckBox::toggled, this, [this](bool on) { chooseFill(Fill::realisation, on); });
    connect(simulation_mean_, &QCheckBox::toggled, this, [this](bool on) { chooseFill(Fill::simulation_mean, on); });
    connect(simulation_sd_, &QCheckBox::toggled, this, [this](bool on) { chooseFill(Fill::simulation_sd, on); });
    connect(simulation_further_, &QCheckBox::toggled, this, [this](bool on) { chooseFill(Fill::simulation_further, on); });
    connect(which_simulated_, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (showing_ || index < 0) return;
        layers_.simulation_further = index;
        layers_.fill = Fill::simulation_further;
        changed();
    });
    connect(player_, &RealisationPlayer::chosen, this, [this](int index, double passage) {
        if (showing_) return;
        layers_.realisation = index;
        layers_.passage = passage;
        layers_.fill = Fill::realisation;
        changed();
    });
    connect(colours_, &QComboBox::currentIndexChanged, this, [this] {
        if (showing_) return;
        layers_.colours = static_cast<ColourMap>(colours_->currentData().toInt());
        changed();
    });
    connect(morph_, &QSlider::valueChanged, this, [this](int value) {
        if (showing_) return;
        layers_.morph = value / 100.0;
        changed();
    });
    showLayers();
    setSnapshot(nullptr);
}

QCheckBox* LayersPanel::addBox(const QString& text, const QString& tip) {
    auto* box = new QCheckBox(text);
    box->setToolTip(tip);
    if (text.startsWith(QLatin1String("by "))) {
        auto* indented = new QHBoxLayout;
        indented->setContentsMargins(22, 0, 0, 0);
        indented->addWidget(box);
        static_cast<QVBoxLayout*>(layout())->addLayout(indented);
    } else {
        layout()->addWidget(box);
    }
    return box;
}

void LayersPanel::attach(SpacesWidget* spaces) {
    connect(this, &LayersPanel::layersChanged, spaces, &SpacesWidget::setLayers);
    connect(spaces, &SpacesWidget::snapshotChanged, this, [this, spaces] { setSnapshot(spaces->snapshot()); });
    spaces->setLayers(layers_);
    setSnapshot(spaces->snapshot());
}

void LayersPanel::setLayers(const LayerSettings& layers) {
    if (layers == layers_) return;
    layers_ = layers;
    changed();
}

void LayersPanel::chooseFill(Fill fill, bool on) {
    if (showing_) return;
    layers_.fill = on ? fill : Fill::none;  // one fill at a time
    changed();
}

void LayersPanel::changed() {
    showLayers();
    showLegends();
    Q_EMIT layersChanged(layers_);
}

void LayersPanel::showLayers() {
    showing_ = true;
    sites_->setChecked(layers_.sites);
    grid_->setChecked(layers_.grid);
    grid_colour_->setChecked(layers_.grid_by_log_det);
    grid_colour_->setVisible(layers_.grid);
    prediction_->setChecked(layers_.fill == Fill::prediction);
    sd_->setChecked(layers_.fill == Fill::standard_deviation);
    log_det_->setChecked(layers_.fill == Fill::log_det);
    further_->setChecked(layers_.fill == Fill::further);
    if (layers_.further < which_further_->count()) which_further_->setCurrentIndex(layers_.further);
    which_further_->setToolTip(which_further_->currentText());
    realisation_->setChecked(layers_.fill == Fill::realisation);
    simulation_mean_->setChecked(layers_.fill == Fill::simulation_mean);
    simulation_sd_->setChecked(layers_.fill == Fill::simulation_sd);
    player_->setCurrent(layers_.realisation, layers_.passage);
    simulation_further_->setChecked(layers_.fill == Fill::simulation_further);
    if (layers_.simulation_further < which_simulated_->count()) which_simulated_->setCurrentIndex(layers_.simulation_further);
    if (layers_.fill != Fill::realisation) player_->stop();
    ellipses_->setChecked(layers_.ellipses);
    probe_->setChecked(layers_.probe);
    colours_->setCurrentIndex(colours_->findData(static_cast<int>(layers_.colours)));
    morph_->setValue(static_cast<int>(std::lround(100.0 * layers_.morph)));
    showing_ = false;
}

void LayersPanel::showLegends() {
    const bool is_planar = snapshot_ && snapshot_->dimension > 1;
    legend_->setVisible(is_planar);
    colours_->setVisible(is_planar);
    const bool log_det_fills = layers_.fill == Fill::log_det && snapshot_ && snapshot_->has_map;
    colours_->setEnabled(!log_det_fills);
    if (is_planar) legend_->setScale(colour_scale_of(*snapshot_, layers_));
    const bool grid_coloured = snapshot_ && layers_.grid && layers_.grid_by_log_det && !log_det_fills;
    grid_legend_->setVisible(grid_coloured);
    if (grid_coloured) grid_legend_->setScale(log_det_scale_of(*snapshot_));
    const bool scaled = snapshot_ && layers_.ellipses && !snapshot_->ellipses.outlines.empty();
    ellipse_note_->setVisible(scaled);
    if (scaled)
        ellipse_note_->setText(tr("Ellipses at %1 % of their size")
                                   .arg(QString::number(100.0 * snapshot_->ellipses.scale, 'g', 2)));
}

void LayersPanel::enableBoxes() {
    const bool any = snapshot_ != nullptr;
    const bool model = any && snapshot_->has_model, map = any && snapshot_->has_map;
    sites_->setEnabled(any);
    grid_->setEnabled(any);
    grid_colour_->setEnabled(model);
    prediction_->setEnabled(map);
    sd_->setEnabled(map);
    log_det_->setEnabled(map || (model && snapshot_->dimension == 1));
    ellipses_->setEnabled(model && snapshot_->dimension == 2);
    probe_->setEnabled(model && snapshot_->dimension == 2);
    morph_->setEnabled(model);
}

void LayersPanel::showSimulations() {
    const int count = snapshot_ && snapshot_->simulations ? snapshot_->simulations->count() : 0;
    for (QWidget* part : std::initializer_list<QWidget*>{realisation_, player_, simulation_mean_, simulation_sd_})
        part->setVisible(count > 0);
    simulation_sd_->setEnabled(count > 1);
    player_->setCount(count);
    QStringList titles;
    if (count > 0)
        for (const FurtherLayer& layer : snapshot_->simulations->further) titles << QString::fromStdString(layer.title(snapshot_->value_unit));
    simulation_further_->setVisible(!titles.isEmpty());
    which_simulated_->setVisible(!titles.isEmpty());
    {
        const QSignalBlocker blocker(which_simulated_);
        which_simulated_->clear();
        which_simulated_->addItems(titles);
        if (layers_.simulation_further >= titles.size()) layers_.simulation_further = 0;
        which_simulated_->setCurrentIndex(titles.isEmpty() ? -1 : layers_.simulation_further);
    }
    if (titles.isEmpty() && layers_.fill == Fill::simulation_further && count > 0) {
        layers_.fill = Fill::realisation;  // these were drawn without
        changed();
    }
    if (count > 0 || !is_of_simulations(layers_.fill)) return;
    layers_.fill = Fill::prediction;  // their simulations are gone
    layers_.realisation = 0;
    layers_.passage = 0.0;
    changed();
}

/// The map's quantiles and probabilities; hidden where it has none.
void LayersPanel::listFurther() {
    QStringList titles;
    if (snapshot_ && snapshot_->grid_map)
        for (const FurtherLayer& layer : snapshot_->grid_map->further)
            titles << QString::fromStdString(layer.title(snapshot_->value_unit));
    further_->setVisible(!titles.isEmpty());
    which_further_->setVisible(!titles.isEmpty());
    QStringList shown;
    for (int k = 0; k < which_further_->count(); ++k) shown << which_further_->itemText(k);
    if (shown != titles) {
        const QSignalBlocker blocker(which_further_);
        which_further_->clear();
        which_further_->addItems(titles);
        which_further_->setCurrentIndex(std::min<int>(layers_.further, static_cast<int>(titles.size()) - 1));
    }
    const bool model = snapshot_ && snapshot_->has_model;
    if (layers_.further < std::max<int>(1, static_cast<int>(titles.size())) &&
        (layers_.fill != Fill::further || !titles.isEmpty() || !model))
        return;
    layers_.further = 0;  // another map, with fewer layers
    if (titles.isEmpty() && layers_.fill == Fill::further) layers_.fill = Fill::prediction;
    changed();
}

void LayersPanel::setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot) {
    snapshot_ = std::move(snapshot);
    listFurther();
    showSimulations();
    enableBoxes();
    showLegends();
}

void LayersPanel::setTheme(const Theme& theme) {
    legend_->setTheme(theme);
    grid_legend_->setTheme(theme);
}

}  // namespace anamorph
