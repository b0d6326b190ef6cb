// SPDX-License-Identifier: MIT
#include "daemon/help_text.hpp"

namespace pmpd {

std::string_view help_text() {
    return R"(Usage: pmpd [OPTION]...
       pmpd service install|uninstall|start|stop|reload|status
Opens ports in the gateway by PCP, NAT-PMP or UPnP and keeps them open.

  --config FILE        what to keep open
                       (default: %ProgramData%\pmpd\pmpd.yaml)
  --check              print every error of the file, or "ok: N mappings"; exit
  --once               open the ports, print the table of leases, exit
  --state FILE         what a restart needs (default: state.json beside that,
                       for users %LOCALAPPDATA%\pmpd\state.json)
  --control PATH       the named pipe for pmp (default: \\.\pipe\pmpd)
  --log-level LEVEL    trace, debug, info, warn or error
  --log-format FORMAT  text or json
  --version, --help    print that and exit

"pmp reload" reads the file again, Ctrl-C and Ctrl-Break close the ports.
Exit status: 0 orderly, 1 failure, 2 usage, 78 configuration.

Example: "pmpd --config wg.yaml", where wg.yaml holds one line:
  mappings: [{name: wireguard, protocol: udp, internal: 51820}]
)";
}

} // namespace pmpd
