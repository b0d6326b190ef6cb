# SPDX-License-Identifier: MIT

# `cpack -G DEB` (or RPM) in a build configured with BUILD_SHARED_LIBS=ON and the prefix /usr; script/package does it.
set(CPACK_PACKAGE_NAME pmp)
set(CPACK_PACKAGE_VENDOR pmp)
set(CPACK_PACKAGE_CONTACT "pmp developers <developers@pmp.invalid>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENTS_ALL pmpd pmp_library pmp_development)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/settle_package.cmake)
set(CPACK_POST_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/settle_size.cmake)

set(CPACK_COMPONENT_PMPD_DESCRIPTION "pmpd asks the gateway of a home or a VPN for the ports of its configuration
file by PCP, NAT-PMP or UPnP, renews them, and makes them again when the
gateway was restarted. pmp does the same for one port from the shell.")
set(CPACK_COMPONENT_PMP_LIBRARY_DESCRIPTION "A C++ library on Boost.Asio that opens ports in gateways by PCP, NAT-PMP or
UPnP and keeps them open.")
set(CPACK_COMPONENT_PMP_DEVELOPMENT_DESCRIPTION "Headers, CMake package and pkg-config module of libpmp.")

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/lib)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PMPD_PACKAGE_NAME pmpd)
set(CPACK_DEBIAN_PMPD_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PMPD_PACKAGE_DEPENDS "init-system-helpers (>= 1.54), systemd | systemd-standalone-sysusers")
set(CPACK_DEBIAN_PMPD_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/systemd/debian/conffiles
    ${PROJECT_SOURCE_DIR}/systemd/debian/postinst
    ${PROJECT_SOURCE_DIR}/systemd/debian/prerm
    ${PROJECT_SOURCE_DIR}/systemd/debian/postrm)
set(CPACK_COMPONENT_PMPD_DEPENDS pmp_library)
set(CPACK_DEBIAN_PMP_LIBRARY_PACKAGE_NAME libpmp${PROJECT_VERSION_MAJOR})
set(CPACK_DEBIAN_PMP_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_PMP_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/systemd/debian/triggers)
set(CPACK_DEBIAN_PMP_DEVELOPMENT_PACKAGE_NAME libpmp-dev)
set(CPACK_DEBIAN_PMP_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PMP_DEVELOPMENT_PACKAGE_DEPENDS "libboost${PMP_BOOST_VERSION}-dev")
set(CPACK_DEBIAN_PMP_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_COMPONENT_PMP_DEVELOPMENT_DEPENDS pmp_library)

set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)
# Neither the time nor the machine of the build is in it.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _buildhost localhost
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define source_date_epoch_from_changelog 0")
set(CPACK_RPM_PMPD_PACKAGE_NAME pmpd)
set(CPACK_RPM_PMPD_PACKAGE_REQUIRES systemd)
set(CPACK_RPM_PMPD_USER_FILELIST "%config(noreplace) /etc/pmpd/pmpd.yaml")
set(CPACK_RPM_PMPD_POST_INSTALL_SCRIPT_FILE ${PROJECT_SOURCE_DIR}/systemd/rpm/post)
set(CPACK_RPM_PMPD_PRE_UNINSTALL_SCRIPT_FILE ${PROJECT_SOURCE_DIR}/systemd/rpm/preun)
set(CPACK_RPM_PMPD_POST_UNINSTALL_SCRIPT_FILE ${PROJECT_SOURCE_DIR}/systemd/rpm/postun)
set(CPACK_RPM_PMP_LIBRARY_PACKAGE_NAME libpmp${PROJECT_VERSION_MAJOR})
set(CPACK_RPM_PMP_DEVELOPMENT_PACKAGE_NAME libpmp-devel)
set(CPACK_RPM_PMP_DEVELOPMENT_PACKAGE_REQUIRES "libpmp${PROJECT_VERSION_MAJOR} = ${PROJECT_VERSION}, boost-devel >= ${PMP_BOOST_VERSION}")

include(CPack)
