// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/controllers/file_controller.h"
#include "ui/controllers/picture_controller.h"
#include "ui/controllers/prediction_controller.h"
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
    PictureController pictures{session};
    TrainingController training{session};
    PredictionController prediction{session};
    ValidationController validation{session};

    /// Nothing is being read, fitted, predicted, validated or drawn.
    [[nodiscard]] bool isIdle() const {
        return !files.isBusy() && !pictures.isBusy() && !training.isTraining() &&
               !prediction.isPredicting() && !validation.isValidating();
    }
};

}  // namespace anamorph
