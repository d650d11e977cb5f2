// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/range_profile_controller.h"

#include "core/fit/covariate_distance.h"
#include "core/predict/kriging.h"

namespace anamorph {
namespace {

constexpr Index curve_points = 800;

/// The stationary model beside which the session's model is to be seen.
ModelSpecification stationary_beside(const Session& session) {
    const auto shown = session.shownModel();
    ModelSpecification s = shown ? shown->specification() : session.specification();
    set_model(s, "stationary");
    s.structures = 1;
    s.log_scale = LogScale::no;
    s.varying_nugget = false;
    s.added_units = 0;
    s.likelihood = session.specification().likelihood;
    return s;
}

bool deforms(const FittedModel& model) {
    const DeformationKind kind = model.specification().deformation;
    return kind != DeformationKind::stationary && kind != DeformationKind::anisotropic;
}

TransectCurve curve_of(const FittedModel& model, const Vector& x, const JobContext& context) {
    PredictOptions options;
    options.averaged = false;
    Prediction p = predict_at(model, Points(x), {}, options, {}, context.stop());
    return {model.label(), std::move(p.mean), p.variance.cwiseMax(0.0).cwiseSqrt()};
}

void draw_transect(RangeProfilePicture& picture, const std::shared_ptr<const FittedModel>& shown,
                   const JobContext& context) {
    const SpatialDataset& data = *picture.dataset;
    if (data.dimension() != 1 || needs_covariates(picture.profile.minima.front().model->specification()))
        return;
    const double low = data.coordinates.minCoeff(), high = data.coordinates.maxCoeff();
    picture.x = Vector::LinSpaced(curve_points, low, high);
    for (const RangeMinimum& minimum : picture.profile.minima)
        picture.kernels.push_back(curve_of(*minimum.model, picture.x, context));
    if (shown && deforms(*shown) && !needs_covariates(shown->specification()))
        picture.warped.push_back(curve_of(*shown, picture.x, context));
}

}  // namespace

RangeProfileController::RangeProfileController(Session& session, QObject* parent)
    : QObject(parent), session_(session) {
    connect(&runner_, &JobRunner::started, this, &RangeProfileController::started);
    connect(&runner_, &JobRunner::progressed, this, &RangeProfileController::progressed);
    connect(&runner_, &JobRunner::cancelled, this, &RangeProfileController::cancelled);
    connect(&runner_, &JobRunner::finished, this, &RangeProfileController::finished);
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("The range could not be profiled: %1").arg(sentence));
        Q_EMIT failed(sentence);
    });
    connect(&session_, &Session::datasetChanged, this, [this] {
        runner_.cancel();
        picture_ = nullptr;
        Q_EMIT changed();
    });
}

void RangeProfileController::profile() {
    const Session::DatasetPointer dataset = session_.dataset();
    if (!dataset) return;
    RangeProfileOptions options;
    options.fit.threads = session_.options().threads;
    options.fit.seed = session_.options().seed;
    options.fit.snapshots_per_second = 0.0;
    runner_.start(
        [dataset, options, specification = stationary_beside(session_), shown = session_.shownModel()](JobContext& context) {
            auto picture = std::make_shared<RangeProfilePicture>();
            picture->profile = profile_range(dataset, specification, options, context.progress(), context.stop());
            picture->unit = dataset->coordinate_system.unit;
            picture->dataset = dataset;
            draw_transect(*picture, shown, context);
            return std::shared_ptr<const RangeProfilePicture>(picture);
        },
        [this](std::shared_ptr<const RangeProfilePicture> picture) {
            picture_ = std::move(picture);
            session_.appendLog(tr("Profiled the range: %1, %n minima.", nullptr, static_cast<int>(picture_->profile.minima.size()))
                                   .arg(QString::fromStdString(picture_->profile.label)));
            Q_EMIT changed();
        });
}

}  // namespace anamorph
