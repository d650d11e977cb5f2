// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/session.h"

class QComboBox;
class QLabel;

namespace anamorph {

class CovarianceForm;
class LayersEditor;

/// Model, covariance, likelihood, trend and log-scale: the choices that most people make. Shows
/// and changes the session's specification; several forms may show the same session.
class ModelForm : public QWidget {
    Q_OBJECT
public:
    explicit ModelForm(Session& session, QWidget* parent = nullptr);

private:
    void read();   ///< session → widgets
    void write();  ///< widgets → session
    void showPreflight();
    void showRefusedModels();

    Session& session_;
    QComboBox* model_;
    LayersEditor* layers_;
    CovarianceForm* covariance_;
    QComboBox* likelihood_;
    QLabel* forecast_;
    QComboBox* trend_;
    QComboBox* log_scale_;
    QComboBox* transform_;
};

}  // namespace anamorph
