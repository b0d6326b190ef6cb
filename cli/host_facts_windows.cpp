// SPDX-License-Identifier: MIT
#include "cli/host_facts.hpp"
#include "daemon/utf16_windows.hpp"

#include <pmp/network.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/multicast.hpp>
#include <boost/asio/ip/udp.hpp>

#include <iphlpapi.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>

// A word of COM to these headers.
#undef interface

namespace pmp::cli {

namespace {

namespace ip = boost::asio::ip;

constexpr ULONG adapters_size = 64 * 1024;
constexpr ip::address_v4::uint_type all_hosts = 0xe0000001;

std::optional<ip_address> address_of(SOCKET_ADDRESS const& from) {
    if (from.lpSockaddr->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, from.lpSockaddr, sizeof v4);
        return ip::address_v4(std::bit_cast<ip::address_v4::bytes_type>(v4.sin_addr));
    }
    if (from.lpSockaddr->sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, from.lpSockaddr, sizeof v6);
        return ip::address_v6(std::bit_cast<ip::address_v6::bytes_type>(v6.sin6_addr));
    }
    return {};
}

interface_fact fact_of(IP_ADAPTER_ADDRESSES const& adapter) {
    interface_fact out;
    out.name = pmpd::to_utf8(adapter.FriendlyName);
    out.running = adapter.OperStatus == IfOperStatusUp;
    out.point_to_point = adapter.IfType == IF_TYPE_PPP || adapter.IfType == IF_TYPE_TUNNEL ||
                         adapter.IfType == IF_TYPE_PROP_VIRTUAL;
    for (auto const* each = adapter.FirstUnicastAddress; each != nullptr; each = each->Next) {
        if (auto address = address_of(each->Address)) {
            out.addresses.push_back(*std::move(address));
        }
    }
    return out;
}

/// Each adapter's gateways are its default routes.
void append_routes(std::vector<route_fact>& to, IP_ADAPTER_ADDRESSES const& adapter) {
    for (auto const* each = adapter.FirstGatewayAddress; each != nullptr; each = each->Next) {
        auto const gateway = address_of(each->Address);
        if (gateway && gateway->is_v4()) {
            to.push_back({pmpd::to_utf8(adapter.FriendlyName), *gateway, adapter.Ipv4Metric});
        }
    }
}

} // namespace

host_facts examine_host() {
    host_facts out;
    out.firewall.name = "the firewall of Windows";
    out.firewall.remedy = "see in Windows Security whether the program that listens is let in";
    auto const storage = std::make_unique<std::byte[]>(adapters_size);
    auto* const list = reinterpret_cast<IP_ADAPTER_ADDRESSES*>(storage.get());
    constexpr ULONG flags = GAA_FLAG_INCLUDE_GATEWAYS | GAA_FLAG_SKIP_ANYCAST |
                            GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    ULONG size = adapters_size;
    if (::GetAdaptersAddresses(AF_UNSPEC, flags, nullptr, list, &size) != ERROR_SUCCESS) {
        return out;
    }
    for (auto const* each = list; each != nullptr; each = each->Next) {
        if (each->IfType != IF_TYPE_SOFTWARE_LOOPBACK) {
            out.interfaces.push_back(fact_of(*each));
            append_routes(out.routes, *each);
        }
    }
    std::stable_sort(out.routes.begin(), out.routes.end(), [](auto const& a, auto const& b) {
        return a.metric < b.metric;
    });
    return out;
}

std::vector<route_fact> default_routes() {
    return examine_host().routes;
}

error_code try_to_hear(std::string const& interface) {
    auto const interfaces = examine_host().interfaces;
    ip::address_v4 on;
    for (auto const& each : interfaces) {
        for (auto const& address : each.addresses) {
            on = each.name == interface && address.is_v4() ? address.to_v4() : on;
        }
    }
    boost::asio::io_context context;
    ip::udp::socket probe(context, ip::udp::v4());
    error_code error;
    // As pmpd listens: beside others that share the port.
    probe.set_option(ip::udp::socket::reuse_address(true), error);
    if (!error.failed()) {
        probe.bind({ip::address_v4::any(), announcement_port}, error);
    }
    if (!error.failed()) {
        probe.set_option(ip::multicast::join_group(ip::address_v4(all_hosts), on), error);
    }
    return error;
}

} // namespace pmp::cli
