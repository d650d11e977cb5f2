// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>
#include <QString>

class QCoreApplication;

namespace anamorph {

/// What `anamorph` was asked for.
struct CommandLine {
    QString file;        ///< a project or table; empty: none
    QString theme;       ///< "light", "dark"; empty: as remembered
    QSize size;          ///< of the window; invalid: as remembered
    QString screenshot;  ///< write a picture of the window here when all is drawn, and leave
    QString heartbeat;   ///< train at once, write the longest busy time of the window here, and leave
    int limit = 0;           ///< with heartbeat: stop and keep the best after so many seconds; 0: to the end
    int step = 0;        ///< 1 to 7: show this step; 0: as it comes
    QString tab;         ///< "loss", "variograms", …: show this tab; empty: as it comes
};

/// Parses; prints help or an error and leaves the process where that is asked for.
[[nodiscard]] CommandLine parse_command_line(const QCoreApplication& application);

}  // namespace anamorph
