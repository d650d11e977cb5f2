# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by run.sh and test.sh: installs the Debian packages of packages.txt that are missing.

# Prints the packages of the list $1 that are not installed, one a line.
missing_packages() {
    sort -u "$1" | while read -r package; do
        case "$package" in '' | '#'*) continue ;; esac
        echo "$package"
    done > "$2"
    # shellcheck disable=SC2046
    dpkg-query -W -f='${db:Status-Status} ${Package}\n' $(cat "$2") 2> /dev/null |
        sed -n 's/^installed //p' | sort -u | comm -13 - "$2"
}

# Installs what is missing as root or through sudo; else prints the command and fails.
install_packages() {
    local list="$1" names missing
    if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
        echo "This is no Debian system: make sure that these packages' contents are installed:" >&2
        echo "  $(tr '\n' ' ' < "$list")" >&2
        return 0
    fi
    names="$(mktemp)"
    missing="$(missing_packages "$list" "$names")"
    rm -f "$names"
    [ -n "$missing" ] || return 0

    local apt="apt-get install -y --no-install-recommends"
    # shellcheck disable=SC2086
    set -- $missing
    if [ "$(id -u)" = 0 ]; then
        local as_root=""
    elif command -v sudo > /dev/null && { sudo -n true 2> /dev/null || [ -t 2 ]; }; then
        local as_root="sudo"
    else
        echo "Packages are missing, and installing them needs root. Run this, then try again:" >&2
        echo "  sudo apt-get update && sudo $apt $*" >&2
        return 1
    fi
    echo "Installing $# packages (two to three minutes on a bare machine) ..."
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    if ! { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive $apt -q "$@"; } \
        < /dev/null; then
        echo "The packages could not be installed. The command was:" >&2
        echo "  apt-get update && $apt $*" >&2
        return 1
    fi
}

# How many compilers fit: one more than cores, and 2 GiB of memory each.
build_jobs() {
    local cores gib
    cores="$(($(nproc) + 1))"  # some always wait for files
    gib="$(awk '/^MemAvailable/ { print int($2 / 1048576 / 2) }' /proc/meminfo)"
    [ "$gib" -ge 1 ] || gib=1
    [ "$cores" -le "$gib" ] && echo "$cores" || echo "$gib"
}
