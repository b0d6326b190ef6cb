// SPDX-License-Identifier: MIT
#include "gateway/gateway_server.hpp"

#include "gateway/notify_session.hpp"
#include "wire/ssdp.hpp"

#include <pmp/network.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/multicast.hpp>

#include <iomanip>
#include <iostream>
#include <span>

namespace pmp_gateway {

namespace {

using boost::asio::ip::udp;
using pmp::test::exchange;
using pmp::test::gateway_mapping;
using pmp::test::packet;

pmp::time_point steady_now() {
    return pmp::time_point{std::chrono::steady_clock::now().time_since_epoch()};
}

} // namespace

gateway_server::gateway_server(boost::asio::io_context& context, options const& wanted)
    : context_(context)
    , address_{wanted.gateway.address, pmp::gateway_port}
    , start_(steady_now())
    , simulator_(wanted.gateway, wanted.seed, start_)
    , socket_(open(context, {address_.address, address_.port}))
    , upnp_(
          context,
          address_.address,
          [this](packet const& search) {
              simulator_.receive(search, now());
              flush();
          },
          [this](pmp::endpoint const& client, std::string const& request) {
              auto const port = simulator_.http_port().value_or(0);
              auto answer = simulator_.converse(client, port, request, now());
              flush();
              return answer;
          }
      )
    , timer_(context) {
    simulator_.on_exchange([this](exchange const& seen) {
        // Of a search there are many, and most are for something else.
        if (seen.kind != pmp::test::request_kind::search || seen.answered_by) {
            print(to_string(seen));
        }
    });
    simulator_.on_expiry([this](gateway_mapping const& gone) {
        print(
            "expired " + pmp::test::protocol_name(gone.protocol) + " " + to_string(gone.internal) +
            " " + to_string(gone.external)
        );
    });
    for (auto const& vice : wanted.vices) {
        simulator_.set(vice, start_);
    }
    serve_upnp();
}

void gateway_server::serve_upnp() {
    upnp_.serve_at(simulator_.http_port());
}

udp::socket gateway_server::open(boost::asio::io_context& context, udp::endpoint const& local) {
    udp::socket socket(context, local);
    if (local.address().is_v4()) {
        using boost::asio::ip::multicast::outbound_interface;
        socket.set_option(outbound_interface(local.address().to_v4()));
    }
    return socket;
}

void gateway_server::start() {
    receive();
    simulator_.announce(now());
    flush();
}

pmp::time_point gateway_server::now() const {
    return steady_now();
}

void gateway_server::print(std::string const& line) const {
    std::chrono::duration<double> const elapsed = now() - start_;
    std::cout << std::fixed << std::setprecision(3) << elapsed.count() << ' ' << line << std::endl;
}

void gateway_server::receive() {
    auto const received = [this](boost::system::error_code error, std::size_t size) {
        if (error == boost::asio::error::operation_aborted) {
            return;
        }
        if (!error) {
            auto const message = std::span(buffer_).first(size);
            simulator_.receive(
                {{sender_.address(), sender_.port()}, address_, {message.begin(), message.end()}},
                now()
            );
            flush();
        }
        receive();
    };
    socket_.async_receive_from(boost::asio::buffer(buffer_), sender_, received);
}

void gateway_server::flush() {
    serve_upnp();
    while (auto const message = simulator_.poll()) {
        send(*message);
    }
    while (auto event = simulator_.poll_notify()) {
        notify(*std::move(event));
    }
    sleep();
}

void gateway_server::notify(pmp::test::igd_notify event) {
    auto const done = [this, sid = event.sid, to = event.request.server](unsigned status) {
        print(
            "notified " + to_string(to) + " -> " +
            (status != 0 ? std::to_string(status) : std::string("no answer"))
        );
        simulator_.notified(sid, status);
    };
    std::make_shared<notify_session>(context_, std::move(event.request), done)->start();
}

void gateway_server::send(packet const& message) {
    try {
        socket_for(message.source)
            .send_to(
                boost::asio::buffer(message.bytes),
                {message.destination.address, message.destination.port}
            );
    } catch (boost::system::system_error const& error) {
        std::cerr << "pmp-gateway: cannot send from " << to_string(message.source) << " to "
                  << to_string(message.destination) << ": " << error.code().message() << '\n';
    }
}

udp::socket& gateway_server::socket_for(pmp::endpoint const& source) {
    if (source == address_) {
        return socket_;
    }
    if (auto* searches = upnp_.searches();
        searches != nullptr && source == pmp::endpoint{address_.address, pmp::wire::ssdp::port}) {
        return *searches;
    }
    auto found = other_sockets_.find(source);
    if (found == other_sockets_.end()) {
        auto opened = open(context_, {source.address, source.port});
        found = other_sockets_.emplace(source, std::move(opened)).first;
    }
    return found->second;
}

void gateway_server::sleep() {
    auto const next = simulator_.wake_at();
    if (next == pmp::time_point::max()) {
        timer_.cancel();
        return;
    }
    timer_.expires_at(std::chrono::steady_clock::time_point{
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(next.time_since_epoch())});
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) {
            simulator_.tick(now());
            flush();
        }
    });
}

} // namespace pmp_gateway
