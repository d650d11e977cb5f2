// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

class QCheckBox;

namespace anamorph {

/// Draws the tick of a table's cell as the program's check boxes look, in the middle of the cell; a
/// click anywhere in the cell changes it.
class TickDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit TickDelegate(QWidget* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

private:
    QCheckBox* box_;  ///< never shown: it lends its style
};

}  // namespace anamorph
