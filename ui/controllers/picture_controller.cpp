// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/picture_controller.h"

#include <algorithm>
#include <cmath>

#include "core/predict/kriging.h"
#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {
namespace {

std::vector<double> plot_directions(int dimension) {
    return dimension == 1 ? std::vector<double>{} : std::vector<double>{0.0, 45.0, 90.0, 135.0};
}

std::shared_ptr<const DataPictures> draw_data(const SpatialDataset& dataset) {
    auto pictures = std::make_shared<DataPictures>();
    pictures->summary = summarise(dataset.values);
    pictures->histogram = histogram(dataset.values);
    pictures->quantiles = normal_quantile_plot(dataset.values);
    pictures->variograms = experimental_variogram(dataset.coordinates, dataset.values,
                                                  plot_directions(dataset.dimension()));
    return pictures;
}

void draw_model_curve(const FittedModel& model, ModelPictures& pictures) {
    const auto snapshot = make_snapshot(model, nullptr, SnapshotDetail::full);
    const CovarianceParameters p = model.parameters();
    double reach = 0.0;
    for (const VariogramCurve& curve : pictures.variograms)
        if (!curve.distance.empty()) reach = std::max(reach, curve.distance.back());
    const CorrelationProfile& profile = snapshot->profile;
    for (Index i = 0; i < profile.distance.size(); ++i) {
        if (profile.distance(i) > reach) break;
        pictures.model_distance.push_back(profile.distance(i));
        pictures.model_gamma.push_back(p.nugget + p.partial_sill * (1.0 - profile.correlation(i)));
    }
    if (!pictures.model_distance.empty() && pictures.model_distance.back() < reach) {
        pictures.model_distance.push_back(reach);
        pictures.model_gamma.push_back(p.nugget + p.partial_sill);
    }
}

std::shared_ptr<const ModelPictures> draw_model(const FittedModel& model, const std::stop_token& stop) {
    const SpatialDataset& dataset = model.dataset();
    auto pictures = std::make_shared<ModelPictures>();
    const Points u_in_deformed = model.deformed_from_geographic(dataset.coordinates);
    const Vector scaled = (dataset.values.array() - dataset.values.mean()) *
                          (-0.5 * model.log_scale_at(dataset.coordinates).array()).exp();
    pictures->variograms =
        experimental_variogram(u_in_deformed, scaled, plot_directions(dataset.dimension()));
    pictures->omnidirectional = experimental_variogram(u_in_deformed, scaled, {}).front();
    draw_model_curve(model, *pictures);
    PredictOptions plug_in;
    plug_in.averaged = false;
    pictures->fitted =
        predict_at(model, dataset.coordinates, dataset.covariates, plug_in, {}, stop).mean;
    pictures->certificate = model.certificate();
    pictures->residuals = model.leave_one_out_residuals();
    if (pictures->residuals.size() > 0) {
        pictures->quantiles = normal_quantile_plot(pictures->residuals);
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
        [dataset = session_.dataset(), model = session_.shownModel(), map = session_.shownMap()](
            JobContext&) {
            return model ? make_snapshot(*model, map, SnapshotDetail::full) : make_snapshot(*dataset);
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
