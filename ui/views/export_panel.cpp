// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/export_panel.h"

#include <QComboBox>

#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

QPushButton* action_button(const QString& text, const QString& name, const QString& tooltip) {
    auto* button = new QPushButton(text);
    button->setObjectName(name);
    button->setToolTip(tooltip_text(tooltip));
    return button;
}

}  // namespace

ExportPanel::ExportPanel(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    QVBoxLayout* column = panel_column(this);
    column->addWidget(section_label(tr("Pictures")));
    scale_ = new QComboBox;
    for (const int factor : {1, 2, 3, 4, 6}) scale_->addItem(QStringLiteral("%1×").arg(factor), factor);
    scale_->setCurrentIndex(1);
    add_field(column, tr("Scale"), scale_, tr("Pixels of the picture for one on the screen; 3× suits print."), 72);
    QPushButton* views = action_button(tr("Both views as PNG …"), QStringLiteral("exportViews"),
                                       tr("Geographic and deformed space as they are shown now."));
    column->addWidget(views);
    column->addWidget(section_label(tr("Curves")));
    curves_ = new QComboBox;
    curves_->setObjectName(QStringLiteral("curvesChoice"));
    add_field(column, tr("Curves"), curves_, tr("Which of the tabs below is written."));
    save_curves_ = action_button(tr("Curves as PDF or SVG …"), QStringLiteral("exportCurves"),
                                 tr("Vector graphics: sharp at any size."));
    column->addWidget(save_curves_);
    column->addWidget(section_label(tr("Prediction map")));
    csv_ = action_button(tr("Predictions as CSV …"), QStringLiteral("exportCsv"),
                         tr("Coordinates, mean and standard deviation of every cell."));
    tiff_ = action_button(tr("Map as GeoTIFF …"), QStringLiteral("exportTiff"),
                          tr("Two bands, mean and standard deviation, with the coordinate system; opens in any GIS."));
    simulations_ = action_button(tr("Simulations as GeoTIFF …"), QStringLiteral("exportSimulations"),
                                 tr("Every conditional simulation as a band of one file, with the coordinate system. They are not kept in the project."));
    film_ = action_button(tr("Film of the simulations …"), QStringLiteral("exportFilm"),
                          tr("Both views through all simulations, as they are played: an animated PNG, which browsers show, or its frames one by one."));
    column->addWidget(csv_);
    column->addWidget(tiff_);
    column->addWidget(simulations_);
    column->addWidget(film_);
    column->addWidget(section_label(tr("Project")));
    QPushButton* project = action_button(tr("Save the project as …"), QStringLiteral("exportProject"),
                                         tr("One GeoPackage with data, model, curves and map; QGIS shows its sites and maps."));
    column->addWidget(project);
    column->addStretch(1);
    connect(views, &QPushButton::clicked, this,
            [this] { Q_EMIT viewsRequested(scale_->currentData().toDouble()); });
    connect(save_curves_, &QPushButton::clicked, this, [this] {
        Q_EMIT curvesRequested(static_cast<CurvesTabs::Tab>(curves_->currentData().toInt()));
    });
    connect(csv_, &QPushButton::clicked, this, &ExportPanel::csvRequested);
    connect(tiff_, &QPushButton::clicked, this, &ExportPanel::geoTiffRequested);
    connect(simulations_, &QPushButton::clicked, this, &ExportPanel::simulationsRequested);
    connect(film_, &QPushButton::clicked, this, [this] {
        if (filming_)
            Q_EMIT filmCancelled();
        else
            Q_EMIT filmRequested(scale_->currentData().toDouble());
    });
    connect(&session_, &Session::simulationsChanged, this, &ExportPanel::refresh);
    connect(project, &QPushButton::clicked, this, &ExportPanel::projectRequested);
    connect(&session_, &Session::mapChanged, this, &ExportPanel::refresh);
    connect(&session_, &Session::datasetChanged, this, [this] {
        list_curves();
        refresh();
    });
    list_curves();
    refresh();
}

void ExportPanel::list_curves() {
    curves_->clear();
    const auto add = [this](const QString& name, CurvesTabs::Tab tab) { curves_->addItem(name, static_cast<int>(tab)); };
    add(tr("Loss"), CurvesTabs::Tab::loss);
    add(tr("Variograms"), CurvesTabs::Tab::variograms);
    add(tr("Diagnostics"), CurvesTabs::Tab::diagnostics);
    add(tr("Range"), CurvesTabs::Tab::range);
    if (session_.dataset() && session_.dataset()->space_dimension() == 1) add(tr("Warp"), CurvesTabs::Tab::warp);
}

void ExportPanel::setFilming(bool filming) {
    filming_ = filming;
    refresh();
}

void ExportPanel::refresh() {
    film_->setEnabled(filming_ || (session_.simulations() && session_.simulations()->count() > 1));
    film_->setText(filming_ ? tr("Cancel the film") : tr("Film of the simulations …"));
    const bool map = session_.shownMap() != nullptr;
    const bool flat = map && session_.shownMap()->grid.dimension() >= (session_.shownMap()->grid.times.size() > 0 ? 3 : 2);
    csv_->setEnabled(map);
    tiff_->setEnabled(flat);
    simulations_->setEnabled(session_.simulations() && session_.simulations()->grid.dimension() >= 2);
}

}  // namespace anamorph
