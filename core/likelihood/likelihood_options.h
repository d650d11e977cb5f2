// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace anamorph {

/// How the Gaussian likelihood is computed.
enum class LikelihoodKind {
    automatic,           ///< chosen from n, d and memory
    exact,               ///< one dense factorisation
    vecchia,             ///< product of conditionals on nearest earlier sites (Vecchia 1988)
    taper,               ///< compactly supported covariance (Furrer, Genton, Nychka 2006)
    predictive_process,  ///< low rank, from inducing sites (Banerjee et al. 2008)
    spde,                ///< Markov field on a mesh (Lindgren, Rue, Lindström 2011)
};
enum class SiteOrdering { maximin, random, given };
enum class NuggetForm {
    response,  ///< conditionals of the observations
    latent,    ///< conditionals of the field, the nugget added to the whole
};
enum class TaperForm {
    one_taper,  ///< the covariance is tapered (biased estimates)
    two_taper,  ///< covariance and empirical covariance are tapered (unbiased estimating equations)
};
enum class InducingPlacement { k_means, maximin };

/// Options of every approximation; each reads its own.
struct LikelihoodOptions {
    LikelihoodKind kind = LikelihoodKind::automatic;

    int neighbours = 20;  ///< Vecchia: size m of a conditioning set; also of kriging neighbourhoods
    SiteOrdering ordering = SiteOrdering::maximin;
    NuggetForm nugget_form = NuggetForm::response;
    std::uint64_t ordering_seed = 1;  ///< of the random ordering

    /// Taper: distance beyond which the covariance is zero, in the unit of the sites' coordinates,
    /// measured in deformed space brought to the sites' root mean square spread. 0: chosen so that
    /// about 40 sites lie within it.
    double taper_range = 0.0;
    TaperForm taper_form = TaperForm::one_taper;

    int inducing_sites = 200;  ///< predictive process: number of inducing sites
    InducingPlacement placement = InducingPlacement::k_means;
    bool fitc = true;            ///< corrects the predictive process's variances (FITC)
    bool move_inducing = false;  ///< inducing sites are moved by the gradient

    /// SPDE: longest edge of the mesh inside the data's extent, unit of the sites' coordinates.
    /// 0: chosen from the number of sites.
    double mesh_edge = 0.0;
    double mesh_border = 0.3;  ///< SPDE: width of the mesh's border, share of the extent's longest side
    int spde_alpha = 2;        ///< order α of the operator: ν = α − d/2
    /// SPDE: m of the m^d Gaussian functions along which κ(x) and the diffusion tensor H(x) vary in
    /// space (half as many along a third axis); 0: both constant. Beside a deformation or instead.
    int spde_basis = 0;

    /// One sentence for each field that is out of range; empty when all is well.
    [[nodiscard]] std::vector<std::string> validate() const;
};

/// Names as on the command line: "auto", "exact", "vecchia", "taper", "predictive-process", "spde".
[[nodiscard]] std::string to_string(LikelihoodKind kind);
[[nodiscard]] LikelihoodKind likelihood_from_string(const std::string& name);  ///< @throws Error(bad_input)
[[nodiscard]] std::string to_string(SiteOrdering ordering);  ///< "maximin", "random", "given"
[[nodiscard]] SiteOrdering ordering_from_string(const std::string& name);
/// A label for people: "Vecchia, 20 neighbours", "exact", …
[[nodiscard]] std::string label_of(const LikelihoodOptions& options);

}  // namespace anamorph
