// SPDX-License-Identifier: MIT
#include "cli/leases.hpp"

#include "cli/problem.hpp"
#include "cli/table.hpp"
#include "daemon/lease_json.hpp"

#include <pmp/clock.hpp>

#include <boost/asio/error.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

std::string json_line(standing const& s, gateway_standing const* gateway) {
    auto out = pmpd::lease_json(s, gateway, boot_clock::now());
    out["double_nat"] = nullptr;
    if (s.lease && !s.lease->assigned.address.is_unspecified()) {
        out["double_nat"] = another_nat(s.lease->assigned.address).has_value();
    }
    return boost::json::serialize(out);
}

std::vector<std::string> row(lease const& l) {
    return {
        std::string(to_string(l.protocol)),
        endpoint_words(l.assigned) + " -> " + endpoint_words(l.internal),
        in_words(l.lifetime),
        std::string(to_string(l.via)),
    };
}

/// A lease of one mapping, whose external address the gateway tells in any case.
std::tuple<error_code, lease>
map_one(session& here, mapping const& wish, std::chrono::seconds timeout) {
    auto out = here.run<lease>([&](auto handler) {
        here.client().async_map(wish, timeout, std::move(handler));
    });
    auto& [error, granted] = out;
    if (!error && granted.assigned.address.is_unspecified()) {
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
        here.take_back(first);
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
            out.line(json_line(held, nullptr));
        } else {
            rows.add(row(granted[i]));
        }
    }
    out.text(rows.text());
    auto const wished = wishes.front().suggested.port;
    auto const assigned = granted.front().assigned;
    if (wished != 0 && wished != assigned.port) {
        out.note(
            "external port " + std::to_string(wished) + " was not free: the gateway assigned " +
            std::to_string(assigned.port)
        );
    }
    if (auto const why = not_reachable(assigned.address)) {
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
        for (auto const& each : wishes) {
            here.take_back(each);
        }
        return {boost::asio::error::operation_aborted, {}};
    }
    return out;
}

} // namespace pmp::cli
