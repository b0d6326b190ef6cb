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

/// More than RFC 6887 7 allows, and than SSDP is heard with: what is cut is refused for its size
/// all the same.
constexpr std::size_t buffer_size = 4608;
/// Datagrams taken before others have their turn.
constexpr int datagrams_at_once = 64;
/// A time that any timer can take.
constexpr std::chrono::hours longest_wait{1};
/// How long a conversation may go on that ends what was begun.
constexpr std::chrono::milliseconds parting_time{1000};
/// Then: how long what has not been told has to be told, whatever the answer.
constexpr std::chrono::milliseconds hurry_time{500};

} // namespace

one_shot::one_shot(
    asio::any_io_executor const& executor,
    gateway_view gateway,
    search_range range,
    std::shared_ptr<udp_link> link,
    std::shared_ptr<errand> what
)
    : gateway_(std::move(gateway))
    , range_(range)
    , link_(std::move(link))
    , errand_(std::move(what))
    , timer_(executor) {}

asio::awaitable<error_code> one_shot::perform(std::shared_ptr<one_shot> self, time_point deadline) {
    if (self->cancelled_) {
        co_return asio::error::operation_aborted;
    }
    self->errand_->begin(self->gateway_, boot_clock::now());
    asio::co_spawn(self->timer_.get_executor(), hear(self, self->link_), asio::detached);
    self->drain();
    while (!self->has_ended(deadline)) {
        co_await wait(self, deadline);
    }
    co_await part(self);
    self->close();
    co_return self->outcome_;
}

/// Until something happens, or that time.
asio::awaitable<bool> one_shot::wait(std::shared_ptr<one_shot> self, time_point until) {
    auto const rest = std::min(self->errand_->wake_at(), until) - boot_clock::now();
    self->timer_.expires_after(std::min<boot_clock::duration>(rest, longest_wait));
    error_code woken;
    co_await self->timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!woken) {
        self->errand_->tick(boot_clock::now());
        self->drain();
    }
    co_return boot_clock::now() < until;
}

/// Ends in words what a conversation has begun.
asio::awaitable<void> one_shot::part(std::shared_ptr<one_shot> self) {
    if (!self->errand_->lingers()) {
        co_return;
    }
    auto end = boot_clock::now() + parting_time;
    bool has_time = true;
    while (has_time && self->errand_->lingers() && !self->hurried_) {
        has_time = co_await wait(self, end);
    }
    if (!self->errand_->lingers()) {
        co_return;
    }
    self->errand_->hurry(boot_clock::now());
    self->drain();
    end = boot_clock::now() + hurry_time;
    has_time = true;
    while (has_time && !self->exchanges_.empty() && !self->hurried_) {
        has_time = co_await wait(self, end);
    }
}

void one_shot::close() {
    closed_ = true;
    leaves_link_ && !outcome_ ? link_->rest() : link_->close();
    if (search_) {
        search_->close();
    }
    for (auto const& run : exchanges_) {
        run->close();
    }
}

void one_shot::cancel() {
    hurried_ = cancelled_;
    cancelled_ = true;
    timer_.cancel();
}

std::string one_shot::interface() const {
    return gateway_.interface.empty() ? interface_name(heard_on_) : gateway_.interface;
}

asio::awaitable<void>
one_shot::hear(std::shared_ptr<one_shot> self, std::shared_ptr<datagram_socket> socket) {
    for (;;) {
        auto const error = co_await socket->readable();
        if (error || self->closed_) {
            co_return;
        }
        if (socket == self->link_ && self->link_->take_refusal()) {
            self->errand_->unreachable(boot_clock::now());
            self->drain();
        }
        self->take_arrivals(*socket);
        self->timer_.cancel();
    }
}

asio::awaitable<void>
one_shot::exchange(std::shared_ptr<one_shot> self, std::shared_ptr<http_exchange> run, fetch what) {
    auto const& only = self->link_->ends().interface;
    auto const asked = self->packet_handler_ ? request_packet(what) : packet();
    if (self->packet_handler_) {
        self->packet_handler_(asked);
    }
    auto const result = co_await http_exchange::run(run, std::move(what), only);
    self->exchanges_.erase(run);
    if (self->packet_handler_ && !self->closed_) {
        self->packet_handler_(response_packet(asked, result));
    }
    if (!self->closed_) {
        self->errand_->fetched(result, boot_clock::now());
        self->drain();
        self->timer_.cancel();
    }
}

/// A socket that has nothing but errors is of no more use.
void one_shot::take_arrivals(datagram_socket& socket) {
    std::array<std::byte, buffer_size> buffer; // NOLINT(*-member-init): receive() fills it
    int errors = 0;
    for (int i = 0; i < datagrams_at_once && !errand_->outcome(); ++i) {
        auto const arrived = socket.receive(buffer);
        if (arrived) {
            inbound_datagram const in{
                gateway_.name,
                arrived->source,
                arrived->destination,
                arrived->interface_index,
                arrived->bytes};
            if (packet_handler_) {
                packet_handler_(received_packet(in));
            }
            heard_on_ = in.source.address == gateway_.address ? in.interface_index : heard_on_;
            if (&socket == search_.get()) {
                errand_->advertised(in, boot_clock::now());
            } else {
                errand_->datagram(in, boot_clock::now());
            }
            drain();
        } else if (arrived.error() == asio::error::would_block) {
            return;
        } else {
            trouble_ = &socket == search_.get() ? trouble_ : arrived.error();
            ++errors;
        }
    }
    if (errors == datagrams_at_once) {
        socket.close();
    }
}

void one_shot::drain() {
    while (auto next = errand_->poll()) {
        std::visit(
            [this](auto&& what) { this->perform(std::forward<decltype(what)>(what)); },
            *std::move(next)
        );
    }
}

template <class Outbound>
void one_shot::show(Outbound const& out, datagram_socket const& by) const {
    if (packet_handler_) {
        packet_handler_(sent_packet(gateway_.name, by.local(), out.destination, out.bytes));
    }
}

void one_shot::perform(outbound_datagram const& datagram) {
    show(datagram, *link_);
    if (auto const error = link_->send(datagram.destination, datagram.bytes)) {
        trouble_ = error;
    }
}

void one_shot::perform(outbound_search const& search) {
    if (range_ == search_range::gateway && search.destination.address.is_multicast()) {
        return;
    }
    if (!search_) {
        auto opened = search_socket::open(timer_.get_executor(), link_->ends());
        if (!opened) {
            return;
        }
        search_ = std::move(*opened);
        asio::co_spawn(timer_.get_executor(), hear(shared_from_this(), search_), asio::detached);
    }
    show(search, *search_);
    // What is lost is repeated; what is wrong with the network the requests tell.
    search_->send(search.destination, search.bytes);
}

void one_shot::perform(fetch what) {
    auto const run = std::make_shared<http_exchange>(timer_.get_executor());
    exchanges_.insert(run);
    asio::co_spawn(
        timer_.get_executor(), exchange(shared_from_this(), run, std::move(what)), asio::detached
    );
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
    if (outcome_ == fault::gateway_silent) {
        outcome_ = errand_->outcome().value_or(outcome_);
    }
    drain();
    return true;
}

} // namespace pmp::net
