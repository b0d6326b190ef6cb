# SPDX-License-Identifier: MIT

# replace(WHAT BY): fails where the file does not say it any more.
function(replace what by)
    string(FIND "${text}" "${what}" found)
    if(found EQUAL -1)
        message(FATAL_ERROR "${FROM} does not say \"${what}\"")
    endif()
    string(REPLACE "${what}" "${by}" replaced "${text}")
    set(text "${replaced}" PARENT_SCOPE)
endfunction()
