// SPDX-License-Identifier: MIT
#include "support/igd_description_writer.hpp"

#include <cstddef>

namespace pmp::test {

namespace {

constexpr std::size_t huge = 1'048'576;

std::string tagged(std::string_view name, std::string_view value) {
    std::string out;
    out.append("<").append(name).append(">").append(value);
    return out.append("</").append(name).append(">");
}

std::string service(std::string const& type, std::string_view id, std::string_view control) {
    auto const name = std::string(control.substr(control.find('/') + 1));
    return tagged(
        "service",
        tagged("serviceType", type) +
            tagged("serviceId", "urn:upnp-org:serviceId:" + std::string(id)) +
            tagged("SCPDURL", name + ".xml") + tagged("controlURL", control) +
            tagged("eventSubURL", "evt/" + name)
    );
}

std::string device(
    std::string const& type,
    std::string_view name,
    std::string const& udn,
    std::string const& services,
    std::string const& devices
) {
    auto text = tagged("deviceType", type) + tagged("friendlyName", name) +
                tagged("manufacturer", "pmp") + tagged("modelName", "pmp-gateway") +
                tagged("UDN", udn);
    text += services.empty() ? "" : tagged("serviceList", services);
    text += devices.empty() ? "" : tagged("deviceList", devices);
    return tagged("device", text);
}

std::string connection_services(gateway_state const& state) {
    auto const version = state.options.igd_version;
    auto ip = service(service_urn("WANIPConnection", version), "WANIPConn1", ip_control);
    // InternetGatewayDevice:2 2.1
    if (version >= 2) {
        ip +=
            service(service_urn("WANIPv6FirewallControl", 1), "WANIPv6Firewall1", firewall_control);
    }
    if (!state.vices.has(vice::two_services)) {
        return ip;
    }
    return service(service_urn("WANPPPConnection", 1), "WANPPPConn1", ppp_control) + ip;
}

std::string url_base(gateway_state const& state) {
    if (state.vices.has(vice::url_base_empty)) {
        return tagged("URLBase", "");
    }
    // Routers leave an address there that they had before.
    if (state.vices.has(vice::url_base_elsewhere)) {
        return tagged("URLBase", "http://192.168.254.254:8080/");
    }
    return state.vices.has(vice::url_base) ? tagged("URLBase", igd_origin(state) + "/base/") : "";
}

/// Documents that grow when they are read.
constexpr std::string_view bomb =
    R"(<!DOCTYPE root [<!ENTITY a "aaaaaaaaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">)"
    R"(<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>)";

} // namespace

std::string service_urn(std::string_view name, unsigned version) {
    return "urn:schemas-upnp-org:service:" + std::string(name) + ':' + std::to_string(version);
}

std::string device_urn(std::string_view name, unsigned version) {
    return "urn:schemas-upnp-org:device:" + std::string(name) + ':' + std::to_string(version);
}

std::string igd_origin(gateway_state const& state) {
    return "http://" + to_string(endpoint{state.options.address, state.igd.port});
}

std::string describe_igd(gateway_state const& state) {
    auto const version = state.options.igd_version;
    auto const udn = std::string(igd_udn);
    auto const connection = device(
        device_urn("WANConnectionDevice", version),
        "WANConnectionDevice",
        udn + "-2",
        connection_services(state),
        ""
    );
    auto const wan =
        device(device_urn("WANDevice", version), "WANDevice", udn + "-1", "", connection);
    auto const forwarding =
        service(service_urn("Layer3Forwarding", 1), "L3Forwarding1", forwarding_control);
    auto const root =
        device(device_urn("InternetGatewayDevice", version), "pmp-gateway", udn, forwarding, wan);
    auto const bombed = state.vices.has(vice::description_bomb);
    std::string text = "<?xml version=\"1.0\"?>\r\n";
    text += bombed ? bomb : "";
    text += "<root xmlns=\"urn:schemas-upnp-org:device-1-0\">";
    text += bombed ? "<!-- -->&d;" : "";
    text += tagged("specVersion", tagged("major", "1") + tagged("minor", "1")) + url_base(state);
    text += root + "</root>\r\n";
    if (state.vices.has(vice::description_huge)) {
        text.append(huge, ' ');
    }
    return text;
}

} // namespace pmp::test
