// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/session.h"

#include <algorithm>
#include <utility>

#include <QTime>

namespace anamorph {

Session::Session(QObject* parent) : QObject(parent), facts_(std::make_shared<const DataFacts>()) {}

std::shared_ptr<const FittedModel> Session::shownModel() const {
    if (!fit_ || shown_ >= fit_->candidates.size()) return nullptr;
    return fit_->candidates[shown_].model;
}

Session::MapPointer Session::map(std::size_t candidate) const {
    const auto found = maps_.find({candidate, realisation()});
    return found == maps_.end() ? nullptr : found->second;
}

double Session::time() const {
    if (time_) return *time_;
    return 0.5 * (facts_->first_time + facts_->last_time);
}

QString Session::realisation() const {
    if (!realisation_.isEmpty() || facts_->realisations.empty()) return realisation_;
    return QString::fromStdString(facts_->realisations.back());
}

void Session::setRealisation(const QString& label) {
    if (!dataset_ || label == realisation()) return;
    const auto& labels = facts_->realisations;
    if (std::find(labels.begin(), labels.end(), label.toStdString()) == labels.end()) return;
    realisation_ = label;
    setSimulations(nullptr);  // they are of one realisation
    Q_EMIT realisationChanged();
    Q_EMIT mapChanged();
}

void Session::setTime(double time) {
    if (time_ && *time_ == time) return;
    time_ = time;
    if (simulations_ && simulations_->grid.times.size() > 0) setSimulations(nullptr);  // they are of one time
    Q_EMIT timeChanged();
}

QString Session::title() const {
    if (!dataset_) return {};
    return QStringLiteral("%1 — %2").arg(QString::fromStdString(dataset_->name),
                                         QString::fromStdString(dataset_->value_name));
}

QStringList Session::problems() const {
    QStringList sentences;
    for (const std::string& s : specification_.validate()) sentences << QString::fromStdString(s);
    for (const std::string& s : options_.validate()) sentences << QString::fromStdString(s);
    if (dataset_ && specification_.trend == Trend::covariates && dataset_->covariates.cols() == 0)
        sentences << tr("The trend asks for covariates, and the data have none. Choose another "
                        "trend, or import the table again with covariate columns.");
    if (sentences.isEmpty() && preflight_) sentences = preflight_->problems;
    return sentences;
}

Project Session::project() const {
    Project project;
    project.dataset = dataset_;
    project.covariate_rasters = rasters_;
    project.specification = specification_;
    project.automatic = automatic_;
    project.options = options_;
    if (fit_) {
        project.fit = *fit_;
        if (const MapPointer chosen = map(fit_->chosen)) project.map = *chosen;
    }
    if (validation_) {
        project.validation = *validation_;
        for (std::size_t i = 0; i < validation_->models.size(); ++i)
            if (fit_ && validation_->models[i].fit == fit_) project.compared_model = static_cast<int>(i);
    }
    if (trained_) project.trained = *trained_;
    project.view_state = view_state_.toStdString();
    for (const QString& line : log_) project.log.push_back(line.toStdString());
    return project;
}

void Session::setPreflight(std::shared_ptr<const Preflight> preflight) {
    preflight_ = std::move(preflight);
    Q_EMIT preflightChanged();
}

void Session::clearFit() {
    fit_.reset();
    shown_ = 0;
    maps_.clear();
    setSimulations(nullptr);
}

void Session::clearResults() {
    clearFit();
    time_.reset();
    realisation_.clear();
    opened_.clear();
    trained_.reset();
    validation_.reset();
}

void Session::close() {
    clearResults();
    preflight_.reset();
    takeData(nullptr, nullptr);
    rasters_.clear();
    path_.clear();
    view_state_.clear();
    log_.clear();
    Q_EMIT logReset();
    Q_EMIT datasetChanged();
    Q_EMIT fitChanged();
    Q_EMIT candidateChanged();
    Q_EMIT mapChanged();
    Q_EMIT validationChanged();
    setDirty(false);
}

void Session::takeData(DatasetPointer dataset, DataFactsPointer facts) {
    dataset_ = std::move(dataset);
    facts_ = facts ? std::move(facts) : dataset_ ? facts_of(*dataset_) : std::make_shared<const DataFacts>();
}

void Session::setDataset(DatasetPointer dataset, DataFactsPointer facts) {
    clearResults();
    preflight_.reset();
    takeData(std::move(dataset), std::move(facts));
    rasters_.clear();
    path_.clear();
    view_state_.clear();
    log_.clear();
    if (dataset_ && specification_.trend == Trend::covariates && dataset_->covariates.cols() == 0)
        specification_.trend = Trend::constant;
    specification_.region_outlines.clear();  // they were drawn on another map
    if (!dataset_ || !dataset_->last_axis_is_time) specification_.time_deformation = TimeDeformation::space_only;
    // Covariates of the distance that these data have not.
    if (dataset_)
        std::erase_if(specification_.distance_covariates, [&](const std::string& name) {
            const auto& names = dataset_->covariate_names;
            return std::find(names.begin(), names.end(), name) == names.end();
        });
    Q_EMIT logReset();
    Q_EMIT datasetChanged();
    Q_EMIT modelChanged();
    Q_EMIT fitChanged();
    Q_EMIT candidateChanged();
    Q_EMIT mapChanged();
    Q_EMIT validationChanged();
    setDirty(false);  // the file on disk holds all of it
}

void Session::addRaster(DatasetPointer with_raster, RasterSource source, DataFactsPointer facts) {
    clearResults();
    preflight_.reset();
    takeData(std::move(with_raster), std::move(facts));
    rasters_.push_back(std::move(source));
    specification_.trend = Trend::covariates;
    Q_EMIT datasetChanged();
    Q_EMIT modelChanged();
    Q_EMIT fitChanged();
    Q_EMIT candidateChanged();
    Q_EMIT mapChanged();
    Q_EMIT validationChanged();
    setDirty(true);
}

void Session::setProject(Project project, const QString& path, DataFactsPointer facts) {
    clearResults();
    preflight_.reset();
    takeData(std::move(project.dataset), std::move(facts));
    rasters_ = std::move(project.covariate_rasters);
    specification_ = project.specification;
    automatic_ = project.automatic;
    options_ = project.options;
    path_ = path;
    view_state_ = QString::fromStdString(project.view_state);
    log_.clear();
    for (const std::string& line : project.log) log_ << QString::fromStdString(line);
    if (project.validation)
        validation_ = std::make_shared<const ValidationResult>(std::move(*project.validation));
    if (project.trained && !project.trained->candidates.empty())
        trained_ = std::make_shared<const FitResult>(std::move(*project.trained));
    if (project.fit && !project.fit->candidates.empty()) {
        // A compared model is one and the same object in the comparison and as the fit.
        if (validation_ && project.compared_model >= 0) {
            const ModelScores& opened = validation_->models[static_cast<std::size_t>(project.compared_model)];
            fit_ = opened.fit;
            opened_ = QString::fromStdString(opened.name);
        }
        if (!fit_) fit_ = std::make_shared<const FitResult>(std::move(*project.fit));
        shown_ = fit_->chosen;
        if (project.map) {
            realisation_ = QString::fromStdString(project.map->realisation);
            maps_[{shown_, realisation()}] = std::make_shared<const GridMap>(std::move(*project.map));
        }
    }
    Q_EMIT logReset();
    Q_EMIT datasetChanged();
    Q_EMIT modelChanged();
    Q_EMIT fitChanged();
    Q_EMIT candidateChanged();
    Q_EMIT mapChanged();
    Q_EMIT validationChanged();
    setDirty(false);
}

void Session::setUnsavedProject(Project project, DataFactsPointer facts) {
    setProject(std::move(project), QString(), std::move(facts));
    setDirty(true);
}

void Session::setModel(const ModelSpecification& specification, bool automatic) {
    preflight_.reset();
    specification_ = specification;
    automatic_ = automatic;
    if (dataset_) setDirty(true);
    Q_EMIT modelChanged();
}

void Session::setOptions(const FitOptions& options) {
    preflight_.reset();
    options_ = options;
    if (dataset_) setDirty(true);
    Q_EMIT modelChanged();
}

void Session::setFit(FitPointer fit) {
    trained_.reset();
    showFit(std::move(fit), QString());
}

void Session::showFit(FitPointer fit, const QString& opened) {
    clearFit();
    fit_ = std::move(fit);
    shown_ = fit_ ? fit_->chosen : 0;
    opened_ = opened;
    setDirty(true);
    Q_EMIT fitChanged();
    Q_EMIT candidateChanged();
    Q_EMIT mapChanged();
}

void Session::openCompared(const QString& name) {
    if (!validation_) return;
    for (const ModelScores& model : validation_->models) {
        if (QString::fromStdString(model.name) != name || !model.fit || model.fit == fit_) continue;
        if (fit_ && opened_.isEmpty()) trained_ = fit_;
        showFit(model.fit, name);
        return;
    }
}

void Session::openTrained() {
    if (trained_) showFit(std::exchange(trained_, nullptr), QString());
}

void Session::showCandidate(std::size_t candidate) {
    if (!fit_ || candidate >= fit_->candidates.size() || candidate == shown_) return;
    shown_ = candidate;
    setSimulations(nullptr);
    Q_EMIT candidateChanged();
    Q_EMIT mapChanged();
}

void Session::setMap(std::size_t candidate, MapPointer map) {
    const QString of = map ? QString::fromStdString(map->realisation) : realisation();
    maps_[{candidate, of}] = std::move(map);
    setDirty(true);
    if (candidate == shown_ && of == realisation()) Q_EMIT mapChanged();
}

void Session::setSimulations(SimulationsPointer simulations) {
    if (simulations == simulations_) return;
    simulations_ = std::move(simulations);
    Q_EMIT simulationsChanged();
}

void Session::setValidation(ValidationPointer validation) {
    validation_ = std::move(validation);
    // A model that is open from an earlier comparison is kept as if it had been trained.
    if (!opened_.isEmpty() && fit_) {
        bool still = false;
        if (validation_)
            for (const ModelScores& model : validation_->models) still = still || model.fit == fit_;
        if (!still) opened_.clear();
    }
    setDirty(true);
    Q_EMIT validationChanged();
}

void Session::appendLog(const QString& line) {
    const QString stamped =
        QStringLiteral("%1  %2").arg(QTime::currentTime().toString(QStringLiteral("HH:mm:ss")), line);
    log_ << stamped;
    Q_EMIT logAppended(stamped);
}

void Session::markSaved(const QString& path, long revision) {
    path_ = path;
    if (revision == revision_)
        setDirty(false);
    else
        Q_EMIT titleChanged();
}

void Session::setDirty(bool dirty) {
    dirty_ = dirty;
    ++revision_;
    Q_EMIT titleChanged();
}

}  // namespace anamorph
