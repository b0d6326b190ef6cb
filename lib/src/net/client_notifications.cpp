// SPDX-License-Identifier: MIT
#include "net/client_state.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace pmp {

namespace asio = boost::asio;

namespace {

/// How long the last words, which nobody needs to hear, may take.
constexpr std::chrono::milliseconds farewell_timeout{500};

} // namespace

void client::state::perform(listen_request const& wish) {
    spawn(hear_notifications(shared_from_this(), {wish.gateway, wish.source}));
}

asio::awaitable<void> client::state::hear_notifications(std::shared_ptr<state> self, link_key key) {
    // The engine is being drained, and may be told something after that.
    co_await asio::post(self->executor_, asio::use_awaitable);
    if (self->phase_ != phase::running) {
        co_return;
    }
    auto const known = self->notified_at_.find(key);
    auto const is_new = known == self->notified_at_.end();
    auto const listener = is_new ? self->open_listener(key) : known->second;
    if (!listener) {
        co_return;
    }
    self->engine_.listening(key.first, listener->callback_url(), boot_clock::now());
    self->pump();
    if (is_new) {
        co_await net::event_listener::serve(listener);
    }
}

/// Null where it cannot be had: events are a speed-up and no more.
std::shared_ptr<net::event_listener> client::state::open_listener(link_key const& key) {
    auto const link = links_.find(key);
    if (link == links_.end()) {
        return nullptr;
    }
    auto hear = [weak = weak_from_this(), gateway = key.first](inbound_notify in) {
        constexpr unsigned gone = 412;
        auto const self = weak.lock();
        return self ? self->take_notification(gateway, std::move(in)) : gone;
    };
    auto opened = net::event_listener::open(executor_, link->second->ends(), std::move(hear));
    if (!opened) {
        return nullptr;
    }
    notified_at_.emplace(key, *opened);
    return *opened;
}

unsigned client::state::take_notification(std::string const& gateway, inbound_notify in) {
    in.gateway = gateway;
    if (packet_handler_) {
        packet_handler_(net::notification_packet(in));
    }
    auto const status = engine_.notified(in, boot_clock::now());
    pump();
    return status;
}

void client::state::close_listener(link_key const& key) {
    if (auto const known = notified_at_.find(key); known != notified_at_.end()) {
        known->second->close();
        notified_at_.erase(known);
    }
}

/// All is released; subscriptions are being ended.
bool client::state::farewell_is_said(time_point now) {
    farewell_until_ = std::min(farewell_until_, now + farewell_timeout);
    return exchanges_.empty() || farewell_until_ <= now;
}

} // namespace pmp
