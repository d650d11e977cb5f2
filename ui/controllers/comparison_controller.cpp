// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/comparison_controller.h"

namespace anamorph {

ComparisonController::ComparisonController(Session& session, QObject* parent) : QObject(parent), session_(session) {
    connect(&runner_, &JobRunner::started, this, &ComparisonController::started);
    connect(&runner_, &JobRunner::progressed, this, &ComparisonController::progressed);
    connect(&runner_, &JobRunner::cancelled, this, &ComparisonController::cancelled);
    connect(&runner_, &JobRunner::finished, this, &ComparisonController::finished);
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("The approximations could not be compared: %1").arg(sentence));
        Q_EMIT failed(sentence);
    });
    connect(&session_, &Session::datasetChanged, &runner_, &JobRunner::cancel);
}

void ComparisonController::compare(const ComparisonOptions& options) {
    const std::shared_ptr<const FittedModel> model = session_.shownModel();
    if (!model) return;
    runner_.start(
        [model, options](JobContext& context) {
            return std::make_shared<const ApproximationComparison>(
                compare_approximations(*model, options, context.progress(), context.stop()));
        },
        [this, model](std::shared_ptr<const ApproximationComparison> comparison) {
            session_.appendLog(tr("Approximations compared at %1.").arg(QString::fromStdString(model->label())));
            Q_EMIT compared(std::move(comparison), model);
        });
}

}  // namespace anamorph
