// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include "ui/controllers/training_controller.h"

namespace anamorph {

/// Measures how long the window's thread is busy while a file is opened and while a model is
/// trained: a timer that should beat every 5 ms notes the longest time between two beats.
class Heartbeat : public QObject {
    Q_OBJECT
public:
    Heartbeat(Session& session, TrainingController& training, QString path, QObject* parent = nullptr);

    /// Beats from now on; call it before the file is opened.
    void begin();

Q_SIGNALS:
    void written();

private:
    void write();
    [[nodiscard]] double longest() const;

    Session& session_;
    QString path_;
    QTimer timer_;
    QElapsedTimer since_beat_, since_start_;
    std::vector<double> gaps_ms_;
    double opening_ms_ = 0.0;  ///< longest while the file was opened and first shown
    long updates_ = 0, pictures_ = 0, iterations_ = 0;
};

}  // namespace anamorph
