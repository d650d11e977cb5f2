// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/regions_form.h"

#include <optional>

#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QVariant>

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"
#include "ui/views/theme.h"

namespace anamorph {

RegionsForm::RegionsForm(RegionController& regions, QWidget* parent) : QWidget(parent), regions_(regions) {
    column_ = panel_column(this);
    column_->setSpacing(4);
    column_->addWidget(section_label(tr("Regions on the map")));
    hint_ = muted_label(QString());
    hint_->setObjectName(QStringLiteral("regionsHint"));
    hint_->setFont(theme_font(11.0));
    column_->addWidget(hint_);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    draw_ = new QPushButton(tr("Draw"));
    draw_->setObjectName(QStringLiteral("drawRegions"));
    draw_->setCheckable(true);
    draw_->setToolTip(tooltip_text(tr("Click the corners of a region on the geographic map; a double click or Enter closes it, Backspace takes the last corner back, Escape ends drawing.")));
    undo_ = new QPushButton(tr("Undo"));
    undo_->setObjectName(QStringLiteral("undoRegion"));
    undo_->setToolTip(tooltip_text(tr("Takes back the last corner, or opens the last region again.")));
    row->addWidget(draw_);
    row->addWidget(undo_);
    row->addStretch(1);
    column_->addLayout(row);
    auto* links = new QHBoxLayout;
    links->setSpacing(8);
    layer_ = link_button(tr("From a layer …"));
    layer_->setObjectName(QStringLiteral("regionsFromLayer"));
    layer_->setToolTip(tooltip_text(tr("Polygons of a GeoPackage, Shapefile or GeoJSON in the place of these regions.")));
    clear_ = link_button(tr("Delete all"));
    clear_->setObjectName(QStringLiteral("clearRegions"));
    links->addWidget(layer_);
    links->addStretch(1);
    links->addWidget(clear_);
    column_->addLayout(links);
    connect(draw_, &QPushButton::clicked, this, [this](bool on) { regions_.setDrawing(on); });
    connect(undo_, &QPushButton::clicked, &regions_, &RegionController::undo);
    connect(clear_, &QPushButton::clicked, &regions_, &RegionController::clear);
    connect(layer_, &QPushButton::clicked, this, &RegionsForm::layerRequested);
    connect(&regions_, &RegionController::changed, this, &RegionsForm::refresh);
    connect(&regions_, &RegionController::counted, this, &RegionsForm::show_sites);
    refresh();
}

void RegionsForm::refresh() {
    setVisible(regions_.isPossible());
    if (!regions_.isPossible()) return;
    draw_->setChecked(regions_.isDrawing());
    draw_->setText(regions_.isDrawing() ? tr("Done") : tr("Draw"));
    undo_->setEnabled(regions_.open().rows() > 0 || !regions_.outlines().empty());
    clear_->setVisible(!regions_.outlines().empty());
    layer_->setEnabled(!regions_.isReading());
    hint_->setText(regions_.isDrawing()
                       ? tr("Click corners on the left map; a double click closes the region.")
                   : regions_.outlines().empty()
                       ? tr("Found by k-means. Draw them, or take them from a GIS layer, where you know the borders.")
                       : tr("What lies in no outline is one more region, where it holds ten sites."));
    list();
}

/// A line for each outline, with its sites and a button that deletes it.
void RegionsForm::list() {
    if (list_) list_->deleteLater();  // the button that was pressed may be in it
    list_ = new QWidget;
    sites_.clear();
    auto* rows = new QVBoxLayout(list_);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(2);
    for (std::size_t k = 0; k < regions_.outlines().size(); ++k) {
        auto* row = new QHBoxLayout;
        auto* text = new QLabel;
        text->setObjectName(QStringLiteral("region%1").arg(k + 1));
        sites_.push_back(text);
        QPushButton* remove = link_button(tr("Delete"));
        remove->setObjectName(QStringLiteral("deleteRegion%1").arg(k + 1));
        remove->setAccessibleName(tr("Delete region %1").arg(k + 1));
        connect(remove, &QPushButton::clicked, this, [this, k] { regions_.remove(k); });
        row->addWidget(text, 1);
        row->addWidget(remove);
        rows->addLayout(row);
    }
    column_->addWidget(list_);
    show_sites();
}

/// Changes the labels alone: the buttons beside them may be under the pointer.
void RegionsForm::show_sites() {
    if (sites_.size() != regions_.outlines().size()) return;  // refresh() is to come
    for (std::size_t k = 0; k < sites_.size(); ++k) {
        const std::optional<Index> sites = regions_.sitesIn(k);
        QLabel* text = sites_[k];
        text->setText(tr("Region %1 · %2 sites").arg(k + 1).arg(sites ? count_text(*sites) : QStringLiteral("…")));
        const bool few = sites && *sites < 10;
        text->setProperty("role", few ? QVariant(QStringLiteral("warning")) : QVariant());
        text->setToolTip(few ? tooltip_text(tr("A region needs at least ten sites.")) : QString());
        text->style()->unpolish(text);  // its colour goes by the property
        text->style()->polish(text);
    }
}

}  // namespace anamorph
