// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/controllers/side_by_side_controller.h"
#include "ui/models/selection_model.h"
#include "ui/scenes/layer_settings.h"
#include "ui/views/theme.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace anamorph {

class ColourLegend;
class LinkedSpaces;
class SpacesWidget;

/// Two to four models side by side: each one's map and deformed space, with one colour scale, one
/// selection, linked cameras and one pointer. A window of its own that stays open beside the main one.
class SideBySideWindow : public QDialog {
    Q_OBJECT
public:
    SideBySideWindow(SideBySideController& controller, SiteSelection& selection, QWidget* parent);
    void setTheme(const Theme& theme);
    void setModels(const std::vector<SideBySideModel>& models);
    [[nodiscard]] const QList<SpacesWidget*>& spaces() const { return spaces_; }
    [[nodiscard]] const LayerSettings& layers() const { return layers_; }

Q_SIGNALS:
    /// The model is wanted in the main window.
    void openRequested(const QString& name);

private:
    QWidget* make_bar();
    QWidget* make_cell(const SideBySideModel& model);
    void show_layers();
    void show_busy(bool busy);
    void show_progress(const Progress& progress);

    SideBySideController& controller_;
    SiteSelection& selection_;
    Theme theme_ = Theme::light();
    LayerSettings layers_;
    QComboBox* fill_;
    QCheckBox* sites_;
    QCheckBox* grid_lines_;
    QLabel* message_;
    QProgressBar* bar_;
    QPushButton* cancel_;
    ColourLegend* legend_;
    QGridLayout* cells_;
    LinkedSpaces* links_;
    QList<SpacesWidget*> spaces_;
    QList<QWidget*> frames_;
};

}  // namespace anamorph
