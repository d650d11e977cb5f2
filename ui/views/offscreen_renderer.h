// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QImage>
#include <QSize>

class vtkRenderer;

namespace anamorph {

/// Draws a VTK renderer into a picture, with an OpenGL context of its own from Qt. Pictures, not
/// OpenGL widgets, go on the screen: the window stays an ordinary raster window, which is what
/// software OpenGL and remote displays do best, and a view can be drawn at any scale.
/// Use on the window's thread only.
class OffscreenRenderer {
public:
    explicit OffscreenRenderer(vtkRenderer* renderer);
    ~OffscreenRenderer();
    OffscreenRenderer(const OffscreenRenderer&) = delete;
    OffscreenRenderer& operator=(const OffscreenRenderer&) = delete;

    /// `on_screen` draws as fast as the machine can follow (no multisampling in software OpenGL);
    /// `picture` always with four samples a pixel.
    enum class Quality { on_screen, picture };

    /// A picture of `size` device pixels; a null picture where there is no OpenGL 3.2.
    [[nodiscard]] QImage render(const QSize& size, Quality quality);
    /// Whether a context could be made (known after the first render).
    [[nodiscard]] bool has_failed() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace anamorph
