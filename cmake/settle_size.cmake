# SPDX-License-Identifier: MIT

# Run by CPack on the packages that it has made. It counts what the directories take in this file system, which is
# not the same in another: here it is what dpkg-gencontrol counts, a KiB each.
foreach(package IN LISTS CPACK_PACKAGE_FILES)
    if(NOT package MATCHES "\\.deb$")
        continue()
    endif()
    set(root ${CPACK_TEMPORARY_DIRECTORY}/unpacked)
    file(REMOVE_RECURSE ${root})
    execute_process(COMMAND dpkg-deb --raw-extract ${package} ${root} COMMAND_ERROR_IS_FATAL ANY)
    file(GLOB_RECURSE entries LIST_DIRECTORIES true ${root}/*)
    list(FILTER entries EXCLUDE REGEX "^${root}/DEBIAN")
    set(total 0)
    foreach(entry IN LISTS entries)
        set(size 1)
        if(NOT IS_DIRECTORY ${entry} AND NOT IS_SYMLINK ${entry})
            file(SIZE ${entry} octets)
            math(EXPR size "(${octets} + 1023) / 1024")
        endif()
        math(EXPR total "${total} + ${size}")
    endforeach()
    file(READ ${root}/DEBIAN/control control)
    string(REGEX REPLACE "\nInstalled-Size: [0-9]+" "\nInstalled-Size: ${total}" control "${control}")
    file(WRITE ${root}/DEBIAN/control "${control}")
    execute_process(COMMAND dpkg-deb --root-owner-group --build ${root} ${package}
        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE_RECURSE ${root})
endforeach()
