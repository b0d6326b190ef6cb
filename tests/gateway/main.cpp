// SPDX-License-Identifier: MIT
#include "gateway/console.hpp"
#include "gateway/gateway_server.hpp"
#include "gateway/options.hpp"

#include <pmp/network.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace {

using namespace pmp_gateway;

/// Hands each line of standard input to the console, on the context's thread.
void read_lines(std::shared_ptr<boost::asio::io_context> const& context, console& commands) {
    std::string line;
    while (std::getline(std::cin, line)) {
        boost::asio::post(*context, [&context = *context, &commands, line] {
            if (!commands.execute(line)) {
                context.stop();
            }
        });
    }
}

void serve(options const& wanted) {
    // Shared with the thread that reads, which nothing can interrupt: it is left behind at the end.
    auto const context = std::make_shared<boost::asio::io_context>(1);
    gateway_server server(*context, wanted);
    console commands(server);
    boost::asio::signal_set signals(*context, SIGINT, SIGTERM);
    signals.async_wait([&](auto...) { context->stop(); });

    auto ready = "pmp-gateway " PMP_GATEWAY_VERSION " is " + wanted.gateway.address.to_string() +
                 ", external address " + wanted.gateway.external.to_string() + ", speaks";
    for (auto const protocol : wanted.gateway.protocols) {
        ready += ' ' + std::string(to_string(protocol));
    }
    server.print(ready);
    server.start();
    std::thread([context, &commands] { read_lines(context, commands); }).detach();
    context->run();
}

int run(std::vector<std::string> const& arguments) {
    auto const parsed = parse_options(arguments);
    if (auto const* given = std::get_if<answer>(&parsed)) {
        (given->status == exit_status::orderly ? std::cout : std::cerr) << given->text;
        return given->status;
    }
    auto const& wanted = std::get<options>(parsed);
    try {
        serve(wanted);
    } catch (boost::system::system_error const& error) {
        std::cerr << "pmp-gateway: cannot serve at " << wanted.gateway.address << " port "
                  << pmp::gateway_port << ": " << error.code().message() << '\n';
        return exit_status::failure;
    }
    return exit_status::orderly;
}

} // namespace

int main(int argc, char* argv[]) {
    try {
        // Standard input then has a buffer of its own: a read that is still waiting holds no lock
        // that the end of the program wants.
        std::ios::sync_with_stdio(false);
        // The thread that reads would flush standard output while the other one writes to it.
        std::cin.tie(nullptr);
        auto const status = run({argv + 1, argv + argc});
        std::cout.flush();
        return status;
    } catch (std::exception const& error) {
        std::cerr << "pmp-gateway: " << error.what() << '\n';
        return exit_status::failure;
    }
}
