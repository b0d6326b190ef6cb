// SPDX-License-Identifier: MIT
#include "wire/http_url.hpp"

#include "wire/text.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/src.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

namespace pmp::wire {

namespace urls = boost::urls;

namespace {

constexpr std::uint32_t http_port = 80;

result<ip_address> host_of(urls::url_view const& url) {
    if (url.host_type() == urls::host_type::ipv4) {
        return boost::asio::ip::address_v4(url.host_ipv4_address().to_uint());
    }
    if (url.host_type() == urls::host_type::ipv6) {
        return boost::asio::ip::address_v6(url.host_ipv6_address().to_bytes());
    }
    return fault::bad_value;
}

/// RFC 3986 5.2.4: nothing leads above the root. Boost.URL leaves such steps in the path.
std::string_view below_root(std::string_view path) {
    while (path.substr(0, 4) == "/../" || path == "/..") {
        path.remove_prefix(3);
    }
    return path;
}

/// RFC 6874: gateways write a zone behind a link-local address, with `%` or `%25`, that is an
/// interface of their own. It means nothing here, and Boost.URL takes no such host.
std::string without_zone(std::string_view text) {
    std::string out(text);
    auto const open = out.find("//[");
    auto const end = open == std::string::npos ? open : out.find(']', open);
    auto const zone = open == std::string::npos ? open : out.find('%', open);
    if (end != std::string::npos && zone < end) {
        out.erase(zone, end - zone);
    }
    return out;
}

result<http_url> http_url_of(urls::url_view const& url) {
    auto const host = host_of(url);
    if (!same_word(url.scheme(), "http") || !host) {
        return fault::bad_value;
    }
    auto const port = url.port().empty() ? http_port : number(std::string(url.port())).value_or(0);
    if (port == 0 || port > 65535) {
        return fault::bad_value;
    }
    std::string target(below_root(url.encoded_path()));
    if (target.empty() || target.front() != '/') {
        target.insert(target.begin(), '/');
    }
    if (url.has_query()) {
        target += '?' + std::string(url.encoded_query());
    }
    return http_url{{*host, static_cast<std::uint16_t>(port)}, std::move(target)};
}

} // namespace

ip_address unscoped(ip_address const& address) {
    return address.is_v6() ? ip_address(boost::asio::ip::address_v6(address.to_v6().to_bytes()))
                           : address;
}

std::string to_string(http_url const& url) {
    return "http://" + authority(url) + url.target;
}

std::string authority(http_url const& url) {
    return to_string(endpoint{unscoped(url.server.address), url.server.port});
}

result<http_url> parse_http_url(std::string_view text) {
    auto const plain = without_zone(trimmed(text));
    auto const url = urls::parse_uri(plain);
    return url ? http_url_of(*url) : result<http_url>(fault::bad_value);
}

result<http_url> resolve(http_url const& base, std::string_view reference) {
    auto const text = to_string(base);
    auto const from = urls::parse_uri(text);
    auto const plain = without_zone(trimmed(reference));
    auto const to = urls::parse_uri_reference(plain);
    if (!from || !to) {
        return fault::bad_value;
    }
    urls::url out;
    if (!urls::resolve(*from, *to, out)) {
        return fault::bad_value;
    }
    return http_url_of(out);
}

result<http_url> kept_to(ip_address const& gateway, http_url url) {
    if (unscoped(url.server.address) != unscoped(gateway)) {
        return fault::foreign_address;
    }
    url.server.address = gateway;
    return url;
}

} // namespace pmp::wire
