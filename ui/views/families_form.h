// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include <QStringList>
#include <QWidget>

class QCheckBox;
class QGridLayout;
class QLabel;

namespace anamorph {

/// The check list of model families: a line a family, ticked plain and with the log-scale.
class FamiliesForm : public QWidget {
    Q_OBJECT
public:
    explicit FamiliesForm(QWidget* parent = nullptr);
    /// The names that can be ticked, as on the command line. What was ticked stays so; names that are
    /// new are ticked. Empty: it says that there is nothing yet.
    void setNames(const QStringList& names);
    /// In the order of the list.
    [[nodiscard]] QStringList chosen() const;
    void choose(const QStringList& names);

Q_SIGNALS:
    void changed();

private:
    void count();

    QStringList names_;
    std::map<QString, bool> wish_;  ///< of every name that was ever offered
    QList<QCheckBox*> boxes_;
    QGridLayout* grid_;
    QWidget* page_ = nullptr;
    QLabel* count_;
};

}  // namespace anamorph
