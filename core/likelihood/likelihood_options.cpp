// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/likelihood_options.h"

#include <cmath>

#include "core/base/named_values.h"

namespace anamorph {

namespace {

constexpr std::pair<LikelihoodKind, const char*> kind_names[] = {
    {LikelihoodKind::automatic, "auto"},
    {LikelihoodKind::exact, "exact"},
    {LikelihoodKind::vecchia, "vecchia"},
    {LikelihoodKind::taper, "taper"},
    {LikelihoodKind::predictive_process, "predictive-process"},
    {LikelihoodKind::spde, "spde"},
};
constexpr std::pair<SiteOrdering, const char*> ordering_names[] = {
    {SiteOrdering::maximin, "maximin"},
    {SiteOrdering::random, "random"},
    {SiteOrdering::given, "given"},
};

void check(bool ok, const char* sentence, std::vector<std::string>& problems) {
    if (!ok) problems.emplace_back(sentence);
}

}  // namespace

std::vector<std::string> LikelihoodOptions::validate() const {
    std::vector<std::string> problems;
    check(neighbours >= 1 && neighbours <= 200,
          "The number of neighbours must lie between 1 and 200.", problems);
    check(taper_range >= 0.0 && std::isfinite(taper_range),
          "The taper range must be positive, or 0 to have it chosen.", problems);
    check(inducing_sites >= 2 && inducing_sites <= 5000,
          "The predictive process needs between 2 and 5000 inducing sites.", problems);
    check(mesh_edge >= 0.0 && std::isfinite(mesh_edge),
          "The longest edge of the mesh must be positive, or 0 to have it chosen.", problems);
    check(mesh_border >= 0.0 && mesh_border <= 5.0,
          "The mesh's border must lie between 0 and 5 times the extent.", problems);
    check(spde_alpha == 1 || spde_alpha == 2, "The SPDE's order must be 1 or 2.", problems);
    check(spde_basis == 0 || (spde_basis >= 2 && spde_basis <= 12),
          "The SPDE's coefficients vary along 2 to 12 functions an axis, or 0 for constant ones.",
          problems);
    return problems;
}

std::string to_string(LikelihoodKind kind) { return name_of(kind, kind_names); }
LikelihoodKind likelihood_from_string(const std::string& name) {
    return value_of(name, "likelihood", kind_names);
}
std::string to_string(SiteOrdering ordering) { return name_of(ordering, ordering_names); }
SiteOrdering ordering_from_string(const std::string& name) {
    return value_of(name, "ordering of the sites", ordering_names);
}

std::string label_of(const LikelihoodOptions& o) {
    switch (o.kind) {
        case LikelihoodKind::automatic: return "chosen by the program";
        case LikelihoodKind::exact: return "exact";
        case LikelihoodKind::vecchia:
            return std::string("Vecchia, ") + std::to_string(o.neighbours) + " neighbours" +
                   (o.nugget_form == NuggetForm::latent ? ", latent" : "");
        case LikelihoodKind::taper:
            return o.taper_form == TaperForm::one_taper ? "tapered, one taper"
                                                        : "tapered, two tapers";
        case LikelihoodKind::predictive_process:
            return std::string(o.fitc ? "predictive process with FITC, " : "predictive process, ") +
                   std::to_string(o.inducing_sites) + " inducing sites";
        case LikelihoodKind::spde: 
            return "SPDE, α = " + std::to_string(o.spde_alpha) +
                   (o.spde_basis > 0 ? ", varying coefficients" : "");
    }
    return {};
}

}  // namespace anamorph
