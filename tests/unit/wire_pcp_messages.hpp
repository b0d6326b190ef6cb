// SPDX-License-Identifier: MIT
#pragma once

#include "unit/wire_octets.hpp"
#include "wire/pcp.hpp"

namespace pmp::test {

inline constexpr wire::pcp::nonce some_nonce = {
    std::byte{0x00},
    std::byte{0x11},
    std::byte{0x22},
    std::byte{0x33},
    std::byte{0x44},
    std::byte{0x55},
    std::byte{0x66},
    std::byte{0x77},
    std::byte{0x88},
    std::byte{0x99},
    std::byte{0xaa},
    std::byte{0xbb},
};

/// TCP 8080 of 192.168.1.10, suggested 8080 of any IPv4 address, for 7200 s.
inline wire::pcp::request map_request() {
    wire::pcp::map_body body;
    body.nonce = some_nonce;
    body.protocol = 6;
    body.internal_port = 8080;
    body.external = {address("0.0.0.0"), 8080};
    return {7200, address("192.168.1.10"), body, {}};
}

/// UDP 40000 of 192.168.1.10 to 198.51.100.20:3478, for 600 s.
inline wire::pcp::request peer_request() {
    wire::pcp::peer_body body;
    body.nonce = some_nonce;
    body.protocol = 17;
    body.internal_port = 40000;
    body.external = {address("0.0.0.0"), 0};
    body.remote = {address("198.51.100.20"), 3478};
    return {600, address("192.168.1.10"), body, {}};
}

inline wire::pcp::request announce_request() {
    return {0, address("192.168.1.10"), wire::pcp::announce_body{}, {}};
}

inline wire::pcp::request with(wire::pcp::request request, std::vector<wire::pcp::option> options) {
    request.options = std::move(options);
    return request;
}

/// What `map_request()` is on the wire.
inline wire::bytes const map_request_octets =
    hex("02"                               // version
        "01"                               // R = 0, MAP
        "0000"                             // reserved
        "00001c20"                         // lifetime 7200
        "00000000000000000000ffffc0a8010a" // client ::ffff:192.168.1.10
        "00112233445566778899aabb"         // nonce
        "06"                               // TCP
        "000000"                           // reserved
        "1f90"                             // internal port 8080
        "1f90"                             // suggested port 8080
        "00000000000000000000ffff00000000" // suggested address ::ffff:0.0.0.0
    );

inline wire::bytes const peer_request_octets =
    hex("02"                               // version
        "02"                               // R = 0, PEER
        "0000"                             // reserved
        "00000258"                         // lifetime 600
        "00000000000000000000ffffc0a8010a" // client ::ffff:192.168.1.10
        "00112233445566778899aabb"         // nonce
        "11"                               // UDP
        "000000"                           // reserved
        "9c40"                             // internal port 40000
        "0000"                             // suggested port: none
        "00000000000000000000ffff00000000" // suggested address ::ffff:0.0.0.0
        "0d96"                             // remote port 3478
        "0000"                             // reserved
        "00000000000000000000ffffc6336414" // remote address ::ffff:198.51.100.20
    );

inline wire::bytes const map_response_octets =
    hex("02"                               // version
        "81"                               // R = 1, MAP
        "00"                               // reserved
        "00"                               // SUCCESS
        "00000e10"                         // lifetime 3600
        "00015180"                         // epoch 86400
        "000000000000000000000000"         // reserved
        "00112233445566778899aabb"         // nonce
        "06"                               // TCP
        "000000"                           // reserved
        "1f90"                             // internal port 8080
        "1f91"                             // assigned port 8081
        "00000000000000000000ffffcb007107" // assigned address ::ffff:203.0.113.7
    );

inline wire::bytes const peer_response_octets =
    hex("02"                               // version
        "82"                               // R = 1, PEER
        "00"                               // reserved
        "00"                               // SUCCESS
        "0000012c"                         // lifetime 300
        "00015180"                         // epoch 86400
        "000000000000000000000000"         // reserved
        "00112233445566778899aabb"         // nonce
        "11"                               // UDP
        "000000"                           // reserved
        "9c40"                             // internal port 40000
        "ee48"                             // assigned port 61000
        "00000000000000000000ffffcb007107" // assigned address ::ffff:203.0.113.7
        "0d96"                             // remote port 3478
        "0000"                             // reserved
        "00000000000000000000ffffc6336414" // remote address ::ffff:198.51.100.20
    );

inline wire::bytes const announce_response_octets = hex("02"       // version
                                                        "80"       // R = 1, ANNOUNCE
                                                        "00"       // reserved
                                                        "00"       // SUCCESS
                                                        "00000000" // lifetime
                                                        "00015180" // epoch 86400
                                                        "000000000000000000000000" // reserved
);

} // namespace pmp::test
