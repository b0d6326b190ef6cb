// SPDX-License-Identifier: MIT
#pragma once

#include "config/reader.hpp"
#include "config/sections.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pmp::config {

/// An item of the list of mappings, as far as it can be read: one mapping, or one a port of a
/// range. What is absent without a default was reported.
struct draft {
    draft(findings& found, place const& in_list)
        : item(&in_list), keys(found, in_list, mapping_keys) {}

    place const* item;
    fields keys;
    /// Also absent where the file does not name it.
    std::optional<std::string> name;
    /// Empty where it is not known.
    std::vector<transport> protocols;
    std::vector<address_family> families{address_family::ipv4};
    std::optional<port_range> internal;
    /// The first one; 0: any.
    std::optional<std::uint16_t> external;
    bool exact = false;
    /// Absent where nobody has chosen one.
    std::optional<std::chrono::seconds> lifetime;
    std::string gateway = "default";
    /// Unspecified: this machine.
    ip_address host;
    std::vector<remote_prefix> allow;
    bool allow_unfiltered = false;
    std::string description;

    bool is_range() const;
    /// The gateway chooses the internal port.
    bool is_any() const;
    /// TCP and UDP with one external port.
    bool is_pair() const { return protocols.size() > 1; }
    bool has(address_family) const;
    /// Of its mappings of that protocol and family, by internal port; empty where they cannot be
    /// told.
    std::vector<std::string> names(transport, address_family) const;
};

draft read_draft(findings&, place const& item, std::optional<std::chrono::seconds> lifetime);

/// Reports what does not go together.
void check_draft(draft const&, findings&, gateway_names const&, std::vector<gateway_settings> const&);

} // namespace pmp::config
