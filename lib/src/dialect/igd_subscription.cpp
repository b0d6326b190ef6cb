// SPDX-License-Identifier: MIT
#include "dialect/igd_subscription.hpp"

#include "wire/igd_actions.hpp"
#include "wire/text.hpp"

#include <pmp/parse_address.hpp>

#include <algorithm>
#include <utility>

namespace pmp {

namespace gena = wire::gena;
namespace http = wire::http;
using std::chrono::seconds;

namespace {

constexpr auto never = time_point::max();
/// Mappings come first.
constexpr seconds patience{1};
constexpr seconds first_refusal_pause{600};
constexpr seconds longest_refusal_pause{14400};
/// However short a time it is granted for.
constexpr seconds shortest_renewal{60};
constexpr seconds longest_timeout{86400};
constexpr std::size_t most_early = 4;
constexpr std::size_t longest_sid = 256;
constexpr unsigned precondition_failed = 412;

} // namespace

void igd_subscription::follow(std::optional<wire::http_url> const& events, time_point now) {
    if (events_ != events) {
        events_ = events;
        sid_.clear();
        pause_ = {};
        asked_ = question::nothing;
    }
    // Renewed at once: 412 tells that it has been forgotten.
    due_ = sid_.empty() && pause_ > seconds(0) ? due_ : now + patience;
}

void igd_subscription::listening(wire::http_url callback, time_point now) {
    if (callback_ != callback) {
        callback_ = std::move(callback);
        sid_.clear();
        due_ = now + patience;
    }
}

void igd_subscription::rest() {
    resting_ = true;
}

void igd_subscription::resume(time_point now) {
    if (std::exchange(resting_, false) && sid_.empty() && pause_ == seconds(0)) {
        due_ = now + patience;
    }
}

time_point igd_subscription::due() const {
    if (!events_ || !callback_ || asked_ != question::nothing) {
        return never;
    }
    if (resting_) {
        return sid_.empty() ? never : time_point::min();
    }
    return due_;
}

std::optional<http::request> igd_subscription::next(time_point now) {
    if (due() > now) {
        return {};
    }
    if (resting_) {
        asked_ = question::unsubscribe;
        return end();
    }
    if (!sid_.empty() && now < ends_) {
        asked_ = question::renew;
        return gena::renew(*events_, sid_);
    }
    sid_.clear();
    asked_ = question::subscribe;
    early_.clear();
    return gena::subscribe(*events_, *callback_);
}

igd_hint igd_subscription::answered(
    std::optional<http::response> const& response, ip_address const& external, time_point now
) {
    auto const was = std::exchange(asked_, question::nothing);
    if (was == question::unsubscribe) {
        ended_.clear();
    }
    if (was != question::subscribe && was != question::renew) {
        return {};
    }
    auto subscription = response ? gena::decode_subscription(*response)
                                 : result<gena::subscription>(fault::no_http);
    if (subscription && subscription->sid.size() <= longest_sid) {
        granted(std::move(*subscription), now);
    } else if (was == question::renew && response && response->status == precondition_failed) {
        // It has been forgotten: what has happened since nobody knows.
        sid_.clear();
        due_ = now;
        return {true, true};
    } else {
        refused(now);
    }
    igd_hint out;
    for (auto const& n : std::exchange(early_, {})) {
        if (n.sid == sid_) {
            auto const hint = take(n, external);
            out.connection = out.connection || hint.connection;
            out.table = out.table || hint.table;
        }
    }
    return out;
}

void igd_subscription::granted(gena::subscription s, time_point now) {
    if (sid_ != s.sid) {
        sid_ = std::move(s.sid);
        sequence_.reset();
        update_id_.clear();
        entries_.clear();
    }
    pause_ = {};
    auto const timeout = std::min(s.timeout, longest_timeout);
    ends_ = now + timeout;
    due_ = now + std::max<seconds>(timeout / 2, shortest_renewal);
}

/// A subscription that could not be renewed lasts as long as it was granted for.
void igd_subscription::refused(time_point now) {
    if (!sid_.empty() && ends_ - now > shortest_renewal) {
        due_ = now + (ends_ - now) / 2;
        return;
    }
    sid_.clear();
    pause_ = std::clamp(pause_ * 2, first_refusal_pause, longest_refusal_pause);
    due_ = now + pause_;
}

std::optional<http::request> igd_subscription::farewell() {
    return sid_.empty() ? std::nullopt : std::optional(end());
}

http::request igd_subscription::end() {
    ended_ = std::exchange(sid_, {});
    return gena::unsubscribe(*events_, ended_);
}

unsigned
igd_subscription::hear(http::request const& request, ip_address const& external, igd_hint& hint) {
    auto const said = gena::decode_notification(request);
    if (said && asked_ == question::subscribe && said->sid != sid_) {
        // Some send the first event before they have told its SID.
        if (early_.size() < most_early) {
            early_.push_back(*said);
        }
        return 200;
    }
    if (said && !ended_.empty() && said->sid == ended_) {
        // It has crossed UNSUBSCRIBE. Whom it is refused drops the subscription, and answers
        // UNSUBSCRIBE with an error.
        return 200;
    }
    auto const status = gena::verdict(request, sid_);
    if (status == 200 && said) {
        hint = take(*said, external);
    }
    return status;
}

igd_hint igd_subscription::take(gena::notification const& said, ip_address const& external) {
    auto const gap = sequence_ && !gena::follows(*sequence_, said.sequence);
    igd_hint out{gap, gap};
    sequence_ = said.sequence;
    for (auto const& [name, value] : said.properties) {
        if (wire::same_word(name, "ExternalIPAddress")) {
            auto const told = parse_address(wire::trimmed(value));
            out.connection = out.connection || told.value_or(ip_address()) != external;
        } else if (wire::same_word(name, "ConnectionStatus")) {
            auto const connected = wire::igd::is_connected({value, {}});
            out.connection = out.connection || connected == external.is_unspecified();
        } else if (wire::same_word(name, "SystemUpdateID")) {
            out.table = tells_news(update_id_, value) || out.table;
        } else if (wire::same_word(name, "PortMappingNumberOfEntries")) {
            out.table = tells_news(entries_, value) || out.table;
        }
    }
    return out;
}

/// The first value is the one that others are measured by.
bool igd_subscription::tells_news(std::string& known, std::string const& value) const {
    auto const before = std::exchange(known, value.substr(0, longest_sid));
    return !before.empty() && before != known;
}

} // namespace pmp
