// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/model_form.h"

#include <QComboBox>
#include <QSignalBlocker>
#include <QStandardItemModel>

#include "core/fit/combinations.h"
#include "core/fit/make_deformation.h"
#include "ui/models/number_text.h"
#include "ui/views/covariance_form.h"
#include "ui/views/layers_editor.h"
#include "ui/views/panel_parts.h"
#include "ui/views/theme.h"

namespace anamorph {
namespace {

constexpr int automatic_model = -1;
constexpr int axis_aligned_model = -2;  // a full matrix that turns nothing
constexpr int explanation_role = Qt::UserRole + 1;

template <class Enum>
void add_choice(QComboBox& box, const QString& text, Enum value, const QString& explanation) {
    box.addItem(text, static_cast<int>(value));
    box.setItemData(box.count() - 1, tooltip_text(explanation), Qt::ToolTipRole);
    box.setItemData(box.count() - 1, explanation, explanation_role);
}

void set_axis_aligned(ModelSpecification& s) {
    ModelSpecification named;
    set_model(named, "axis-aligned");
    s.deformation = named.deformation;
    s.layers = named.layers;
}

}  // namespace

ModelForm::ModelForm(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    QVBoxLayout* column = panel_column(this);
    model_ = new QComboBox;
    model_->setObjectName(QStringLiteral("modelChoice"));
    add_choice(*model_, tr("Automatic"), automatic_model,
               tr("Fits stationary, anisotropic and deformed classes and chooses by evidence."));
    const auto add_deformation = [this](DeformationKind kind) {
        add_choice(*model_, deformation_title(kind), kind, deformation_explanation(kind));
    };
    add_deformation(DeformationKind::stationary);
    add_choice(*model_, tr("Axis-aligned"), axis_aligned_model,
               tr("Each axis is scaled on its own and nothing is turned; crests at an angle to the axes cannot be followed."));
    add_deformation(DeformationKind::anisotropic);
    for (const DeformationKind kind : warping_deformations()) add_deformation(kind);
    add_deformation(DeformationKind::layers);
    add_field(column, tr("Model"), model_,
              tr("The spatial map f from geographic to deformed space, in which the field is stationary."));
    layers_ = new LayersEditor;
    layers_->setLayers({DeformationKind::axial, DeformationKind::radial_basis});
    layers_->hide();
    column->addWidget(layers_);
    connect(layers_, &LayersEditor::edited, this, &ModelForm::write);
    covariance_ = new CovarianceForm;
    column->addWidget(covariance_);
    connect(covariance_, &CovarianceForm::edited, this, &ModelForm::write);
    likelihood_ = new QComboBox;
    likelihood_->setObjectName(QStringLiteral("likelihoodChoice"));
    add_choice(*likelihood_, tr("Automatic"), LikelihoodKind::automatic,
               tr("Exact where the sites are few enough, otherwise an approximation; the line below says which and why."));
    add_choice(*likelihood_, tr("Exact"), LikelihoodKind::exact,
               tr("The full covariance matrix: no approximation; time grows with the cube of the number of sites, memory with its square."));
    add_choice(*likelihood_, tr("Vecchia"), LikelihoodKind::vecchia,
               tr("Each site given its nearest earlier ones in deformed space: accurate, and for millions of sites."));
    add_choice(*likelihood_, tr("Tapering"), LikelihoodKind::taper,
               tr("Correlation is cut to zero beyond a range, so that the matrix is sparse."));
    add_choice(*likelihood_, tr("Predictive process"), LikelihoodKind::predictive_process,
               tr("The field is carried by a few inducing sites: for smooth fields with long ranges."));
    add_choice(*likelihood_, tr("SPDE"), LikelihoodKind::spde,
               tr("The field solves a stochastic differential equation on a mesh that the deformation moves; its smoothness follows from the order."));
    add_field(column, tr("Likelihood"), likelihood_,
              tr("How the probability of the data given the model is computed: exactly, or by one of its approximations. Their options are under Advanced in the step Model."));
    forecast_ = muted_label(QString());
    forecast_->setObjectName(QStringLiteral("likelihoodForecast"));
    forecast_->setFont(theme_font(11.0));
    column->addWidget(forecast_);
    trend_ = new QComboBox;
    add_choice(*trend_, tr("None"), Trend::none, tr("The mean is zero."));
    add_choice(*trend_, tr("Constant"), Trend::constant, tr("One unknown mean, estimated by generalised least squares."));
    add_choice(*trend_, tr("Linear"), Trend::linear, tr("A plane in the coordinates."));
    add_choice(*trend_, tr("Quadratic"), Trend::quadratic,
               tr("A curved surface: squares and products of the coordinates too. Beyond the sites it soon leaves all that was measured."));
    add_choice(*trend_, tr("Covariates"), Trend::covariates, tr("A linear combination of the covariate columns."));
    add_field(column, tr("Trend"), trend_,
              tr("The mean h(x)ᵀβ that the field varies around; also called drift."));
    log_scale_ = new QComboBox;
    add_choice(*log_scale_, tr("Automatic"), LogScale::automatic,
               tr("The automatic model tries both; a single model does without."));
    add_choice(*log_scale_, tr("Yes"), LogScale::yes, tr("Variance and nugget vary smoothly over the map."));
    add_choice(*log_scale_, tr("No"), LogScale::no, tr("Variance and nugget are the same everywhere."));
    add_field(column, tr("Log-scale"), log_scale_,
              tr("A smooth field l(x): variance and nugget vary together as exp(l(x))."));
    transform_ = new QComboBox;
    transform_->setObjectName(QStringLiteral("transformChoice"));
    add_choice(*transform_, tr("None"), TransformKind::none, tr("The values themselves are taken to be Gaussian."));
    add_choice(*transform_, tr("Logarithm"), TransformKind::log,
               tr("For values whose spread grows with their size, such as concentrations. Where not all are positive, a shift is added."));
    add_choice(*transform_, tr("Square root"), TransformKind::square_root,
               tr("Milder than the logarithm; for counts and rainfall. Where not all are positive, a shift is added."));
    add_choice(*transform_, tr("Box–Cox"), TransformKind::box_cox,
               tr("A power between the logarithm and the square, chosen by maximum likelihood."));
    add_choice(*transform_, tr("Normal score"), TransformKind::normal_score,
               tr("Gaussian anamorphosis: each value becomes the normal quantile of its rank, by a smooth curve."));
    add_field(column, tr("Values"), transform_,
              tr("Skewed values are transformed before they are taken to be Gaussian. Maps, quantiles and simulations come back in the original unit, and likelihoods are those of the original values, so models with different transforms compare."));
    for (QComboBox* box : {model_, likelihood_, trend_, log_scale_, transform_})
        connect(box, &QComboBox::activated, this, &ModelForm::write);
    connect(&session_, &Session::modelChanged, this, &ModelForm::read);
    connect(&session_, &Session::datasetChanged, this, &ModelForm::read);
    connect(&session_, &Session::preflightChanged, this, &ModelForm::showPreflight);
    read();
}

void ModelForm::read() {
    const ModelSpecification& s = session_.specification();
    const auto choose = [](QComboBox* box, int value) {
        const QSignalBlocker blocker(box);
        box->setCurrentIndex(box->findData(value));
    };
    choose(model_, session_.automatic() ? automatic_model
                   : is_axis_aligned(s) ? axis_aligned_model
                                        : static_cast<int>(s.deformation));
    if (s.deformation == DeformationKind::layers) layers_->setLayers(s.layers);
    layers_->setVisible(!session_.automatic() && s.deformation == DeformationKind::layers);
    showRefusedModels();
    covariance_->show(s, session_.automatic());
    choose(trend_, static_cast<int>(s.trend));
    choose(log_scale_, static_cast<int>(s.log_scale));
    choose(transform_, static_cast<int>(s.transform));
    const auto dataset = session_.dataset();
    const bool has_covariates = dataset && dataset->covariates.cols() > 0;
    if (auto* items = qobject_cast<QStandardItemModel*>(trend_->model()))
        items->item(trend_->findData(static_cast<int>(Trend::covariates)))->setEnabled(has_covariates);
    choose(likelihood_, static_cast<int>(s.likelihood.kind));
    showPreflight();
}

/// What these data cannot have is not offered, and says why.
void ModelForm::showRefusedModels() {
    auto* items = qobject_cast<QStandardItemModel*>(model_->model());
    const auto dataset = session_.dataset();
    for (int k = 1; items && k < model_->count(); ++k) {
        CombinationRequest request;
        request.dimension = dataset ? dataset->dimension() : 2;
        request.last_axis_is_time = dataset && dataset->last_axis_is_time;
        request.chordal = dataset && dataset->coordinate_system.chordal;
        request.specification.time_deformation = session_.specification().time_deformation;
        if (const int model = model_->itemData(k).toInt(); model == axis_aligned_model)
            set_axis_aligned(request.specification);
        else
            request.specification.deformation = static_cast<DeformationKind>(model);
        const auto reason = refusal(request);
        QStandardItem* item = items->item(k);
        item->setEnabled(!reason);
        item->setToolTip(tooltip_text(reason ? QString::fromStdString(*reason) : item->data(explanation_role).toString()));
    }
}

void ModelForm::showPreflight() {
    const auto& found = session_.preflight();
    forecast_->setVisible(session_.dataset() != nullptr);
    if (!found) return;  // the last one stays until the next is known
    forecast_->setText(found->forecast);
    forecast_->setVisible(!found->forecast.isEmpty());
    auto* items = qobject_cast<QStandardItemModel*>(likelihood_->model());
    for (int k = 0; items && k < likelihood_->count(); ++k) {
        const auto reason = found->unavailable.find(static_cast<LikelihoodKind>(likelihood_->itemData(k).toInt()));
        QStandardItem* item = items->item(k);
        const bool available = reason == found->unavailable.end();
        item->setEnabled(available);
        item->setToolTip(tooltip_text(available ? item->data(explanation_role).toString() : reason->second));
    }
}

void ModelForm::write() {
    ModelSpecification s = session_.specification();
    const int model = model_->currentData().toInt();
    if (model >= 0) s.deformation = static_cast<DeformationKind>(model);
    // Only a model of layers has a list of them; the editor keeps it for the next time.
    if (model == automatic_model && s.deformation == DeformationKind::layers)
        s.deformation = DeformationKind::velocity_field;
    s.layers.clear();
    if (s.deformation == DeformationKind::layers) s.layers = layers_->layers();
    if (model == axis_aligned_model) set_axis_aligned(s);
    covariance_->write(s, model == automatic_model);
    s.trend = static_cast<Trend>(trend_->currentData().toInt());
    s.likelihood.kind = static_cast<LikelihoodKind>(likelihood_->currentData().toInt());
    s.log_scale = static_cast<LogScale>(log_scale_->currentData().toInt());
    s.transform = static_cast<TransformKind>(transform_->currentData().toInt());
    session_.setModel(s, model == automatic_model);
}

}  // namespace anamorph
