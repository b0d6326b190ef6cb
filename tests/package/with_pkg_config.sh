#!/bin/sh
# SPDX-License-Identifier: MIT
# with_pkg_config.sh CXX SOURCES OUTPUT [PKG-CONFIG OPTION...]: builds and runs both programs by
# nothing but a compiler and pkg-config. CXXFLAGS, EMULATOR and SUFFIX are for those of another system.
set -eu
cxx=$1 sources=$2 output=$3
shift 3

mkdir -p "$output"
library_path=$(pkg-config --variable=libdir pmp)
for program in client engine; do
    # The flags and the answer of pkg-config are meant to be split.
    # shellcheck disable=SC2046,SC2086
    "$cxx" ${CXXFLAGS:-} -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Werror "$sources/$program.cpp" \
        -o "$output/$program${SUFFIX:-}" $(pkg-config "$@" --cflags --libs pmp)
    # Where programs of another system run, no socket hears that nobody listens.
    [ "$program" = client ] && [ -n "${EMULATOR:-}" ] && continue
    LD_LIBRARY_PATH=$library_path ${EMULATOR:+"$EMULATOR"} "$output/$program${SUFFIX:-}"
done
