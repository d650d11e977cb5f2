// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/data_panel.h"

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

QString joined(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) list << QString::fromStdString(name);
    return list.join(QStringLiteral(", "));
}

}  // namespace

DataPanel::DataPanel(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    QVBoxLayout* column = panel_column(this);
    auto* open = primary_button(tr("Open a table or project …"));
    open->setObjectName(QStringLiteral("openButton"));
    open->setToolTip(tr("CSV, TSV or other delimited text, or an Anamorph project (Ctrl+O)"));
    connect(open, &QPushButton::clicked, this, &DataPanel::openRequested);
    column->addWidget(open);
    auto* samples = new QPushButton(tr("Sample data …"));
    samples->setToolTip(tr("Real and simulated data sets that come with the program"));
    connect(samples, &QPushButton::clicked, this, &DataPanel::samplesRequested);
    column->addWidget(samples);
    empty_ = muted_label(tr("Measurements at sites with one, two or three coordinates: one row a site, "
                            "or drop a file onto the window."));
    column->addWidget(empty_);
    facts_ = new QWidget;
    QVBoxLayout* facts = panel_column(facts_);
    facts->setSpacing(6);
    name_ = text_label(QString());
    name_->setProperty("role", QStringLiteral("title"));
    facts->addWidget(name_);
    sites_ = add_value(facts, tr("Sites"), tr("Places with a measurement."));
    value_ = add_value(facts, tr("Variable"), tr("The measured variable that is modelled."));
    coordinates_ = add_value(facts, tr("Coordinates"), tr("The columns that say where each site is."));
    system_ = add_value(facts, tr("System"), tr("The plane that distances are measured in."));
    covariates_ = add_value(facts, tr("Covariates"), tr("Variables known at the sites that the trend may use."));
    raster_ = new QPushButton(tr("Add a raster as covariate …"));
    raster_->setObjectName(QStringLiteral("rasterButton"));
    raster_->setToolTip(tooltip_text(tr("A GeoTIFF or another raster, elevation say, whose value at the sites the trend may use. Maps "
                                        "take it from the raster in every cell.")));
    connect(raster_, &QPushButton::clicked, this, &DataPanel::rasterRequested);
    facts->addWidget(raster_);
    notes_title_ = section_label(tr("Import notes"));
    facts->addWidget(notes_title_);
    notes_ = text_label(QString());
    notes_->setObjectName(QStringLiteral("importNotes"));
    facts->addWidget(notes_);
    column->addWidget(facts_);
    column->addStretch(1);
    connect(&session_, &Session::datasetChanged, this, &DataPanel::refresh);
    refresh();
}

void DataPanel::refresh() {
    const Session::DatasetPointer dataset = session_.dataset();
    empty_->setVisible(!dataset);
    facts_->setVisible(dataset != nullptr);
    if (!dataset) return;
    name_->setText(QString::fromStdString(dataset->name));
    sites_->setText(dataset->has_realisations()
                        ? tr("%1 values, %2 realisations")
                              .arg(count_text(dataset->size()), count_text(static_cast<long long>(session_.facts().realisations.size())))
                        : count_text(dataset->size()));
    value_->setText(QString::fromStdString(dataset->value_name));
    coordinates_->setText(joined(dataset->coordinate_names));
    raster_->setEnabled(dataset->dimension() > 1);
    const QString label = QString::fromStdString(dataset->coordinate_system.label);
    system_->setText(label.isEmpty() ? tr("local") : label);
    covariates_->setText(dataset->covariate_names.empty() ? tr("none") : joined(dataset->covariate_names));
    QStringList notes;
    for (const std::string& note : dataset->notes) notes << QString::fromStdString(note);
    notes_->setText(notes.join(QStringLiteral("\n\n")));
    notes_->setVisible(!notes.isEmpty());
    notes_title_->setVisible(!notes.isEmpty());
}

}  // namespace anamorph
