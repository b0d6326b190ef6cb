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

pmp::endpoint group_at(pmp::ip_address const& own) {
    if (own.is_v4()) {
        return ssdp::group_v4();
    }
    auto const group = ssdp::group_v6();
    asio::ip::address_v6 const scoped(group.address.to_v6().to_bytes(), own.to_v6().scope_id());
    return {scoped, group.port};
}

asio::ip::multicast::join_group
membership(pmp::ip_address const& group, pmp::ip_address const& own) {
    using asio::ip::multicast::join_group;
    return own.is_v4() ? join_group(group.to_v4(), own.to_v4())
                       : join_group(group.to_v6(), own.to_v6().scope_id());
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
    if (address_.is_v4()) {
        own_->socket.set_option(asio::ip::multicast::outbound_interface(address_.to_v4()));
    }
    receive(own_);
    auto const group = group_at(address_);
    // Of IPv6, the interface is known by link-local addresses alone.
    if (address_.is_v6() && address_.to_v6().scope_id() == 0) {
        return;
    }
    try {
        auto shared = shared_socket(context_, {group.address, group.port});
        shared.set_option(membership(group.address, address_));
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
                auto const to =
                    at == own_ ? pmp::endpoint{address_, ssdp::port} : group_at(address_);
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
