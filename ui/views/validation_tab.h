// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/session.h"
#include "ui/models/validation_model.h"

class QLabel;
class QPushButton;
class QSortFilterProxyModel;
class QStackedLayout;
class QTableView;

namespace anamorph {

/// The models of a comparison as a table that can be sorted, and its verdict. A click on a row opens
/// that model; ticked models can be seen side by side.
class ValidationTab : public QWidget {
    Q_OBJECT
public:
    explicit ValidationTab(Session& session, QWidget* parent = nullptr);
    [[nodiscard]] QTableView* table() const { return table_; }
    /// All scores as CSV. @throws Error(input_output)
    void writeTable(const QString& path) const;

Q_SIGNALS:
    /// Two to four names, best first.
    void sideBySideRequested(const QStringList& names);

private:
    QWidget* make_foot();
    void refresh();
    void mark_opened();
    void show_buttons();
    void fit_columns();
    void choose_and_write();

    Session& session_;
    ValidationModel* model_;
    QSortFilterProxyModel* sorted_;
    QTableView* table_;
    QLabel* verdict_;
    QLabel* message_;
    QPushButton* side_by_side_;
    QPushButton* export_;
    QStackedLayout* pages_;
};

}  // namespace anamorph
