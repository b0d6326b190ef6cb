# SPDX-License-Identifier: MIT

# cmake -DFROM=config/pmpd.yaml -DTO=FILE -P: the file as it is shipped for Windows.
file(READ ${FROM} text)

# replace(WHAT BY): fails where the file does not say it any more.
function(replace what by)
    string(FIND "${text}" "${what}" found)
    if(found EQUAL -1)
        message(FATAL_ERROR "${FROM} does not say \"${what}\"")
    endif()
    string(REPLACE "${what}" "${by}" replaced "${text}")
    set(text "${replaced}" PARENT_SCOPE)
endfunction()

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
    "auto is pmpd.log beside this file, or standard error; or stderr, or file:PATH")
string(REPLACE "eth0" "Ethernet" text "${text}")
string(REPLACE "\n" "\r\n" text "${text}")
file(WRITE ${TO} "${text}")
