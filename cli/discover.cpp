// SPDX-License-Identifier: MIT
#include "cli/console.hpp"
#include "cli/error_json.hpp"
#include "cli/gateway_options.hpp"
#include "cli/other_nat.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

namespace json = boost::json;

json::value to_json(ip_address const& address) {
    return address.is_unspecified() ? json::value(nullptr) : json::value(address.to_string());
}

json::object to_json(spoken_dialect const& spoken) {
    json::object out{{"protocol", to_string(spoken.via)}};
    if (spoken.via == dialect_id::igd) {
        out["model"] = spoken.model;
        out["service"] = spoken.service;
        out["description_url"] = spoken.description_url;
        out["control_url"] = spoken.control_url;
    } else {
        out["epoch"] = spoken.epoch;
    }
    return out;
}

bool speaks_igd(discovered_gateway const& found) {
    return std::any_of(found.protocols.begin(), found.protocols.end(), [](auto const& each) {
        return each.via == dialect_id::igd;
    });
}

/// Why UPnP is not among what is spoken, though something answers by it. Empty: nothing does, or it
/// is.
std::string unread_words(discovered_gateway const& found) {
    auto const& search = found.search;
    bool const maps_none =
        search && search->descriptions != 0 && search->services == 0 && !search->error;
    if (!search || search->replies == 0 || speaks_igd(found) || maps_none) {
        return {};
    }
    auto const out = "UPnP is answered at " + found.view.address.to_string() + ", and ";
    if (search->error) {
        return out + "is of no use: " + search->error.message();
    }
    return out + "what it offers was not told in time: give it longer with --timeout";
}

json::object to_json(discovered_gateway const& found) {
    json::array protocols;
    for (auto const& each : found.protocols) {
        protocols.push_back(to_json(each));
    }
    auto const external = found.external_address.value_or(ip_address());
    auto const& interface = found.view.interface;
    json::object out;
    out["name"] = found.view.name;
    out["address"] = to_json(found.view.address);
    out["interface"] = interface.empty() ? json::value(nullptr) : json::value(interface);
    out["external_address"] = to_json(external);
    out["double_nat"] = external.is_unspecified() ? json::value(nullptr)
                                                  : json::value(another_nat(external).has_value());
    out["public"] =
        external.is_unspecified() ? json::value(nullptr) : json::value(!not_reachable(external));
    out["protocols"] = std::move(protocols);
    auto const unread = unread_words(found);
    out["upnp_trouble"] = unread.empty() ? json::value(nullptr) : json::value(unread);
    return out;
}

json::object to_json(std::vector<discovered_gateway> const& found) {
    json::array gateways;
    for (auto const& each : found) {
        if (!each.view.address.is_unspecified()) {
            gateways.push_back(to_json(each));
        }
    }
    return {{"gateways", std::move(gateways)}};
}

std::string details(spoken_dialect const& spoken) {
    if (spoken.via != dialect_id::igd) {
        return "epoch " + in_words(std::chrono::seconds(spoken.epoch));
    }
    auto const described = printable(spoken.service) + " at " + printable(spoken.control_url) +
                           ", described at " + printable(spoken.description_url);
    return spoken.model.empty() ? described : printable(spoken.model) + ", " + described;
}

void print(console& out, discovered_gateway const& found) {
    auto const by = found.view.interface.empty() ? "" : " by " + found.view.interface;
    out.line("gateway " + found.view.address.to_string() + by);
    table rows(2);
    auto const external = found.external_address.value_or(ip_address());
    rows.add({"external address", external.is_unspecified() ? "not told" : external.to_string()});
    for (auto const& each : found.protocols) {
        rows.add({std::string(to_string(each.via)), details(each)});
    }
    out.text(rows.text());
}

void warn_of(console& out, discovered_gateway const& found) {
    if (auto const why = unread_words(found); !why.empty()) {
        out.warn(why);
    }
    if (auto const why = not_reachable(found.external_address.value_or(ip_address()))) {
        out.warn(*why);
    }
}

int run(request const& asked) {
    console out(asked);
    session here(asked, out);
    auto const [error, found] = here.run<std::vector<discovered_gateway>>([&](auto handler) {
        here.client().async_discover(asked.timeout, std::move(handler));
    });
    auto document = to_json(found);
    if (error) {
        // Nothing but an interruption: other errors are told of each gateway.
        document["error"] = here.interruption_json()["error"];
        if (out.json()) {
            out.line(json::serialize(document));
        }
        return here.why(error, {"tell what it speaks", asked.gateway}).status;
    }
    int status = exit_status::done;
    for (auto const& each : found) {
        if (each.protocols.empty()) {
            auto where = asked.gateway;
            where.address = each.view.address.is_unspecified() ? where.address : each.view.address;
            auto const why = here.why(each.error, {"tell what it speaks", where});
            document["error"] = error_json(each.error, why.sentence)["error"];
            out.complain(why.sentence);
            status = why.status;
            continue;
        }
        if (!out.json()) {
            print(out, each);
        }
        warn_of(out, each);
    }
    if (out.json()) {
        out.line(json::serialize(document));
    }
    return out.finish(status);
}

constexpr auto options = gateway_options();

constexpr std::string_view notes = R"(Example:
  pmp discover --json
)";

} // namespace

extern constinit verb const discover_verb{
    .name = "discover",
    .synopsis = "",
    .summary = "tell which gateway there is, and what it speaks",
    .notes = notes,
    .options = options,
    .run = run};

} // namespace pmp::cli
