// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/tick_delegate.h"

#include <QCheckBox>
#include <QMouseEvent>
#include <QPainter>
#include <QStyleOptionButton>

namespace anamorph {

TickDelegate::TickDelegate(QWidget* parent) : QStyledItemDelegate(parent), box_(new QCheckBox(parent)) { box_->hide(); }

void TickDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    if (option.state & QStyle::State_Selected) painter->fillRect(option.rect, option.palette.brush(QPalette::Highlight));
    const QVariant tick = index.data(Qt::CheckStateRole);
    if (!tick.isValid()) return;
    QStyleOptionButton button;
    button.initFrom(box_);
    button.state = QStyle::State_Enabled | (tick.toInt() == Qt::Checked ? QStyle::State_On : QStyle::State_Off);
    const QRect own = box_->style()->subElementRect(QStyle::SE_CheckBoxIndicator, &button, box_);
    button.rect = QRect(QPoint(0, 0), own.size());
    button.rect.moveCenter(option.rect.center());
    box_->style()->drawPrimitive(QStyle::PE_IndicatorCheckBox, &button, painter, box_);
}

bool TickDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem&, const QModelIndex& index) {
    const QVariant tick = index.data(Qt::CheckStateRole);
    if (!tick.isValid() || !(index.flags() & Qt::ItemIsUserCheckable)) return false;
    if (event->type() == QEvent::MouseButtonDblClick) return true;  // its first click has counted
    if (event->type() != QEvent::MouseButtonRelease || static_cast<QMouseEvent*>(event)->button() != Qt::LeftButton) return false;
    return model->setData(index, tick.toInt() == Qt::Checked ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

}  // namespace anamorph
