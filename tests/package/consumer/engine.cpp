// SPDX-License-Identifier: MIT
// A program that uses the core alone: it performs what the engine wants by itself.
#include <pmp/engine.hpp>

#include <chrono>
#include <variant>

int main() {
    pmp::time_point const start{std::chrono::hours(1)};
    pmp::engine engine({}, {}, 1);
    engine.desire({{.name = "ssh", .internal = {.port = 22}}}, start);
    pmp::gateway_view const gateway{
        .address = boost::asio::ip::make_address("192.0.2.1"),
        .internal = boost::asio::ip::make_address("192.0.2.2"),
    };
    engine.network({{gateway}}, start);

    auto const first = engine.poll();
    auto const* const request = first ? std::get_if<pmp::outbound_datagram>(&*first) : nullptr;
    return request && request->destination.port == pmp::gateway_port ? 0 : 1;
}
