// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include <QImage>

#include "ui/scenes/site_raster.h"

namespace anamorph {

/// The raster of all sites as a picture of `ratio` pixels a logical pixel.
[[nodiscard]] inline QImage image_of(const SiteRaster& raster, double ratio) {
    QImage image(raster.width, raster.height, QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < raster.height; ++y)
        std::copy_n(raster.pixels.data() + static_cast<std::ptrdiff_t>(y) * raster.width, raster.width,
                    reinterpret_cast<std::uint32_t*>(image.scanLine(y)));
    image.setDevicePixelRatio(ratio);
    return image;
}

}  // namespace anamorph
