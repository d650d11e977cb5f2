// SPDX-License-Identifier: GPL-3.0-or-later
// The list of layers in the model's form: added, moved, taken out, kept by the session.
#include <QComboBox>
#include <QMenu>
#include <QStandardItemModel>
#include <QToolButton>

#include "ui/views/layers_editor.h"
#include "ui/views/model_form.h"
#include "window_fixture.h"

using namespace anamorph;

namespace {

using Kind = DeformationKind;
using Kinds = std::vector<DeformationKind>;

void choose(QComboBox* box, int value) {
    box->setCurrentIndex(box->findData(value));
    Q_EMIT box->activated(box->currentIndex());
}

void press(QWidget& form, const QString& name) {
    auto* button = form.findChild<QToolButton*>(name);
    QVERIFY2(button, qPrintable(name));
    QVERIFY2(button->isEnabled(), qPrintable(name));
    QTest::mouseClick(button, Qt::LeftButton);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

}  // namespace

class TestLayersEditor : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyDeformationHasItsSentence() {
        Session session;
        ModelForm form(session);
        auto* box = form.findChild<QComboBox*>(QStringLiteral("modelChoice"));
        for (const Kind kind : warping_deformations()) {
            const int at = box->findData(static_cast<int>(kind));
            QVERIFY(at > 0);
            QVERIFY(deformation_explanation(kind).size() > 30);
            choose(box, static_cast<int>(kind));
            QCOMPARE(session.specification().deformation, kind);
            QVERIFY(session.specification().layers.empty());
            QVERIFY(session.specification().validate().empty());
        }
    }

    void layersAreAddedMovedAndTakenOut() {
        Session session;
        ModelForm form(session);
        form.show();
        auto* box = form.findChild<QComboBox*>(QStringLiteral("modelChoice"));
        auto* editor = form.findChild<LayersEditor*>(QStringLiteral("layersEditor"));
        QVERIFY(!editor->isVisible());
        choose(box, static_cast<int>(Kind::layers));
        QVERIFY(editor->isVisible());
        QCOMPARE(session.specification().layers, (Kinds{Kind::axial, Kind::radial_basis}));
        QVERIFY(!form.findChild<QToolButton*>(QStringLiteral("layerOut0"))->isEnabled());  // two are the fewest
        auto* add = form.findChild<QToolButton*>(QStringLiteral("addLayer"));
        add->menu()->actions().front()->trigger();
        QCOMPARE(session.specification().layers, (Kinds{Kind::axial, Kind::radial_basis, Kind::velocity_field}));
        press(form, QStringLiteral("layerUp2"));
        press(form, QStringLiteral("layerUp1"));
        QCOMPARE(session.specification().layers, (Kinds{Kind::velocity_field, Kind::axial, Kind::radial_basis}));
        press(form, QStringLiteral("layerOut1"));
        QCOMPARE(session.specification().layers, (Kinds{Kind::velocity_field, Kind::radial_basis}));
        press(form, QStringLiteral("layerDown0"));
        QCOMPARE(session.specification().layers, (Kinds{Kind::radial_basis, Kind::velocity_field}));
        for (int k = 0; k < 4; ++k) add->menu()->actions().back()->trigger();
        QCOMPARE(session.specification().layers.size(), std::size_t(6));
        QVERIFY(!add->isEnabled());
        QVERIFY(session.specification().validate().empty());
        // Another model and back: the list is as it was left.
        const Kinds kept = session.specification().layers;
        choose(box, static_cast<int>(Kind::axial));
        QVERIFY(!editor->isVisible());
        QVERIFY(session.specification().layers.empty());
        choose(box, static_cast<int>(Kind::layers));
        QCOMPARE(session.specification().layers, kept);
        choose(box, -1);  // automatic
        QVERIFY(!editor->isVisible());
        QVERIFY(session.automatic());
        QVERIFY(session.specification().validate().empty());
    }

    void twoFormsShowTheSameList() {
        Session session;
        ModelForm first(session), second(session);
        choose(first.findChild<QComboBox*>(QStringLiteral("modelChoice")), static_cast<int>(Kind::layers));
        first.findChild<QToolButton*>(QStringLiteral("addLayer"))->menu()->actions()[2]->trigger();
        QCOMPARE(second.findChild<LayersEditor*>()->layers(), session.specification().layers);
        QCOMPARE(second.findChild<QComboBox*>(QStringLiteral("modelChoice"))->currentData().toInt(),
                 static_cast<int>(Kind::layers));
    }

    void whatTheDataCannotHaveIsNotOffered() {
        Session session;
        ModelForm form(session);
        auto* box = form.findChild<QComboBox*>(QStringLiteral("modelChoice"));
        const auto item = [&] {
            return qobject_cast<QStandardItemModel*>(box->model())->item(box->findData(static_cast<int>(Kind::mobius)));
        };
        QVERIFY(item()->isEnabled());
        auto transect = std::make_shared<SpatialDataset>(*simulated_dataset(30));
        transect->coordinates = Matrix(transect->coordinates.col(0));
        session.setDataset(transect);
        QVERIFY(!item()->isEnabled());
        QVERIFY(item()->toolTip().contains(QStringLiteral("plane")));
    }

    void aFitOfLayersEndsInAMap() {
        WindowFixture f;
        f.loadSimulated(80);
        f.chooseQuickModel(10);
        ModelSpecification s = f.bench->session.specification();
        s.deformation = Kind::layers;
        s.layers = {Kind::axial, Kind::radial_basis};
        f.bench->session.setModel(s, false);
        f.bench->training.train();
        QTRY_VERIFY_WITH_TIMEOUT(f.bench->session.shownMap() != nullptr, 120000);
        QVERIFY(f.waitIdle());
        QCOMPARE(f.bench->session.shownModel()->label(), std::string("axial warping, radial basis"));
    }
};

int main(int argc, char** argv) { return run_window_test<TestLayersEditor>(argc, argv); }
#include "test_layers_editor.moc"
