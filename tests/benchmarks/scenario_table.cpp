// SPDX-License-Identifier: GPL-3.0-or-later
// Share of the gap between the stationary model and the true deformation that each family closes,
// out of sample: closed = (ls_stationary − ls_model) / (ls_stationary − ls_oracle), where ls is the
// mean negative log predictive density of noisy held-out values.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>
#include <sstream>

#include "core/covariance/correlation.h"
#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/predict/kriging.h"
#include "core/simulate/scenario.h"
#include "core/validate/model_choice.h"
#include "core/validate/scores.h"

using namespace anamorph;

namespace {

struct Row {
    double log_score = 0.0, coverage = 0.0, plug_in_score = 0.0, plug_in_coverage = 0.0, rho = 0.0,
           rcor = 0.0, seconds = 0.0;
    std::string chosen;
    bool right = false;  ///< of the automatic model: the class that the scenario was simulated with
};

/// Root mean square difference of true and learned correlation over pairs up to 0.6 apart, and the
/// correlation of true and learned ½ log|det J| on a grid.
void compare_with_truth(const Scenario& truth, const FittedModel& m, Row& row) {
    const Index count = 600;
    Points a(count, 2), b(count, 2);
    std::uint64_t state = 7;
    const auto uniform = [&] {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<double>(state >> 11) * 0x1.0p-53;
    };
    for (Index i = 0; i < count; ++i) {
        a(i, 0) = 2.0 * uniform() - 1.0;
        a(i, 1) = 2.0 * uniform() - 1.0;
        const double angle = 6.283185307179586 * uniform(), h = 0.6 * uniform();
        b(i, 0) = std::clamp(a(i, 0) + h * std::cos(angle), -1.0, 1.0);
        b(i, 1) = std::clamp(a(i, 1) + h * std::sin(angle), -1.0, 1.0);
    }
    const Points ta = truth.deformed_from_geographic(a) / truth.range();
    const Points tb = truth.deformed_from_geographic(b) / truth.range();
    double sum = 0.0;
    for (Index i = 0; i < count; ++i) {
        const double t = correlation_at(Smoothness::three_halves, (ta.row(i) - tb.row(i)).norm());
        const double e = m.correlation_with(a.row(i), b.row(i))(0);
        sum += (t - e) * (t - e);
    }
    row.rho = std::sqrt(sum / static_cast<double>(count));
    Points grid(400, 2);
    for (Index k = 0; k < 400; ++k)
        grid.row(k) << -0.95 + 0.1 * static_cast<double>(k % 20), -0.95 + 0.1 * static_cast<double>(k / 20);
    const Vector t = truth.log_abs_det_jacobian(grid), e = m.log_abs_det_jacobian(grid);
    const Vector tc = t.array() - t.mean(), ec = e.array() - e.mean();
    row.rcor = tc.norm() > 1e-6 && ec.norm() > 1e-6 ? tc.dot(ec) / (tc.norm() * ec.norm())
                                                     : std::nan("");
}

/// Every family that suits the data, each without a log-scale of its own.
std::vector<std::string> all_families(const Scenario& scenario, const ModelSpecification& asked) {
    ScenarioOptions few;
    few.sites = 100;
    ModelSpecification plain = asked;
    plain.smoothness = Smoothness::three_halves;
    std::vector<std::string> names;
    for (const auto& name : model_names_for(simulate(scenario, few).dataset, plain))
        if (!name.ends_with("+log-scale") && name != "stationary") names.push_back(name);
    return names;
}

/// Whether a chosen model is of the class that the scenario was simulated with.
bool is_right(const std::string& scenario, const ModelSpecification& chosen) {
    if (scenario == "stationary") return chosen.deformation == DeformationKind::stationary;
    if (scenario == "aniso") return chosen.deformation == DeformationKind::anisotropic;
    return chosen.deformation == DeformationKind::velocity_field;
}

/// Held-out values are predicted each from its own realisation.
Row score(const FitResult& fit, const Points& x, const SimulatedField& field, const Scenario* truth) {
    const Vector& z = field.test_values;
    PredictOptions options;
    options.realisations = field.test_realisations;
    options.target = PredictionTarget::observation;
    options.threads = 1;
    const Prediction p = predict_at(fit.model(), x, {}, options);
    const Scores s = scores(z, p.mean, p.variance);
    Row row;
    row.log_score = s.log_score;
    row.coverage = s.coverage_90;
    options.averaged = false;
    const Prediction at_estimates = predict_at(fit.model(), x, {}, options);
    const Scores e = scores(z, at_estimates.mean, at_estimates.variance);
    row.plug_in_score = e.log_score;
    row.plug_in_coverage = e.coverage_90;
    row.seconds = fit.seconds;
    row.chosen = fit.model().label();
    if (truth) compare_with_truth(*truth, fit.model(), row);
    return row;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Share of the gap to the true deformation that each family closes"};
    std::vector<std::string> scenarios = {"radial", "slides", "compress", "conformal",
                                          "swirl",  "aniso",  "stationary", "step"};
    // auto: the six classes; auto-shape: the three without log-scale.
    // Any other is a model's name as on the command line: axial+radial-basis, mobius, …
    std::vector<std::string> families = {"auto",        "auto-shape", "velocity-field",
                                         "anisotropic", "realnvp",    "radial"};
    int seeds = 5, sites = 400, test_sites = 400, realisations = 1;
    std::string smoothness = "1.5", design = "uniform", likelihood = "exact";
    ModelSpecification asked;
    app.add_option("--scenarios", scenarios)->delimiter(',');
    app.add_option("--model,--families", families, "names, separated by commas, or all")->delimiter(',');
    app.add_option("--seeds", seeds);
    app.add_option("--sites", sites);
    app.add_option("--smoothness", smoothness, "1.5: the one simulated (default); auto: chosen");
    app.add_option("--test-sites", test_sites);
    app.add_option("--realisations", realisations, "fields at the same sites");
    app.add_option("--design", design, "uniform, grid, clustered or preferential");
    app.add_option("--likelihood", likelihood, "exact or vecchia");
    app.add_option("--neighbours", asked.likelihood.neighbours, "of the Vecchia likelihood");
    app.add_option("--jacobian-penalty", asked.jacobian_penalty, "of RealNVP");
    app.add_option("--layer-ridge", asked.layer_ridge, "of the layers");
    app.add_option("--hidden-width", asked.hidden_width, "of networks");
    app.add_option("--basis-size", asked.basis_size, "of the velocity field");
    app.add_option("--ridge", asked.ridge, "of the velocity field");
    app.add_option("--fine-basis", asked.fine_basis_size, "of the velocity field's second level");
    app.add_option("--fine-ridge", asked.fine_ridge, "of the second level");
    app.add_option("--added-units", asked.added_units, "of the velocity field, at most");
    CLI11_PARSE(app, argc, argv);
    asked.likelihood.kind = likelihood_from_string(likelihood);
    if (families == std::vector<std::string>{"all"})
        families = all_families(Scenario(scenarios.front()), asked);

    std::printf("# n = %d, %d realisation(s), smoothness %s, seeds 1 to %d, averaged over the posterior\n", sites,
                realisations, smoothness.c_str(), seeds);
    std::printf("%-11s %-18s %7s %7s %7s %7s %6s %7s %7s %6s %6s %6s  %s\n", "scenario", "family", "ls_stat",
                "ls", "ls_true", "closed", "cov90", "ls_plug", "plug_90", "rho", "rcor", "s", "chosen (auto)");
    int right = 0, choices = 0;
    for (const auto& name : scenarios) {
        const Scenario scenario(name);
        std::map<std::string, std::vector<Row>> rows;
        std::vector<Row> stationary, oracle;
        for (int seed = 1; seed <= seeds; ++seed) {
            ScenarioOptions so;
            so.sites = sites;
            so.test_sites = test_sites;
            so.realisations = realisations;
            so.design = design_from_string(design);
            so.seed = static_cast<std::uint64_t>(seed);
            const SimulatedField field = simulate(scenario, so);
            const auto data = std::make_shared<SpatialDataset>(field.dataset);
            ModelSpecification spec = asked;
            spec.smoothness = smoothness_from_string(smoothness);
            spec.log_scale = LogScale::no;
            FitOptions options;
            options.threads = 1;
            spec.deformation = DeformationKind::stationary;
            stationary.push_back(
                score(fit(data, spec, options), field.test_coordinates, field, &scenario));
            // The oracle: the true deformation, scale and nugget fitted.
            auto straight = std::make_shared<SpatialDataset>(field.dataset);
            straight->coordinates = scenario.deformed_from_geographic(field.dataset.coordinates);
            oracle.push_back(score(fit(straight, spec, options),
                                   scenario.deformed_from_geographic(field.test_coordinates),
                                   field, nullptr));
            for (const auto& family : families) {
                ModelSpecification wanted = model_choice_from_name(family == "auto-shape" ? "auto" : family,
                                                                   spec).specification;
                const bool choose = family.starts_with("auto");
                if (choose) wanted.log_scale = family == "auto" ? LogScale::automatic : LogScale::no;
                const FitResult result = choose ? fit_automatic(data, wanted, options)
                                                : fit(data, wanted, options);
                Row row = score(result, field.test_coordinates, field, &scenario);
                row.right = choose && is_right(name, result.model().specification());
                choices += choose ? 1 : 0;
                right += row.right ? 1 : 0;
                rows[family].push_back(row);
            }
        }
        const auto mean = [](const std::vector<Row>& v, double Row::*field) {
            double s = 0.0;
            for (const Row& r : v) s += r.*field;
            return s / static_cast<double>(v.size());
        };
        const double ls0 = mean(stationary, &Row::log_score), ls1 = mean(oracle, &Row::log_score);
        std::printf("%-11s %-18s %7.3f %7.3f %7.3f %7s %6.3f %7.3f %7.3f %6.3f %6.2f %6.1f\n", name.c_str(),
                    "stationary", ls0, ls0, ls1, "0", mean(stationary, &Row::coverage),
                    mean(stationary, &Row::plug_in_score), mean(stationary, &Row::plug_in_coverage),
                    mean(stationary, &Row::rho), mean(stationary, &Row::rcor),
                    mean(stationary, &Row::seconds));
        for (const auto& family : families) {
            const auto& v = rows[family];
            const double ls = mean(v, &Row::log_score);
            std::string chosen;
            if (family.starts_with("auto"))
                for (const Row& r : v) chosen += (chosen.empty() ? "" : ", ") + r.chosen;
            // On the stationary scenario there is no gap: the loss in nats is shown instead.
            const double gap = ls0 - ls1;
            const bool has_gap = gap > 0.01;
            std::printf("%-11s %-18s %7.3f %7.3f %7.3f %7.3f %6.3f %7.3f %7.3f %6.3f %6.2f %6.1f  %s%s\n",
                        name.c_str(), family.c_str(), ls0, ls, ls1,
                        has_gap ? (ls0 - ls) / gap : ls - ls0, mean(v, &Row::coverage),
                        mean(v, &Row::plug_in_score), mean(v, &Row::plug_in_coverage), mean(v, &Row::rho), mean(v, &Row::rcor), mean(v, &Row::seconds),
                        has_gap ? "" : "(loss) ", chosen.c_str());
        }
        std::fflush(stdout);
    }
    if (choices > 0) std::printf("# the class simulated was chosen %d times of %d\n", right, choices);
}
