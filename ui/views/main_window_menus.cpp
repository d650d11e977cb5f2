// SPDX-License-Identifier: GPL-3.0-or-later
// The menus of the window and their shortcuts.
#include <numeric>

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QMenuBar>
#include <QScrollArea>
#include <QSettings>

#include "ui/models/sample_files.h"
#include "ui/views/comparison_dialog.h"
#include "ui/views/help_dialogs.h"
#include "ui/views/main_window.h"
#include "ui/views/map_panel.h"
#include "ui/views/side_by_side_window.h"
#include "ui/views/spaces_widget.h"

namespace anamorph {
namespace {

QAction* add_action(QMenu& menu, const QString& text, const QKeySequence& shortcut, const QString& tooltip) {
    QAction* action = menu.addAction(text);
    action->setShortcut(shortcut);
    action->setToolTip(tooltip);
    action->setStatusTip(tooltip);
    return action;
}

}  // namespace

void MainWindow::make_menus() {
    make_file_menu(*menu_bar_->addMenu(tr("&File")));
    make_edit_menu(*menu_bar_->addMenu(tr("&Edit")));
    make_view_menu(*menu_bar_->addMenu(tr("&View")));
    make_model_menu(*menu_bar_->addMenu(tr("&Model")));
    make_help_menu(*menu_bar_->addMenu(tr("&Help")));
    for (int i = 0; i < step_count; ++i) {
        auto* action = new QAction(this);
        action->setShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(i + 1)));
        connect(action, &QAction::triggered, this, [this, i] { showStep(static_cast<Step>(i)); });
        addAction(action);
    }
    enable_actions();
}

void MainWindow::make_file_menu(QMenu& menu) {
    QAction* open = add_action(menu, tr("Open …"), QKeySequence::Open, tr("Open a table or a project"));
    connect(open, &QAction::triggered, this, &MainWindow::choose_file);
    QMenu* recent = menu.addMenu(tr("Open recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] { fill_recent(*recent); });
    QMenu* unsaved = menu.addMenu(tr("Unsaved work"));
    connect(unsaved, &QMenu::aboutToShow, this, [this, unsaved] { fill_unsaved(*unsaved); });
    QMenu* samples = menu.addMenu(tr("Sample data"));
    connect(samples, &QMenu::aboutToShow, this, [this, samples] {
        samples->clear();
        add_samples(*samples);
    });
    menu.addSeparator();
    QAction* save_action = add_action(menu, tr("Save"), QKeySequence::Save, tr("Save the project"));
    connect(save_action, &QAction::triggered, this, &MainWindow::save);
    QAction* save_as_action = add_action(menu, tr("Save as …"), QKeySequence(QStringLiteral("Ctrl+Shift+S")), tr("Save the project under another name"));
    connect(save_as_action, &QAction::triggered, this, &MainWindow::save_as);
    QAction* export_action = add_action(menu, tr("Export …"), QKeySequence(QStringLiteral("Ctrl+E")), tr("Pictures, curves, maps"));
    connect(export_action, &QAction::triggered, this, [this] { showStep(Step::export_results); });
    QAction* close_data = add_action(menu, tr("Close the project"), QKeySequence::Close, tr("Back to the empty window"));
    connect(close_data, &QAction::triggered, this, [this] { leave_current([this] { bench_.session.close(); showStep(Step::data); }); });
    data_actions_ << save_action << save_as_action << export_action << close_data;
    menu.addSeparator();
    QAction* quit = add_action(menu, tr("Quit"), QKeySequence(QStringLiteral("Ctrl+Q")), tr("Leave Anamorph"));
    connect(quit, &QAction::triggered, this, &QWidget::close);
}

void MainWindow::make_edit_menu(QMenu& menu) {
    QAction* all = add_action(menu, tr("Select all sites"), QKeySequence(QStringLiteral("Ctrl+Shift+A")), tr("In both views and the table"));
    connect(all, &QAction::triggered, this, [this] {
        if (!bench_.session.dataset()) return;
        std::vector<Index> rows(static_cast<std::size_t>(bench_.session.dataset()->size()));
        std::iota(rows.begin(), rows.end(), Index(0));
        bench_.selection.select(std::move(rows));
    });
    QAction* none = add_action(menu, tr("Clear the selection"), QKeySequence(QStringLiteral("Ctrl+Shift+D")), tr("No site is selected"));
    connect(none, &QAction::triggered, &bench_.selection, &SiteSelection::clear);
    menu.addSeparator();
    QAction* copy = add_action(menu, tr("Copy both views"), QKeySequence(QStringLiteral("Ctrl+Shift+C")), tr("As a picture, to the clipboard"));
    connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setImage(spaces_->grabSpaces(2.0)); });
    data_actions_ << all << none << copy;
}

void MainWindow::make_view_menu(QMenu& menu) {
    QAction* reset = add_action(menu, tr("Whole map"), QKeySequence(QStringLiteral("Ctrl+0")), tr("Zoom both views to all sites"));
    connect(reset, &QAction::triggered, spaces_, &SpacesWidget::resetView);
    data_actions_ << reset;
    QAction* layers = add_action(menu, tr("Layers"), QKeySequence(QStringLiteral("F9")), tr("Show or hide the column at the right"));
    layers->setCheckable(true);
    layers->setChecked(QSettings().value(QStringLiteral("window/layers"), true).toBool());
    connect(layers, &QAction::toggled, this, [this](bool on) { layers_column_->setVisible(on); });
    QAction* curves = add_action(menu, tr("Curves and tables"), QKeySequence(QStringLiteral("F10")), tr("Show or hide the tabs below"));
    curves->setCheckable(true);
    curves->setChecked(true);
    connect(curves, &QAction::toggled, this, [this](bool on) { curves_->setVisible(on); });
    menu.addSeparator();
    auto* group = new QActionGroup(this);
    const QString chosen = QSettings().value(QStringLiteral("window/theme"), QStringLiteral("system")).toString();
    for (const auto& [name, text] : {std::pair{QStringLiteral("system"), tr("Theme of the desktop")},
                                     {QStringLiteral("light"), tr("Light")}, {QStringLiteral("dark"), tr("Dark")}}) {
        QAction* action = menu.addAction(text);
        action->setCheckable(true);
        action->setChecked(chosen == name);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, theme = name] { setThemeName(theme); });
    }
    QAction* toggle = add_action(menu, tr("Switch light and dark"), QKeySequence(QStringLiteral("Ctrl+Shift+L")), tr("The other theme"));
    connect(toggle, &QAction::triggered, this, [this, group] {
        setThemeName(theme_.dark ? QStringLiteral("light") : QStringLiteral("dark"));
        group->actions().at(theme_.dark ? 2 : 1)->setChecked(true);
    });
    menu.addSeparator();
    const QStringList tabs = {tr("Loss"), tr("Variograms"), tr("Diagnostics"), tr("Models"), tr("Validation"), tr("Data"), tr("Log"), tr("Range"), tr("Warp")};
    for (int i = 0; i < tabs.size(); ++i) {
        QAction* action = add_action(menu, tabs[i], QKeySequence(QStringLiteral("Alt+%1").arg(i + 1)), tr("Show this tab"));
        connect(action, &QAction::triggered, this, [this, i, curves] {
            curves->setChecked(true);
            showTab(static_cast<CurvesTabs::Tab>(i));
        });
        if (static_cast<CurvesTabs::Tab>(i) == CurvesTabs::Tab::warp) warp_action_ = action;
    }
    warp_action_->setObjectName(QStringLiteral("showWarp"));
    menu.setToolTipsVisible(true);
}

void MainWindow::make_model_menu(QMenu& menu) {
    train_action_ = add_action(menu, tr("Train"), QKeySequence(QStringLiteral("Ctrl+T")), tr("Estimate deformation and covariance"));
    connect(train_action_, &QAction::triggered, this, [this] {
        showStep(Step::train);
        bench_.training.train();
    });
    QAction* pause = add_action(menu, tr("Pause or resume"), QKeySequence(QStringLiteral("Ctrl+Space")), tr("Wait after this iteration"));
    connect(pause, &QAction::triggered, this, [this] { bench_.training.setPaused(!bench_.training.isPaused()); });
    QAction* stop = add_action(menu, tr("Stop, keep best"), QKeySequence(QStringLiteral("Ctrl+.")), tr("End training and keep the best iterate"));
    connect(stop, &QAction::triggered, &bench_.training, &TrainingController::stopKeepBest);
    QAction* cancel = add_action(menu, tr("Cancel training"), QKeySequence(QStringLiteral("Esc")), tr("End training and discard it"));
    connect(cancel, &QAction::triggered, &bench_.training, &TrainingController::cancel);
    training_actions_ << pause << stop << cancel;
    menu.addSeparator();
    QAction* predict = add_action(menu, tr("Predict the map"), QKeySequence(QStringLiteral("Ctrl+P")), tr("Of the model that is shown, on the grid of the step Map"));
    connect(predict, &QAction::triggered, this, [this] { map_panel_->predict(); });
    fit_actions_ << predict;
    QAction* validate = add_action(menu, tr("Compare models …"), QKeySequence(QStringLiteral("Ctrl+Shift+V")), tr("By cross-validation"));
    connect(validate, &QAction::triggered, this, [this] { showStep(Step::validate); });
    data_actions_ << validate;
    QAction* approximations = add_action(menu, tr("Compare approximations …"), QKeySequence(QStringLiteral("Ctrl+Shift+B")), tr("Exact, Vecchia, tapering, predictive process and SPDE side by side, at the model that is shown"));
    connect(approximations, &QAction::triggered, this, &MainWindow::show_comparison);
    fit_actions_ << approximations;
    QAction* classes = add_action(menu, tr("Fitted classes"), QKeySequence(QStringLiteral("Ctrl+M")), tr("Every class that was fitted, and its standing"));
    connect(classes, &QAction::triggered, this, [this] { showTab(CurvesTabs::Tab::models); });
    fit_actions_ << classes;
}

void MainWindow::show_comparison() {
    if (!comparison_) {
        comparison_ = new ComparisonDialog(bench_.session, bench_.comparison, this);
        comparison_->setTheme(theme_);
    }
    comparison_->show();
    comparison_->raise();
    comparison_->activateWindow();
}

void MainWindow::show_side_by_side(const QStringList& names) {
    if (!side_by_side_) {
        side_by_side_ = new SideBySideWindow(bench_.side_by_side, bench_.selection, this);
        side_by_side_->setTheme(theme_);
        connect(side_by_side_, &SideBySideWindow::openRequested, &bench_.session, &Session::openCompared);
        connect(&bench_.session, &Session::datasetChanged, side_by_side_, [this] {
            side_by_side_->setModels({});
            side_by_side_->hide();
        });
    }
    bench_.side_by_side.show(names);
    side_by_side_->show();
    side_by_side_->raise();
    side_by_side_->activateWindow();
}

void MainWindow::make_help_menu(QMenu& menu) {
    QAction* glossary = add_action(menu, tr("Glossary"), QKeySequence(Qt::Key_F1), tr("The words of this program, each in a sentence"));
    connect(glossary, &QAction::triggered, this, [this] { show_glossary(this); });
    QAction* keys = add_action(menu, tr("Keyboard and mouse"), QKeySequence(QStringLiteral("Ctrl+/")), tr("All shortcuts"));
    connect(keys, &QAction::triggered, this, [this] { show_shortcuts(this, *menu_bar_); });
    menu.addSeparator();
    QAction* about = add_action(menu, tr("About Anamorph"), {}, tr("Version and licence"));
    connect(about, &QAction::triggered, this, [this] { show_about(this); });
}

void MainWindow::add_samples(QMenu& menu) {
    const auto samples = sample_files(sample_folder());
    for (const SampleFile& sample : samples) {
        QAction* action = menu.addAction(sample.title);
        action->setToolTip(sample.description);
        connect(action, &QAction::triggered, this, [this, path = sample.path] { openFile(path); });
    }
    menu.setToolTipsVisible(true);
    if (samples.isEmpty()) menu.addAction(tr("No sample data are installed"))->setEnabled(false);
}

void MainWindow::show_samples_menu() {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    add_samples(*menu);
    menu->popup(QCursor::pos());
}

void MainWindow::fill_recent(QMenu& menu) {
    menu.clear();
    for (const QString& path : QSettings().value(QStringLiteral("recentFiles")).toStringList()) {
        if (!QFileInfo::exists(path)) continue;
        QAction* action = menu.addAction(QFileInfo(path).fileName());
        action->setToolTip(path);
        connect(action, &QAction::triggered, this, [this, path] { openFile(path); });
    }
    menu.setToolTipsVisible(true);
    if (menu.isEmpty()) menu.addAction(tr("Nothing was opened yet"))->setEnabled(false);
}

void MainWindow::enable_actions() {
    const bool training = bench_.training.isTraining();
    for (QAction* action : data_actions_) action->setEnabled(bench_.session.dataset() != nullptr);
    for (QAction* action : fit_actions_) action->setEnabled(bench_.session.fit() != nullptr);
    for (QAction* action : training_actions_) action->setEnabled(training);
    const bool on_line = curves_->has(CurvesTabs::Tab::warp);
    const QString warp = on_line ? tr("How data on a line are stretched and squeezed: f(x) and its slope")
                         : bench_.session.dataset() ? tr("These data have two or three coordinates in space: the warp is drawn of data on a line")
                                                    : tr("The warp is drawn of data on a line; no data are open");
    warp_action_->setEnabled(on_line);
    warp_action_->setToolTip(warp);
    warp_action_->setStatusTip(warp);
    if (train_action_)
        train_action_->setEnabled(!training && bench_.session.dataset() && bench_.session.problems().isEmpty());
}

}  // namespace anamorph
