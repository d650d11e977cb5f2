// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/linked_cameras.h"

namespace anamorph {

void LinkedCameras::resize(Space space, const Eigen::Vector2d& size) {
    ViewCamera& camera = cameras_[index(space)];
    const Eigen::Vector2d fresh = size.cwiseMax(Eigen::Vector2d::Ones());
    camera.units_per_pixel *= camera.size.minCoeff() / fresh.minCoeff();
    camera.size = fresh;
}

void LinkedCameras::fit(Space space, const Eigen::Vector3d& lower, const Eigen::Vector3d& upper,
                        double margin) {
    cameras_[index(space)].fit(lower, upper, margin);
}

void LinkedCameras::set_home_direction(int dimension) {
    for (ViewCamera& camera : cameras_) {
        camera.towards_eye = Eigen::Vector3d::UnitZ();
        camera.up = Eigen::Vector3d::UnitY();
        if (dimension == 3) camera.look_from_above();
    }
}

void LinkedCameras::zoom(Space space, const Pixel& pixel, double factor) {
    ViewCamera& here = cameras_[index(space)];
    ViewCamera& there = cameras_[index(other(space))];
    const Pixel partner = there.project(in_other(space, here.unproject(pixel)));
    here.zoom_at(pixel, factor);
    there.zoom_at(partner, factor);
}

void LinkedCameras::pan(Space space, const Pixel& pixels) {
    ViewCamera& here = cameras_[index(space)];
    ViewCamera& there = cameras_[index(other(space))];
    if (frame_.dimension() == 3) {  // both are looked at from the same side
        here.pan(pixels);
        there.pan(pixels);
        return;
    }
    const Eigen::Vector3d before = in_other(space, here.centre);
    here.pan(pixels);
    there.centre += in_other(space, here.centre) - before;
}

void LinkedCameras::rotate(const Pixel& pixels) {
    cameras_[0].rotate(pixels);  // turned once, so that both stay exactly parallel
    cameras_[1].towards_eye = cameras_[0].towards_eye;
    cameras_[1].up = cameras_[0].up;
}

Eigen::Vector3d LinkedCameras::in_other(Space space, const Eigen::Vector3d& display) const {
    const Points at = frame_.from_display(display);
    return frame_.to_display(space == Space::geographic ? lookup_.deformed_from_geographic(at)
                                                        : lookup_.geographic_from_deformed(at),
                             0);
}

}  // namespace anamorph
