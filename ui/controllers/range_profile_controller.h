// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QObject>

#include "ui/controllers/job_runner.h"
#include "ui/models/range_profile_picture.h"
#include "ui/models/session.h"

namespace anamorph {

/// Profiles the range of the stationary model of the session's data, with the covariance, trend and
/// values' transform that are chosen or, where a model is shown, that it has.
class RangeProfileController : public QObject {
    Q_OBJECT
public:
    explicit RangeProfileController(Session& session, QObject* parent = nullptr);

    [[nodiscard]] bool isProfiling() const { return runner_.isBusy(); }
    /// Replaces a running profile; does nothing without data.
    void profile();
    /// The last profile of these data; null without.
    [[nodiscard]] const std::shared_ptr<const RangeProfilePicture>& picture() const { return picture_; }

public Q_SLOTS:
    void cancel() { runner_.cancel(); }

Q_SIGNALS:
    void started();
    void progressed(const anamorph::Progress& progress);
    void changed();  ///< another picture, or none
    void failed(const QString& sentence);
    void cancelled();
    void finished();

private:
    Session& session_;
    JobRunner runner_;
    std::shared_ptr<const RangeProfilePicture> picture_;
};

}  // namespace anamorph
