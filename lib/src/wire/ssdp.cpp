// SPDX-License-Identifier: MIT
#include "wire/ssdp.hpp"

#include "wire/text.hpp"

#include <pmp/parse_address.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace pmp::wire::ssdp {

namespace {

using std::chrono::seconds;

constexpr std::size_t most_fields = 64;

/// A start line and header fields, whatever ends them: routers write LF for CRLF and leave the last
/// empty line away.
struct head {
    std::string_view start;
    std::vector<std::pair<std::string_view, std::string_view>> fields;

    std::string_view operator[](std::string_view name) const {
        auto const at = std::find_if(fields.begin(), fields.end(), [&](auto const& f) {
            return same_word(f.first, name);
        });
        return at != fields.end() ? at->second : std::string_view();
    }
};

std::string_view next_line(std::string_view& rest) {
    auto const end = std::min(rest.find('\n'), rest.size());
    auto const line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return trimmed(line);
}

result<head> split(std::span<std::byte const> datagram) {
    if (datagram.size() > longest_datagram) {
        return fault::bad_length;
    }
    auto rest = text_of(datagram);
    head out;
    out.start = next_line(rest);
    while (!rest.empty()) {
        auto const line = next_line(rest);
        if (line.empty()) {
            break;
        }
        auto const colon = line.find(':');
        if (colon != std::string_view::npos && out.fields.size() < most_fields) {
            out.fields.emplace_back(
                trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1))
            );
        }
    }
    return out;
}

std::string_view first_word(std::string_view& rest) {
    rest = trimmed(rest);
    auto const end = std::min(rest.find(' '), rest.size());
    auto const word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
}

bool is_success(std::string_view status_line) {
    auto const version = first_word(status_line);
    return version.size() > 5 && same_word(version.substr(0, 5), "HTTP/") &&
           first_word(status_line) == "200";
}

bool begins_with_word(std::string_view line, std::string_view method) {
    return same_word(first_word(line), method);
}

seconds max_age_of(std::string_view cache_control) {
    constexpr seconds assumed{1800};
    auto const at = find_word(cache_control, "max-age");
    auto rest = cache_control.substr(std::min(at, cache_control.size()));
    auto const equals = rest.find('=');
    if (equals == std::string_view::npos) {
        return assumed;
    }
    rest.remove_prefix(equals + 1);
    auto const value = number(rest.substr(0, rest.find(',')));
    return value ? seconds(*value) : assumed;
}

std::optional<advertisement_kind> kind_of(head const& message) {
    if (is_success(message.start)) {
        return advertisement_kind::reply;
    }
    if (!begins_with_word(message.start, "NOTIFY")) {
        return {};
    }
    auto const nts = message["NTS"];
    if (same_word(nts, "ssdp:alive")) {
        return advertisement_kind::alive;
    }
    if (same_word(nts, "ssdp:byebye")) {
        return advertisement_kind::byebye;
    }
    return same_word(nts, "ssdp:update") ? std::optional(advertisement_kind::update) : std::nullopt;
}

bool is_complete(advertisement const& a) {
    auto const located = a.kind == advertisement_kind::reply || a.kind == advertisement_kind::alive;
    return !a.usn.empty() && !a.target.empty() && (!located || !a.location.empty());
}

void put(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

void put_notify(std::string& out, advertisement const& a) {
    constexpr std::array names = {"ssdp:alive", "ssdp:byebye", "ssdp:update"};
    out = "NOTIFY * HTTP/1.1\r\n";
    put(out, "HOST", to_string(group_v4()));
    put(out, "NT", a.target);
    put(out, "NTS", names[static_cast<std::size_t>(a.kind) - 1]);
}

} // namespace

endpoint group_v4() {
    return {boost::asio::ip::address_v4(0xef'ff'ff'fa), port};
}

endpoint group_v6() {
    return {
        boost::asio::ip::address_v6({0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0c}), port};
}

endpoint site_group_v6() {
    return {
        boost::asio::ip::address_v6({0xff, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0c}), port};
}

bytes encode(search const& s) {
    std::string out = "M-SEARCH * HTTP/1.1\r\n";
    put(out, "HOST", to_string(s.host));
    put(out, "MAN", "\"ssdp:discover\"");
    if (s.spread) {
        put(out, "MX", std::to_string(*s.spread));
    }
    put(out, "ST", s.target);
    return bytes_of(out + "\r\n");
}

result<search> decode_search(std::span<std::byte const> datagram) {
    auto const message = split(datagram);
    if (!message) {
        return message.error();
    }
    if (!begins_with_word(message->start, "M-SEARCH")) {
        return fault::bad_direction;
    }
    auto const host = (*message)["HOST"];
    auto const colon = host.rfind(':');
    auto const named =
        colon != std::string_view::npos ? number(host.substr(colon + 1)) : std::nullopt;
    auto name = trimmed(host.substr(0, colon));
    if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
        name = name.substr(1, name.size() - 2);
    }
    auto const address = parse_address(name);
    auto const target = (*message)["ST"];
    if (!address || target.empty() || (*message)["MAN"] != "\"ssdp:discover\"") {
        return fault::bad_value;
    }
    search out;
    out.host = {*address, static_cast<std::uint16_t>(named.value_or(port))};
    out.target = target;
    out.spread = number((*message)["MX"]);
    return out;
}

bytes encode(advertisement const& a) {
    std::string out;
    if (a.kind == advertisement_kind::reply) {
        out = "HTTP/1.1 200 OK\r\n";
        put(out, "EXT", "");
        put(out, "ST", a.target);
    } else {
        put_notify(out, a);
    }
    put(out, "USN", a.usn);
    if (a.kind != advertisement_kind::byebye) {
        put(out, "CACHE-CONTROL", "max-age=" + std::to_string(a.max_age.count()));
    }
    auto const put_if = [&](std::string_view name, std::string const& value) {
        if (!value.empty()) {
            put(out, name, value);
        }
    };
    put_if("LOCATION", a.location);
    put_if("SERVER", a.server);
    put_if("BOOTID.UPNP.ORG", a.boot_id ? std::to_string(*a.boot_id) : "");
    put_if("CONFIGID.UPNP.ORG", a.config_id ? std::to_string(*a.config_id) : "");
    put_if("01-NLS", a.nls);
    return bytes_of(out + "\r\n");
}

result<advertisement> decode_advertisement(std::span<std::byte const> datagram) {
    auto const message = split(datagram);
    if (!message) {
        return message.error();
    }
    auto const kind = kind_of(*message);
    if (!kind) {
        return fault::bad_direction;
    }
    advertisement out;
    out.kind = *kind;
    out.target = (*message)[out.kind == advertisement_kind::reply ? "ST" : "NT"];
    out.usn = (*message)["USN"];
    out.location = (*message)["LOCATION"];
    out.server = (*message)["SERVER"];
    out.max_age = max_age_of((*message)["CACHE-CONTROL"]);
    out.boot_id = number((*message)["BOOTID.UPNP.ORG"]);
    out.config_id = number((*message)["CONFIGID.UPNP.ORG"]);
    out.nls = (*message)["01-NLS"];
    if (!is_complete(out)) {
        return fault::bad_value;
    }
    return out;
}

boot_signs signs_of(advertisement const& a) {
    return {a.boot_id, a.config_id, a.nls};
}

std::string_view device_of(advertisement const& a) {
    return std::string_view(a.usn).substr(0, a.usn.find("::"));
}

} // namespace pmp::wire::ssdp
