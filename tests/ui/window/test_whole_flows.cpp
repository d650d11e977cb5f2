// SPDX-License-Identifier: GPL-3.0-or-later
// From a file to maps and to files again, as a user does it, in one, two and three dimensions.
#include <set>

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QMimeData>
#include <QMessageBox>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>

#include "core/base/error.h"
#include "core/io/import.h"
#include "core/io/project_file.h"
#include "core/simulate/scenario.h"
#include "ui/models/validation_model.h"
#include "ui/scenes/spaces_snapshot.h"
#include "ui/views/banner.h"
#include "ui/views/import_dialog.h"
#include "ui/views/spaces_widget.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

int clicks = 0;

void click(QAbstractButton* button) {
    QVERIFY(button);
    QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), 60000);
    QTest::mouseClick(button, Qt::LeftButton);
    ++clicks;
}

/// Answers the next file dialog with a path.
void answer_file_dialog(const QString& path, QObject* context) {
    auto* timer = new QTimer(context);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, path] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        if (!dialog) return;
        timer->stop();
        dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->setText(path);
        auto* buttons = dialog->findChild<QDialogButtonBox*>();
        for (QAbstractButton* button : buttons->buttons())
            if (buttons->buttonRole(button) == QDialogButtonBox::AcceptRole) QTest::mouseClick(button, Qt::LeftButton);
        ++clicks;
    });
    timer->start(30);
}

std::shared_ptr<const SpatialDataset> sample(const char* name, Index every) {
    const SpatialDataset all = import_file(std::string(ANAMORPH_SAMPLE_DATA "/") + name);
    std::vector<Index> rows;
    for (Index i = 0; i < all.size(); i += every) rows.push_back(i);
    return std::make_shared<const SpatialDataset>(all.subset(rows));
}

QByteArray content_of(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestWholeFlows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fromTableToMapsInFiveClicks() {
        WindowFixture f;
        QByteArray text = "x,y,value\n";
        const auto data = simulated_dataset(60);
        for (Index i = 0; i < data->size(); ++i)
            text += QByteArray::number(data->coordinates(i, 0), 'g', 12) + ',' + QByteArray::number(data->coordinates(i, 1), 'g', 12) +
                    ',' + QByteArray::number(data->values(i), 'g', 12) + '\n';
        const QString path = f.fileWith(QStringLiteral("sites.csv"), text);
        clicks = 0;
        answer_file_dialog(path, f.window.get());
        click(f.find<QPushButton>("openButton"));  // blocks until the file dialog is answered
        QTRY_VERIFY_WITH_TIMEOUT(f.find<ImportDialog>("importDialog") != nullptr, 20000);
        click(f.find<ImportDialog>("importDialog")->importButton());
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.dataset() != nullptr, 20000);
        click(f.find<QPushButton>("trainButton"));
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 240000);
        QVERIFY(f.waitIdle());
        QVERIFY(f.window->spaces()->snapshot()->has_map);
        QVERIFY2(clicks <= 5, qPrintable(QString::number(clicks)));
        QVERIFY(f.window->banner()->text().isEmpty());
    }

    void aDroppedFileOpens() {
        WindowFixture f;
        QMimeData mime;
        mime.setUrls({QUrl::fromLocalFile(f.fileWith(QStringLiteral("drop.csv"), "x,y,v\n1,2,3\n2,3,4\n4,1,2\n"))});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QVERIFY(QApplication::sendEvent(f.window.get(), &enter) && enter.isAccepted());
        QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QVERIFY(QApplication::sendEvent(f.window.get(), &drop) && drop.isAccepted());
        QTRY_VERIFY_WITH_TIMEOUT(f.find<ImportDialog>("importDialog") != nullptr, 20000);
        f.find<ImportDialog>("importDialog")->reject();
        QMimeData words;
        words.setText(QStringLiteral("no file"));
        QDragEnterEvent other(QPoint(300, 300), Qt::CopyAction, &words, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(f.window.get(), &other);
        QVERIFY(!other.isAccepted());
    }

    void severalColumnsOfValuesAreRealisations() {
        WindowFixture f;
        QByteArray table = "x,y,d1,d2,d3\n";
        for (int i = 0; i < 8; ++i)
            table += QByteArray::number(i) + ',' + QByteArray::number((3 * i) % 8) + ',' + QByteArray::number(i % 3) + ',' +
                     QByteArray::number(i % 4) + ',' + (i == 2 ? QByteArray() : QByteArray::number(i % 5)) + '\n';
        QMimeData mime;
        mime.setUrls({QUrl::fromLocalFile(f.fileWith(QStringLiteral("wide.csv"), table))});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QVERIFY(QApplication::sendEvent(f.window.get(), &enter));
        QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QVERIFY(QApplication::sendEvent(f.window.get(), &drop));
        QTRY_VERIFY_WITH_TIMEOUT(f.find<ImportDialog>("importDialog") != nullptr, 20000);
        auto* dialog = f.find<ImportDialog>("importDialog");
        QTRY_VERIFY_WITH_TIMEOUT(dialog->importButton()->isEnabled(), 20000);
        auto* columns = dialog->findChild<QLineEdit*>(QStringLiteral("valueColumns"));
        columns->setText(QStringLiteral("d1:d9"));
        Q_EMIT columns->editingFinished();
        QVERIFY(dialog->errorText().contains(QStringLiteral("d9")));
        columns->setText(QStringLiteral("d1:d3"));
        Q_EMIT columns->editingFinished();
        QVERIFY(dialog->errorText().isEmpty());
        for (int k = 2; k < 5; ++k) QCOMPARE(dialog->roleBox(k)->currentText(), QStringLiteral("value"));
        const QString folder = qEnvironmentVariable("ANAMORPH_TEST_PICTURES");
        if (!folder.isEmpty()) QVERIFY(dialog->grab().save(folder + QStringLiteral("/import_realisations.png")));
        click(dialog->importButton());
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.dataset() != nullptr, 20000);
        QCOMPARE(f.bench->session.dataset()->size(), Index{23});
        QCOMPARE(f.bench->session.dataset()->realisation_labels().size(), std::size_t{3});
        QVERIFY(f.waitIdle());
    }

    void everyExportCanBeRead() {
        WindowFixture f;
        f.loadSimulated(50);
        f.chooseQuickModel();
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 60000);
        QVERIFY(f.waitIdle());
        f.window->showStep(Step::export_results);
        const auto write = [&](const char* button, const QString& name) {
            const QString path = f.folder.filePath(name);
            answer_file_dialog(path, f.window.get());
            click(f.find<QPushButton>(button));
            (void)QTest::qWaitFor([&] { return f.bench->isIdle() && QFileInfo::exists(path); }, 20000);
            return path;
        };
        const QImage picture(write("exportViews", QStringLiteral("views.png")));
        QVERIFY(picture.width() > 2 * 600);  // twice the screen's pixels
        QVERIFY(content_of(write("exportCurves", QStringLiteral("loss.pdf"))).startsWith("%PDF"));
        const QByteArray svg = content_of(write("exportCurves", QStringLiteral("loss.svg")));
        QVERIFY(svg.contains("<svg") && svg.contains("objective"));
        const QByteArray csv = content_of(write("exportCsv", QStringLiteral("map.csv")));
        QVERIFY(csv.count('\n') > 1000);
        const QByteArray tiff = content_of(write("exportTiff", QStringLiteral("map.tif")));
        QVERIFY(tiff.startsWith("II") || tiff.startsWith("MM"));
        const QString project = write("exportProject", QStringLiteral("p.gpkg"));
        QVERIFY(is_project_file(project.toStdString()));
        QVERIFY(f.window->banner()->text().isEmpty());
    }

    void comparesModelsByCrossValidation() {
        WindowFixture f;
        f.loadSimulated(60);
        f.chooseQuickModel();
        f.window->showStep(Step::validate);
        QTRY_VERIFY_WITH_TIMEOUT(f.find<QCheckBox>("validate_anisotropic") != nullptr, 60000);
        click(f.find<QPushButton>("noFamilies"));
        f.find<QCheckBox>("validate_stationary")->setChecked(true);
        f.find<QCheckBox>("validate_anisotropic")->setChecked(true);
        click(f.find<QPushButton>("compareButton"));
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.validation() != nullptr, 120000);
        QVERIFY(f.waitIdle());
        QCOMPARE(f.window->curves()->current(), CurvesTabs::Tab::validation);
        QCOMPARE(f.bench->session.validation()->models.size(), std::size_t(2));
        const auto* table = f.find<QTableView>("validation");
        QVERIFY(table && table->isVisible());
        QCOMPARE(table->model()->rowCount(), 2);
        const QString rmse = table->model()->data(table->model()->index(1, ValidationModel::rmse), Qt::DisplayRole).toString();
        QVERIFY(rmse.toDouble() > 0.0);
    }

    void trainsTheNetwork() {
        WindowFixture f;
        f.loadSimulated(50);
        ModelSpecification specification;
        specification.deformation = DeformationKind::realnvp;
        specification.smoothness = Smoothness::three_halves;
        specification.log_scale = LogScale::no;
        f.bench->session.setModel(specification, false);
        FitOptions options;
        options.max_iterations = 10;
        f.bench->session.setOptions(options);
        f.bench->training.train();
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        QVERIFY(f.bench->session.fit()->model().specification().deformation == DeformationKind::realnvp);
        QVERIFY(f.waitIdle());
        QVERIFY(f.window->spaces()->snapshot()->has_map);
    }

    void oneDimension() {
        WindowFixture f;
        f.bench->session.setDataset(sample("step1d_obs.csv", 5));
        trainQuickly(f);
        QCOMPARE(f.window->spaces()->snapshot()->dimension, 1);
        QVERIFY(f.window->spaces()->snapshot()->curve.lower_95.allFinite());
    }

    void threeDimensions() {
        WindowFixture f;
        f.bench->session.setDataset(sample("argo2016_north_atlantic_3level.csv", 40));
        trainQuickly(f);
        QCOMPARE(f.window->spaces()->snapshot()->dimension, 3);
        QVERIFY(!f.window->spaces()->snapshot()->map.cells.empty());
    }

    void covariatesSayWhyThereIsNoMap() {
        WindowFixture f;
        auto dataset = std::make_shared<SpatialDataset>(*simulated_dataset(60));
        dataset->covariates = dataset->coordinates.col(0).array().square().matrix();
        dataset->covariate_names = {"elevation"};
        f.bench->session.setDataset(dataset);
        ModelSpecification specification;
        specification.deformation = DeformationKind::stationary;
        specification.smoothness = Smoothness::three_halves;
        specification.log_scale = LogScale::no;
        specification.trend = Trend::covariates;
        f.bench->session.setModel(specification, false);
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.fit() != nullptr, 60000);
        QVERIFY(f.waitIdle());
        QVERIFY(!f.bench->session.shownMap());
        QVERIFY(f.window->banner()->text().contains(QStringLiteral("elevation")));
        f.window->showStep(Step::map);
        QVERIFY(!f.find<QPushButton>("predictButton")->isEnabled());
    }

    void changesDuringSavingStayUnsaved() {
        WindowFixture f;
        f.loadSimulated(50);
        f.chooseQuickModel();
        f.bench->session.setFit(std::make_shared<const FitResult>(
            fit(f.bench->session.dataset(), f.bench->session.specification(), f.bench->session.options())));
        QVERIFY(f.waitIdle());
        QVERIFY(f.bench->session.isDirty());
        QSignalSpy saved(&f.bench->files, &FileController::saved);
        f.window->saveTo(f.folder.filePath(QStringLiteral("a.gpkg")));
        FitOptions later = f.bench->session.options();
        later.seed = 77;
        f.bench->session.setOptions(later);  // while the file is being written
        QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 1, 20000);
        QVERIFY(f.bench->session.isDirty());
        f.window->saveTo(f.folder.filePath(QStringLiteral("a.gpkg")));
        QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 2, 20000);
        QVERIFY(!f.bench->session.isDirty());
    }

    void oneRealisationIsShownAtATime() {
        WindowFixture f;
        auto* selector = f.find<QWidget>("realisationSelector");
        f.loadSimulated(40);
        QVERIFY(selector->isHidden());
        ScenarioOptions options;
        options.sites = 70;
        options.realisations = 3;
        const auto data = std::make_shared<const SpatialDataset>(simulate(Scenario("swirl"), options).dataset);
        f.bench->session.setDataset(data);
        QVERIFY(f.waitIdle());
        QVERIFY(!selector->isHidden());
        auto* labels = f.find<QComboBox>("realisation");
        QCOMPARE(labels->count(), 3);
        QCOMPARE(labels->currentText(), QStringLiteral("3"));
        const auto shown = [&] { return f.window->spaces()->snapshot()->present_sites.value(); };
        QCOMPARE(shown().size(), std::size_t{70});
        QCOMPARE(shown().front(), Index{140});
        f.chooseQuickModel(20);
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 120000);
        QVERIFY(f.waitIdle());
        const auto third = f.bench->session.shownMap();
        QCOMPARE(third->realisation, std::string("3"));
        save_picture(f, "realisation_3");
        // Another realisation has no map yet; it is predicted from its own values.
        labels->setCurrentText(QStringLiteral("1"));
        QVERIFY(f.bench->session.shownMap() == nullptr);
        QVERIFY(f.waitIdle());
        QCOMPARE(shown().front(), Index{0});
        QCOMPARE(shown().back(), Index{69});
        f.window->showStep(Step::map);
        click(f.find<QPushButton>("predictButton"));
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 60000);
        QVERIFY(f.waitIdle());
        QCOMPARE(f.bench->session.shownMap()->realisation, std::string("1"));
        QVERIFY((f.bench->session.shownMap()->mean - third->mean).array().isFinite().select(
                    f.bench->session.shownMap()->mean - third->mean, 0.0).norm() > 0.1);
        save_picture(f, "realisation_1");
        // The first one's map is still there, and the project keeps which one is shown.
        click(f.find<QToolButton>("nextRealisation"));
        click(f.find<QToolButton>("nextRealisation"));
        QCOMPARE(f.bench->session.realisation(), QStringLiteral("3"));
        QVERIFY(f.bench->session.shownMap() == third);
        labels->setCurrentText(QStringLiteral("1"));
        const Project kept = f.bench->session.project();
        const QString path = f.folder.filePath(QStringLiteral("realisations.gpkg"));
        save_project(path.toStdString(), kept);
        f.bench->session.setProject(open_project(path.toStdString()), path);
        QCOMPARE(f.bench->session.realisation(), QStringLiteral("1"));
        QVERIFY(f.bench->session.shownMap() != nullptr);
        QVERIFY(f.waitIdle());
        // Sites with all their values, or single values, are held out.
        f.window->showStep(Step::validate);
        auto* ways = f.find<QComboBox>("holdOut");
        QCOMPARE(ways->itemText(static_cast<int>(HoldOut::values)), QStringLiteral("single values"));
        ValidationRequest request;
        request.models = {QStringLiteral("stationary")};
        request.folds = 2;
        f.bench->validation.validate(request);
        QTRY_VERIFY_WITH_TIMEOUT(!f.bench->validation.isValidating(), 120000);
        QVERIFY(f.bench->session.validation()->folds.description.find("sites with all their values") != std::string::npos);
        QVERIFY(f.bench->session.validation()->models.front().failure.empty());
        QVERIFY(f.waitIdle());
        save_picture(f, "realisations_validated");
    }

    void tooManySitesForTheExactLikelihoodAreSaidSo() {
        WindowFixture f;
        auto dataset = std::make_shared<SpatialDataset>();
        constexpr Index n = 20'001;
        dataset->name = "many";
        dataset->value_name = "v";
        dataset->coordinates = Points::Random(n, 2);
        dataset->values = dataset->coordinates.col(0) + dataset->coordinates.col(1);
        dataset->coordinate_names = {"x", "y"};
        f.bench->session.setDataset(dataset);
        f.window->showStep(Step::train);
        QVERIFY(f.waitIdle());
        // The program chooses an approximation, and says so.
        QVERIFY(f.find<QPushButton>("trainButton")->isEnabled());
        QVERIFY(f.bench->session.preflight()->kind != LikelihoodKind::exact);
        ModelSpecification exact = f.bench->session.specification();
        exact.likelihood.kind = LikelihoodKind::exact;
        f.bench->session.setModel(exact, true);
        QTRY_VERIFY_WITH_TIMEOUT(!f.find<QPushButton>("trainButton")->isEnabled(), 20000);
        QVERIFY(f.bench->session.problems().join(QString()).contains(QStringLiteral("sites")));
        QVERIFY(f.waitIdle());
        // The core draws the same line.
        bool refused = false;
        try {
            (void)fit(dataset, exact, {});
        } catch (const Error& error) {
            refused = error.code() == ErrorCode::unsupported;
        }
        QVERIFY(refused);
        const auto snapshot = f.window->spaces()->snapshot();
        QCOMPARE(snapshot->sites.size(), n);
        QVERIFY(!snapshot->drawn_sites.empty());
        f.bench->selection.select({0, n - 1});  // a site that is not drawn while moving can be selected, too
        QTest::qWait(50);
        QCOMPARE(f.bench->selection.rows().size(), std::size_t(2));
    }

private:
    /// What the window looks like, where pictures are asked for.
    static void save_picture(WindowFixture& f, const char* name) {
        const QString folder = qEnvironmentVariable("ANAMORPH_TEST_PICTURES");
        if (folder.isEmpty()) return;
        QTest::qWait(600);
        QVERIFY(f.window->grab().save(folder + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png")));
    }
    static void trainQuickly(WindowFixture& f) {
        f.chooseQuickModel(8);
        f.bench->training.train();
        QTRY_VERIFY2_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, qPrintable(f.window->banner()->text()), 120000);
        QVERIFY(f.waitIdle());
        QVERIFY2(f.window->banner()->text().isEmpty(), qPrintable(f.window->banner()->text()));
        const auto snapshot = f.window->spaces()->snapshot();
        QVERIFY(snapshot->has_model && snapshot->has_map);
        const QImage picture = f.window->spaces()->grabSpaces(1.0);
        std::set<QRgb> colours;
        for (int y = 0; y < picture.height(); y += 3)
            for (int x = 0; x < picture.width(); x += 3) colours.insert(picture.pixel(x, y));
        QVERIFY(colours.size() > 20);
    }
};

int main(int argc, char** argv) { return run_window_test<TestWholeFlows>(argc, argv); }
#include "test_whole_flows.moc"
