// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QWidget>

#include "ui/models/pictures.h"
#include "ui/models/session.h"
#include "ui/views/theme.h"

class QCustomPlot;
class QLabel;

namespace anamorph {

/// Summary statistics, histogram and normal quantiles of the values.
class ExplorePanel : public QWidget {
    Q_OBJECT
public:
    explicit ExplorePanel(Session& session, QWidget* parent = nullptr);
    void setPictures(std::shared_ptr<const DataPictures> pictures);
    void setTheme(const Theme& theme);

Q_SIGNALS:
    void variogramsRequested();
    void tableRequested();

private:
    void draw();
    void draw_histogram();
    void draw_quantiles();

    Session& session_;
    std::shared_ptr<const DataPictures> pictures_;
    Theme theme_ = Theme::light();
    QLabel* mean_;
    QLabel* deviation_;
    QLabel* quartiles_;
    QLabel* range_;
    QLabel* skewness_;
    QCustomPlot* histogram_;
    QCustomPlot* quantiles_;
};

}  // namespace anamorph
