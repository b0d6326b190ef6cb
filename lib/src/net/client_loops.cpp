// SPDX-License-Identifier: MIT
#include "net/client_state.hpp"
#include "wire/ssdp.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace pmp {

namespace asio = boost::asio;

namespace {

/// Datagrams taken from one socket before the other loops have their turn.
constexpr int datagrams_at_once = 64;

error_code error_of(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (boost::system::system_error const& known) {
        return known.code();
    } catch (...) {
        return asio::error::no_memory;
    }
}

} // namespace

void client::state::spawn(asio::awaitable<void> loop) {
    ++loops_;
    asio::co_spawn(
        executor_,
        std::move(loop),
        [self = shared_from_this()](std::exception_ptr const& failure) {
            self->loop_ended(failure);
        }
    );
}

void client::state::loop_ended(std::exception_ptr const& failure) {
    --loops_;
    if (failure) {
        end(error_of(failure));
    } else if (phase_ == phase::ending) {
        end(outcome_);
    }
}

asio::awaitable<void> client::state::follow_clock(std::shared_ptr<state> self) {
    for (;;) {
        auto const error = co_await self->alarm_->wait();
        if (error) {
            co_return;
        }
        self->engine_.tick(boot_clock::now());
        self->pump();
    }
}

asio::awaitable<void> client::state::follow_network(std::shared_ptr<state> self) {
    for (;;) {
        self->refresh();
        auto const error = co_await self->monitor_->change();
        if (error) {
            co_return;
        }
    }
}

asio::awaitable<void> client::state::follow_retries(std::shared_ptr<state> self) {
    for (;;) {
        auto const error = co_await self->retry_->wait();
        if (error) {
            co_return;
        }
        self->refresh();
    }
}

asio::awaitable<void> client::state::hear(
    std::shared_ptr<state> self, link_key key, std::shared_ptr<net::datagram_socket> socket
) {
    for (;;) {
        auto const error = co_await socket->readable();
        if (error) {
            co_return;
        }
        self->take_refusal(*socket, key);
        self->take_arrivals(*socket, key);
    }
}

void client::state::take_refusal(net::datagram_socket const& socket, link_key const& key) {
    auto const link = links_.find(key);
    if (link != links_.end() && link->second.get() == &socket && link->second->take_refusal()) {
        engine_.unreachable(key.first, key.second, boot_clock::now());
        pump();
    }
}

/// As far as it is this socket's turn. A socket that has nothing but errors is of no more use: it
/// is closed, and another one opened soon.
void client::state::take_arrivals(net::datagram_socket& socket, link_key const& key) {
    auto const search = searches_.find(key);
    auto const searching = search != searches_.end() && search->second.get() == &socket;
    int errors = 0;
    for (int i = 0; i < datagrams_at_once && socket.is_open(); ++i) {
        auto const arrived = socket.receive(buffer_);
        if (arrived) {
            inbound_datagram const in{
                key.first,
                arrived->source,
                arrived->destination,
                arrived->interface_index,
                arrived->bytes};
            if (packet_handler_) {
                packet_handler_(net::received_packet(in));
            }
            auto const notified = arrived->destination.port == wire::ssdp::port;
            searching || notified ? engine_.advertised(in, boot_clock::now())
                                  : engine_.datagram(in, boot_clock::now());
            pump();
        } else if (arrived.error() == asio::error::would_block) {
            return;
        } else {
            ++errors;
        }
    }
    if (errors == datagrams_at_once) {
        socket.close();
        retry_->expires_at(boot_clock::now() + std::chrono::seconds{1});
    }
}

void client::state::drain() {
    while (auto intent = engine_.poll()) {
        std::visit(
            [this](auto&& what) { perform(std::forward<decltype(what)>(what)); }, std::move(*intent)
        );
    }
    if (!events_.empty()) {
        wake_reader();
    }
}

void client::state::pump() {
    drain();
    auto wake_at = engine_.wake_at();
    if (phase_ == phase::releasing) {
        if (release_has_ended()) {
            end(asio::error::operation_aborted);
            return;
        }
        wake_at =
            std::min({wake_at, hurries_at_, release_deadline_, count_again_at_, farewell_until_});
    } else if (phase_ == phase::running && move_) {
        wake_at = std::min(wake_at, watch_move(boot_clock::now()));
    }
    if (alarm_) {
        alarm_->expires_at(wake_at);
    }
}

template <class Outbound>
void client::state::show(Outbound const& out, net::datagram_socket const& by) const {
    if (packet_handler_) {
        packet_handler_(net::sent_packet(out.gateway, by.local(), out.destination, out.bytes));
    }
}

void client::state::perform(outbound_datagram const& datagram) {
    auto const link = links_.find({datagram.gateway, datagram.source});
    if (link != links_.end() && link->second->is_open()) {
        show(datagram, *link->second);
        auto const error = link->second->send(datagram.destination, datagram.bytes);
        tell(
            notice_kind::not_sent, datagram.gateway, error, family_of(datagram.destination.address)
        );
    }
}

void client::state::perform(outbound_search const& search) {
    if (auto const socket = search_from({search.gateway, search.source})) {
        show(search, *socket);
        // Lost searches are repeated; what else is wrong with the network, requests will tell.
        socket->send(search.destination, search.bytes);
    }
}

void client::state::perform(fetch what) {
    if (what.remember_first && memory_handler_) {
        memory_handler_(remembers());
    }
    auto const run = std::make_shared<net::http_exchange>(executor_);
    exchanges_.insert(run);
    spawn(exchange(shared_from_this(), run, std::move(what)));
}

asio::awaitable<void> client::state::exchange(
    std::shared_ptr<state> self, std::shared_ptr<net::http_exchange> run, fetch what
) {
    auto const link = self->links_.find({what.gateway, what.source});
    auto const& interface =
        link != self->links_.end() ? link->second->ends().interface : std::string();
    auto const asked = self->packet_handler_ ? net::request_packet(what) : packet();
    if (self->packet_handler_) {
        self->packet_handler_(asked);
    }
    auto const result = co_await net::http_exchange::run(run, std::move(what), interface);
    self->exchanges_.erase(run);
    if (self->phase_ == phase::running || self->phase_ == phase::releasing) {
        if (self->packet_handler_) {
            self->packet_handler_(net::response_packet(asked, result));
        }
        self->engine_.fetched(result, boot_clock::now());
        self->pump();
    }
}

void client::state::perform(event e) {
    if (e.kind == event_kind::released && unreleased_ > 0) {
        --unreleased_;
    }
    if (e.kind == event_kind::released && !e.error && e.lease) {
        // A one-shot may have begun what the run has ended.
        forget_granted(*e.lease);
    }
    events_.push(std::move(e));
}

} // namespace pmp
