// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pmp::config {

/// What is wrong with a value and what to write instead.
struct complaint {
    complaint() = default;
    complaint(std::string_view subject, std::string_view predicate)
        : sentence(std::string(subject).append(" ").append(predicate)) {}

    std::string sentence;
};

template <class T>
using checked = boost::system::result<T, complaint>;

/// Both included, 1-65535; or both 0: any.
struct port_range {
    std::uint16_t first = 0;
    std::uint16_t last = 0;

    std::size_t size() const { return std::size_t{last} - first + 1; }
    friend bool operator==(port_range const&, port_range const&) = default;
};

inline constexpr std::chrono::seconds shortest_lifetime{10};
inline constexpr std::chrono::seconds longest_lifetime{7 * 86400};
inline constexpr std::chrono::seconds longest_release_timeout{300};
inline constexpr std::chrono::seconds shortest_verify{10};
inline constexpr std::chrono::seconds longest_verify{86400};
inline constexpr std::chrono::seconds longest_timeout{3600};
inline constexpr std::chrono::seconds shortest_hook_timeout{1};
inline constexpr std::chrono::seconds longest_hook_timeout{3600};
/// In bytes.
inline constexpr std::size_t longest_name = 64;
/// In bytes.
inline constexpr std::size_t longest_description = 200;
/// Of one mapping: what fits into a request of PCP.
inline constexpr std::size_t most_allowed = 32;

// Each reads the text of one scalar.

checked<bool> read_bool(std::string_view);
checked<std::chrono::seconds> read_lifetime(std::string_view);
checked<std::chrono::milliseconds> read_release_timeout(std::string_view);
/// 0: never.
checked<std::chrono::seconds> read_verify(std::string_view);
/// How long to wait for answers; at least a second.
checked<std::chrono::seconds> read_timeout(std::string_view);
checked<std::chrono::milliseconds> read_hook_timeout(std::string_view);
/// Of a mapping or a gateway.
checked<std::string> read_name(std::string_view);
checked<std::filesystem::path> read_path(std::string_view);

/// One, or both.
checked<std::vector<transport>> read_protocol(std::string_view);
checked<port_range> read_internal(std::string_view);
/// 0: any.
checked<std::uint16_t> read_external(std::string_view);
/// One, or both.
checked<std::vector<address_family>> read_address_family(std::string_view);
/// Of a machine on the LAN.
checked<ip_address> read_host(std::string_view);
checked<remote_prefix> read_remote_prefix(std::string_view);
checked<std::string> read_description(std::string_view);

/// `ADDRESS:PORT`, or a port of the loopback address.
checked<endpoint> read_metrics(std::string_view);

/// Nothing: to be found. Of an IPv6 address the zone (RFC 4007 11) is left out.
checked<std::optional<ip_address>> read_gateway_address(std::string_view);
/// The name of the interface behind an IPv6 address: `eth0` of `fe80::1%eth0`; empty: there is
/// none.
std::string zone_of(std::string_view address);
checked<std::string> read_description_url(std::string_view);
checked<std::optional<ip_address>> read_source(std::string_view);
/// As this system names its interfaces. Empty: to be found.
checked<std::string> read_interface(std::string_view);
/// A name that one may have here: `eth0`.
std::string_view example_interface();
checked<dialect_id> read_dialect(std::string_view);

checked<event_kind> read_hook_event(std::string_view);
/// A path, or a name that is looked for in PATH.
checked<std::string> read_program(std::string_view);
/// Reports placeholders that are not known.
checked<std::string> read_argument(std::string_view);

checked<log_level> read_log_level(std::string_view);
checked<log_format> read_log_format(std::string_view);
checked<log_target> read_log_target(std::string_view);

} // namespace pmp::config
