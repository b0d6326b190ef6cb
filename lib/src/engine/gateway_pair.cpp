// SPDX-License-Identifier: MIT
#include "engine/gateway.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace pmp {

namespace {

using std::chrono::seconds;

/// How often the one follows the other to another port.
constexpr unsigned most_partings = 3;
/// How long until a pair is asked for again that found no port for both.
constexpr seconds pair_pause{300};

bool is_told(lease_machine const& machine) {
    return machine.state() == lease_state::held || machine.state() == lease_state::renewing;
}

} // namespace

/// The other one of the pair, where it is wished for.
gateway::tenants::iterator gateway::companion(tenants::iterator at) {
    auto key = at->first;
    key.protocol = key.protocol == transport::tcp ? transport::udp : transport::tcp;
    auto const other = at->second.machine.wish().paired ? tenants_.find(key) : tenants_.end();
    auto const wished =
        other != tenants_.end() && other->second.machine.wish().paired && desired_.count(key) != 0;
    return wished ? other : tenants_.end();
}

/// The external port that it has at the gateway, told or not.
std::optional<std::uint16_t> gateway::number_of(tenants::iterator at, time_point now) const {
    auto const& t = at->second;
    if (t.half && t.half_since + t.half->lifetime > now) {
        return t.half->assigned.port;
    }
    return is_told(t.machine) ? std::optional(t.machine.held()->assigned.port) : std::nullopt;
}

/// RFC 6886 3.3: the second is asked for with the port of the first, which is TCP's.
bool gateway::goes_second(tenants::iterator at, time_point now) {
    auto const& t = at->second;
    if (t.machine.state() != lease_state::requesting || at->first.protocol != transport::udp) {
        return false;
    }
    auto const first = companion(at);
    return first != tenants_.end() && !t.half && !number_of(first, now);
}

void gateway::suggest_number(tenants::iterator at, lease_request& request, time_point now) {
    auto const other = companion(at);
    auto const number = other != tenants_.end() ? number_of(other, now) : std::nullopt;
    if (number && request.lifetime > seconds(0)) {
        request.suggested.port = *number;
    }
}

effects gateway::take(tenants::iterator at, grant const& granted, time_point now) {
    auto& t = at->second;
    t.granted = granted.assigned;
    auto const other = companion(at);
    auto const& wish = t.machine.wish();
    auto const misses =
        wish.exact && wish.suggested.port != 0 && wish.suggested.port != granted.assigned.port;
    if (other == tenants_.end() || misses || t.machine.deleting()) {
        return t.machine.granted(granted, shared_.jitter, now);
    }
    auto const number = number_of(other, now);
    if (number ? *number == granted.assigned.port : is_told(t.machine)) {
        return join(at, other, granted, now);
    }
    if (t.machine.state() == lease_state::waiting) {
        // Late, and of no use; answered by a deletion, a gateway that repeats itself never ends.
        return {};
    }
    if (number) {
        return part(at, other, granted, now);
    }
    t.half = granted;
    t.half_since = now;
    t.machine.withhold(now + granted.lifetime / 2);
    return {};
}

/// Both are there: each is told.
effects
gateway::join(tenants::iterator at, tenants::iterator other, grant const& granted, time_point now) {
    auto& t = at->second;
    auto& o = other->second;
    t.half.reset();
    if (auto const half = std::exchange(o.half, {})) {
        auto out = take_half(other, *half, now);
        if (o.machine.state() == lease_state::held) {
            remember(o);
        }
        apply(other, std::move(out), now);
    }
    return t.machine.granted(granted, shared_.jitter, now);
}

/// It was granted a while ago, and for as long as the gateway said then.
effects gateway::take_half(tenants::iterator at, grant const& half, time_point now) {
    auto& t = at->second;
    if (t.half_since + half.lifetime <= now) {
        return {};
    }
    auto out = t.machine.granted(half, shared_.jitter, t.half_since);
    if (t.machine.due() <= now) {
        t.machine.postpone(now + renewal_spacing);
    }
    return out;
}

/// The two were given different ports: both are asked for with the later one, for a number of
/// times.
effects
gateway::part(tenants::iterator at, tenants::iterator other, grant const& granted, time_point now) {
    auto& t = at->second;
    auto& o = other->second;
    // A gateway that contradicts itself joins and parts them without end.
    auto const is_new = t.parted == time_point::min() || now - t.parted > pair_pause;
    auto const tries = is_new ? 1 : t.partings + 1;
    auto const over = tries > most_partings;
    t.partings = o.partings = over ? 0 : tries;
    t.parted = o.parted = now;
    t.half.reset();
    if (over) {
        return t.machine.turn_down(fault::no_common_port, pair_pause, now);
    }
    o.half.reset();
    // The two are deleted before either is asked for again: with the mapping of the one port and
    // protocol miniupnpd 2.3.1 deletes nftables' rule for the other protocol of that internal port,
    // whose bytes do not cross any more.
    parting_ = true;
    apply(other, o.machine.remake(fault::no_common_port, granted.assigned), now);
    parting_ = false;
    return t.machine.remake(fault::no_common_port, granted.assigned);
}

/// One was refused, or lost: the other is not wanted alone, and lost for the same reason.
void gateway::drop_companion(tenants::iterator at, lost_reason reason, time_point now) {
    auto const other = companion(at);
    at->second.half.reset();
    if (other == tenants_.end() || std::exchange(parting_, true)) {
        return;
    }
    auto const why = at->second.machine.stands();
    auto const pause = std::chrono::ceil<seconds>(why.retry_at.value_or(now) - now);
    auto& o = other->second;
    auto const is_there = is_told(o.machine) || o.half;
    o.half.reset();
    if (is_there) {
        auto out = o.machine.turn_down(why.error, pause, now);
        out.happened->reason = reason;
        apply(other, std::move(out), now);
    } else if (o.machine.state() == lease_state::requesting && why.retry_at) {
        apply(other, o.machine.refused(why.error, pause, now), now);
    }
    parting_ = false;
}

} // namespace pmp
