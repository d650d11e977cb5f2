// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/noise_form.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>

#include "core/fit/local_fields.h"
#include "ui/views/panel_parts.h"

namespace anamorph {

NoiseForm::NoiseForm(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    QVBoxLayout* column = panel_column(this);
    column->addWidget(section_label(tr("Noise")));
    noise_ = new QComboBox;
    noise_->setObjectName(QStringLiteral("noiseChoice"));
    const auto add = [this](const QString& text, NoiseKind kind, const QString& explanation) {
        noise_->addItem(text, static_cast<int>(kind));
        noise_->setItemData(noise_->count() - 1, tooltip_text(explanation), Qt::ToolTipRole);
    };
    add(tr("Gaussian"), NoiseKind::gaussian, tr("The nugget is normal."));
    add(tr("Student"), NoiseKind::student,
        tr("Heavy tails: each site gets a weight from its own residual, so that outliers do not bend the model. They are listed with their weights in the table of sites. The evidence is then a lower bound."));
    add_field(column, tr("Distribution"), noise_,
              tr("The distribution of the nugget: Gaussian, or Student's t against outliers."), 106);
    degrees_row_ = new QWidget;
    QVBoxLayout* degrees_column = panel_column(degrees_row_);
    degrees_ = number_box(0.0, 1000.0, 1, 1.0);
    degrees_->setObjectName(QStringLiteral("degreesOfFreedom"));
    add_field(degrees_column, tr("Freedom ν"), degrees_,
              tr("Degrees of freedom of Student noise, above 2: fewer for heavier tails; with many it is Gaussian."), 88);
    column->addWidget(degrees_row_);
    varying_ = new QCheckBox(tr("Varies over the map"));
    varying_->setObjectName(QStringLiteral("varyingNugget"));
    varying_->setToolTip(tooltip_text(
        tr("A smooth field of its own for the nugget, log τ²(x), beside the log-scale or without it: measurements that are rougher in one part of the map than in another.")));
    column->addWidget(varying_);

    distance_ = new QWidget;
    distance_->setObjectName(QStringLiteral("distanceCovariates"));
    distance_column_ = panel_column(distance_);
    distance_column_->addWidget(section_label(tr("Distance")));
    column->addWidget(distance_);

    connect(noise_, &QComboBox::activated, this, &NoiseForm::write);
    connect(degrees_, &QDoubleSpinBox::valueChanged, this, &NoiseForm::write);
    connect(varying_, &QCheckBox::toggled, this, &NoiseForm::write);
    connect(&session_, &Session::modelChanged, this, &NoiseForm::read);
    connect(&session_, &Session::datasetChanged, this, &NoiseForm::read);
    read();
}

void NoiseForm::make_covariates() {
    const auto dataset = session_.dataset();
    const std::vector<std::string> names = dataset ? dataset->covariate_names : std::vector<std::string>();
    distance_->setVisible(!names.empty());
    if (names == names_) return;
    names_ = names;
    for (QCheckBox* box : covariates_) box->deleteLater();
    covariates_.clear();
    for (const std::string& name : names_) {
        auto* box = new QCheckBox(QString::fromStdString(name));
        box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);  // a long name is cut, the panel keeps its width
        box->setToolTip(tooltip_text(
            tr("One more coordinate of the distance, with an estimated scale: sites at different %1 are less alike, however near they are. Maps then need it everywhere, from a raster.")
                .arg(QString::fromStdString(name))));
        connect(box, &QCheckBox::toggled, this, &NoiseForm::write);
        distance_column_->addWidget(box);
        covariates_.push_back(box);
    }
}

void NoiseForm::read() {
    reading_ = true;
    const ModelSpecification& s = session_.specification();
    noise_->setCurrentIndex(noise_->findData(static_cast<int>(s.noise)));
    degrees_->setValue(s.degrees_of_freedom);
    degrees_row_->setVisible(s.noise == NoiseKind::student);
    const bool own_nuggets = !session_.automatic() && is_regional(s);
    varying_->setChecked(s.varying_nugget);
    varying_->setEnabled(!own_nuggets || s.varying_nugget);  // regions have nuggets of their own
    make_covariates();
    for (std::size_t k = 0; k < covariates_.size(); ++k)
        covariates_[k]->setChecked(std::find(s.distance_covariates.begin(), s.distance_covariates.end(),
                                             names_[k]) != s.distance_covariates.end());
    reading_ = false;
}

void NoiseForm::write() {
    if (reading_) return;
    ModelSpecification s = session_.specification();
    s.noise = static_cast<NoiseKind>(noise_->currentData().toInt());
    s.degrees_of_freedom = degrees_->value();
    s.varying_nugget = varying_->isChecked();
    s.distance_covariates.clear();
    for (std::size_t k = 0; k < covariates_.size(); ++k)
        if (covariates_[k]->isChecked()) s.distance_covariates.push_back(names_[k]);
    session_.setModel(s, session_.automatic());
}

}  // namespace anamorph
