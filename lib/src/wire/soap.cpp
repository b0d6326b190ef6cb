// SPDX-License-Identifier: MIT
#include "wire/soap.hpp"

#include "wire/text.hpp"
#include "wire/xml.hpp"

#include <algorithm>
#include <charconv>

namespace pmp::wire::soap {

namespace {

constexpr std::size_t most_arguments = 64;
constexpr std::string_view content_type = "text/xml; charset=\"utf-8\"";

std::string enveloped(std::string const& body) {
    return "<?xml version=\"1.0\"?>\r\n"
           "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\""
           " s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">"
           "<s:Body>" +
           body + "</s:Body></s:Envelope>\r\n";
}

std::string element(
    std::string const& name, std::string_view service_type, std::vector<argument> const& arguments
) {
    auto out = "<u:" + name + " xmlns:u=\"" + xml::escaped(service_type) + "\">";
    for (auto const& a : arguments) {
        out += '<' + a.name + '>' + xml::escaped(a.value) + "</" + a.name + '>';
    }
    return out + "</u:" + name + '>';
}

std::string_view local_name(std::string_view name) {
    return name.substr(name.rfind(':') + 1);
}

std::vector<argument> arguments_of(pugi::xml_node const& parent) {
    std::vector<argument> out;
    for (auto const& node : parent.children()) {
        if (node.type() == pugi::node_element && out.size() < most_arguments) {
            out.push_back({std::string(local_name(node.name())), xml::text(node)});
        }
    }
    return out;
}

pugi::xml_node first_element(pugi::xml_node const& parent) {
    return parent.find_child([](pugi::xml_node const& node) {
        return node.type() == pugi::node_element;
    });
}

std::optional<upnp_error> error_in(pugi::xml_document const& document) {
    auto const code = xml::first(document, "errorCode");
    if (!code) {
        return {};
    }
    auto const value = number(xml::text(code));
    upnp_error out;
    if (value && *value > 0 && *value < 1000) {
        out.code = static_cast<int>(*value);
    }
    out.description = xml::child_text(code.parent(), "errorDescription");
    return out;
}

std::optional<answer> answer_in(pugi::xml_document const& document) {
    constexpr std::string_view suffix = "Response";
    auto const node = first_element(xml::first(document, "Body"));
    auto const name = local_name(node.name());
    if (name.size() < suffix.size() ||
        !same_word(name.substr(name.size() - suffix.size()), suffix)) {
        return {};
    }
    return answer{std::string(name.substr(0, name.size() - suffix.size())), arguments_of(node)};
}

} // namespace

std::string_view value_of(std::vector<argument> const& all, std::string_view name) {
    auto const at = std::find_if(all.begin(), all.end(), [&](argument const& a) {
        return same_word(a.name, name);
    });
    return at != all.end() ? std::string_view(at->value) : std::string_view();
}

http::request encode(call const& c, http_url const& control) {
    http::request out;
    out.method = "POST";
    out.target = control.target;
    out.fields = {
        {"Host", authority(control)},
        {"Content-Type", std::string(content_type)},
        {"SOAPAction", '"' + c.service_type + '#' + c.action + '"'},
    };
    out.body = enveloped(element(c.action, c.service_type, c.arguments));
    return out;
}

result<call> decode_call(http::request const& request) {
    if (request.method != "POST") {
        return fault::bad_direction;
    }
    auto header = trimmed(value_of(request.fields, "SOAPAction"));
    if (header.size() >= 2 && header.front() == '"' && header.back() == '"') {
        header = header.substr(1, header.size() - 2);
    }
    auto const hash = header.find('#');
    pugi::xml_document document;
    if (hash == std::string_view::npos || xml::load(document, request.body)) {
        return fault::bad_value;
    }
    auto const node = first_element(xml::first(document, "Body"));
    call out;
    out.service_type = header.substr(0, hash);
    out.action = header.substr(hash + 1);
    if (!node || local_name(node.name()) != out.action) {
        return fault::bad_value;
    }
    out.arguments = arguments_of(node);
    return out;
}

http::response encode(answer const& a, std::string_view service_type) {
    return {
        200,
        {{"Content-Type", std::string(content_type)}, {"Ext", ""}},
        enveloped(element(a.action + "Response", service_type, a.arguments))};
}

http::response encode(upnp_error const& e) {
    return {
        500,
        {{"Content-Type", std::string(content_type)}, {"Ext", ""}},
        enveloped(
            "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
            "<UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode>" +
            std::to_string(e.code) + "</errorCode><errorDescription>" +
            xml::escaped(e.description) + "</errorDescription></UPnPError></detail></s:Fault>"
        )};
}

result<reply> decode_reply(http::response const& response) {
    auto const success = response.status == 200;
    auto const unreadable = success ? fault::bad_value : fault::http_failed;
    pugi::xml_document document;
    if (xml::load(document, response.body)) {
        return unreadable;
    }
    if (auto error = error_in(document)) {
        return reply(std::move(*error));
    }
    auto found = answer_in(document);
    if (!success || !found) {
        return unreadable;
    }
    return reply(std::move(*found));
}

} // namespace pmp::wire::soap
