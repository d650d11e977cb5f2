#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ./run.sh [FILE]             install what is missing, build, open the window (with FILE)
# ./run.sh --headless [FILE]  the same without a window; fit, maps and a picture in out/
# ./run.sh --build            only install and build
# Without a display ./run.sh does what --headless does.
set -euo pipefail

root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)"
build="$root/build/release"
out="$root/out"
# shellcheck source=cmake/scripts/install_packages.sh
. "$root/cmake/scripts/install_packages.sh"

usage() { sed -n '3,6s/^# //p' "$root/run.sh"; }

# True if there is a display that a window could open on.
has_display() {
    [ -n "${WAYLAND_DISPLAY:-}" ] && [ -S "${XDG_RUNTIME_DIR:-/nowhere}/$WAYLAND_DISPLAY" ] && return 0
    local display="${DISPLAY:-}" number
    case "$display" in
        '') return 1 ;;
        :*)
            number="${display#:}"
            number="${number%%.*}"
            [ -S "/tmp/.X11-unix/X$number" ] || grep -qs "@/tmp/.X11-unix/X$number\$" /proc/net/unix
            ;;
        *) return 0 ;;
    esac
}

# The project that opens first: fitted and mapped already.
sample() {
    local file
    for file in western_us_precip_1997.gpkg western_us_precip_1997.csv; do
        if [ -f "$root/sample_data/$file" ]; then
            echo "$root/sample_data/$file"
            return
        fi
    done
    echo "The sample data are missing from $root/sample_data." >&2
    return 1
}

build_program() {
    local log
    if [ ! -f "$build/build.ninja" ]; then
        echo "Configuring ..."
        (cd "$root" && cmake --preset release > /dev/null)
    fi
    # Ninja says nothing worth reading when nothing is to be done.
    if [ -t 1 ] || [ ! -x "$build/bin/anamorph" ]; then
        cmake --build "$build" --target anamorph anamorph-cli -j "$(build_jobs)"
        return
    fi
    log="$(mktemp)"
    if ! cmake --build "$build" --target anamorph anamorph-cli -j "$(build_jobs)" > "$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# True if $1 is a project with a fit and a map: it is taken as it is.
is_finished_project() {
    local description
    description="$("$build/bin/anamorph-cli" inspect "$1" --json 2> /dev/null)" || return 1
    case "$description" in
        *'"kind": "project"'*'"fit": {'*'"map": {'*) return 0 ;;
        *) return 1 ;;
    esac
}

# Cells of the map on its longest side: fewer where they fill a volume.
map_cells() {
    case "$("$build/bin/anamorph-cli" inspect "$1" --json 2> /dev/null)" in
        *'"role": "z"'* | *'"dimension": 3'*) echo 50 ;;
        *) echo 200 ;;
    esac
}

run_headless() {
    local file="$1" cli="$build/bin/anamorph-cli" name
    mkdir -p "$out"
    # What an earlier run left must not pass for this one's.
    for name in fit.gpkg prediction.tif standard_deviation.tif prediction.csv window.png; do
        [ "$file" -ef "$out/$name" ] || rm -f "$out/$name"
    done
    echo "Analysing $(basename "$file") without a window; results go to $out/"
    if is_finished_project "$file"; then
        [ "$file" -ef "$out/fit.gpkg" ] || cp "$file" "$out/fit.gpkg"
        "$cli" inspect "$out/fit.gpkg"
    else
        "$cli" fit "$file" --model auto --seed 1 --map "$(map_cells "$file")" --out "$out/fit.gpkg" --progress
    fi
    case "$("$cli" inspect "$out/fit.gpkg" --json)" in
        *'"dimension": 1'*) "$cli" predict "$out/fit.gpkg" --out "$out/prediction.csv" ;; # no raster
        *)
            "$cli" predict "$out/fit.gpkg" --out "$out/prediction.tif" \
                --sd "$out/standard_deviation.tif"
            ;;
    esac
    xvfb-run -a -s "-screen 0 1920x1200x24" "$build/bin/anamorph" \
        --screenshot "$out/window.png" --size 1440x900 "$out/fit.gpkg"
    echo "Written:"
    for name in fit.gpkg prediction.tif standard_deviation.tif prediction.csv window.png; do
        [ ! -f "$out/$name" ] || printf '  %-24s %s\n' "$name" "$(du -h "$out/$name" | cut -f1)"
    done
}

mode=window
file=""
while [ $# -gt 0 ]; do
    case "$1" in
        --build) mode=build ;;
        --headless) mode=headless ;;
        -h | --help)
            usage
            exit 0
            ;;
        -*)
            echo "run.sh: unknown option $1" >&2
            usage >&2
            exit 2
            ;;
        *)
            if [ -n "$file" ]; then
                echo "run.sh opens one file" >&2
                exit 2
            fi
            file="$1"
            ;;
    esac
    shift
done
if [ -n "$file" ]; then
    if [ ! -f "$file" ]; then
        echo "run.sh: there is no file $file" >&2
        exit 3
    fi
    file="$(readlink -f "$file")"
fi

install_packages "$root/packages.txt"
build_program
[ "$mode" = build ] && exit 0
[ -n "$file" ] || file="$(sample)"
if [ "$mode" = headless ] || ! has_display; then
    run_headless "$file"
else
    exec "$build/bin/anamorph" "$file"
fi
