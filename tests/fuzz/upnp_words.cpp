// SPDX-License-Identifier: MIT
#include "fuzz/upnp_words.hpp"

#include "wire/soap.hpp"
#include "wire/ssdp.hpp"

#include <boost/asio/error.hpp>

#include <array>

namespace pmp::fuzz {

namespace {

namespace soap = wire::soap;
namespace ssdp = wire::ssdp;

constexpr char const* description =
    R"(<root xmlns="urn:schemas-upnp-org:device-1-0"><device><modelName>m</modelName><UDN>uuid:1)"
    R"(</UDN><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:2</serviceType>)"
    R"(<serviceId>a</serviceId><controlURL>/a</controlURL><eventSubURL>/e</eventSubURL></service>)"
    R"(<service><serviceType>urn:schemas-upnp-org:service:WANPPPConnection:1</serviceType>)"
    R"(<serviceId>b</serviceId><controlURL>/b</controlURL></service></device></root>)";

/// All that any action gives: each takes what it knows.
soap::answer everything(std::uint8_t detail) {
    auto const disconnected = detail % 4 == 0;
    return {
        "Any",
        {
            {"NewConnectionStatus", disconnected ? "Disconnected" : "Connected"},
            {"NewUptime", std::to_string(detail * 100)},
            {"NewExternalIPAddress", disconnected ? "0.0.0.0" : "203.0.113.7"},
            {"NewReservedPort", std::to_string(detail * 7)},
            {"NewInternalPort", std::to_string(1 + detail % 4)},
            {"NewInternalClient", detail % 8 == 1 ? "192.168.1.66" : "192.168.1.10"},
            {"NewPortMappingDescription", detail % 8 == 2 ? "nas" : ""},
            {"NewLeaseDuration", std::to_string(detail * 60)},
        }};
}

void answer_with(wire::http::response const& said, fetch_result& out) {
    out.status = said.status;
    out.body = said.body;
    for (auto const& [name, value] : said.fields) {
        out.fields.push_back({name, value});
    }
}

} // namespace

wire::bytes advertisement(std::uint8_t which, ip_address const& gateway) {
    ssdp::advertisement out;
    out.kind = static_cast<ssdp::advertisement_kind>(which % 4);
    out.target = "upnp:rootdevice";
    out.usn = "uuid:1::upnp:rootdevice";
    auto const port = static_cast<std::uint16_t>(5000 + (which >> 2U) % 4);
    out.location = "http://" + to_string(endpoint{gateway, port}) + "/root.xml";
    out.boot_id = which >> 4U;
    return encode(out);
}

fetch_result fetched(fetch const& what, std::uint8_t which, std::uint8_t detail) {
    constexpr int first_code = 600;
    fetch_result out;
    out.gateway = what.gateway;
    out.id = what.id;
    switch (which % 6) {
    case 0: out.error = boost::asio::error::connection_refused; break;
    case 1:
        out.status = 200;
        out.body = description;
        break;
    case 2: answer_with(encode(soap::upnp_error{first_code + detail, ""}), out); break;
    case 3:
        out.status = 200;
        out.fields = {{"SID", "uuid:s"}, {"TIMEOUT", "Second-" + std::to_string(detail)}};
        break;
    case 4: out.status = 400 + detail; break;
    default: answer_with(encode(everything(detail), "urn:any"), out); break;
    }
    return out;
}

inbound_notify event_of(std::uint8_t which, std::uint8_t sequence, ip_address const& gateway) {
    constexpr std::array variables = {
        "<ExternalIPAddress>203.0.113.8</ExternalIPAddress>",
        "<ConnectionStatus>Disconnected</ConnectionStatus>",
        "<PortMappingNumberOfEntries>3</PortMappingNumberOfEntries>",
        "<SystemUpdateID>9</SystemUpdateID>",
    };
    inbound_notify out;
    out.gateway = "default";
    out.source = gateway;
    out.fields = {
        {"NT", "upnp:event"},
        {"NTS", "upnp:propchange"},
        {"SID", (which & 0x80U) != 0 ? "uuid:t" : "uuid:s"},
        {"SEQ", std::to_string(sequence)},
    };
    out.body = "<propertyset>";
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if ((which >> i & 1U) != 0) {
            out.body += std::string("<property>") + variables[i] + "</property>";
        }
    }
    out.body += "</propertyset>";
    return out;
}

} // namespace pmp::fuzz
