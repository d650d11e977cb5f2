// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/help_dialogs.h"

#include <QCoreApplication>
#include <QDialog>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace anamorph {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("Help", text); }

void show_page(QWidget* parent, const QString& title, const QString& html, const QSize& size) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->resize(size);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(20, 16, 20, 16);
    auto* text = new QTextBrowser;
    text->setFrameShape(QFrame::NoFrame);
    text->setOpenExternalLinks(true);
    text->setHtml(html);
    column->addWidget(text, 1);
    auto* close = new QPushButton(tr("Close"));
    QObject::connect(close, &QPushButton::clicked, dialog, &QDialog::accept);
    column->addWidget(close, 0, Qt::AlignRight);
    dialog->open();
}

struct Term {
    const char* name;
    const char* meaning;
};

constexpr Term terms[] = {
    {"Deformation", "An invertible map f from geographic space to another space in which the field looks stationary: where f stretches, correlation dies off over shorter distances."},
    {"Geographic space, deformed space", "The same sites, map and grid, once where they are and once where f sends them. Straight grid lines become bent ones."},
    {"Stationary", "Correlation depends only on the distance between two sites, not on where they are or on direction."},
    {"Anisotropic", "Correlation reaches farther in one direction than in another, by the same factor everywhere."},
    {"Axis-aligned", "Each axis is scaled on its own and nothing is turned: crests at an angle to the axes cannot be followed, which a full matrix can."},
    {"Range profile", "The loss at fixed ranges, everything else fitted again at each. Two minima: a kernel that wiggles through the smooth parts, and one that shoots through the short waves."},
    {"Segments, partition of unity", "A stationary model in each of a few regions, with sharp borders or blended. The regions are found by k-means, drawn on the map, or read from a GIS layer."},
    {"Velocity field", "The deformation as a flow: every point follows a smooth field of velocities for one unit of time, so the map cannot fold."},
    {"RealNVP", "A deformation built of affine couplings whose scales and shifts are small neural networks; invertible by construction."},
    {"Log-scale", "A smooth field l(x) by which variance and nugget vary together over the map."},
    {"Covariance", "How alike two values are, as a function of their distance in deformed space. Matérn covariances have a smoothness ν."},
    {"Practical range", "The distance at which the correlation has fallen to 0.05."},
    {"Partial sill σ²", "The variance of the spatially correlated part."},
    {"Nugget τ²", "The variance of measurement error, and of variation at distances shorter than any between two sites."},
    {"Trend", "The mean around which the field varies; estimated by generalised least squares. Also called drift."},
    {"Likelihood", "The probability density of the measured values under the model; its logarithm is in nats."},
    {"Vecchia's approximation", "Each value given only its nearest earlier ones in deformed space: the likelihood of a million sites in seconds."},
    {"Tapering", "Correlation multiplied by one that is zero beyond a range, so that most of the covariance matrix is zero."},
    {"Predictive process, FITC", "The field carried by a few inducing sites; FITC adds the variance that they miss."},
    {"SPDE", "The field as the solution of a stochastic differential equation on a mesh of triangles, whose vertices the deformation moves."},
    {"Kullback–Leibler divergence", "How far one distribution is from another, in nats; 0 only if they are the same."},
    {"Objective", "What training lowers: −log-likelihood, plus the regulariser, plus δ times the design term."},
    {"Design term", "−log density of the sites themselves under the deformation; off unless the design weight δ is positive, since dense sampling is not short correlation."},
    {"Local range", "How far the correlation reaches at a place: the geometric mean over all directions of the practical range there. Its map and the width of its interval (step Map) show what the deformation learned, and where the data say little."},
    {"Second level, added units", "Finer functions beside the first grid of a velocity field: a second grid with its own ridge, or single Gaussians where the objective would fall fastest. Kept only where the evidence pays for them."},
    {"Criterion", "The Laplace approximation of −log evidence: fit and complexity in one number. The class with the smallest one is chosen."},
    {"Posterior averaging", "Predictions averaged over the parameters and deformations that the data allow, instead of the single best ones."},
    {"Kriging", "The best linear unbiased prediction between the sites, with its standard deviation."},
    {"Conditional simulation", "A field drawn at random from all that agree with the data under the model; it is as rough as the truth, which a kriging map is not."},
    {"Realisation", "One observation of the whole field, a day say. Where there are several, one deformation and one covariance serve all, each has a trend of its own, and maps are made from the values of the one that is shown."},
    {"Signal, observation", "The field without measurement error, and a new measurement of it with its nugget."},
    {"log|det J|", "How much f stretches area around a point: positive where space is expanded and correlation is short."},
    {"Local ellipse", "The shape that is a circle of one practical range in deformed space, drawn where it lies in geographic space."},
    {"Variogram", "Half the mean squared difference of values as a function of distance; here in four directions, in both spaces."},
    {"CRPS", "Continuous ranked probability score: the error of a whole predictive distribution, in the unit of the values."},
    {"Log score", "Minus the log predictive density of held-out values; it punishes wrong uncertainty as well as wrong means."},
    {"Coverage", "The share of held-out values inside their prediction intervals; a 90 % interval should hold 90 %."},
};

}  // namespace

void show_glossary(QWidget* parent) {
    QString html = QStringLiteral("<h2>%1</h2>").arg(tr("Glossary"));
    for (const Term& term : terms)
        html += QStringLiteral("<p><b>%1</b><br>%2</p>").arg(tr(term.name).toHtmlEscaped(), tr(term.meaning).toHtmlEscaped());
    show_page(parent, tr("Glossary"), html, {620, 640});
}

void show_shortcuts(QWidget* parent, const QMenuBar& menus) {
    QString html = QStringLiteral("<h2>%1</h2><table cellspacing='6'>").arg(tr("Keyboard and mouse"));
    const auto row = [&html](const QString& keys, const QString& what) {
        html += QStringLiteral("<tr><td><b>%1</b>&nbsp;&nbsp;</td><td>%2</td></tr>").arg(keys.toHtmlEscaped(), what.toHtmlEscaped());
    };
    row(tr("Ctrl+1 … Ctrl+7"), tr("Go to a step"));
    for (const QAction* menu : menus.actions()) {
        if (!menu->menu()) continue;
        for (const QAction* action : menu->menu()->actions())
            if (!action->shortcut().isEmpty())
                row(action->shortcut().toString(QKeySequence::NativeText), action->text());
    }
    row(tr("drag"), tr("Move both views (turn them, for three dimensions)"));
    row(tr("wheel"), tr("Zoom both views"));
    row(tr("Shift + drag"), tr("Select the sites in a box"));
    row(tr("click on a site"), tr("Select it"));
    row(tr("double click in a view"), tr("Whole map"));
    show_page(parent, tr("Keyboard and mouse"), html + QStringLiteral("</table>"), {520, 640});
}

void show_about(QWidget* parent) {
    show_page(parent, tr("About Anamorph"),
              QStringLiteral("<h2>Anamorph %1</h2><p>%2</p><p>%3</p><p>%4</p>")
                  .arg(QCoreApplication::applicationVersion(),
                       tr("Geostatistics by learned deformations of space: a non-stationary field is bent until it becomes "
                          "stationary, and everything is drawn in both spaces."),
                       tr("Free software under the GNU General Public License, version 3 or later; it comes without any warranty."),
                       tr("Built with Qt, VTK, QCustomPlot, LibTorch, GDAL, PROJ, Eigen and OpenBLAS.")),
              {460, 300});
}

}  // namespace anamorph
