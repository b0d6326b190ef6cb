// SPDX-License-Identifier: MIT
#pragma once

#include "net/namespaces.hpp"

namespace pmp::test {

/// This host with two uplinks, and at the other end of each a namespace for its gateway: lan with
/// 192.0.2.10/24, where 192.0.2.1 and 192.0.2.2 are, and vpn with 10.2.0.2/32, where 10.2.0.1 is.
/// No route leads anywhere else. The thread is on the host.
class two_uplinks {
public:
    two_uplinks();

    network_namespace host;
    network_namespace lan_side;
    network_namespace vpn_side;

private:
    network_namespace::visit here_{host};
};

} // namespace pmp::test
