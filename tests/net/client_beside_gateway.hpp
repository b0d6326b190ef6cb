// SPDX-License-Identifier: MIT
#pragma once

#include "net/loopback.hpp"
#include "net/running.hpp"

#include <pmp/client.hpp>
#include <pmp/entropy.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace pmp::test {

/// Of a client whose test has no time.
inline client_settings quick() {
    client_settings settings;
    settings.engine.recovery_jitter = std::chrono::milliseconds(10);
    return settings;
}

/// A client and a gateway on the loopback interface.
struct client_beside_gateway {
    client_beside_gateway() {
        client.emplace(io.get_executor(), memory{make_secret(), {}}, quick());
        gateway_settings settings;
        settings.address = gateway.simulator().options().address;
        client->set_gateways({settings});
    }

    void start() {
        client->async_run(boost::asio::bind_cancellation_slot(
            stop.slot(), [this](error_code error) { outcome = error; }
        ));
    }

    void read_events() {
        client->async_next_event([this](error_code error, event event) {
            if (error) {
                end_of_events = error;
                return;
            }
            events.push_back(std::move(event));
            read_events();
        });
    }

    bool happens(event_kind kind) {
        return run_until(io, [&] {
            return std::any_of(events.begin(), events.end(), [&](event const& event) {
                return event.kind == kind;
            });
        });
    }

    bool holds(std::size_t leases) {
        return run_until(io, [&] { return client->leases().size() == leases; });
    }

    bool ends() {
        return run_until(io, [&] { return outcome.has_value(); });
    }

    void cancel() { stop.emit(boost::asio::cancellation_type::terminal); }

    boost::asio::io_context io;
    socket_gateway gateway{io, at_this_process()};
    std::optional<pmp::client> client;
    boost::asio::cancellation_signal stop;
    std::optional<error_code> outcome;
    std::vector<event> events;
    std::optional<error_code> end_of_events;
};

} // namespace pmp::test
