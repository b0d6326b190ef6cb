# SPDX-License-Identifier: MIT

# cmake -DFROM=config/pmpd.schema.json -DTO=FILE -P: the schema as it is shipped for Windows.
include(${CMAKE_CURRENT_LIST_DIR}/replace.cmake)
file(READ ${FROM} text)

replace([["^[^/: ]{1,15}$"]] [["^.{1,256}$"]])
replace("auto, stderr, journald, or file: and a path." "auto, stderr, eventlog, or file: and a path.")
replace("^(auto|stderr|journald|file:.+)$" "^(auto|stderr|eventlog|file:.+)$")
file(WRITE ${TO} "${text}")
