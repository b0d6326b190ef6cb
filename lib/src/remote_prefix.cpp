// SPDX-License-Identifier: MIT
#include <pmp/mapping.hpp>

#include <boost/asio/ip/network_v4.hpp>

namespace pmp {

std::string to_string(remote_prefix const& p) {
    auto const host = p.address.to_string();
    return p.length == 32 && p.address.is_v4() ? host : host + "/" + std::to_string(p.length);
}

result<remote_prefix> parse_remote_prefix(std::string_view text) {
    auto const whole =
        text.find('/') == std::string_view::npos ? std::string(text) + "/32" : std::string(text);
    error_code broken;
    auto const network = boost::asio::ip::make_network_v4(whole, broken);
    if (broken || network.prefix_length() == 0 || network.address() != network.network()) {
        return fault::bad_value;
    }
    return remote_prefix{network.address(), static_cast<std::uint8_t>(network.prefix_length())};
}

} // namespace pmp
