# SPDX-License-Identifier: MIT

# cmake -DFROM=config/pmpd.schema.json -DTO=FILE -P: the schema as it is shipped for Windows.
include(${CMAKE_CURRENT_LIST_DIR}/replace.cmake)
file(READ ${FROM} text)

replace([["^[^/: ]{1,15}$"]] [["^.{1,256}$"]])
file(WRITE ${TO} "${text}")
