// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/types.h"

namespace anamorph::testing {

/// A purely numeric CSV file with a header, as a matrix; for test data only.
inline Matrix read_numbers(const std::string& path) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot open " + path);
    std::string line;
    std::getline(in, line);
    std::vector<std::vector<double>> rows;
    while (std::getline(in, line)) {
        std::vector<double> row;
        std::stringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) row.push_back(std::stod(cell));
        if (!row.empty()) rows.push_back(row);
    }
    Matrix m(static_cast<Index>(rows.size()), static_cast<Index>(rows.at(0).size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < rows[i].size(); ++j)
            m(static_cast<Index>(i), static_cast<Index>(j)) = rows[i][j];
    return m;
}

}  // namespace anamorph::testing
