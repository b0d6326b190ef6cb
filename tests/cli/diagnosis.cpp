// SPDX-License-Identifier: MIT
#include "cli/diagnosis.hpp"

#include "cli/verb.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <regex>

using namespace pmp::cli;
using namespace std::chrono_literals;

namespace {

using pmp::dialect_id;

pmp::ip_address address(char const* text) {
    return boost::asio::ip::make_address(text);
}

/// A machine behind a gateway that does all that it should.
facts sound() {
    facts out;
    out.host.interfaces = {{"eth0", true, false, {address("192.168.1.5")}}};
    out.host.routes = {{"eth0", address("192.168.1.1"), 100}};
    out.host.firewall.drops = false;
    out.found.view.address = address("192.168.1.1");
    out.found.view.internal = address("192.168.1.5");
    out.found.view.interface = "eth0";
    out.found.external_address = address("198.51.100.7");
    out.found.protocols = {
        {dialect_id::pcp, 86400, {}, {}, {}, {}},
        {dialect_id::nat_pmp, 86400, {}, {}, {}, {}},
        {dialect_id::igd, 0, "Box 7", "WANIPConnection:1", {}, {}}};
    out.found.search = pmp::upnp_search{2, 1, 1, true, false, true, {}};
    out.epochs = {{dialect_id::pcp, 86400, 86404, 4s}, {dialect_id::nat_pmp, 86400, 86404, 4s}};
    trial_fact trial;
    trial.port = 40000;
    trial.lifetime = 120s;
    pmp::lease granted;
    granted.internal = {address("192.168.1.5"), 40000};
    granted.assigned = {address("198.51.100.7"), 40000};
    granted.lifetime = 120s;
    trial.granted = granted;
    trial.again = granted;
    out.trial = trial;
    return out;
}

void lose_gateway(facts& seen, pmp::error_code why) {
    seen.found.view = {};
    seen.found.protocols.clear();
    seen.found.external_address.reset();
    seen.found.error = why;
    seen.trial.reset();
    seen.epochs.clear();
}

void silence_gateway(facts& seen, pmp::error_code why) {
    auto const view = seen.found.view;
    lose_gateway(seen, why);
    seen.found.view = view;
}

void have_external(facts& seen, char const* text) {
    seen.found.external_address = address(text);
    seen.trial->granted->assigned.address = address(text);
}

void refuse(facts& seen, pmp::error_code why) {
    seen.trial->granted.reset();
    seen.trial->again.reset();
    seen.trial->error = why;
}

finding step_of(diagnosis const& from, std::string_view step) {
    auto const found =
        std::find_if(from.findings.begin(), from.findings.end(), [step](finding const& f) {
            return f.step == step;
        });
    return found != from.findings.end() ? *found
                                        : finding{step, {}, outcome::skipped, "is not there", {}};
}

struct trouble {
    char const* what;
    std::function<void(facts&)> make;
    std::string_view verdict;
    int status;
    /// In the sentence, and in the advice.
    char const* sentence;
    char const* advice;
};

void check(std::vector<trouble> const& all) {
    for (auto const& each : all) {
        BOOST_TEST_CONTEXT(each.what) {
            auto seen = sound();
            each.make(seen);

            auto const end = diagnose(seen).end;

            BOOST_TEST(end.name == each.verdict);
            BOOST_TEST(end.status == each.status);
            BOOST_TEST(end.sentence.find(each.sentence) != std::string::npos, end.sentence);
            BOOST_TEST(end.advice.find(each.advice) != std::string::npos, end.advice);
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(doctor_diagnosis)

BOOST_AUTO_TEST_CASE(a_sound_way_to_the_internet_has_every_step_ticked) {
    auto const found = diagnose(sound());

    BOOST_TEST(found.end.name == "open");
    BOOST_TEST(found.end.status == exit_status::done);
    BOOST_TEST(found.end.advice == "");
    BOOST_TEST(found.end.sentence.find("198.51.100.7") != std::string::npos);
    for (auto const& each : found.findings) {
        BOOST_TEST((each.result == outcome::ok || each.step == "daemon"), each.summary);
    }
}

BOOST_AUTO_TEST_CASE(a_machine_that_reaches_no_gateway_is_told_why) {
    auto const lost = boost::asio::error::network_unreachable;
    check({
        {"no network",
         [&](facts& f) {
             lose_gateway(f, lost);
             f.host = {};
         },
         "not_connected",
         exit_status::silent,
         "no network interface",
         "connect"},
        {"cable out",
         [&](facts& f) {
             lose_gateway(f, lost);
             f.host.interfaces.front().running = false;
             f.host.routes.clear();
         },
         "not_connected",
         exit_status::silent,
         "eth0 is down",
         "connect"},
        {"no DHCP",
         [&](facts& f) {
             lose_gateway(f, lost);
             f.host.interfaces.front().addresses = {address("169.254.7.7")};
             f.host.routes.clear();
         },
         "not_connected",
         exit_status::silent,
         "eth0 has no IPv4 address",
         "DHCP"},
        {"IPv6 alone",
         [&](facts& f) {
             lose_gateway(f, lost);
             f.host.interfaces.front().addresses = {address("2001:db8::5")};
             f.host.routes.clear();
         },
         "not_connected",
         exit_status::silent,
         "IPv6 addresses alone",
         "IPv4 address"},
        {"no default route",
         [&](facts& f) {
             lose_gateway(f, lost);
             f.host.routes.clear();
         },
         "no_route",
         exit_status::silent,
         "no default route",
         "--gateway"},
        {"a VPN takes the default route",
         [&](facts& f) {
             lose_gateway(f, lost);
             f.host.routes = {{"wg0", {}, 0}};
         },
         "no_route",
         exit_status::silent,
         "leads into wg0",
         "--interface"},
        {"a gateway that no route leads to",
         [&](facts& f) {
             lose_gateway(f, lost);
             f.asked.address = address("10.9.9.9");
         },
         "no_route",
         exit_status::silent,
         "no route leads to gateway 10.9.9.9",
         "check the address"},
        {"an interface that is not there",
         [&](facts& f) {
             lose_gateway(f, lost);
             f.asked.interface = "nope0";
         },
         "not_connected",
         exit_status::silent,
         "there is no interface nope0",
         "eth0"},
    });
}

BOOST_AUTO_TEST_CASE(without_an_interface_nothing_follows_from_that) {
    auto seen = sound();
    lose_gateway(seen, boost::asio::error::network_unreachable);
    seen.host.interfaces.clear();

    BOOST_TEST(step_of(diagnose(seen), "route").summary == "is not there");
}

BOOST_AUTO_TEST_CASE(a_gateway_that_offers_nothing_is_told_from_one_that_is_silent) {
    check({
        {"port mapping is off",
         [](facts& f) { silence_gateway(f, pmp::fault::gateway_unreachable); },
         "gateway_closed",
         exit_status::silent,
         "has closed UDP port 5351",
         "switch PCP, NAT-PMP or UPnP on"},
        {"nothing comes back",
         [](facts& f) { silence_gateway(f, pmp::fault::gateway_silent); },
         "gateway_silent",
         exit_status::silent,
         "did not answer",
         "firewall"},
        {"nothing comes back, and another default route leads elsewhere",
         [](facts& f) {
             silence_gateway(f, pmp::fault::gateway_silent);
             f.host.routes.push_back({"eth1", address("10.0.0.1"), 200});
         },
         "gateway_silent",
         exit_status::silent,
         "gateway 192.168.1.1 did not answer",
         "--gateway 10.0.0.1"},
        {"what answers by UPnP is of no use",
         [](facts& f) {
             silence_gateway(f, pmp::fault::bad_description);
             f.found.search->error = pmp::fault::bad_description;
         },
         "upnp_unusable",
         exit_status::refused,
         "description is too long",
         "restart the gateway"},
        {"this host has a public address",
         [](facts& f) {
             silence_gateway(f, pmp::fault::gateway_silent);
             f.found.view.internal = address("198.51.100.9");
         },
         "direct",
         exit_status::done,
         "198.51.100.9 is this host's own address",
         ""},
    });
}

BOOST_AUTO_TEST_CASE(an_external_address_that_the_internet_does_not_reach_is_told) {
    check({
        {"no connection",
         [](facts& f) {
             f.found.external_address.reset();
             refuse(f, pmp::pcp_result::network_failure);
             f.address_error = pmp::fault::no_external_address;
         },
         "no_external_address",
         exit_status::refused,
         "external address",
         "connection to the internet"},
        {"double NAT",
         [](facts& f) { have_external(f, "192.168.0.2"); },
         "double_nat",
         exit_status::refused,
         "another NAT",
         "bridge"},
        {"carrier-grade NAT",
         [](facts& f) { have_external(f, "100.64.9.9"); },
         "carrier_grade_nat",
         exit_status::refused,
         "carrier-grade NAT",
         "public IPv4 address"},
        {"DS-Lite",
         [](facts& f) { have_external(f, "192.0.0.2"); },
         "carrier_grade_nat",
         exit_status::refused,
         "carrier-grade NAT",
         "public"},
        {"nonsense",
         [](facts& f) { have_external(f, "127.0.0.1"); },
         "unreachable_address",
         exit_status::refused,
         "loopback",
         "connection to the internet"},
        {"double NAT, and refused for it",
         [](facts& f) {
             f.found.external_address = address("10.1.2.3");
             refuse(f, pmp::pcp_result::not_authorized);
         },
         "double_nat",
         exit_status::refused,
         "another NAT",
         "bridge"},
    });
}

BOOST_AUTO_TEST_CASE(a_trial_that_fails_is_told_with_the_gateways_word) {
    check({
        {"policy",
         [](facts& f) { refuse(f, pmp::pcp_result::not_authorized); },
         "refused",
         exit_status::refused,
         "NOT_AUTHORIZED",
         "settings"},
        {"full table",
         [](facts& f) { refuse(f, pmp::pcp_result::no_resources); },
         "refused",
         exit_status::refused,
         "NO_RESOURCES",
         ""},
        {"another port each time",
         [](facts& f) { f.trial->again->assigned.port = 40001; },
         "unsteady",
         exit_status::refused,
         "40000, then 40001",
         "hook"},
        {"an old mapping is in the way of a renewal",
         [](facts& f) {
             f.trial->again.reset();
             f.trial->again_error = pmp::pcp_result::no_resources;
         },
         "unsteady",
         exit_status::refused,
         "asking for it again failed",
         "restart"},
    });
}

BOOST_AUTO_TEST_CASE(what_works_with_a_catch_is_told_and_is_no_failure) {
    auto const works = exit_status::done;
    check({
        {"stuck epoch",
         [](facts& f) {
             f.epochs = {{dialect_id::pcp, 7, 7, 4s}};
         },
         "open_with_remarks",
         works,
         "can be opened",
         "lifetimes short"},
        {"fast epoch",
         [](facts& f) {
             f.epochs = {{dialect_id::pcp, 100, 500, 4s}};
         },
         "open_with_remarks",
         works,
         "can be opened",
         "newer software"},
        {"reboot in between",
         [](facts& f) {
             f.epochs = {{dialect_id::pcp, 86400, 2, 4s}};
         },
         "open_with_remarks",
         works,
         "can be opened",
         "in a minute"},
        {"another port",
         [](facts& f) {
             f.trial->granted->assigned.port = 50000;
             f.trial->again->assigned.port = 50000;
         },
         "open_with_remarks",
         works,
         "can be opened",
         "assigned"},
        {"short leases",
         [](facts& f) { f.trial->granted->lifetime = 30s; },
         "open_with_remarks",
         works,
         "can be opened",
         "pmpd"},
        {"leases without an end",
         [](facts& f) { f.trial->granted->permanent = true; },
         "open_with_remarks",
         works,
         "can be opened",
         "delete left ones"},
        {"a table that does not show it",
         [](facts& f) { f.trial->granted->via = dialect_id::igd; },
         "open_with_remarks",
         works,
         "can be opened",
         "read back"},
        {"a device elsewhere on the network",
         [](facts& f) {
             f.found.protocols.pop_back();
             f.found.search =
                 pmp::upnp_search{0, 0, 0, false, false, false, address("192.168.1.2")};
         },
         "open_with_remarks",
         works,
         "can be opened",
         "--gateway 192.168.1.2"},
        {"a deletion that nobody confirms",
         [](facts& f) { f.trial->deletion_error = pmp::fault::gateway_silent; },
         "open_with_remarks",
         works,
         "can be opened",
         "ends by itself in 2 min"},
        {"port 5350 taken",
         [](facts& f) { f.deafness = boost::asio::error::address_in_use; },
         "open_with_remarks",
         works,
         "can be opened",
         "ss -lunp"},
        {"a firewall that hears no announcements",
         [](facts& f) {
             f.host.firewall = {"nftables", true, {}, false};
         },
         "open_with_remarks",
         works,
         "can be opened",
         "5350"},
        {"a firewall that drops",
         [](facts& f) {
             f.host.firewall = {"ufw", true, {}, true};
         },
         "open_with_remarks",
         works,
         "by PCP at 198.51.100.7, but ufw of this host drops what no rule of it lets in",
         "ufw allow 22/tcp"},
        {"a firewall that can't be looked at",
         [](facts& f) { f.host.firewall.drops.reset(); },
         "open_with_remarks",
         works,
         "nothing wrong was found: ports can be opened by PCP at 198.51.100.7; but the firewall of "
         "this host could not be looked at",
         ""},
    });
}

BOOST_AUTO_TEST_CASE(what_is_wrong_besides_an_unread_firewall_is_not_denied) {
    auto seen = sound();
    seen.host.firewall.drops.reset();
    seen.trial->granted->permanent = true;

    BOOST_TEST(diagnose(seen).end.sentence.find("nothing wrong") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_daemons_view_stands_beside_the_fresh_one) {
    auto const with = [](std::size_t held, std::optional<pmp::ip_address> const& external) {
        return [held, external](facts& f) {
            f.daemon = daemon_fact{2, held, "ssh", "NOT_AUTHORIZED", external};
        };
    };
    check({
        {"all held",
         with(2, address("198.51.100.7")),
         "open",
         exit_status::done,
         "can be opened",
         ""},
        {"one missing",
         with(1, {}),
         "not_held",
         exit_status::refused,
         "pmpd holds 1 of 2 mappings: ssh is not open, NOT_AUTHORIZED",
         "pmp renew"},
        {"an older address",
         with(2, address("198.51.100.8")),
         "open_with_remarks",
         exit_status::done,
         "can be opened",
         "pmp renew"},
    });
}

BOOST_AUTO_TEST_CASE(without_a_trial_it_promises_nothing) {
    auto seen = sound();
    seen.trial.reset();
    seen.no_trial = true;

    auto const found = diagnose(seen);

    BOOST_TEST(found.end.name == "open");
    BOOST_TEST(found.end.sentence.find("not tried") != std::string::npos);
    BOOST_TEST((step_of(found, "trial").result == outcome::skipped));
}

BOOST_AUTO_TEST_CASE(the_first_thing_in_the_way_hides_what_comes_after_it) {
    auto seen = sound();
    have_external(seen, "192.168.0.2");
    seen.deafness = boost::asio::error::address_in_use;
    seen.daemon = daemon_fact{1, 0, "ssh", "", {}};

    auto const found = diagnose(seen);

    BOOST_TEST(found.end.name == "double_nat");
    BOOST_TEST((step_of(found, "announcements").result == outcome::warning));
    BOOST_TEST((step_of(found, "daemon").result == outcome::failed));
}

BOOST_AUTO_TEST_CASE(a_protocol_without_an_answer_is_named) {
    auto seen = sound();
    seen.found.protocols.pop_back();

    auto const found = step_of(diagnose(seen), "upnp");

    BOOST_TEST((found.result == outcome::skipped));
    BOOST_TEST(found.summary == "no answer");
}

BOOST_AUTO_TEST_CASE(a_search_for_upnp_tells_which_service_it_found_and_why) {
    struct {
        pmp::upnp_search found;
        char const* words;
    } const cases[] = {
        {{1, 1, 1, true, false, true, {}}, "one reply; WANIPConnection:1 is the only one"},
        {{3, 1, 2, true, true, true, {}}, "of 2 .*: it is connected and has a public"},
        {{3, 1, 2, true, true, false, {}}, "of 2 .*: it is connected$"},
        {{3, 1, 2, false, true, true, {}}, "of 2 .*: it has a public address"},
        {{3, 1, 2, false, true, false, {}}, "of 2 .*: it is the default one"},
        {{3, 1, 2, false, false, false, {}}, "of 2 .*: none says that it is connected"},
    };
    for (auto const& each : cases) {
        auto seen = sound();
        seen.found.search = each.found;

        auto const step = step_of(diagnose(seen), "ssdp");

        BOOST_TEST((step.result == outcome::ok));
        BOOST_TEST(std::regex_search(step.summary, std::regex(each.words)), step.summary);
    }
}

BOOST_AUTO_TEST_CASE(a_search_for_upnp_that_found_nothing_tells_how_far_it_came) {
    struct {
        pmp::upnp_search found;
        char const* words;
    } const cases[] = {
        {{0, 0, 0, false, false, false, {}}, "no reply"},
        {{2, 0, 0, false, false, false, {}}, "2 replies; no description could be read"},
        {{2, 1, 0, false, false, false, {}}, "2 replies; no service that maps ports"},
        {{2, 1, 1, false, false, false, {}},
         "2 replies; a service that maps ports does not answer"},
    };
    for (auto const& each : cases) {
        auto seen = sound();
        seen.found.protocols.pop_back();
        seen.found.search = each.found;

        auto const found = diagnose(seen);

        auto const step = step_of(found, "ssdp");
        BOOST_TEST((step.result == outcome::skipped));
        BOOST_TEST(step.summary == each.words);
        BOOST_TEST(found.end.name == "open");
    }
}

BOOST_AUTO_TEST_CASE(what_was_found_of_upnp_is_told_where_nothing_else_answers) {
    auto seen = sound();
    silence_gateway(seen, pmp::fault::gateway_silent);
    seen.found.search = pmp::upnp_search{2, 1, 0, false, false, false, {}};

    auto const found = diagnose(seen);

    BOOST_TEST(found.end.name == "gateway_silent");
    BOOST_TEST(step_of(found, "ssdp").summary == "2 replies; no service that maps ports");
}

BOOST_AUTO_TEST_CASE(where_upnp_may_not_be_used_there_is_no_step_for_its_search) {
    auto seen = sound();
    seen.asked.protocols = {dialect_id::pcp};
    seen.found.search.reset();

    BOOST_TEST(step_of(diagnose(seen), "ssdp").summary == "is not there");
}

BOOST_AUTO_TEST_CASE(a_trial_by_upnp_says_whether_the_table_showed_it) {
    auto seen = sound();
    seen.found.protocols.erase(seen.found.protocols.begin(), seen.found.protocols.begin() + 2);
    seen.trial->granted->via = dialect_id::igd;
    seen.trial->granted->verified = pmp::verification::read_back;

    auto const found = diagnose(seen);

    BOOST_TEST(found.end.sentence.find("by UPnP") != std::string::npos);
    BOOST_TEST(
        step_of(found, "trial").summary ==
        "UDP 198.51.100.7:40000 made by UPnP, read back, confirmed and deleted"
    );
}

BOOST_AUTO_TEST_SUITE_END()
