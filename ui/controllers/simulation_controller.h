// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QObject>

#include "core/predict/conditional_simulation.h"
#include "ui/controllers/job_runner.h"
#include "ui/models/session.h"

namespace anamorph {

/// What the map panel asks for.
struct SimulationRequest {
    int cells_on_longest_side = 96;
    SimulationOptions options;
    std::vector<double> quantiles;   ///< probabilities: a layer of the simulations' quantile each
    std::vector<double> thresholds;  ///< values: a layer of the share of the simulations above each
};

/// Draws conditional simulations of the shown candidate on a grid around the sites.
class SimulationController : public QObject {
    Q_OBJECT
public:
    explicit SimulationController(Session& session, QObject* parent = nullptr);

    [[nodiscard]] bool isSimulating() const { return runner_.isBusy(); }
    /// Replaces running simulations.
    void simulate(const SimulationRequest& request);
    /// Bytes that so many simulations on such a grid take.
    [[nodiscard]] static double bytes(const DataFacts& facts, int cells, int count);

public Q_SLOTS:
    void cancel() { runner_.cancel(); }

Q_SIGNALS:
    void started();
    void progressed(const anamorph::Progress& progress);
    void simulated();
    void failed(const QString& sentence);
    void cancelled();
    void finished();

private:
    Session& session_;
    JobRunner runner_;
};

}  // namespace anamorph
