// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/main_window.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QMenuBar>
#include <QScrollArea>
#include <QSettings>
#include <QSplitter>
#include <QVBoxLayout>

#include "ui/views/banner.h"
#include "ui/views/bottom_bar.h"
#include "ui/views/comparison_dialog.h"
#include "ui/views/data_panel.h"
#include "ui/views/explore_panel.h"
#include "ui/views/export_panel.h"
#include "ui/views/film_export.h"
#include "ui/views/layers_panel.h"
#include "ui/views/map_panel.h"
#include "ui/views/model_panel.h"
#include "ui/views/panel_parts.h"
#include "ui/views/side_by_side_window.h"
#include "ui/views/spaces_widget.h"
#include "ui/views/realisation_selector.h"
#include "ui/views/time_slider.h"
#include "ui/views/train_panel.h"
#include "ui/views/validate_panel.h"

namespace anamorph {
namespace {

constexpr int steps_width = 248;
constexpr int layers_width = 196;

}  // namespace

MainWindow::MainWindow(Workbench& bench, QWidget* parent) : QMainWindow(parent), bench_(bench) {
    setWindowIcon(QIcon(QStringLiteral(":/icons/anamorph.svg")));
    setAcceptDrops(true);
    setMinimumSize(1080, 680);
    resize(1440, 900);
    auto* centre = new QWidget;
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(make_top_bar());
    column->addWidget(horizontal_hairline());

    steps_ = new StepsPanel;
    steps_->setFixedWidth(steps_width);
    spaces_ = new SpacesWidget;
    spaces_->setSelection(&bench_.selection);
    layers_ = new LayersPanel;
    layers_->attach(spaces_);
    film_ = new FilmExport(spaces_, layers_, this);
    auto* layers_scroll = new QScrollArea;
    layers_scroll->setObjectName(QStringLiteral("panelScroll"));
    layers_scroll->setFrameShape(QFrame::NoFrame);
    layers_scroll->setWidgetResizable(true);
    layers_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    layers_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    layers_scroll->setWidget(layers_);
    layers_scroll->setFixedWidth(layers_width);
    layers_column_ = layers_scroll;
    banner_ = new Banner;
    curves_ = new CurvesTabs(bench_.session, bench_.selection, bench_.range_profile);
    connect(spaces_, &SpacesWidget::snapshotChanged, this, [this] { curves_->setSnapshot(spaces_->snapshot()); });
    bottom_ = new BottomBar;

    auto* views = new QWidget;
    auto* views_column = new QVBoxLayout(views);
    views_column->setContentsMargins(0, 0, 0, 0);
    views_column->setSpacing(0);
    auto* views_row = new QHBoxLayout;
    views_row->setSpacing(0);
    views_row->addWidget(spaces_, 1);
    views_row->addWidget(vertical_hairline());
    views_row->addWidget(layers_column_);
    views_column->addWidget(banner_);
    views_column->addLayout(views_row, 1);
    views_column->addWidget(new TimeSlider(bench_.session));
    views_column->addWidget(new RealisationSelector(bench_.session));

    vertical_ = new QSplitter(Qt::Vertical);
    vertical_->setHandleWidth(1);
    vertical_->setChildrenCollapsible(false);
    vertical_->addWidget(views);
    vertical_->addWidget(curves_);
    vertical_->setStretchFactor(0, 1);
    vertical_->setStretchFactor(1, 0);

    auto* body = new QHBoxLayout;
    body->setSpacing(0);
    body->addWidget(steps_);
    body->addWidget(vertical_hairline());
    body->addWidget(vertical_, 1);
    column->addLayout(body, 1);
    column->addWidget(horizontal_hairline());
    column->addWidget(bottom_);
    setCentralWidget(centre);

    make_panels();
    make_menus();
    connect_session();
    connect_training();
    connect_jobs();
    connect_panels();
    restore_layout();
    apply(theme_);  // once more: widgets take the font only where it is set under a style sheet
    show_steps();
    show_status();
}

MainWindow::~MainWindow() {
    // Jobs that end while the window is taken apart must not call into it.
    for (QObject* sender : std::initializer_list<QObject*>{&bench_.session, &bench_.selection, &bench_.files,
                                                           &bench_.pictures, &bench_.training,
                                                           &bench_.prediction, &bench_.simulation,
                                                           &bench_.validation, &bench_.comparison,
                                                           &bench_.side_by_side, &bench_.range_profile, &bench_.regions})
        sender->disconnect(this);
}

QWidget* MainWindow::make_top_bar() {
    auto* bar = new QWidget;
    bar->setObjectName(QStringLiteral("topBar"));
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(34);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(14, 0, 16, 0);
    row->setSpacing(16);
    auto* name = new QLabel(QStringLiteral("Anamorph"));
    name->setFont(theme_font(14.0, true));
    title_ = new QLabel;
    title_->setObjectName(QStringLiteral("projectTitle"));
    title_->setProperty("role", QStringLiteral("muted"));
    menu_bar_ = new QMenuBar;
    menu_bar_->setNativeMenuBar(false);
    menu_bar_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    status_ = new QLabel;
    status_->setObjectName(QStringLiteral("status"));
    row->addWidget(name);
    row->addWidget(title_);
    row->addWidget(menu_bar_, 1);
    row->addWidget(status_);
    return bar;
}

void MainWindow::make_panels() {
    Session& session = bench_.session;
    auto* data_panel = new DataPanel(session);
    connect(data_panel, &DataPanel::openRequested, this, &MainWindow::choose_file);
    connect(data_panel, &DataPanel::rasterRequested, this, &MainWindow::choose_raster);
    connect(data_panel, &DataPanel::samplesRequested, this, &MainWindow::show_samples_menu);
    explore_panel_ = new ExplorePanel(session);
    connect(explore_panel_, &ExplorePanel::variogramsRequested, this, [this] { showTab(CurvesTabs::Tab::variograms); });
    connect(explore_panel_, &ExplorePanel::tableRequested, this, [this] { showTab(CurvesTabs::Tab::data); });
    auto* model = new ModelPanel(session, bench_.regions);
    connect(model, &ModelPanel::regionLayerRequested, this, &MainWindow::choose_region_layer);
    connect(model, &ModelPanel::continueRequested, this, [this] { showStep(Step::train); });
    train_panel_ = new TrainPanel(session);
    export_panel_ = new ExportPanel(session);
    steps_->setPanel(Step::data, data_panel);
    steps_->setPanel(Step::explore, explore_panel_);
    steps_->setPanel(Step::model, model);
    steps_->setPanel(Step::train, train_panel_);
    steps_->setPanel(Step::validate, new ValidatePanel(session, bench_.validation));
    map_panel_ = new MapPanel(session, bench_.prediction, bench_.simulation);
    steps_->setPanel(Step::map, map_panel_);
    steps_->setPanel(Step::export_results, export_panel_);
}

void MainWindow::showStep(Step step) { steps_->show(step); }

void MainWindow::showTab(CurvesTabs::Tab tab) { curves_->show(tab); }

void MainWindow::setThemeName(const QString& name) {
    theme_name_ = name;
    apply(Theme::by_name(name));
}

void MainWindow::apply(const Theme& theme) {
    theme_ = theme;
    apply_theme(*qobject_cast<QApplication*>(QApplication::instance()), theme);
    steps_->setTheme(theme);
    spaces_->setTheme(theme);
    layers_->setTheme(theme);
    curves_->setTheme(theme);
    explore_panel_->setTheme(theme);
    if (comparison_) comparison_->setTheme(theme);
    if (side_by_side_) side_by_side_->setTheme(theme);
    show_status();
}

void MainWindow::restore_layout() {
    const QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    if (!vertical_->restoreState(settings.value(QStringLiteral("window/splitter")).toByteArray()))
        vertical_->setSizes({620, 208});
    layers_column_->setVisible(settings.value(QStringLiteral("window/layers"), true).toBool());
    setThemeName(settings.value(QStringLiteral("window/theme"), QStringLiteral("system")).toString());
}

void MainWindow::make_room_for_table() {
    const QList<int> sizes = vertical_->sizes();
    const int whole = sizes[0] + sizes[1];
    const int wanted = std::max(300, whole * 2 / 5);
    if (sizes[1] < wanted && whole > 2 * wanted) vertical_->setSizes({whole - wanted, wanted});
}

void MainWindow::remember_layout() const {
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/splitter"), vertical_->saveState());
    settings.setValue(QStringLiteral("window/layers"), !layers_column_->isHidden());
    settings.setValue(QStringLiteral("window/theme"), theme_name_);
}

QString MainWindow::viewState() const {
    const LayerSettings& layers = layers_->layers();
    const QJsonObject state{
        {QStringLiteral("step"), static_cast<int>(steps_->current())},
        {QStringLiteral("tab"), static_cast<int>(curves_->current())},
        {QStringLiteral("sites"), layers.sites},
        {QStringLiteral("grid"), layers.grid},
        {QStringLiteral("grid_by_log_det"), layers.grid_by_log_det},
        {QStringLiteral("fill"), static_cast<int>(layers.fill)},
        {QStringLiteral("further"), layers.further},
        {QStringLiteral("ellipses"), layers.ellipses},
        {QStringLiteral("probe"), layers.probe},
        {QStringLiteral("colours"), static_cast<int>(layers.colours)},
        {QStringLiteral("morph"), layers.morph},
    };
    return QString::fromUtf8(QJsonDocument(state).toJson(QJsonDocument::Compact));
}

void MainWindow::restore_view_state(const QString& json) {
    const QJsonObject state = QJsonDocument::fromJson(json.toUtf8()).object();
    if (state.isEmpty()) return;
    LayerSettings layers;
    layers.sites = state.value(QStringLiteral("sites")).toBool(layers.sites);
    layers.grid = state.value(QStringLiteral("grid")).toBool(layers.grid);
    layers.grid_by_log_det = state.value(QStringLiteral("grid_by_log_det")).toBool(layers.grid_by_log_det);
    const int fill = state.value(QStringLiteral("fill")).toInt(static_cast<int>(layers.fill));
    if (fill >= 0 && fill <= static_cast<int>(Fill::further)) layers.fill = static_cast<Fill>(fill);
    layers.further = std::max(0, state.value(QStringLiteral("further")).toInt(0));
    layers.ellipses = state.value(QStringLiteral("ellipses")).toBool(layers.ellipses);
    layers.probe = state.value(QStringLiteral("probe")).toBool(layers.probe);
    const int colours = state.value(QStringLiteral("colours")).toInt(0);
    if (colours >= 0 && colours <= static_cast<int>(ColourMap::cividis)) layers.colours = static_cast<ColourMap>(colours);
    layers.morph = std::clamp(state.value(QStringLiteral("morph")).toDouble(1.0), 0.0, 1.0);
    layers_->setLayers(layers);
    const int step = state.value(QStringLiteral("step")).toInt(-1);
    if (step >= 0 && step < step_count) showStep(static_cast<Step>(step));
    const int tab = state.value(QStringLiteral("tab")).toInt(-1);
    if (tab >= 0 && tab <= static_cast<int>(CurvesTabs::Tab::warp)) showTab(static_cast<CurvesTabs::Tab>(tab));
}

}  // namespace anamorph
