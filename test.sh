#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds everything and runs all tests but the slow ones; ends with
# CTest's summary. More arguments go to ctest, for example: ./test.sh -R likelihood
set -euo pipefail

root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)"
# shellcheck source=cmake/scripts/install_packages.sh
. "$root/cmake/scripts/install_packages.sh"
exec < /dev/null

install_packages "$root/packages.txt"
cd "$root"
cmake --preset release > /dev/null
cmake --build --preset release -j "$(build_jobs)"

# The same pictures and numbers everywhere: software rendering, no scaling, no foreign plugins, one
# thread for each factorisation because tests run side by side.
unset QT_QPA_PLATFORM QT_PLUGIN_PATH QT_STYLE_OVERRIDE QT_SCALE_FACTOR WAYLAND_DISPLAY
export LIBGL_ALWAYS_SOFTWARE=1 QT_ENABLE_HIGHDPI_SCALING=0 NO_AT_BRIDGE=1
export OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=passive LC_ALL=C.UTF-8
ctest --preset release -LE slow -j "$(nproc)" "$@"
