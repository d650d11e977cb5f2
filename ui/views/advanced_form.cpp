// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/advanced_form.h"

#include <limits>
#include <thread>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QSpinBox>

#include "ui/views/likelihood_form.h"
#include "ui/views/noise_form.h"
#include "ui/views/panel_parts.h"

namespace anamorph {
AdvancedForm::AdvancedForm(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    QVBoxLayout* column = panel_column(this);
    column->addWidget(new LikelihoodForm(session_));
    column->addWidget(new NoiseForm(session_));
    add_design(column);
    add_deformation(column);
    add_fit(column);
    for (QDoubleSpinBox* box : {design_weight_, ridge_, fine_ridge_, layer_ridge_, jacobian_penalty_, learning_rate_, held_out_})
        connect(box, &QDoubleSpinBox::valueChanged, this, &AdvancedForm::write);
    for (QSpinBox* box : {basis_size_, fine_basis_, added_units_, couplings_, hidden_width_, iterations_, starts_, seed_, threads_})
        connect(box, &QSpinBox::valueChanged, this, &AdvancedForm::write);
    for (QComboBox* box : {design_term_, base_density_, optimiser_, time_deformation_})
        connect(box, &QComboBox::activated, this, &AdvancedForm::write);
    connect(&session_, &Session::modelChanged, this, &AdvancedForm::read);
    connect(&session_, &Session::datasetChanged, this, &AdvancedForm::read);
    read();
}

void AdvancedForm::add_design(QVBoxLayout* column) {
    column->addWidget(section_label(tr("Design of the sites")));
    design_weight_ = number_box(-1.0, 1000.0, 3, 0.1);
    add_field(column, tr("Design weight δ"), design_weight_,
              tr("Weight of the sites' own density in the objective: 0 fits the values only, 1 is the joint likelihood of values and sites."), 88);
    design_term_ = new QComboBox;
    design_term_->addItem(tr("Coherent"), static_cast<int>(DesignTerm::coherent));
    design_term_->addItem(tr("Deformed"), static_cast<int>(DesignTerm::talk));
    add_field(column, tr("Design term"), design_term_,
              tr("Coherent: density of the sites in geographic space, with + log|det J|. Deformed: density of the deformed sites, with − log|det J|."), 106);
    base_density_ = new QComboBox;
    base_density_->addItem(tr("Uniform"), static_cast<int>(BaseDensity::uniform));
    base_density_->addItem(tr("Gaussian"), static_cast<int>(BaseDensity::gaussian));
    add_field(column, tr("Base density"), base_density_,
              tr("The density that deformed sites are supposed to come from."), 106);
}

void AdvancedForm::add_deformation(QVBoxLayout* column) {
    column->addWidget(section_label(tr("Deformation")));
    time_row_ = new QWidget;
    auto* time_column = new QVBoxLayout(time_row_);
    time_column->setContentsMargins(0, 0, 0, 0);
    time_deformation_ = new QComboBox;
    time_deformation_->setObjectName(QStringLiteral("timeDeformation"));
    time_deformation_->addItem(tr("Space alone"), static_cast<int>(TimeDeformation::space_only));
    time_deformation_->addItem(tr("Space and time"), static_cast<int>(TimeDeformation::together));
    add_field(time_column, tr("Bends"), time_deformation_,
              tr("What a deformation bends. Space alone: one map of space for all times, and a scale of time. Space and time: the map may change with time."), 128);
    column->addWidget(time_row_);
    ridge_ = number_box(-1.0, 1e6, 1, 5.0);
    add_field(column, tr("Ridge λ"), ridge_,
              tr("Velocity field: penalty on its weights; a larger ridge bends less."), 88);
    basis_size_ = count_box(0, 100);
    add_field(column, tr("Basis size"), basis_size_,
              tr("Velocity field: number of Gaussian centres along each axis."), 88);
    fine_basis_ = count_box(0, 24);
    fine_basis_->setObjectName(QStringLiteral("fineBasis"));
    fine_basis_->setSpecialValueText(tr("none"));
    add_field(column, tr("Second level"), fine_basis_,
              tr("Velocity field: centres along each axis of a second, finer level for detail that the first cannot carry. The automatic model keeps it only where the evidence is for it; with a few hundred sites it rarely is."), 88);
    fine_ridge_ = number_box(-1.0, 1e6, 1, 10.0);
    fine_ridge_->setObjectName(QStringLiteral("fineRidge"));
    add_field(column, tr("Its ridge λ"), fine_ridge_,
              tr("Velocity field: penalty on the weights of the second level."), 88);
    added_units_ = count_box(0, 32);
    added_units_->setObjectName(QStringLiteral("addedUnits"));
    added_units_->setSpecialValueText(tr("none"));
    add_field(column, tr("Added units"), added_units_,
              tr("Velocity field: at most so many single narrow Gaussians, each placed where the objective falls fastest and kept only where the evidence is for it."), 88);
    layer_ridge_ = number_box(-1.0, 1e6, 2, 1.0);
    add_field(column, tr("Ridge of layers"), layer_ridge_,
              tr("Axial, radial basis, Möbius, spline and network: penalty on each coefficient; a larger ridge bends less."), 88);
    couplings_ = count_box(0, 1000);
    add_field(column, tr("Couplings"), couplings_, tr("RealNVP: number of affine couplings in a row."), 88);
    hidden_width_ = count_box(0, 10000);
    add_field(column, tr("Hidden width"), hidden_width_, tr("RealNVP and network: number of hidden units of each network."), 88);
    jacobian_penalty_ = number_box(-1.0, 1e6, 1, 1.0);
    add_field(column, tr("Jacobian penalty"), jacobian_penalty_,
              tr("RealNVP: penalty on how much the local stretch varies from place to place."), 88);
}

void AdvancedForm::add_fit(QVBoxLayout* column) {
    column->addWidget(section_label(tr("Fit")));
    optimiser_ = new QComboBox;
    optimiser_->addItem(tr("L-BFGS"), static_cast<int>(OptimiserKind::lbfgs));
    optimiser_->addItem(tr("Adam"), static_cast<int>(OptimiserKind::adam));
    add_field(column, tr("Optimiser"), optimiser_,
              tr("L-BFGS uses curvature and needs few iterations; Adam takes small steps and many of them."), 106);
    iterations_ = count_box(0, 1000000);
    add_field(column, tr("Iterations"), iterations_, tr("Largest number of iterations of each stage of the fit."), 88);
    learning_rate_ = number_box(-1.0, 10.0, 5, 0.001);
    add_field(column, tr("Learning rate"), learning_rate_, tr("Size of Adam's steps."), 88);
    starts_ = count_box(0, 1000);
    add_field(column, tr("Starts"), starts_, tr("Independent starts of the fit; the best objective is kept."), 88);
    held_out_ = number_box(-1.0, 1.0, 2, 0.05);
    add_field(column, tr("Held-out share"), held_out_,
              tr("Share of the sites that are scored, not fitted, while training; the end fits all."), 88);
    seed_ = count_box(0, std::numeric_limits<int>::max());
    add_field(column, tr("Seed"), seed_, tr("Of every random number of the fit: the same seed gives the same result."), 88);
    threads_ = count_box(0, 1024);
    threads_->setSpecialValueText(tr("all but one"));
    add_field(column, tr("Threads"), threads_, tr("Processor threads for linear algebra; 0 leaves one core to the window."), 88);
}

void AdvancedForm::read() {
    reading_ = true;
    const ModelSpecification& s = session_.specification();
    const FitOptions& o = session_.options();
    design_weight_->setValue(s.design_weight);
    design_term_->setCurrentIndex(design_term_->findData(static_cast<int>(s.design_term)));
    base_density_->setCurrentIndex(base_density_->findData(static_cast<int>(s.base_density)));
    time_row_->setVisible(session_.dataset() && session_.dataset()->last_axis_is_time);
    time_deformation_->setCurrentIndex(time_deformation_->findData(static_cast<int>(s.time_deformation)));
    ridge_->setValue(s.ridge);
    fine_basis_->setValue(s.fine_basis_size);
    fine_ridge_->setValue(s.fine_ridge);
    fine_ridge_->setEnabled(s.fine_basis_size > 0);
    added_units_->setValue(s.added_units);
    layer_ridge_->setValue(s.layer_ridge);
    basis_size_->setValue(s.basis_size);
    couplings_->setValue(s.couplings);
    hidden_width_->setValue(s.hidden_width);
    jacobian_penalty_->setValue(s.jacobian_penalty);
    optimiser_->setCurrentIndex(optimiser_->findData(static_cast<int>(o.optimiser)));
    iterations_->setValue(o.max_iterations);
    learning_rate_->setValue(o.learning_rate);
    learning_rate_->setEnabled(o.optimiser == OptimiserKind::adam);
    starts_->setValue(o.starts);
    held_out_->setValue(o.held_out_fraction);
    seed_->setValue(static_cast<int>(o.seed));
    threads_->setValue(o.threads);
    reading_ = false;
}

void AdvancedForm::write() {
    if (reading_) return;
    ModelSpecification s = session_.specification();
    s.design_weight = design_weight_->value();
    s.design_term = static_cast<DesignTerm>(design_term_->currentData().toInt());
    s.base_density = static_cast<BaseDensity>(base_density_->currentData().toInt());
    s.time_deformation = static_cast<TimeDeformation>(time_deformation_->currentData().toInt());
    s.ridge = ridge_->value();
    s.fine_basis_size = fine_basis_->value();
    s.fine_ridge = fine_ridge_->value();
    s.added_units = added_units_->value();
    s.layer_ridge = layer_ridge_->value();
    s.basis_size = basis_size_->value();
    s.couplings = couplings_->value();
    s.hidden_width = hidden_width_->value();
    s.jacobian_penalty = jacobian_penalty_->value();
    FitOptions o = session_.options();
    o.optimiser = static_cast<OptimiserKind>(optimiser_->currentData().toInt());
    o.max_iterations = iterations_->value();
    o.learning_rate = learning_rate_->value();
    o.starts = starts_->value();
    o.held_out_fraction = held_out_->value();
    o.seed = static_cast<std::uint64_t>(seed_->value());
    o.threads = threads_->value();
    session_.setModel(s, session_.automatic());
    session_.setOptions(o);
}

}  // namespace anamorph
