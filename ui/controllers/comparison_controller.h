// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QObject>

#include "core/validate/approximation_comparison.h"
#include "ui/controllers/job_runner.h"
#include "ui/models/session.h"

namespace anamorph {

/// Compares the approximations of the likelihood at the model that is shown.
class ComparisonController : public QObject {
    Q_OBJECT
public:
    explicit ComparisonController(Session& session, QObject* parent = nullptr);

    [[nodiscard]] bool isComparing() const { return runner_.isBusy(); }
    /// Replaces a running comparison; does nothing without a model.
    void compare(const ComparisonOptions& options);

public Q_SLOTS:
    void cancel() { runner_.cancel(); }

Q_SIGNALS:
    void started();
    void progressed(const anamorph::Progress& progress);
    /// `model` is the one that was compared at.
    void compared(std::shared_ptr<const anamorph::ApproximationComparison> comparison,
                  std::shared_ptr<const anamorph::FittedModel> model);
    void failed(const QString& sentence);
    void cancelled();
    void finished();

private:
    Session& session_;
    JobRunner runner_;
};

}  // namespace anamorph
