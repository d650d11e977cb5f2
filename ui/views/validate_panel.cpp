// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/validate_panel.h"

#include <algorithm>
#include <limits>

#include <QComboBox>
#include <QListView>
#include <QMessageBox>
#include <QSpinBox>
#include <QStandardItemModel>

#include "ui/models/number_text.h"
#include "ui/views/families_form.h"
#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

constexpr double worth_asking = 60.0;  // seconds of work

QSpinBox* counting_box(int low, int high, int value) {
    QSpinBox* box = count_box(low, high);
    box->setValue(value);
    return box;
}

/// A widget that holds one row of fields, so that it can be hidden as a whole.
QVBoxLayout* row_in(QVBoxLayout* column, QWidget*& row) {
    row = new QWidget;
    column->addWidget(row);
    auto* layout = new QVBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    return layout;
}

}  // namespace

ValidatePanel::ValidatePanel(Session& session, ValidationController& validation, QWidget* parent)
    : QWidget(parent), session_(session), validation_(validation) {
    QVBoxLayout* column = panel_column(this);
    add_folds(column);
    compare_ = primary_button(tr("Compare"));
    compare_->setObjectName(QStringLiteral("compareButton"));
    column->addWidget(compare_);
    cancel_ = new QPushButton(tr("Cancel, keep what is done"));
    cancel_->setObjectName(QStringLiteral("cancelValidation"));
    cancel_->hide();
    column->addWidget(cancel_);
    message_ = muted_label(QString());
    message_->setObjectName(QStringLiteral("validationMessage"));
    column->addWidget(message_);
    back_ = link_button(tr("Back to the trained model"));
    back_->setObjectName(QStringLiteral("backToTrained"));
    column->addWidget(back_, 0, Qt::AlignLeft);
    column->addSpacing(6);
    column->addWidget(section_label(tr("Models")));
    families_ = new FamiliesForm;
    column->addWidget(families_);
    column->addStretch(1);
    connect(compare_, &QPushButton::clicked, this, [this] {
        if (may_replace()) validation_.validate(request());
    });
    connect(cancel_, &QPushButton::clicked, &validation_, &ValidationController::cancel);
    connect(back_, &QPushButton::clicked, &session_, &Session::openTrained);
    connect(families_, &FamiliesForm::changed, this, &ValidatePanel::refresh);
    connect(hold_out_, &QComboBox::currentIndexChanged, this, &ValidatePanel::refresh);
    connect(&validation_, &ValidationController::familiesChanged, this, &ValidatePanel::show_families);
    connect(&validation_, &ValidationController::started, this, &ValidatePanel::refresh);
    connect(&validation_, &ValidationController::finished, this, &ValidatePanel::refresh);
    connect(&session_, &Session::validationChanged, this, &ValidatePanel::refresh);
    connect(&session_, &Session::fitChanged, this, &ValidatePanel::refresh);
    connect(&session_, &Session::modelChanged, this, &ValidatePanel::refresh);
    for (const QSpinBox* box : {folds_, blocks_x_, blocks_y_, seed_})
        connect(box, &QSpinBox::valueChanged, this, &ValidatePanel::refresh);
    connect(&session_, &Session::datasetChanged, this, [this] {
        const bool groups = session_.dataset() && !session_.dataset()->groups.empty();
        hold_out_->setCurrentIndex(groups ? static_cast<int>(HoldOut::groups) : static_cast<int>(HoldOut::random));
        refresh();
    });
    show_families();
}

void ValidatePanel::add_folds(QVBoxLayout* column) {
    column->addWidget(section_label(tr("Held-out sites")));
    hold_out_ = new QComboBox;
    hold_out_->setObjectName(QStringLiteral("holdOut"));
    hold_out_->addItems({tr("random folds"), tr("spatial blocks"), tr("whole groups"), tr("periods of time"), tr("single values")});
    hold_out_->setToolTip(tooltip_text(tr("All models are fitted without the same sites and predict them.")));
    column->addWidget(hold_out_);
    explanation_ = muted_label(QString());
    column->addWidget(explanation_);
    folds_ = counting_box(2, 1000, 5);
    folds_->setObjectName(QStringLiteral("validationFolds"));
    add_field(row_in(column, folds_row_), tr("Folds"), folds_, tr("Each is predicted from the others; every model is fitted once for each and once to all sites."), 72);
    QVBoxLayout* blocks = row_in(column, blocks_row_);
    blocks_x_ = counting_box(1, 100, 4);
    blocks_y_ = counting_box(1, 100, 4);
    auto* both = new QWidget;
    auto* row = new QHBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    times_ = new QLabel(QStringLiteral("×"));
    row->addWidget(blocks_x_);
    row->addWidget(times_);
    row->addWidget(blocks_y_);
    add_field(blocks, tr("Blocks"), both, tr("Rectangles along the first axis and along the second."), 128);
    seed_ = counting_box(0, std::numeric_limits<int>::max(), 1);
    add_field(column, tr("Seed"), seed_, tr("Of the random split."), 72);
}

HoldOut ValidatePanel::hold_out() const { return static_cast<HoldOut>(hold_out_->currentIndex()); }

ValidationRequest ValidatePanel::request() const {
    ValidationRequest request;
    request.models = families_->chosen();
    request.hold_out = hold_out();
    request.folds = folds_->value();
    if (hold_out() == HoldOut::groups && session_.dataset())
        request.folds = std::min(request.folds, static_cast<int>(session_.dataset()->size()));
    request.blocks_x = blocks_x_->value();
    request.blocks_y = blocks_y_->value();
    request.seed = static_cast<std::uint64_t>(seed_->value());
    return request;
}

void ValidatePanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    validation_.wantFamilies();
}

void ValidatePanel::show_families() {
    families_->setNames(validation_.families());
    refresh();
}

/// What these data cannot be split by is not offered.
void ValidatePanel::hide_way(HoldOut way, bool hidden) {
    const int row = static_cast<int>(way);
    if (auto* list = qobject_cast<QListView*>(hold_out_->view())) list->setRowHidden(row, hidden);
    if (auto* items = qobject_cast<QStandardItemModel*>(hold_out_->model())) items->item(row)->setEnabled(!hidden);
}

/// "Add 2 models" where the table has others on the same folds.
QString ValidatePanel::button_text(bool kept, qsizetype chosen) const {
    if (kept && chosen > 0) {
        const auto& models = session_.validation()->models;
        const QStringList names = validation_.toFit(request());
        const bool again = std::any_of(models.begin(), models.end(), [&](const ModelScores& model) {
            return model.failure.empty() && names.contains(QString::fromStdString(model.name));
        });
        if (again) return names.size() == 1 ? tr("Compare 1 model again") : tr("Compare %1 models again").arg(names.size());
        return names.size() == 1 ? tr("Add 1 model") : tr("Add %1 models").arg(names.size());
    }
    return chosen == 1 ? tr("Compare 1 model") : tr("Compare %1 models").arg(chosen);
}

/// Hours of work are not replaced by one click.
bool ValidatePanel::may_replace() {
    const Session::ValidationPointer result = session_.validation();
    if (!result || validation_.keepsEarlier(request())) return true;
    double seconds = 0.0;
    for (const ModelScores& model : result->models) seconds += model.seconds;
    if (seconds < worth_asking) return true;
    return QMessageBox::question(
               this, tr("Replace the comparison?"),
               tr("The %1 models in the table took %2. They were scored on other folds or with other settings, and a new comparison replaces them. To keep them, export the table or save the project under another name first.")
                   .arg(result->models.size())
                   .arg(duration_text(seconds)),
               QMessageBox::Ok | QMessageBox::Cancel, QMessageBox::Cancel) == QMessageBox::Ok;
}

void ValidatePanel::refresh() {
    const bool busy = validation_.isValidating();
    const auto dataset = session_.dataset();
    const bool groups = dataset && !dataset->groups.empty();
    if (auto* items = qobject_cast<QStandardItemModel*>(hold_out_->model())) {
        items->item(static_cast<int>(HoldOut::groups))->setEnabled(groups);
        items->item(static_cast<int>(HoldOut::groups))
            ->setToolTip(groups ? QString() : tr("No column has the role group: import the table again and choose it."));
    }
    hide_way(HoldOut::periods, !dataset || !dataset->last_axis_is_time);
    const bool several = dataset && dataset->has_realisations();
    hide_way(HoldOut::values, !several);
    switch (hold_out()) {
        case HoldOut::random:
            explanation_->setText(several ? tr("Sites with all their values: prediction of each realisation between its sites.")
                                          : tr("Prediction between near sites."));
            break;
        case HoldOut::values: explanation_->setText(tr("Values of each realisation: prediction where others of the site are known.")); break;
        case HoldOut::blocks: explanation_->setText(tr("Whole rectangles: prediction away from the sites.")); break;
        case HoldOut::periods: explanation_->setText(tr("Whole periods, twice as many as folds: prediction from what was measured before and after.")); break;
        case HoldOut::groups: explanation_->setText(tr("Whole boreholes, floats, profiles: groups are never split.")); break;
    }
    folds_row_->setVisible(hold_out() != HoldOut::blocks);
    blocks_row_->setVisible(hold_out() == HoldOut::blocks);
    const bool plane = !dataset || dataset->space_dimension() > 1;
    times_->setVisible(plane);
    blocks_y_->setVisible(plane);
    for (QWidget* field : std::initializer_list<QWidget*>{hold_out_, folds_row_, blocks_row_, seed_, families_})
        field->setEnabled(!busy);
    const auto chosen = families_->chosen().size();
    compare_->setVisible(!busy);
    compare_->setEnabled(chosen > 0 && dataset != nullptr);
    const Session::ValidationPointer result = session_.validation();
    const bool kept = dataset && validation_.keepsEarlier(request());
    compare_->setText(button_text(kept, chosen));
    cancel_->setVisible(busy);
    if (busy && result && result->models.size() < result->planned)
        message_->setText(tr("%1 of %2 models done; the table fills below.").arg(result->models.size()).arg(result->planned));
    else if (busy)
        message_->setText(tr("The table below fills as models finish."));
    else if (chosen == 0)
        message_->setText(!dataset                              ? QString()
                          : validation_.families().isEmpty() ? tr("Looking which families suit the data …")
                                                               : tr("Tick at least one model."));
    else if (result && !kept)
        message_->setText(tr("The table below is of other folds or settings; a new comparison replaces it."));
    else
        message_->setText(QString());
    message_->setVisible(!message_->text().isEmpty());
    back_->setVisible(session_.trainedFit() != nullptr);
}

}  // namespace anamorph
