// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/covariance_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QSignalBlocker>
#include <QSpinBox>

#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

/// Matérn correlations are listed by their smoothness, the other families after them.
constexpr int first_family = 100;

int family_item(const ModelSpecification& s) {
    return s.correlation == CorrelationFamily::matern ? static_cast<int>(s.smoothness)
                                                      : first_family + static_cast<int>(s.correlation);
}

void add(QComboBox& box, const QString& text, int value, const QString& explanation) {
    box.addItem(text, value);
    box.setItemData(box.count() - 1, tooltip_text(explanation), Qt::ToolTipRole);
}

bool has_regions(int local) {
    return local == static_cast<int>(LocalCovariance::partition) ||
           local == static_cast<int>(LocalCovariance::segmented);
}

}  // namespace

CovarianceForm::CovarianceForm(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = panel_column(this);
    family_ = new QComboBox;
    family_->setObjectName(QStringLiteral("covarianceChoice"));
    const auto matern = [this](const QString& text, Smoothness nu, const QString& explanation) {
        add(*family_, text, static_cast<int>(nu), explanation);
    };
    const auto other = [this](const QString& text, CorrelationFamily family, const QString& explanation) {
        add(*family_, text, first_family + static_cast<int>(family), explanation);
    };
    matern(tr("Automatic"), Smoothness::automatic, tr("Tries Matérn 1/2, 3/2 and 5/2 and keeps the best."));
    matern(tr("Matérn 1/2"), Smoothness::half, tr("Exponential: a rough, continuous field."));
    matern(tr("Matérn 3/2"), Smoothness::three_halves, tr("A field that is differentiable once."));
    matern(tr("Matérn 5/2"), Smoothness::five_halves, tr("A field that is differentiable twice."));
    matern(tr("Matérn, ν estimated"), Smoothness::estimate, tr("The smoothness ν is estimated with the other parameters."));
    matern(tr("Gaussian"), Smoothness::infinite, tr("An infinitely smooth field; rarely realistic."));
    other(tr("Spherical"), CorrelationFamily::spherical, tr("Nearly linear at the origin; exactly zero beyond its range."));
    other(tr("Cubic"), CorrelationFamily::cubic, tr("Smooth at the origin; exactly zero beyond its range."));
    other(tr("Generalised Cauchy"), CorrelationFamily::cauchy, tr("Smoothness near the origin and a slow decay far away, both estimated."));
    add_field(column, tr("Covariance"), family_,
              tr("How correlation falls with distance in deformed space; the smoothness ν says how smooth the field is."));

    structures_ = new QComboBox;
    structures_->setObjectName(QStringLiteral("structuresChoice"));
    add(*structures_, tr("One"), 1, tr("One sill, one range."));
    add(*structures_, tr("Two nested"), 2, tr("The sum of two structures, each with its sill, range and anisotropy."));
    add(*structures_, tr("Three nested"), 3, tr("The sum of three structures, each with its sill, range and anisotropy."));
    add_field(column, tr("Structures"), structures_, tr("Variation at several scales at once: nested structures."));

    local_ = new QComboBox;
    local_->setObjectName(QStringLiteral("localChoice"));
    add(*local_, tr("The same"), static_cast<int>(LocalCovariance::same), tr("One covariance everywhere in deformed space."));
    add(*local_, tr("Convolution"), static_cast<int>(LocalCovariance::convolution),
        tr("Range and anisotropy vary smoothly from place to place: a field of kernels (Paciorek and Schervish 2006)."));
    add(*local_, tr("Partition of unity"), static_cast<int>(LocalCovariance::partition),
        tr("A stationary model around each of a few centres, blended between them."));
    add(*local_, tr("Segments"), static_cast<int>(LocalCovariance::segmented),
        tr("A stationary model in each of a few regions, independent of the others: sharp borders."));
    add_field(column, tr("Locally"), local_,
              tr("Whether the covariance in deformed space differs from place to place."));
    varying_smoothness_ = new QCheckBox(tr("Smoothness varies, too"));
    varying_smoothness_->setObjectName(QStringLiteral("varyingSmoothness"));
    varying_smoothness_->setToolTip(tooltip_text(
        tr("A field of its own for the Matérn's smoothness ν, between 0.2 and 4: rough in one part of the map, smooth in another (Stein 2005). "
           "It is estimated at every place, so the covariance is the Matérn with ν estimated. The map then has a layer of ν.")));
    column->addWidget(varying_smoothness_);
    regions_ = count_box(2, 8);
    regions_->setObjectName(QStringLiteral("regionsCount"));
    regions_label_ = add_field(column, tr("Regions"), regions_,
                               tr("Number of regions, found by k-means of the sites; each keeps at least ten of them."));

    for (QComboBox* box : {structures_, local_})
        connect(box, &QComboBox::activated, this, [this] {
            showRegions();
            Q_EMIT edited();
        });
    connect(family_, &QComboBox::activated, this, [this] {
        // A smoothness that is fixed does not vary.
        if (!isEstimated()) varying_smoothness_->setChecked(false);
        Q_EMIT edited();
    });
    connect(varying_smoothness_, &QCheckBox::clicked, this, [this](bool varies) {
        if (varies) family_->setCurrentIndex(family_->findData(static_cast<int>(Smoothness::estimate)));
        Q_EMIT edited();
    });
    connect(regions_, &QSpinBox::valueChanged, this, &CovarianceForm::edited);
    showRegions();
}

bool CovarianceForm::isConvolution() const {
    return local_->isEnabled() && local_->currentData().toInt() == static_cast<int>(LocalCovariance::convolution);
}

bool CovarianceForm::isEstimated() const {
    const int family = family_->currentData().toInt();
    return family == static_cast<int>(Smoothness::automatic) || family == static_cast<int>(Smoothness::estimate);
}

void CovarianceForm::showRegions() {
    const bool regional = local_->isEnabled() && has_regions(local_->currentData().toInt());
    regions_->setVisible(regional);
    regions_label_->setVisible(regional);
    varying_smoothness_->setVisible(isConvolution());
    // Nested structures go with one covariance everywhere.
    structures_->setEnabled(local_->isEnabled() &&
                            local_->currentData().toInt() == static_cast<int>(LocalCovariance::same));
    if (!structures_->isEnabled()) {
        const QSignalBlocker blocker(structures_);
        structures_->setCurrentIndex(0);
    }
}

void CovarianceForm::show(const ModelSpecification& s, bool automatic_model) {
    const auto choose = [](QComboBox* box, int value) {
        const QSignalBlocker blocker(box);
        box->setCurrentIndex(box->findData(value));
    };
    choose(family_, family_item(s));
    choose(structures_, automatic_model ? 1 : s.structures);
    choose(local_, static_cast<int>(automatic_model ? LocalCovariance::same : s.local));
    local_->setEnabled(!automatic_model);
    varying_smoothness_->setChecked(s.varying_smoothness);
    const QSignalBlocker blocker(regions_);
    regions_->setValue(s.regions);
    regions_->setEnabled(s.region_outlines.empty());  // else they are drawn
    showRegions();
}

void CovarianceForm::write(ModelSpecification& s, bool automatic_model) const {
    const int family = family_->currentData().toInt();
    s.correlation = family >= first_family ? static_cast<CorrelationFamily>(family - first_family)
                                           : CorrelationFamily::matern;
    s.smoothness = family >= first_family ? Smoothness::automatic : static_cast<Smoothness>(family);
    s.structures = automatic_model ? 1 : structures_->currentData().toInt();
    s.local = automatic_model ? LocalCovariance::same
                              : static_cast<LocalCovariance>(local_->currentData().toInt());
    s.varying_smoothness = isConvolution() && isEstimated() && varying_smoothness_->isChecked();
    s.regions = regions_->value();
}

}  // namespace anamorph
