// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/steps_panel.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QResizeEvent>
#include <QStyleOption>
#include <QVBoxLayout>

#include "ui/views/panel_parts.h"

namespace anamorph {
namespace {

constexpr int low_height = 800;  ///< of the column: below, its panels would often need to be scrolled

}  // namespace

StepButton::StepButton(int number, const QString& text, QWidget* parent)
    : QAbstractButton(parent), number_(number) {
    setText(text);
    setCheckable(true);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StepButton::setDone(bool done) {
    done_ = done;
    update();
}

void StepButton::setBusy(bool busy) {
    busy_ = busy;
    update();
}

void StepButton::setReachable(bool reachable) {
    reachable_ = reachable;
    update();
}

void StepButton::setTheme(const Theme& theme) {
    theme_ = theme;
    update();
}

QSize StepButton::sizeHint() const { return {100, 30}; }

void StepButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = rect();
    if (isChecked() || underMouse() || hasFocus()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChecked() ? theme_.selected : theme_.background);
        painter.drawRoundedRect(area.adjusted(0, 0.5, 0, -0.5), 6, 6);
    }
    const QRectF disc(9.5, area.center().y() - 9.5, 19, 19);
    const bool ticked = done_ && !busy_ && !isChecked();
    const QColor edge = ticked ? theme_.good : (isChecked() || busy_ ? theme_.accent : theme_.hairline);
    painter.setPen(QPen(edge, 1.2));
    painter.setBrush(ticked ? QBrush(theme_.good) : QBrush(theme_.card));
    painter.drawEllipse(disc);
    if (ticked) {
        painter.setPen(QPen(theme_.card, 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const QPointF c = disc.center();
        painter.drawPolyline(QPolygonF({c + QPointF(-3.6, 0.2), c + QPointF(-1.0, 2.8), c + QPointF(3.8, -2.6)}));
    } else {
        painter.setFont(theme_font(10.5));
        painter.setPen(isChecked() || busy_ ? theme_.accent : theme_.muted);
        painter.drawText(disc, Qt::AlignCenter, QString::number(number_));
    }
    painter.setFont(theme_font(12.5, isChecked()));
    QColor ink = isChecked() || done_ ? theme_.ink : theme_.muted;
    if (!isChecked() && done_) ink = theme_.muted;
    if (!reachable_ && !isChecked()) ink.setAlphaF(0.65F);
    painter.setPen(ink);
    const bool narrow = area.width() < 150.0;
    painter.drawText(area.adjusted(narrow ? 35 : 40, 0, narrow ? -2 : -24, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
    if (busy_) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme_.accent);
        painter.drawEllipse(QPointF(area.right() - (narrow ? 9 : 14), area.center().y()), 4, 4);
    }
}

StepsPanel::StepsPanel(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("card"));
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 10, 0, 0);
    column->setSpacing(0);
    const std::array<QString, step_count> names = {tr("Data"),     tr("Explore"), tr("Model"), tr("Train"),
                                                   tr("Validate"), tr("Map"),     tr("Export")};
    list_ = new QGridLayout;
    list_->setContentsMargins(0, 0, 10, 0);
    list_->setSpacing(0);
    for (int i = 0; i < step_count; ++i) {
        auto* button = new StepButton(i + 1, names[static_cast<std::size_t>(i)], this);
        button->setObjectName(QStringLiteral("step%1").arg(i + 1));
        button->setToolTip(tr("%1 (Ctrl+%2)").arg(button->text()).arg(i + 1));
        entries_[static_cast<std::size_t>(i)].button = button;
        connect(button, &QAbstractButton::clicked, this, [this, i] { show(static_cast<Step>(i)); });
    }
    place_buttons(1);
    column->addLayout(list_);
    column->addSpacing(10);
    auto* line_row = new QVBoxLayout;
    line_row->setContentsMargins(0, 0, 10, 0);
    line_row->addWidget(horizontal_hairline());
    column->addLayout(line_row);
    missing_page_ = new QWidget;
    QVBoxLayout* missing_column = panel_column(missing_page_);
    missing_text_ = muted_label(QString());
    missing_link_ = link_button(QString());
    missing_column->addWidget(missing_text_);
    missing_column->addWidget(missing_link_, 0, Qt::AlignLeft);
    missing_column->addStretch(1);
    connect(missing_link_, &QPushButton::clicked, this, [this] { show(entries_[at(current_)].needed); });
    auto* body = new QWidget;
    body->setObjectName(QStringLiteral("panelBody"));
    auto* body_column = new QVBoxLayout(body);
    body_column->setContentsMargins(0, 12, 10, 10);
    body_column->addWidget(missing_page_);
    pages_ = body_column;
    scroll_ = new QScrollArea;
    scroll_->setObjectName(QStringLiteral("panelScroll"));
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setWidget(body);
    column->addWidget(scroll_, 1);
    update_page();
}

void StepsPanel::place_buttons(int columns) {
    if (columns == columns_) return;
    columns_ = columns;
    const int rows = (step_count + columns - 1) / columns;
    for (int i = 0; i < step_count; ++i)
        list_->addWidget(entries_[static_cast<std::size_t>(i)].button, i % rows, i / rows);  // moves it if it is there
    for (int c = 0; c < 2; ++c) list_->setColumnStretch(c, c < columns ? 1 : 0);
}

void StepsPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    place_buttons(event->size().height() < low_height ? 2 : 1);
}

void StepsPanel::setPanel(Step step, QWidget* panel) {
    entries_[at(step)].panel = panel;
    panel->hide();
    pages_->addWidget(panel);
    if (step == current_) update_page();
}

void StepsPanel::setDone(Step step, bool done) { entries_[at(step)].button->setDone(done); }
void StepsPanel::setBusy(Step step, bool busy) { entries_[at(step)].button->setBusy(busy); }

void StepsPanel::setMissing(Step step, const QString& reason, Step needed) {
    Entry& entry = entries_[at(step)];
    entry.missing = reason;
    entry.needed = needed;
    entry.button->setReachable(reason.isEmpty());
    if (step == current_) update_page();
}

QString StepsPanel::missing(Step step) const { return entries_[at(step)].missing; }

QAbstractButton* StepsPanel::button(Step step) const { return entries_[at(step)].button; }

void StepsPanel::setTheme(const Theme& theme) {
    for (Entry& entry : entries_) entry.button->setTheme(theme);
}

void StepsPanel::show(Step step) {
    current_ = step;
    update_page();
    scroll_->ensureVisible(0, 0);
    Q_EMIT currentChanged(step);
}

void StepsPanel::update_page() {
    for (int i = 0; i < step_count; ++i)
        entries_[static_cast<std::size_t>(i)].button->setChecked(static_cast<Step>(i) == current_);
    const Entry& entry = entries_[at(current_)];
    QWidget* page = missing_page_;
    if (entry.missing.isEmpty() && entry.panel) {
        page = entry.panel;
    } else {
        missing_text_->setText(entry.missing);
        missing_link_->setText(tr("Go to %1").arg(entries_[at(entry.needed)].button->text()));
    }
    for (int i = 0; i < pages_->count(); ++i)
        if (QWidget* other = pages_->itemAt(i)->widget(); other != page) other->hide();
    page->show();
}

}  // namespace anamorph
