# SPDX-License-Identifier: MIT

# Run by CPack on what it is about to pack: gives each package its licence and changes, compresses the manual, and
# sets all times to SOURCE_DATE_EPOCH, so that equal contents make equal packages.
set(source ${CMAKE_CURRENT_LIST_DIR}/..)

foreach(pair pmpd:pmpd pmp_library:libpmp0 pmp_development:libpmp-dev)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 component)
    list(GET pair 1 package)
    set(root ${CPACK_TEMPORARY_DIRECTORY}/${component})
    if(NOT IS_DIRECTORY ${root})
        continue()
    endif()
    set(docs ${root}/usr/share/doc/${package})
    file(MAKE_DIRECTORY ${docs})
    file(COPY_FILE ${source}/LICENSE ${docs}/copyright)
    execute_process(COMMAND gzip -9nc ${source}/systemd/debian/changelog OUTPUT_FILE ${docs}/changelog.gz COMMAND_ERROR_IS_FATAL ANY)
    file(GLOB_RECURSE pages ${root}/usr/share/man/*.[0-9])
    if(pages)
        execute_process(COMMAND gzip -9n ${pages} COMMAND_ERROR_IS_FATAL ANY)
    endif()
    if(DEFINED ENV{SOURCE_DATE_EPOCH})
        execute_process(COMMAND find ${root} -exec touch --no-dereference --date=@$ENV{SOURCE_DATE_EPOCH} {} + COMMAND_ERROR_IS_FATAL ANY)
    endif()
endforeach()
