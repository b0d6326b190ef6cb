// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

// Pinholes in the firewall of a gateway of IPv6, by UPnP.
namespace pmp::test {

namespace {

using namespace std::chrono_literals;

constexpr auto router = "fe80::1";
constexpr auto stable = "2001:db8:1::10";
constexpr auto renumbered = "2001:db8:2::10";
constexpr auto name = "pinhole-8000";

mapping pinhole(std::uint16_t port) {
    auto m = tcp(port);
    m.name = "pinhole-" + std::to_string(port);
    m.family = address_family::ipv6;
    return m;
}

gateway_options options_of(std::vector<dialect_id> const& spoken, unsigned version) {
    gateway_options out;
    out.address = boost::asio::ip::make_address(router);
    out.protocols = spoken;
    out.igd_version = version;
    return out;
}

/// A router of IPv6, and one host with a global address.
struct walled_home {
    explicit walled_home(
        std::vector<dialect_id> const& spoken = only_igd,
        std::vector<dialect_id> allowed = all_dialects,
        unsigned version = 2
    )
        : gw(w.add_gateway(options_of(spoken, version))), allowed_(std::move(allowed)) {
        h.sees({view()});
    }

    gateway_view view(char const* internal = stable) const {
        return view_of(gw, internal, "default", allowed_);
    }
    gateway_view former(char const* internal) const {
        auto out = view(internal);
        out.former = true;
        return out;
    }

    void hold(std::vector<mapping> const& wishes) {
        h.wants(wishes);
        w.run_for(15s);
        BOOST_TEST_REQUIRE(h.holds_all(), requests());
    }

    bool is_open(std::uint16_t port = 8000, char const* internal = stable) const {
        return gw.find(transport::tcp, internal, port) != nullptr;
    }

    error_code refusal() const {
        auto const refused = h.last(event_kind::refused, name);
        return refused ? refused->error : error_code();
    }

    std::string requests() const {
        std::string out;
        for (auto const& e : gw.exchanges()) {
            out += to_string(e) + '\n';
        }
        return out + h.history();
    }

    world w{1};
    simulated_gateway& gw;
    host& h = w.add_host("192.168.1.10");

private:
    std::vector<dialect_id> allowed_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_pinholes)

BOOST_AUTO_TEST_CASE(a_pinhole_is_opened_where_pcp_is_not_answered) {
    walled_home at;

    at.hold({pinhole(8000)});

    auto const held = *at.h.lease_of(name);
    BOOST_TEST((held.via == dialect_id::igd));
    BOOST_TEST(to_string(held.assigned) == "[2001:db8:1::10]:8000");
    BOOST_TEST((held.lifetime == 3600s));
    BOOST_TEST(at.is_open(), at.requests());
    BOOST_TEST(at.w.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_closed_port_makes_it_no_slower) {
    walled_home at;
    at.gw.close_port();

    at.h.wants({pinhole(8000)});
    at.w.run_for(5s);

    BOOST_TEST(at.h.holds(name), at.requests());
}

BOOST_AUTO_TEST_CASE(pcp_is_preferred_where_it_is_answered) {
    walled_home at(all_dialects);

    at.hold({pinhole(8000)});

    BOOST_TEST((at.h.lease_of(name)->via == dialect_id::pcp), at.requests());
}

BOOST_AUTO_TEST_CASE(pinholes_tell_of_no_external_address_of_the_gateway) {
    walled_home at;

    at.hold({pinhole(8000)});

    auto const gateway = at.h.engine().gateways().at(0);
    BOOST_TEST(!gateway.external_address.has_value());
    BOOST_TEST(gateway.upnp_service == "WANIPv6FirewallControl:1");
}

BOOST_AUTO_TEST_CASE(a_pinhole_is_renewed_by_its_name) {
    walled_home at;
    at.hold({pinhole(8000)});
    at.gw.set(vice::refuses, 701);

    at.w.run_for(24h);

    BOOST_TEST(at.h.count(event_kind::renewed, name) >= 12U, at.requests());
    BOOST_TEST(at.h.count(event_kind::refused) == 0U, at.h.history());
    BOOST_TEST(at.is_open());
}

BOOST_AUTO_TEST_CASE(a_pinhole_is_opened_again_where_names_cannot_be_renewed) {
    walled_home at;
    at.hold({pinhole(8000)});
    at.gw.set(vice::refuses_renewals, 602);

    at.w.run_for(24h);

    BOOST_TEST(at.h.count(event_kind::refused) == 0U, at.h.history());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
    BOOST_TEST(at.is_open());
}

BOOST_AUTO_TEST_CASE(a_restart_that_is_announced_is_made_good_at_once) {
    walled_home at;
    at.hold({pinhole(8000), pinhole(8001)});

    at.gw.reboot();
    at.w.run_for(10s);

    BOOST_TEST(at.h.count(event_kind::gateway_rebooted) == 1U, at.requests());
    BOOST_TEST(at.is_open(8000), at.requests());
    BOOST_TEST(at.is_open(8001), at.requests());
    BOOST_TEST(at.w.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_name_that_was_given_to_another_pinhole_is_not_believed) {
    walled_home at;
    at.hold({pinhole(8001)});
    at.hold({pinhole(8001), pinhole(8000)});

    at.gw.reboot();
    at.w.run_for(10s);

    BOOST_TEST(at.is_open(8000), at.requests());
    BOOST_TEST(at.is_open(8001), at.requests());
}

BOOST_AUTO_TEST_CASE(a_restart_that_nobody_told_of_is_seen_at_a_look) {
    walled_home at;
    at.gw.set(vice::announces_nothing);
    at.hold({pinhole(8000)});

    at.gw.reboot();
    at.w.run_for(11min);

    BOOST_TEST(at.is_open(), at.requests());
}

BOOST_AUTO_TEST_CASE(a_restart_at_another_port_of_http_is_searched_for) {
    walled_home at;
    at.gw.set(vice::announces_nothing);
    at.gw.set(vice::http_new_port);
    at.hold({pinhole(8000)});

    at.gw.reboot();
    at.w.run_for(15min);

    BOOST_TEST(at.is_open(), at.requests());
    BOOST_TEST(at.h.holds(name));
}

BOOST_AUTO_TEST_CASE(a_pinhole_moves_to_a_new_prefix_and_the_old_one_is_closed) {
    walled_home at;
    at.hold({pinhole(8000)});

    at.h.sees({at.view(renumbered), at.former(stable)});
    at.w.run_for(15s);

    BOOST_TEST(to_string(at.h.lease_of(name)->assigned) == "[2001:db8:2::10]:8000");
    BOOST_TEST(at.is_open(8000, renumbered), at.requests());
    BOOST_TEST(!at.is_open(8000, stable), at.requests());
}

BOOST_AUTO_TEST_CASE(pinholes_are_closed_on_stop) {
    walled_home at;
    at.hold({pinhole(8000), pinhole(8001)});

    at.h.stop();
    at.w.run_for(5s);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(a_later_run_closes_what_it_has_no_name_for) {
    walled_home at;
    at.hold({pinhole(8000)});
    at.h.crash();
    at.h.start();
    at.w.run_for(15s);

    at.h.wants({});
    at.w.run_for(15s);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(what_may_not_be_deleted_is_shortened) {
    walled_home at;
    at.hold({pinhole(8000)});
    at.gw.set(vice::refuses_deletions, 606);

    at.h.wants({});
    at.w.run_for(15s);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(refusals_are_told_as_they_are) {
    for (auto const code : {606, 701, 703, 705, 706, 707, 708}) {
        walled_home at;
        at.gw.set(vice::refuses, code);
        at.h.wants({pinhole(8000)});

        at.w.run_for(15s);

        BOOST_TEST(at.refusal() == error_code(code, upnp_firewall_category()), at.requests());
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_makes_no_storm) {
    walled_home at;
    at.gw.set(vice::refuses, 701);
    at.h.wants({pinhole(8000)});

    at.w.run_for(24h);

    BOOST_TEST(at.h.traffic().fetches <= 500U, at.h.history());
}

BOOST_AUTO_TEST_CASE(a_gateway_that_forbids_pinholes_is_not_asked_for_one) {
    walled_home at;
    at.gw.set(vice::pinholes_forbidden);
    at.h.wants({pinhole(8000)});

    at.w.run_for(15s);

    BOOST_TEST((at.refusal() == upnp_firewall_result::inbound_pinhole_not_allowed), at.requests());
    BOOST_TEST(at.gw.statistics().grants == 0U);
}

BOOST_AUTO_TEST_CASE(a_firewall_that_is_off_needs_no_pinhole) {
    walled_home at;
    at.gw.set(vice::firewall_off);

    at.hold({pinhole(8000)});

    BOOST_TEST(!at.is_open());
    BOOST_TEST((at.h.lease_of(name)->via == dialect_id::direct));
    BOOST_TEST(at.h.engine().remembers().leases.empty());
}

BOOST_AUTO_TEST_CASE(a_firewall_that_is_off_needs_no_pinhole_for_as_long_as_it_is) {
    walled_home at;
    at.gw.set(vice::firewall_off);
    at.hold({pinhole(8000)});

    at.w.run_for(24h);

    BOOST_TEST(at.h.holds(name), at.requests());
    BOOST_TEST(!at.h.last(event_kind::lost, name));
    at.h.wants({});
    at.w.run_for(1s);
    BOOST_TEST((at.h.last(event_kind::released, name)->error == error_code()));
}

BOOST_AUTO_TEST_CASE(a_pinhole_is_not_told_to_be_closed_where_the_firewall_has_been_switched_off) {
    walled_home at;
    at.hold({pinhole(8000)});
    at.gw.set(vice::firewall_off);

    at.h.wants({});
    at.w.run_for(10s);

    auto const released = at.h.last(event_kind::released, name);
    BOOST_TEST_REQUIRE(released.has_value(), at.requests());
    BOOST_TEST((released->error == upnp_firewall_result::firewall_disabled));
}

BOOST_AUTO_TEST_CASE(a_firewall_that_says_nothing_of_itself_is_asked_for_the_pinhole) {
    walled_home at;
    at.gw.set(vice::upnp_status_error, 501);

    at.hold({pinhole(8000)});

    BOOST_TEST(at.is_open(), at.requests());
}

BOOST_AUTO_TEST_CASE(a_firewall_that_is_switched_on_gets_the_pinhole) {
    walled_home at;
    at.gw.set(vice::firewall_off);
    at.hold({pinhole(8000)});

    at.gw.clear(vice::firewall_off);
    at.w.run_for(21min);

    BOOST_TEST(at.is_open(), at.requests());
    BOOST_TEST(at.h.holds(name));
}

BOOST_AUTO_TEST_CASE(a_gateway_without_the_service_opens_nothing) {
    walled_home at(only_igd, only_igd, 1);
    at.h.wants({pinhole(8000)});

    at.w.run_for(1min);

    BOOST_TEST((at.refusal() == fault::no_igd), at.requests());
}

BOOST_AUTO_TEST_CASE(a_router_of_ipv6_is_found_however_it_answers_to_searches) {
    for (auto const how :
         {vice::ssdp_other_port,
          vice::ssdp_multicast_only,
          vice::ssdp_unicast_only,
          vice::ssdp_root_only,
          vice::ssdp_all_only}) {
        walled_home at;
        at.gw.set(how);

        at.h.wants({pinhole(8000)});
        at.w.run_for(15s);

        BOOST_TEST(at.h.holds_all(), describe(how).name << '\n' << at.requests());
    }
}

BOOST_AUTO_TEST_CASE(a_description_that_is_told_by_ipv4_is_fetched_by_ipv6) {
    walled_home at(only_igd, only_igd);
    auto view = at.view();
    view.description_url = "http://192.168.1.1:5000/igd/root.xml";
    at.h.sees({view});

    at.hold({pinhole(8000)});

    BOOST_TEST(at.h.traffic().searches == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace pmp::test
