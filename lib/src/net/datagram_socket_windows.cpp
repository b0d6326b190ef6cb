// SPDX-License-Identifier: MIT
#include "net/datagram_socket.hpp"
#include "net/socket_options_windows.hpp"

#include <boost/asio/error.hpp>

#include <mstcpip.h>
#include <mswsock.h>

#include <array>
#include <bit>
#include <cstring>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

namespace {

constexpr DWORD on = 1;
/// SIO_UDP_NETRESET, which mingw-w64 10 does not name.
constexpr DWORD report_unreachable_networks = _WSAIOW(IOC_VENDOR, 15);
using v4_octets = asio::ip::address_v4::bytes_type;
using v6_octets = asio::ip::address_v6::bytes_type;

result<LPFN_WSARECVMSG> find_receive_message(SOCKET socket) {
    GUID name = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG found = nullptr;
    DWORD size = 0;
    auto const failed = ::WSAIoctl(
        socket,
        SIO_GET_EXTENSION_FUNCTION_POINTER,
        &name,
        sizeof name,
        &found,
        sizeof found,
        &size,
        nullptr,
        nullptr
    );
    if (failed != 0) {
        return last_socket_error();
    }
    return found;
}

/// Otherwise the ICMP error of one peer would be reported by the next receive from any.
void ignore_icmp(SOCKET socket) {
    for (DWORD const report : {DWORD{SIO_UDP_CONNRESET}, report_unreachable_networks}) {
        BOOL off = FALSE;
        DWORD size = 0;
        ::WSAIoctl(socket, report, &off, sizeof off, nullptr, 0, &size, nullptr, nullptr);
    }
}

template <class T>
T payload_of(WSACMSGHDR* header) {
    T value;
    std::memcpy(&value, WSA_CMSG_DATA(header), sizeof value);
    return value;
}

/// Where the datagram was sent to, and by which interface it came.
void read_packet_info(WSACMSGHDR* header, arrival& arrived) {
    if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
        auto const info = payload_of<IN_PKTINFO>(header);
        arrived.interface_index = info.ipi_ifindex;
        arrived.destination.address = asio::ip::address_v4{std::bit_cast<v4_octets>(info.ipi_addr)};
    } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
        auto const info = payload_of<IN6_PKTINFO>(header);
        arrived.interface_index = info.ipi6_ifindex;
        arrived.destination.address =
            asio::ip::address_v6{std::bit_cast<v6_octets>(info.ipi6_addr)};
    }
}

} // namespace

error_code datagram_socket::open(udp family) {
    DWORD const flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
    auto const made =
        ::WSASocketW(family.family(), SOCK_DGRAM, family.protocol(), nullptr, 0, flags);
    if (made == INVALID_SOCKET) {
        return last_socket_error();
    }
    error_code error;
    socket_.assign(family, made, error);
    if (error) {
        ::closesocket(made);
        return error;
    }
    socket_.non_blocking(true, error);
    ignore_icmp(made);
    if (!error) {
        error = family == udp::v4() ? set_option(made, IPPROTO_IP, IP_PKTINFO, on)
                                    : set_option(made, IPPROTO_IPV6, IPV6_PKTINFO, on);
    }
    return error;
}

result<arrival> datagram_socket::receive(std::span<std::byte> buffer) {
    static auto const receive_message = find_receive_message(socket_.native_handle());
    if (!receive_message) {
        return receive_message.error();
    }
    udp::endpoint source;
    WSABUF into{static_cast<ULONG>(buffer.size()), reinterpret_cast<char*>(buffer.data())};
    alignas(WSACMSGHDR) std::array<char, 256> control;
    WSAMSG message{};
    message.name = source.data();
    message.namelen = static_cast<INT>(source.capacity());
    message.lpBuffers = &into;
    message.dwBufferCount = 1;
    message.Control = {static_cast<ULONG>(control.size()), control.data()};
    DWORD size = 0;
    if ((*receive_message)(socket_.native_handle(), &message, &size, nullptr, nullptr) != 0) {
        return last_socket_error();
    }
    source.resize(static_cast<std::size_t>(message.namelen));
    arrival arrived{{source.address(), source.port()}, local(), 0, {}};
    arrived.bytes = buffer.first(size);
    for (auto* header = WSA_CMSG_FIRSTHDR(&message); header != nullptr;
         header = WSA_CMSG_NXTHDR(&message, header)) {
        read_packet_info(header, arrived);
    }
    return arrived;
}

} // namespace pmp::net
