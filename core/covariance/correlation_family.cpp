// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/correlation_family.h"

#include "core/base/named_values.h"

namespace anamorph {

namespace {

constexpr std::pair<CorrelationFamily, const char*> family_names[] = {
    {CorrelationFamily::matern, "matern"},
    {CorrelationFamily::spherical, "spherical"},
    {CorrelationFamily::cubic, "cubic"},
    {CorrelationFamily::cauchy, "cauchy"},
};

}  // namespace

std::string to_string(CorrelationFamily family) { return name_of(family, family_names); }

CorrelationFamily correlation_family_from_string(const std::string& name) {
    return value_of(name, "correlation family", family_names);
}

}  // namespace anamorph
