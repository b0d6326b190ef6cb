// SPDX-License-Identifier: MIT
// keep [GATEWAY]: keeps two ports of this host open while the rest of the program does its work on
// the same io_context, and prints what happens. An interrupt releases them.
#include <pmp/client.hpp>
#include <pmp/entropy.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <iostream>
#include <memory>

namespace asio = boost::asio;

namespace {

void print(pmp::event const& event) {
    std::cout << pmp::to_string(event.kind);
    if (!event.mapping.empty())
        std::cout << ' ' << event.mapping;
    if (event.lease)
        std::cout << ": " << to_string(event.lease->assigned) << " for "
                  << event.lease->lifetime.count() << " s by " << pmp::to_string(event.via);
    if (event.error)
        std::cout << ": " << event.error.message();
    std::cout << std::endl;
}

asio::awaitable<void> print_events(std::shared_ptr<pmp::client> client) {
    pmp::error_code ended;
    while (!ended) {
        auto const event =
            co_await client->async_next_event(asio::redirect_error(asio::use_awaitable, ended));
        if (!ended)
            print(event);
    }
}

} // namespace

int main(int argc, char** argv) {
    asio::io_context context;
    pmp::memory const known{.secret = pmp::make_secret()};
    auto const client = std::make_shared<pmp::client>(context.get_executor(), known);
    if (argc > 1)
        client->set_gateways({{.address = asio::ip::make_address(argv[1])}});
    client->set_mappings({
        {.name = "ssh", .internal = {.port = 22}, .suggested = {.port = 2222}},
        {.name = "wireguard", .protocol = pmp::transport::udp, .internal = {.port = 51820}},
    });

    asio::signal_set interrupt(context, SIGINT, SIGTERM);
    asio::cancellation_signal stop;
    client->async_run(asio::bind_cancellation_slot(stop.slot(), [&](pmp::error_code error) {
        interrupt.cancel();
        if (error != asio::error::operation_aborted)
            std::cerr << "keep: " << error.message() << '\n';
    }));
    interrupt.async_wait([&](pmp::error_code, int) { stop.emit(asio::cancellation_type::terminal); }
    );
    asio::co_spawn(context, print_events(client), asio::detached);
    context.run();
}
