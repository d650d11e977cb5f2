// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/families_form.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QSignalBlocker>

#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

const QString log_scale_suffix = QStringLiteral("+log-scale");

struct Family {
    const char* name;
    const char* label;
    const char* explanation;
};

constexpr Family families[] = {
    {"stationary", QT_TRANSLATE_NOOP("FamiliesForm", "Stationary"), QT_TRANSLATE_NOOP("FamiliesForm", "The same correlation everywhere; what the others are compared with.")},
    {"axis-aligned", QT_TRANSLATE_NOOP("FamiliesForm", "Axis-aligned"), QT_TRANSLATE_NOOP("FamiliesForm", "A range of its own along each axis, without a turn.")},
    {"anisotropic", QT_TRANSLATE_NOOP("FamiliesForm", "Anisotropic"), QT_TRANSLATE_NOOP("FamiliesForm", "Correlation reaches farther in one direction.")},
    {"velocity-field", QT_TRANSLATE_NOOP("FamiliesForm", "Velocity field"), QT_TRANSLATE_NOOP("FamiliesForm", "A deformation by a smooth flow, which cannot fold.")},
    {"realnvp", QT_TRANSLATE_NOOP("FamiliesForm", "RealNVP"), QT_TRANSLATE_NOOP("FamiliesForm", "A deformation by an invertible network; good from some thousand sites on.")},
    {"radial", QT_TRANSLATE_NOOP("FamiliesForm", "Radial"), QT_TRANSLATE_NOOP("FamiliesForm", "Space grows with the distance from one centre.")},
    {"spline", QT_TRANSLATE_NOOP("FamiliesForm", "Spline coupling"), QT_TRANSLATE_NOOP("FamiliesForm", "One coordinate is bent by monotone splines that the other chooses.")},
    {"axial", QT_TRANSLATE_NOOP("FamiliesForm", "Axial warping"), QT_TRANSLATE_NOOP("FamiliesForm", "Each coordinate is stretched on its own.")},
    {"radial-basis", QT_TRANSLATE_NOOP("FamiliesForm", "Radial basis"), QT_TRANSLATE_NOOP("FamiliesForm", "Bulges and pinches around a grid of centres.")},
    {"mobius", QT_TRANSLATE_NOOP("FamiliesForm", "Möbius"), QT_TRANSLATE_NOOP("FamiliesForm", "One Möbius transformation of the plane.")},
    {"network", QT_TRANSLATE_NOOP("FamiliesForm", "Network"), QT_TRANSLATE_NOOP("FamiliesForm", "A plain network that is added to the coordinates; it may fold.")},
    {"axial+radial-basis", QT_TRANSLATE_NOOP("FamiliesForm", "Axial, radial basis"), QT_TRANSLATE_NOOP("FamiliesForm", "Two layers, one after the other.")},
    {"convolution", QT_TRANSLATE_NOOP("FamiliesForm", "Convolution"), QT_TRANSLATE_NOOP("FamiliesForm", "Process convolution: range, anisotropy and variance vary smoothly.")},
    {"partition-of-unity", QT_TRANSLATE_NOOP("FamiliesForm", "Partition of unity"), QT_TRANSLATE_NOOP("FamiliesForm", "Overlapping regions with a stationary model in each, blended.")},
    {"segmented", QT_TRANSLATE_NOOP("FamiliesForm", "Segmented"), QT_TRANSLATE_NOOP("FamiliesForm", "Regions with sharp borders, a stationary model in each.")},
    {"spde", QT_TRANSLATE_NOOP("FamiliesForm", "SPDE, varying"), QT_TRANSLATE_NOOP("FamiliesForm", "A stochastic differential equation whose range and diffusion vary.")},
    {"auto", QT_TRANSLATE_NOOP("FamiliesForm", "Automatic"), QT_TRANSLATE_NOOP("FamiliesForm", "The automatic model chooses anew in every fold: slow, and the honest score of the whole procedure.")},
};

const Family* family_of(const QString& name) {
    for (const Family& family : families)
        if (name == QLatin1String(family.name)) return &family;
    return nullptr;
}

}  // namespace

FamiliesForm::FamiliesForm(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = panel_column(this);
    column->setSpacing(4);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    count_ = muted_label(QString());
    count_->setWordWrap(false);
    row->addWidget(count_, 1);
    const auto link = [&](const QString& text, const QString& name, const QString& tooltip, auto action) {
        QPushButton* button = link_button(text);
        button->setObjectName(name);
        button->setToolTip(tooltip_text(tooltip));
        connect(button, &QPushButton::clicked, this, action);
        row->addWidget(button);
    };
    link(tr("All"), QStringLiteral("allFamilies"), tr("Every family that suits the data."), [this] { choose(names_); });
    link(tr("Quick"), QStringLiteral("quickFamilies"), tr("Stationary, anisotropic and velocity field, each with and without the log-scale."), [this] {
        QStringList quick;
        for (const QString& name : names_)
            for (const char* base : {"stationary", "anisotropic", "velocity-field"})
                if (QString(name).remove(log_scale_suffix) == QLatin1String(base)) quick << name;
        choose(quick);
    });
    link(tr("None"), QStringLiteral("noFamilies"), tr("Untick all."), [this] { choose({}); });
    column->addLayout(row);
    grid_ = nullptr;
    setNames({});
}

void FamiliesForm::setNames(const QStringList& names) {
    if (page_ && names == names_) return;
    names_ = names;
    boxes_.clear();
    delete page_;
    page_ = new QWidget;
    grid_ = new QGridLayout(page_);
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setVerticalSpacing(3);
    grid_->setColumnStretch(0, 1);
    if (!names.isEmpty()) {
        QLabel* header = muted_label(tr("log-scale"));
        header->setWordWrap(false);
        header->setToolTip(tooltip_text(tr("The family with variance and nugget that vary smoothly over the map.")));
        grid_->addWidget(header, 0, 1, Qt::AlignRight);
    }
    const auto add = [&](const QString& name, const QString& text, const QString& tooltip, int row, int column) {
        auto* box = new QCheckBox(text);
        box->setObjectName(QStringLiteral("validate_") + name);
        box->setProperty("model", name);
        box->setToolTip(tooltip_text(tooltip));
        const auto wish = wish_.emplace(name, true).first;
        box->setChecked(wish->second);
        connect(box, &QCheckBox::toggled, this, [this, name](bool on) {
            wish_[name] = on;
            count();
            Q_EMIT changed();
        });
        grid_->addWidget(box, row, column, column == 0 ? Qt::AlignLeft : Qt::AlignHCenter);
        boxes_ << box;
    };
    std::map<QString, int> row_of;
    for (const QString& name : names) {
        const bool scaled = name.endsWith(log_scale_suffix);
        const QString base = scaled ? name.chopped(log_scale_suffix.size()) : name;
        const int row = row_of.emplace(base, static_cast<int>(row_of.size()) + 1).first->second;
        const Family* family = family_of(base);
        const QString label = family ? tr(family->label) : base;
        const QString explanation = family ? tr(family->explanation) : base;
        add(name, scaled ? QString() : label, scaled ? tr("%1, with variance and nugget that vary over the map.").arg(label) : explanation,
            row, scaled ? 1 : 0);
    }
    layout()->addWidget(page_);
    count();
    Q_EMIT changed();
}

QStringList FamiliesForm::chosen() const {
    QStringList result;
    for (const QString& name : names_) {
        const auto wish = wish_.find(name);
        if (wish != wish_.end() && wish->second) result << name;
    }
    return result;
}

void FamiliesForm::choose(const QStringList& names) {
    for (const QString& name : names_) wish_[name] = names.contains(name);
    for (QCheckBox* box : boxes_) {
        const QSignalBlocker blocker(box);
        box->setChecked(wish_[box->property("model").toString()]);
    }
    count();
    Q_EMIT changed();
}

void FamiliesForm::count() {
    count_->setText(names_.isEmpty() ? tr("none yet") : tr("%1 of %2").arg(chosen().size()).arg(names_.size()));
}

}  // namespace anamorph
