// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/pictures.h"
#include "ui/models/session.h"

class QFrame;
class QLabel;
class QPushButton;

namespace anamorph {

/// Train, the verdict of the fit, the parameters of the model that is shown, warnings.
class TrainPanel : public QWidget {
    Q_OBJECT
public:
    explicit TrainPanel(Session& session, QWidget* parent = nullptr);
    void setTraining(bool training);
    /// Null while they are not known.
    void setPictures(const std::shared_ptr<const ModelPictures>& pictures);

Q_SIGNALS:
    void trainRequested();

private:
    void refresh();
    void show_verdict(const FitResult& fit);
    void show_parameters(const FittedModel& model);
    void show_structures(const FittedModel& model, const QString& squared, const QString& length);

    Session& session_;
    QWidget* form_;
    QPushButton* train_;
    QLabel* problems_;
    QFrame* verdict_;
    QLabel* verdict_title_;
    QLabel* verdict_text_;
    QPushButton* more_;
    QLabel* shown_;
    QWidget* parameters_;
    QLabel* range_;
    QLabel* transform_;
    QLabel* sill_;
    QLabel* nugget_;
    QLabel* covariance_;
    QLabel* structures_;
    QLabel* stretch_;
    QLabel* warnings_;
    bool training_ = false;
    bool verdict_is_long_ = false;
};

}  // namespace anamorph
