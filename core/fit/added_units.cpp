// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/added_units.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/fit/laplace.h"
#include "core/fit/objective.h"
#include "core/fit/stage.h"
#include "core/fit/velocity_levels.h"

namespace anamorph {

namespace {

constexpr int shortlisted = 12;          // places whose curvature is looked at
constexpr int proposals_tried = 2;       // of these are fitted before the search ends
constexpr int least_sites = 5;           // within two widths of a place
constexpr double gradient_step = 1e-3;

/// Fitted sites in the coordinates of the velocity field, which may leave time out.
Points sites_of(const ModelState& model, int dimension) {
    Points x = model.standardisation.standardised(model.dataset->coordinates);
    if (model.rows) x = Points(x(*model.rows, Eigen::all));
    return x.leftCols(dimension);
}

bool enough_sites(const Points& sites, const Eigen::RowVectorXd& centre, const Eigen::RowVectorXd& width) {
    int near = 0;
    for (Index i = 0; i < sites.rows(); ++i)
        if (((sites.row(i) - centre).array() / width.array()).matrix().squaredNorm() < 4.0 &&
            ++near >= least_sites)
            return true;
    return false;
}

/// Centres a width apart over [low, high], with the ends.
void append_grid(const Points& sites, const Eigen::RowVectorXd& width, std::vector<Eigen::RowVectorXd>& centres,
                 std::vector<Eigen::RowVectorXd>& widths) {
    const Eigen::RowVectorXd low = sites.colwise().minCoeff(), high = sites.colwise().maxCoeff();
    const Index d = sites.cols();
    std::vector<Index> counts;
    Index total = 1;
    for (Index j = 0; j < d; ++j) {
        counts.push_back(1 + static_cast<Index>(std::ceil((high(j) - low(j)) / width(j) - 1e-9)));
        total *= counts.back();
    }
    for (Index k = 0; k < total; ++k) {
        Eigen::RowVectorXd centre(d);
        Index rest = k;
        for (Index j = 0; j < d; ++j) {
            const Index m = counts[static_cast<std::size_t>(j)];
            const double t = m > 1 ? static_cast<double>(rest % m) / static_cast<double>(m - 1) : 0.5;
            centre(j) = low(j) + t * (high(j) - low(j));
            rest /= m;
        }
        if (!enough_sites(sites, centre, width)) continue;
        centres.push_back(centre);
        widths.push_back(width);
    }
}

struct Proposal {
    Index place = 0;
    double gain = 0.0;  ///< foreseen, without the price of the place
};

/// Places in the order of the gain that is foreseen, best first; only the promising ones.
class Search {
public:
    Search(const ModelState& model, const GaussianUnits& places) : model_(model), places_(places) {}

    [[nodiscard]] std::vector<Proposal> proposals(TrainingRun& run, double ridge) {
        ModelState all(model_);
        velocity_field_of(all)->add_units(places_, ridge);
        all.hessian.resize(0, 0);
        find_indices(all);
        Objective objective(all);
        const Vector theta = all.parameters();
        double value = 0.0;
        Vector gradient;
        std::vector<Proposal> found;
        run.count_evaluation();
        if (!objective.evaluate(theta, value, gradient)) return found;
        const double precision = 2.0 * ridge;
        const SymmetricEigen eigen(model_.hessian);
        const Vector inverse = eigen.eigenvalues().cwiseMax(1.0).cwiseInverse();
        for (const Index place : steepest(gradient)) {
            const Vector direction = gradient(unit_indices(place)).normalized();
            Vector shifted = theta, moved;
            shifted(unit_indices(place)) -= gradient_step * direction;
            run.count_evaluation();
            if (!objective.evaluate(shifted, value, moved)) continue;
            const Vector curvature = (gradient - moved) / gradient_step;
            const double slope = gradient(unit_indices(place)).norm();
            const Vector along = eigen.eigenvectors().transpose() * curvature(old_);
            const double h = std::max(direction.dot(curvature(unit_indices(place))) -
                                          along.cwiseAbs2().dot(inverse),
                                      0.5 * precision);
            found.push_back({place, 0.5 * slope * slope / h - 0.5 * std::log(h / precision)});
        }
        std::stable_sort(found.begin(), found.end(),
                         [](const Proposal& a, const Proposal& b) { return a.gain > b.gain; });
        return found;
    }

private:
    /// Where the model's own parameters stand among those of the model with all places.
    void find_indices(const ModelState& all) {
        const VelocityField &own = *velocity_field_of(model_), &larger = *velocity_field_of(all);
        const Index before = model_.deformation->parameter_count() - own.parameter_count();
        const Index rows = own.basis().count(), all_rows = larger.basis().count();
        const int d = own.dimension();
        old_.clear();
        for (Index i = 0; i < before; ++i) old_.push_back(i);
        for (int j = 0; j < d; ++j)
            for (Index k = 0; k < rows; ++k) old_.push_back(before + j * all_rows + k);
        for (Index i = all.deformation->parameter_count(); i < all.parameter_count(); ++i) old_.push_back(i);
        first_unit_ = before + rows;
        stride_ = all_rows;
        dimension_ = d;
    }
    [[nodiscard]] std::vector<Index> unit_indices(Index place) const {
        std::vector<Index> at;
        for (int j = 0; j < dimension_; ++j) at.push_back(first_unit_ + j * stride_ + place);
        return at;
    }
    [[nodiscard]] std::vector<Index> steepest(const Vector& gradient) const {
        std::vector<double> slope;
        for (Index k = 0; k < places_.count(); ++k) slope.push_back(gradient(unit_indices(k)).norm());
        std::vector<Index> order(slope.size());
        std::iota(order.begin(), order.end(), Index(0));
        std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
            return slope[static_cast<std::size_t>(a)] > slope[static_cast<std::size_t>(b)];
        });
        order.resize(std::min<std::size_t>(order.size(), shortlisted));
        return order;
    }

    const ModelState& model_;
    const GaussianUnits& places_;
    std::vector<Index> old_;
    Index first_unit_ = 0, stride_ = 0;
    int dimension_ = 0;
};

GaussianUnits only(const GaussianUnits& places, Index k) {
    return {places.centres.row(k), places.widths.row(k)};
}

/// The model with one more unit, fitted; nothing when the user stopped or it could not be judged.
std::optional<ModelState> with_unit(TrainingRun& run, const ModelState& model, const GaussianUnits& unit,
                                    double ridge) {
    // Only whole descriptions make a model that a Hessian belongs to: from the start once more.
    ModelState larger = make_model(model.dataset, model.specification, run.options().seed);
    start_from(larger, model);
    velocity_field_of(larger)->add_units(unit, ridge);
    larger.rows = model.rows;
    larger.conditioning = model.conditioning;
    fit_stage(run, larger, rung_stage(larger, ""));
    if (run.stopped() || !compute_posterior(run, larger)) return std::nullopt;
    larger.seconds += model.seconds;
    return larger;
}

}  // namespace

GaussianUnits unit_places(const ModelState& model) {
    const VelocityField& field = *velocity_field_of(model);
    const GaussianBasis& finest = field.basis().levels().back();
    const int d = field.dimension();
    const Points sites = sites_of(model, d);
    Eigen::RowVectorXd width(d);
    for (int j = 0; j < d; ++j) width(j) = finest.width(j);
    std::vector<Eigen::RowVectorXd> centres, widths;
    append_grid(sites, 0.5 * width, centres, widths);
    if (d < 3) append_grid(sites, 0.25 * width, centres, widths);
    GaussianUnits places{Points(static_cast<Index>(centres.size()), d), Points(static_cast<Index>(centres.size()), d)};
    for (std::size_t k = 0; k < centres.size(); ++k) {
        places.centres.row(static_cast<Index>(k)) = centres[k];
        places.widths.row(static_cast<Index>(k)) = widths[k];
    }
    return places;
}

double price_of_unit_places(const ModelState& model) {
    const VelocityField* field = velocity_field_of(model);
    const Index units = field ? field->basis().units().count() : 0;
    if (units == 0) return 0.0;
    const auto places = static_cast<double>(std::max<Index>(1, unit_places(model).count()));
    return static_cast<double>(units) * std::log(places);
}

int add_units(TrainingRun& run, ModelState& model) {
    if (!velocity_field_of(model) || model.hessian.size() == 0) return 0;
    const GaussianUnits places = unit_places(model);
    if (places.count() == 0) return 0;
    const double price = std::log(static_cast<double>(places.count()));
    const int most = model.specification.added_units;
    int kept = 0;
    while (velocity_field_of(model)->basis().units().count() < most && !run.stopped()) {
        run.plan(proposals_tried, 60.0 * proposals_tried + static_cast<double>(model.parameter_count()));
        const double ridge = velocity_field_of(model)->groups().front().ridge;
        std::vector<Proposal> proposals = Search(model, places).proposals(run, ridge);
        proposals.resize(std::min<std::size_t>(proposals.size(), proposals_tried));
        bool found = false;
        for (const Proposal& p : proposals) {
            if (p.gain <= price) break;
            auto larger = with_unit(run, model, only(places, p.place), ridge);
            if (!larger) return kept;
            if (!(larger->criterion < model.criterion)) continue;
            model = std::move(*larger);
            run.keep(model);
            found = true;
            ++kept;
            break;
        }
        if (!found) break;
    }
    return kept;
}

Matrix units_to_numbers(const ModelState& model) {
    const VelocityField* field = velocity_field_of(model);
    if (!field || field->basis().units().count() == 0) return {};
    const GaussianUnits& units = field->basis().units();
    Matrix numbers(units.count(), 2 * field->dimension() + 1);
    numbers << units.centres, units.widths, Vector::Constant(units.count(), field->groups().back().ridge);
    return numbers;
}

void set_units(ModelState& model, const Matrix& numbers) {
    VelocityField* field = velocity_field_of(model);
    const int d = field ? field->dimension() : 0;
    if (!field || numbers.cols() != 2 * d + 1 || numbers.rows() == 0 || !numbers.allFinite() ||
        !(numbers.rightCols(d + 1).array() > 0.0).all())
        throw Error(ErrorCode::bad_input, "The added units of the fit are damaged.");
    field->add_units({numbers.leftCols(d), numbers.middleCols(d, d)}, numbers(0, 2 * d));
}

}  // namespace anamorph
