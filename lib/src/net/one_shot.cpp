// SPDX-License-Identifier: MIT
#include "net/one_shot.hpp"

#include "net/source_address.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace pmp::net {

namespace asio = boost::asio;

namespace {

/// More than RFC 6887 7 allows: what is cut is refused for its size all the same.
constexpr std::size_t buffer_size = 2048;
/// Datagrams taken before others have their turn.
constexpr int datagrams_at_once = 64;
/// A time that any timer can take.
constexpr std::chrono::hours longest_wait{1};

} // namespace

one_shot::one_shot(
    asio::any_io_executor const& executor,
    gateway_view gateway,
    std::shared_ptr<udp_link> link,
    std::shared_ptr<errand> what
)
    : gateway_(std::move(gateway))
    , link_(std::move(link))
    , errand_(std::move(what))
    , timer_(executor) {}

asio::awaitable<error_code> one_shot::perform(std::shared_ptr<one_shot> self, time_point deadline) {
    auto& timer = self->timer_;
    if (self->cancelled_) {
        co_return asio::error::operation_aborted;
    }
    self->errand_->begin(self->gateway_, boot_clock::now());
    asio::co_spawn(timer.get_executor(), hear(self), asio::detached);
    self->drain();
    while (!self->has_ended(deadline)) {
        auto const wait = std::min(self->errand_->wake_at(), deadline) - boot_clock::now();
        timer.expires_after(std::min<boot_clock::duration>(wait, longest_wait));
        error_code woken;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        if (!woken) {
            self->errand_->tick(boot_clock::now());
            self->drain();
        }
    }
    self->link_->close();
    co_return self->outcome_;
}

void one_shot::cancel() {
    cancelled_ = true;
    timer_.cancel();
}

std::string one_shot::interface() const {
    return gateway_.interface.empty() ? interface_name(heard_on_) : gateway_.interface;
}

asio::awaitable<void> one_shot::hear(std::shared_ptr<one_shot> self) {
    for (;;) {
        auto const error = co_await self->link_->readable();
        if (error) {
            co_return;
        }
        if (self->link_->take_refusal()) {
            self->errand_->unreachable(boot_clock::now());
            self->drain();
        }
        self->take_arrivals();
        self->timer_.cancel();
    }
}

/// A socket that has nothing but errors is of no more use.
void one_shot::take_arrivals() {
    std::array<std::byte, buffer_size> buffer; // NOLINT(*-member-init): receive() fills it
    int errors = 0;
    for (int i = 0; i < datagrams_at_once && !errand_->outcome(); ++i) {
        auto const arrived = link_->receive(buffer);
        if (arrived) {
            heard_on_ = arrived->interface_index;
            errand_->datagram(
                {gateway_.name,
                 arrived->source,
                 arrived->destination,
                 arrived->interface_index,
                 arrived->bytes},
                boot_clock::now()
            );
            drain();
        } else if (arrived.error() == asio::error::would_block) {
            return;
        } else {
            trouble_ = arrived.error();
            ++errors;
        }
    }
    if (errors == datagrams_at_once) {
        link_->close();
    }
}

void one_shot::drain() {
    while (auto const datagram = errand_->poll()) {
        if (auto const error = link_->send(datagram->destination, datagram->bytes)) {
            trouble_ = error;
        }
    }
}

bool one_shot::has_ended(time_point deadline) {
    if (auto const outcome = errand_->outcome()) {
        outcome_ = *outcome;
        return true;
    }
    if (cancelled_) {
        outcome_ = asio::error::operation_aborted;
    } else if (boot_clock::now() >= deadline) {
        outcome_ = heard_on_ == 0 && trouble_ ? trouble_ : fault::gateway_silent;
    } else {
        return false;
    }
    errand_->call_off(boot_clock::now());
    drain();
    return true;
}

} // namespace pmp::net
