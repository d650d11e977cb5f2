// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QWidget>

#include "ui/scenes/colour_map.h"
#include "ui/views/theme.h"

namespace anamorph {

/// A vertical colour bar with round ticks, the quantity's name and its unit.
class ColourLegend : public QWidget {
    Q_OBJECT
public:
    explicit ColourLegend(int bar_height, QWidget* parent = nullptr);
    void setScale(const std::optional<ColourScale>& scale);
    [[nodiscard]] const std::optional<ColourScale>& scale() const { return scale_; }
    void setTheme(const Theme& theme);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] int top() const;
    int bar_height_;
    Theme theme_ = Theme::light();
    std::optional<ColourScale> scale_;
};

}  // namespace anamorph
