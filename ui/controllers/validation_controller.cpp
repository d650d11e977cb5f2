// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/validation_controller.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/validate/joined_comparison.h"

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

/// Tells the folds of a request, for the data that they are made of.
std::string hold_out_text(const ValidationRequest& request) {
    const QString shape = request.hold_out == HoldOut::blocks
                              ? QStringLiteral("%1x%2").arg(request.blocks_x).arg(request.blocks_y)
                              : QString::number(request.folds);
    return QStringLiteral("%1 %2 seed %3").arg(static_cast<int>(request.hold_out)).arg(shape).arg(request.seed).toStdString();
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
    const QStringList names = toFit(request);
    session_.appendLog(tr("Validation: %1.").arg(names.join(QStringLiteral(", "))));
    earlier_ = session_.validation();
    done_ = std::make_shared<Box>();
    timer_.start();
    runner_.start(
        [dataset = session_.dataset(), specification = session_.specification(),
         options = session_.options(), request, names, settings = settings_of(request),
         kept = keepsEarlier(request) ? earlier_ : nullptr, box = done_](JobContext& context) -> Session::ValidationPointer {
            std::vector<ModelChoice> choices;
            std::vector<std::string> asked_for;
            for (const QString& name : names) {
                asked_for.push_back(name.toStdString());
                choices.push_back(model_choice_from_name(asked_for.back(), specification));
            }
            const Folds folds = folds_of(request, *dataset);
            // Of another version of the program the same request may have made other folds.
            const bool joins = kept && kept->folds.test_rows == folds.test_rows;
            ValidationOptions asked;
            asked.fit = options;
            asked.predict.threads = options.threads;
            ValidationObserver observer;
            observer.progress = context.progress();
            const auto table = [&](ValidationResult result) {
                result.settings = settings;
                if (joins) result = joined(*kept, result, asked_for);
                return std::make_shared<const ValidationResult>(std::move(result));
            };
            observer.model_done = [&](const ValidationResult& so_far) { box->put(table(so_far)); };
            return table(anamorph::validate(dataset, choices, folds, asked, observer, context.stop()));
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

std::string ValidationController::settings_of(const ValidationRequest& request) const {
    try {
        return comparison_settings(session_.specification(), session_.options(), hold_out_text(request));
    } catch (const Error&) {  // a model that cannot be made: the comparison will say so
        return {};
    }
}

bool ValidationController::keepsEarlier(const ValidationRequest& request) const {
    return session_.validation() && can_join(*session_.validation(), settings_of(request));
}

QStringList ValidationController::toFit(const ValidationRequest& request) const {
    if (!keepsEarlier(request)) return request.models;
    const auto& known = session_.validation()->models;
    QStringList names;
    for (const QString& name : request.models)
        if (std::none_of(known.begin(), known.end(), [&](const ModelScores& model) {
                return model.failure.empty() && model.name == name.toStdString();
            }))
            names << name;
    return names.isEmpty() ? request.models : names;
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
