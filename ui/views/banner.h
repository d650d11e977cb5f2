// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QFrame>

class QLabel;
class QPushButton;

namespace anamorph {

/// A line across the top of the views that says in words what went wrong and what was kept.
class Banner : public QFrame {
    Q_OBJECT
public:
    explicit Banner(QWidget* parent = nullptr);
    void showFailure(const QString& title, const QString& sentence);
    void showNote(const QString& title, const QString& sentence);
    /// A note with a button; the banner goes when it is pressed.
    void showOffer(const QString& title, const QString& sentence, const QString& button, std::function<void()> action);
    [[nodiscard]] QString text() const;

private:
    void show_text(const QString& style, const QString& title, const QString& sentence);
    QLabel* text_;
    QPushButton* button_;
    std::function<void()> action_;
    QString plain_;
};

}  // namespace anamorph
