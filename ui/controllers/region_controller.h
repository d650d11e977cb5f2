// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QObject>

#include "ui/controllers/job_runner.h"
#include "ui/models/session.h"

namespace anamorph {

/// Regions that are drawn on the map or read from a layer of polygons: outlines go into the session's
/// specification as soon as they are closed; the one that is being drawn is kept here.
class RegionController : public QObject {
    Q_OBJECT
public:
    explicit RegionController(Session& session, QObject* parent = nullptr);

    /// Whether these data and this model can have drawn regions.
    [[nodiscard]] bool isPossible() const;
    [[nodiscard]] bool isDrawing() const { return drawing_; }
    [[nodiscard]] bool isBusy() const { return runner_.isBusy(); }
    [[nodiscard]] const std::vector<Points>& outlines() const { return session_.specification().region_outlines; }
    /// Corners of the outline that is being drawn, k×2, working coordinates.
    [[nodiscard]] const Points& open() const { return open_; }
    /// Sites within an outline, by its number.
    [[nodiscard]] Index sitesIn(std::size_t outline) const;

    void setDrawing(bool drawing);
    void addCorner(const Points& x_in_geographic);  ///< 1×d
    void close();                                   ///< the open outline, if it has three corners
    /// Takes back the last corner, or opens the last outline again.
    void undo();
    void remove(std::size_t outline);
    void clear();
    /// The polygons of a GIS layer in the place of all outlines.
    void readFrom(const QString& path);

Q_SIGNALS:
    void changed();  ///< outlines, the open one, or whether it is drawn
    void failed(const QString& sentence);

private:
    void setOutlines(std::vector<Points> outlines);

    Session& session_;
    JobRunner runner_;
    Points open_{0, 2};
    bool drawing_ = false;
};

}  // namespace anamorph
