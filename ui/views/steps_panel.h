// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QAbstractButton>
#include <QScrollArea>
#include <QWidget>

#include "ui/views/theme.h"

class QGridLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace anamorph {

/// The steps of an analysis, in order.
enum class Step { data, explore, model, train, validate, map, export_results };
inline constexpr int step_count = 7;

/// One entry: a round number, or a tick when the step is done, and its name.
class StepButton : public QAbstractButton {
    Q_OBJECT
public:
    StepButton(int number, const QString& text, QWidget* parent = nullptr);
    void setDone(bool done);
    void setBusy(bool busy);
    void setReachable(bool reachable);
    void setTheme(const Theme& theme);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int number_;
    bool done_ = false;
    bool busy_ = false;
    bool reachable_ = true;
    Theme theme_ = Theme::light();
};

/// The left column: the steps, and below them the panel of the current one. A step that needs an
/// earlier one shows what is missing and the way there.
class StepsPanel : public QWidget {
    Q_OBJECT
public:
    explicit StepsPanel(QWidget* parent = nullptr);

    void setPanel(Step step, QWidget* panel);
    [[nodiscard]] Step current() const { return current_; }
    void setDone(Step step, bool done);
    void setBusy(Step step, bool busy);
    /// An empty reason means that the step can be used; else `needed` is where to go first.
    void setMissing(Step step, const QString& reason, Step needed);
    [[nodiscard]] QString missing(Step step) const;
    void setTheme(const Theme& theme);
    [[nodiscard]] QAbstractButton* button(Step step) const;

public Q_SLOTS:
    void show(anamorph::Step step);

protected:
    void resizeEvent(QResizeEvent* event) override;

Q_SIGNALS:
    void currentChanged(anamorph::Step step);

private:
    struct Entry {
        StepButton* button = nullptr;
        QWidget* panel = nullptr;
        QString missing;
        Step needed = Step::data;
    };
    void update_page();
    static std::size_t at(Step step) { return static_cast<std::size_t>(step); }

    std::array<Entry, step_count> entries_;
    Step current_ = Step::data;
    /// One below the other, or in a low window in two columns, so that the panel has room.
    void place_buttons(int columns);

    QGridLayout* list_;
    int columns_ = 0;
    QVBoxLayout* pages_;  ///< all panels, one of them shown: the others take no room
    QScrollArea* scroll_;
    QWidget* missing_page_;
    QLabel* missing_text_;
    QPushButton* missing_link_;
};

}  // namespace anamorph
