// SPDX-License-Identifier: MIT
#include "config/scalars.hpp"
#include "config/text.hpp"

#include <pmp/parse_address.hpp>

namespace pmp::config {

checked<endpoint> read_metrics(std::string_view text) {
    constexpr std::string_view advice =
        "write an address and a port such as 127.0.0.1:9351, or a port alone, which is served on "
        "this machine only";
    auto const colon = text.rfind(':');
    auto const port = read_external(text.substr(colon == std::string_view::npos ? 0 : colon + 1));
    if (port.has_error() || *port == 0)
        return complaint{in_quotes(text), "is no place to listen; " + std::string(advice)};
    if (colon == std::string_view::npos)
        return endpoint{boost::asio::ip::address_v4::loopback(), *port};
    auto host = text.substr(0, colon);
    if (host == "localhost")
        host = "127.0.0.1";
    bool const in_brackets = host.starts_with('[') && host.ends_with(']');
    if (in_brackets)
        host = host.substr(1, host.size() - 2);
    auto const address = parse_address(host);
    if (!address || in_brackets != address->is_v6())
        return complaint{in_quotes(text), "is no place to listen; " + std::string(advice)};
    return endpoint{*address, *port};
}

} // namespace pmp::config
