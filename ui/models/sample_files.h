// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVector>

namespace anamorph {

/// One data set that comes with the program.
struct SampleFile {
    QString path;
    QString title;
    QString description;
};

/// The samples that lie in `folder`, in a good order to try them; none if it is missing.
[[nodiscard]] QVector<SampleFile> sample_files(const QString& folder);

/// The folder of the samples: $ANAMORPH_SAMPLE_DATA, or sample_data beside the program or above it.
[[nodiscard]] QString sample_folder();

}  // namespace anamorph
