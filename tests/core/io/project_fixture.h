// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gdal_priv.h>
#include <sqlite3.h>

#include <QtTest>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/io/import.h"
#include "core/io/project_file.h"
#include "tests/core/map_fixture.h"

// What the tests of project files share.
namespace anamorph::testing {

struct Close {
    void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<GDALDataset, Close>;

inline std::shared_ptr<const SpatialDataset> sample(const char* name, const QuickImport& choices = {}) {
    return std::make_shared<const SpatialDataset>(
        import_file(std::string(ANAMORPH_SAMPLE_DATA "/") + name + ".csv", choices));
}

/// A map of another target than the program's own, with a label.
inline GridMap labelled_map(const SpatialDataset& dataset, Index cells) {
    GridMap map = testing::map_over(dataset, cells);
    map.of_observation = true;
    map.averaged = false;
    map.label = "velocity field + log-scale";
    return map;
}

/// Bitwise: NaN equals NaN.
inline bool identical(const Matrix& a, const Matrix& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           (a.size() == 0 || std::memcmp(a.data(), b.data(),
                                         sizeof(double) * static_cast<std::size_t>(a.size())) == 0);
}

inline void run_sql(const std::filesystem::path& path, const char* sql) {
    sqlite3* database = nullptr;
    const bool done = sqlite3_open(path.c_str(), &database) == SQLITE_OK &&
                      sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
    const std::string message = sqlite3_errmsg(database);
    sqlite3_close(database);
    QVERIFY2(done, message.c_str());
}

inline ErrorCode code_of_opening(const std::filesystem::path& path) {
    try {
        (void)open_project(path);
    } catch (const Error& error) {
        if (std::string(error.what()).empty() || error.hint().empty()) qFatal("no sentence");
        return error.code();
    }
    qFatal("opened %s", path.c_str());
    return ErrorCode::unsupported;
}

}  // namespace anamorph::testing
