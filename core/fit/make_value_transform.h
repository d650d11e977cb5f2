// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/data/value_transform.h"
#include "core/fit/specification.h"

namespace anamorph {

/// The transform of that kind for these values (n), its parameters chosen from them; a Box–Cox λ by
/// maximum likelihood given the trend (n×q). Null for TransformKind::none.
/// @throws Error(bad_input | not_finite) for values that cannot be transformed.
[[nodiscard]] std::shared_ptr<const ValueTransform> make_value_transform(TransformKind kind,
                                                                         const Vector& values,
                                                                         const Matrix& trend);

}  // namespace anamorph
