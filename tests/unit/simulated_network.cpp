// SPDX-License-Identifier: MIT
#include "support/network.hpp"
#include "support/printers.hpp"
#include "support/timeline.hpp"
#include "unit/wire_octets.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

using namespace pmp::test;
using namespace std::chrono_literals;
using pmp::endpoint;
using std::chrono::nanoseconds;

namespace {

class listener final : public network_node {
public:
    explicit listener(timeline& time) : time_(time) {}

    bool receive(packet const& message, unsigned /*segment*/) override {
        heard.push_back(message);
        at.push_back(time_.elapsed());
        return open;
    }
    void unreachable(packet const&, unsigned /*segment*/) override { ++returned; }

    std::vector<packet> heard;
    std::vector<nanoseconds> at;
    bool open = true;
    int returned = 0;

private:
    timeline& time_;
};

struct two_nodes {
    explicit two_nodes(std::uint64_t seed = 1) : time(seed) {
        net.attach(1, address("10.0.0.1"), a);
        net.attach(1, address("10.0.0.2"), b);
    }

    void send(std::uint8_t octet = 0, unsigned segment = 1) {
        net.send(
            segment,
            {{address("10.0.0.1"), 1000},
             {address("10.0.0.2"), 2000},
             pmp::wire::bytes(8, std::byte{octet})}
        );
    }

    void run() { time.run_until(time.now() + 10s); }

    timeline time;
    network net{time};
    listener a{time};
    listener b{time};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(simulated_network, two_nodes)

BOOST_AUTO_TEST_CASE(delivers_after_its_delay) {
    net.conditions().delay = 20ms;

    send(7);
    run();

    BOOST_REQUIRE(b.heard.size() == 1U);
    BOOST_TEST((b.heard[0].source == endpoint{address("10.0.0.1"), 1000}));
    BOOST_TEST((b.heard[0].bytes == pmp::wire::bytes(8, std::byte{7})));
    BOOST_TEST((b.at[0] == 20ms));
    BOOST_TEST(a.heard.empty());
}

BOOST_AUTO_TEST_CASE(keeps_jitter_within_its_bounds) {
    net.conditions() = {10ms, 30ms};

    for (auto i = 0; i < 1000; ++i) {
        send();
    }
    run();

    BOOST_TEST((b.at.front() >= 10ms));
    BOOST_TEST((b.at.front() < 11ms));
    BOOST_TEST((b.at.back() <= 40ms));
    BOOST_TEST((b.at.back() > 39ms));
}

BOOST_AUTO_TEST_CASE(loses_the_share_that_it_is_told_to) {
    net.conditions().loss = 0.3;

    for (auto i = 0; i < 10000; ++i) {
        send();
    }
    run();

    BOOST_TEST(b.heard.size() > 6800U);
    BOOST_TEST(b.heard.size() < 7200U);
    BOOST_TEST(net.counts().lost + net.counts().delivered == 10000U);
}

BOOST_AUTO_TEST_CASE(duplicates_the_share_that_it_is_told_to) {
    net.conditions().duplication = 0.5;

    for (auto i = 0; i < 10000; ++i) {
        send();
    }
    run();

    BOOST_TEST(b.heard.size() > 14800U);
    BOOST_TEST(b.heard.size() < 15200U);
}

BOOST_AUTO_TEST_CASE(lets_later_datagrams_overtake_reordered_ones) {
    net.conditions().reordering = 1;
    send(1);
    net.conditions().reordering = 0;
    send(2);
    run();

    BOOST_REQUIRE(b.heard.size() == 2U);
    BOOST_TEST((b.heard[0].bytes.front() == std::byte{2}));
    BOOST_TEST((b.heard[1].bytes.front() == std::byte{1}));
}

BOOST_AUTO_TEST_CASE(flips_one_bit_of_a_corrupted_datagram) {
    net.conditions().corruption = 1;

    send(0);
    run();

    auto bits = 0;
    for (auto const octet : b.heard.at(0).bytes) {
        for (auto value = std::to_integer<unsigned>(octet); value != 0; value &= value - 1) {
            ++bits;
        }
    }
    BOOST_TEST(bits == 1);
}

BOOST_AUTO_TEST_CASE(swallows_everything_in_a_blackhole_until_it_ends) {
    net.conditions().blackhole = true;
    send(1);
    run();
    BOOST_TEST(b.heard.empty());

    net.conditions().blackhole = false;
    send(2);
    run();
    BOOST_TEST(b.heard.size() == 1U);
}

BOOST_AUTO_TEST_CASE(treats_each_direction_of_a_path_by_itself) {
    net.conditions(address("10.0.0.1"), address("10.0.0.2")).blackhole = true;

    send();
    net.send(1, {{address("10.0.0.2"), 2000}, {address("10.0.0.1"), 1000}, {}});
    run();

    BOOST_TEST(b.heard.empty());
    BOOST_TEST(a.heard.size() == 1U);
}

BOOST_AUTO_TEST_CASE(sends_multicast_to_the_others_of_its_segment_only) {
    listener elsewhere(time);
    net.attach(2, address("10.0.0.3"), elsewhere);

    net.send(1, {{address("10.0.0.1"), 5351}, {address("224.0.0.1"), 5350}, {}});
    run();

    BOOST_TEST(a.heard.empty());
    BOOST_TEST(b.heard.size() == 1U);
    BOOST_TEST(elsewhere.heard.empty());
}

BOOST_AUTO_TEST_CASE(keeps_equal_addresses_on_two_segments_apart) {
    listener namesake(time);
    net.attach(2, address("10.0.0.2"), namesake);

    send(0, 2);
    run();

    BOOST_TEST(b.heard.empty());
    BOOST_TEST(namesake.heard.size() == 1U);
}

BOOST_AUTO_TEST_CASE(tells_the_sender_that_a_port_is_closed) {
    b.open = false;

    send();
    run();

    BOOST_TEST(a.returned == 1);
    BOOST_TEST(net.counts().port_closed == 1U);
}

BOOST_AUTO_TEST_CASE(tells_the_sender_nothing_where_nobody_is_there) {
    net.detach(1, address("10.0.0.2"));

    send();
    run();

    BOOST_TEST(a.returned == 0);
    BOOST_TEST(net.counts().nobody_there == 1U);
}

BOOST_AUTO_TEST_CASE(captures_the_newest_datagrams_and_no_more_than_it_may) {
    net.capture_at_most(4);

    for (std::uint8_t i = 0; i < 10; ++i) {
        send(i);
        run();
    }

    BOOST_REQUIRE(net.captured().size() == 4U);
    auto const& newest = net.captured().back();
    BOOST_TEST((newest.fate == packet_fate::delivered));
    BOOST_TEST((newest.packet.bytes.front() == std::byte{9}));
}

BOOST_AUTO_TEST_CASE(has_the_same_history_for_the_same_seed_and_another_for_another) {
    auto const history = [](std::uint64_t seed) {
        two_nodes nodes(seed);
        nodes.net.conditions() = {1ms, 50ms, 0.2, 0.2, 0.2, 0.2};
        for (std::uint8_t i = 0; i < 100; ++i) {
            nodes.send(i);
            nodes.run();
        }
        for (auto const& message : nodes.b.heard) {
            nodes.time.trace(message.bytes);
        }
        return nodes.time.trace_hash();
    };

    BOOST_TEST(history(1) == history(1));
    BOOST_TEST(history(1) != history(2));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(virtual_time)

BOOST_AUTO_TEST_CASE(does_things_in_the_order_of_their_times_and_of_their_making) {
    timeline time(1);
    std::string order;
    time.after(2s, [&] { order += 'c'; });
    time.after(1s, [&] { order += 'a'; });
    time.after(1s, [&] { order += 'b'; });
    time.after(3s, [&] { order += 'd'; });

    time.run_until(time.now() + 2s);

    BOOST_TEST(order == "abc");
    BOOST_TEST((time.elapsed() == 2s));
}

BOOST_AUTO_TEST_CASE(stops_when_what_it_waits_for_is_there) {
    timeline time(1);
    auto reached = false;
    time.after(2s, [&] { reached = true; });
    time.after(5s, [&] { reached = false; });

    BOOST_TEST(time.run_until([&] { return reached; }, time.now() + 1min));
    BOOST_TEST((time.elapsed() == 2s));
}

BOOST_AUTO_TEST_CASE(waits_no_longer_than_the_limit) {
    timeline time(1);

    BOOST_TEST(!time.run_until([] { return false; }, time.now() + 1min));
    BOOST_TEST((time.elapsed() == 1min));
}

BOOST_AUTO_TEST_CASE(names_seed_and_time_when_a_law_is_broken) {
    timeline time(42);
    time.after(1500ms, [&] { time.broken("it rains"); });

    BOOST_CHECK_EXCEPTION(time.run_until(time.now() + 2s), law_broken, [](auto const& error) {
        return std::string(error.what()) == "it rains (seed 42, at 1.5 s)";
    });
}

BOOST_AUTO_TEST_SUITE_END()
