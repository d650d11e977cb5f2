// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/make_likelihood.h"

#include "core/base/error.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/vecchia_likelihood.h"
#include "core/likelihood/inducing_sites.h"
#include "core/likelihood/predictive_process_likelihood.h"
#include "core/likelihood/latent_vecchia_likelihood.h"
#include "core/likelihood/spde_likelihood.h"
#include "core/likelihood/tapered_likelihood.h"

namespace anamorph {

namespace {

/// The smoothness of the one Matérn correlation that this likelihood is written for.
Smoothness matern_of(const PairCovariance& covariance, const LikelihoodOptions& options) {
    if (const auto smoothness = covariance.closed_form()) return *smoothness;
    throw Error(ErrorCode::unsupported,
                "The likelihood \"" + label_of(options) + "\" does not take the covariance \"" +
                    covariance.label() + "\".",
                "Use the exact likelihood or Vecchia's approximation.");
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
    switch (options.kind) {
        case LikelihoodKind::automatic:
        case LikelihoodKind::exact:
            return std::make_unique<ExactLikelihood>(std::move(observations), std::move(covariance),
                                                     jitter);
        case LikelihoodKind::predictive_process:
            return std::make_unique<PredictiveProcessLikelihood>(
                std::move(observations), matern_of(*covariance, options),
                inducing_sites(sites, options.inducing_sites, options.placement),
                PredictiveProcessLikelihood::Options{options.fitc, options.move_inducing}, jitter);
        case LikelihoodKind::taper:
            return std::make_unique<TaperedLikelihood>(
                std::move(observations), matern_of(*covariance, options), options, sites, jitter);
        case LikelihoodKind::vecchia:
            if (options.nugget_form == NuggetForm::latent)
                return std::make_unique<LatentVecchiaLikelihood>(
                    std::move(observations), matern_of(*covariance, options), options, sites, jitter);
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
