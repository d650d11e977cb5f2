// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QItemSelection>
#include <QWidget>

#include "ui/controllers/site_order_controller.h"
#include "ui/models/selection_model.h"
#include "ui/models/session.h"
#include "ui/models/sites_model.h"

class QLabel;
class QTableView;

namespace anamorph {

/// The table of sites, linked with the selection of both spaces; sorted by a click on a column.
class SitesTab : public QWidget {
    Q_OBJECT
public:
    SitesTab(Session& session, SiteSelection& selection, QWidget* parent = nullptr);
    [[nodiscard]] QTableView* table() const { return table_; }

private:
    void showNoiseWeights();
    void from_table();
    void to_table();
    [[nodiscard]] QItemSelection shown_selection() const;

    Session& session_;
    SiteSelection& selection_;
    SitesModel* model_;
    SiteOrderController order_;
    QTableView* table_;
    QLabel* count_;
    bool updating_ = false;
};

}  // namespace anamorph
