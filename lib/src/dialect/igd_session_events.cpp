// SPDX-License-Identifier: MIT
#include "dialect/igd_fetched.hpp"
#include "dialect/igd_session.hpp"

#include <algorithm>

namespace pmp {

namespace http = wire::http;
using std::chrono::seconds;

namespace {

/// However many events there are, the gateway is asked no more often.
constexpr seconds look_pause{2};

} // namespace

void igd_session::listening(std::string const& callback_url, time_point now) {
    if (auto callback = wire::parse_http_url(callback_url)) {
        subscription_.listening(std::move(*callback), now);
        advance(now);
    }
}

void igd_session::rest(time_point now) {
    subscription_.rest();
    advance(now);
}

void igd_session::begin_subscription(time_point now) {
    if (auto const request = subscription_.next(now)) {
        begin_exchange(purpose::subscription, subscription_.events(), *request, now);
    }
}

void igd_session::take_subscription(fetch_result const& result, time_point now) {
    auto const response = result.error ? std::nullopt : std::optional(response_of(result));
    heed(subscription_.answered(response, reachable(), now), now);
}

unsigned igd_session::notified(inbound_notify const& in, time_point now) {
    http::request const request{"NOTIFY", "/", fields_of(in.fields), in.body};
    igd_hint hint;
    auto const status = subscription_.hear(request, reachable(), hint);
    heed(hint, now);
    advance(now);
    return status;
}

void igd_session::refresh(time_point now) {
    igd_hint hint;
    hint.connection = true;
    heed(hint, now);
    advance(now);
}

void igd_session::heed(igd_hint hint, time_point now) {
    if (!ready()) {
        return;
    }
    if (hint.connection) {
        status_due_ = std::min(status_due_, std::max(looks_from_, now));
        looks_from_ = std::max(looks_from_, status_due_ + look_pause);
    }
    if (hint.table && !transaction_ && own_changes_until_ <= now) {
        outbox_.emplace_back(igd_table_changed{});
    }
}

} // namespace pmp
