// SPDX-License-Identifier: MIT
#include "wire/igd_description.hpp"

#include "wire/text.hpp"
#include "wire/xml.hpp"

#include <array>
#include <utility>

namespace pmp::wire::igd {

namespace {

constexpr std::size_t most_services = 64;
constexpr std::size_t longest_model = 128;

constexpr std::array<std::pair<std::string_view, service_kind>, 5> kinds = {{
    {"WANIPConnection", service_kind::wan_ip_connection},
    {"WANPPPConnection", service_kind::wan_ppp_connection},
    {"WANCommonInterfaceConfig", service_kind::wan_common_interface},
    {"WANIPv6FirewallControl", service_kind::firewall_control},
    {"Layer3Forwarding", service_kind::layer3_forwarding},
}};

/// UDA 2.1: relative URLs are relative to URLBase where there is one, which UDA 1.1 deprecates.
/// Routers leave an address there that they had before: one that names another host does not count.
http_url base_of(pugi::xml_node const& root, http_url const& location) {
    auto const written = xml::child_text(root, "URLBase");
    auto const base =
        written.empty() ? result<http_url>(fault::bad_value) : parse_http_url(written);
    auto const own = base ? kept_to(location.server.address, *base) : base;
    return own ? *own : location;
}

result<http_url> own_url(http_url const& base, std::string const& reference) {
    if (reference.empty()) {
        return fault::bad_value;
    }
    auto const url = resolve(base, reference);
    return url ? kept_to(base.server.address, *url) : url;
}

std::optional<service> service_of(pugi::xml_node const& node, http_url const& base) {
    service out;
    out.type_name = xml::child_text(node, "serviceType");
    auto const type = parse_service_type(out.type_name);
    auto const control = own_url(base, xml::child_text(node, "controlURL"));
    if (!type || !control) {
        return {};
    }
    out.type = *type;
    out.id = xml::child_text(node, "serviceId");
    // A service is in the serviceList of its device; some routers leave the list away.
    for (auto up = node.parent(); up && out.device.empty(); up = up.parent()) {
        out.device = xml::is(up, "device") ? xml::child_text(up, "UDN") : std::string();
    }
    out.control = *control;
    if (auto const events = own_url(base, xml::child_text(node, "eventSubURL"))) {
        out.events = *events;
    }
    return out;
}

/// Empty: it is no service that is known, or its control URL is not elsewhere.
std::string foreign_control_of(pugi::xml_node const& node, http_url const& base) {
    auto const type = parse_service_type(xml::child_text(node, "serviceType"));
    auto const url = resolve(base, xml::child_text(node, "controlURL"));
    bool const is_elsewhere = type && url && kept_to(base.server.address, *url).has_error();
    return is_elsewhere ? to_string(*url) : std::string();
}

std::optional<std::uint32_t> config_id_of(pugi::xml_node const& root) {
    for (auto const& attribute : root.attributes()) {
        if (same_word(attribute.name(), "configId")) {
            return number(attribute.value());
        }
    }
    return {};
}

} // namespace

std::optional<service_type> parse_service_type(std::string_view urn) {
    auto const last = urn.rfind(':');
    if (last == std::string_view::npos || last == 0) {
        return {};
    }
    auto const version = number(urn.substr(last + 1));
    auto const before = urn.rfind(':', last - 1);
    if (!version || *version == 0 || before == std::string_view::npos) {
        return {};
    }
    auto const name = urn.substr(before + 1, last - before - 1);
    for (auto const& [known, kind] : kinds) {
        if (same_word(name, known)) {
            return service_type{kind, *version};
        }
    }
    return {};
}

bool is_wan_connection(service const& s) {
    return s.type.kind == service_kind::wan_ip_connection ||
           s.type.kind == service_kind::wan_ppp_connection;
}

result<description> decode_description(std::string_view text, http_url const& location) {
    pugi::xml_document document;
    if (auto const error = xml::load(document, text)) {
        return error;
    }
    auto const root = xml::child(document, "root");
    auto const device = xml::first(root ? root : document, "device");
    if (!device) {
        return fault::bad_value;
    }
    description out;
    out.model = xml::child_text(device, "modelName");
    if (out.model.empty()) {
        out.model = xml::child_text(device, "friendlyName");
    }
    // It ends up on terminals and in logs.
    std::erase_if(out.model, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    out.model.resize(std::min(out.model.size(), longest_model));
    out.manufacturer = xml::child_text(device, "manufacturer");
    out.udn = xml::child_text(device, "UDN");
    out.config_id = config_id_of(root);
    auto const base = base_of(root, location);
    for (auto const& node : xml::all(document, "service")) {
        if (auto found = service_of(node, base); found && out.services.size() < most_services) {
            out.services.push_back(std::move(*found));
        } else if (out.foreign_control.empty()) {
            out.foreign_control = foreign_control_of(node, base);
        }
    }
    return out;
}

} // namespace pmp::wire::igd
