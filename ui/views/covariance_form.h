// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "core/fit/specification.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QSpinBox;

namespace anamorph {

/// The covariance's family and smoothness, its nested structures, and how it differs from place to
/// place in deformed space.
class CovarianceForm : public QWidget {
    Q_OBJECT
public:
    explicit CovarianceForm(QWidget* parent = nullptr);

    /// `automatic_model`: which compares deformations with one structure, the same everywhere.
    void show(const ModelSpecification& specification, bool automatic_model);
    /// Puts the choices into a specification.
    void write(ModelSpecification& specification, bool automatic_model) const;

Q_SIGNALS:
    void edited();  ///< by the user

private:
    void showRegions();
    [[nodiscard]] bool isConvolution() const;
    [[nodiscard]] bool isEstimated() const;  ///< the smoothness, or chosen by the fit

    QComboBox* family_;
    QComboBox* structures_;
    QComboBox* local_;
    QCheckBox* varying_smoothness_;
    QSpinBox* regions_;
    QLabel* regions_label_;
};

}  // namespace anamorph
