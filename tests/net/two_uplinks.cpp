// SPDX-License-Identifier: MIT
#include "net/two_uplinks.hpp"

namespace pmp::test {

two_uplinks::two_uplinks() {
    ip("link add lan type veth peer name wire netns " + lan_side.path());
    ip("link add vpn type veth peer name wire netns " + vpn_side.path());
    ip("address add 192.0.2.10/24 dev lan");
    ip("address add 10.2.0.2/32 dev vpn");
    ip("link set lan up");
    ip("link set vpn up");
    {
        network_namespace::visit const there{lan_side};
        ip("address add 192.0.2.1/24 dev wire");
        ip("address add 192.0.2.2/24 dev wire");
        ip("link set wire up");
    }
    {
        network_namespace::visit const there{vpn_side};
        ip("address add 10.2.0.1/24 dev wire");
        ip("link set wire up");
    }
    wait_until_up("lan");
    wait_until_up("vpn");
}

} // namespace pmp::test
