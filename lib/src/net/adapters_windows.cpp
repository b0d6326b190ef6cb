// SPDX-License-Identifier: MIT
#include "net/adapters_windows.hpp"

#include "net/source_address.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <cwchar>
#include <utility>

namespace pmp::net {

namespace ip = boost::asio::ip;

namespace {

constexpr ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
/// What GetAdaptersAddresses is documented to need seldom more than.
constexpr ULONG usual_size = 15 * 1024;
/// The list may grow between two calls, but not for ever.
constexpr int attempts = 5;

} // namespace

result<adapters> adapters::read() {
    ULONG size = usual_size;
    ULONG error = ERROR_BUFFER_OVERFLOW;
    adapters all;
    for (int attempt = 0; attempt < attempts && error == ERROR_BUFFER_OVERFLOW; ++attempt) {
        all.list_ = std::make_unique<std::byte[]>(size);
        auto* const list = reinterpret_cast<IP_ADAPTER_ADDRESSES*>(all.list_.get());
        error = ::GetAdaptersAddresses(AF_UNSPEC, flags, nullptr, list, &size);
    }
    if (error == ERROR_NO_DATA) {
        return adapters{};
    }
    if (error != ERROR_SUCCESS) {
        return error_code{static_cast<int>(error), boost::system::system_category()};
    }
    return all;
}

IP_ADAPTER_ADDRESSES const* adapters::first() const {
    return reinterpret_cast<IP_ADAPTER_ADDRESSES const*>(list_.get());
}

unsigned index_of(IP_ADAPTER_ADDRESSES const& adapter) {
    return adapter.IfIndex != 0 ? adapter.IfIndex : adapter.Ipv6IfIndex;
}

std::string name_of(IP_ADAPTER_ADDRESSES const& adapter) {
    auto const* const wide = adapter.FriendlyName;
    auto const length = static_cast<int>(std::wcslen(wide));
    auto const size = ::WideCharToMultiByte(CP_UTF8, 0, wide, length, nullptr, 0, nullptr, nullptr);
    std::string name(static_cast<std::size_t>(size), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, wide, length, name.data(), size, nullptr, nullptr);
    return name;
}

ip_address address_in(sockaddr const& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        return ip::address_v4{std::bit_cast<ip::address_v4::bytes_type>(v4.sin_addr)};
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        return ip::address_v6{std::bit_cast<ip::address_v6::bytes_type>(v6.sin6_addr)};
    }
    return {};
}

bool usable(IP_ADAPTER_UNICAST_ADDRESS const& listed) {
    return listed.DadState == IpDadStatePreferred || listed.DadState == IpDadStateDeprecated;
}

local_address local_address_of(IP_ADAPTER_UNICAST_ADDRESS const& listed) {
    local_address out;
    out.address = address_in(*listed.Address.lpSockaddr);
    out.prefix_length = listed.OnLinkPrefixLength;
    // The lasting address of the same prefix has another origin, also where its bits are random.
    out.temporary = listed.PrefixOrigin == IpPrefixOriginRouterAdvertisement &&
                    listed.SuffixOrigin == IpSuffixOriginRandom;
    out.deprecated = listed.DadState == IpDadStateDeprecated || listed.PreferredLifetime == 0;
    return out;
}

std::string interface_name(unsigned index) {
    auto const all = adapters::read();
    if (all && index != 0) {
        for (auto const* each = all->first(); each != nullptr; each = each->Next) {
            if (index_of(*each) == index) {
                return name_of(*each);
            }
        }
    }
    return {};
}

} // namespace pmp::net
