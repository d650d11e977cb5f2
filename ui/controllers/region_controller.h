// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
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
    [[nodiscard]] bool isBusy() const { return runner_.isBusy() || counter_.isBusy(); }
    [[nodiscard]] const std::vector<Points>& outlines() const { return session_.specification().region_outlines; }
    /// Whether a layer of polygons is being read.
    [[nodiscard]] bool isReading() const { return runner_.isBusy(); }
    /// Corners of the outline that is being drawn, k×2, working coordinates.
    [[nodiscard]] const Points& open() const { return open_; }
    /// Sites within an outline, by its number; nothing while they are being counted.
    [[nodiscard]] std::optional<Index> sitesIn(std::size_t outline) const;

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
    void changed();  ///< outlines, the open one, whether it is drawn, or whether a layer is read
    void counted();  ///< sitesIn() knows more than before
    void failed(const QString& sentence);

private:
    void setOutlines(std::vector<Points> outlines);
    /// On a worker, where the outlines or the data are others than those that were counted last.
    void count();

    Session& session_;
    JobRunner runner_, counter_;
    Session::DatasetPointer counted_in_;
    std::vector<Points> counted_;
    std::vector<Index> counts_;  ///< of `counted_`; empty: being counted
    Points open_{0, 2};
    bool drawing_ = false;
};

}  // namespace anamorph
