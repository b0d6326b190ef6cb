// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/clock.hpp>
#include <pmp/error.hpp>
#include <pmp/network.hpp>

#include <chrono>
#include <optional>
#include <variant>

namespace pmp {

/// What an errand wants to be performed.
using errand_output = std::variant<outbound_datagram, outbound_search, fetch>;

/// How long what has been said waits for something better: where all services that were found by
/// UPnP refuse to speak, for another device or a late datagram.
inline constexpr std::chrono::seconds rest_of_answers{1};
/// Where what was found by UPnP cannot be read, for datagrams: PCP sends a second after three
/// seconds.
inline constexpr std::chrono::seconds rest_of_datagrams{4};

/// What is wrong with a device that answers by UPnP, of which nothing more is to be expected.
inline bool ends_igd(error_code error) {
    return error.category() == upnp_category() || error == fault::bad_description ||
           error == fault::foreign_address || error == fault::http_failed;
}

/// One thing that is wanted of one gateway, once. Pure, and driven like the engine: after each
/// stimulus `poll()` until it is empty, then look at `outcome()`.
class errand {
public:
    errand() = default;
    errand(errand const&) = delete;
    errand& operator=(errand const&) = delete;
    virtual ~errand() = default;

    virtual void begin(gateway_view const&, time_point now) = 0;
    virtual void datagram(inbound_datagram const&, time_point now) = 0;
    /// What came to the search socket.
    virtual void advertised(inbound_datagram const&, time_point now) = 0;
    virtual void fetched(fetch_result const&, time_point now) = 0;
    /// ICMP: the gateway's port is closed.
    virtual void unreachable(time_point now) = 0;
    virtual void tick(time_point now) = 0;
    /// It ends without an outcome: what the gateway may have granted is to be deleted.
    virtual void call_off(time_point now) = 0;
    /// Called off, it still has to tell the gateway so, in a conversation.
    virtual bool lingers() const { return false; }
    /// Nor is there time left for that: what has to be told is told without hearing answers.
    virtual void hurry(time_point /*now*/) {}

    virtual std::optional<errand_output> poll() = 0;
    /// `time_point::max()` where there is nothing to wait for.
    virtual time_point wake_at() const = 0;
    /// Present once it has ended.
    virtual std::optional<error_code> outcome() const = 0;
};

} // namespace pmp
