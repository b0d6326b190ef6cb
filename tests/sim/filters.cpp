// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "support/printers.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

// Mappings that let in some remote hosts alone.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

mapping only_for(mapping m, std::vector<std::string> const& remotes) {
    for (auto const& each : remotes) {
        m.allow.push_back(*parse_remote_prefix(each));
    }
    return m;
}

/// Whom the gateway lets in to that port: `198.51.100.0/120 ...`.
std::string let_in(simulated_gateway const& gw, std::uint16_t port) {
    std::string out;
    auto const* found = gw.find(transport::tcp, "192.168.1.10", port);
    for (auto const& each : found != nullptr ? found->filters : std::vector<wire::pcp::filter>{}) {
        out += (out.empty() ? "" : " ") + each.remote.to_string() + "/" +
               std::to_string(each.prefix_length);
    }
    return out;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(filters, home)

BOOST_AUTO_TEST_CASE(lets_in_the_allowed_alone) {
    hold({only_for(tcp(22), {"198.51.100.0/24", "192.0.2.7"}), tcp(80)});
    w.run_for(24h);

    BOOST_TEST(let_in(gw, 22) == "198.51.100.0/120 192.0.2.7/128");
    BOOST_TEST(let_in(gw, 80) == "");
    BOOST_TEST(h.count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(lets_in_as_many_prefixes_as_fit_into_a_request) {
    std::vector<std::string> many;
    for (int i = 0; i < 32; ++i) {
        many.push_back("198.51.100." + std::to_string(i));
    }
    auto ssh = only_for(tcp(22), many);
    ssh.description = std::string(1000, 'x');

    hold({ssh});

    BOOST_TEST(gw.find(transport::tcp, "192.168.1.10", 22)->filters.size() == 32U);
}

BOOST_AUTO_TEST_CASE(lets_in_others_after_a_reload) {
    hold({only_for(tcp(22), {"198.51.100.0/24"})});

    hold({only_for(tcp(22), {"192.0.2.0/24"})});
    BOOST_TEST(let_in(gw, 22) == "192.0.2.0/120");

    hold({tcp(22)});
    BOOST_TEST(let_in(gw, 22) == "");
    BOOST_TEST(gw.table().size() == 1U);
}

BOOST_AUTO_TEST_CASE(lets_in_others_after_a_restart) {
    hold({only_for(tcp(22), {"198.51.100.0/24"})});
    h.crash();
    h.wants({tcp(22)});
    h.start();

    w.run_for(5s);

    BOOST_TEST(h.holds("tcp-22"), h.history());
    BOOST_TEST(let_in(gw, 22) == "");
}

BOOST_AUTO_TEST_CASE(refuses_to_let_in_all) {
    for (auto const& protocols : {only_nat_pmp, only_pcp}) {
        home behind;
        behind.speak(protocols);
        behind.gw.set(vice::refuses_options);

        behind.h.wants({only_for(tcp(22), {"198.51.100.0/24"}), tcp(80)});
        behind.w.run_for(1min);

        auto const found = behind.h.standing_of("tcp-22");
        BOOST_TEST((found->error == fault::no_filter), behind.h.history());
        BOOST_TEST(behind.h.holds("tcp-80"));
        BOOST_TEST(behind.gw.table().size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(does_not_take_a_mapping_without_its_filter) {
    gw.set(vice::ignores_filters);

    h.wants({only_for(tcp(22), {"198.51.100.0/24"})});
    w.run_for(1min);

    BOOST_TEST((h.standing_of("tcp-22")->error == fault::no_filter), h.history());
    BOOST_TEST(h.count(event_kind::acquired) == 0U);
    BOOST_TEST(gw.table().empty());
}

BOOST_AUTO_TEST_CASE(lets_in_all_where_it_may) {
    auto ssh = only_for(tcp(22), {"198.51.100.0/24"});
    ssh.allow_unfiltered = true;
    for (auto const id : {vice::refuses_options, vice::ignores_filters}) {
        for (auto const& protocols : {only_nat_pmp, only_pcp}) {
            home behind;
            behind.speak(protocols);
            behind.gw.set(id);

            behind.hold({ssh});
            behind.w.run_for(24h);

            BOOST_TEST(behind.h.holds_all(), behind.h.history());
            BOOST_TEST((behind.h.standing_of("tcp-22")->error == fault::no_filter));
            BOOST_TEST((behind.h.last(event_kind::acquired)->error == fault::no_filter));
        }
    }
}

BOOST_AUTO_TEST_CASE(says_nothing_of_letting_in_all_where_it_need_not) {
    auto ssh = only_for(tcp(22), {"198.51.100.0/24"});
    ssh.allow_unfiltered = true;
    speak(only_pcp);

    hold({ssh});

    BOOST_TEST(!h.standing_of("tcp-22")->error.failed());
    BOOST_TEST(!h.last(event_kind::acquired)->error.failed());
}

BOOST_AUTO_TEST_CASE(asks_at_once_when_it_may_let_in_all) {
    speak(only_nat_pmp);
    auto ssh = only_for(tcp(22), {"198.51.100.0/24"});
    h.wants({ssh});
    w.run_for(1min);

    ssh.allow_unfiltered = true;

    hold({ssh});
}

BOOST_AUTO_TEST_SUITE_END()
