// SPDX-License-Identifier: MIT
#pragma once

#include "wire/http_message.hpp"
#include "wire/http_url.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// UPnP eventing (UDA 4).
namespace pmp::wire::gena {

inline constexpr std::chrono::seconds usual_timeout{1800};

/// `callback`: where this host hears; its address has to be this host's own towards the gateway
/// (CVE-2020-12695).
http::request
subscribe(http_url const& events, http_url const& callback, std::chrono::seconds = usual_timeout);
http::request
renew(http_url const& events, std::string_view sid, std::chrono::seconds = usual_timeout);
http::request unsubscribe(http_url const& events, std::string_view sid);

/// What a gateway granted.
struct subscription {
    std::string sid;
    std::chrono::seconds timeout = usual_timeout;

    friend bool operator==(subscription const&, subscription const&) = default;
};

http::response encode(subscription const&);
/// Errors: `fault::http_failed` for another status than 200 (412: the subscription is gone),
/// `fault::bad_value` without a SID.
result<subscription> decode_subscription(http::response const&);

/// A variable and its value.
struct property {
    std::string name;
    std::string value;

    friend bool operator==(property const&, property const&) = default;
};

struct notification {
    std::string sid;
    /// 0: the first, which tells all variables; 2^32-1 is followed by 1.
    std::uint32_t sequence = 0;
    std::vector<property> properties;

    friend bool operator==(notification const&, notification const&) = default;
};

/// Whether `next` follows without a gap.
bool follows(std::uint32_t last, std::uint32_t next);

http::request encode(notification const&, http_url const& callback);
/// Errors: `fault::bad_direction` for another method, `fault::bad_value` without NT, NTS, SID or a
/// readable property set.
result<notification> decode_notification(http::request const&);

/// The status to answer a NOTIFY with (UDA 4.2.1): 200, 400 or 412.
unsigned verdict(http::request const&, std::string_view known_sid);

} // namespace pmp::wire::gena
