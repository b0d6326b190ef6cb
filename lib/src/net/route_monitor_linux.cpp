// SPDX-License-Identifier: MIT
#include "net/boot_timer.hpp"
#include "net/route_monitor.hpp"
#include "net/rtnetlink_linux.hpp"
#include "net/unwritten_bytes.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/generic/raw_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <span>
#include <utility>

namespace pmp::net {

namespace asio = boost::asio;

namespace {

using netlink = asio::generic::raw_protocol;

/// A dump fills at most 32 KiB at a time; a message that does not fit would be cut.
constexpr std::size_t buffer_size = 65536;
/// A dump that a change has interrupted is read again, but not for ever: another notification
/// follows the change.
constexpr int dump_attempts = 5;
constexpr std::chrono::seconds dump_timeout{1};
constexpr std::chrono::milliseconds settling_step{250};
constexpr std::chrono::seconds deaf_interval{30};

constexpr unsigned mask(rtnetlink_groups group) {
    return 1U << (static_cast<unsigned>(group) - 1);
}

constexpr unsigned change_groups = mask(RTNLGRP_LINK) | mask(RTNLGRP_IPV4_IFADDR) |
                                   mask(RTNLGRP_IPV4_ROUTE) | mask(RTNLGRP_IPV4_RULE) |
                                   mask(RTNLGRP_IPV6_IFADDR) | mask(RTNLGRP_IPV6_ROUTE) |
                                   mask(RTNLGRP_IPV6_RULE);

error_code last_error() {
    return {errno, boost::system::system_category()};
}

error_code open(netlink::socket& socket, unsigned multicast_groups, int flags) {
    netlink const protocol{AF_NETLINK, NETLINK_ROUTE};
    auto const made = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);
    if (made < 0) {
        return last_error();
    }
    error_code error;
    socket.assign(protocol, made, error);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = multicast_groups;
    if (!error) {
        socket.bind(netlink::endpoint(&address, sizeof address, NETLINK_ROUTE), error);
    }
    return error;
}

/// The kernel's next datagram, in the buffer. Errors: `message_size` where it was cut.
result<std::span<std::byte const>> receive(netlink::socket& socket, std::span<std::byte> buffer) {
    for (;;) {
        sockaddr_nl sender{};
        iovec into{buffer.data(), buffer.size()};
        msghdr message{};
        message.msg_name = &sender;
        message.msg_namelen = sizeof sender;
        message.msg_iov = &into;
        message.msg_iovlen = 1;
        auto const size = ::recvmsg(socket.native_handle(), &message, 0);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            return last_error();
        }
        // Whoever may write to the socket of another process has a port of his own.
        if (sender.nl_pid != 0) {
            continue;
        }
        if ((message.msg_flags & MSG_TRUNC) != 0) {
            return asio::error::message_size;
        }
        return std::span<std::byte const>{buffer}.first(static_cast<std::size_t>(size));
    }
}

/// Reads one table after the other. A dump is answered inside of the system calls, so it does not
/// wait for anything.
class dump {
public:
    explicit dump(netlink::socket& socket, std::span<std::byte> buffer)
        : socket_(socket), buffer_(buffer) {}

    error_code append_to(route_snapshot& snapshot, std::uint16_t type, std::uint8_t family) {
        struct {
            nlmsghdr header;
            rtgenmsg body;
        } request{};
        request.header.nlmsg_len = sizeof request;
        request.header.nlmsg_type = type;
        request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
        request.header.nlmsg_seq = ++sequence_;
        request.body.rtgen_family = family;
        if (::send(socket_.native_handle(), &request, sizeof request, 0) < 0) {
            return last_error();
        }
        for (;;) {
            auto const datagram = receive(socket_, buffer_);
            if (!datagram) {
                return datagram.error();
            }
            auto const end = take(*datagram, snapshot);
            if (end) {
                return *end;
            }
        }
    }

    bool interrupted() const { return interrupted_; }

private:
    /// How the dump has ended, if it has.
    std::optional<error_code> take(std::span<std::byte const> datagram, route_snapshot& snapshot) {
        while (auto const message = rtnetlink::take_message(datagram)) {
            if (message->sequence != sequence_) {
                continue;
            }
            interrupted_ = interrupted_ || (message->flags & NLM_F_DUMP_INTR) != 0;
            if (message->type == NLMSG_DONE) {
                return error_code{};
            }
            if (message->type == NLMSG_ERROR) {
                return rtnetlink::error_of(*message);
            }
            rtnetlink::apply(*message, snapshot);
        }
        return std::nullopt;
    }

    netlink::socket& socket_;
    std::span<std::byte> buffer_;
    std::uint32_t sequence_ = 0;
    bool interrupted_ = false;
};

result<route_snapshot>
read_once(asio::any_io_executor const& executor, std::span<std::byte> buffer, bool& interrupted) {
    netlink::socket socket{executor};
    if (auto const error = open(socket, 0, 0)) {
        return error;
    }
    // Nothing in the kernel takes that long; but a lease must not wait for it for ever.
    timeval const timeout{dump_timeout.count(), 0};
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    route_snapshot snapshot;
    dump tables{socket, buffer};
    error_code error = tables.append_to(snapshot, RTM_GETLINK, AF_UNSPEC);
    if (!error) {
        error = tables.append_to(snapshot, RTM_GETADDR, AF_UNSPEC);
    }
    if (!error) {
        error = tables.append_to(snapshot, RTM_GETROUTE, AF_INET);
    }
    // Where the kernel has no IPv6, this is the error of a table that is not there.
    if (!error && tables.append_to(snapshot, RTM_GETROUTE, AF_INET6)) {
        std::erase_if(snapshot.default_routes, [](default_route const& route) {
            return route.gateway.is_v6();
        });
    }
    if (error) {
        return error;
    }
    interrupted = tables.interrupted();
    return snapshot;
}

result<route_snapshot>
read_tables(asio::any_io_executor const& executor, std::span<std::byte> buffer) {
    for (int attempt = 1;; ++attempt) {
        bool interrupted = false;
        auto snapshot = read_once(executor, buffer, interrupted);
        if (!snapshot || !interrupted || attempt == dump_attempts) {
            return snapshot;
        }
    }
}

} // namespace

result<route_snapshot> read_routes(asio::any_io_executor const& executor) {
    unwritten_bytes buffer(buffer_size);
    return read_tables(executor, buffer);
}

class route_monitor::state {
public:
    state(asio::any_io_executor const& executor, settling_times times)
        : executor_(executor)
        , socket_(executor)
        , timer_(executor)
        , times_(times)
        , buffer_(buffer_size) {
        deafness_ = open(socket_, change_groups, SOCK_NONBLOCK);
    }

    result<route_snapshot> read() {
        auto snapshot = read_tables(executor_, buffer_);
        known_ = snapshot ? *snapshot : route_snapshot{};
        return snapshot;
    }

    static asio::awaitable<error_code> change(std::shared_ptr<state> self) {
        if (self->deafness_) {
            self->timer_.expires_at(boot_clock::now() + deaf_interval);
            co_return co_await self->timer_.wait();
        }
        while (self->socket_.is_open() && !self->take_news()) {
            error_code error;
            co_await self->socket_.async_wait(
                netlink::socket::wait_read, asio::redirect_error(asio::use_awaitable, error)
            );
            if (error) {
                co_return error;
            }
        }
        co_return co_await settle(self);
    }

    error_code deafness() const { return deafness_; }

    void close() {
        error_code ignored;
        socket_.close(ignored);
        timer_.close();
    }

private:
    static asio::awaitable<error_code> settle(std::shared_ptr<state> self) {
        settling burst{self->times_, boot_clock::now()};
        for (auto now = boot_clock::now(); now < burst.settled_at(); now = boot_clock::now()) {
            // Looking again in steps bounds the wake-ups, however many changes there are.
            self->timer_.expires_at(std::min(now + settling_step, burst.settled_at()));
            auto const error = co_await self->timer_.wait();
            if (error) {
                co_return error;
            }
            if (self->take_news()) {
                burst.changed(boot_clock::now());
            }
        }
        co_return error_code{};
    }

    /// Takes all notifications that are there; true where one of them is news.
    bool take_news() {
        bool news = false;
        for (;;) {
            auto datagram = receive(socket_, buffer_);
            if (!datagram) {
                // ENOBUFS: some were lost, and may have been news.
                bool const lost = datagram.error() != asio::error::would_block;
                return news || lost;
            }
            while (auto const told = rtnetlink::take_message(*datagram)) {
                news = news || rtnetlink::is_news(*told, known_);
            }
        }
    }

    asio::any_io_executor executor_;
    netlink::socket socket_;
    boot_timer timer_;
    settling_times times_;
    unwritten_bytes buffer_;
    error_code deafness_;
    /// What the last `read()` found.
    route_snapshot known_;
};

route_monitor::route_monitor(asio::any_io_executor const& executor, settling_times times)
    : state_(std::make_shared<state>(executor, times)) {}

route_monitor::~route_monitor() {
    close();
}

result<route_snapshot> route_monitor::read() {
    return state_->read();
}

asio::awaitable<error_code> route_monitor::change() {
    return state::change(state_);
}

error_code route_monitor::deafness() const {
    return state_->deafness();
}

void route_monitor::close() {
    state_->close();
}

} // namespace pmp::net
