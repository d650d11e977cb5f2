// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "known_space.h"
#include "ui/views/space_view.h"
#include "ui/views/spaces_empty_state.h"
#include "ui/views/spaces_widget.h"

using namespace anamorph;

class TestSpacesWidget : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void clickPicksTheSiteUnderThePointer();

private:
    std::unique_ptr<SpacesWidget> spaces_;
};

void TestSpacesWidget::init() {
    spaces_ = std::make_unique<SpacesWidget>();
    spaces_->resize(1000, 560);
    spaces_->show();
    QVERIFY(QTest::qWaitForWindowExposed(spaces_.get()));
}
void TestSpacesWidget::cleanup() { spaces_.reset(); }

void TestSpacesWidget::clickPicksTheSiteUnderThePointer() {
    spaces_->setSnapshot(known_snapshot(2, 200, 40));
    QVERIFY(spaces_->selection()->isEmpty());
}

QTEST_MAIN(TestSpacesWidget)
#include "test_spaces_widget.moc"
