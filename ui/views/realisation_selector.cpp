// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/realisation_selector.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"

namespace anamorph {

RealisationSelector::RealisationSelector(Session& session, QWidget* parent)
    : QWidget(parent), session_(session) {
    setObjectName(QStringLiteral("realisationSelector"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 16, 6);
    row->setSpacing(8);
    const auto button = [](const QString& text, const QString& name, const QString& id) {
        auto* b = new QToolButton;
        b->setText(text);
        b->setAccessibleName(name);
        b->setObjectName(id);
        return b;
    };
    previous_ = button(QStringLiteral("◀"), tr("Previous realisation"), QStringLiteral("previousRealisation"));
    next_ = button(QStringLiteral("▶"), tr("Next realisation"), QStringLiteral("nextRealisation"));
    labels_ = new QComboBox;
    labels_->setObjectName(QStringLiteral("realisation"));
    labels_->setAccessibleName(tr("Realisation"));
    labels_->setMinimumWidth(128);
    labels_->setMaxVisibleItems(20);
    labels_->setToolTip(tooltip_text(
        tr("The field was observed several times. All realisations share one model; maps and simulations are "
           "made from the values of this one, whose sites are drawn in full, the others pale.")));
    facts_ = muted_label(QString());
    facts_->setWordWrap(false);
    row->addWidget(new QLabel(tr("Realisation")));
    row->addWidget(previous_);
    row->addWidget(labels_);
    row->addWidget(next_);
    row->addWidget(facts_, 1);
    connect(labels_, &QComboBox::currentTextChanged, this, [this](const QString& label) {
        if (!showing_) session_.setRealisation(label);
    });
    connect(previous_, &QToolButton::clicked, this, [this] { step(-1); });
    connect(next_, &QToolButton::clicked, this, [this] { step(1); });
    connect(&session_, &Session::datasetChanged, this, &RealisationSelector::refresh);
    connect(&session_, &Session::realisationChanged, this, &RealisationSelector::show_current);
    refresh();
}

void RealisationSelector::refresh() {
    const std::vector<std::string>& labels = session_.facts().realisations;
    const bool several = !labels.empty();
    setVisible(several);
    showing_ = true;
    labels_->clear();
    for (const std::string& label : labels) labels_->addItem(QString::fromStdString(label));
    showing_ = false;
    if (several) show_current();
}

void RealisationSelector::show_current() {
    const DataFacts& facts = session_.facts();
    if (facts.realisations.empty()) return;
    showing_ = true;
    labels_->setCurrentText(session_.realisation());
    showing_ = false;
    const int at = labels_->currentIndex();
    previous_->setEnabled(at > 0);
    next_->setEnabled(at + 1 < labels_->count());
    const auto sites = static_cast<long long>(facts.values.at(static_cast<std::size_t>(std::max(at, 0))));
    facts_->setText(tr("%1 of %2, %3 values").arg(at + 1).arg(labels_->count()).arg(count_text(sites)));
}

void RealisationSelector::step(int by) {
    const int to = labels_->currentIndex() + by;
    if (to >= 0 && to < labels_->count()) session_.setRealisation(labels_->itemText(to));
}

}  // namespace anamorph
