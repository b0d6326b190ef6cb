// SPDX-License-Identifier: MIT
#include "net/running.hpp"
#include "net/socket_gateway.hpp"

#include <pmp/client.hpp>
#include <pmp/entropy.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using pmp::dialect_id;
using pmp::fault;
using pmp::test::run_until;
using pmp::test::socket_gateway;
using pmp::test::vice;

namespace {

/// A loopback address that no other test program uses at the same time.
pmp::ip_address address_of_this_process() {
    auto const process = static_cast<std::uint32_t>(::getpid());
    return asio::ip::address_v4{0x7f4e0000 | (process & 0xffff)};
}

pmp::test::gateway_options at_this_process() {
    pmp::test::gateway_options options;
    options.address = address_of_this_process();
    return options;
}

pmp::mapping tcp(std::uint16_t port) {
    pmp::mapping mapping;
    mapping.name = "tcp-" + std::to_string(port);
    mapping.internal.port = port;
    mapping.suggested.port = port;
    return mapping;
}

/// What a handler was called with.
template <class T>
struct completion {
    pmp::error_code error;
    T value{};
};

/// A client and a gateway on the loopback interface, and one-shots that can be cancelled.
struct one_shots {
    one_shots() { start_client(pmp::memory{pmp::make_secret(), {}}); }

    void start_client(pmp::memory known) {
        client.emplace(io.get_executor(), std::move(known));
        client->set_gateways({settings()});
    }

    static pmp::gateway_settings settings() {
        pmp::gateway_settings settings;
        settings.address = address_of_this_process();
        return settings;
    }

    /// A handler that fills `outcome`, with a cancellation slot.
    template <class T>
    auto into(std::optional<completion<T>>& outcome) {
        return asio::bind_cancellation_slot(
            stop.slot(),
            [&outcome](pmp::error_code error, T value) {
                outcome = completion<T>{error, std::move(value)};
            }
        );
    }

    template <class T>
    completion<T> result_of(std::optional<completion<T>>& outcome) {
        BOOST_REQUIRE(run_until(io, [&] { return outcome.has_value(); }));
        return std::move(*outcome);
    }

    completion<pmp::external_address> external_address(std::chrono::milliseconds deadline = 5s) {
        std::optional<completion<pmp::external_address>> outcome;
        client->async_external_address("default", deadline, into(outcome));
        return result_of(outcome);
    }

    completion<pmp::lease> map(pmp::mapping wish, std::chrono::milliseconds deadline = 5s) {
        std::optional<completion<pmp::lease>> outcome;
        client->async_map(std::move(wish), deadline, into(outcome));
        return result_of(outcome);
    }

    pmp::error_code unmap(pmp::mapping wish, std::chrono::milliseconds deadline = 5s) {
        std::optional<pmp::error_code> outcome;
        client->async_unmap(std::move(wish), deadline, [&](pmp::error_code error) {
            outcome = error;
        });
        BOOST_REQUIRE(run_until(io, [&] { return outcome.has_value(); }));
        return *outcome;
    }

    completion<std::vector<pmp::discovered_gateway>>
    discover(std::chrono::milliseconds deadline = 5s) {
        std::optional<completion<std::vector<pmp::discovered_gateway>>> outcome;
        client->async_discover(deadline, into(outcome));
        return result_of(outcome);
    }

    void speaks(std::vector<dialect_id> protocols) {
        gateway.simulator().set_protocols(std::move(protocols));
    }
    void set(vice which, std::int64_t number = 0) {
        gateway.simulator().set({which, {number, {}}}, pmp::boot_clock::now());
    }
    bool holds(std::size_t mappings) {
        return run_until(io, [&] { return gateway.simulator().mappings() == mappings; });
    }
    pmp::test::gateway_statistics const& traffic() { return gateway.simulator().statistics(); }
    void cancel() { stop.emit(asio::cancellation_type::terminal); }

    asio::io_context io;
    socket_gateway gateway{io, at_this_process()};
    std::optional<pmp::client> client;
    asio::cancellation_signal stop;
};

auto const external = asio::ip::make_address("203.0.113.7");

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_one_shot, one_shots)

BOOST_AUTO_TEST_CASE(tells_the_external_address) {
    auto const told = external_address();

    BOOST_TEST(!told.error);
    BOOST_TEST(told.value.address == external);
    BOOST_TEST(told.value.gateway.address == address_of_this_process());
    BOOST_TEST(told.value.interface == "lo");
}

BOOST_AUTO_TEST_CASE(tells_the_external_address_of_a_gateway_that_speaks_nat_pmp_alone) {
    speaks({dialect_id::nat_pmp});

    auto const told = external_address();

    BOOST_TEST(!told.error);
    BOOST_TEST(told.value.address == external);
    BOOST_CHECK(told.value.via == dialect_id::nat_pmp);
    BOOST_TEST(traffic().requests == 1U);
}

BOOST_AUTO_TEST_CASE(deletes_the_mapping_that_tells_the_external_address) {
    speaks({dialect_id::pcp});

    auto const told = external_address();

    BOOST_TEST(!told.error);
    BOOST_TEST(told.value.address == external);
    BOOST_CHECK(told.value.via == dialect_id::pcp);
    BOOST_TEST(holds(0));
    BOOST_TEST(traffic().grants == 1U);
    BOOST_TEST(traffic().deletions == 1U);
}

BOOST_AUTO_TEST_CASE(maps_a_port) {
    auto const mapped = map(tcp(80));

    BOOST_TEST(!mapped.error);
    BOOST_TEST(mapped.value.assigned.address == external);
    BOOST_TEST(mapped.value.assigned.port == 80);
    BOOST_TEST(mapped.value.internal.port == 80);
    BOOST_TEST(mapped.value.gateway.address == address_of_this_process());
    BOOST_TEST((mapped.value.lifetime == 7200s));
    BOOST_CHECK(mapped.value.via == dialect_id::pcp);
    BOOST_TEST(gateway.simulator().mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(maps_a_port_at_a_gateway_that_speaks_nat_pmp_alone) {
    speaks({dialect_id::nat_pmp});

    auto const mapped = map(tcp(80));

    BOOST_TEST(!mapped.error);
    BOOST_TEST(mapped.value.assigned.address == external);
    BOOST_CHECK(mapped.value.via == dialect_id::nat_pmp);
    BOOST_TEST(traffic().requests == 3U);
}

BOOST_AUTO_TEST_CASE(unmaps_what_it_mapped) {
    map(tcp(80));

    auto const error = unmap(tcp(80));

    BOOST_TEST(!error);
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(discovers_what_a_gateway_speaks) {
    auto const found = discover();

    BOOST_TEST(!found.error);
    BOOST_REQUIRE_EQUAL(found.value.size(), 1U);
    BOOST_TEST(!found.value[0].error);
    BOOST_REQUIRE_EQUAL(found.value[0].protocols.size(), 2U);
    BOOST_TEST((found.value[0].external_address == external));
    BOOST_TEST(found.value[0].view.interface == "lo");
    BOOST_TEST(traffic().requests == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
