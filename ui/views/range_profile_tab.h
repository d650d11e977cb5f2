// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/controllers/range_profile_controller.h"
#include "ui/views/theme.h"

class QCustomPlot;
class QLabel;
class QPushButton;
class QStackedLayout;

namespace anamorph {

/// The loss of a stationary model over fixed ranges, its minima marked, and, where the data lie on a
/// line, the prediction at each minimum beside that of the deformed model.
class RangeProfileTab : public QWidget {
    Q_OBJECT
public:
    RangeProfileTab(Session& session, RangeProfileController& controller, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    [[nodiscard]] QCustomPlot* profilePlot() const { return profile_; }
    [[nodiscard]] QCustomPlot* transectPlot() const { return transect_; }

private:
    void refresh();
    void draw();
    void draw_profile();
    void draw_transect();
    [[nodiscard]] QString sentence() const;
    [[nodiscard]] QColor colour_of(std::size_t minimum) const;

    Session& session_;
    RangeProfileController& controller_;
    QStackedLayout* pages_;
    QLabel* empty_;
    QLabel* sentence_;
    QPushButton* start_;
    QPushButton* again_;
    QPushButton* cancel_;
    QCustomPlot* profile_;
    QCustomPlot* transect_;
    Theme theme_ = Theme::light();
};

}  // namespace anamorph
