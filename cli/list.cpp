// SPDX-License-Identifier: MIT
#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/daemon_leases.hpp"
#include "cli/error_json.hpp"
#include "cli/gateway_options.hpp"
#include "cli/leases.hpp"
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

json::value text_or_null(std::string const& text) {
    return text.empty() ? json::value(nullptr) : json::value(printable(text));
}

/// As the gateway tells it, where that is no address.
std::string host_of(table_entry const& entry) {
    auto const& address = entry.internal.address;
    return address.is_unspecified() ? entry.host : address.to_string();
}

std::string internal_words(table_entry const& entry) {
    auto const& inside = entry.internal;
    return inside.address.is_unspecified()
               ? printable(entry.host) + ":" + std::to_string(inside.port)
               : to_string(inside);
}

json::object to_json(table_entry const& entry) {
    json::object out{
        {"protocol", to_string(entry.protocol)}, {"external_port", entry.external_port}};
    out["internal"] = {{"address", text_or_null(host_of(entry))}, {"port", entry.internal.port}};
    out["remote"] = text_or_null(entry.remote);
    out["description"] = printable(entry.description);
    // As of a lease: what does not end by itself has none.
    bool const is_permanent = entry.lifetime.count() == 0;
    out["lifetime"] = is_permanent ? json::value(nullptr) : json::value(entry.lifetime.count());
    out["permanent"] = is_permanent;
    out["enabled"] = entry.enabled;
    out["ours"] = entry.ours;
    return out;
}

std::string to_json(mapping_table const& told) {
    json::array mappings;
    for (auto const& each : told.entries) {
        mappings.push_back(to_json(each));
    }
    json::object out;
    out["gateway"] = told.gateway.address.to_string();
    out["mappings"] = std::move(mappings);
    out["complete"] = told.complete;
    return json::serialize(out);
}

std::string lifetime_words(table_entry const& entry) {
    if (!entry.enabled) {
        return "disabled";
    }
    return entry.lifetime.count() == 0 ? "permanent" : in_words(entry.lifetime);
}

std::string text(mapping_table const& told) {
    table rows;
    rows.add({"PROTOCOL", "EXTERNAL", "INTERNAL", "FROM", "LEFT", "OURS", "DESCRIPTION"});
    for (auto const& each : told.entries) {
        rows.add({
            std::string(to_string(each.protocol)),
            std::to_string(each.external_port),
            internal_words(each),
            each.remote.empty() ? "all" : printable(each.remote),
            lifetime_words(each),
            each.ours ? "yes" : "no",
            each.description.empty() ? "-" : printable(each.description),
        });
    }
    return rows.text();
}

/// As far as is told: some gateways name no client.
bool leads_to(table_entry const& entry, endpoint const& inside) {
    auto const& told = entry.internal;
    return told == inside || (told.address.is_unspecified() && told.port == inside.port);
}

/// What pmp has mapped, or pmpd keeps, and the library can't know.
void claim(
    mapping_table& told,
    std::vector<remembered_lease> const& made,
    std::vector<kept_port> const& kept
) {
    for (auto& entry : told.entries) {
        auto const is_made = [&](remembered_lease const& each) {
            auto const& inside = each.host.is_unspecified() ? each.internal_address : each.host;
            return each.gateway_address == told.gateway.address &&
                   each.protocol == entry.protocol && each.assigned.port == entry.external_port &&
                   leads_to(entry, {inside, each.internal_port});
        };
        auto const is_kept = [&](kept_port const& each) {
            return each.protocol == entry.protocol && each.external_port == entry.external_port &&
                   leads_to(entry, each.internal);
        };
        entry.ours = entry.ours || std::any_of(made.begin(), made.end(), is_made) ||
                     std::any_of(kept.begin(), kept.end(), is_kept);
    }
}

int run(request const& asked) {
    auto const& allowed = asked.gateway.protocols;
    if (std::find(allowed.begin(), allowed.end(), dialect_id::igd) == allowed.end()) {
        return misused("list", "--protocols: a table can be read by upnp alone", asked.json);
    }
    console out(asked);
    if (asked.gateway.address && asked.gateway.address->is_v6()) {
        complain(
            out,
            local_error::no_table,
            "the firewall of a gateway of IPv6 has no table of pinholes that can be read; pmp "
            "status tells what pmpd keeps open"
        );
        return out.finish(exit_status::refused);
    }
    auto by_igd = asked;
    by_igd.gateway.protocols = {dialect_id::igd};
    session here(by_igd, out);
    auto [error, told] = here.run<mapping_table>([&](auto handler) {
        here.client().async_list(asked.gateway.name, asked.timeout, std::move(handler));
    });
    if (error) {
        return here.fail(error, {"show its table", by_igd.gateway});
    }
    claim(told, here.made_before(), ports_kept_by_daemon(asked));
    if (!told.complete) {
        out.warn("the gateway did not show all of its table");
    }
    out.json() ? out.line(to_json(told)) : out.text(text(told));
    return out.finish(exit_status::done);
}

constexpr auto options = gateway_options();

constexpr std::string_view notes =
    R"(Only UPnP can read a gateway's table. What it shows is whatever its programs
have mapped; ours is what pmp or pmpd of this machine made.

Example:
  pmp list --json
)";

} // namespace

extern constinit verb const list_verb{
    .name = "list",
    .synopsis = "",
    .summary = "show the gateway's own table of mappings (UPnP)",
    .notes = notes,
    .options = options,
    .run = run};

} // namespace pmp::cli
