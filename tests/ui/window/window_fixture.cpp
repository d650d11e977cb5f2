// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

namespace anamorph {

std::shared_ptr<const SpatialDataset> simulated_dataset(Index sites, std::uint64_t seed) {
    ScenarioOptions options;
    options.sites = sites;
    options.seed = seed;
    return std::make_shared<const SpatialDataset>(simulate(Scenario("swirl"), options).dataset);
}

WindowFixture::WindowFixture() {
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
    QSettings().clear();
    bench = std::make_unique<Workbench>();
    window = std::make_unique<MainWindow>(*bench);
    window->setThemeName(QStringLiteral("light"));
    window->resize(1280, 800);
    window->show();
    (void)QTest::qWaitForWindowExposed(window.get());
}

WindowFixture::~WindowFixture() {
    window.reset();
    bench.reset();
}

void WindowFixture::loadSimulated(Index sites) { bench->session.setDataset(simulated_dataset(sites)); }

void WindowFixture::chooseQuickModel(int iterations) {
    ModelSpecification specification;
    specification.deformation = DeformationKind::anisotropic;
    specification.smoothness = Smoothness::three_halves;
    specification.log_scale = LogScale::no;
    bench->session.setModel(specification, false);
    FitOptions options;
    options.max_iterations = iterations;
    bench->session.setOptions(options);
}

bool WindowFixture::waitIdle(int milliseconds) {
    return QTest::qWaitFor([this] { return bench->isIdle(); }, milliseconds);
}

QString WindowFixture::fileWith(const QString& name, const QByteArray& content) const {
    const QString path = folder.filePath(name);
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) file.write(content);
    return path;
}

}  // namespace anamorph
