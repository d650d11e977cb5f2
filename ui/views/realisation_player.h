// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QSlider;
class QSpinBox;
class QToolButton;

namespace anamorph {

/// Which of several conditional simulations is shown: play, pause, speed, a slider, and "k of K". Played
/// smoothly, each passes into the next.
class RealisationPlayer : public QWidget {
    Q_OBJECT
public:
    explicit RealisationPlayer(QWidget* parent = nullptr);

    void setCount(int count);    ///< stops playing; emits nothing
    /// From 0, and how far on the way to the next, 0 to 1; emits nothing.
    void setCurrent(int index, double passage = 0.0);
    [[nodiscard]] int current() const { return current_; }
    void stop();
    [[nodiscard]] bool isPlaying() const { return timer_.isActive(); }
    [[nodiscard]] bool isSmooth() const;
    /// Seconds from one simulation to the next when played.
    [[nodiscard]] double secondsEach() const;

Q_SIGNALS:
    void chosen(int index, double passage);  ///< by the user, or by the film

private:
    void choose(int index, double passage = 0.0);
    void step();
    void setTimer();
    void showCurrent();
    void play(bool on);

    QToolButton* play_;
    QCheckBox* smooth_;
    QComboBox* speed_;
    QSlider* slider_;
    QSpinBox* box_;
    QLabel* of_;
    QTimer timer_;
    int count_ = 0;
    int current_ = 0;
    double passage_ = 0.0;
    bool showing_ = false;
};

}  // namespace anamorph
