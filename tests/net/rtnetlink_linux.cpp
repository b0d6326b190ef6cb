// SPDX-License-Identifier: MIT
#include "net/rtnetlink_linux.hpp"

#include <boost/test/unit_test.hpp>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <bit>
#include <cstring>
#include <random>
#include <string_view>
#include <vector>

using pmp::net::default_route;
using pmp::net::local_address;
using pmp::net::route_snapshot;
using bytes = std::vector<std::byte>;

namespace rtnetlink = pmp::net::rtnetlink;

namespace {

pmp::ip_address address(char const* text) {
    return boost::asio::ip::make_address(text);
}

/// Writes netlink messages as the kernel does: each element with its length, padded to four.
class builder {
public:
    template <class T>
    builder& put(T const& value) {
        auto const at = out_.size();
        out_.resize(at + sizeof value);
        std::memcpy(out_.data() + at, &value, sizeof value);
        return *this;
    }

    builder& put(bytes const& octets) {
        out_.insert(out_.end(), octets.begin(), octets.end());
        return *this;
    }

    builder& attribute(unsigned type, bytes const& value) {
        auto const length = static_cast<unsigned short>(sizeof(rtattr) + value.size());
        put(rtattr{length, static_cast<unsigned short>(type)}).put(value);
        return pad();
    }

    template <class T>
    builder& number(unsigned type, T value) {
        return attribute(type, builder{}.put(value).take());
    }

    builder& ipv4(unsigned type, char const* text) {
        return number(type, address(text).to_v4().to_bytes());
    }

    builder& ipv6(unsigned type, char const* text) {
        return number(type, address(text).to_v6().to_bytes());
    }

    builder& text(unsigned type, std::string_view value) {
        bytes octets(value.size() + 1);
        std::memcpy(octets.data(), value.data(), value.size());
        return attribute(type, octets);
    }

    builder& pad() {
        out_.resize((out_.size() + 3) & ~std::size_t{3});
        return *this;
    }

    bytes take() { return std::move(out_); }

private:
    bytes out_;
};

bytes message(unsigned type, bytes const& payload) {
    nlmsghdr header{};
    header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + payload.size());
    header.nlmsg_type = static_cast<unsigned short>(type);
    return builder{}.put(header).put(payload).pad().take();
}

bytes link(int index, char const* name, unsigned flags, unsigned char family = AF_UNSPEC) {
    ifinfomsg header{};
    header.ifi_family = family;
    header.ifi_index = index;
    header.ifi_flags = flags;
    return builder{}.put(header).text(IFLA_IFNAME, name).take();
}

bytes interface_address_v6(unsigned index, char const* text, unsigned flags = 0) {
    ifaddrmsg header{};
    header.ifa_family = AF_INET6;
    header.ifa_prefixlen = 64;
    header.ifa_index = index;
    return builder{}.put(header).ipv6(IFA_ADDRESS, text).number(IFA_FLAGS, flags).take();
}

bytes interface_address(unsigned index, char const* text, unsigned flags = 0) {
    ifaddrmsg header{};
    header.ifa_family = AF_INET;
    header.ifa_prefixlen = 24;
    header.ifa_index = index;
    return builder{}.put(header).ipv4(IFA_LOCAL, text).number(IFA_FLAGS, flags).take();
}

rtmsg default_of_main(unsigned flags = 0) {
    rtmsg header{};
    header.rtm_family = AF_INET;
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_type = RTN_UNICAST;
    header.rtm_flags = flags;
    return header;
}

bytes route(rtmsg const& header, char const* gateway, int interface_index) {
    return builder{}.put(header).ipv4(RTA_GATEWAY, gateway).number(RTA_OIF, interface_index).take();
}

void take_in(bytes const& datagram, route_snapshot& snapshot) {
    std::span<std::byte const> rest{datagram};
    while (auto const taken = rtnetlink::take_message(rest)) {
        rtnetlink::apply(*taken, snapshot);
    }
}

bool is_news(bytes const& datagram, route_snapshot const& snapshot) {
    std::span<std::byte const> rest{datagram};
    auto const taken = rtnetlink::take_message(rest);
    BOOST_REQUIRE(taken);
    return rtnetlink::is_news(*taken, snapshot);
}

bytes from_hex(std::string_view text) {
    bytes out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        out.push_back(static_cast<std::byte>(std::stoi(std::string{text.substr(i, 2)}, nullptr, 16))
        );
    }
    return out;
}

/// Of Linux 6.18: 127.0.0.1/8 on 1, 10.2.0.2 with the peer 10.2.0.1 on 2, 192.0.2.10/24 on 3, and
/// the same interfaces' IPv6 addresses, that of 2 tentative.
constexpr std::string_view captured_addresses =
    "4c00000014000200010000008b3f0000020880fe01000000080001007f000001080002007f000001070003006c6f00"
    "00080008008000000014000600ffffffffffffffff37000500370005004c00000014000200010000008b3f00000220"
    "800002000000080001000a020001080002000a0200020700030076620000080008008000000014000600ffffffffff"
    "ffffff3a0005003a0005004c00000014000200010000008b3f00000218800003000000"
    "08000100c000020a08000200c000020a0700030076610000080008008000000014000600ffffffffffffffff390005"
    "00390005005000000014000200010000008b3f00000a8080fe01000000140001000000000000000000000000000000"
    "000114000600ffffffffffffffff3700050037000500080008008000000005000b0001000000500000001400020001"
    "0000008b3f00000a40c0fd0200000014000100fe800000000000002074cdfffe95cd7f14000600ffffffffffffffff"
    "500005005000050008000800c000000005000b00030000005000000014000200010000008b3f00000a40c0fd030000"
    "0014000100fe8000000000000054f27afffea5182014000600ffffffffffffffff3a0005003a00050008000800c000"
    "000005000b00030000001400000003000200010000008b3f000000000000";

/// Of Linux 6.18: a default route in table 1000, one of two next hops in the main table, and two
/// connected routes.
constexpr std::string_view captured_routes =
    "3c00000018000200010000008b3f000002000000fc0300010000000008000f00e80300000800060007000000080005"
    "00c000020708000400030000005000000018000200010000008b3f000002000000fe0300010000000008000f00fe00"
    "0000080006006400000024000900100000000300000008000500c00002011000000402000000080005000a0200013c"
    "00000018000200010000008b3f000002200000fe02fd010000000008000f00fe000000080001000a02000108000700"
    "0a02000208000400020000003c00000018000200010000008b3f000002180000fe02fd010000000008000f00fe0000"
    "0008000100c000020008000700c000020a08000400030000001400000003000200010000008b3f000000000000";

route_snapshot interfaces_of_the_captures() {
    route_snapshot snapshot;
    snapshot.interfaces = {
        {1, "lo", true, true, {}}, {2, "vb", true, false, {}}, {3, "va", true, false, {}}};
    return snapshot;
}

constexpr unsigned running = IFF_UP | IFF_RUNNING;

/// eth0 with 192.0.2.10.
route_snapshot one_uplink() {
    route_snapshot snapshot;
    take_in(message(RTM_NEWLINK, link(2, "eth0", running)), snapshot);
    take_in(message(RTM_NEWADDR, interface_address(2, "192.0.2.10")), snapshot);
    return snapshot;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rtnetlink_messages)

BOOST_AUTO_TEST_CASE(tell_the_interfaces_with_name_and_flags) {
    route_snapshot snapshot;

    take_in(message(RTM_NEWLINK, link(1, "lo", running | IFF_LOOPBACK)), snapshot);
    take_in(message(RTM_NEWLINK, link(2, "eth0", IFF_UP)), snapshot);

    BOOST_REQUIRE_EQUAL(snapshot.interfaces.size(), 2U);
    BOOST_CHECK((snapshot.interfaces[0] == pmp::net::interface_state{1, "lo", true, true, {}}));
    BOOST_CHECK((snapshot.interfaces[1] == pmp::net::interface_state{2, "eth0", false, false, {}}));
}

BOOST_AUTO_TEST_CASE(tell_the_addresses_that_can_be_used) {
    if constexpr (std::endian::native != std::endian::little) {
        return;
    }
    auto snapshot = interfaces_of_the_captures();

    take_in(from_hex(captured_addresses), snapshot);

    using list = std::vector<local_address>;
    BOOST_CHECK(
        (snapshot.interfaces[0].addresses == list{{address("127.0.0.1"), 8}, {address("::1"), 128}})
    );
    BOOST_CHECK((snapshot.interfaces[1].addresses == list{{address("10.2.0.2"), 32}}));
    BOOST_CHECK((snapshot.interfaces[2].addresses == list{{address("192.0.2.10"), 24}}));
}

BOOST_AUTO_TEST_CASE(tell_the_default_routes_of_all_tables_with_every_next_hop) {
    if constexpr (std::endian::native != std::endian::little) {
        return;
    }
    route_snapshot snapshot;

    take_in(from_hex(captured_routes), snapshot);

    BOOST_REQUIRE_EQUAL(snapshot.default_routes.size(), 3U);
    BOOST_CHECK(
        (snapshot.default_routes[0] == default_route{1000, 7, 3, address("192.0.2.7"), true})
    );
    BOOST_CHECK(
        (snapshot.default_routes[1] == default_route{254, 100, 3, address("192.0.2.1"), true})
    );
    BOOST_CHECK(
        (snapshot.default_routes[2] == default_route{254, 100, 2, address("10.2.0.1"), true})
    );
}

BOOST_AUTO_TEST_CASE(tell_the_default_routes_of_ipv6_with_the_scope_of_their_gateways) {
    auto header = default_of_main();
    header.rtm_family = AF_INET6;
    route_snapshot snapshot;

    take_in(
        message(
            RTM_NEWROUTE,
            builder{}
                .put(header)
                .ipv6(RTA_GATEWAY, "fe80::1")
                .number(RTA_OIF, 2)
                .number(RTA_PRIORITY, 1024)
                .take()
        ),
        snapshot
    );

    BOOST_REQUIRE_EQUAL(snapshot.default_routes.size(), 1U);
    auto const& found = snapshot.default_routes[0];
    BOOST_TEST(found.metric == 1024U);
    BOOST_TEST(
        (found.gateway == boost::asio::ip::address_v6(address("fe80::1").to_v6().to_bytes(), 2))
    );
}

BOOST_AUTO_TEST_CASE(tell_which_addresses_are_temporary_or_deprecated) {
    auto snapshot = one_uplink();

    take_in(
        message(RTM_NEWADDR, interface_address_v6(2, "2001:db8::7", IFA_F_TEMPORARY)), snapshot
    );
    take_in(
        message(RTM_NEWADDR, interface_address_v6(2, "2001:db8::8", IFA_F_DEPRECATED)), snapshot
    );

    auto const& addresses = snapshot.interfaces[0].addresses;
    BOOST_REQUIRE_EQUAL(addresses.size(), 3U);
    BOOST_CHECK((addresses[1] == local_address{address("2001:db8::7"), 64, true, false}));
    BOOST_CHECK((addresses[2] == local_address{address("2001:db8::8"), 64, false, true}));
}

BOOST_AUTO_TEST_CASE(tell_of_no_temporary_address_of_ipv4) {
    auto snapshot = one_uplink();

    take_in(message(RTM_NEWADDR, interface_address(2, "192.0.2.11", IFA_F_SECONDARY)), snapshot);

    BOOST_TEST(!snapshot.interfaces[0].addresses.back().temporary);
}

BOOST_AUTO_TEST_CASE(are_news_where_an_address_comes_to_be_deprecated) {
    auto known = one_uplink();
    take_in(message(RTM_NEWADDR, interface_address_v6(2, "2001:db8::8")), known);

    auto const deprecated = interface_address_v6(2, "2001:db8::8", IFA_F_DEPRECATED);
    BOOST_TEST(!is_news(message(RTM_NEWADDR, interface_address_v6(2, "2001:db8::8")), known));
    BOOST_TEST(is_news(message(RTM_NEWADDR, deprecated), known));
    BOOST_TEST(is_news(message(RTM_DELADDR, deprecated), known));
}

BOOST_AUTO_TEST_CASE(tell_which_next_hops_are_dead) {
    route_snapshot snapshot;

    take_in(
        message(RTM_NEWROUTE, route(default_of_main(RTNH_F_LINKDOWN), "192.0.2.1", 2)), snapshot
    );
    take_in(message(RTM_NEWROUTE, route(default_of_main(RTNH_F_DEAD), "192.0.2.2", 2)), snapshot);
    take_in(message(RTM_NEWROUTE, route(default_of_main(RTNH_F_ONLINK), "192.0.2.3", 2)), snapshot);

    BOOST_REQUIRE_EQUAL(snapshot.default_routes.size(), 3U);
    BOOST_TEST(!snapshot.default_routes[0].alive);
    BOOST_TEST(!snapshot.default_routes[1].alive);
    BOOST_TEST(snapshot.default_routes[2].alive);
}

BOOST_AUTO_TEST_CASE(tell_of_no_default_route_that_forwards_nothing_or_names_no_gateway) {
    auto blackhole = default_of_main();
    blackhole.rtm_type = RTN_BLACKHOLE;
    auto cloned = default_of_main(RTM_F_CLONED);
    auto const on_link = builder{}.put(default_of_main()).number(RTA_OIF, 2).take();
    auto const via_ipv6 =
        builder{}.put(default_of_main()).number(RTA_OIF, 2).number(RTA_VIA, AF_INET6).take();
    route_snapshot snapshot;

    take_in(message(RTM_NEWROUTE, route(blackhole, "192.0.2.1", 2)), snapshot);
    take_in(message(RTM_NEWROUTE, route(cloned, "192.0.2.1", 2)), snapshot);
    take_in(message(RTM_NEWROUTE, on_link), snapshot);
    take_in(message(RTM_NEWROUTE, via_ipv6), snapshot);

    BOOST_TEST(snapshot.default_routes.empty());
}

BOOST_AUTO_TEST_CASE(leave_the_snapshot_alone_wherever_they_are_cut) {
    for (auto const captured : {captured_addresses, captured_routes}) {
        auto const whole = from_hex(captured);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            // A copy of its own size, so that a sanitizer sees what is read beyond it.
            bytes const cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
            auto snapshot = interfaces_of_the_captures();
            take_in(cut, snapshot);
            BOOST_TEST(snapshot.default_routes.size() <= 3U);
        }
    }
}

BOOST_AUTO_TEST_CASE(cannot_make_the_decoder_read_beyond_them_by_any_length) {
    // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same damage in every run
    std::mt19937 random{20240};
    for (auto const captured : {captured_addresses, captured_routes}) {
        auto const whole = from_hex(captured);
        for (int round = 0; round < 2000; ++round) {
            auto damaged = whole;
            for (int i = 0; i < 4; ++i) {
                damaged[random() % damaged.size()] = static_cast<std::byte>(random());
            }
            auto snapshot = interfaces_of_the_captures();
            take_in(damaged, snapshot);
            BOOST_TEST(snapshot.default_routes.size() <= damaged.size());
        }
    }
}

BOOST_AUTO_TEST_CASE(tell_an_error_of_the_system) {
    auto const datagram = message(NLMSG_ERROR, builder{}.put(std::int32_t{-EPERM}).take());
    std::span<std::byte const> rest{datagram};

    auto const told = rtnetlink::take_message(rest);

    BOOST_REQUIRE(told);
    BOOST_TEST((rtnetlink::error_of(*told) == boost::system::errc::operation_not_permitted));
}

BOOST_AUTO_TEST_CASE(are_no_news_where_they_repeat_what_is_known) {
    auto const known = one_uplink();

    BOOST_TEST(!is_news(message(RTM_NEWLINK, link(2, "eth0", running | IFF_PROMISC)), known));
    BOOST_TEST(!is_news(message(RTM_NEWADDR, interface_address(2, "192.0.2.10")), known));
    BOOST_TEST(!is_news(message(RTM_DELADDR, interface_address(2, "192.0.2.99")), known));
}

BOOST_AUTO_TEST_CASE(are_no_news_of_bridge_ports_tentative_addresses_and_the_local_table) {
    auto const known = one_uplink();
    auto local = default_of_main();
    local.rtm_table = RT_TABLE_LOCAL;
    auto const tentative = interface_address(2, "192.0.2.11", IFA_F_TENTATIVE);

    BOOST_TEST(!is_news(message(RTM_NEWLINK, link(9, "port", running, AF_BRIDGE)), known));
    BOOST_TEST(!is_news(message(RTM_DELLINK, link(2, "eth0", running, AF_BRIDGE)), known));
    BOOST_TEST(!is_news(message(RTM_NEWADDR, tentative), known));
    BOOST_TEST(!is_news(message(RTM_NEWROUTE, route(local, "192.0.2.1", 2)), known));
}

BOOST_AUTO_TEST_CASE(are_news_where_links_addresses_routes_or_rules_change) {
    auto const known = one_uplink();

    BOOST_TEST(is_news(message(RTM_NEWLINK, link(2, "eth0", IFF_UP)), known));
    BOOST_TEST(is_news(message(RTM_NEWLINK, link(2, "lan0", running)), known));
    BOOST_TEST(is_news(message(RTM_NEWLINK, link(3, "wg0", running)), known));
    BOOST_TEST(is_news(message(RTM_DELLINK, link(2, "eth0", 0)), known));
    BOOST_TEST(is_news(message(RTM_NEWADDR, interface_address(2, "192.0.2.11")), known));
    BOOST_TEST(is_news(message(RTM_DELADDR, interface_address(2, "192.0.2.10")), known));
    BOOST_TEST(is_news(message(RTM_NEWROUTE, route(default_of_main(), "192.0.2.1", 2)), known));
    BOOST_TEST(is_news(message(RTM_DELROUTE, route(default_of_main(), "192.0.2.1", 2)), known));
    BOOST_TEST(is_news(message(RTM_NEWRULE, {}), known));
    BOOST_TEST(is_news(message(RTM_DELRULE, {}), known));
}

BOOST_AUTO_TEST_SUITE_END()
