# SPDX-License-Identifier: MIT

# Installs the library as CMake package `pmp` and as pkg-config module `pmp`. Both can be moved with
# their prefix.
include(CMakePackageConfigHelpers)
set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/pmp)

install(TARGETS ${installed_targets} EXPORT pmp_targets
    RUNTIME COMPONENT pmp_library
    LIBRARY COMPONENT pmp_library NAMELINK_COMPONENT pmp_development
    ARCHIVE COMPONENT pmp_development
    FILE_SET HEADERS COMPONENT pmp_development)
install(EXPORT pmp_targets NAMESPACE pmp:: FILE pmpTargets.cmake
    DESTINATION ${package_directory} COMPONENT pmp_development)

set(dependencies Threads)
if(NOT BUILD_SHARED_LIBS)
    list(APPEND dependencies ${private_packages})
endif()
list(TRANSFORM dependencies REPLACE "(.+)" "find_dependency(\\1)")
list(JOIN dependencies "\n" find_dependencies)
configure_package_config_file(pmpConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/pmpConfig.cmake
    INSTALL_DESTINATION ${package_directory}
    NO_SET_AND_CHECK_MACRO)
# Until 1.0 a minor version may break what uses it.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/pmpConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/pmpConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/pmpConfigVersion.cmake
    DESTINATION ${package_directory} COMPONENT pmp_development)

# An absolute directory stays what it is, another one moves with the prefix.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig
    OUTPUT_VARIABLE pc_to_prefix)
set(pc_libdir "\${prefix}")
cmake_path(APPEND pc_libdir ${CMAKE_INSTALL_LIBDIR})
set(pc_includedir "\${prefix}")
cmake_path(APPEND pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
set(pc_libraries "-lpmp")
list(TRANSFORM public_definitions PREPEND " -D" OUTPUT_VARIABLE pc_definitions)
list(JOIN pc_definitions "" pc_definitions)
set(pc_private_libraries "${CMAKE_THREAD_LIBS_INIT}")
if(WIN32)
    string(APPEND pc_private_libraries " -lws2_32 -lmswsock -liphlpapi -lbcrypt")
endif()
set(pc_private_modules "")
if(NOT BUILD_SHARED_LIBS)
    string(APPEND pc_libraries " -lpmp_core")
    list(JOIN private_modules " " pc_private_modules)
endif()
configure_file(pmp.pc.in pmp.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/pmp.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT pmp_development)
