// SPDX-License-Identifier: GPL-3.0-or-later
// Apart from the rest of the widget, so that programs without a model link without the model's code.
#include "core/fit/fitted_model.h"
#include "ui/views/spaces_widget.h"

namespace anamorph {

void SpacesWidget::setModel(std::shared_ptr<const FittedModel> model) {
    setMapSource(make_map_source(std::move(model)));
}

}  // namespace anamorph
