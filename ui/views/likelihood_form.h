// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include <QWidget>

#include "ui/models/session.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSpinBox;
class QVBoxLayout;

namespace anamorph {

/// The options of the likelihood that is chosen, exact or an approximation, each with the sentence
/// that explains it; those of the other likelihoods are hidden and kept.
class LikelihoodForm : public QWidget {
    Q_OBJECT
public:
    explicit LikelihoodForm(Session& session, QWidget* parent = nullptr);

private:
    QVBoxLayout* add_group(LikelihoodKind kind);
    void add_vecchia();
    void add_taper();
    void add_predictive_process();
    void add_spde();
    void read();   ///< session → widgets
    void write();  ///< widgets → session
    void show_group();

    Session& session_;
    QVBoxLayout* column_;
    std::map<LikelihoodKind, QWidget*> groups_;
    QLabel* none_;  ///< says that the exact likelihood has no options
    QSpinBox* neighbours_;
    QComboBox* ordering_;
    QSpinBox* ordering_seed_;
    QComboBox* nugget_form_;
    QDoubleSpinBox* taper_range_;
    QComboBox* taper_form_;
    QSpinBox* inducing_sites_;
    QComboBox* placement_;
    QCheckBox* fitc_;
    QCheckBox* move_inducing_;
    QDoubleSpinBox* mesh_edge_;
    QDoubleSpinBox* mesh_border_;
    QSpinBox* alpha_;
    QSpinBox* basis_;
    bool reading_ = false;
};

}  // namespace anamorph
