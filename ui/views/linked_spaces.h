// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>

namespace anamorph {

class SpacesWidget;

/// Links widgets that show the same sites under several models: what one is zoomed, panned or turned
/// to, the others follow, and the point under the pointer is read in all of them.
class LinkedSpaces : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    void add(SpacesWidget* widget);
    void clear();

private:
    /// Calls `action` for every widget but `source`.
    template <class Action>
    void tell(const SpacesWidget* source, Action action) const;
    QList<SpacesWidget*> widgets_;
};

}  // namespace anamorph
