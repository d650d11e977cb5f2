// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "ui/controllers/job_runner.h"
#include "ui/scenes/site_raster.h"

namespace anamorph {

/// Draws all sites of one view on a worker; a new request replaces the old one.
class SiteRasterController : public QObject {
    Q_OBJECT
public:
    explicit SiteRasterController(QObject* parent = nullptr) : QObject(parent) {}

    void draw(const SiteRasterRequest& request) {
        runner_.start([request](JobContext& context) { return draw_sites(request, context.stop()); },
                      [this](SiteRaster raster) {
                          if (!raster.pixels.empty()) Q_EMIT drawn(raster);
                      });
    }
    void cancel() { runner_.cancel(); }
    [[nodiscard]] bool isBusy() const { return runner_.isBusy(); }

Q_SIGNALS:
    void drawn(const anamorph::SiteRaster& raster);

private:
    JobRunner runner_;
};

}  // namespace anamorph
