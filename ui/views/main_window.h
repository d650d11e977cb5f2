// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include <QMainWindow>

#include "ui/controllers/workbench.h"
#include "ui/scenes/layer_settings.h"
#include "ui/views/curves_tabs.h"
#include "ui/views/steps_panel.h"
#include "ui/views/theme.h"

class QAction;
class QLabel;
class QMenu;
class QMenuBar;
class QSplitter;

namespace anamorph {

class Banner;
class BottomBar;
class ComparisonDialog;
class ExplorePanel;
class ExportPanel;
class FilmExport;
class LayersPanel;
class MapPanel;
class SideBySideWindow;
class SpacesWidget;
class TrainPanel;

/// The window: lays out the steps, both spaces, layers, curves and bars, and connects them with the
/// workbench. It owns no job, no data and no algorithm.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(Workbench& bench, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Any file: a project opens, a table opens in the import dialog.
    void openFile(const QString& path);
    /// As openFile, but a table opens with guessed columns and without a dialog.
    void openDirectly(const QString& path);
    /// Offers what an earlier run of the program left unsaved, if there is something and nothing else
    /// is offered.
    void offerUnsavedWork();
    void saveTo(const QString& path);
    /// The film of the shown simulations; asks before frames that are there are replaced.
    void writeFilm(const QString& path, double scale, bool frames);
    void showStep(Step step);
    void showTab(CurvesTabs::Tab tab);
    /// "light", "dark" or "system".
    void setThemeName(const QString& name);

    [[nodiscard]] Banner* banner() const { return banner_; }
    [[nodiscard]] SpacesWidget* spaces() const { return spaces_; }
    [[nodiscard]] CurvesTabs* curves() const { return curves_; }
    [[nodiscard]] LayersPanel* layers() const { return layers_; }
    [[nodiscard]] StepsPanel* steps() const { return steps_; }
    [[nodiscard]] FilmExport* film() const { return film_; }
    /// Null until models were looked at side by side.
    [[nodiscard]] SideBySideWindow* sideBySide() const { return side_by_side_; }
    [[nodiscard]] QString viewState() const;

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    // layout: main_window.cpp
    QWidget* make_top_bar();
    void make_panels();
    void restore_layout();
    void remember_layout() const;
    /// The tabs get a third of the height, where they have less.
    void make_room_for_table();
    void restore_view_state(const QString& json);
    void apply(const Theme& theme);
    // menus: main_window_menus.cpp
    void make_menus();
    void make_file_menu(QMenu& menu);
    void make_edit_menu(QMenu& menu);
    void make_view_menu(QMenu& menu);
    void make_model_menu(QMenu& menu);
    void make_help_menu(QMenu& menu);
    void add_samples(QMenu& menu);
    void fill_recent(QMenu& menu);
    void fill_unsaved(QMenu& menu);
    void open_unsaved(const QString& copy);
    void enable_actions();
    void show_comparison();
    void show_side_by_side(const QStringList& names);
    // connections: main_window_connections.cpp
    void connect_session();
    void connect_training();
    void connect_jobs();
    void connect_panels();
    void connect_regions();
    void show_status();
    void show_steps();
    void show_facts();
    void offer_to_continue();
    void show_samples_menu();
    // files: main_window_files.cpp
    void choose_file();
    void choose_raster();
    void choose_region_layer();
    void import_table(const QString& path);
    void save();
    void save_as();
    void export_views(double scale);
    void export_curve(CurvesTabs::Tab tab);
    void export_csv();
    void export_geotiff();
    void export_simulations();
    void export_film(double scale);
    void remember_recent(const QString& path);
    [[nodiscard]] QString suggested_path(const QString& ending) const;
    /// Calls `then` at once if nothing would be lost, else after the user has decided.
    void leave_current(const std::function<void()>& then);
    void ask_while_training();

    Workbench& bench_;
    Theme theme_ = Theme::light();
    QString theme_name_;
    QMenuBar* menu_bar_;
    QLabel* title_;
    QLabel* status_;
    StepsPanel* steps_;
    SpacesWidget* spaces_;
    LayersPanel* layers_;
    QWidget* layers_column_;
    CurvesTabs* curves_;
    BottomBar* bottom_;
    Banner* banner_;
    QSplitter* vertical_;
    TrainPanel* train_panel_;
    ExplorePanel* explore_panel_;
    MapPanel* map_panel_;
    ExportPanel* export_panel_;
    FilmExport* film_;
    ComparisonDialog* comparison_ = nullptr;  ///< made when it is first asked for
    SideBySideWindow* side_by_side_ = nullptr;  ///< likewise
    QList<QAction*> data_actions_, fit_actions_, training_actions_;
    QAction* train_action_ = nullptr;
    QAction* warp_action_ = nullptr;
    QString job_name_;
    std::optional<LayerSettings> wanted_layers_;  ///< shown as soon as there is a picture of them
    std::function<void()> after_save_;
    QString opening_copy_;  ///< the copy of unsaved work that is being read
    bool discarding_ = false;  ///< the changes are being given up
    bool leaving_ = false;     ///< … and the window closed without them
    bool closing_ = false;  ///< the user has decided: close when the training has ended
};

}  // namespace anamorph
