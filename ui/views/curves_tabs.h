// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

#include "ui/controllers/training_feed.h"
#include "ui/models/pictures.h"
#include "ui/models/selection_model.h"
#include "ui/models/session.h"
#include "ui/views/theme.h"

class QCustomPlot;
class QPlainTextEdit;
class QStackedWidget;
class QTabBar;
class QCheckBox;

namespace anamorph {

class DiagnosticsPlots;
class LossPlot;
class ModelsTab;
class RangeProfileController;
class RangeProfileTab;
class SitesTab;
class ValidationTab;
class VariogramPlots;
class WarpPlots;
struct SpacesSnapshot;

/// The tabs below the spaces: curves, tables, log.
class CurvesTabs : public QWidget {
    Q_OBJECT
public:
    enum class Tab { loss, variograms, diagnostics, models, validation, data, log, range, warp };

    CurvesTabs(Session& session, SiteSelection& selection, RangeProfileController& range, QWidget* parent = nullptr);

    void show(Tab tab);
    /// Whether the data have this tab: that of the warp needs data on a line.
    [[nodiscard]] bool has(Tab tab) const;
    [[nodiscard]] Tab current() const;
    void startTraining();
    void addTraining(const TrainingUpdate& update);
    /// The earlier result's curves again, after a cancelled or failed training.
    void showHistory();
    void setDataPictures(std::shared_ptr<const DataPictures> pictures);
    void setModelPictures(std::shared_ptr<const ModelPictures> pictures);
    /// For the warp of data on a line.
    void setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot);
    void setTheme(const Theme& theme);

    /// The plots of a tab, for export; empty for tabs without plots.
    [[nodiscard]] std::vector<QCustomPlot*> plots(Tab tab) const;
    [[nodiscard]] LossPlot* lossPlot() const { return loss_; }
    [[nodiscard]] ModelsTab* modelsTab() const { return models_; }
    [[nodiscard]] RangeProfileTab* rangeTab() const { return range_; }
    [[nodiscard]] WarpPlots* warpPlots() const { return warp_; }
    [[nodiscard]] SitesTab* sitesTab() const { return sites_; }
    [[nodiscard]] ValidationTab* validationTab() const { return validation_; }

private:
    QWidget* make_loss_page();
    QWidget* make_log_page();
    /// Where a tab stands in the bar; their numbers are kept in project files.
    [[nodiscard]] static int place_of(Tab tab);

    Session& session_;
    SiteSelection& selection_;
    QTabBar* bar_;
    QStackedWidget* pages_;
    QCheckBox* logarithmic_;
    LossPlot* loss_;
    VariogramPlots* beside_loss_;
    VariogramPlots* variograms_;
    DiagnosticsPlots* diagnostics_;
    ModelsTab* models_;
    ValidationTab* validation_;
    SitesTab* sites_;
    RangeProfileTab* range_;
    WarpPlots* warp_;
    QPlainTextEdit* log_;
};

}  // namespace anamorph
