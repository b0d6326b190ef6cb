// SPDX-License-Identifier: MIT
#pragma once

#include "wire/bytes.hpp"

#include <pmp/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Simple Service Discovery Protocol, as the UPnP Device Architecture (UDA) 1.1 has it. Sections are
// of UDA 1.1.
namespace pmp::wire::ssdp {

inline constexpr std::uint16_t port = 1900;

/// 239.255.255.250:1900.
endpoint group_v4();
/// [ff02::c]:1900.
endpoint group_v6();
/// [ff05::c]:1900: of the site, where those of the link do not answer.
endpoint site_group_v6();

/// 1.3.2
struct search {
    /// Written as HOST.
    endpoint host = group_v4();
    /// ST: what is looked for.
    std::string target = "upnp:rootdevice";
    /// MX: over how many seconds devices spread their answers. None in a unicast search.
    std::optional<unsigned> spread = 2;

    friend bool operator==(search const&, search const&) = default;
};

bytes encode(search const&);
/// Errors: `fault::bad_direction` where it is no M-SEARCH, `fault::bad_value` where it is a wrong
/// one.
result<search> decode_search(std::span<std::byte const>);

enum class advertisement_kind : std::uint8_t { reply, alive, byebye, update };

/// 1.2 and 1.3.3: what a device says of itself, asked or not.
struct advertisement {
    advertisement_kind kind = advertisement_kind::reply;
    /// ST of a reply, NT of the others.
    std::string target;
    std::string usn;
    /// Empty in byebye.
    std::string location;
    std::string server;
    std::chrono::seconds max_age{1800};
    /// BOOTID.UPNP.ORG and CONFIGID.UPNP.ORG.
    std::optional<std::uint32_t> boot_id;
    std::optional<std::uint32_t> config_id;
    /// 01-NLS: what devices of UDA 1.0 have in place of BOOTID.
    std::string nls;

    friend bool operator==(advertisement const&, advertisement const&) = default;
};

bytes encode(advertisement const&);
/// A reply needs status 200 and LOCATION, ST and USN; a NOTIFY needs NT, NTS and USN, and LOCATION
/// where it is alive. Errors: `fault::bad_direction` for other messages, `fault::bad_value` where
/// something needed is missing, `fault::bad_length` beyond `longest_datagram`.
result<advertisement> decode_advertisement(std::span<std::byte const>);

inline constexpr std::size_t longest_datagram = 4096;

/// What tells one start of a device from the next. As many of them as it tells.
struct boot_signs {
    std::optional<std::uint32_t> boot_id;
    std::optional<std::uint32_t> config_id;
    std::string nls;
};

boot_signs signs_of(advertisement const&);

/// Names the device: USN up to `::`.
std::string_view device_of(advertisement const&);

} // namespace pmp::wire::ssdp
