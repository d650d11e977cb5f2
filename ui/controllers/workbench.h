// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/controllers/comparison_controller.h"
#include "ui/controllers/file_controller.h"
#include "ui/controllers/picture_controller.h"
#include "ui/controllers/prediction_controller.h"
#include "ui/controllers/preflight_controller.h"
#include "ui/controllers/range_profile_controller.h"
#include "ui/controllers/raster_controller.h"
#include "ui/controllers/recovery_controller.h"
#include "ui/controllers/region_controller.h"
#include "ui/controllers/side_by_side_controller.h"
#include "ui/controllers/simulation_controller.h"
#include "ui/controllers/training_controller.h"
#include "ui/controllers/validation_controller.h"
#include "ui/models/selection_model.h"
#include "ui/models/session.h"

namespace anamorph {

/// All that a window works on, wired by whoever composes the program. The controllers, and with
/// them the threads, end before the session does.
struct Workbench {
    Session session;
    SiteSelection selection;
    FileController files{session};
    RasterController rasters{session};
    PictureController pictures{session};
    PreflightController preflight{session};
    TrainingController training{session};
    PredictionController prediction{session};
    SimulationController simulation{session};
    ValidationController validation{session};
    ComparisonController comparison{session};
    SideBySideController side_by_side{session};
    RangeProfileController range_profile{session};
    RegionController regions{session};
    RecoveryController recovery{session, training};

    /// Nothing is being read, fitted, predicted, simulated, validated, compared or drawn.
    [[nodiscard]] bool isIdle() const {
        return !files.isBusy() && !rasters.isBusy() && !pictures.isBusy() && !preflight.isBusy() && !training.isTraining() &&
               !prediction.isPredicting() && !simulation.isSimulating() && !validation.isValidating() &&
               !validation.isLooking() && !comparison.isComparing() && !side_by_side.isBusy() &&
               !range_profile.isProfiling() && !regions.isBusy();
    }
};

}  // namespace anamorph
