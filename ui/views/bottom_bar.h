// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "core/base/progress.h"
#include "core/fit/observer.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace anamorph {

/// What runs, how far it is, how to stop it; at the right what is open.
class BottomBar : public QWidget {
    Q_OBJECT
public:
    explicit BottomBar(QWidget* parent = nullptr);

    void showTraining(const IterationSummary& summary);
    void showJob(const QString& what, const Progress& progress);
    /// A sentence without a progress bar.
    void showMessage(const QString& message);
    void setTrainingState(bool training, bool paused, bool stopping);
    void setFacts(const QString& facts);

Q_SIGNALS:
    void pauseToggled(bool paused);
    void stopRequested();
    void cancelRequested();

private:
    void show_progress(double fraction, double seconds_left);

    QLabel* message_;
    QProgressBar* bar_;
    QLabel* left_;
    QPushButton* pause_;
    QPushButton* stop_;
    QPushButton* cancel_;
    QLabel* facts_;
};

}  // namespace anamorph
