// SPDX-License-Identifier: MIT
// map_and_serve [GATEWAY]: opens a TCP port to the internet, greets one visitor, and closes it
// again.
#include <pmp/client.hpp>
#include <pmp/entropy.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <exception>
#include <iostream>
#include <memory>
#include <string>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::chrono::seconds patience(5);

asio::awaitable<void> greet_one(std::shared_ptr<pmp::client> client) {
    tcp::acceptor acceptor(co_await asio::this_coro::executor, {tcp::v4(), 0});
    pmp::mapping const door{
        .name = "greeter",
        .internal = {.port = acceptor.local_endpoint().port()},
        .lifetime = std::chrono::minutes(10),
    };

    auto const lease = co_await client->async_map(door, patience, asio::use_awaitable);
    std::cout << "reachable as " << to_string(lease.assigned) << ", internally as "
              << to_string(lease.internal) << std::endl;

    auto visitor = co_await acceptor.async_accept(asio::use_awaitable);
    std::string const greeting = "welcome\n";
    co_await asio::async_write(visitor, asio::buffer(greeting), asio::use_awaitable);

    co_await client->async_unmap(door, patience, asio::use_awaitable);
}

} // namespace

int main(int argc, char** argv) {
    asio::io_context context;
    pmp::memory const known{.secret = pmp::make_secret()};
    auto const client = std::make_shared<pmp::client>(context.get_executor(), known);
    if (argc > 1)
        client->set_gateways({{.address = asio::ip::make_address(argv[1])}});

    int status = 0;
    asio::co_spawn(context, greet_one(client), [&status](std::exception_ptr failure) {
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (std::exception const& error) {
            std::cerr << "map_and_serve: " << error.what() << '\n';
            status = 1;
        }
    });
    context.run();
    return status;
}
