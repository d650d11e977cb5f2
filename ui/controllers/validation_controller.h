// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>

#include "ui/controllers/job_runner.h"
#include "ui/models/session.h"

namespace anamorph {

/// How sites are held out.
enum class HoldOut { random, blocks, groups, periods, values };

/// What the validation panel asks for.
struct ValidationRequest {
    QStringList models;   ///< names as on the command line: "auto", "stationary", …
    HoldOut hold_out = HoldOut::random;
    int folds = 5;        ///< random folds, or folds that groups are dealt to
    int blocks_x = 4, blocks_y = 4;
    std::uint64_t seed = 1;
};

/// Compares models by cross-validation with the session's trend, smoothness and options. Each model
/// that is done goes into the session at once; a cancelled comparison keeps those.
class ValidationController : public QObject {
    Q_OBJECT
public:
    explicit ValidationController(Session& session, QObject* parent = nullptr);
    [[nodiscard]] bool isValidating() const { return runner_.isBusy(); }
    void validate(const ValidationRequest& request);
    /// Names of the models that suit the session's data, simple ones first; empty until they are
    /// known and without data. Follows the session from the first wantFamilies on.
    [[nodiscard]] const QStringList& families() const { return families_; }
    /// Still looking for them.
    [[nodiscard]] bool isLooking() const { return looking_.isBusy() || look_timer_.isActive(); }

public Q_SLOTS:
    /// Looks which families suit the data, off the window's thread: each is made once, for which
    /// LibTorch is loaded.
    void wantFamilies();
    void cancel() { runner_.cancel(); }

Q_SIGNALS:
    void started();
    void progressed(const anamorph::Progress& progress);
    void validated();
    void failed(const QString& sentence);
    void cancelled();
    void finished();
    void familiesChanged();

private:
    using Box = LatestValue<Session::ValidationPointer>;
    void look();
    void drain();
    void end_early();

    Session& session_;
    std::shared_ptr<Box> done_;  ///< models of the current run that are done
    Session::ValidationPointer earlier_;  ///< what was there before it
    QStringList families_;
    bool families_wanted_ = false;
    QTimer timer_, look_timer_;
    JobRunner runner_, looking_;
};

}  // namespace anamorph
