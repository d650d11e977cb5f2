// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/banner.h"

#include <utility>

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
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
    button_ = new QPushButton;
    button_->setObjectName(QStringLiteral("bannerButton"));
    connect(button_, &QPushButton::clicked, this, [this] {
        hide();
        if (const auto action = std::exchange(action_, {})) action();
    });
    row->addWidget(text_, 1);
    row->addWidget(button_, 0, Qt::AlignTop);
    row->addWidget(close, 0, Qt::AlignTop);
    hide();
}

void Banner::show_text(const QString& style, const QString& title, const QString& sentence) {
    setObjectName(style);
    this->style()->unpolish(this);
    this->style()->polish(this);
    plain_ = title + QLatin1Char(' ') + sentence;
    button_->hide();
    text_->setText(QStringLiteral("<b>%1</b> %2").arg(title.toHtmlEscaped(), sentence.toHtmlEscaped()));
    show();
}

void Banner::showFailure(const QString& title, const QString& sentence) {
    show_text(QStringLiteral("bannerBad"), title, sentence);
}

void Banner::showNote(const QString& title, const QString& sentence) {
    show_text(QStringLiteral("bannerWarning"), title, sentence);
}

void Banner::showOffer(const QString& title, const QString& sentence, const QString& button, std::function<void()> action) {
    show_text(QStringLiteral("bannerWarning"), title, sentence);
    action_ = std::move(action);
    button_->setText(button);
    button_->show();
}

QString Banner::text() const { return isHidden() ? QString() : plain_; }

}  // namespace anamorph
