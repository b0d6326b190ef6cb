// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pmp::config {

enum class key_use : std::uint8_t { optional, required, not_supported };

/// A key that a map of the file may hold.
struct known_key {
    std::string_view name;
    key_use use = key_use::optional;
    /// What its value must be; of a key that is not supported: what pmpd lacks.
    std::string_view note;
};

inline constexpr std::array root_keys{
    known_key{"lifetime", key_use::optional, "a time such as 2h"},
    known_key{"release_on_exit", key_use::optional, "true or false"},
    known_key{"release_timeout", key_use::optional, "a time such as 2s"},
    known_key{"verify", key_use::optional, "a time such as 10m, or 0"},
    known_key{"gateways", key_use::optional, "a map such as {default: {address: auto}}"},
    known_key{"mappings", key_use::optional, "a list such as [{protocol: tcp, internal: 22}]"},
    known_key{"hooks", key_use::optional, "a list such as [{on: [lost], run: [/bin/true]}]"},
    known_key{"state", key_use::optional, "the path of a file"},
    known_key{"control", key_use::optional, "the path of a socket"},
    known_key{"metrics", key_use::optional, "an address and a port such as 127.0.0.1:9351"},
    known_key{"log", key_use::optional, "a map such as {level: info}"},
};

inline constexpr std::array gateway_keys{
    known_key{"address", key_use::optional, "auto or an address"},
    known_key{"interface", key_use::optional, "auto or the name of an interface"},
    known_key{"source", key_use::optional, "auto or an address of this machine"},
    known_key{"protocols", key_use::optional, "a list such as [pcp, nat-pmp, upnp]"},
    known_key{
        "description_url", key_use::optional, "a URL such as http://192.168.1.1:5000/root.xml"},
};

inline constexpr std::array mapping_keys{
    known_key{"name", key_use::optional, "a name such as ssh"},
    known_key{"protocol", key_use::required, "tcp, udp or both"},
    known_key{
        "internal", key_use::required, "a port such as 22, a range such as 27015-27020, or any"},
    known_key{"external", key_use::optional, "a port such as 2222, or any"},
    known_key{"exact", key_use::optional, "true or false"},
    known_key{"lifetime", key_use::optional, "a time such as 2h"},
    known_key{"gateway", key_use::optional, "the name of a gateway"},
    known_key{"host", key_use::optional, "an IPv4 address such as 192.168.1.20"},
    known_key{"address_family", key_use::optional, "ipv4, ipv6 or both"},
    known_key{"allow", key_use::optional, "a list such as [198.51.100.0/24]"},
    known_key{"allow_unfiltered", key_use::optional, "true or false"},
    known_key{"description", key_use::optional, "a text such as ssh to the NAS"},
};

inline constexpr std::array hook_keys{
    known_key{"on", key_use::required, "a list such as [acquired, changed, lost]"},
    known_key{"mappings", key_use::optional, "a list of names such as [ssh]"},
    known_key{
        "run", key_use::required, "a list such as [/usr/local/bin/on-port, '{external_port}']"},
    known_key{"timeout", key_use::optional, "a time such as 30s"},
};

inline constexpr std::array log_keys{
    known_key{"level", key_use::optional, "trace, debug, info, warn or error"},
    known_key{"format", key_use::optional, "text or json"},
    known_key{"target", key_use::optional, "auto, stderr or file:PATH"},
};

} // namespace pmp::config
