// SPDX-License-Identifier: MIT
#include "gateway/igd_server.hpp"

#include "wire/ssdp.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/multicast.hpp>

#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace pmp_gateway {

namespace asio = boost::asio;
namespace ssdp = pmp::wire::ssdp;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

namespace {

udp::socket shared_socket(asio::io_context& context, udp::endpoint const& local) {
    udp::socket out(context, local.protocol());
    out.set_option(asio::socket_base::reuse_address(true));
    out.bind(local);
    return out;
}

} // namespace

igd_server::igd_server(
    asio::io_context& context, pmp::ip_address own, hear_search hear, answer_http answer
)
    : context_(context)
    , address_(std::move(own))
    , hear_(std::move(hear))
    , answer_(std::move(answer)) {}

void igd_server::serve_at(std::optional<std::uint16_t> http_port) {
    if (http_port == port_) {
        return;
    }
    if (acceptor_) {
        acceptor_->close();
        acceptor_.reset();
    }
    port_ = http_port;
    if (!port_) {
        own_->socket.close();
        own_.reset();
        if (auto const group = std::exchange(group_, nullptr)) {
            group->socket.close();
        }
        return;
    }
    auto wanted = ssdp::port;
    try {
        if (!own_) {
            open_searches();
        }
        wanted = *port_;
        acceptor_ = std::make_shared<tcp::acceptor>(context_, tcp::endpoint(address_, wanted));
    } catch (boost::system::system_error const& error) {
        throw std::runtime_error(
            "cannot serve UPnP at " + address_.to_string() + " port " + std::to_string(wanted) +
            ": " + error.code().message()
        );
    }
    accept(acceptor_);
}

void igd_server::open_searches() {
    own_ = std::make_shared<ear>(shared_socket(context_, {address_, ssdp::port}));
    own_->socket.set_option(asio::ip::multicast::outbound_interface(address_.to_v4()));
    receive(own_);
    try {
        auto const group = ssdp::group_v4();
        auto shared = shared_socket(context_, {group.address, group.port});
        shared.set_option(asio::ip::multicast::join_group(group.address.to_v4(), address_.to_v4()));
        group_ = std::make_shared<ear>(std::move(shared));
        receive(group_);
    } catch (boost::system::system_error const& error) {
        std::cerr << "pmp-gateway: hears no multicast searches: " << error.code().message() << '\n';
    }
}

void igd_server::receive(std::shared_ptr<ear> const& at) {
    at->socket.async_receive_from(
        asio::buffer(at->buffer),
        at->sender,
        [this, at](error_code error, std::size_t size) {
            if (error == asio::error::operation_aborted || !at->socket.is_open()) {
                return;
            }
            if (!error) {
                auto const octets = std::span(at->buffer).first(size);
                auto const to = at == own_ ? pmp::endpoint{address_, ssdp::port} : ssdp::group_v4();
                hear_(
                    {{at->sender.address(), at->sender.port()}, to, {octets.begin(), octets.end()}}
                );
            }
            receive(at);
        }
    );
}

void igd_server::accept(std::shared_ptr<tcp::acceptor> const& at) {
    at->async_accept([this, at](error_code error, tcp::socket socket) {
        if (!at->is_open()) {
            return;
        }
        if (!error) {
            std::make_shared<http_session>(std::move(socket), answer_)->start();
        }
        accept(at);
    });
}

} // namespace pmp_gateway
