// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/picture_controller.h"

#include <algorithm>
#include <cmath>

#include "core/base/progress.h"
#include "core/base/random.h"
#include "core/fit/covariance_structures.h"
#include "core/data/value_transform.h"
#include "core/fit/model_state.h"
#include "core/fit/model_trend.h"
#include "ui/scenes/map_viewing.h"
#include "ui/scenes/shown_realisation.h"
#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {
namespace {

std::vector<double> plot_directions(int dimension) {
    return dimension == 2 ? std::vector<double>{0.0, 45.0, 90.0, 135.0} : std::vector<double>{};
}

/// Both tails and every k-th point between them: more points than pixels only cost time to draw.
NormalQuantilePlot thinned(NormalQuantilePlot plot) {
    constexpr std::size_t most = 1200, tail = 100;
    const std::size_t n = plot.sample.size();
    if (n <= most) return plot;
    const std::size_t step = n / (most - 2 * tail) + 1;
    NormalQuantilePlot few;
    for (std::size_t i = 0; i < n; ++i)
        if (i < tail || i + tail >= n || i % step == 0) {
            few.theoretical.push_back(plot.theoretical[i]);
            few.sample.push_back(plot.sample[i]);
        }
    return few;
}

constexpr Index variogram_sites = 2800;  ///< about four million pairs
constexpr Index residual_sites = 5000;   ///< more points than can be told apart

/// So many rows of n, chosen at random but always the same, ascending; all where there are no more.
std::vector<Index> part_of(Index n, Index count) {
    std::vector<Index> rows = RandomStream(1).permutation(n);
    if (n > count) rows.resize(static_cast<std::size_t>(count));
    std::sort(rows.begin(), rows.end());
    return rows;
}

/// What variograms of space with time are taken of: positions in space, pairs that are at most a
/// hundredth of the times' span (a twentieth of the range of time) apart, and of one realisation.
struct AtOneTime {
    Points positions;
    VariogramOptions options;
};

AtOneTime at_one_time(const SpatialDataset& dataset, const Points& shown, const std::vector<Index>& rows,
                      double time_range) {
    AtOneTime a{shown, {}};
    if (const auto realisation = dataset.realisation_indices(); !realisation.empty())
        for (const Index row : rows) a.options.realisation.push_back(realisation[static_cast<std::size_t>(row)]);
    if (!dataset.last_axis_is_time) return a;
    const Index last = dataset.dimension() - 1;
    a.positions = shown.leftCols(last);
    a.options.times = dataset.coordinates.col(last)(rows);
    a.options.time_tolerance = time_range > 0.0
                                   ? time_range / 20.0
                                   : (a.options.times.maxCoeff() - a.options.times.minCoeff()) / 100.0;
    return a;
}

/// Of several realisations all rows: the variogram takes some of them whole.
std::vector<Index> variogram_rows(const SpatialDataset& dataset) {
    return part_of(dataset.size(), dataset.has_realisations() ? dataset.size() : variogram_sites);
}

std::shared_ptr<const DataPictures> draw_data(const SpatialDataset& dataset) {
    auto pictures = std::make_shared<DataPictures>();
    pictures->summary = summarise(dataset.values);
    pictures->histogram = histogram(dataset.values);
    pictures->quantiles = thinned(normal_quantile_plot(dataset.values));
    const std::vector<Index> rows = variogram_rows(dataset);
    pictures->sites = dataset.size();
    pictures->variogram_sites = static_cast<Index>(rows.size());
    const AtOneTime at = at_one_time(dataset, dataset.coordinates(rows, Eigen::all), rows, 0.0);
    pictures->variograms = experimental_variogram(at.positions, dataset.values(rows),
                                                  plot_directions(dataset.space_dimension()), at.options);
    return pictures;
}

void draw_model_curve(const FittedModel& model, ModelPictures& pictures) {
    const CovarianceParameters p = model.parameters();
    double reach = 0.0;
    for (const VariogramCurve& curve : pictures.variograms)
        if (!curve.distance.empty()) reach = std::max(reach, curve.distance.back());
    constexpr int steps = 120;
    if (!(reach > 0.0)) return;
    const Vector distances = Vector::LinSpaced(steps + 1, 0.0, reach);
    const Vector rho = average_correlation(model, distances);
    for (Index i = 0; i <= steps; ++i) {
        pictures.model_distance.push_back(distances(i));
        pictures.model_gamma.push_back(p.nugget + p.partial_sill * (1.0 - rho(i)));
    }
}

std::shared_ptr<const ModelPictures> draw_model(const FittedModel& model, const std::stop_token& stop) {
    const SpatialDataset& dataset = model.dataset();
    auto pictures = std::make_shared<ModelPictures>();
    const std::vector<Index> rows = variogram_rows(dataset);
    const Points x_in_geographic = dataset.coordinates(rows, Eigen::all);
    const double time_range = model.parameters().time_range;
    const AtOneTime deformed =
        at_one_time(dataset, model.deformed_from_geographic(x_in_geographic), rows, time_range);
    const std::vector<double> directions = plot_directions(dataset.space_dimension());
    const Vector scaled = stationary_residuals(model.state())(rows);
    pictures->variograms =
        experimental_variogram(deformed.positions, scaled, directions, deformed.options);
    if (const auto all = experimental_variogram(deformed.positions, scaled, {}, deformed.options); !all.empty())
        pictures->omnidirectional = all.front();
    if (const auto& transform = model.state().transform) {
        pictures->transform = transform->label();
        const Vector transformed = model.state().observations().values;
        const AtOneTime here = at_one_time(dataset, x_in_geographic, rows, time_range);
        pictures->geographic = experimental_variogram(here.positions, transformed(rows), directions, here.options);
    }
    draw_model_curve(model, *pictures);
    throw_if_cancelled(stop);
    if (!model.state().rows) pictures->predicted = model.leave_one_out_predictions();
    throw_if_cancelled(stop);
    pictures->certificate = model.certificate();
    pictures->residuals = model.leave_one_out_residuals();
    if (pictures->residuals.size() > residual_sites) pictures->drawn = part_of(pictures->residuals.size(), residual_sites);
    if (pictures->residuals.size() > 0) {
        pictures->quantiles = thinned(normal_quantile_plot(pictures->residuals));
        pictures->coverage_90 = normal_coverage(pictures->residuals, 0.90);
        pictures->coverage_95 = normal_coverage(pictures->residuals, 0.95);
        const SummaryStatistics summary = summarise(pictures->residuals);
        pictures->residual_mean = summary.mean;
        pictures->residual_deviation = summary.standard_deviation;
    }
    return pictures;
}

}  // namespace

PictureController::PictureController(Session& session, QObject* parent)
    : QObject(parent), session_(session) {
    for (QTimer* timer : {&spaces_timer_, &data_timer_, &model_timer_}) {
        timer->setSingleShot(true);
        timer->setInterval(0);
    }
    connect(&spaces_timer_, &QTimer::timeout, this, &PictureController::makeSpaces);
    connect(&data_timer_, &QTimer::timeout, this, &PictureController::makeDataPictures);
    connect(&model_timer_, &QTimer::timeout, this, &PictureController::makeModelPictures);
    const auto start = [](QTimer& timer) { return [&timer] { timer.start(); }; };
    connect(&session_, &Session::datasetChanged, this, start(data_timer_));
    connect(&session_, &Session::datasetChanged, this, start(spaces_timer_));
    connect(&session_, &Session::datasetChanged, this, start(model_timer_));
    connect(&session_, &Session::candidateChanged, this, start(model_timer_));
    connect(&session_, &Session::candidateChanged, this, start(spaces_timer_));
    connect(&session_, &Session::mapChanged, this, start(spaces_timer_));
    connect(&session_, &Session::simulationsChanged, this, start(spaces_timer_));
    connect(&session_, &Session::timeChanged, this, start(spaces_timer_));
    connect(&session_, &Session::realisationChanged, this, start(spaces_timer_));
    for (JobRunner* runner : {&spaces_, &data_, &model_}) {
        connect(runner, &JobRunner::failed, this, &PictureController::failed);
        connect(runner, &JobRunner::finished, this, [this] {
            if (!isBusy()) Q_EMIT idle();
        });
    }
}

bool PictureController::isBusy() const {
    return spaces_.isBusy() || data_.isBusy() || model_.isBusy() || spaces_timer_.isActive() ||
           data_timer_.isActive() || model_timer_.isActive();
}

void PictureController::makeSpaces() {
    if (!session_.dataset()) {
        spaces_.cancel();
        Q_EMIT spacesReady(nullptr);
        return;
    }
    spaces_.start(
        [dataset = session_.dataset(), model = session_.shownModel(), map = session_.shownMap(),
         simulations = session_.simulations(), time = session_.time(),
         realisation = session_.realisation().toStdString()](JobContext& context) {
            if (!model) return of_realisation(make_snapshot(*dataset, time), *dataset, realisation);
            const auto snapshot =
                of_realisation(make_snapshot(*model, map, SnapshotDetail::full, time), *dataset, realisation);
            if (!simulations) return snapshot;
            throw_if_cancelled(context.stop());
            const std::shared_ptr<const Matrix> draws(simulations, &simulations->draws);
            const auto whole = make_map_source(model);
            const auto source = snapshot->viewing ? as_map_source(whole, *snapshot->viewing) : whole;
            return with_simulations(snapshot, *source, simulations->summary, draws);
        },
        [this](std::shared_ptr<const SpacesSnapshot> snapshot) { Q_EMIT spacesReady(snapshot); });
}

void PictureController::makeDataPictures() {
    if (!session_.dataset()) {
        data_.cancel();
        Q_EMIT dataPicturesReady(nullptr);
        return;
    }
    data_.start([dataset = session_.dataset()](JobContext&) { return draw_data(*dataset); },
                [this](std::shared_ptr<const DataPictures> p) { Q_EMIT dataPicturesReady(p); });
}

void PictureController::makeModelPictures() {
    const std::shared_ptr<const FittedModel> model = session_.shownModel();
    if (!model) {
        model_.cancel();
        Q_EMIT modelPicturesReady(nullptr);
        return;
    }
    model_.start([model](JobContext& context) { return draw_model(*model, context.stop()); },
                 [this](std::shared_ptr<const ModelPictures> p) { Q_EMIT modelPicturesReady(p); });
}

}  // namespace anamorph
