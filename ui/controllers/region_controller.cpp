// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/region_controller.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/deformation/outline_regions.h"
#include "core/fit/local_fields.h"
#include "core/io/region_layer.h"

namespace anamorph {
namespace {

constexpr std::size_t most_outlines = 8;

bool same(const std::vector<Points>& a, const std::vector<Points>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Points& p, const Points& q) { return p.rows() == q.rows() && p.cols() == q.cols() && p == q; });
}

}  // namespace

RegionController::RegionController(Session& session, QObject* parent) : QObject(parent), session_(session) {
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("The regions could not be read: %1").arg(sentence));
        Q_EMIT failed(sentence);
    });
    connect(&runner_, &JobRunner::finished, this, &RegionController::changed);
    connect(&session_, &Session::datasetChanged, this, [this] {
        runner_.cancel();
        open_.resize(0, 2);
        drawing_ = false;
        count();
        Q_EMIT changed();
    });
    connect(&session_, &Session::modelChanged, this, [this] {
        if (!isPossible()) {
            drawing_ = false;
            open_.resize(0, 2);
        }
        count();
        Q_EMIT changed();
    });
}

bool RegionController::isPossible() const {
    const auto dataset = session_.dataset();
    return dataset && dataset->dimension() == 2 && dataset->space_dimension() == 2 && !session_.automatic() &&
           is_regional(session_.specification());
}

std::optional<Index> RegionController::sitesIn(std::size_t outline) const {
    if (outline >= counts_.size() || counted_in_ != session_.dataset() || !same(counted_, outlines())) return std::nullopt;
    return counts_[outline];
}

void RegionController::count() {
    const Session::DatasetPointer dataset = isPossible() ? session_.dataset() : nullptr;
    if (dataset == counted_in_ && same(counted_, outlines())) return;
    counter_.cancel();
    counted_in_ = dataset;
    counted_ = outlines();
    counts_.clear();
    if (!dataset || counted_.empty()) return;
    counter_.start(
        [dataset, all = counted_](JobContext& context) {
            std::vector<Index> counts;
            for (const Points& outline : all) {
                throw_if_cancelled(context.stop());
                const std::vector<bool> within = inside(outline, dataset->coordinates);
                counts.push_back(std::count(within.begin(), within.end(), true));
            }
            return counts;
        },
        [this](std::vector<Index> counts) {
            counts_ = std::move(counts);
            Q_EMIT counted();
        });
}

void RegionController::setDrawing(bool drawing) {
    if (drawing == drawing_ || (drawing && !isPossible())) return;
    drawing_ = drawing;
    if (!drawing) open_.resize(0, 2);
    Q_EMIT changed();
}

void RegionController::addCorner(const Points& x_in_geographic) {
    if (!drawing_ || outlines().size() >= most_outlines) return;
    open_.conservativeResize(open_.rows() + 1, 2);
    open_.row(open_.rows() - 1) = x_in_geographic.row(0).head<2>();
    Q_EMIT changed();
}

void RegionController::close() {
    if (open_.rows() < 3) return;
    std::vector<Points> all = outlines();
    all.push_back(open_);
    open_.resize(0, 2);
    setOutlines(std::move(all));
}

void RegionController::undo() {
    if (open_.rows() == 0 && !outlines().empty()) {
        std::vector<Points> all = outlines();
        open_ = all.back();
        all.pop_back();
        drawing_ = true;
        setOutlines(std::move(all));
        return;
    }
    if (open_.rows() > 0) open_.conservativeResize(open_.rows() - 1, 2);
    Q_EMIT changed();
}

void RegionController::remove(std::size_t outline) {
    if (outline >= outlines().size()) return;
    std::vector<Points> all = outlines();
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(outline));
    setOutlines(std::move(all));
}

void RegionController::clear() {
    open_.resize(0, 2);
    setOutlines({});
}

void RegionController::readFrom(const QString& path) {
    const Session::DatasetPointer dataset = session_.dataset();
    if (!dataset) return;
    runner_.start([dataset, path](JobContext&) {
                      std::vector<Points> outlines = read_outlines(path.toStdString(), *dataset);
                      if (outlines.size() > most_outlines)
                          throw Error(ErrorCode::bad_input,
                                      "The layer has " + std::to_string(outlines.size()) + " polygons; at most " +
                                          std::to_string(most_outlines) + " regions can be used.",
                                      "Join neighbouring polygons in a GIS first.");
                      return outlines;
                  },
                  [this, dataset](std::vector<Points> outlines) {
                      if (session_.dataset() != dataset) return;
                      session_.appendLog(tr("%n regions read from a layer of polygons.", nullptr, static_cast<int>(outlines.size())));
                      open_.resize(0, 2);
                      setOutlines(std::move(outlines));
                  });
    Q_EMIT changed();
}

void RegionController::setOutlines(std::vector<Points> outlines) {
    ModelSpecification s = session_.specification();
    s.region_outlines = std::move(outlines);
    session_.setModel(s, session_.automatic());
    Q_EMIT changed();
}

}  // namespace anamorph
