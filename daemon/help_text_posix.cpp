// SPDX-License-Identifier: MIT
#include "daemon/help_text.hpp"

namespace pmpd {

std::string_view help_text() {
    return R"(Usage: pmpd [OPTION]...
Opens ports in the gateway by PCP, NAT-PMP or UPnP and keeps them open.

  --config FILE        what to keep open (default: /etc/pmpd/pmpd.yaml)
  --check              print every error of the file, or "ok: N mappings"; exit
  --once               open the ports, print the table of leases, exit
  --state FILE         what a restart needs (default: /var/lib/pmpd/state.json,
                       for users ~/.local/state/pmpd/state.json)
  --control PATH       the socket for pmp (default: /run/pmpd/control.sock,
                       for users $XDG_RUNTIME_DIR/pmpd/control.sock)
  --log-level LEVEL    trace, debug, info, warn or error
  --log-format FORMAT  text or json
  --version, --help    print that and exit

SIGHUP reads the file again, SIGTERM and SIGINT close the ports and stop,
SIGUSR1 writes the table of leases to the log.
Exit status: 0 orderly, 1 failure, 2 usage, 78 configuration.

Example: "pmpd --config wg.yaml", where wg.yaml holds one line:
  mappings: [{name: wireguard, protocol: udp, internal: 51820}]
)";
}

} // namespace pmpd
