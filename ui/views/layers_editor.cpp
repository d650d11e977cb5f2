// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/layers_editor.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QToolButton>

#include "ui/views/panel_parts.h"
#include "ui/views/theme.h"

namespace anamorph {
namespace {

constexpr std::size_t fewest = 2, most = 6;

QString words(const char* text) { return LayersEditor::tr(text); }

QToolButton* small_button(const QString& sign, const QString& name, const QString& tooltip, bool enabled) {
    auto* button = new QToolButton;
    button->setText(sign);
    button->setObjectName(name);
    button->setAccessibleName(tooltip);
    button->setToolTip(tooltip);
    button->setEnabled(enabled);
    button->setFixedSize(22, 22);
    return button;
}

}  // namespace

QString deformation_title(DeformationKind kind) {
    switch (kind) {
        case DeformationKind::stationary: return words("Stationary");
        case DeformationKind::anisotropic: return words("Anisotropic");
        case DeformationKind::velocity_field: return words("Velocity field");
        case DeformationKind::realnvp: return words("RealNVP");
        case DeformationKind::radial: return words("Radial");
        case DeformationKind::spline: return words("Spline coupling");
        case DeformationKind::axial: return words("Axial warping");
        case DeformationKind::radial_basis: return words("Radial basis");
        case DeformationKind::mobius: return words("Möbius");
        case DeformationKind::network: return words("Network");
        case DeformationKind::layers: break;
    }
    return words("Layers…");
}

QString deformation_explanation(DeformationKind kind) {
    switch (kind) {
        case DeformationKind::stationary: return words("Correlation depends on distance only, the same everywhere.");
        case DeformationKind::anisotropic: return words("Correlation reaches farther in one direction, the same everywhere.");
        case DeformationKind::velocity_field: return words("A smooth flow bends space without folding it; the default deformation.");
        case DeformationKind::realnvp: return words("An invertible neural network (affine couplings) bends space.");
        case DeformationKind::radial: return words("f(x) = o + (x − o)·|x − o|²: space is squeezed at a centre o, the classical example.");
        case DeformationKind::spline: return words("Monotone splines move one coordinate by the others, on turned axes; flexible, and never folds.");
        case DeformationKind::axial: return words("Each coordinate is stretched and squeezed by itself, by a sum of sigmoids.");
        case DeformationKind::radial_basis: return words("Bulges and pinches around a grid of centres, one after the other.");
        case DeformationKind::mobius: return words("One conformal map of the plane: the range changes, and is the same in all directions.");
        case DeformationKind::network: return words("A plain neural network is added to the coordinates: it may fold space, which is checked and said.");
        case DeformationKind::layers: break;
    }
    return words("Several deformations, one after the other, in an order of your own.");
}

const std::vector<DeformationKind>& warping_deformations() {
    using Kind = DeformationKind;
    static const std::vector<Kind> all = {Kind::velocity_field, Kind::axial,  Kind::radial_basis,
                                          Kind::mobius,         Kind::spline, Kind::realnvp,
                                          Kind::radial,         Kind::network};
    return all;
}

LayersEditor::LayersEditor(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("layersEditor"));
    QVBoxLayout* column = panel_column(this);
    column->setSpacing(2);
    rows_ = new QVBoxLayout;
    rows_->setSpacing(0);
    rows_->setContentsMargins(0, 0, 0, 0);
    column->addLayout(rows_);
    add_ = new QToolButton;
    add_->setObjectName(QStringLiteral("addLayer"));
    add_->setText(tr("+ Add a layer"));
    add_->setToolTip(tr("Another deformation, applied after the others."));
    add_->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(add_);
    menu->setToolTipsVisible(true);
    for (const DeformationKind kind : warping_deformations()) {
        QAction* action = menu->addAction(deformation_title(kind));
        action->setToolTip(tooltip_text(deformation_explanation(kind)));
        connect(action, &QAction::triggered, this, [this, kind] {
            auto layers = layers_;
            layers.push_back(kind);
            change(layers);
        });
    }
    add_->setMenu(menu);
    add_->setStyleSheet(QStringLiteral("QToolButton { padding-left: 0; } QToolButton::menu-indicator { image: none; }"));
    column->addWidget(add_, 0, Qt::AlignLeft);
    QLabel* note = muted_label(tr("The first is applied first; a full matrix follows the last."));
    note->setFont(theme_font(11.0));
    column->addWidget(note);
}

void LayersEditor::setLayers(const std::vector<DeformationKind>& layers) {
    if (layers == layers_ && rows_->count() > 0) return;
    layers_ = layers;
    show_rows();
}

void LayersEditor::change(const std::vector<DeformationKind>& layers) {
    setLayers(layers);
    Q_EMIT edited();
}

void LayersEditor::show_rows() {
    while (QLayoutItem* item = rows_->takeAt(0)) {
        // The button that was pressed is in one of the rows.
        if (QWidget* row = item->widget()) row->hide(), row->deleteLater();
        delete item;
    }
    for (std::size_t k = 0; k < layers_.size(); ++k) rows_->addWidget(row_of(k));
    add_->setEnabled(layers_.size() < most);
}

QWidget* LayersEditor::row_of(std::size_t index) {
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(0);
    const QString title = deformation_title(layers_[index]);
    auto* label = new QLabel(QStringLiteral("%1.  %2").arg(index + 1).arg(title));
    label->setToolTip(tooltip_text(deformation_explanation(layers_[index])));
    line->addWidget(label, 1);
    const auto moved = [this, index](int by) {
        auto layers = layers_;
        std::swap(layers[index], layers[static_cast<std::size_t>(static_cast<int>(index) + by)]);
        change(layers);
    };
    auto* up = small_button(QStringLiteral("↑"), QStringLiteral("layerUp%1").arg(index),
                            tr("Apply %1 earlier").arg(title), index > 0);
    connect(up, &QToolButton::clicked, this, [moved] { moved(-1); });
    auto* down = small_button(QStringLiteral("↓"), QStringLiteral("layerDown%1").arg(index),
                              tr("Apply %1 later").arg(title), index + 1 < layers_.size());
    connect(down, &QToolButton::clicked, this, [moved] { moved(1); });
    auto* out = small_button(QStringLiteral("×"), QStringLiteral("layerOut%1").arg(index),
                             layers_.size() > fewest ? tr("Take %1 out").arg(title)
                                                     : tr("Two layers are the fewest; a single one is in the list above."),
                             layers_.size() > fewest);
    connect(out, &QToolButton::clicked, this, [this, index] {
        auto layers = layers_;
        layers.erase(layers.begin() + static_cast<std::ptrdiff_t>(index));
        change(layers);
    });
    for (QToolButton* button : {up, down, out}) line->addWidget(button);
    return row;
}

}  // namespace anamorph
