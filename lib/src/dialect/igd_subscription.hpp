// SPDX-License-Identifier: MIT
#pragma once

#include "wire/gena.hpp"

#include <pmp/clock.hpp>

#include <optional>
#include <string>
#include <vector>

namespace pmp {

/// What an event makes worth a look. It is never believed.
struct igd_hint {
    /// The connection: its state, its external address.
    bool connection = false;
    bool table = false;
};

/// The subscription to the events of the service that is used (UDA 4): when to ask for it, when to
/// renew it, and what belongs to it. A speed-up and no more: whatever fails costs a request now and
/// then.
class igd_subscription {
public:
    /// That service has been chosen, perhaps once more: after a restart it may have forgotten.
    /// Absent: it has no events.
    void follow(std::optional<wire::http_url> const& events, time_point now);
    /// Events can be sent there.
    void listening(wire::http_url callback, time_point now);
    /// Nobody is interested any more; a subscription is ended.
    void rest();
    void resume(time_point now);

    bool wants_listener() const { return events_ && !callback_ && !resting_; }
    /// When `next()` has something to ask.
    time_point due() const;
    /// The request that is due. Its answer is to be told before another one is asked for.
    std::optional<wire::http::request> next(time_point now);
    /// Of what `next()` asks.
    wire::http_url const& events() const { return *events_; }
    /// Absent: no answer came. Returns what events that came before the answer hint at.
    igd_hint answered(
        std::optional<wire::http::response> const&, ip_address const& external, time_point now
    );

    /// Ends a subscription without waiting for anything.
    std::optional<wire::http::request> farewell();

    /// The status to answer a NOTIFY with. `external`: what is known; what it repeats is no hint.
    unsigned hear(wire::http::request const&, ip_address const& external, igd_hint&);

private:
    enum class question : std::uint8_t { nothing, subscribe, renew, unsubscribe };

    void granted(wire::gena::subscription, time_point now);
    void refused(time_point now);
    wire::http::request end();
    igd_hint take(wire::gena::notification const&, ip_address const& external);
    bool tells_news(std::string& known, std::string const& value) const;

    std::optional<wire::http_url> events_;
    std::optional<wire::http_url> callback_;
    bool resting_ = false;
    question asked_ = question::nothing;
    /// Of the subscription; empty: there is none.
    std::string sid_;
    /// Of the subscription that is being ended, until that is answered.
    std::string ended_;
    time_point due_ = time_point::max();
    time_point ends_ = time_point::max();
    std::chrono::seconds pause_{};
    /// The last one heard.
    std::optional<std::uint32_t> sequence_;
    /// As they were last told: SystemUpdateID, PortMappingNumberOfEntries.
    std::string update_id_;
    std::string entries_;
    /// Those that came before the answer that tells their SID.
    std::vector<wire::gena::notification> early_;
};

} // namespace pmp
