// SPDX-License-Identifier: MIT
#include "net/rtnetlink_linux.hpp"

#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <type_traits>

namespace pmp::net::rtnetlink {

namespace {

using bytes = std::span<std::byte const>;

/// The structure at the front, or nothing where fewer octets are left.
template <class T>
std::optional<T> peek(bytes data) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (data.size() < sizeof(T)) {
        return std::nullopt;
    }
    T value;
    std::memcpy(&value, data.data(), sizeof value);
    return value;
}

/// Everything in netlink begins at a multiple of four octets.
std::size_t aligned(std::size_t size) {
    return (size + 3) & ~std::size_t{3};
}

/// Takes `size` octets and the padding after them; the last element may come without padding.
bytes take(bytes& data, std::size_t size) {
    auto const taken = data.first(size);
    data = data.subspan(std::min(aligned(size), data.size()));
    return taken;
}

/// A structure of type `Header` whose member `Length` counts itself and what follows it.
template <class Header, auto Length>
struct element {
    Header header;
    bytes payload;

    static std::optional<element> take_from(bytes& data) {
        auto const header = peek<Header>(data);
        if (!header || (*header).*Length < sizeof(Header) || (*header).*Length > data.size()) {
            return std::nullopt;
        }
        auto const whole = take(data, (*header).*Length);
        return element{*header, whole.subspan(std::min(aligned(sizeof(Header)), whole.size()))};
    }
};

using netlink_message = element<nlmsghdr, &nlmsghdr::nlmsg_len>;
using attribute = element<rtattr, &rtattr::rta_len>;
using next_hop = element<rtnexthop, &rtnexthop::rtnh_len>;

/// The attributes after a fixed header of type `Header`.
template <class Header>
bytes attributes_of(bytes payload) {
    return payload.subspan(std::min(aligned(sizeof(Header)), payload.size()));
}

/// The value of the first attribute of that type; nothing where there is none.
std::optional<bytes> find(bytes attributes, unsigned type) {
    while (auto const found = attribute::take_from(attributes)) {
        if ((found->header.rta_type & NLA_TYPE_MASK) == type) {
            return found->payload;
        }
    }
    return std::nullopt;
}

std::optional<std::uint32_t> find_number(bytes attributes, unsigned type) {
    auto const value = find(attributes, type);
    return value ? peek<std::uint32_t>(*value) : std::nullopt;
}

std::optional<ip_address> find_address(bytes attributes, unsigned type, unsigned scope) {
    auto const value = find(attributes, type);
    if (!value) {
        return std::nullopt;
    }
    using v4_octets = boost::asio::ip::address_v4::bytes_type;
    using v6_octets = boost::asio::ip::address_v6::bytes_type;
    if (value->size() == std::tuple_size_v<v4_octets>) {
        return boost::asio::ip::address_v4{*peek<v4_octets>(*value)};
    }
    if (value->size() == std::tuple_size_v<v6_octets>) {
        boost::asio::ip::address_v6 address{*peek<v6_octets>(*value)};
        address.scope_id(address.is_link_local() ? scope : 0);
        return address;
    }
    return std::nullopt;
}

std::string to_text(bytes value) {
    std::string text(value.size(), '\0');
    std::memcpy(text.data(), value.data(), value.size());
    return text.substr(0, text.find('\0'));
}

std::optional<interface_state> decode_link(bytes payload) {
    auto const header = peek<ifinfomsg>(payload);
    // Bridges tell of their ports in another family.
    if (!header || header->ifi_family != AF_UNSPEC) {
        return std::nullopt;
    }
    auto const name = find(attributes_of<ifinfomsg>(payload), IFLA_IFNAME);
    if (!name) {
        return std::nullopt;
    }
    constexpr unsigned running = IFF_UP | IFF_RUNNING;
    interface_state result;
    result.index = static_cast<unsigned>(header->ifi_index);
    result.name = to_text(*name);
    result.running = (header->ifi_flags & running) == running;
    result.loopback = (header->ifi_flags & IFF_LOOPBACK) != 0;
    return result;
}

struct address_of_interface {
    unsigned interface_index = 0;
    local_address local;
    /// Nothing can be sent from it before duplicate address detection has ended well.
    bool usable = false;
};

std::optional<address_of_interface> decode_address(bytes payload) {
    auto const header = peek<ifaddrmsg>(payload);
    if (!header) {
        return std::nullopt;
    }
    auto const attributes = attributes_of<ifaddrmsg>(payload);
    // Of a point-to-point link IFA_ADDRESS is the peer, and IFA_LOCAL this host.
    auto address = find_address(attributes, IFA_LOCAL, header->ifa_index);
    if (!address) {
        address = find_address(attributes, IFA_ADDRESS, header->ifa_index);
    }
    if (!address) {
        return std::nullopt;
    }
    auto const flags = find_number(attributes, IFA_FLAGS).value_or(header->ifa_flags);
    bool const usable = (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
    // Of IPv4 the bit of IFA_F_TEMPORARY is IFA_F_SECONDARY.
    bool const temporary = address->is_v6() && (flags & IFA_F_TEMPORARY) != 0;
    bool const deprecated = (flags & IFA_F_DEPRECATED) != 0;
    return address_of_interface{
        header->ifa_index, {*address, header->ifa_prefixlen, temporary, deprecated}, usable};
}

/// One next hop: the attributes of the route itself, or of a part of RTA_MULTIPATH.
void append_next_hop(
    std::vector<default_route>& routes, default_route route, bytes attributes, unsigned flags
) {
    // Without one the destination itself is on the link. RTA_VIA is a gateway of another family.
    if (auto const gateway = find_address(attributes, RTA_GATEWAY, route.interface_index)) {
        route.gateway = *gateway;
        route.alive = (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0;
        routes.push_back(route);
    }
}

std::vector<default_route> decode_default_routes(bytes payload) {
    auto const header = peek<rtmsg>(payload);
    if (!header || (header->rtm_family != AF_INET && header->rtm_family != AF_INET6) ||
        header->rtm_dst_len != 0 || header->rtm_type != RTN_UNICAST ||
        (header->rtm_flags & RTM_F_CLONED) != 0) {
        return {};
    }
    auto const attributes = attributes_of<rtmsg>(payload);
    default_route route;
    route.table = find_number(attributes, RTA_TABLE).value_or(header->rtm_table);
    route.metric = find_number(attributes, RTA_PRIORITY).value_or(0);
    std::vector<default_route> routes;
    if (auto hops = find(attributes, RTA_MULTIPATH)) {
        while (auto const hop = next_hop::take_from(*hops)) {
            route.interface_index = static_cast<unsigned>(hop->header.rtnh_ifindex);
            append_next_hop(routes, route, hop->payload, hop->header.rtnh_flags);
        }
    } else {
        route.interface_index = find_number(attributes, RTA_OIF).value_or(0);
        append_next_hop(routes, route, attributes, header->rtm_flags);
    }
    return routes;
}

interface_state* interface_of(route_snapshot& snapshot, unsigned index) {
    auto const found = std::find_if(
        snapshot.interfaces.begin(),
        snapshot.interfaces.end(),
        [&](interface_state const& interface) { return interface.index == index; }
    );
    return found == snapshot.interfaces.end() ? nullptr : &*found;
}

local_address const* known_of(route_snapshot const& snapshot, address_of_interface const& told) {
    auto const* const interface = find_interface(snapshot, told.interface_index);
    if (interface == nullptr) {
        return nullptr;
    }
    auto const& all = interface->addresses;
    auto const found = std::find_if(all.begin(), all.end(), [&](local_address const& known) {
        return known.address == told.local.address &&
               known.prefix_length == told.local.prefix_length;
    });
    return found != all.end() ? &*found : nullptr;
}

bool address_is_news(message const& told, route_snapshot const& snapshot) {
    auto const address = decode_address(told.payload);
    if (!address) {
        return false;
    }
    auto const* const known = known_of(snapshot, *address);
    bool const there = told.type == RTM_NEWADDR && address->usable;
    return there ? known == nullptr || *known != address->local : known != nullptr;
}

bool link_is_news(bytes payload, route_snapshot const& snapshot) {
    auto const link = decode_link(payload);
    if (!link) {
        return false;
    }
    auto const* const known = find_interface(snapshot, link->index);
    return known == nullptr || known->name != link->name || known->running != link->running;
}

bool route_is_news(bytes payload) {
    auto const header = peek<rtmsg>(payload);
    return header && header->rtm_table != RT_TABLE_LOCAL && (header->rtm_flags & RTM_F_CLONED) == 0;
}

} // namespace

std::optional<message> take_message(std::span<std::byte const>& datagram) {
    auto const taken = netlink_message::take_from(datagram);
    if (!taken) {
        return std::nullopt;
    }
    auto const& header = taken->header;
    return message{header.nlmsg_type, header.nlmsg_flags, header.nlmsg_seq, taken->payload};
}

void apply(message const& told, route_snapshot& snapshot) {
    if (told.type == RTM_NEWLINK) {
        if (auto link = decode_link(told.payload)) {
            snapshot.interfaces.push_back(std::move(*link));
        }
    } else if (told.type == RTM_NEWADDR) {
        auto const address = decode_address(told.payload);
        auto* const interface =
            address ? interface_of(snapshot, address->interface_index) : nullptr;
        if (interface != nullptr && address->usable) {
            interface->addresses.push_back(address->local);
        }
    } else if (told.type == RTM_NEWROUTE) {
        auto const routes = decode_default_routes(told.payload);
        snapshot.default_routes.insert(snapshot.default_routes.end(), routes.begin(), routes.end());
    }
}

error_code error_of(message const& told) {
    auto const negative = peek<std::int32_t>(told.payload);
    return {negative ? -*negative : EBADMSG, boost::system::system_category()};
}

bool is_news(message const& told, route_snapshot const& snapshot) {
    switch (told.type) {
    case RTM_NEWLINK: return link_is_news(told.payload, snapshot);
    case RTM_DELLINK: return decode_link(told.payload).has_value();
    case RTM_NEWADDR:
    case RTM_DELADDR: return address_is_news(told, snapshot);
    case RTM_NEWROUTE:
    case RTM_DELROUTE: return route_is_news(told.payload);
    default: return true;
    }
}

} // namespace pmp::net::rtnetlink
