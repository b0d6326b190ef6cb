// SPDX-License-Identifier: MIT
#include "config/scalars.hpp"
#include "config/text.hpp"

#include <pmp/parse_address.hpp>

#include <boost/asio/ip/network_v4.hpp>

namespace pmp::config {

namespace {

constexpr std::string_view automatic = "auto";

/// Null: nothing speaks against it.
char const* why_not_one_host(boost::asio::ip::address_v4 const& address) {
    if (address.is_unspecified())
        return "no host's address";
    if (address.is_multicast())
        return "a multicast address";
    if (address == boost::asio::ip::address_v4::broadcast())
        return "the broadcast address";
    return nullptr;
}

/// Null: nothing speaks against it.
char const* why_not_one_host(boost::asio::ip::address_v6 const& address) {
    if (address.is_unspecified())
        return "no host's address";
    if (address.is_multicast())
        return "a multicast address";
    if (address.is_v4_mapped())
        return "an IPv4 address in the form of an IPv6 one";
    return nullptr;
}

char const* why_not_one_host(ip_address const& address) {
    return address.is_v4() ? why_not_one_host(address.to_v4()) : why_not_one_host(address.to_v6());
}

checked<std::optional<ip_address>> read_address(std::string_view text, std::string_view instead) {
    if (text == automatic)
        return std::optional<ip_address>();
    auto const address = parse_address(text);
    if (!address)
        return complaint{
            in_quotes(text), "is not an IP address; write " + std::string(instead) + ", or auto"};
    if (auto const* const why = why_not_one_host(*address))
        return complaint{
            in_quotes(text),
            std::string("is ") + why + "; write " + std::string(instead) + ", or auto"};
    return address;
}

} // namespace

checked<std::optional<ip_address>> read_gateway_address(std::string_view text) {
    // The interface need not be there yet, whose number the zone would be.
    return read_address(text.substr(0, text.find('%')), "the gateway's address");
}

std::string zone_of(std::string_view address) {
    auto const at = address.find('%');
    return at == std::string_view::npos ? std::string() : std::string(address.substr(at + 1));
}

checked<std::optional<ip_address>> read_source(std::string_view text) {
    return read_address(text, "an address of this machine");
}

checked<ip_address> read_host(std::string_view text) {
    constexpr std::string_view instead = "write the IPv4 address of a machine on the LAN";
    auto const address = parse_address(text);
    if (!address || !address->is_v4())
        return complaint{in_quotes(text), "is not an IPv4 address; " + std::string(instead)};
    auto const* const why =
        address->is_loopback() ? "this machine's own" : why_not_one_host(*address);
    if (why != nullptr)
        return complaint{in_quotes(text), std::string("is ") + why + "; " + std::string(instead)};
    return *address;
}

checked<remote_prefix> read_remote_prefix(std::string_view text) {
    constexpr std::string_view instead = "write one such as 198.51.100.7 or 198.51.100.0/24";
    if (auto const prefix = parse_remote_prefix(text))
        return *prefix;
    error_code failed;
    auto const network = boost::asio::ip::make_network_v4(text, failed);
    if (failed || !parse_address(text.substr(0, text.find('/'))))
        return complaint{
            in_quotes(text), "is not an IPv4 address or prefix; " + std::string(instead)};
    if (network.prefix_length() == 0)
        return complaint{in_quotes(text), "is everybody; remove the key to let in all"};
    return complaint{
        in_quotes(text), "has bits beyond its length; write " + network.canonical().to_string()};
}

checked<std::string> read_description_url(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    auto const rest = text.substr(std::min(text.size(), scheme.size()));
    auto const host = rest.substr(0, rest.find_first_of(":/"));
    auto const address = parse_address(host);
    if (text.substr(0, scheme.size()) != scheme || !address || !address->is_v4() ||
        !is_printable(text) || text.find(' ') != std::string_view::npos)
        return complaint{
            in_quotes(text),
            "is not the URL of a gateway's description; write one such as "
            "http://192.168.1.1:5000/root.xml, with the gateway's IPv4 address"};
    return std::string(text);
}

} // namespace pmp::config
