// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/validate_panel.h"

#include <limits>

#include <QCheckBox>
#include <QRadioButton>
#include <QSpinBox>

#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

QSpinBox* count_box(int low, int high, int value) {
    auto* box = new QSpinBox;
    box->setLocale(QLocale::c());
    box->setRange(low, high);
    box->setValue(value);
    return box;
}

}  // namespace

ValidatePanel::ValidatePanel(Session& session, ValidationController& validation, QWidget* parent)
    : QWidget(parent), session_(session), validation_(validation) {
    QVBoxLayout* column = panel_column(this);
    add_models(column);
    add_folds(column);
    compare_ = primary_button(tr("Compare"));
    compare_->setObjectName(QStringLiteral("compareButton"));
    column->addWidget(compare_);
    cancel_ = new QPushButton(tr("Cancel"));
    cancel_->hide();
    column->addWidget(cancel_);
    verdict_ = text_label(QString());
    column->addWidget(verdict_);
    column->addStretch(1);
    connect(compare_, &QPushButton::clicked, this, [this] { validation_.validate(request()); });
    connect(cancel_, &QPushButton::clicked, &validation_, &ValidationController::cancel);
    for (const QCheckBox* box : models_) connect(box, &QCheckBox::toggled, this, &ValidatePanel::refresh);
    connect(random_, &QRadioButton::toggled, this, &ValidatePanel::refresh);
    connect(&validation_, &ValidationController::started, this, &ValidatePanel::refresh);
    connect(&validation_, &ValidationController::finished, this, &ValidatePanel::refresh);
    connect(&session_, &Session::validationChanged, this, &ValidatePanel::refresh);
    connect(&session_, &Session::datasetChanged, this, &ValidatePanel::refresh);
    refresh();
}

void ValidatePanel::add_models(QVBoxLayout* column) {
    column->addWidget(section_label(tr("Models")));
    struct Choice {
        const char* name;
        QString text;
        QString explanation;
        bool checked;
    };
    const std::vector<Choice> choices = {
        {"stationary", tr("Stationary"), tr("The same correlation everywhere; the reference that the others are compared with."), true},
        {"anisotropic", tr("Anisotropic"), tr("Correlation reaches farther in one direction."), true},
        {"velocity-field", tr("Velocity field"), tr("A deformation by a smooth flow."), true},
        {"velocity-field+log-scale", tr("Velocity field, log-scale"), tr("The same, with variance and nugget that vary over the map."), false},
        {"realnvp", tr("RealNVP"), tr("A deformation by an invertible network."), false},
        {"auto", tr("Automatic"), tr("The automatic model chooses anew in every fold: slow, and the honest score of the whole procedure."), false},
    };
    for (const Choice& choice : choices) {
        auto* box = new QCheckBox(choice.text);
        box->setProperty("model", QString::fromLatin1(choice.name));
        box->setObjectName(QStringLiteral("validate_%1").arg(QString::fromLatin1(choice.name)));
        box->setToolTip(tooltip_text(choice.explanation));
        box->setChecked(choice.checked);
        models_.push_back(box);
        column->addWidget(box);
    }
}

void ValidatePanel::add_folds(QVBoxLayout* column) {
    column->addWidget(section_label(tr("Held-out sites")));
    random_ = new QRadioButton(tr("Random folds"));
    random_->setChecked(true);
    random_->setToolTip(tooltip_text(tr("Every site is held out once, in random groups: tests interpolation between near sites.")));
    blocks_ = new QRadioButton(tr("Spatial blocks"));
    blocks_->setToolTip(tooltip_text(tr("Whole rectangles are held out: tests prediction away from the sites.")));
    column->addWidget(random_);
    folds_ = count_box(2, 1000, 5);
    add_field(column, tr("Folds"), folds_, tr("Number of groups; each is predicted from the others."), 72);
    column->addWidget(blocks_);
    blocks_x_ = count_box(1, 100, 4);
    add_field(column, tr("Blocks along x"), blocks_x_, tr("Rectangles along the first axis."), 72);
    blocks_y_ = count_box(1, 100, 4);
    add_field(column, tr("Blocks along y"), blocks_y_, tr("Rectangles along the second axis."), 72);
    seed_ = count_box(0, std::numeric_limits<int>::max(), 1);
    add_field(column, tr("Seed"), seed_, tr("Of the random split."), 72);
}

ValidationRequest ValidatePanel::request() const {
    ValidationRequest request;
    for (const QCheckBox* box : models_)
        if (box->isChecked()) request.models << box->property("model").toString();
    request.spatial_blocks = blocks_->isChecked();
    request.folds = folds_->value();
    request.blocks_x = blocks_x_->value();
    request.blocks_y = blocks_y_->value();
    request.seed = static_cast<std::uint64_t>(seed_->value());
    return request;
}

void ValidatePanel::refresh() {
    const bool busy = validation_.isValidating();
    bool any = false;
    for (QCheckBox* box : models_) {
        any = any || box->isChecked();
        box->setEnabled(!busy);
    }
    const bool random = random_->isChecked();
    const auto dataset = session_.dataset();
    folds_->setEnabled(random && !busy);
    blocks_x_->setEnabled(!random && !busy);
    blocks_y_->setEnabled(!random && !busy && dataset && dataset->dimension() > 1);
    compare_->setEnabled(any && !busy && dataset);
    compare_->setText(busy ? tr("Comparing …") : tr("Compare"));
    cancel_->setVisible(busy);
    const Session::ValidationPointer result = session_.validation();
    if (!any)
        verdict_->setText(tr("Tick at least one model."));
    else
        verdict_->setText(result ? QString::fromStdString(result->verdict) : QString());
}

}  // namespace anamorph
