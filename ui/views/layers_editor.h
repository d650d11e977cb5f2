// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>
#include <vector>

#include <QWidget>

#include "core/fit/specification.h"

class QMenu;
class QToolButton;
class QVBoxLayout;

namespace anamorph {

/// What a deformation is called in the window, and one sentence that explains it.
[[nodiscard]] QString deformation_title(DeformationKind kind);
[[nodiscard]] QString deformation_explanation(DeformationKind kind);
/// The deformations that warp, in the order of the window's lists.
[[nodiscard]] const std::vector<DeformationKind>& warping_deformations();

/// The layers of a composed deformation, the first applied first: each can be moved or taken out,
/// others added. Keeps between two and six.
class LayersEditor : public QWidget {
    Q_OBJECT
public:
    explicit LayersEditor(QWidget* parent = nullptr);

    void setLayers(const std::vector<DeformationKind>& layers);
    [[nodiscard]] const std::vector<DeformationKind>& layers() const { return layers_; }

Q_SIGNALS:
    void edited();  ///< by the user

private:
    void change(const std::vector<DeformationKind>& layers);
    void show_rows();
    QWidget* row_of(std::size_t index);

    std::vector<DeformationKind> layers_;
    QVBoxLayout* rows_;
    QToolButton* add_;
};

}  // namespace anamorph
