// SPDX-License-Identifier: MIT
#include "cli/leases.hpp"

#include "cli/other_nat.hpp"
#include "cli/problem.hpp"
#include "cli/table.hpp"
#include "daemon/lease_json.hpp"

#include <pmp/clock.hpp>

#include <boost/asio/error.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

namespace json = boost::json;

std::string json_line(standing const& s, gateway_standing const* gateway) {
    auto out = pmpd::lease_json(s, gateway, boot_clock::now());
    bool const is_told = s.lease && !s.lease->assigned.address.is_unspecified();
    out["public"] =
        is_told ? json::value(!not_reachable(s.lease->assigned.address)) : json::value(nullptr);
    return boost::json::serialize(out);
}

std::string lifetime_words(lease const& l) {
    auto const endless = l.permanent && !l.presumed;
    return endless ? "permanent" : l.via == dialect_id::direct ? "-" : in_words(l.lifetime);
}

std::vector<std::string> row(lease const& l) {
    return {
        std::string(to_string(l.protocol)),
        endpoint_words(l.assigned) + " -> " + endpoint_words(l.internal),
        lifetime_words(l),
        std::string(to_string(l.via)),
    };
}

/// Nothing was mapped.
void tell_direct(console const& out, lease const& l) {
    out.note(
        l.internal.address.is_v6()
            ? open_firewall_words(l.gateway.address) + ": nothing was mapped, or has to be"
            : direct_words(l.internal.address)
    );
}

/// A lease of one mapping, whose external address the gateway tells in any case.
std::tuple<error_code, lease>
map_one(session& here, mapping const& wish, std::chrono::seconds timeout) {
    auto out = here.run<lease>([&](auto handler) {
        here.client().async_map(wish, timeout, std::move(handler));
    });
    auto& [error, granted] = out;
    // By UPnP it has been asked for already.
    bool const asks = granted.assigned.address.is_unspecified() && granted.via != dialect_id::igd;
    if (!error && asks) {
        auto const [unknown, told] = here.run<external_address>([&](auto handler) {
            here.client().async_external_address(wish.gateway, timeout, std::move(handler));
        });
        granted.assigned.address = unknown ? ip_address() : told.address;
    }
    return out;
}

/// The second is asked for the number that the first was given.
grant map_pair(session& here, mapping const& first, mapping second, std::chrono::seconds timeout) {
    auto [error, one] = map_one(here, first, timeout);
    if (error) {
        return {error, {}, one.lifetime};
    }
    second.suggested.port = one.assigned.port;
    second.exact = true;
    auto [other_error, other] = map_one(here, second, timeout);
    if (other_error) {
        here.take_back(first, one);
        return {other_error, {}, other.lifetime};
    }
    return {{}, {std::move(one), std::move(other)}};
}

} // namespace

std::string port_words(transport protocol, endpoint const& internal) {
    auto const port = std::string(to_string(protocol)) + " port " + std::to_string(internal.port);
    auto const& host = internal.address;
    return host.is_unspecified() ? port : port + " of " + host.to_string();
}

std::string endpoint_words(endpoint const& e) {
    return e.address.is_unspecified() ? ":" + std::to_string(e.port) : to_string(e);
}

void print(console& out, std::vector<mapping> const& wishes, std::vector<lease> const& granted) {
    table rows;
    for (std::size_t i = 0; i < granted.size(); ++i) {
        if (out.json()) {
            standing held;
            held.mapping = wishes[i];
            held.state = lease_state::held;
            held.lease = granted[i];
            held.mapping.family =
                granted[i].gateway.address.is_v6() ? address_family::ipv6 : address_family::ipv4;
            out.line(json_line(held, nullptr));
        } else {
            rows.add(row(granted[i]));
        }
    }
    out.text(rows.text());
    auto const assigned = granted.front().assigned;
    if (granted.front().via == dialect_id::direct) {
        tell_direct(out, granted.front());
    }
    if (assigned.address.is_unspecified()) {
        out.warn("the gateway does not tell its external address");
    } else if (auto const why = not_reachable(assigned.address)) {
        out.warn(*why);
    }
}

bool print(console& out, standing const& s, gateway_standing const* gateway) {
    if (out.json()) {
        return out.line(json_line(s, gateway));
    }
    table rows;
    if (s.lease) {
        rows.add(row(*s.lease));
    }
    auto text = rows.text();
    text.resize(text.empty() ? 0 : text.size() - 1);
    return text.empty() || out.line(text);
}

namespace {

grant map_by_number(
    session& here, std::vector<mapping> const& wishes, std::chrono::seconds timeout
) {
    if (wishes.size() == 1) {
        auto [error, one] = map_one(here, wishes.front(), timeout);
        if (error) {
            return {error, {}, one.lifetime};
        }
        return {{}, {std::move(one)}};
    }
    auto out = map_pair(here, wishes[0], wishes[1], timeout);
    if (out.error != reaction::port_taken || wishes[0].exact) {
        return out;
    }
    // That number is free for the first alone: perhaps the second is given one that suits both.
    out = map_pair(here, wishes[1], wishes[0], timeout);
    std::reverse(out.leases.begin(), out.leases.end());
    return out;
}

} // namespace

grant map_all(session& here, std::vector<mapping> const& wishes, std::chrono::seconds timeout) {
    auto out = map_by_number(here, wishes, timeout);
    if (!out.error && here.is_interrupted()) {
        for (std::size_t i = 0; i < wishes.size(); ++i) {
            here.take_back(wishes[i], out.leases[i]);
        }
        return {boost::asio::error::operation_aborted, {}};
    }
    return out;
}

} // namespace pmp::cli
