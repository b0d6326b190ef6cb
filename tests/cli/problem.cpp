// SPDX-License-Identifier: MIT
#include "cli/problem.hpp"

#include "cli/other_nat.hpp"
#include "cli/verb.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

using namespace pmp::cli;
using namespace std::chrono_literals;

namespace {

attempt mapping_22() {
    attempt out{"map tcp port 22", {}, purpose::mapping, 2222};
    out.gateway.address = boost::asio::ip::make_address("192.168.1.1");
    return out;
}

bool holds(failure const& why, int status, std::vector<std::string> const& parts) {
    bool all = why.status == status;
    for (auto const& each : parts) {
        all = all && why.sentence.find(each) != std::string::npos;
    }
    BOOST_TEST_INFO(why.status << " " << why.sentence);
    return all;
}

bool is_nat(char const* address) {
    return another_nat(boost::asio::ip::make_address(address)).has_value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(problem)

BOOST_AUTO_TEST_CASE(silence_tells_whom_how_and_how_long_it_asked) {
    auto const why = explain(pmp::fault::gateway_silent, mapping_22(), 10s);

    BOOST_TEST(holds(why, exit_status::silent, {"192.168.1.1", "5351", "pcp, nat-pmp", "10 s"}));
}

BOOST_AUTO_TEST_CASE(a_closed_port_tells_what_to_switch_on) {
    auto const why = explain(pmp::fault::gateway_unreachable, mapping_22(), 10s);

    BOOST_TEST(
        holds(why, exit_status::silent, {"192.168.1.1 has closed UDP port 5351", "switch PCP"})
    );
}

BOOST_AUTO_TEST_CASE(what_is_to_be_switched_on_is_what_was_asked_for) {
    auto tried = mapping_22();
    tried.gateway.protocols = {pmp::dialect_id::pcp};

    auto const why = explain(pmp::fault::gateway_unreachable, tried, 10s);

    BOOST_TEST(holds(why, exit_status::silent, {"switch PCP on"}));
    tried.gateway.protocols.push_back(pmp::dialect_id::igd);
    auto const or_upnp = explain(pmp::fault::gateway_unreachable, tried, 10s);
    BOOST_TEST(holds(or_upnp, exit_status::silent, {"switch PCP or UPnP on"}));
}

BOOST_AUTO_TEST_CASE(a_slow_http_server_may_need_more_time) {
    auto const why = explain(pmp::fault::no_http, mapping_22(), 1s);

    BOOST_TEST(holds(why, exit_status::silent, {"give it more time with --timeout"}));
}

BOOST_AUTO_TEST_CASE(what_took_all_the_time_is_not_to_be_restarted_at_once) {
    auto tried = mapping_22();
    tried.out_of_time = true;

    auto const why = explain(pmp::fault::no_http, tried, 10s);

    BOOST_TEST(holds(why, exit_status::silent, {"; give it more time than 10 s with --timeout"}));
    BOOST_TEST(why.sentence.find("; restart") == std::string::npos, why.sentence);
}

BOOST_AUTO_TEST_CASE(what_was_not_answered_in_time_may_be_deleted) {
    auto tried = mapping_22();
    tried.deed = "delete the mapping of tcp port 22";
    tried.aim = purpose::deleting;
    tried.out_of_time = true;

    auto const why = explain(pmp::fault::no_http, tried, 10s);

    BOOST_TEST(
        holds(why, exit_status::silent, {"did not confirm to delete the mapping of tcp port 22: "})
    );
}

BOOST_AUTO_TEST_CASE(without_a_default_route_it_asks_for_the_gateway) {
    auto tried = mapping_22();
    tried.gateway.address.reset();

    auto const why = explain(boost::asio::error::network_unreachable, tried, 10s);

    BOOST_TEST(holds(why, exit_status::silent, {"no default route", "--gateway ADDR"}));
}

BOOST_AUTO_TEST_CASE(a_missing_interface_is_named) {
    auto tried = mapping_22();
    tried.gateway.interface = "nope0";

    auto const why = explain(boost::asio::error::network_unreachable, tried, 10s);

    BOOST_TEST(holds(why, exit_status::silent, {"there is no interface nope0"}));
}

BOOST_AUTO_TEST_CASE(a_refusal_tells_the_results_name_and_meaning) {
    auto const why = explain(pmp::pcp_result::not_authorized, mapping_22(), 10s);

    BOOST_TEST(holds(
        why,
        exit_status::refused,
        {"gateway 192.168.1.1 refused to map tcp port 22: NOT_AUTHORIZED (pcp 2): ",
         "policy",
         "; allow it"}
    ));
}

BOOST_AUTO_TEST_CASE(a_taken_port_is_named) {
    for (pmp::error_code const error :
         {pmp::error_code(pmp::fault::port_taken),
          pmp::error_code(pmp::pcp_result::cannot_provide_external)}) {
        auto tried = mapping_22();
        tried.exact = true;

        auto const why = explain(error, tried, 10s);

        BOOST_TEST(holds(why, exit_status::refused, {"external port 2222 is not free", "--exact"}));
    }
}

BOOST_AUTO_TEST_CASE(a_taken_port_that_was_a_suggestion_tells_the_result) {
    auto const why = explain(pmp::pcp_result::cannot_provide_external, mapping_22(), 10s);

    BOOST_TEST(holds(
        why, exit_status::refused, {"(CANNOT_PROVIDE_EXTERNAL, pcp 11); choose", "or write any"}
    ));
    BOOST_TEST(why.sentence.find("--exact") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_table_that_shows_others_at_every_port_is_wrong) {
    for (auto const port : {std::uint16_t{0}, std::uint16_t{2222}}) {
        auto tried = mapping_22();
        tried.external_port = port;

        auto const why = explain(pmp::fault::foreign_entry, tried, 10s);

        BOOST_TEST(holds(
            why,
            exit_status::refused,
            {"refused to map tcp port 22: the gateway's table shows another mapping than ours",
             "each external port that was tried",
             "look for newer software for it"}
        ));
        BOOST_TEST(why.sentence.find("choose another one") == std::string::npos, why.sentence);
        BOOST_TEST(why.sentence.find("write any") == std::string::npos, why.sentence);
    }
}

BOOST_AUTO_TEST_CASE(a_table_that_shows_another_at_the_exact_port_may_be_wrong) {
    auto tried = mapping_22();
    tried.exact = true;

    auto const why = explain(pmp::fault::foreign_entry, tried, 10s);

    BOOST_TEST(holds(
        why,
        exit_status::refused,
        {"external port 2222 is not free",
         "leave out --exact",
         "if its table shows that of every port"}
    ));
}

BOOST_AUTO_TEST_CASE(a_mapping_that_stays_disabled_is_to_be_allowed) {
    auto const why = explain(pmp::fault::entry_disabled, mapping_22(), 10s);

    BOOST_TEST(holds(
        why,
        exit_status::refused,
        {"disabled in its table", "; allow this machine to open ports in the gateway's settings"}
    ));
}

BOOST_AUTO_TEST_CASE(a_version_error_names_the_protocol_that_was_asked_by) {
    auto tried = mapping_22();

    tried.gateway.protocols = {pmp::dialect_id::pcp};
    auto const pcp = explain(pmp::nat_pmp_result::unsupported_version, tried, 10s);
    tried.gateway.protocols = {pmp::dialect_id::nat_pmp};
    auto const nat_pmp = explain(pmp::pcp_result::unsupp_version, tried, 10s);

    BOOST_TEST(pcp.sentence == "gateway 192.168.1.1 does not speak PCP; try --protocols nat-pmp");
    BOOST_TEST(
        nat_pmp.sentence == "gateway 192.168.1.1 does not speak NAT-PMP; try --protocols pcp"
    );
}

BOOST_AUTO_TEST_CASE(a_refusal_means_what_fits_to_the_deed) {
    auto const told = [](purpose aim) {
        auto tried = mapping_22();
        tried.aim = aim;
        return explain(pmp::pcp_result::not_authorized, tried, 10s).sentence;
    };

    BOOST_TEST(told(purpose::mapping).find("choose another port") != std::string::npos);
    BOOST_TEST(told(purpose::asking).find("port,") == std::string::npos);
    BOOST_TEST(told(purpose::asking).find("another client") == std::string::npos);
    BOOST_TEST(told(purpose::deleting).find("let it expire") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_malformed_answer_is_no_refusal) {
    auto const why = explain(pmp::fault::bad_value, mapping_22(), 10s);

    BOOST_TEST(holds(
        why, exit_status::refused, {"did not map tcp port 22: it answers, but not usably: a field"}
    ));
    BOOST_TEST(why.sentence.find("refused") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_not_asked_for_is_not_to_be_left_out) {
    auto tried = mapping_22();
    tried.internal_port = 22;
    auto const told = [&tried] {
        return explain(pmp::upnp_result::same_port_values_required, tried, 10s);
    };
    BOOST_TEST(holds(
        told(),
        exit_status::refused,
        {"(SamePortValuesRequired, upnp 724); leave out the external port"}
    ));
    tried.exact = true;
    BOOST_TEST(holds(told(), exit_status::refused, {"; leave out --exact, and the external port"}));
    tried.exact = false;
    for (auto const none : {std::uint16_t{22}, std::uint16_t{0}}) {
        tried.external_port = none;

        BOOST_TEST(holds(told(), exit_status::refused, {"not free; map another internal port"}));
        BOOST_TEST(told().sentence.find("leave out") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_description_that_is_refused_is_to_be_shorter) {
    auto const why = explain(pmp::upnp_result::string_argument_too_long, mapping_22(), 10s);

    BOOST_TEST(holds(why, exit_status::refused, {"(upnp 605)", "; give a shorter description"}));
    BOOST_TEST(why.sentence.find("try again") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(where_all_protocols_were_asked_no_other_is_advised) {
    for (auto const code : {401, 602, 777, 718}) {
        auto tried = mapping_22();
        tried.aim = purpose::asking;
        auto const told = [&] {
            return explain({code, pmp::upnp_category()}, tried, 10s).sentence;
        };
        tried.gateway.protocols = {
            pmp::dialect_id::pcp, pmp::dialect_id::nat_pmp, pmp::dialect_id::igd};

        BOOST_TEST(told().find("--protocols") == std::string::npos, told());
        tried.gateway.protocols = {pmp::dialect_id::igd};
        BOOST_TEST(told().find("try another protocol with --protocols") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_port_of_which_nothing_is_remembered_may_be_mapped_with_another_nonce) {
    auto tried = mapping_22();
    tried.internal_port = 22;
    auto const told = [&] { return explain(pmp::pcp_result::not_authorized, tried, 10s); };
    BOOST_TEST(told().sentence.find("memory") == std::string::npos);
    tried.unremembered = true;

    BOOST_TEST(holds(
        told(),
        exit_status::refused,
        {"policy forbids it, or port 22 is mapped already", "ends with its lease", "; allow it"}
    ));
}

BOOST_AUTO_TEST_CASE(what_answers_unusably_is_told_by_its_protocols_and_its_flaw) {
    auto tried = mapping_22();
    BOOST_TEST(holds(
        explain(pmp::fault::truncated, tried, 10s),
        exit_status::refused,
        {"it answers by PCP or NAT-PMP, but not usably: the message ends too early; restart"}
    ));
    tried.gateway.protocols = {pmp::dialect_id::pcp};

    auto const why = explain(pmp::fault::bad_version, tried, 10s);

    BOOST_TEST(holds(why, exit_status::refused, {"it answers by PCP, but not usably: "}));
}

BOOST_AUTO_TEST_CASE(silence_in_a_short_time_may_be_slowness) {
    auto const told = [](std::chrono::seconds timeout) {
        return explain(pmp::fault::gateway_silent, mapping_22(), timeout).sentence;
    };

    BOOST_TEST(told(2s).find("more time with --timeout") != std::string::npos);
    BOOST_TEST(told(10s).find("--timeout") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_error_of_mappings_is_none_where_nothing_was_mapped) {
    for (auto const code : {718, 724, 725, 728, 605, 714}) {
        auto tried = mapping_22();
        tried.deed = "tell its external address";
        tried.aim = purpose::asking;

        auto const why = explain({code, pmp::upnp_category()}, tried, 10s);

        BOOST_TEST(holds(
            why,
            exit_status::refused,
            {"refused to tell its external address: ",
             "(upnp " + std::to_string(code) + "): an answer that does not belong to that request",
             "; restart the gateway"}
        ));
    }
}

BOOST_AUTO_TEST_CASE(an_error_of_mappings_is_told_of_a_deletion_as_far_as_it_may_be_of_one) {
    auto const told = [](int code) {
        auto tried = mapping_22();
        tried.deed = "delete the mapping of tcp port 22";
        tried.aim = purpose::deleting;
        return explain({code, pmp::upnp_category()}, tried, 10s).sentence;
    };

    BOOST_TEST(told(718).find("does not belong to that request") != std::string::npos);
    BOOST_TEST(told(714).find("the gateway's table has no such entry") != std::string::npos);
    BOOST_TEST(told(606).find("another client or the administrator holds") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unknown_result_is_told_by_its_number) {
    auto const why = explain({77, pmp::pcp_category()}, mapping_22(), 10s);

    BOOST_TEST(
        holds(why, exit_status::refused, {"refused to map tcp port 22: result 77 of pcp, which"})
    );
}

BOOST_AUTO_TEST_CASE(private_and_shared_addresses_are_those_of_another_nat) {
    for (auto const* each :
         {"10.0.0.1",
          "172.16.0.1",
          "172.31.255.255",
          "192.168.0.1",
          "100.64.0.1",
          "100.127.255.255",
          "192.0.0.2"}) {
        BOOST_TEST(is_nat(each), each);
    }
    for (auto const* each :
         {"203.0.113.7",
          "11.22.33.1",
          "100.63.255.255",
          "100.128.0.0",
          "172.15.0.1",
          "172.32.0.1",
          "0.0.0.0",
          "::1"}) {
        BOOST_TEST(!is_nat(each), each);
    }
}

BOOST_AUTO_TEST_CASE(addresses_that_no_internet_reaches_are_told) {
    auto const is_told = [](char const* address) {
        return not_reachable(boost::asio::ip::make_address(address)).has_value();
    };
    for (auto const* each :
         {"0.1.2.3",
          "10.0.0.1",
          "127.0.0.1",
          "169.254.1.1",
          "224.0.0.1",
          "240.0.0.1",
          "255.255.255.255"}) {
        BOOST_TEST(is_told(each), each);
    }
    for (auto const* each :
         {"0.0.0.0", "192.0.2.1", "198.18.0.1", "198.51.100.4", "203.0.113.7", "223.1.1.1"}) {
        BOOST_TEST(!is_told(each), each);
    }
    BOOST_TEST(!is_nat("169.254.1.1"));
}

BOOST_AUTO_TEST_CASE(times_are_told_in_their_units) {
    BOOST_TEST(in_words(0s) == "0 s");
    BOOST_TEST(in_words(90s) == "1 min 30 s");
    BOOST_TEST(in_words(2h) == "2 h");
    BOOST_TEST(in_words(25h + 1s) == "1 d 1 h 1 s");
}

BOOST_AUTO_TEST_SUITE_END()
