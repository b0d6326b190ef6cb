// SPDX-License-Identifier: MIT
#include "dialect/igd_discovery.hpp"
#include "unit/igd_house.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace pmp;
using pmp::test::igd_house;
using pmp::test::settled;
using pmp::test::tcp_22;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

endpoint const us{boost::asio::ip::make_address("192.168.1.10"), 22};
endpoint const neighbour{boost::asio::ip::make_address("192.168.1.66"), 22};

wire::igd::port_mapping row(std::uint16_t port, endpoint const& internal, std::string text) {
    return {transport::tcp, port, internal, "", std::move(text), true, seconds(0)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(igd)

BOOST_AUTO_TEST_CASE(maps_and_reads_back) {
    settled house;

    BOOST_REQUIRE(house.holds());
    auto const lease = house.stands().lease.value();
    BOOST_TEST((lease.via == dialect_id::igd));
    BOOST_TEST((lease.verified == verification::read_back));
    BOOST_TEST((to_string(lease.assigned) == "198.51.100.7:2222"));
    BOOST_TEST((lease.lifetime == seconds(3600)));
    BOOST_TEST(house.igd.table.size() == 1U);
    BOOST_TEST(house.igd.table.begin()->second.description == "pmpd ssh");
    BOOST_TEST(house.count(event_kind::acquired) == 1U);
    BOOST_TEST(house.count(event_kind::gateway_found) == 1U);
    BOOST_TEST(house.most_at_once == 1U);
    BOOST_TEST(house.datagrams.empty());
}

BOOST_AUTO_TEST_CASE(looks_before_it_adds) {
    settled house;

    std::vector<std::string> const expected = {
        "GET",
        "GetStatusInfo",
        "GetExternalIPAddress",
        "GetSpecificPortMappingEntry 2222",
        "AddPortMapping 2222",
        "GetSpecificPortMappingEntry 2222"};
    BOOST_TEST(house.igd.served == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(maps_within_a_second) {
    igd_house house;
    house.appear();
    house.wish({tcp_22()});

    house.pass(seconds(1));

    BOOST_TEST(house.holds());
}

BOOST_AUTO_TEST_CASE(skips_the_search_where_it_is_told_the_description) {
    igd_house house;
    house.view.description_url = "http://192.168.1.1:5000/root.xml";
    house.appear();
    house.wish({tcp_22()});

    house.settle();

    BOOST_TEST(house.holds());
    BOOST_TEST(house.searches == 0U);
}

BOOST_AUTO_TEST_CASE(renews_before_the_lease_ends) {
    settled house;

    house.pass(hours(10));

    BOOST_TEST(house.holds());
    BOOST_TEST(house.count(event_kind::lost) == 0U);
    BOOST_TEST(house.count(event_kind::renewed) >= 10U);
    BOOST_TEST(house.igd.table.size() == 1U);
}

BOOST_AUTO_TEST_CASE(deletes_what_nobody_wants_any_more) {
    settled house;
    house.igd.table.emplace(std::pair(transport::udp, 99), row(99, neighbour, "other"));

    house.wish({});
    house.settle();

    BOOST_TEST(house.igd.table.size() == 1U);
    BOOST_TEST(house.count(event_kind::released) == 1U);
    BOOST_TEST(house.igd.count("DeletePortMappingRange") == 0U);
}

BOOST_AUTO_TEST_CASE(does_not_delete_what_has_become_somebody_elses) {
    settled house;
    house.igd.table.at({transport::tcp, 2222}) = row(2222, neighbour, "pmpd ssh");

    house.wish({});
    house.settle();

    BOOST_TEST(house.igd.table.size() == 1U);
    BOOST_TEST(house.engine.standings().empty());
}

BOOST_AUTO_TEST_CASE(takes_another_port_than_a_neighbours) {
    settled house([](auto& igd) {
        igd.table.emplace(std::pair(transport::tcp, 2222), row(2222, neighbour, "nas"));
    });

    BOOST_TEST(house.holds());
    BOOST_TEST(house.port() >= 1024U);
    BOOST_TEST((house.igd.table.at({transport::tcp, 2222}).internal == neighbour));
}

BOOST_AUTO_TEST_CASE(takes_another_port_than_another_program_of_this_host) {
    settled house([](auto& igd) {
        igd.table.emplace(
            std::pair(transport::tcp, 2222), row(2222, {us.address, 8080}, "torrent")
        );
    });

    BOOST_TEST(house.port() != 2222U);
    BOOST_TEST(house.igd.table.at({transport::tcp, 2222}).description == "torrent");
}

BOOST_AUTO_TEST_CASE(adopts_its_own_entry_of_an_earlier_run) {
    settled house([](auto& igd) {
        igd.table.emplace(std::pair(transport::tcp, 2222), row(2222, us, "pmpd ssh"));
    });

    BOOST_TEST(house.port() == 2222U);
    BOOST_TEST(house.igd.table.size() == 1U);
}

BOOST_AUTO_TEST_CASE(refuses_another_port_than_the_exact_one) {
    igd_house house;
    house.igd.table.emplace(std::pair(transport::tcp, 2222), row(2222, neighbour, "nas"));
    auto exact = tcp_22();
    exact.exact = true;
    house.appear();
    house.wish({exact});

    house.settle();

    BOOST_TEST(!house.holds());
    BOOST_TEST((house.stands().error == reaction::port_taken));
    BOOST_TEST(house.igd.table.size() == 1U);
}

BOOST_AUTO_TEST_CASE(lets_version_2_choose_the_port) {
    settled house([](auto& igd) {
        igd.description = "version-2.xml";
        igd.table.emplace(std::pair(transport::tcp, 2222), row(2222, {us.address, 23}, "pmpd ssh"));
    });

    BOOST_TEST(house.holds());
    BOOST_TEST(house.igd.count("AddAnyPortMapping") == 1U);
    BOOST_TEST(house.igd.count("AddPortMapping") == 0U);
}

BOOST_AUTO_TEST_CASE(falls_back_from_an_action_that_is_not_there) {
    settled house([](auto& igd) {
        igd.description = "version-2.xml";
        igd.refuses["AddAnyPortMapping"] = 401;
    });
    house.pass(hours(2));

    BOOST_TEST(house.port() == 2222U);
    BOOST_TEST(house.igd.count("AddAnyPortMapping") == 1U);
}

BOOST_AUTO_TEST_CASE(asks_for_a_permanent_lease_where_no_other_is_granted) {
    settled house([](auto& igd) { igd.refuses_once["AddPortMapping"] = {725}; });
    house.pass(hours(2));

    BOOST_REQUIRE(house.holds());
    BOOST_TEST(house.stands().lease->permanent);
    BOOST_TEST((house.igd.table.begin()->second.lease == seconds(0)));
    BOOST_TEST(house.engine.remembers().leases.at(0).permanent);
}

BOOST_AUTO_TEST_CASE(climbs_the_ladder_of_leases_and_remembers_the_rung) {
    settled house([](auto& igd) { igd.refuses_once["AddPortMapping"] = {402}; });

    BOOST_TEST((house.igd.table.begin()->second.lease > seconds(604000)));
    auto other = tcp_22();
    other.name = "web";
    other.internal.port = 80;
    other.suggested.port = 8080;
    auto const before = house.igd.count("AddPortMapping");
    house.wish({tcp_22(), other});
    house.settle();
    BOOST_TEST(house.igd.count("AddPortMapping") == before + 1);
}

BOOST_AUTO_TEST_CASE(deletes_a_permanent_lease_of_an_earlier_run) {
    settled first([](auto& igd) { igd.refuses_once["AddPortMapping"] = {725}; });
    igd_house second({dialect_id::igd}, first.engine.remembers());
    second.igd.table = first.igd.table;
    second.now = first.now + hours(100);

    second.appear();
    second.wish({});
    second.settle();

    BOOST_TEST(second.igd.table.empty());
    BOOST_TEST(second.engine.remembers().leases.empty());
}

BOOST_AUTO_TEST_CASE(finds_out_that_leases_are_granted_and_not_kept) {
    settled house([](auto& igd) { igd.drops_leases = true; });

    BOOST_TEST(house.holds());
    BOOST_TEST(house.stands().lease->permanent);
    BOOST_TEST(house.igd.table.size() == 1U);
}

BOOST_AUTO_TEST_CASE(maps_by_the_other_action_where_any_port_is_refused_whatever_is_asked) {
    for (auto const code : {401, 402, 501, 602, 606, 728}) {
        settled house([code](auto& igd) {
            igd.description = "version-2.xml";
            igd.refuses["AddAnyPortMapping"] = code;
        });
        house.pass(hours(1));

        BOOST_TEST_CONTEXT(code) {
            BOOST_TEST(house.holds());
            BOOST_TEST(house.port() == 2222);
            BOOST_TEST(house.stands().lease->lifetime.count() == 3600);
            BOOST_TEST(house.igd.count("AddAnyPortMapping") == 1U);
            BOOST_TEST(house.igd.count("AddPortMapping") > 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(maps_at_a_service_that_says_nothing_of_itself) {
    for (auto const code : {401, 501, 606}) {
        settled house([code](auto& igd) {
            igd.refuses["GetStatusInfo"] = code;
            igd.refuses["GetExternalIPAddress"] = code;
        });

        BOOST_TEST_CONTEXT(code) {
            BOOST_TEST(house.holds());
            BOOST_TEST(house.port() == 2222);
            BOOST_TEST(house.count(event_kind::refused) == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(tells_what_both_actions_are_refused_with) {
    settled house([](auto& igd) {
        igd.description = "version-2.xml";
        igd.refuses["AddAnyPortMapping"] = 728;
        igd.refuses["AddPortMapping"] = 728;
    });

    BOOST_TEST((house.stands().error == upnp_result::no_port_maps_available));
    BOOST_TEST(house.igd.count("AddPortMapping") == 1U);

    house.igd.refuses.clear();
    house.pass(hours(1));

    BOOST_TEST(house.holds());
    BOOST_TEST(house.igd.count("AddAnyPortMapping") > 1U);
    BOOST_TEST(house.igd.count("AddPortMapping") == 1U);
}

BOOST_AUTO_TEST_CASE(finds_out_that_version_2_keeps_permanent_leases_alone) {
    settled house([](auto& igd) {
        igd.drops_leases = true;
        igd.description = "version-2.xml";
    });

    BOOST_TEST(house.holds());
    BOOST_TEST(house.stands().lease->permanent);
}

BOOST_AUTO_TEST_CASE(deletes_first_where_an_entry_is_not_extended) {
    settled house([](auto& igd) { igd.keeps_ends = true; });

    house.pass(hours(5));

    BOOST_TEST(house.holds());
    BOOST_TEST(house.count(event_kind::lost) == 0U);
    BOOST_TEST(house.igd.count("DeletePortMapping") >= 1U);
}

BOOST_AUTO_TEST_CASE(deletes_first_where_its_own_entry_is_a_conflict) {
    settled house;
    house.igd.refuses_once["AddPortMapping"] = {718};
    house.pass(hours(1));

    BOOST_TEST(house.port() == 2222U);
    BOOST_TEST(house.igd.count("DeletePortMapping") == 1U);
    BOOST_TEST(house.count(event_kind::changed) == 0U);
}

BOOST_AUTO_TEST_CASE(gives_up_after_a_few_other_ports) {
    settled house([](auto& igd) { igd.refuses["AddPortMapping"] = 718; });

    BOOST_TEST(!house.holds());
    BOOST_TEST(house.igd.count("AddPortMapping") == 5U);
    BOOST_TEST((house.stands().error == upnp_result::conflict_in_mapping_entry));
    auto const before = house.igd.served.size();
    house.pass(minutes(4));
    BOOST_TEST(house.igd.count("AddPortMapping") == 5U);
    BOOST_TEST(house.igd.served.size() < before + 5);
}

BOOST_AUTO_TEST_CASE(takes_the_internal_port_where_both_have_to_be_equal) {
    settled house([](auto& igd) { igd.refuses_once["AddPortMapping"] = {724}; });

    BOOST_TEST(house.port() == 22U);
}

BOOST_AUTO_TEST_CASE(never_opens_all_ports) {
    settled house([](auto& igd) { igd.refuses["AddPortMapping"] = 727; });

    BOOST_TEST(!house.holds());
    BOOST_TEST(house.igd.count("AddPortMapping") == 1U);
}

BOOST_AUTO_TEST_CASE(asks_for_a_high_port_where_low_ones_are_forbidden) {
    igd_house house;
    auto low = tcp_22();
    low.suggested.port = 22;
    house.igd.refuses_once["AddPortMapping"] = {606};
    house.appear();
    house.wish({low});

    house.settle();

    BOOST_REQUIRE(house.holds());
    BOOST_TEST(house.stands().lease->assigned.port >= 1024U);
}

BOOST_AUTO_TEST_CASE(maps_without_reading_back_where_the_table_is_closed) {
    settled house([](auto& igd) { igd.refuses["GetSpecificPortMappingEntry"] = 401; });

    BOOST_TEST(house.holds());
    BOOST_TEST((house.stands().lease->verified == verification::none));
    house.wish({});
    house.settle();
    BOOST_TEST(house.igd.table.empty());
}

BOOST_AUTO_TEST_CASE(maps_nothing_while_the_gateway_is_not_connected) {
    settled house([](auto& igd) { igd.external = "0.0.0.0"; });
    BOOST_TEST(!house.holds());
    BOOST_TEST((house.stands().error == fault::no_external_address));
    BOOST_TEST(house.igd.table.empty());

    house.igd.external = "198.51.100.9";
    house.pass(minutes(2));

    BOOST_TEST(house.holds());
    BOOST_TEST((to_string(house.stands().lease->assigned) == "198.51.100.9:2222"));
}

BOOST_AUTO_TEST_CASE(chooses_the_service_that_is_connected) {
    igd_house house;
    house.igd.description = "dsl-both.xml";
    house.igd.refuses_once["GetStatusInfo"] = {501};
    house.igd.refuses_once["GetExternalIPAddress"] = {501};
    house.appear();
    house.wish({tcp_22()});

    house.settle();

    BOOST_TEST(house.holds());
    BOOST_TEST(house.engine.gateways().at(0).upnp_service == "WANPPPConnection:1");
}

BOOST_AUTO_TEST_CASE(finds_a_control_url_that_has_moved_at_its_first_failure) {
    settled house;
    house.igd.server.port = 5001;
    house.igd.table.clear();

    house.pass(hours(1));

    BOOST_TEST(house.holds());
    BOOST_TEST(house.igd.table.size() == 1U);
    BOOST_TEST(house.count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(makes_again_what_the_table_does_not_show_any_more) {
    settled house;
    house.igd.table.clear();

    house.pass(minutes(11));

    BOOST_TEST(house.igd.table.size() == 1U);
    BOOST_REQUIRE(house.count(event_kind::renewed) == 1U);
    BOOST_TEST(house.events.back().recovered);
}

BOOST_AUTO_TEST_CASE(tells_a_restart_by_the_uptime_and_the_table) {
    settled house;
    house.igd.table.clear();
    house.igd.uptime = seconds(3);

    house.pass(minutes(11));

    BOOST_TEST(house.holds());
    BOOST_TEST(house.count(event_kind::gateway_rebooted) == 1U);
}

BOOST_AUTO_TEST_CASE(looks_again_at_each_sign_of_another_boot) {
    std::vector<wire::ssdp::boot_signs> const others{{2, 7, "n1"}, {1, 8, "n1"}, {1, 7, "n2"}};
    for (auto const& next : others) {
        settled house([](auto& igd) { igd.signs = {1, 7, "n1"}; });
        house.igd.table.clear();

        house.igd.signs = next;
        house.announce();
        house.settle();

        BOOST_TEST(house.igd.table.size() == 1U);
        BOOST_TEST(house.count(event_kind::gateway_rebooted) == 1U);
    }
}

BOOST_AUTO_TEST_CASE(leaves_a_gateway_alone_that_is_alive_as_before) {
    settled house([](auto& igd) { igd.signs = {1, 7, "n1"}; });
    auto const before = house.igd.served.size();

    house.announce();
    house.settle();

    BOOST_TEST(house.igd.served.size() == before);
}

BOOST_AUTO_TEST_CASE(looks_again_when_a_gateway_says_goodbye) {
    settled house;
    house.igd.table.clear();

    house.advertise("NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nNTS: ssdp:byebye\r\n"
                    "USN: uuid:a1::upnp:rootdevice\r\n\r\n");
    house.settle();

    BOOST_TEST(house.igd.table.size() == 1U);
    BOOST_TEST(house.count(event_kind::gateway_rebooted) == 1U);
}

BOOST_AUTO_TEST_CASE(survives_a_gateway_that_is_off_for_an_hour) {
    settled house;
    house.igd.dead = true;
    house.pass(hours(1));
    BOOST_TEST(!house.holds());

    house.igd.dead = false;
    house.pass(minutes(21));

    BOOST_TEST(house.holds());
}

BOOST_AUTO_TEST_CASE(survives_exchanges_that_never_end) {
    settled house;
    house.igd.silent = true;
    house.pass(minutes(50));
    house.igd.silent = false;

    house.pass(minutes(21));

    BOOST_TEST(house.holds());
}

BOOST_AUTO_TEST_CASE(hears_no_description_of_another_host) {
    igd_house house;
    house.igd.location = "http://192.168.1.66:5000/root.xml";
    house.appear();
    house.wish({tcp_22()});

    house.settle();

    BOOST_TEST(house.igd.served.empty());
    BOOST_TEST((house.stands().error == fault::foreign_address));
}

BOOST_AUTO_TEST_CASE(sends_every_deletion_when_time_runs_out) {
    igd_house house;
    std::vector<mapping> many;
    for (std::uint16_t port = 1; port <= 9; ++port) {
        auto m = tcp_22();
        m.name += std::to_string(port);
        m.internal.port = m.suggested.port = static_cast<std::uint16_t>(5000 + port);
        many.push_back(m);
    }
    house.appear();
    house.wish(many);
    house.settle();
    BOOST_REQUIRE(house.igd.table.size() == 9U);
    house.wish({});

    house.engine.hurry_releases(house.now);
    house.drain();
    house.settle();

    BOOST_TEST(house.igd.table.empty());
}

BOOST_AUTO_TEST_CASE(searches_over_ipv6_on_the_link_and_in_the_site) {
    auto const gateway = boost::asio::ip::make_address("fe80::1%2");
    igd_discovery discovery(gateway);

    discovery.start(time_point(seconds(1)), {});

    std::vector<std::string> asked;
    while (auto const search = discovery.poll()) {
        asked.push_back(to_string(search->destination));
    }
    BOOST_TEST_REQUIRE(asked.size() == 9U);
    BOOST_TEST(asked[0] == "[ff02::c]:1900");
    BOOST_TEST(asked[1] == "[ff05::c]:1900");
    BOOST_TEST(asked[2].starts_with("[fe80::1%"), asked[2]);
}

BOOST_AUTO_TEST_SUITE_END()
