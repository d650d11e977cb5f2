// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/probe_contours.h"

#include <vtkCellArray.h>
#include <vtkContourFilter.h>
#include <vtkDoubleArray.h>
#include <vtkIdList.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkStructuredGrid.h>

#include <algorithm>

#include "ui/scenes/display_frame.h"

namespace anamorph {
namespace {

/// The tabulated correlation at a distance, linear between entries.
double read_profile(const CorrelationProfile& profile, double distance) {
    const double* begin = profile.distance.data();
    const double* end = begin + profile.distance.size();
    const double* above = std::upper_bound(begin, end, distance);
    if (above == begin) return profile.correlation(0);
    if (above == end) return profile.correlation(profile.correlation.size() - 1);
    const Index k = above - begin;
    const double step = profile.distance(k) - profile.distance(k - 1);
    const double share = step > 0.0 ? (distance - profile.distance(k - 1)) / step : 0.0;
    return (1.0 - share) * profile.correlation(k - 1) + share * profile.correlation(k);
}

}  // namespace

PointsOfLines correlation_contours(const SpacesSnapshot& s, const Points& u, double weight) {
    PointsOfLines result;
    result.starts.push_back(0);
    const auto& lattice = s.probe_lattice;
    if (lattice.shape.size() != 2 || s.profile.distance.size() < 2) return result;

    const Points shown = between(lattice.nodes, weight);
    vtkNew<vtkPoints> points;
    points->SetDataTypeToDouble();
    points->SetNumberOfPoints(shown.rows());
    vtkNew<vtkDoubleArray> correlation;
    correlation->SetNumberOfTuples(shown.rows());
    for (Index i = 0; i < shown.rows(); ++i) {
        points->SetPoint(i, shown(i, 0), shown(i, 1), 0.0);
        const double distance = (lattice.nodes.in_deformed.row(i) - u.row(0)).norm();
        correlation->SetValue(i, read_profile(s.profile, distance));
    }
    vtkNew<vtkStructuredGrid> grid;
    grid->SetDimensions(static_cast<int>(lattice.shape[0]), static_cast<int>(lattice.shape[1]), 1);
    grid->SetPoints(points);
    grid->GetPointData()->SetScalars(correlation);

    vtkNew<vtkContourFilter> contours;
    contours->SetInputData(grid);
    contours->SetNumberOfContours(static_cast<int>(probe_levels.size()));
    for (std::size_t k = 0; k < probe_levels.size(); ++k)
        contours->SetValue(static_cast<int>(k), probe_levels[k]);
    contours->Update();

    vtkPolyData* lines = contours->GetOutput();
    vtkNew<vtkIdList> ids;
    std::vector<Eigen::RowVector2d> rows;
    lines->GetLines()->InitTraversal();
    while (lines->GetLines()->GetNextCell(ids)) {
        for (vtkIdType k = 0; k < ids->GetNumberOfIds(); ++k) {
            const double* at = lines->GetPoint(ids->GetId(k));
            rows.emplace_back(at[0], at[1]);
        }
        result.starts.push_back(static_cast<Index>(rows.size()));
    }
    result.points.resize(static_cast<Index>(rows.size()), 2);
    for (std::size_t k = 0; k < rows.size(); ++k) result.points.row(static_cast<Index>(k)) = rows[k];
    return result;
}

}  // namespace anamorph
