// SPDX-License-Identifier: MIT
// A program that uses the whole library: it asks a gateway that is not there for a port, with its
// own io_context, and hears that nobody listens.
#include <pmp/client.hpp>
#include <pmp/entropy.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>

int main() {
    boost::asio::io_context context;
    pmp::client client(context.get_executor(), {.secret = pmp::make_secret()});
    client.set_gateways({{.address = boost::asio::ip::make_address("127.86.0.1")}});
    client.set_mappings({{.name = "ssh", .internal = {.port = 22}}});

    boost::asio::cancellation_signal stop;
    bool ended = false;
    pmp::error_code why;
    client.async_run(boost::asio::bind_cancellation_slot(stop.slot(), [&](pmp::error_code) {
        ended = true;
    }));
    client.async_next_event([&](pmp::error_code, pmp::event const& first) {
        why = first.error;
        stop.emit(boost::asio::cancellation_type::terminal);
    });
    context.run();

    std::printf("%s\n", why.message().c_str());
    return ended && why == pmp::fault::gateway_unreachable ? 0 : 1;
}
