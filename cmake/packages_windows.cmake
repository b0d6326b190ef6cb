# SPDX-License-Identifier: MIT

# `cpack` makes a ZIP of the programs, and an installer (NSIS) that makes a service of pmpd; script/cross-windows
# --package does it.
set(CPACK_GENERATOR ZIP NSIS)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_NAME pmp)
set(CPACK_PACKAGE_VENDOR pmp)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_INSTALL_DIRECTORY pmp)
set(CPACK_PACKAGE_FILE_NAME pmp-${PROJECT_VERSION}-windows-x86_64)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
# One component alone, as a whole: the library is for those who build programs, and they build it. Of components, CPack
# 3.25 would put lines of its own in the place of CPACK_NSIS_DEFINES.
set(CPACK_MONOLITHIC_INSTALL ON)
set(CPACK_INSTALL_CMAKE_PROJECTS ${PROJECT_BINARY_DIR} pmp pmpd /)

# Otherwise the installer is a 32-bit program, which a 64-bit wine can't run.
set(CPACK_NSIS_DEFINES "Target amd64-unicode")
set(CPACK_NSIS_DISPLAY_NAME pmp)
set(CPACK_NSIS_PACKAGE_NAME pmp)
set(CPACK_NSIS_MODIFY_PATH ON)
set(CPACK_NSIS_ENABLE_UNINSTALL_BEFORE_INSTALL ON)
# What a gateway says of its restart comes from the local network.
set(CPACK_NSIS_EXTRA_INSTALL_COMMANDS [[
  nsExec::ExecToLog '"$INSTDIR\bin\pmpd.exe" service install'
  Pop $0
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall add rule name="pmpd announcements" dir=in action=allow protocol=UDP localport=5350 remoteip=localsubnet program="$INSTDIR\bin\pmpd.exe"'
  Pop $0
  nsExec::ExecToLog '"$INSTDIR\bin\pmpd.exe" service start'
  Pop $0]])
set(CPACK_NSIS_EXTRA_UNINSTALL_COMMANDS [[
  nsExec::ExecToLog '"$INSTDIR\bin\pmpd.exe" service uninstall'
  Pop $0
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="pmpd announcements"'
  Pop $0]])

include(CPack)
