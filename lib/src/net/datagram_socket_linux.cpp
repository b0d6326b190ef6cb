// SPDX-License-Identifier: MIT
#include "net/datagram_socket.hpp"
#include "net/socket_options_linux.hpp"

#include <boost/asio/error.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <bit>
#include <cstring>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

namespace {

constexpr int on = 1;
using v4_octets = asio::ip::address_v4::bytes_type;
using v6_octets = asio::ip::address_v6::bytes_type;

template <class T>
T payload_of(cmsghdr* header) {
    T value;
    std::memcpy(&value, CMSG_DATA(header), sizeof value);
    return value;
}

/// IP_PKTINFO and IPV6_PKTINFO: where the datagram was sent to, and by which interface it came.
void read_packet_info(cmsghdr* header, arrival& arrived) {
    if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
        auto const info = payload_of<in_pktinfo>(header);
        arrived.interface_index = static_cast<unsigned>(info.ipi_ifindex);
        arrived.destination.address = asio::ip::address_v4{std::bit_cast<v4_octets>(info.ipi_addr)};
    } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
        auto const info = payload_of<in6_pktinfo>(header);
        arrived.interface_index = info.ipi6_ifindex;
        arrived.destination.address =
            asio::ip::address_v6{std::bit_cast<v6_octets>(info.ipi6_addr)};
    }
}

} // namespace

error_code datagram_socket::open(udp family) {
    auto const made = ::socket(family.family(), SOCK_DGRAM | SOCK_CLOEXEC, family.protocol());
    if (made < 0) {
        return last_error();
    }
    error_code error;
    socket_.assign(family, made, error);
    if (!error) {
        socket_.non_blocking(true, error);
    }
    if (!error) {
        error = family == udp::v4() ? set_option(made, IPPROTO_IP, IP_PKTINFO, on)
                                    : set_option(made, IPPROTO_IPV6, IPV6_RECVPKTINFO, on);
    }
    return error;
}

result<arrival> datagram_socket::receive(std::span<std::byte> buffer) {
    udp::endpoint source;
    iovec into{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<std::byte, 256> control;
    msghdr message{};
    message.msg_name = source.data();
    message.msg_namelen = static_cast<socklen_t>(source.capacity());
    message.msg_iov = &into;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto const size = ::recvmsg(socket_.native_handle(), &message, MSG_DONTWAIT);
    if (size < 0) {
        return last_error();
    }
    source.resize(message.msg_namelen);
    arrival arrived{{source.address(), source.port()}, local(), 0, {}};
    arrived.bytes = buffer.first(static_cast<std::size_t>(size));
    for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        read_packet_info(header, arrived);
    }
    return arrived;
}

} // namespace pmp::net
