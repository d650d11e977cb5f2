// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/sample_files.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace anamorph {

QVector<SampleFile> sample_files(const QString& folder) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("SampleFile", text); };
    const QVector<SampleFile> known = {
        {QStringLiteral("western_us_precip_1997.gpkg"), tr("Precipitation, western USA: fitted project"), tr("with its deformation and maps")},
        {QStringLiteral("western_us_precip_1997.csv"), tr("Precipitation, western USA: table"), tr("1,270 stations; mountains bend the correlation")},
        {QStringLiteral("twist_2d_obs.csv"), tr("Twist"), tr("simulated: a rotation that grows towards the centre")},
        {QStringLiteral("swirl_20_realisations.csv"), tr("Swirl, observed 20 times"), tr("simulated: a turning anisotropy, 100 sites, 20 realisations")},
        {QStringLiteral("awu_rbf_lft_2d_obs.csv"), tr("Axial warp and bump"), tr("simulated: a composed deformation")},
        {QStringLiteral("scotland_january_temp.csv"), tr("January temperature, Scotland"), tr("151 stations with elevation")},
        {QStringLiteral("pollution_zn_pb.csv"), tr("Zinc and lead in soil"), tr("102 sites, ppm")},
        {QStringLiteral("oise_alluvial_thickness.csv"), tr("Alluvium along the Oise"), tr("1,025 boreholes, thickness in metres")},
        {QStringLiteral("chamaya_wells.csv"), tr("Wells, Chamaya"), tr("189 wells, depths in metres")},
        {QStringLiteral("step1d_obs.csv"), tr("Step on a line"), tr("one dimension, 300 sites")},
        {QStringLiteral("two_waves_1d.csv"), tr("Slow and quick waves on a line"), tr("one dimension: one range cannot serve both")},
        {QStringLiteral("waves_obs.csv"), tr("Waves at an angle"), tr("simulated: crests at 35 degrees, a far cluster of sites")},
        {QStringLiteral("babbitt_cu_50ft_composites.csv"), tr("Copper in drill holes, Babbitt"), tr("three dimensions")},
        {QStringLiteral("argo2016_north_atlantic_3level.csv"), tr("Ocean temperature, North Atlantic"), tr("three levels of 1,604 profiles")},
        {QStringLiteral("jason3_wind_south_pacific.csv"), tr("Wind over the South Pacific"), tr("space with time: choose the role time for time_h")},
    };
    QVector<SampleFile> found;
    if (folder.isEmpty()) return found;
    for (SampleFile sample : known) {
        sample.path = QDir(folder).filePath(sample.path);
        if (QFileInfo::exists(sample.path)) found.push_back(sample);
    }
    return found;
}

QString sample_folder() {
    const QString given = qEnvironmentVariable("ANAMORPH_SAMPLE_DATA");
    if (!given.isEmpty()) return given;
    QDir folder(QCoreApplication::applicationDirPath());
    for (int level = 0; level < 5; ++level) {
        for (const QString& name : {QStringLiteral("sample_data"), QStringLiteral("share/anamorph/sample_data")})
            if (folder.exists(name)) return folder.filePath(name);
        if (!folder.cdUp()) break;
    }
    return {};
}

}  // namespace anamorph
