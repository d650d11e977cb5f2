// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTest>

#include "core/base/error.h"

namespace anamorph::testing {

/// The code of the error that `work` throws; the test fails where it throws none.
template <class Work>
ErrorCode code_of(const Work& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.code();
    }
    QTest::qFail("An error was expected.", __FILE__, __LINE__);
    return ErrorCode::cancelled;
}

}  // namespace anamorph::testing
