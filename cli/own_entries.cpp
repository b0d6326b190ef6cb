// SPDX-License-Identifier: MIT
#include "cli/own_entries.hpp"

#include "cli/error_json.hpp"
#include "cli/leases.hpp"
#include "cli/ports.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"

#include <pmp/mapping.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

namespace json = boost::json;

/// One that is left there though its deletion was confirmed would be found again and again.
constexpr int most_entries = 64;

json::value endpoint_json(endpoint const& e) {
    auto const& address = e.address;
    json::object out;
    out["address"] =
        address.is_unspecified() ? json::value(nullptr) : json::value(address.to_string());
    out["port"] = e.port;
    return out;
}

endpoint inside_of(internal_port const& port, mapping_table const& told) {
    auto const& host = port.internal.address;
    return {host.is_unspecified() ? told.gateway.internal : host, port.internal.port};
}

bool is_pmps(table_entry const& entry) {
    return entry.description.rfind("pmp ", 0) == 0;
}

/// What pmp has made.
table_entry const* find(mapping_table const& told, transport protocol, endpoint const& inside) {
    auto const& entries = told.entries;
    auto const found = std::find_if(entries.begin(), entries.end(), [&](auto const& entry) {
        return entry.protocol == protocol && entry.internal == inside && is_pmps(entry);
    });
    return found != entries.end() ? &*found : nullptr;
}

} // namespace

std::string deletion_json(
    transport protocol,
    endpoint const& internal,
    std::optional<endpoint> const& external,
    std::optional<bool> deleted
) {
    json::object out;
    out["deleted"] = deleted ? json::value(*deleted) : json::value(nullptr);
    out["protocol"] = to_string(protocol);
    out["external"] = external ? endpoint_json(*external) : json::value(nullptr);
    out["internal"] = endpoint_json(internal);
    return json::serialize(out);
}

std::optional<int> own_entries::end(internal_port const& port, std::chrono::milliseconds patience) {
    for (int deleted = 0; deleted < most_entries; ++deleted) {
        auto const [error, told] = read(patience);
        if (is_silence(error) && deleted == 0 && !here_.is_interrupted()) {
            return {};
        }
        if (error.category() == upnp_category() && deleted == 0 && asked_.only_protocols) {
            return remove_unseen(port, patience);
        }
        if (error) {
            return here_.fail(error, {"show its table", by_igd()});
        }
        auto const inside = inside_of(port, told);
        auto const* found = find(told, port.protocol, inside);
        if (found == nullptr) {
            return tell_rest(port, told, inside, deleted == 0);
        }
        if (auto const status = remove(port, *found, patience); status != exit_status::done) {
            return status;
        }
    }
    return exit_status::refused;
}

std::tuple<error_code, mapping_table> own_entries::read(std::chrono::milliseconds patience) {
    here_.client().set_gateways({by_igd()});
    return here_.run<mapping_table>([&](auto handler) {
        here_.client().async_list(asked_.gateway.name, patience, std::move(handler));
    });
}

int own_entries::tell_rest(
    internal_port const& port, mapping_table const& told, endpoint const& inside, bool found_none
) {
    if (found_none && out_.json()) {
        out_.line(deletion_json(port.protocol, inside, {}, false));
    }
    if (found_none) {
        out_.note(
            "asked to delete the mapping of " + port_words(port.protocol, port.internal) +
            ": none by pmp is left"
        );
    }
    warn_of_others(port, told, inside);
    return exit_status::done;
}

gateway_settings own_entries::by_igd() const {
    auto out = asked_.gateway;
    out.protocols = {dialect_id::igd};
    return out;
}

/// By UPnP nothing is deleted that another program has made: it may lead to the same port.
void own_entries::warn_of_others(
    internal_port const& port, mapping_table const& told, endpoint const& inside
) {
    for (auto const& each : told.entries) {
        if (each.protocol == port.protocol && each.internal == inside) {
            out_.warn(
                "the gateway's table shows " + std::string(to_string(each.protocol)) + " :" +
                std::to_string(each.external_port) + " -> " + to_string(inside) + " (" +
                (each.description.empty() ? "no description" : printable(each.description)) +
                "): pmp has not made that, and leaves it there"
            );
        }
    }
}

int own_entries::remove(
    internal_port const& port, table_entry const& entry, std::chrono::milliseconds patience
) {
    if (auto const error = unmap(port, entry, patience)) {
        return fail(error, port);
    }
    endpoint const external{ip_address(), entry.external_port};
    if (out_.json()) {
        out_.line(deletion_json(port.protocol, entry.internal, external, true));
    }
    out_.note(
        "deleted " + std::string(to_string(port.protocol)) + " " + endpoint_words(external) +
        " -> " + endpoint_words(entry.internal)
    );
    return exit_status::done;
}

/// Where no table is shown: at the external port that it most likely has.
int own_entries::remove_unseen(internal_port const& port, std::chrono::milliseconds patience) {
    table_entry likely;
    likely.external_port = port.internal.port;
    likely.description = mapping_of(port.protocol, port.internal).description;
    if (auto const error = unmap(port, likely, patience)) {
        return fail(error, port);
    }
    if (out_.json()) {
        out_.line(deletion_json(port.protocol, port.internal, {}, {}));
    }
    out_.note(
        "asked to delete the mapping of " + port_words(port.protocol, port.internal) +
        ": none by pmp is left at external port " + std::to_string(likely.external_port) +
        "; the gateway does not show its table"
    );
    return exit_status::done;
}

error_code own_entries::unmap(
    internal_port const& port, table_entry const& entry, std::chrono::milliseconds patience
) {
    auto what = mapping_of(port.protocol, port.internal);
    what.suggested.port = entry.external_port;
    what.description = entry.description;
    if (auto const remote = parse_remote_prefix(entry.remote)) {
        what.allow = {*remote};
    }
    auto const [error] = here_.run<>([&](auto handler) {
        here_.client().async_unmap(what, patience, std::move(handler));
    });
    return error;
}

int own_entries::fail(error_code error, internal_port const& port) {
    auto const deed = "delete the mapping of " + port_words(port.protocol, port.internal);
    return here_.fail(error, {deed, by_igd(), purpose::deleting});
}

} // namespace pmp::cli
