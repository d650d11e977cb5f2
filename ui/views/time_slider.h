// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QTimer>
#include <QWidget>

#include "ui/models/session.h"

class QLabel;
class QSlider;
class QToolButton;

namespace anamorph {

/// Below the two spaces, for data with time: which time is shown. Its stops are the times of the shown
/// map, or without one the times of the data; played, one after the other. Hidden for other data.
class TimeSlider : public QWidget {
    Q_OBJECT
public:
    explicit TimeSlider(Session& session, QWidget* parent = nullptr);

    [[nodiscard]] const std::vector<double>& stops() const { return stops_; }

private:
    void refresh();
    void show_current();
    void choose(int stop);

    Session& session_;
    QToolButton* play_;
    QSlider* slider_;
    QLabel* label_;
    QLabel* ends_;
    QTimer timer_;
    std::vector<double> stops_;
    bool showing_ = false;
};

}  // namespace anamorph
