// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;
class QSlider;
class QSpinBox;
class QToolButton;

namespace anamorph {

/// Which of several conditional simulations is shown: play, a slider, and "k of K".
class RealisationPlayer : public QWidget {
    Q_OBJECT
public:
    explicit RealisationPlayer(QWidget* parent = nullptr);

    void setCount(int count);    ///< stops playing; emits nothing
    void setCurrent(int index);  ///< from 0; emits nothing
    [[nodiscard]] int current() const { return current_; }
    void stop();
    [[nodiscard]] bool isPlaying() const { return timer_.isActive(); }

Q_SIGNALS:
    void chosen(int index);  ///< by the user, or by the film

private:
    void choose(int index);
    void showCurrent();
    void play(bool on);

    QToolButton* play_;
    QSlider* slider_;
    QSpinBox* box_;
    QLabel* of_;
    QTimer timer_;
    int count_ = 0;
    int current_ = 0;
    bool showing_ = false;
};

}  // namespace anamorph
