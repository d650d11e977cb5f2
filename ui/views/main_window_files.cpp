// SPDX-License-Identifier: GPL-3.0-or-later
// Opening, saving, exporting, dropping and closing.
#include <QCloseEvent>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTimer>

#include "core/base/error.h"
#include "core/io/project_file.h"
#include "ui/views/banner.h"
#include "ui/views/bottom_bar.h"
#include "ui/views/curve_export.h"
#include "ui/views/export_panel.h"
#include "ui/views/film_export.h"
#include "ui/views/import_dialog.h"
#include "ui/views/main_window.h"
#include "ui/views/spaces_widget.h"

namespace anamorph {
namespace {

/// "western_us_precip_1997 — log_ppt, 22 Nov 2026 12:25"
QString name_of(const RecoveryFolder::Copy& copy) {
    return QStringLiteral("%1, %2").arg(copy.title.isEmpty() ? MainWindow::tr("a project") : copy.title,
                                        QLocale().toString(copy.written, QStringLiteral("d MMM yyyy HH:mm")));
}

constexpr int remembered_files = 10;

QString last_folder() {
    return QSettings().value(QStringLiteral("lastFolder"),
                             QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)).toString();
}

}  // namespace

void MainWindow::choose_file() {
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open a table or project"), last_folder(),
        tr("Tables and projects (*.csv *.tsv *.txt *.dat *.gpkg);;All files (*)"));
    if (!path.isEmpty()) openFile(path);
}

void MainWindow::choose_raster() {
    if (bench_.training.isTraining()) {
        banner_->showNote(tr("Training runs."), tr("Stop or cancel it before covariates are added."));
        return;
    }
    const QString path = QFileDialog::getOpenFileName(this, tr("Add a raster as covariate"), last_folder(),
                                                      tr("Rasters (*.tif *.tiff *.asc *.vrt *.img *.nc *.grd);;All files (*)"));
    // What was fitted and compared without it goes.
    if (!path.isEmpty()) leave_current([this, path] { bench_.rasters.add(path); });
}

void MainWindow::choose_region_layer() {
    const QString path = QFileDialog::getOpenFileName(this, tr("Regions from a layer of polygons"), last_folder(),
                                                      tr("GIS layers (*.gpkg *.shp *.geojson *.json *.kml *.fgb);;All files (*)"));
    if (!path.isEmpty()) bench_.regions.readFrom(path);
}

void MainWindow::openFile(const QString& path) {
    if (bench_.training.isTraining()) {
        banner_->showNote(tr("Training runs."), tr("Stop or cancel it before opening %1.").arg(QFileInfo(path).fileName()));
        return;
    }
    leave_current([this, path] {
        if (QFileInfo(path).suffix().compare(QLatin1String("gpkg"), Qt::CaseInsensitive) == 0)
            openDirectly(path);
        else
            import_table(path);
    });
}

void MainWindow::openDirectly(const QString& path) {
    QSettings().setValue(QStringLiteral("lastFolder"), QFileInfo(path).absolutePath());
    bench_.files.open(path);
}

void MainWindow::import_table(const QString& path) {
    QSettings().setValue(QStringLiteral("lastFolder"), QFileInfo(path).absolutePath());
    auto* dialog = new ImportDialog(path, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, path] {
        bench_.session.setDataset(dialog->dataset(), dialog->facts());
        bench_.session.appendLog(tr("Imported %1: %2 sites.").arg(QFileInfo(path).fileName()).arg(dialog->dataset()->size()));
        for (const std::string& note : dialog->dataset()->notes)
            bench_.session.appendLog(QString::fromStdString(note));
        remember_recent(path);
        showStep(Step::train);
    });
    dialog->open();
}

void MainWindow::offerUnsavedWork() {
    const QList<RecoveryFolder::Copy> left = bench_.recovery.left();
    if (left.isEmpty() || !opening_copy_.isEmpty() || banner_->isVisible()) return;
    banner_->showOffer(tr("There is work that was not saved."),
                       tr("%1: the program ended before it was saved. It stays in the menu File, Unsaved work.").arg(name_of(left.front())),
                       tr("Open it"), [this, copy = left.front().path] { open_unsaved(copy); });
}

void MainWindow::open_unsaved(const QString& copy) {
    if (bench_.training.isTraining()) {
        banner_->showNote(tr("Training runs."), tr("Stop or cancel it before other work is opened."));
        return;
    }
    leave_current([this, copy] {
        opening_copy_ = copy;
        bench_.files.openUnsaved(copy);
    });
}

void MainWindow::fill_unsaved(QMenu& menu) {
    menu.clear();
    const QList<RecoveryFolder::Copy> left = bench_.recovery.left();
    for (const RecoveryFolder::Copy& copy : left)
        connect(menu.addAction(name_of(copy)), &QAction::triggered, this, [this, path = copy.path] { open_unsaved(path); });
    if (left.isEmpty()) {
        menu.addAction(tr("None"))->setEnabled(false);
        return;
    }
    menu.addSeparator();
    connect(menu.addAction(tr("Delete all of it …")), &QAction::triggered, this, [this, left] {
        if (QMessageBox::question(this, tr("Delete unsaved work?"), left.size() == 1 ? tr("One project that was never saved will be deleted.")
                                                   : tr("%1 projects that were never saved will be deleted.").arg(left.size()),
                                  QMessageBox::Ok | QMessageBox::Cancel, QMessageBox::Cancel) != QMessageBox::Ok)
            return;
        for (const RecoveryFolder::Copy& copy : left) RecoveryFolder::remove(copy.path);
    });
}

void MainWindow::remember_recent(const QString& path) {
    QSettings settings;
    QStringList files = settings.value(QStringLiteral("recentFiles")).toStringList();
    const QString absolute = QFileInfo(path).absoluteFilePath();
    files.removeAll(absolute);
    files.prepend(absolute);
    while (files.size() > remembered_files) files.removeLast();
    settings.setValue(QStringLiteral("recentFiles"), files);
}

QString MainWindow::suggested_path(const QString& ending) const {
    const auto dataset = bench_.session.dataset();
    const QString name = dataset ? QString::fromStdString(dataset->name) : QStringLiteral("anamorph");
    return QDir(last_folder()).filePath(name + ending);
}

void MainWindow::saveTo(const QString& path) {
    if (bench_.session.dataset()) bench_.files.save(path, viewState());
}

void MainWindow::save() {
    if (bench_.session.path().isEmpty())
        save_as();
    else
        saveTo(bench_.session.path());
}

void MainWindow::save_as() {
    QString path = QFileDialog::getSaveFileName(this, tr("Save the project"), suggested_path(QStringLiteral(".gpkg")),
                                                tr("Anamorph project (*.gpkg)"));
    if (path.isEmpty()) {
        after_save_ = {};
        return;
    }
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".gpkg");
    saveTo(path);
}

void MainWindow::export_views(double scale) {
    QString path = QFileDialog::getSaveFileName(this, tr("Both views"), suggested_path(QStringLiteral("_spaces.png")),
                                                tr("PNG picture (*.png)"));
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".png");
    if (spaces_->grabSpaces(scale).save(path))
        bottom_->showMessage(tr("Wrote %1").arg(QFileInfo(path).fileName()));
    else
        banner_->showFailure(tr("The picture could not be written."), tr("Choose another folder or name than %1.").arg(path));
}

void MainWindow::export_curve(CurvesTabs::Tab tab) {
    showTab(tab);
    const QString ending = tab == CurvesTabs::Tab::loss          ? QStringLiteral("_loss.pdf")
                           : tab == CurvesTabs::Tab::variograms  ? QStringLiteral("_variograms.pdf")
                           : tab == CurvesTabs::Tab::diagnostics ? QStringLiteral("_diagnostics.pdf")
                           : tab == CurvesTabs::Tab::range       ? QStringLiteral("_range.pdf")
                                                                 : QStringLiteral("_warp.pdf");
    QString path = QFileDialog::getSaveFileName(this, tr("Curves"), suggested_path(ending),
                                                tr("PDF (*.pdf);;SVG (*.svg)"));
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".pdf");
    try {
        export_curves(curves_->plots(tab), bench_.session.title(), path);
        bottom_->showMessage(tr("Wrote %1").arg(QFileInfo(path).fileName()));
    } catch (const Error& error) {
        banner_->showFailure(tr("The curves could not be written."), QString::fromStdString(error.full_text()));
    }
}

void MainWindow::export_csv() {
    QString path = QFileDialog::getSaveFileName(this, tr("Predictions"), suggested_path(QStringLiteral("_map.csv")), tr("CSV table (*.csv)"));
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".csv");
    bench_.files.exportMapCsv(path);
}

void MainWindow::export_geotiff() {
    QString path = QFileDialog::getSaveFileName(this, tr("Map"), suggested_path(QStringLiteral("_map.tif")), tr("GeoTIFF (*.tif *.tiff)"));
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".tif");
    bench_.files.exportGeoTiff(path);
}

void MainWindow::export_simulations() {
    QString path = QFileDialog::getSaveFileName(this, tr("Simulations"), suggested_path(QStringLiteral("_simulations.tif")), tr("GeoTIFF (*.tif *.tiff)"));
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".tif");
    bench_.files.exportSimulations(path);
}

void MainWindow::export_film(double scale) {
    QString kind;
    const QString frames = tr("Frames, a PNG each (*.png)");
    QString path = QFileDialog::getSaveFileName(this, tr("Film of the simulations"), suggested_path(QStringLiteral("_film.png")),
                                                tr("Animated PNG (*.png *.apng)") + QStringLiteral(";;") + frames, &kind,
                                                QFileDialog::DontConfirmOverwrite);  // writeFilm asks
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".png");
    writeFilm(path, scale, kind == frames);
}

/// Asks for the files that it will replace: the dialog knows neither frames nor the ending that was added.
void MainWindow::writeFilm(const QString& path, double scale, bool frames) {
    const auto start = [this, path, scale, frames] {
        film_->start(path, scale, frames);
        export_panel_->setFilming(film_->isBusy());
    };
    const FilmRequest film = film_->request(path, frames);
    const QStringList there = film.replaced(), surplus = film.surplus();
    if (there.isEmpty()) return start();
    auto* box = new QMessageBox(QMessageBox::NoIcon, frames ? tr("Frames of another film") : tr("Another film"),
                                there.size() == 1 ? tr("%1 is there already.").arg(QFileInfo(there.front()).fileName())
                                                  : tr("%1 frames of this name are there already, from %2 to %3.")
                                                        .arg(there.size())
                                                        .arg(QFileInfo(there.front()).fileName(), QFileInfo(there.back()).fileName()),
                                QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("replaceFrames"));
    QString then = there.size() == 1 ? tr("It is replaced once the new film is complete.") : tr("They are replaced once the new film is complete.");
    if (surplus.size() == 1)
        then += QLatin1Char(' ') + tr("The new film is shorter: %1 is deleted then.").arg(QFileInfo(surplus.front()).fileName());
    else if (!surplus.isEmpty())
        then += QLatin1Char(' ') + tr("The new film is shorter: %1 to %2 are deleted then.")
                                       .arg(QFileInfo(surplus.front()).fileName(), QFileInfo(surplus.back()).fileName());
    box->setInformativeText(then);
    QPushButton* replace = box->addButton(tr("Replace"), QMessageBox::AcceptRole);
    replace->setObjectName(QStringLiteral("replaceFramesButton"));
    box->setDefaultButton(QMessageBox::Cancel);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::buttonClicked, this, [replace, start](QAbstractButton* button) {
        if (button == replace) start();
    });
    box->open();
}

void MainWindow::leave_current(const std::function<void()>& then) {
    if (!bench_.session.isDirty() || !bench_.session.dataset()) {
        then();
        return;
    }
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Unsaved changes"),
                                tr("Save the changes to %1?").arg(QString::fromStdString(bench_.session.dataset()->name)),
                                QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("unsavedDialog"));
    box->setInformativeText(tr("The model and its maps are not in a file yet."));
    box->setDefaultButton(QMessageBox::Save);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, this, [this, then](int answer) {
        if (answer == QMessageBox::Discard) {
            discarding_ = true;
            then();
            discarding_ = false;
        } else if (answer == QMessageBox::Save) {
            after_save_ = then;
            save();
        } else {
            closing_ = false;
        }
    });
    box->open();
}

void MainWindow::ask_while_training() {
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Training runs"), tr("A model is being trained."),
                                QMessageBox::NoButton, this);
    box->setObjectName(QStringLiteral("trainingDialog"));
    box->setInformativeText(tr("Close after stopping with the best model so far, close without it, or go on?"));
    QPushButton* stop = box->addButton(tr("Stop and keep"), QMessageBox::AcceptRole);
    stop->setObjectName(QStringLiteral("stopAndKeep"));
    QPushButton* cancel = box->addButton(tr("Cancel training"), QMessageBox::DestructiveRole);
    cancel->setObjectName(QStringLiteral("cancelTraining"));
    QPushButton* keep = box->addButton(tr("Keep training"), QMessageBox::RejectRole);
    keep->setObjectName(QStringLiteral("keepTraining"));
    box->setDefaultButton(keep);
    box->setEscapeButton(keep);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::buttonClicked, this, [this, stop, cancel](QAbstractButton* button) {
        if (button != stop && button != cancel) return;
        if (!bench_.training.isTraining()) {  // it ended while the question stood
            close();
            return;
        }
        closing_ = true;
        if (button == stop)
            bench_.training.stopKeepBest();
        else
            bench_.training.cancel();
    });
    box->open();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (bench_.training.isTraining()) {
        event->ignore();
        if (!findChild<QMessageBox*>(QStringLiteral("trainingDialog"))) ask_while_training();
        return;
    }
    if (bench_.session.isDirty() && bench_.session.dataset() && !leaving_) {
        event->ignore();
        if (!findChild<QMessageBox*>(QStringLiteral("unsavedDialog")))
            leave_current([this] {
                leaving_ = discarding_;  // what changed while it was saved is asked for again
                QTimer::singleShot(0, this, &QWidget::close);
            });
        return;
    }
    remember_layout();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.front().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() != 1 || !urls.front().isLocalFile()) return;
    event->acceptProposedAction();
    const QString path = urls.front().toLocalFile();
    QTimer::singleShot(0, this, [this, path] { openFile(path); });
}

}  // namespace anamorph
