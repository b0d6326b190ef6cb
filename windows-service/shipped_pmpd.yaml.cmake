# SPDX-License-Identifier: MIT

# cmake -DFROM=config/pmpd.yaml -DTO=FILE -P: the file as it is shipped for Windows.
include(${CMAKE_CURRENT_LIST_DIR}/replace.cmake)
file(READ ${FROM} text)

replace("systemctl reload pmpd" "pmpd service reload")
replace(" /usr/share/pmpd/hooks has some\n# that are ready to use." "")
replace("run: [/usr/local/bin/on-port," "run: ['C:\\hooks\\on-port.exe',")
replace("/var/lib/pmpd/state.json" "'C:\\ProgramData\\pmpd\\state.json'")
replace("Default: the\n# directory that the service was given for it." "Default: in\n# the folder of this file.")
replace("# The socket by which" "# The named pipe by which")
replace("Who may write to it may do\n# that: root and the group pmpd. Default: in the directory that the service was given for it."
    "Administrators and\n# the service's account may do that.")
replace("/run/pmpd/control.sock" "'\\\\.\\pipe\\pmpd'")
replace("auto is the service's own log, or standard error; or stderr, journald, or file:/var/log/pmpd.log"
    "auto is pmpd.log beside this file, or standard error; or stderr, eventlog, or file:PATH")
string(REPLACE "eth0" "Ethernet" text "${text}")
string(REPLACE "\n" "\r\n" text "${text}")
file(WRITE ${TO} "${text}")
