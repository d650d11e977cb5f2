// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/candidates_model.h"
#include "ui/models/session.h"

class QLabel;
class QStackedLayout;
class QTableView;

namespace anamorph {

/// The classes that were fitted and their standing; a click shows a class in both spaces.
class ModelsTab : public QWidget {
    Q_OBJECT
public:
    explicit ModelsTab(Session& session, QWidget* parent = nullptr);
    [[nodiscard]] QTableView* table() const { return table_; }

private:
    void refresh();
    void mark_shown();

    Session& session_;
    CandidatesModel* model_;
    QTableView* table_;
    QLabel* shown_;
    QStackedLayout* pages_;
};

/// A table without frames or vertical lines, rows selected whole; shared by the tabs.
void style_table(QTableView& table);

}  // namespace anamorph
