// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/offscreen_renderer.h"

#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLExtraFunctions>
#include <QSurfaceFormat>

#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <vtkOpenGLFramebufferObject.h>
#include <vtkOpenGLState.h>
#include <vtkRenderer.h>

namespace anamorph {

struct OffscreenRenderer::Parts {
    QOffscreenSurface surface;
    QOpenGLContext context;
    vtkNew<vtkGenericOpenGLRenderWindow> window;
    bool tried = false;
    bool works = false;
    bool is_software = false;

    bool start();
};

bool OffscreenRenderer::Parts::start() {
    if (tried) return works && context.makeCurrent(&surface);
    tried = true;
    QSurfaceFormat format;
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setOption(QSurfaceFormat::DeprecatedFunctions);  // lines wider than a pixel
    format.setDepthBufferSize(24);
    context.setFormat(format);
    if (!context.create()) return false;
    surface.setFormat(context.format());
    surface.create();
    if (!surface.isValid() || !context.makeCurrent(&surface)) return false;
    if (context.format().version() < qMakePair(3, 2)) return false;

    window->SetReadyForRendering(true);
    window->SetOwnContext(0);
    window->SetMapped(true);
    window->SetIsCurrent(true);
    window->SetSupportsOpenGL(1);
    window->SetIsDirect(1);
    window->OpenGLInitContext();
    window->SetFrameBlitModeToNoBlit();
    window->SetLineSmoothing(true);
    window->SetForceMaximumHardwareLineWidth(8.0F);
    const auto* name = reinterpret_cast<const char*>(context.functions()->glGetString(GL_RENDERER));
    const QByteArray driver = QByteArray(name != nullptr ? name : "").toLower();
    is_software = driver.contains("llvmpipe") || driver.contains("softpipe") || driver.contains("swrast");
    works = true;
    return true;
}

OffscreenRenderer::OffscreenRenderer(vtkRenderer* renderer) : parts_(std::make_unique<Parts>()) {
    parts_->window->SetReadyForRendering(false);
    parts_->window->AddRenderer(renderer);
}

OffscreenRenderer::~OffscreenRenderer() {
    if (parts_->works && parts_->context.makeCurrent(&parts_->surface)) {
        parts_->window->Finalize();  // releases the scene's buffers while their context is current
        parts_->context.doneCurrent();
    }
}

bool OffscreenRenderer::has_failed() const { return parts_->tried && !parts_->works; }

QImage OffscreenRenderer::render(const QSize& size, Quality quality) {
    if (size.isEmpty() || !parts_->start()) return {};
    auto& window = *parts_->window;
    window.SetIsCurrent(true);
    const int samples = quality == Quality::on_screen && parts_->is_software ? 0 : 4;
    if (window.GetMultiSamples() != samples) window.SetMultiSamples(samples);
    if (window.GetSize()[0] != size.width() || window.GetSize()[1] != size.height())
        window.SetSize(size.width(), size.height());
    window.GetState()->Reset();
    window.GetState()->ResetGLBlendFuncState();
    window.Render();

    QImage picture(size, QImage::Format_RGB32);
    auto* gl = parts_->context.extraFunctions();
    window.GetDisplayFramebuffer()->Bind(GL_READ_FRAMEBUFFER);
    gl->glReadBuffer(GL_COLOR_ATTACHMENT0);
    gl->glPixelStorei(GL_PACK_ALIGNMENT, 4);
    gl->glReadPixels(0, 0, size.width(), size.height(), 0x80E1 /* BGRA */, GL_UNSIGNED_BYTE,
                     picture.bits());
    return picture.mirrored();
}

}  // namespace anamorph
