// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/validation_controller.h"

#include <utility>

namespace anamorph {
namespace {

Folds folds_of(const ValidationRequest& request, const SpatialDataset& dataset) {
    switch (request.hold_out) {
        case HoldOut::blocks:
            return block_folds(dataset, request.blocks_x, dataset.space_dimension() == 1 ? 1 : request.blocks_y, 0,
                               request.seed);
        case HoldOut::groups: return group_folds(dataset, request.folds, request.seed);
        case HoldOut::periods: return period_folds(dataset, 2 * request.folds, request.folds, request.seed);
        case HoldOut::values: return row_folds(dataset, request.folds, request.seed);
        case HoldOut::random: break;
    }
    if (dataset.has_realisations()) return site_folds(dataset, request.folds, request.seed);
    return random_folds(dataset.size(), request.folds, request.seed);
}

}  // namespace

ValidationController::ValidationController(Session& session, QObject* parent)
    : QObject(parent), session_(session) {
    timer_.setInterval(100);
    connect(&timer_, &QTimer::timeout, this, &ValidationController::drain);
    look_timer_.setSingleShot(true);
    look_timer_.setInterval(0);
    connect(&look_timer_, &QTimer::timeout, this, &ValidationController::look);
    connect(&looking_, &JobRunner::finished, this, &ValidationController::familiesChanged);
    connect(&runner_, &JobRunner::started, this, &ValidationController::started);
    connect(&runner_, &JobRunner::progressed, this, &ValidationController::progressed);
    connect(&runner_, &JobRunner::cancelled, this, [this] {
        end_early();
        Q_EMIT cancelled();
    });
    connect(&runner_, &JobRunner::finished, this, [this] {
        timer_.stop();
        Q_EMIT finished();
    });
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("Validation failed: %1").arg(sentence));
        Q_EMIT failed(sentence);
    });
    connect(&session_, &Session::datasetChanged, this, [this] {
        done_.reset();
        runner_.cancel();
        families_.clear();
        if (families_wanted_) look_timer_.start();
        Q_EMIT familiesChanged();
    });
    connect(&session_, &Session::modelChanged, this, [this] {
        if (families_wanted_) look_timer_.start();
    });
}

void ValidationController::wantFamilies() {
    if (std::exchange(families_wanted_, true)) return;
    look_timer_.start();
}

void ValidationController::look() {
    if (!session_.dataset()) return;
    looking_.start(
        [dataset = session_.dataset(), specification = session_.specification()](JobContext&) {
            QStringList names;
            for (const std::string& name : model_names_for(*dataset, specification))
                names << QString::fromStdString(name);
            return names;
        },
        [this](const QStringList& names) { families_ = names; });
}

void ValidationController::validate(const ValidationRequest& request) {
    if (!session_.dataset()) return;
    session_.appendLog(tr("Validation: %1.").arg(request.models.join(QStringLiteral(", "))));
    earlier_ = session_.validation();
    done_ = std::make_shared<Box>();
    timer_.start();
    runner_.start(
        [dataset = session_.dataset(), specification = session_.specification(),
         options = session_.options(), request, box = done_](JobContext& context) -> Session::ValidationPointer {
            std::vector<ModelChoice> choices;
            for (const QString& name : request.models)
                choices.push_back(model_choice_from_name(name.toStdString(), specification));
            ValidationOptions asked;
            asked.fit = options;
            asked.predict.threads = options.threads;
            ValidationObserver observer;
            observer.progress = context.progress();
            observer.model_done = [box](const ValidationResult& so_far) {
                box->put(std::make_shared<const ValidationResult>(so_far));
            };
            return std::make_shared<const ValidationResult>(anamorph::validate(
                dataset, choices, folds_of(request, *dataset), asked, observer, context.stop()));
        },
        [this](Session::ValidationPointer result) {
            done_.reset();
            session_.appendLog(QString::fromStdString(result->verdict));
            session_.setValidation(std::move(result));
            Q_EMIT validated();
        });
}

void ValidationController::drain() {
    if (!done_) return;
    if (auto so_far = done_->take()) session_.setValidation(std::move(*so_far));
}

/// What was done stays, and says that there was to be more.
void ValidationController::end_early() {
    drain();
    if (!done_) return;  // the data have changed
    done_.reset();
    const Session::ValidationPointer so_far = session_.validation();
    if (!so_far || so_far == earlier_ || so_far->models.size() == so_far->planned) return;
    auto ended = std::make_shared<ValidationResult>(*so_far);
    ended->interrupted = true;
    rank_models(*ended);
    session_.appendLog(QString::fromStdString(ended->verdict));
    session_.setValidation(std::move(ended));
}

}  // namespace anamorph
