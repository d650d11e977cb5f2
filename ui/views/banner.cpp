// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/banner.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>

namespace anamorph {

Banner::Banner(QWidget* parent) : QFrame(parent) {
    setObjectName(QStringLiteral("bannerBad"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 6, 6, 6);
    text_ = new QLabel;
    text_->setObjectName(QStringLiteral("bannerText"));
    text_->setWordWrap(true);
    text_->setTextFormat(Qt::RichText);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* close = new QToolButton;
    close->setText(QStringLiteral("×"));
    close->setToolTip(tr("Dismiss"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    row->addWidget(text_, 1);
    row->addWidget(close, 0, Qt::AlignTop);
    hide();
}

void Banner::show_text(const QString& style, const QString& title, const QString& sentence) {
    setObjectName(style);
    this->style()->unpolish(this);
    this->style()->polish(this);
    plain_ = title + QLatin1Char(' ') + sentence;
    text_->setText(QStringLiteral("<b>%1</b> %2").arg(title.toHtmlEscaped(), sentence.toHtmlEscaped()));
    show();
}

void Banner::showFailure(const QString& title, const QString& sentence) {
    show_text(QStringLiteral("bannerBad"), title, sentence);
}

void Banner::showNote(const QString& title, const QString& sentence) {
    show_text(QStringLiteral("bannerWarning"), title, sentence);
}

QString Banner::text() const { return isHidden() ? QString() : plain_; }

}  // namespace anamorph
