// SPDX-License-Identifier: MIT
#pragma once

#include "gateway/http_session.hpp"
#include "support/exchange.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace pmp_gateway {

/// The sockets of a gateway that speaks UPnP: searches come to port 1900, to its own address and to
/// the group; HTTP to a port that may change.
class igd_server {
public:
    using hear_search = std::function<void(pmp::test::packet const&)>;

    igd_server(boost::asio::io_context&, pmp::ip_address own, hear_search, answer_http);

    /// Absent: UPnP is not spoken. Throws `std::runtime_error` where a port can't be had.
    void serve_at(std::optional<std::uint16_t> http_port);
    /// Null where UPnP is not spoken.
    boost::asio::ip::udp::socket* searches() { return own_ ? &own_->socket : nullptr; }

private:
    using tcp = boost::asio::ip::tcp;
    using udp = boost::asio::ip::udp;

    struct ear {
        explicit ear(udp::socket s) : socket(std::move(s)) {}
        udp::socket socket;
        udp::endpoint sender;
        std::array<std::byte, 4096> buffer{};
    };

    void open_searches();
    void receive(std::shared_ptr<ear> const&);
    void accept(std::shared_ptr<tcp::acceptor> const&);

    boost::asio::io_context& context_;
    pmp::ip_address address_;
    hear_search hear_;
    answer_http answer_;
    std::shared_ptr<ear> own_;
    std::shared_ptr<ear> group_;
    std::shared_ptr<tcp::acceptor> acceptor_;
    std::optional<std::uint16_t> port_;
};

} // namespace pmp_gateway
