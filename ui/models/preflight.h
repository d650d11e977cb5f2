// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include <QString>
#include <QStringList>

#include "core/likelihood/likelihood_options.h"

namespace anamorph {

/// What is known of a fit before it starts.
struct Preflight {
    LikelihoodKind kind = LikelihoodKind::exact;  ///< never automatic: as it was asked for, or chosen
    QString forecast;      ///< what it will take, which likelihood, and why; empty where unknown
    double seconds = -1.0;  ///< of the fit; negative: unknown
    double bytes = -1.0;    ///< of fit and map; negative: unknown
    QStringList problems;  ///< sentences why the fit would be refused
    /// Likelihoods that cannot be chosen with the rest of the model, and why.
    std::map<LikelihoodKind, QString> unavailable;
};

}  // namespace anamorph
