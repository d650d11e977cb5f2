// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

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
    /// Models that the session's comparison has already, on the same folds and with the same settings,
    /// are not fitted again (see toFit) and stay in the table. A comparison of other folds or settings is
    /// replaced.
    void validate(const ValidationRequest& request);
    /// Whether the models of the session's comparison stay in the table that is asked for.
    [[nodiscard]] bool keepsEarlier(const ValidationRequest& request) const;
    /// Of the models that are asked for those that are still to be fitted; all of them if none is.
    [[nodiscard]] QStringList toFit(const ValidationRequest& request) const;
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
    [[nodiscard]] std::string settings_of(const ValidationRequest& request) const;

    Session& session_;
    std::shared_ptr<Box> done_;  ///< models of the current run that are done
    Session::ValidationPointer earlier_;  ///< what was there before it
    QStringList families_;
    bool families_wanted_ = false;
    QTimer timer_, look_timer_;
    JobRunner runner_, looking_;
};

}  // namespace anamorph
