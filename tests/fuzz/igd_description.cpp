// SPDX-License-Identifier: MIT
#include "wire/igd_description.hpp"

#include "fuzz/entry.hpp"
#include "wire/text.hpp"

void pmp::fuzz::run(std::span<std::byte const> input) {
    static auto const location = wire::parse_http_url("http://192.168.1.1:5000/gw/root.xml");
    auto const d = wire::igd::decode_description(wire::text_of(input), *location);
    if (d.has_error()) {
        return;
    }
    for (auto const& s : d->services) {
        require(s.control.server.address == location->server.address, "control is on the gateway");
        require(s.control.target.front() == '/', "targets are absolute");
        require(
            !s.events || s.events->server.address == location->server.address,
            "events are on the gateway"
        );
    }
}
