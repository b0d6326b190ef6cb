// SPDX-License-Identifier: MIT
#pragma once

#include "net/loopback.hpp"
#include "net/running.hpp"
#include "net/socket_gateway.hpp"

#include <pmp/client.hpp>
#include <pmp/entropy.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pmp::test {

/// What a handler was called with.
template <class T>
struct completion {
    error_code error;
    T value{};
};

/// A client and a gateway on the loopback interface, and one-shots that can be cancelled.
struct one_shots {
    one_shots() { start_client(pmp::memory{make_secret(), {}}); }

    void start_client(pmp::memory known) {
        client.emplace(io.get_executor(), std::move(known));
        client->set_gateways({settings()});
    }

    static gateway_settings settings() {
        gateway_settings here;
        here.address = address_of_this_process();
        return here;
    }

    /// A handler that fills `outcome`, with a cancellation slot.
    template <class T>
    auto into(std::optional<completion<T>>& outcome) {
        return boost::asio::bind_cancellation_slot(
            stop.slot(),
            [&outcome](error_code error, T value) {
                outcome = completion<T>{error, std::move(value)};
            }
        );
    }

    template <class T>
    completion<T> result_of(std::optional<completion<T>>& outcome) {
        BOOST_REQUIRE(run_until(io, [&] { return outcome.has_value(); }));
        return std::move(*outcome);
    }

    completion<pmp::external_address>
    external_address(std::chrono::milliseconds deadline = std::chrono::seconds(5)) {
        std::optional<completion<pmp::external_address>> outcome;
        client->async_external_address("default", deadline, into(outcome));
        return result_of(outcome);
    }

    completion<pmp::lease>
    map(pmp::mapping wish, std::chrono::milliseconds deadline = std::chrono::seconds(5)) {
        std::optional<completion<pmp::lease>> outcome;
        client->async_map(std::move(wish), deadline, into(outcome));
        return result_of(outcome);
    }

    error_code
    unmap(pmp::mapping wish, std::chrono::milliseconds deadline = std::chrono::seconds(5)) {
        std::optional<error_code> outcome;
        client->async_unmap(std::move(wish), deadline, [&](error_code error) { outcome = error; });
        BOOST_REQUIRE(run_until(io, [&] { return outcome.has_value(); }));
        return *outcome;
    }

    completion<std::vector<discovered_gateway>>
    discover(std::chrono::milliseconds deadline = std::chrono::seconds(5)) {
        std::optional<completion<std::vector<discovered_gateway>>> outcome;
        client->async_discover(deadline, into(outcome));
        return result_of(outcome);
    }

    void speaks(std::vector<dialect_id> protocols) {
        gateway.simulator().set_protocols(std::move(protocols));
    }
    void set(vice which, std::int64_t number = 0) {
        gateway.simulator().set({which, {number, {}}}, boot_clock::now());
    }
    bool holds(std::size_t mappings) {
        return run_until(io, [&] { return gateway.simulator().mappings() == mappings; });
    }
    gateway_statistics const& traffic() { return gateway.simulator().statistics(); }
    /// Its answers come after that.
    void takes_its_time(std::chrono::milliseconds wait) { set(vice::answers_late, wait.count()); }
    void cancel() { stop.emit(boost::asio::cancellation_type::terminal); }

    boost::asio::io_context io;
    socket_gateway gateway{io, at_this_process()};
    std::optional<pmp::client> client;
    boost::asio::cancellation_signal stop;
};

} // namespace pmp::test
