// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/make_likelihood.h"

#include "core/base/error.h"
#include "core/covariance/covariate_covariance.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/exact_realisations.h"
#include "core/likelihood/extended_space_likelihood.h"
#include "core/likelihood/vecchia_likelihood.h"
#include "core/likelihood/inducing_sites.h"
#include "core/likelihood/predictive_process_likelihood.h"
#include "core/likelihood/latent_vecchia_likelihood.h"
#include "core/likelihood/realisations_likelihood.h"
#include "core/likelihood/spde_likelihood.h"
#include "core/likelihood/tapered_covariance.h"
#include "core/likelihood/tapered_likelihood.h"

namespace anamorph {

namespace {

/// The smoothness of the one Matérn correlation that the SPDE's operator belongs to.
Smoothness matern_of(const PairCovariance& covariance, const LikelihoodOptions& options) {
    if (const auto smoothness = covariance.closed_form()) return *smoothness;
    throw Error(ErrorCode::unsupported,
                "The likelihood \"" + label_of(options) + "\" does not take the covariance \"" +
                    covariance.label() + "\".",
                "Use the exact likelihood or Vecchia's approximation.");
}

/// The likelihood of one realisation, what is placed by the sites (mesh, inducing sites) placed by those
/// of all realisations, `domain`.
std::unique_ptr<Likelihood> realisation_likelihood(Observations observations,
                                                   const PairCovariancePointer& covariance,
                                                   const LikelihoodOptions& options,
                                                   const Points& sites, const Points& domain,
                                                   double jitter) {
    if (options.kind == LikelihoodKind::spde)
        return std::make_unique<SpdeLikelihood>(std::move(observations), matern_of(*covariance, options),
                                                options, sites, domain, jitter);
    if (options.kind == LikelihoodKind::predictive_process)
        return std::make_unique<PredictiveProcessLikelihood>(
            std::move(observations), covariance,
            inducing_sites(domain, options.inducing_sites, options.placement),
            PredictiveProcessLikelihood::Options{options.fitc, options.move_inducing}, jitter);
    return make_likelihood(std::move(observations), covariance, options, sites, jitter);
}

std::unique_ptr<Likelihood> several_realisations(Observations observations,
                                                 const PairCovariancePointer& covariance,
                                                 LikelihoodOptions options, const Points& sites,
                                                 double jitter) {
    const Points domain = distinct_places(sites);
    // One taper range for all: that which holds enough of the sites of all places.
    if (options.kind == LikelihoodKind::taper && !(options.taper_range > 0.0))
        options.taper_range = range_holding(domain, sites_in_taper_by_default);
    RealisationLikelihoods make;
    make.single = [covariance, options, domain, jitter](Observations own, const Points& at) {
        return realisation_likelihood(std::move(own), covariance, options, at, domain, jitter);
    };
    const bool exact =
        options.kind == LikelihoodKind::exact || options.kind == LikelihoodKind::automatic;
    if (exact && !std::dynamic_pointer_cast<const CovariateCovariance>(covariance))
        make.shared = [covariance, jitter](Observations own, SharedPlaces group) {
            return std::make_unique<ExactRealisations>(std::move(own), std::move(group), covariance,
                                                       jitter);
        };
    return std::make_unique<RealisationsLikelihood>(std::move(observations), sites, std::move(make));
}

}  // namespace

std::unique_ptr<Likelihood> make_likelihood(Observations observations, Smoothness smoothness,
                                            const LikelihoodOptions& options, const Points& sites,
                                            double jitter) {
    return make_likelihood(std::move(observations),
                           matern_covariance(smoothness), options, sites, jitter);
}

std::unique_ptr<Likelihood> make_likelihood(Observations observations,
                                            PairCovariancePointer covariance,
                                            const LikelihoodOptions& options, const Points& sites,
                                            double jitter) {
    if (sites.rows() != observations.values.size())
        throw Error(ErrorCode::dimension_mismatch, "Sites and values differ in number.");
    if (!observations.realisation.empty())
        return several_realisations(std::move(observations), covariance, options, sites, jitter);
    if (auto extended = std::dynamic_pointer_cast<const CovariateCovariance>(covariance)) {
        // A taper is of distances in space; inducing sites and mesh vertices have no covariates.
        if (options.kind == LikelihoodKind::predictive_process || options.kind == LikelihoodKind::spde)
            (void)matern_of(*covariance, options);  // says what does not go together
        if (options.kind != LikelihoodKind::taper)
            return std::make_unique<ExtendedSpaceLikelihood>(std::move(observations), std::move(extended),
                                                             options, sites, jitter);
    }
    switch (options.kind) {
        case LikelihoodKind::automatic:
        case LikelihoodKind::exact:
            return std::make_unique<ExactLikelihood>(std::move(observations), std::move(covariance),
                                                     jitter);
        case LikelihoodKind::predictive_process:
            return std::make_unique<PredictiveProcessLikelihood>(
                std::move(observations), std::move(covariance),
                inducing_sites(sites, options.inducing_sites, options.placement),
                PredictiveProcessLikelihood::Options{options.fitc, options.move_inducing}, jitter);
        case LikelihoodKind::taper:
            return std::make_unique<TaperedLikelihood>(
                std::move(observations), std::move(covariance), options, sites, jitter);
        case LikelihoodKind::vecchia:
            if (options.nugget_form == NuggetForm::latent)
                return std::make_unique<LatentVecchiaLikelihood>(
                    std::move(observations), std::move(covariance), options, sites, jitter);
            return std::make_unique<VecchiaLikelihood>(std::move(observations), std::move(covariance),
                                                       options, sites, jitter);
        case LikelihoodKind::spde:
            return std::make_unique<SpdeLikelihood>(
                std::move(observations), matern_of(*covariance, options), options, sites, jitter);
        default: break;
    }
    throw Error(ErrorCode::unsupported, "This likelihood is not available: " + label_of(options) + ".");
}

}  // namespace anamorph
