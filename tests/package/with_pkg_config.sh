#!/bin/sh
# SPDX-License-Identifier: MIT
# with_pkg_config.sh CXX SOURCES OUTPUT [PKG-CONFIG OPTION...]: builds and runs both programs by
# nothing but a compiler and pkg-config.
set -eu
cxx=$1 sources=$2 output=$3
shift 3

mkdir -p "$output"
library_path=$(pkg-config --variable=libdir pmp)
for program in client engine; do
    # The answer of pkg-config is meant to be split.
    # shellcheck disable=SC2046
    "$cxx" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Werror "$sources/$program.cpp" \
        -o "$output/$program" $(pkg-config "$@" --cflags --libs pmp)
    LD_LIBRARY_PATH=$library_path "$output/$program"
done
