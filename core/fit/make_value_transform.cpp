// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/make_value_transform.h"

#include "core/data/normal_score.h"
#include "core/data/power_transforms.h"

namespace anamorph {

std::shared_ptr<const ValueTransform> make_value_transform(TransformKind kind, const Vector& values,
                                                           const Matrix& trend) {
    switch (kind) {
        case TransformKind::none: break;
        case TransformKind::log: return std::make_shared<LogTransform>(choose_shift(values));
        case TransformKind::square_root:
            return std::make_shared<SquareRootTransform>(choose_shift(values));
        case TransformKind::box_cox: return BoxCoxTransform::estimated(values, trend);
        case TransformKind::normal_score: return NormalScore::of(values);
    }
    return nullptr;
}

}  // namespace anamorph
