// SPDX-License-Identifier: MIT
#include "net/socket_options_linux.hpp"
#include "net/udp_link.hpp"

#include <pmp/network.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

namespace {

constexpr int on = 1;

/// An ICMP error, as IP_RECVERR hands it out.
struct icmp_error {
    sock_extended_err what;
    /// Whose error it is.
    ip_address sender;
};

ip_address address_of(udp::endpoint& from, void const* octets, std::size_t size) {
    std::memcpy(from.data(), octets, size);
    return from.address();
}

std::optional<icmp_error> read_icmp_error(cmsghdr* header) {
    bool const v4 = header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR;
    bool const v6 = header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR;
    udp::endpoint sender{v4 ? udp::v4() : udp::v6(), 0};
    icmp_error error{};
    if ((!v4 && !v6) || header->cmsg_len < CMSG_LEN(sizeof error.what + sender.size())) {
        return std::nullopt;
    }
    auto const* const data = CMSG_DATA(header);
    std::memcpy(&error.what, data, sizeof error.what);
    // The sender's sockaddr follows (SO_EE_OFFENDER).
    error.sender = address_of(sender, data + sizeof error.what, sender.size());
    return error;
}

/// The port is closed, or a filter of the gateway rejects: it will not answer there.
bool refuses(sock_extended_err const& error) {
    if (error.ee_origin == SO_EE_ORIGIN_ICMP) {
        return error.ee_type == ICMP_DEST_UNREACH &&
               (error.ee_code == ICMP_PORT_UNREACH || error.ee_code == ICMP_NET_ANO ||
                error.ee_code == ICMP_HOST_ANO || error.ee_code == ICMP_PKT_FILTERED);
    }
    return error.ee_origin == SO_EE_ORIGIN_ICMP6 && error.ee_type == ICMPV6_DEST_UNREACH &&
           (error.ee_code == ICMPV6_PORT_UNREACH || error.ee_code == ICMPV6_ADM_PROHIBITED);
}

} // namespace

result<std::shared_ptr<udp_link>>
udp_link::open(asio::any_io_executor const& executor, link_ends ends) {
    auto link = std::make_shared<udp_link>(executor);
    if (auto const error = link->bind_to_ends(std::move(ends))) {
        return error;
    }
    return link;
}

error_code udp_link::bind_to_ends(link_ends ends) {
    ends_ = std::move(ends);
    auto const family = ends_.gateway.is_v4() ? udp::v4() : udp::v6();
    error_code error = datagram_socket::open(family);
    if (!error && !ends_.interface.empty()) {
        error = bind_to_device(socket().native_handle(), ends_.interface);
        if (error == asio::error::no_permission) {
            interface_error_ = std::exchange(error, {});
        }
    }
    if (!error) {
        error = family == udp::v4()
                    ? set_option(socket().native_handle(), IPPROTO_IP, IP_RECVERR, on)
                    : set_option(socket().native_handle(), IPPROTO_IPV6, IPV6_RECVERR, on);
    }
    return error ? error : bind(ends_.internal, 0);
}

error_code udp_link::send(endpoint const& destination, std::span<std::byte const> bytes) {
    udp::endpoint const to{destination.address, destination.port};
    auto const buffer = asio::buffer(bytes.data(), bytes.size());
    error_code error;
    socket().send_to(buffer, to, 0, error);
    if (error && error != asio::error::would_block) {
        // The error may have been an earlier datagram's; then this one has not been tried yet.
        socket().send_to(buffer, to, 0, error);
    }
    return error;
}

bool udp_link::take_refusal() {
    bool refused = false;
    for (;;) {
        alignas(cmsghdr) std::array<std::byte, 512> control;
        msghdr message{};
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (::recvmsg(socket().native_handle(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
            return refused;
        }
        for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr;
             header = CMSG_NXTHDR(&message, header)) {
            auto const error = read_icmp_error(header);
            refused = refused || (error && error->sender == ends_.gateway && refuses(error->what));
        }
    }
}

} // namespace pmp::net
