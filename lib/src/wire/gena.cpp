// SPDX-License-Identifier: MIT
#include "wire/gena.hpp"

#include "wire/text.hpp"
#include "wire/xml.hpp"

#include <limits>

namespace pmp::wire::gena {

namespace {

using std::chrono::seconds;

constexpr std::string_view second_prefix = "Second-";
constexpr std::size_t most_properties = 64;

std::string timeout_text(seconds timeout) {
    return std::string(second_prefix) + std::to_string(timeout.count());
}

seconds timeout_of(std::string_view text) {
    text = trimmed(text);
    if (text.size() <= second_prefix.size() ||
        !same_word(text.substr(0, second_prefix.size()), second_prefix)) {
        return usual_timeout;
    }
    auto const value = number(text.substr(second_prefix.size()));
    return value && *value > 0 ? seconds(*value) : usual_timeout;
}

http::request bare(char const* method, http_url const& url) {
    return {method, url.target, {{"HOST", authority(url)}}, {}};
}

} // namespace

http::request subscribe(http_url const& events, http_url const& callback, seconds timeout) {
    auto out = bare("SUBSCRIBE", events);
    out.fields.push_back({"CALLBACK", '<' + to_string(callback) + '>'});
    out.fields.push_back({"NT", "upnp:event"});
    out.fields.push_back({"TIMEOUT", timeout_text(timeout)});
    return out;
}

http::request renew(http_url const& events, std::string_view sid, seconds timeout) {
    auto out = bare("SUBSCRIBE", events);
    out.fields.push_back({"SID", std::string(sid)});
    out.fields.push_back({"TIMEOUT", timeout_text(timeout)});
    return out;
}

http::request unsubscribe(http_url const& events, std::string_view sid) {
    auto out = bare("UNSUBSCRIBE", events);
    out.fields.push_back({"SID", std::string(sid)});
    return out;
}

http::response encode(subscription const& s) {
    return {200, {{"SID", s.sid}, {"TIMEOUT", timeout_text(s.timeout)}}, {}};
}

result<subscription> decode_subscription(http::response const& response) {
    if (response.status != 200) {
        return fault::http_failed;
    }
    subscription out;
    out.sid = trimmed(value_of(response.fields, "SID"));
    out.timeout = timeout_of(value_of(response.fields, "TIMEOUT"));
    if (out.sid.empty()) {
        return fault::bad_value;
    }
    return out;
}

bool follows(std::uint32_t last, std::uint32_t next) {
    return next == (last == std::numeric_limits<std::uint32_t>::max() ? 1 : last + 1);
}

http::request encode(notification const& n, http_url const& callback) {
    auto out = bare("NOTIFY", callback);
    out.fields.push_back({"CONTENT-TYPE", "text/xml; charset=\"utf-8\""});
    out.fields.push_back({"NT", "upnp:event"});
    out.fields.push_back({"NTS", "upnp:propchange"});
    out.fields.push_back({"SID", n.sid});
    out.fields.push_back({"SEQ", std::to_string(n.sequence)});
    out.body = "<?xml version=\"1.0\"?>\r\n"
               "<e:propertyset xmlns:e=\"urn:schemas-upnp-org:event-1-0\">";
    for (auto const& p : n.properties) {
        out.body += "<e:property><" + p.name + '>' + xml::escaped(p.value) + "</" + p.name +
                    "></e:property>";
    }
    out.body += "</e:propertyset>\r\n";
    return out;
}

result<notification> decode_notification(http::request const& request) {
    if (request.method != "NOTIFY") {
        return fault::bad_direction;
    }
    auto const field = [&](std::string_view name) {
        return trimmed(value_of(request.fields, name));
    };
    auto const sequence = number(field("SEQ"));
    pugi::xml_document document;
    auto const typed =
        same_word(field("NT"), "upnp:event") && same_word(field("NTS"), "upnp:propchange");
    if (!typed || field("SID").empty() || !sequence || xml::load(document, request.body)) {
        return fault::bad_value;
    }
    notification out;
    out.sid = field("SID");
    out.sequence = *sequence;
    for (auto const& node : xml::all(document, "property")) {
        for (auto const& variable : node.children()) {
            if (variable.type() == pugi::node_element && out.properties.size() < most_properties) {
                std::string_view const name = variable.name();
                out.properties.push_back(
                    {std::string(name.substr(name.rfind(':') + 1)), xml::text(variable)}
                );
            }
        }
    }
    return out;
}

unsigned verdict(http::request const& request, std::string_view known_sid) {
    auto const field = [&](std::string_view name) {
        return trimmed(value_of(request.fields, name));
    };
    if (field("NT").empty() || field("NTS").empty()) {
        return 400;
    }
    auto const typed =
        same_word(field("NT"), "upnp:event") && same_word(field("NTS"), "upnp:propchange");
    return typed && !known_sid.empty() && field("SID") == known_sid ? 200 : 412;
}

} // namespace pmp::wire::gena
