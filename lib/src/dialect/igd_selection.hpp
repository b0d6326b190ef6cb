// SPDX-License-Identifier: MIT
#pragma once

#include "wire/igd_actions.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace pmp {

/// It maps ports; of IPv6: it opens pinholes.
bool serves(wire::igd::service const&, address_family);

/// A service that does that, and what it said of itself.
struct igd_candidate {
    wire::igd::service service;
    /// Absent where it could not be asked.
    std::optional<wire::igd::connection_status> status;
    std::optional<ip_address> external;
    std::optional<wire::igd::firewall_status> firewall;
    /// It has refused to say something: it is there, and may map ports all the same.
    bool refuses = false;
    bool is_default = false;
};

/// Whether anything of it answers.
bool is_alive(igd_candidate const&);

/// Finds out which service of a device is the one that is connected: DSL routers offer two, and
/// mappings made by the wrong one lead nowhere.
class igd_selection {
public:
    igd_selection(wire::igd::description const&, address_family);

    /// The next question; nothing once it is over.
    std::optional<wire::soap::call> next() const;
    /// Of what `next()` asks.
    wire::http_url const& control() const;
    /// Nothing: no answer came.
    void hear(std::optional<wire::soap::reply> const&);
    /// Null where there is no candidate.
    igd_candidate const* best() const;
    /// How many there are to choose from.
    std::size_t size() const { return candidates_.size(); }

private:
    std::size_t questions() const { return candidates_.size() * questions_each_; }

    std::size_t questions_each_;
    std::vector<igd_candidate> candidates_;
    std::optional<wire::igd::service> forwarding_;
    std::size_t asked_ = 0;
};

} // namespace pmp
