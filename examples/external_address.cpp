// SPDX-License-Identifier: MIT
// external_address [GATEWAY]: prints the address that the internet sees.
#include <pmp/client.hpp>
#include <pmp/entropy.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

int main(int argc, char** argv) {
    boost::asio::io_context context;
    pmp::client client(context.get_executor(), {.secret = pmp::make_secret()});
    if (argc > 1)
        client.set_gateways({{.address = boost::asio::ip::make_address(argv[1])}});
    int status = 1;
    auto const print = [&status](pmp::error_code error, pmp::external_address const& external) {
        (error ? std::cerr << error.message() : std::cout << external.address) << '\n';
        status = error ? 1 : 0;
    };
    client.async_external_address("default", std::chrono::seconds(5), print);
    context.run();
    return status;
}
