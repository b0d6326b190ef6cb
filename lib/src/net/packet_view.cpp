// SPDX-License-Identifier: MIT
#include "net/packet_view.hpp"

#include "dialect/igd_fetched.hpp"
#include "wire/natpmp.hpp"
#include "wire/pcp.hpp"
#include "wire/soap.hpp"
#include "wire/ssdp.hpp"

#include <charconv>
#include <utility>
#include <variant>

namespace pmp::net {

namespace {

using std::chrono::seconds;
using namespace wire;

/// Of all arguments of an action, in octets.
constexpr std::size_t longest_subject = 256;

/// Success is the same in all of them.
error_code outcome(int number, boost::system::error_category const& category) {
    return number != 0 ? error_code(number, category) : error_code();
}

std::string transport_words(std::uint8_t number) {
    auto const known = static_cast<transport>(number);
    return known == transport::tcp || known == transport::udp ? std::string(to_string(known))
                                                              : std::to_string(number);
}

std::string mapping_words(std::string const& protocol, std::uint16_t internal) {
    return protocol + " " + std::to_string(internal) + ", external ";
}

void take(packet& out, pcp::body const& said, std::uint32_t lifetime) {
    out.protocol = "pcp";
    if (auto const* map = std::get_if<pcp::map_body>(&said)) {
        out.opcode = "MAP";
        out.subject = mapping_words(transport_words(map->protocol), map->internal_port) +
                      to_string(map->external);
        out.lifetime = seconds(lifetime);
    } else if (std::holds_alternative<pcp::announce_body>(said)) {
        out.opcode = "ANNOUNCE";
    } else if (auto const* other = std::get_if<pcp::other_body>(&said)) {
        out.opcode = "opcode " + std::to_string(other->opcode);
    } else {
        out.opcode = "PEER";
    }
}

void take(packet& out, natpmp::address_request const& /*asked*/) {
    out.opcode = "external address";
}

void take(packet& out, natpmp::map_request const& asked) {
    out.opcode = "map";
    out.subject = mapping_words(std::string(to_string(asked.protocol)), asked.internal_port) +
                  std::to_string(asked.suggested_port);
    out.lifetime = seconds(asked.lifetime);
}

void take(packet& out, natpmp::address_response const& said) {
    out.opcode = "external address";
    out.subject = said.result == 0 ? said.external.to_string() : std::string();
    out.result = outcome(said.result, nat_pmp_category());
}

void take(packet& out, natpmp::map_response const& said) {
    out.opcode = "map";
    out.subject = to_string(said.protocol);
    if (said.has_ports) {
        out.subject =
            mapping_words(out.subject, said.internal_port) + std::to_string(said.assigned_port);
        out.lifetime = seconds(said.lifetime);
    }
    out.result = outcome(said.result, nat_pmp_category());
}

void take(packet& out, natpmp::version_response const& said) {
    out.opcode = "opcode " + std::to_string(said.opcode);
    out.result = nat_pmp_result::unsupported_version;
}

void take(packet& out, natpmp::error_response const& said) {
    out.opcode = "opcode " + std::to_string(said.opcode);
    out.result = outcome(said.result, nat_pmp_category());
}

bool read_search(packet& out, std::span<std::byte const> bytes) {
    auto const search = ssdp::decode_search(bytes);
    if (search) {
        out.protocol = "ssdp";
        out.opcode = "M-SEARCH";
        out.subject = search->target;
    }
    return search.has_value();
}

void read_request(packet& out, std::span<std::byte const> bytes) {
    auto const asked = pcp::parse_request(bytes);
    if (auto const* request = std::get_if<pcp::request>(&asked)) {
        take(out, request->body, request->lifetime);
    } else if (auto const by_nat_pmp = natpmp::decode_request(bytes)) {
        out.protocol = "nat-pmp";
        std::visit([&out](auto const& what) { take(out, what); }, *by_nat_pmp);
    } else {
        read_search(out, bytes);
    }
}

void read_response(packet& out, std::span<std::byte const> bytes) {
    if (auto const by_nat_pmp = natpmp::decode_response(bytes)) {
        out.protocol = "nat-pmp";
        std::visit([&out](auto const& what) { take(out, what); }, *by_nat_pmp);
    } else if (auto const by_pcp = pcp::decode_response(bytes)) {
        take(out, by_pcp->body, by_pcp->lifetime);
        out.lifetime = seconds(by_pcp->lifetime);
        out.result = outcome(by_pcp->result, pcp_category());
    } else if (auto const said = ssdp::decode_advertisement(bytes)) {
        out.protocol = "ssdp";
        out.opcode = said->kind == ssdp::advertisement_kind::reply ? "reply" : "NOTIFY";
        out.subject = said->target + (said->location.empty() ? "" : " at " + said->location);
    } else {
        // What is sent to the group comes back to whoever listens there.
        read_search(out, bytes);
    }
}

std::string listed(std::vector<soap::argument> const& arguments) {
    std::string out;
    for (auto const& [name, value] : arguments) {
        out += (out.empty() ? "" : " ") + name + "=" + value;
    }
    out.resize(std::min(out.size(), longest_subject));
    return out;
}

std::optional<seconds> lease_of(std::vector<soap::argument> const& arguments) {
    auto const text = soap::value_of(arguments, "NewLeaseDuration");
    std::uint32_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && error == std::errc() ? std::optional(seconds(number)) : std::nullopt;
}

} // namespace

packet sent_packet(
    std::string const& gateway,
    endpoint const& source,
    endpoint const& destination,
    std::span<std::byte const> bytes
) {
    packet out;
    out.gateway = gateway;
    out.source = source;
    out.destination = destination;
    out.size = bytes.size();
    read_request(out, bytes);
    return out;
}

packet received_packet(inbound_datagram const& in) {
    packet out;
    out.direction = packet_direction::received;
    out.gateway = in.gateway;
    out.source = in.source;
    out.destination = in.destination;
    out.size = in.bytes.size();
    read_response(out, in.bytes);
    return out;
}

packet request_packet(fetch const& what) {
    packet out;
    out.gateway = what.gateway;
    out.source = {what.source, 0};
    out.destination = what.server;
    out.size = what.request.size();
    out.protocol = "upnp";
    auto const request = http::decode_request(std::as_bytes(std::span(what.request)));
    if (!request) {
        return out;
    }
    if (auto const call = soap::decode_call(*request)) {
        out.opcode = call->action;
        out.subject = listed(call->arguments);
        out.lifetime = lease_of(call->arguments);
    } else {
        out.opcode = request->method;
        out.subject = request->target;
    }
    return out;
}

packet response_packet(packet const& asked, fetch_result const& got) {
    packet out;
    out.direction = packet_direction::received;
    out.gateway = asked.gateway;
    out.source = asked.destination;
    out.destination = asked.source;
    out.size = got.body.size();
    out.protocol = asked.protocol;
    out.opcode = asked.opcode;
    out.result = got.error;
    if (got.error) {
        return out;
    }
    out.subject = "HTTP " + std::to_string(got.status);
    auto const reply = soap::decode_reply(response_of(got));
    auto const* failure = reply ? std::get_if<soap::upnp_error>(&*reply) : nullptr;
    if (failure != nullptr) {
        out.result = error_code(failure->code, upnp_category());
    } else if (reply) {
        auto const& answer = std::get<soap::answer>(*reply);
        out.subject = listed(answer.arguments);
        out.lifetime = lease_of(answer.arguments);
    } else if (got.status != 200) {
        out.result = fault::http_failed;
    }
    return out;
}

packet notification_packet(inbound_notify const& in) {
    packet out;
    out.direction = packet_direction::received;
    out.gateway = in.gateway;
    out.source = {in.source, 0};
    out.size = in.body.size();
    out.protocol = "upnp";
    out.opcode = "NOTIFY";
    return out;
}

} // namespace pmp::net
