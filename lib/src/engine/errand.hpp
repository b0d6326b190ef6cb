// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/clock.hpp>
#include <pmp/error.hpp>
#include <pmp/network.hpp>

#include <optional>

namespace pmp {

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
    /// ICMP: the gateway's port is closed.
    virtual void unreachable(time_point now) = 0;
    virtual void tick(time_point now) = 0;
    /// It ends without an outcome: what the gateway may have granted is to be deleted.
    virtual void call_off(time_point now) = 0;

    virtual std::optional<outbound_datagram> poll() = 0;
    /// `time_point::max()` where there is nothing to wait for.
    virtual time_point wake_at() const = 0;
    /// Present once it has ended.
    virtual std::optional<error_code> outcome() const = 0;
};

} // namespace pmp
