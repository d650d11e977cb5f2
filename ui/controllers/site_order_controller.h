// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include <QObject>

#include "ui/controllers/job_runner.h"
#include "ui/models/sites_model.h"

namespace anamorph {

/// Orders the sites by one column of their table on a worker; equal numbers stay as in the file.
class SiteOrderController : public QObject {
    Q_OBJECT
public:
    explicit SiteOrderController(QObject* parent = nullptr) : QObject(parent) {}

    /// `column` −1: as in the file.
    void order(std::shared_ptr<const SpatialDataset> dataset, const Vector& noise_weights, int column,
               Qt::SortOrder direction) {
        if (!dataset || column < 0) {
            runner_.cancel();
            Q_EMIT ordered({});
            return;
        }
        runner_.start(
            [dataset, noise_weights, column, direction](JobContext&) {
                const std::vector<double> numbers = SitesModel::column(*dataset, noise_weights, column);
                std::vector<std::int32_t> sites(numbers.size());
                std::iota(sites.begin(), sites.end(), 0);
                const auto value = [&](std::int32_t site) { return numbers[static_cast<std::size_t>(site)]; };
                if (direction == Qt::AscendingOrder)
                    std::stable_sort(sites.begin(), sites.end(), [&](auto a, auto b) { return value(a) < value(b); });
                else
                    std::stable_sort(sites.begin(), sites.end(), [&](auto a, auto b) { return value(a) > value(b); });
                return sites;
            },
            [this](std::vector<std::int32_t> sites) { Q_EMIT ordered(sites); });
    }
    void cancel() { runner_.cancel(); }

Q_SIGNALS:
    void ordered(const std::vector<std::int32_t>& sites);

private:
    JobRunner runner_;
};

}  // namespace anamorph
