// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QObject>
#include <QTimer>

#include "ui/controllers/job_runner.h"
#include "ui/models/pictures.h"
#include "ui/models/session.h"

namespace anamorph {

struct SpacesSnapshot;

/// Makes, off the window's thread, what the views draw of the session: both spaces, variograms,
/// diagnostics. Follows the session by itself.
class PictureController : public QObject {
    Q_OBJECT
public:
    explicit PictureController(Session& session, QObject* parent = nullptr);

    [[nodiscard]] bool isBusy() const;

public Q_SLOTS:
    /// Draws both spaces of the session again, over what a training showed.
    void refreshSpaces() { spaces_timer_.start(); }

Q_SIGNALS:
    /// Null when there is no data set.
    void spacesReady(std::shared_ptr<const anamorph::SpacesSnapshot> snapshot);
    void dataPicturesReady(std::shared_ptr<const anamorph::DataPictures> pictures);
    /// Null when there is no model.
    void modelPicturesReady(std::shared_ptr<const anamorph::ModelPictures> pictures);
    void failed(const QString& sentence);
    void idle();  ///< nothing is left to draw

private:
    void makeSpaces();
    void makeDataPictures();
    void makeModelPictures();

    Session& session_;
    QTimer spaces_timer_, data_timer_, model_timer_;  ///< gather changes of one turn of the loop
    JobRunner spaces_, data_, model_;
};

}  // namespace anamorph
