// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <QObject>
#include <QString>
#include <QStringList>

#include "core/data/prediction_grid.h"
#include "core/data/spatial_dataset.h"
#include "core/fit/fit.h"
#include "core/io/project_file.h"
#include "core/validate/cross_validation.h"
#include "ui/models/data_facts.h"
#include "ui/models/preflight.h"
#include "ui/models/simulations.h"

namespace anamorph {

/// What one analysis consists of, and who looks at what: data, specification, options, fit, the
/// candidate that is shown, maps, validation, log. Lives on the GUI thread; everything it holds is
/// immutable and shared, so that jobs take it by value and views keep it as long as they like.
class Session : public QObject {
    Q_OBJECT
public:
    explicit Session(QObject* parent = nullptr);

    using DatasetPointer = std::shared_ptr<const SpatialDataset>;
    using FitPointer = std::shared_ptr<const FitResult>;
    using MapPointer = std::shared_ptr<const GridMap>;
    using SimulationsPointer = std::shared_ptr<const Simulations>;
    using ValidationPointer = std::shared_ptr<const ValidationResult>;

    [[nodiscard]] const DatasetPointer& dataset() const { return dataset_; }
    /// What is known of the data from a look at every row; of no data nothing.
    [[nodiscard]] const DataFacts& facts() const { return *facts_; }
    /// Where covariates that came from rasters can be had between the sites.
    [[nodiscard]] const std::vector<RasterSource>& covariateRasters() const { return rasters_; }
    [[nodiscard]] const ModelSpecification& specification() const { return specification_; }
    [[nodiscard]] bool automatic() const { return automatic_; }
    [[nodiscard]] const FitOptions& options() const { return options_; }
    [[nodiscard]] const FitPointer& fit() const { return fit_; }
    /// Which candidate of the fit is shown; 0 without a fit.
    [[nodiscard]] std::size_t shownCandidate() const { return shown_; }
    [[nodiscard]] std::shared_ptr<const FittedModel> shownModel() const;
    [[nodiscard]] MapPointer map(std::size_t candidate) const;  ///< of the realisation that is shown
    [[nodiscard]] MapPointer shownMap() const { return map(shown_); }
    /// Data with time: the time that is shown, their unit; before one was chosen the middle of theirs.
    [[nodiscard]] double time() const;
    /// Several realisations: label of the one that is shown and predicted, the last before one was chosen;
    /// empty where the data are one.
    [[nodiscard]] QString realisation() const;
    /// Of the candidate that is shown; null without. Not kept in the project.
    [[nodiscard]] const SimulationsPointer& simulations() const { return simulations_; }
    /// The models that were compared; grows while a comparison runs. Kept when another model is
    /// trained or opened, until there are other data.
    [[nodiscard]] const ValidationPointer& validation() const { return validation_; }
    /// Name of the compared model that is open as the session's fit; empty: the fit was trained.
    [[nodiscard]] const QString& openedModel() const { return opened_; }
    /// The fit that was trained by itself, while a compared model is open instead; else null.
    [[nodiscard]] const FitPointer& trainedFit() const { return trained_; }
    /// What is known of a fit of this model; null until it has been looked at since the last change.
    [[nodiscard]] const std::shared_ptr<const Preflight>& preflight() const { return preflight_; }
    [[nodiscard]] const QStringList& log() const { return log_; }
    [[nodiscard]] const QString& path() const { return path_; }  ///< of the project; empty: not saved
    [[nodiscard]] bool isDirty() const { return dirty_; }
    /// Counts changes of what a project file keeps.
    [[nodiscard]] long revision() const { return revision_; }
    [[nodiscard]] QString viewState() const { return view_state_; }

    /// "western_us_precip_1997 — log_ppt"
    [[nodiscard]] QString title() const;
    /// Sentences of specification and options that are out of range, what the data cannot give, and
    /// what the look before the fit has found.
    [[nodiscard]] QStringList problems() const;
    /// A copy for the writer of project files.
    [[nodiscard]] Project project() const;

public Q_SLOTS:
    void close();

public:
    // `facts`: those of the data, from the worker that read them; without they are found here.
    void setDataset(DatasetPointer dataset, DataFactsPointer facts = nullptr);
    /// The same data with covariates from one more raster: results are those of other data, the project's
    /// file and log stay, and the trend becomes one of covariates.
    void addRaster(DatasetPointer with_raster, RasterSource source, DataFactsPointer facts = nullptr);
    void setProject(Project project, const QString& path, DataFactsPointer facts = nullptr);
    /// A project without a file of its own, to be saved.
    void setUnsavedProject(Project project, DataFactsPointer facts = nullptr);
    void setModel(const ModelSpecification& specification, bool automatic);
    void setOptions(const FitOptions& options);
    void setPreflight(std::shared_ptr<const Preflight> preflight);
    void setFit(FitPointer fit);
    void showCandidate(std::size_t candidate);
    void setMap(std::size_t candidate, MapPointer map);
    void setTime(double time);
    /// Nothing happens for a label that the data have not.
    void setRealisation(const QString& label);
    void setSimulations(SimulationsPointer simulations);
    void setValidation(ValidationPointer validation);
    /// Makes a compared model the session's fit; what was trained is kept aside. Nothing happens if
    /// there is no such model or it has no fit.
    void openCompared(const QString& name);
    /// Back to the fit that was trained.
    void openTrained();
    void setViewState(const QString& json) { view_state_ = json; }
    void appendLog(const QString& line);
    /// The project file holds the state of `revision`; what changed since is still to be saved.
    void markSaved(const QString& path, long revision);

Q_SIGNALS:
    void datasetChanged();
    void modelChanged();      ///< specification or options
    void preflightChanged();
    void fitChanged();
    void candidateChanged();  ///< another candidate is shown (also after a fit)
    void mapChanged();        ///< the shown candidate's map
    void timeChanged();
    void realisationChanged();
    void simulationsChanged();
    void validationChanged();
    void logAppended(const QString& line);
    void logReset();
    void titleChanged();      ///< title, path or dirty flag

private:
    void setDirty(bool dirty);
    void takeData(DatasetPointer dataset, DataFactsPointer facts);
    void clearFit();
    void clearResults();
    void showFit(FitPointer fit, const QString& opened);

    DatasetPointer dataset_;
    DataFactsPointer facts_;  ///< never null
    std::vector<RasterSource> rasters_;
    ModelSpecification specification_;
    bool automatic_ = true;
    FitOptions options_;
    std::shared_ptr<const Preflight> preflight_;
    FitPointer fit_;
    std::size_t shown_ = 0;
    std::map<std::pair<std::size_t, QString>, MapPointer> maps_;  ///< by candidate and realisation
    QString realisation_;
    std::optional<double> time_;
    SimulationsPointer simulations_;
    ValidationPointer validation_;
    QString opened_;
    FitPointer trained_;
    QStringList log_;
    QString path_;
    QString view_state_;
    bool dirty_ = false;
    long revision_ = 0;
};

}  // namespace anamorph
