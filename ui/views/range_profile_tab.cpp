// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/range_profile_tab.h"

#include <algorithm>
#include <cmath>

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedLayout>
#include <QVBoxLayout>

#include "ui/models/number_text.h"
#include "ui/views/custom_plot.h"
#include "ui/views/panel_parts.h"
#include "ui/views/plot_style.h"

namespace anamorph {
namespace {

constexpr double least_height = 12.0;  ///< nats that the profile shows at least

/// Share of the nugget in the sill, per cent.
double noise_share(const RangeProfilePoint& p) { return 100.0 * p.nugget / (p.nugget + p.partial_sill); }

/// How far above the lowest loss the picture reaches: over what separates the minima, not up to the
/// ends, where the loss may be hundreds of nats worse.
double shown_height(const RangeProfile& profile) {
    const double lowest = profile.minima.front().at.loss;
    double height = least_height;
    for (const RangeMinimum& m : profile.minima) height = std::max(height, 1.5 * (m.at.loss - lowest));
    if (profile.minima.size() > 1) {
        const auto [first, last] = std::minmax_element(profile.minima.begin(), profile.minima.end(), [](const auto& a, const auto& b) {
            return a.at.range < b.at.range;
        });
        for (const RangeProfilePoint& p : profile.points)
            if (p.range > first->at.range && p.range < last->at.range) height = std::max(height, 1.6 * (p.loss - lowest));
    }
    return height;
}

}  // namespace

RangeProfileTab::RangeProfileTab(Session& session, RangeProfileController& controller, QWidget* parent)
    : QWidget(parent), session_(session), controller_(controller) {
    pages_ = new QStackedLayout(this);
    auto* empty_page = new QWidget;
    auto* empty_column = new QVBoxLayout(empty_page);
    empty_column->addStretch(1);
    empty_ = muted_label(tr("The loss of a stationary model over fixed ranges, everything else fitted again at each. Where roughness "
                            "differs from place to place it often has two minima: a kernel that wiggles through the smooth parts, and "
                            "one that shoots through the short waves."));
    empty_->setAlignment(Qt::AlignCenter);
    empty_column->addWidget(empty_);
    start_ = new QPushButton(tr("Profile the range"));
    start_->setObjectName(QStringLiteral("profileButton"));
    empty_column->addWidget(start_, 0, Qt::AlignHCenter);
    empty_column->addStretch(1);
    pages_->addWidget(empty_page);

    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(8, 2, 8, 0);
    column->setSpacing(2);
    auto* head = new QHBoxLayout;
    sentence_ = muted_label(QString());
    sentence_->setObjectName(QStringLiteral("profileSentence"));
    sentence_->setFont(theme_font(11.0));
    head->addWidget(sentence_, 1);
    again_ = new QPushButton(tr("Profile again"));
    again_->setObjectName(QStringLiteral("profileAgain"));
    cancel_ = new QPushButton(tr("Cancel"));
    cancel_->setObjectName(QStringLiteral("cancelProfile"));
    head->addWidget(again_, 0, Qt::AlignTop);
    head->addWidget(cancel_, 0, Qt::AlignTop);
    column->addLayout(head);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    profile_ = new QCustomPlot;
    profile_->setObjectName(QStringLiteral("profilePlot"));
    transect_ = new QCustomPlot;
    transect_->setObjectName(QStringLiteral("transectPlot"));
    for (QCustomPlot* plot : {profile_, transect_}) {
        plot->setMinimumSize(180, 90);
        put_legend_above(*plot);
    }
    profile_->xAxis->setScaleType(QCPAxis::stLogarithmic);
    profile_->xAxis->setTicker(QSharedPointer<QCPAxisTickerLog>(new QCPAxisTickerLog));
    profile_->setToolTip(tooltip_text(tr("At each range ℓ all other parameters are fitted again. Discs: the minima, with the range free.")));
    transect_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    transect_->axisRect()->setRangeDrag(Qt::Horizontal);
    transect_->axisRect()->setRangeZoom(Qt::Horizontal);
    row->addWidget(profile_, 4);
    row->addWidget(transect_, 6);
    column->addLayout(row, 1);
    pages_->addWidget(page);

    for (QPushButton* button : {start_, again_})
        connect(button, &QPushButton::clicked, &controller_, &RangeProfileController::profile);
    connect(cancel_, &QPushButton::clicked, &controller_, &RangeProfileController::cancel);
    connect(&controller_, &RangeProfileController::started, this, &RangeProfileTab::refresh);
    connect(&controller_, &RangeProfileController::finished, this, &RangeProfileTab::refresh);
    connect(&controller_, &RangeProfileController::changed, this, [this] {
        refresh();
        draw();
    });
    connect(&session_, &Session::datasetChanged, this, &RangeProfileTab::refresh);
    refresh();
}

void RangeProfileTab::setTheme(const Theme& theme) {
    theme_ = theme;
    draw();
}

void RangeProfileTab::refresh() {
    const bool busy = controller_.isProfiling();
    const auto& picture = controller_.picture();
    start_->setEnabled(!busy && session_.dataset());
    start_->setText(busy ? tr("Profiling …") : tr("Profile the range"));
    again_->setEnabled(!busy);
    cancel_->setVisible(busy);
    transect_->setVisible(picture && picture->x.size() > 0);
    pages_->setCurrentIndex(picture ? 1 : 0);
    if (picture) sentence_->setText(sentence());
}

QColor RangeProfileTab::colour_of(std::size_t minimum) const { return theme_.curves[minimum % theme_.curves.size()]; }

QString RangeProfileTab::sentence() const {
    const RangeProfilePicture& picture = *controller_.picture();
    const auto& minima = picture.profile.minima;
    const QString unit = QString::fromStdString(picture.unit);
    QStringList parts;
    for (const RangeMinimum& m : minima)
        parts << tr("ℓ = %1 (noise %2 % of the sill)").arg(number_with_unit(m.at.range, unit), number_text(noise_share(m.at), 2));
    const QString label = QString::fromStdString(picture.profile.label);
    if (minima.size() == 1) return tr("%1: one minimum, %2.").arg(label, parts.front());
    return tr("%1: %2 minima, %3; the first is the lower by %4 nats.")
        .arg(label).arg(minima.size()).arg(parts.join(tr(" and ")), number_text(minima[1].at.loss - minima[0].at.loss));
}

void RangeProfileTab::draw() {
    const auto& picture = controller_.picture();
    for (QCustomPlot* plot : {profile_, transect_}) {
        plot->clearPlottables();
        plot->clearItems();
        style_plot(*plot, theme_);
    }
    style_right_axis(*profile_->yAxis2, theme_);
    if (!picture) return;
    draw_profile();
    if (picture->x.size() > 0) draw_transect();
}

void RangeProfileTab::draw_profile() {
    const RangeProfilePicture& picture = *controller_.picture();
    const RangeProfile& profile = picture.profile;
    const double lowest = profile.minima.front().at.loss;
    QVector<double> range, loss, noise;
    for (const RangeProfilePoint& p : profile.points) {
        range << p.range;
        loss << p.loss - lowest;
        noise << noise_share(p);
    }
    auto* share = profile_->addGraph(profile_->xAxis, profile_->yAxis2);
    share->setData(range, noise, true);
    share->setPen(QPen(theme_.muted, 1.2, Qt::DashLine));
    share->setName(tr("noise, % of the sill"));
    auto* curve = profile_->addGraph();
    curve->setData(range, loss, true);
    curve->setPen(QPen(theme_.ink, 1.6));
    curve->setName(tr("loss above its lowest"));
    for (std::size_t k = 0; k < profile.minima.size(); ++k) {
        const RangeProfilePoint& at = profile.minima[k].at;
        auto* disc = profile_->addGraph();
        disc->setData({at.range}, {at.loss - lowest});
        disc->setLineStyle(QCPGraph::lsNone);
        disc->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(theme_.card, 1.0), colour_of(k), 9.0));
        disc->removeFromLegend();
    }
    const double height = shown_height(profile);
    profile_->xAxis->setRange(profile.points.front().range, profile.points.back().range);
    profile_->yAxis->setRange(-0.06 * height, height);
    profile_->yAxis2->setRange(-6.0, 100.0);
    profile_->yAxis2->setVisible(true);
    const QString unit = QString::fromStdString(picture.unit);
    profile_->xAxis->setLabel(unit.isEmpty() ? tr("range ℓ") : tr("range ℓ (%1)").arg(unit));
    profile_->yAxis->setLabel(tr("loss (nats)"));
    profile_->yAxis2->setLabel(tr("noise (%)"));
    profile_->replot(QCustomPlot::rpQueuedReplot);
}

void RangeProfileTab::draw_transect() {
    const RangeProfilePicture& picture = *controller_.picture();
    const SpatialDataset& sites = *picture.dataset;
    auto* points = transect_->addGraph();
    points->setData(to_qt(sites.coordinates.col(0)), to_qt(sites.values));
    points->setLineStyle(QCPGraph::lsNone);
    QColor pale = theme_.muted;
    pale.setAlphaF(0.55F);
    points->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, pale, 4.0));
    points->removeFromLegend();
    const QVector<double> x = to_qt(picture.x);
    const auto add = [&](const TransectCurve& curve, const QString& name, const QColor& colour, double width) {
        auto* graph = transect_->addGraph();
        graph->setData(x, to_qt(curve.mean), true);
        graph->setPen(QPen(colour, width));
        graph->setName(name);
    };
    const QString unit = QString::fromStdString(picture.unit);
    for (std::size_t k = picture.kernels.size(); k-- > 0;)
        add(picture.kernels[k], tr("stationary, ℓ = %1").arg(number_with_unit(picture.profile.minima[k].at.range, unit)), colour_of(k), 1.4);
    for (const TransectCurve& curve : picture.warped)
        add(curve, QString::fromStdString(curve.label), theme_.curves[2], 1.8);
    fit_axes(*transect_);
    const std::string name = sites.coordinate_names.empty() ? "x" : sites.coordinate_names.front();
    transect_->xAxis->setLabel(QString::fromStdString(name) + (unit.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(unit)));
    transect_->yAxis->setLabel(QString::fromStdString(sites.value_name));
    transect_->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace anamorph
