// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/validation_controller.h"

namespace anamorph {

ValidationController::ValidationController(Session& session, QObject* parent)
    : QObject(parent), session_(session) {
    connect(&runner_, &JobRunner::started, this, &ValidationController::started);
    connect(&runner_, &JobRunner::progressed, this, &ValidationController::progressed);
    connect(&runner_, &JobRunner::cancelled, this, &ValidationController::cancelled);
    connect(&runner_, &JobRunner::finished, this, &ValidationController::finished);
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("Validation failed: %1").arg(sentence));
        Q_EMIT failed(sentence);
    });
    connect(&session_, &Session::datasetChanged, &runner_, &JobRunner::cancel);
}

void ValidationController::validate(const ValidationRequest& request) {
    if (!session_.dataset()) return;
    session_.appendLog(tr("Validation: %1.").arg(request.models.join(QStringLiteral(", "))));
    runner_.start(
        [dataset = session_.dataset(), specification = session_.specification(),
         options = session_.options(), request](JobContext& context) -> Session::ValidationPointer {
            std::vector<ModelChoice> choices;
            for (const QString& name : request.models)
                choices.push_back(model_choice_from_name(name.toStdString(), specification));
            const Folds folds =
                request.spatial_blocks
                    ? block_folds(*dataset, request.blocks_x,
                                  dataset->dimension() == 1 ? 1 : request.blocks_y, 0, request.seed)
                    : random_folds(dataset->size(), request.folds, request.seed);
            ValidationOptions asked;
            asked.fit = options;
            asked.predict.threads = options.threads;
            return std::make_shared<const ValidationResult>(anamorph::validate(
                dataset, choices, folds, asked, {context.progress(), {}}, context.stop()));
        },
        [this](Session::ValidationPointer result) {
            session_.appendLog(QString::fromStdString(result->verdict));
            session_.setValidation(std::move(result));
            Q_EMIT validated();
        });
}

}  // namespace anamorph
