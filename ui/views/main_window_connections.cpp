// SPDX-License-Identifier: GPL-3.0-or-later
// What the window hears from the session and its controllers, and shows.
#include <algorithm>
#include <thread>

#include <QFileInfo>
#include <QLabel>
#include <QTimer>

#include "ui/models/number_text.h"
#include "ui/views/banner.h"
#include "ui/views/bottom_bar.h"
#include "ui/views/explore_panel.h"
#include "ui/views/export_panel.h"
#include "ui/views/film_export.h"
#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/layers_panel.h"
#include "ui/views/main_window.h"
#include "ui/views/space_view.h"
#include "ui/views/spaces_widget.h"
#include "ui/views/train_panel.h"
#include "ui/views/validation_tab.h"

namespace anamorph {
namespace {

bool bends(const FittedModel& model) {
    const DeformationKind kind = model.specification().deformation;
    return kind != DeformationKind::stationary && kind != DeformationKind::anisotropic;
}

}  // namespace

void MainWindow::connect_session() {
    Session& session = bench_.session;
    connect(&session, &Session::datasetChanged, this, [this] {
        bench_.selection.clear();
        banner_->hide();
    });
    for (const auto signal : {&Session::datasetChanged, &Session::fitChanged, &Session::mapChanged,
                              &Session::validationChanged, &Session::titleChanged, &Session::modelChanged,
                              &Session::preflightChanged}) {
        connect(&session, signal, this, &MainWindow::show_steps);
        connect(&session, signal, this, &MainWindow::show_status);
        connect(&session, signal, this, &MainWindow::enable_actions);
    }
    const auto show_model = [this] { spaces_->setModel(bench_.session.shownModel()); };
    connect(&session, &Session::fitChanged, this, show_model);
    connect(&session, &Session::candidateChanged, this, show_model);
    // Whichever class is looked at gets its map.
    const auto predict_if_missing = [this] {
        if (bench_.session.shownModel()) QTimer::singleShot(0, &bench_.prediction, &PredictionController::predictIfMissing);
    };
    connect(&session, &Session::candidateChanged, this, predict_if_missing);
    connect(&session, &Session::realisationChanged, this, predict_if_missing);
    PictureController& pictures = bench_.pictures;
    connect(&pictures, &PictureController::spacesReady, this,
            [this](const std::shared_ptr<const SpacesSnapshot>& snapshot) {
                if (!bench_.training.isTraining()) spaces_->setSnapshot(snapshot);
                if (snapshot && snapshot->simulations && wanted_layers_)
                    layers_->setLayers(*std::exchange(wanted_layers_, std::nullopt));
            });
    connect(&pictures, &PictureController::dataPicturesReady, this,
            [this](const std::shared_ptr<const DataPictures>& p) {
                explore_panel_->setPictures(p);
                curves_->setDataPictures(p);
            });
    connect(&pictures, &PictureController::modelPicturesReady, this,
            [this](const std::shared_ptr<const ModelPictures>& p) {
                curves_->setModelPictures(p);
                train_panel_->setPictures(p);
            });
    connect(&pictures, &PictureController::failed, this, [this](const QString& sentence) {
        banner_->showFailure(tr("A picture could not be drawn."), sentence);
    });
}

void MainWindow::connect_training() {
    TrainingController& training = bench_.training;
    connect(&training, &TrainingController::trainingStarted, this, [this] {
        banner_->hide();
        spaces_->setModel(nullptr);
        curves_->startTraining();
        bottom_->showJob(tr("Training"), {});
    });
    connect(&training, &TrainingController::stateChanged, this, [this] {
        const TrainingController& t = bench_.training;
        bottom_->setTrainingState(t.isTraining(), t.isPaused(), t.isStopping());
        train_panel_->setTraining(t.isTraining());
        show_status();
        show_steps();
        enable_actions();
    });
    connect(&training, &TrainingController::updated, this, [this](const TrainingUpdate& update) {
        if (update.picture && bench_.training.isTraining()) spaces_->setSnapshot(update.picture);
        curves_->addTraining(update);
        if (!update.iterations.empty()) bottom_->showTraining(update.iterations.back());
    });
    connect(&training, &TrainingController::trained, this, [this] {
        const auto fit = bench_.session.fit();
        bottom_->showMessage(tr("Trained in %1, %2 iterations").arg(duration_text(fit->seconds)).arg(fit->iterations));
        if (!closing_) showStep(Step::train);
        if (const QString why = PredictionController::whyNoMap(fit->model(), bench_.session.covariateRasters()); !why.isEmpty())
            banner_->showNote(tr("Trained, without a map."), why);
    });
    connect(&training, &TrainingController::failed, this, [this](const QString& sentence) {
        banner_->showFailure(tr("Training failed."),
                             sentence + QLatin1Char(' ') +
                                 (bench_.session.fit() ? tr("The earlier result is kept.")
                                                       : tr("The data and all settings are kept.")));
        bottom_->showMessage(tr("Training failed"));
    });
    connect(&training, &TrainingController::cancelled, this, [this] { bottom_->showMessage(tr("Training cancelled")); });
    connect(&training, &TrainingController::finished, this, [this] {
        bench_.pictures.refreshSpaces();
        spaces_->setModel(bench_.session.shownModel());
        curves_->showHistory();
        if (closing_) QTimer::singleShot(0, this, &QWidget::close);
    });
    connect(bottom_, &BottomBar::pauseToggled, &training, &TrainingController::setPaused);
    connect(bottom_, &BottomBar::stopRequested, &training, &TrainingController::stopKeepBest);
    connect(bottom_, &BottomBar::cancelRequested, &training, &TrainingController::cancel);
    connect(train_panel_, &TrainPanel::trainRequested, &training, &TrainingController::train);
}

void MainWindow::connect_jobs() {
    const auto show_job = [this](const Progress& p) {
        if (!bench_.training.isTraining()) bottom_->showJob(job_name_, p);
    };
    PredictionController& prediction = bench_.prediction;
    connect(&prediction, &PredictionController::started, this, [this, show_job] {
        job_name_ = tr("Predicting the map");
        show_job({});
    });
    connect(&prediction, &PredictionController::progressed, this, show_job);
    connect(&prediction, &PredictionController::predicted, this, [this] {
        if (!bench_.training.isTraining()) bottom_->showMessage(tr("Map predicted"));
    });
    connect(&prediction, &PredictionController::failed, this, [this](const QString& sentence) {
        bottom_->showMessage(tr("No map"));
        banner_->showFailure(tr("The map could not be predicted; the fit is kept."), sentence);
    });
    connect(&bench_.rasters, &RasterController::added, this, [this](const QString& covariate) {
        bottom_->showMessage(tr("Covariate %1 added; the trend uses it").arg(covariate));
    });
    connect(&bench_.rasters, &RasterController::failed, this, [this](const QString& sentence) {
        banner_->showFailure(tr("The raster could not be added; the data are as they were."), sentence);
    });
    SimulationController& simulation = bench_.simulation;
    connect(&simulation, &SimulationController::started, this, [this, show_job] {
        job_name_ = tr("Drawing simulations");
        show_job({});
    });
    connect(&simulation, &SimulationController::progressed, this, show_job);
    connect(&simulation, &SimulationController::simulated, this, [this] {
        bottom_->showMessage(tr("Simulations drawn"));
        LayerSettings layers = layers_->layers();
        layers.fill = Fill::realisation;
        layers.realisation = 0;
        wanted_layers_ = layers;  // when their picture is there
    });
    connect(&simulation, &SimulationController::failed, this, [this](const QString& sentence) {
        bottom_->showMessage(tr("No simulations"));
        banner_->showFailure(tr("The simulations could not be drawn; the fit is kept."), sentence);
    });
    ComparisonController& comparison = bench_.comparison;
    connect(&comparison, &ComparisonController::started, this, [this, show_job] {
        job_name_ = tr("Comparing approximations");
        show_job({});
    });
    connect(&comparison, &ComparisonController::progressed, this, show_job);
    connect(&comparison, &ComparisonController::compared, this, [this] { bottom_->showMessage(tr("Approximations compared")); });
    connect(&comparison, &ComparisonController::failed, this, [this] { bottom_->showMessage(tr("No comparison")); });
    RangeProfileController& range = bench_.range_profile;
    connect(&range, &RangeProfileController::started, this, [this, show_job] {
        job_name_ = tr("Profiling the range");
        show_job({});
        make_room_for_table();
    });
    connect(&range, &RangeProfileController::progressed, this, show_job);
    connect(&range, &RangeProfileController::changed, this, [this] {
        if (bench_.range_profile.picture()) bottom_->showMessage(tr("Range profiled"));
    });
    connect(&range, &RangeProfileController::failed, this, [this](const QString& sentence) {
        bottom_->showMessage(tr("No profile"));
        banner_->showFailure(tr("The range could not be profiled; the fit is kept."), sentence);
    });
    ValidationController& validation = bench_.validation;
    connect(&validation, &ValidationController::started, this, [this, show_job] {
        job_name_ = tr("Comparing models");
        show_job({});
        showTab(CurvesTabs::Tab::validation);
        make_room_for_table();
    });
    connect(&validation, &ValidationController::progressed, this, show_job);
    connect(&validation, &ValidationController::validated, this, [this] {
        bottom_->showMessage(tr("Models compared"));
    });
    connect(&validation, &ValidationController::failed, this, [this](const QString& sentence) {
        banner_->showFailure(tr("The models could not be compared; the fit is kept."), sentence);
    });
    FileController& files = bench_.files;
    connect(&files, &FileController::started, this, [this, show_job](const QString& what) {
        job_name_ = what;
        show_job({});
    });
    connect(&files, &FileController::progressed, this, show_job);
    const auto show_opened = [this] {
        showStep(bench_.session.fit() ? Step::train : Step::data);
        restore_view_state(bench_.session.viewState());
        bottom_->showMessage(QString());
        offer_to_continue();
    };
    connect(&files, &FileController::opened, this, [this, show_opened](const QString& path) {
        remember_recent(path);
        show_opened();
    });
    connect(&files, &FileController::openedUnsaved, this, [this, show_opened](const QString& copy) {
        opening_copy_.clear();
        bench_.recovery.adopted(copy);
        show_opened();
    });
    connect(&files, &FileController::saved, this, [this](const QString& path) {
        remember_recent(path);
        bottom_->showMessage(tr("Saved as %1").arg(QFileInfo(path).fileName()));
        if (const auto then = std::exchange(after_save_, {})) then();
    });
    connect(&files, &FileController::exported, this,
            [this](const QString& path) { bottom_->showMessage(tr("Wrote %1").arg(QFileInfo(path).fileName())); });
    connect(&files, &FileController::failed, this, [this](const QString& title, const QString& sentence) {
        after_save_ = {};
        closing_ = false;
        bottom_->showMessage(QString());
        banner_->showFailure(title, sentence);
        if (const QString copy = std::exchange(opening_copy_, QString()); !copy.isEmpty())
            RecoveryController::unreadable(copy);
    });
    // A cancelled job leaves no message of its own.
    const auto clear = [this] {
        if (!bench_.training.isTraining()) bottom_->showMessage(QString());
    };
    connect(&validation, &ValidationController::cancelled, this, clear);
    connect(&prediction, &PredictionController::cancelled, this, clear);
    connect(&simulation, &SimulationController::cancelled, this, clear);
    connect(&comparison, &ComparisonController::cancelled, this, clear);
    connect(&range, &RangeProfileController::cancelled, this, clear);
}

void MainWindow::connect_panels() {
    connect_regions();
    connect(export_panel_, &ExportPanel::viewsRequested, this, &MainWindow::export_views);
    connect(export_panel_, &ExportPanel::curvesRequested, this, &MainWindow::export_curve);
    connect(export_panel_, &ExportPanel::csvRequested, this, &MainWindow::export_csv);
    connect(export_panel_, &ExportPanel::geoTiffRequested, this, &MainWindow::export_geotiff);
    connect(export_panel_, &ExportPanel::simulationsRequested, this, &MainWindow::export_simulations);
    connect(export_panel_, &ExportPanel::filmRequested, this, &MainWindow::export_film);
    connect(export_panel_, &ExportPanel::filmCancelled, film_, &FilmExport::cancel);
    connect(film_, &FilmExport::progressed, this, [this](const Progress& progress) {
        if (!bench_.training.isTraining()) bottom_->showJob(tr("Writing the film"), progress);
    });
    connect(film_, &FilmExport::written, this, [this](const QString& path, int frames) {
        bottom_->showMessage(tr("Wrote %1, %2 frames").arg(QFileInfo(path).fileName()).arg(frames));
    });
    connect(film_, &FilmExport::failed, this, [this](const QString& sentence) {
        bottom_->showMessage(tr("No film"));
        banner_->showFailure(tr("The film could not be written; files that were there are kept."), sentence);
    });
    connect(film_, &FilmExport::cancelled, this, [this] {
        if (!bench_.training.isTraining()) bottom_->showMessage(tr("Film cancelled; nothing was written"));
    });
    connect(film_, &FilmExport::interrupted, this, [this](const QString& why) {
        banner_->showNote(tr("The film was cancelled; nothing was written."), why);
    });
    connect(film_, &FilmExport::finished, this, [this] { export_panel_->setFilming(false); });
    connect(export_panel_, &ExportPanel::projectRequested, this, &MainWindow::save_as);
    connect(curves_->validationTab(), &ValidationTab::sideBySideRequested, this, &MainWindow::show_side_by_side);
    connect(spaces_, &SpacesWidget::openRequested, this, &MainWindow::choose_file);
    connect(spaces_, &SpacesWidget::sampleRequested, this, &MainWindow::show_samples_menu);
}

void MainWindow::connect_regions() {
    RegionController& regions = bench_.regions;
    SpaceView* view = spaces_->view(Space::geographic);
    connect(view, &SpaceView::cornerPlaced, &regions, &RegionController::addCorner);
    connect(view, &SpaceView::cornerTakenBack, &regions, &RegionController::undo);
    connect(view, &SpaceView::outlineClosed, &regions, &RegionController::close);
    connect(view, &SpaceView::drawingEnded, &regions, [&regions] { regions.setDrawing(false); });
    connect(&regions, &RegionController::changed, this, [this, view] {
        const RegionController& r = bench_.regions;
        view->setDrawing(r.isDrawing());
        view->setOutlines(r.isPossible() ? r.outlines() : std::vector<Points>(), r.open());
    });
    connect(&regions, &RegionController::failed, this, [this](const QString& sentence) {
        banner_->showFailure(tr("The regions could not be read; those there were are kept."), sentence);
    });
}

void MainWindow::offer_to_continue() {
    const auto fit = bench_.session.fit();
    if (!fit || !fit->interrupted) return;
    banner_->showOffer(tr("The last fit was interrupted."), tr("What it had reached is shown here; it can go on from there."),
                       tr("Continue"), [this] {
                           showStep(Step::train);
                           bench_.training.resume();
                       });
}

void MainWindow::show_status() {
    const Session& session = bench_.session;
    QString text = tr("no data");
    QColor colour = theme_.muted;
    if (bench_.training.isTraining()) {
        text = bench_.training.isStopping() ? tr("ending …") : bench_.training.isPaused() ? tr("paused") : tr("training …");
        colour = theme_.accent;
    } else if (session.fit()) {
        const FittedModel& model = session.fit()->model();
        const bool automatic = session.fit()->automatic;
        text = bends(model) ? (automatic ? tr("deformation kept") : tr("deformation fitted"))
                            : (automatic ? tr("no deformation needed") : tr("fitted"));
        colour = theme_.good;
        if (session.fit()->stopped_early || session.fit()->interrupted) {  // not every class was tried to its end
            text = tr("stopped early");
            colour = theme_.muted;
        }
        if (session.fit()->doubtful) {
            text = tr("see the warnings");
            colour = theme_.warning;
        }
    } else if (session.dataset()) {
        text = tr("not fitted yet");
    }
    status_->setText(QStringLiteral("<span style='color:%1'>●&nbsp; %2</span>").arg(colour.name(), text.toHtmlEscaped()));
    title_->setText(session.title() + (session.isDirty() ? QStringLiteral(" •") : QString()));
    title_->setToolTip(session.isDirty() ? tr("There are changes that are not saved.") : session.path());
    title_->setVisible(session.dataset() != nullptr);
    setWindowTitle(session.dataset() ? tr("%1 — Anamorph").arg(session.title()) : QStringLiteral("Anamorph"));
    show_facts();
}

void MainWindow::show_facts() {
    const auto dataset = bench_.session.dataset();
    if (!dataset) {
        bottom_->setFacts(QString());
        return;
    }
    const FitOptions& options = bench_.session.options();
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int threads = options.threads > 0 ? options.threads : std::max(1, cores - 1);
    const QString size = dataset->has_realisations()
                             ? tr("%1 values, %2 realisations")
                                   .arg(count_text(dataset->size()), count_text(static_cast<long long>(bench_.session.facts().realisations.size())))
                             : tr("%1 sites").arg(count_text(dataset->size()));
    bottom_->setFacts(tr("%1 · seed %2 · %3")
                          .arg(size)
                          .arg(options.seed)
                          .arg(threads == 1 ? tr("1 thread") : tr("%1 threads").arg(threads)));
}

void MainWindow::show_steps() {
    const Session& session = bench_.session;
    const bool has_data = session.dataset() != nullptr;
    const bool fitted = session.fit() != nullptr;
    const QString need_data = has_data ? QString() : tr("This step needs measurements. Open a table or a project first.");
    const QString need_fit = !has_data ? need_data : fitted ? QString() : tr("This step needs a fitted model. Train one first.");
    steps_->setMissing(Step::explore, need_data, Step::data);
    steps_->setMissing(Step::model, need_data, Step::data);
    steps_->setMissing(Step::train, need_data, Step::data);
    steps_->setMissing(Step::validate, need_data, Step::data);
    steps_->setMissing(Step::map, need_fit, has_data ? Step::train : Step::data);
    steps_->setMissing(Step::export_results, need_data, Step::data);
    steps_->setDone(Step::data, has_data);
    steps_->setDone(Step::explore, has_data);
    steps_->setDone(Step::model, has_data && session.problems().isEmpty());
    steps_->setDone(Step::train, fitted);
    steps_->setDone(Step::validate, session.validation() != nullptr);
    steps_->setDone(Step::map, session.shownMap() != nullptr);
    steps_->setBusy(Step::train, bench_.training.isTraining());
}

}  // namespace anamorph
