// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/igd_work.hpp"
#include "wire/igd_actions.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace pmp {

/// What the gateway calls the pinholes of this host: good until it restarts, and then given to
/// others.
class pinhole_names {
public:
    std::optional<std::uint16_t> find(lease_request const&) const;
    /// Takes it from whichever had it before a restart.
    void put(lease_request const&, std::uint16_t name);
    void drop(lease_request const&);

private:
    using pinhole = std::pair<transport, endpoint>;

    std::map<pinhole, std::uint16_t> names_;
};

/// The gateway has no pinhole of that name, or it is another host's.
bool denies_pinhole(wire::soap::upnp_error const&);

/// A pinhole in the firewall, by WANIPv6FirewallControl.
class pinhole_transaction final : public igd_work {
public:
    pinhole_transaction(
        wire::igd::service const&, wire::igd::firewall_status&, pinhole_names&, lease_request
    );

    igd_step begin() override;
    igd_step hear(wire::soap::reply const&) override;
    lease_request ending() const override;

private:
    enum class stage : std::uint8_t { adding, updating, naming, deleting };

    igd_step add();
    igd_step learn_name();
    igd_step remove(std::uint16_t name);
    igd_step granted() const;
    igd_step let_in() const;
    igd_step refused(wire::soap::upnp_error const&);

    wire::igd::service const& service_;
    wire::igd::firewall_status& firewall_;
    pinhole_names& names_;
    std::chrono::seconds lease_;
    stage stage_ = stage::adding;
    /// It ends within a second, if it is there.
    bool shortened_ = false;
};

} // namespace pmp
