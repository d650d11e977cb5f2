// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/likelihood_form.h"

#include <limits>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QSpinBox>

#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

constexpr int narrow = 88, wide = 106;

template <class Enum>
void add_choice(QComboBox& box, const QString& text, Enum value) {
    box.addItem(text, static_cast<int>(value));
}

template <class Enum>
Enum chosen(const QComboBox& box) {
    return static_cast<Enum>(box.currentData().toInt());
}

template <class Enum>
void choose(QComboBox& box, Enum value) {
    box.setCurrentIndex(box.findData(static_cast<int>(value)));
}

}  // namespace

LikelihoodForm::LikelihoodForm(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    column_ = panel_column(this);
    column_->addWidget(section_label(tr("Likelihood")));
    none_ = muted_label(tr("The exact likelihood has no options."));
    column_->addWidget(none_);
    add_vecchia();
    add_taper();
    add_predictive_process();
    add_spde();
    for (QDoubleSpinBox* box : {taper_range_, mesh_edge_, mesh_border_})
        connect(box, &QDoubleSpinBox::valueChanged, this, &LikelihoodForm::write);
    for (QSpinBox* box : {neighbours_, ordering_seed_, inducing_sites_, alpha_, basis_})
        connect(box, &QSpinBox::valueChanged, this, &LikelihoodForm::write);
    for (QComboBox* box : {ordering_, nugget_form_, taper_form_, placement_})
        connect(box, &QComboBox::activated, this, &LikelihoodForm::write);
    for (QCheckBox* box : {fitc_, move_inducing_}) connect(box, &QCheckBox::toggled, this, &LikelihoodForm::write);
    connect(&session_, &Session::modelChanged, this, &LikelihoodForm::read);
    connect(&session_, &Session::datasetChanged, this, &LikelihoodForm::read);
    connect(&session_, &Session::preflightChanged, this, &LikelihoodForm::show_group);
    read();
}

QVBoxLayout* LikelihoodForm::add_group(LikelihoodKind kind) {
    auto* group = new QWidget;
    groups_[kind] = group;
    column_->addWidget(group);
    return panel_column(group);
}

void LikelihoodForm::add_vecchia() {
    QVBoxLayout* column = add_group(LikelihoodKind::vecchia);
    neighbours_ = count_box(0, 1000);
    neighbours_->setObjectName(QStringLiteral("neighbours"));
    add_field(column, tr("Neighbours"), neighbours_,
              tr("How many nearest earlier sites each site is conditioned on: more are more accurate, and cost the cube of their number. Kriging uses as many."), narrow);
    ordering_ = new QComboBox;
    add_choice(*ordering_, tr("Maximin"), SiteOrdering::maximin);
    add_choice(*ordering_, tr("Random"), SiteOrdering::random);
    add_choice(*ordering_, tr("As given"), SiteOrdering::given);
    add_field(column, tr("Ordering"), ordering_,
              tr("Maximin: each next site is the one farthest from all earlier ones, the most accurate order."), wide);
    ordering_seed_ = count_box(0, std::numeric_limits<int>::max());
    add_field(column, tr("Order's seed"), ordering_seed_, tr("Of the random ordering."), narrow);
    nugget_form_ = new QComboBox;
    add_choice(*nugget_form_, tr("Response"), NuggetForm::response);
    add_choice(*nugget_form_, tr("Latent"), NuggetForm::latent);
    add_field(column, tr("Nugget"), nugget_form_,
              tr("Response: conditionals of the observations. Latent: conditionals of the field, and the nugget is added to the whole; more accurate where the nugget is large, and slower."), wide);
}

void LikelihoodForm::add_taper() {
    QVBoxLayout* column = add_group(LikelihoodKind::taper);
    taper_range_ = number_box(0.0, 1e12, 3, 1.0);
    taper_range_->setSpecialValueText(tr("chosen"));
    add_field(column, tr("Taper range"), taper_range_,
              tr("Distance beyond which the covariance is zero, in the unit of the coordinates; 0: chosen so that about 40 sites lie within it."), narrow);
    taper_form_ = new QComboBox;
    add_choice(*taper_form_, tr("One taper"), TaperForm::one_taper);
    add_choice(*taper_form_, tr("Two tapers"), TaperForm::two_taper);
    add_field(column, tr("Form"), taper_form_,
              tr("One taper: fast, with biased estimates. Two tapers: covariance and empirical covariance are tapered, unbiased and slower."), wide);
}

void LikelihoodForm::add_predictive_process() {
    QVBoxLayout* column = add_group(LikelihoodKind::predictive_process);
    inducing_sites_ = count_box(0, 100'000);
    add_field(column, tr("Inducing sites"), inducing_sites_,
              tr("Number of sites that carry the field: more resolve shorter ranges, and cost the square of their number."), narrow);
    placement_ = new QComboBox;
    add_choice(*placement_, tr("k-means"), InducingPlacement::k_means);
    add_choice(*placement_, tr("Maximin"), InducingPlacement::maximin);
    add_field(column, tr("Placed by"), placement_,
              tr("k-means: the centres of clusters, more where the sites are dense. Maximin: spread as evenly as can be."), wide);
    fitc_ = new QCheckBox(tr("Correct variances (FITC)"));
    fitc_->setToolTip(tooltip_text(tr("The inducing sites miss the variance at short distances; FITC adds it back at each site.")));
    column->addWidget(fitc_);
    move_inducing_ = new QCheckBox(tr("Move while fitting"));
    move_inducing_->setToolTip(tooltip_text(tr("The gradient moves the inducing sites to where they serve best.")));
    column->addWidget(move_inducing_);
}

void LikelihoodForm::add_spde() {
    QVBoxLayout* column = add_group(LikelihoodKind::spde);
    mesh_edge_ = number_box(0.0, 1e12, 3, 1.0);
    mesh_edge_->setSpecialValueText(tr("chosen"));
    add_field(column, tr("Mesh edge"), mesh_edge_,
              tr("Longest edge of the mesh within the data, in the unit of the coordinates; 0: chosen from the number of sites."), narrow);
    mesh_border_ = number_box(0.0, 100.0, 2, 0.1);
    add_field(column, tr("Border"), mesh_border_,
              tr("Width of the mesh's border around the data, as a share of their longest side: it keeps the variance right at the edge."), narrow);
    alpha_ = count_box(0, 10);
    add_field(column, tr("Order α"), alpha_,
              tr("Order of the differential operator, 1 or 2; the smoothness is ν = α − d/2."), narrow);
    basis_ = count_box(0, 100);
    basis_->setSpecialValueText(tr("constant"));
    add_field(column, tr("Varying along"), basis_,
              tr("Number of functions along an axis by which range and anisotropy vary in space, beside a deformation or instead of one; 0: they are constant."), wide);
}

void LikelihoodForm::show_group() {
    LikelihoodKind kind = session_.specification().likelihood.kind;
    if (kind == LikelihoodKind::automatic && session_.preflight()) kind = session_.preflight()->kind;
    bool any = false;
    for (const auto& [of, group] : groups_) {
        group->setVisible(of == kind);
        any = any || of == kind;
    }
    none_->setText(kind == LikelihoodKind::automatic ? tr("Options of the likelihood that is chosen appear here.")
                                                     : tr("The exact likelihood has no options."));
    none_->setVisible(!any);
}

void LikelihoodForm::read() {
    reading_ = true;
    const LikelihoodOptions& o = session_.specification().likelihood;
    const auto dataset = session_.dataset();
    const QString unit = dataset && !dataset->coordinate_system.unit.empty()
                             ? QLatin1Char(' ') + QString::fromStdString(dataset->coordinate_system.unit)
                             : QString();
    taper_range_->setSuffix(unit);
    mesh_edge_->setSuffix(unit);
    neighbours_->setValue(o.neighbours);
    choose(*ordering_, o.ordering);
    ordering_seed_->setValue(static_cast<int>(o.ordering_seed));
    ordering_seed_->setEnabled(o.ordering == SiteOrdering::random);
    choose(*nugget_form_, o.nugget_form);
    taper_range_->setValue(o.taper_range);
    choose(*taper_form_, o.taper_form);
    inducing_sites_->setValue(o.inducing_sites);
    choose(*placement_, o.placement);
    fitc_->setChecked(o.fitc);
    move_inducing_->setChecked(o.move_inducing);
    mesh_edge_->setValue(o.mesh_edge);
    mesh_border_->setValue(o.mesh_border);
    alpha_->setValue(o.spde_alpha);
    basis_->setValue(o.spde_basis);
    reading_ = false;
    show_group();
}

void LikelihoodForm::write() {
    if (reading_) return;
    ModelSpecification s = session_.specification();
    LikelihoodOptions& o = s.likelihood;
    o.neighbours = neighbours_->value();
    o.ordering = chosen<SiteOrdering>(*ordering_);
    o.ordering_seed = static_cast<std::uint64_t>(ordering_seed_->value());
    o.nugget_form = chosen<NuggetForm>(*nugget_form_);
    o.taper_range = taper_range_->value();
    o.taper_form = chosen<TaperForm>(*taper_form_);
    o.inducing_sites = inducing_sites_->value();
    o.placement = chosen<InducingPlacement>(*placement_);
    o.fitc = fitc_->isChecked();
    o.move_inducing = move_inducing_->isChecked();
    o.mesh_edge = mesh_edge_->value();
    o.mesh_border = mesh_border_->value();
    o.spde_alpha = alpha_->value();
    o.spde_basis = basis_->value();
    session_.setModel(s, session_.automatic());
}

}  // namespace anamorph
