// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/site_raster.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "ui/scenes/site_projection.h"

namespace anamorph {
namespace {

constexpr double touching = 0.5;  ///< discs' area over the sites' area from which outlines go

class Canvas {
public:
    Canvas(int width, int height) : width_(width), height_(height), pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0) {}

    /// A disc with outline (and halo) around a point; sizes of `style` in device pixels.
    void stamp(double x, double y, const SpriteStyle& style, const Rgb& fill) {
        const double reach = style.radius + 0.5;
        const int left = std::max(0, static_cast<int>(std::floor(x - reach)));
        const int right = std::min(width_ - 1, static_cast<int>(std::ceil(x + reach)));
        const int top = std::max(0, static_cast<int>(std::floor(y - reach)));
        const int bottom = std::min(height_ - 1, static_cast<int>(std::ceil(y + reach)));
        for (int j = top; j <= bottom; ++j)
            for (int i = left; i <= right; ++i) {
                const double r = std::hypot(i + 0.5 - x, j + 0.5 - y);
                const double cover = std::clamp(style.radius - r + 0.5, 0.0, 1.0);
                if (cover <= 0.0) continue;
                const double ring = std::clamp(r - (style.radius - style.outline - style.halo) + 0.5, 0.0, 1.0);
                const double halo = style.halo > 0.0 ? std::clamp(r - (style.radius - style.halo) + 0.5, 0.0, 1.0) : 0.0;
                Rgb colour{};
                for (std::size_t c = 0; c < 3; ++c) {
                    colour[c] = fill[c] + ring * (style.outline_colour[c] - fill[c]);
                    colour[c] += halo * (style.halo_colour[c] - colour[c]);
                }
                blend(i, j, colour, cover * (style.fill_opacity + ring * (style.outline_opacity - style.fill_opacity)));
            }
    }
    [[nodiscard]] std::vector<std::uint32_t> take() { return std::move(pixels_); }

private:
    void blend(int i, int j, const Rgb& colour, double opacity) {
        std::uint32_t& under = pixels_[static_cast<std::size_t>(j) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(i)];
        const double keep = 1.0 - opacity;
        const auto mixed = [&](int shift, double over) {
            const double value = 255.0 * over * opacity + keep * ((under >> shift) & 0xFFU);
            return static_cast<std::uint32_t>(std::clamp(value + 0.5, 0.0, 255.0)) << shift;
        };
        under = mixed(24, 1.0) | mixed(16, colour[0]) | mixed(8, colour[1]) | mixed(0, colour[2]);
    }

    int width_, height_;
    std::vector<std::uint32_t> pixels_;
};

SpriteStyle in_device_pixels(SpriteStyle style, double ratio) {
    style.radius *= ratio;
    style.outline *= ratio;
    style.halo *= ratio;
    return style;
}

/// One site for each pixel that has any: the last (2-D) or the nearest to the eye (3-D).
std::vector<Index> sites_to_draw(const SiteRasterRequest& request, const SiteProjection& map, SiteRaster& raster, const std::stop_token& stop) {
    const bool solid = request.frame.dimension() == 3;
    const double border = request.style.radius * request.pixel_ratio;
    const auto pad = static_cast<Index>(std::ceil(border));
    const Index width = raster.width + 2 * pad, height = raster.height + 2 * pad;
    std::vector<std::int32_t> shown(static_cast<std::size_t>(width * height), -1);
    std::vector<float> depth(solid ? shown.size() : 0, -std::numeric_limits<float>::infinity());
    const Index n = request.snapshot->sites.size();
    for (Index i = 0; i < n; ++i) {
        if ((i & 0xFFFF) == 0 && stop.stop_requested()) return {};
        const Eigen::Vector3d p = map(i);
        const double x = p.x() + static_cast<double>(pad), y = p.y() + static_cast<double>(pad);
        if (!(x >= 0.0 && y >= 0.0 && x < static_cast<double>(width) && y < static_cast<double>(height))) continue;
        ++raster.sites;
        const auto pixel = static_cast<std::size_t>(static_cast<Index>(x) + width * static_cast<Index>(y));
        if (solid) {
            if (static_cast<float>(p.z()) <= depth[pixel]) continue;
            depth[pixel] = static_cast<float>(p.z());
        }
        shown[pixel] = static_cast<std::int32_t>(i);
    }
    std::vector<Index> rows;
    for (const std::int32_t row : shown)
        if (row >= 0) rows.push_back(row);
    if (solid) {  // from the back to the front
        std::vector<std::pair<float, Index>> order;
        order.reserve(rows.size());
        for (const Index row : rows) order.emplace_back(static_cast<float>(map(row).z()), row);
        std::sort(order.begin(), order.end());
        for (std::size_t k = 0; k < rows.size(); ++k) rows[k] = order[k].second;
    }
    return rows;
}

/// How often the discs cover the area that the sites take, about.
double crowding(const std::vector<Index>& rows, const SiteProjection& map, double radius) {
    Eigen::Vector2d lower = Eigen::Vector2d::Constant(std::numeric_limits<double>::infinity()), upper = -lower;
    for (const Index row : rows) {
        const Eigen::Vector2d p = map(row).head<2>();
        lower = lower.cwiseMin(p);
        upper = upper.cwiseMax(p);
    }
    const double area = std::max(1.0, (upper - lower).prod());
    return static_cast<double>(rows.size()) * std::numbers::pi * radius * radius / area;
}

}  // namespace

SiteRaster draw_sites(const SiteRasterRequest& request, const std::stop_token& stop) {
    SiteRaster raster;
    raster.width = static_cast<int>(std::lround(request.camera.size.x() * request.pixel_ratio));
    raster.height = static_cast<int>(std::lround(request.camera.size.y() * request.pixel_ratio));
    if (!request.snapshot || raster.width < 1 || raster.height < 1) return raster;
    const SiteProjection map(request.snapshot->sites, request.frame, request.weight, request.camera, request.pixel_ratio);
    const std::vector<Index> rows = sites_to_draw(request, map, raster, stop);
    if (stop.stop_requested()) return raster;
    SpriteStyle style = in_device_pixels(request.style, request.pixel_ratio);
    if (!rows.empty() && crowding(rows, map, style.radius) > touching) style.outline = -1.0;  // none at all
    Canvas canvas(raster.width, raster.height);
    for (std::size_t k = 0; k < rows.size(); ++k) {
        if ((k & 0xFFF) == 0 && stop.stop_requested()) return raster;
        const Eigen::Vector3d p = map(rows[k]);
        canvas.stamp(p.x(), p.y(), style, request.by_value ? request.scale.colour(request.snapshot->values(rows[k])) : request.plain);
    }
    const SpriteStyle ring = in_device_pixels(request.ring, request.pixel_ratio);
    for (const Index row : request.ringed) {
        if (row < 0 || row >= request.snapshot->sites.size()) continue;
        const Eigen::Vector3d p = map(row);
        canvas.stamp(p.x(), p.y(), ring, request.by_value ? request.scale.colour(request.snapshot->values(row)) : request.plain);
    }
    raster.pixels = canvas.take();
    return raster;
}

}  // namespace anamorph
