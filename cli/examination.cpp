// SPDX-License-Identifier: MIT
#include "cli/examination.hpp"

#include "cli/control_client.hpp"
#include "cli/findings.hpp"
#include "cli/ports.hpp"

#include <pmp/parse_address.hpp>

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/array.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// A gateway of a standard is content with it, and what is not deleted is soon gone.
constexpr auto trial_lifetime = 2min;
/// An epoch that stands still shows after three seconds and a bit (RFC 6887 8.5).
constexpr auto between_epochs = 4s;
/// A daemon on this machine that takes longer has other troubles.
constexpr auto daemon_patience = 2s;

discovered_gateway discover(request const& asked, session& here) {
    auto [error, found] = here.run<std::vector<discovered_gateway>>([&](auto handler) {
        here.client().async_discover(asked.timeout, std::move(handler));
    });
    auto out = found.empty() ? discovered_gateway() : std::move(found.front());
    out.error = error.failed() ? error : out.error;
    return out;
}

/// Returns why it was not granted.
error_code
ask_for(mapping const& wish, request const& asked, session& here, std::optional<lease>& out) {
    auto [error, granted] = here.run<lease>([&](auto handler) {
        here.client().async_map(wish, asked.timeout, std::move(handler));
    });
    if (!error.failed()) {
        out = std::move(granted);
    }
    return error;
}

error_code
give_back(mapping const& wish, lease const& granted, request const& asked, session& here) {
    auto const [error] = here.run<>([&](auto handler) {
        here.client().async_unmap(wish, asked.timeout, std::move(handler));
    });
    if (here.is_interrupted()) {
        here.take_back(wish, granted);
    }
    return error;
}

/// Nobody else on this machine uses the port while the socket lives.
asio::ip::udp::socket own_port(session& here, ip_address const& internal) {
    asio::ip::udp::socket out(here.context());
    error_code error;
    out.open(internal.is_v4() ? asio::ip::udp::v4() : asio::ip::udp::v6(), error);
    out.bind({internal, 0}, error);
    return out;
}

trial_fact try_mapping(request const& asked, session& here, ip_address const& internal) {
    auto const port = own_port(here, internal);
    error_code error;
    trial_fact out;
    out.port = port.local_endpoint(error).port();
    out.lifetime = trial_lifetime;
    if (error.failed() || out.port == 0) {
        out.error = error;
        return out;
    }
    auto wish = mapping_of(transport::udp, {ip_address(), out.port});
    wish.suggested.port = out.port;
    wish.lifetime = trial_lifetime;
    wish.description = trial_description;
    out.error = ask_for(wish, asked, here, out.granted);
    if (!out.granted || out.granted->via == dialect_id::direct) {
        return out;
    }
    wish.suggested.port = out.granted->assigned.port;
    out.again_error = ask_for(wish, asked, here, out.again);
    out.deletion_error = give_back(wish, *out.granted, asked, here);
    return out;
}

/// Without a gateway's answer to it.
void wait_until(clock::time_point end, session& here) {
    asio::steady_timer timer(here.context(), end);
    here.run<>([&timer](auto handler) { timer.async_wait(std::move(handler)); });
}

std::vector<dialect_id> with_epoch(discovered_gateway const& found) {
    std::vector<dialect_id> out;
    for (auto const& each : found.protocols) {
        if (each.via == dialect_id::pcp || each.via == dialect_id::nat_pmp) {
            out.push_back(each.via);
        }
    }
    return out;
}

std::vector<epoch_fact> compare(
    discovered_gateway const& first, discovered_gateway const& second, clock::duration elapsed
) {
    std::vector<epoch_fact> out;
    for (auto const& one : first.protocols) {
        auto const other = std::find_if(
            second.protocols.begin(),
            second.protocols.end(),
            [&one](auto const& each) { return each.via == one.via && each.via != dialect_id::igd; }
        );
        if (other != second.protocols.end()) {
            out.push_back(
                {one.via,
                 one.epoch,
                 other->epoch,
                 std::chrono::round<std::chrono::seconds>(elapsed)}
            );
        }
    }
    return out;
}

json::array const* array_of(result<json::object> const& reply, std::string_view key) {
    auto const* const found = reply ? reply->if_contains(key) : nullptr;
    return found != nullptr ? found->if_array() : nullptr;
}

std::optional<ip_address> external_known(json::array const& gateways, ip_address const& gateway) {
    for (auto const& each : gateways) {
        auto const* const one = each.if_object();
        if (one == nullptr || text_of(*one, "address") != gateway.to_string()) {
            continue;
        }
        return parse_address(text_of(*one, "external_address"));
    }
    return {};
}

void count(json::object const& row, daemon_fact& out) {
    auto const state = text_of(row, "state");
    ++out.wanted;
    if (state == "held" || state == "renewing") {
        ++out.held;
    } else if (out.missing.empty()) {
        out.missing = text_of(row, "mapping");
        auto const* const error = row.if_contains("error");
        out.why = error != nullptr && error->is_object() ? text_of(error->get_object(), "message")
                                                         : "it is " + state;
    }
}

std::optional<daemon_fact> ask_daemon(request const& asked, ip_address const& gateway) {
    auto daemon = control_client::connect(asked);
    if (!daemon) {
        return {};
    }
    auto const status = daemon->ask({{"command", "status"}}, daemon_patience);
    auto const* const rows = array_of(status, "leases");
    if (rows == nullptr) {
        return {};
    }
    daemon_fact out;
    for (auto const& each : *rows) {
        if (auto const* const row = each.if_object()) {
            count(*row, out);
        }
    }
    auto const told = daemon->ask({{"command", "gateways"}}, daemon_patience);
    if (auto const* const gateways = array_of(told, "gateways")) {
        out.external = external_known(*gateways, gateway);
    }
    return out;
}

/// What is asked of a gateway that answers.
void question(request const& asked, session& here, facts& out) {
    auto const read_at = clock::now();
    if (!asked.no_trial) {
        out.trial = try_mapping(asked, here, out.found.view.internal);
        if (!here.known().leases.empty()) {
            // It was written down before it was asked for.
            here.remember();
        }
    }
    if (!external_of(out) && !asked.no_trial) {
        auto const [error, address] = here.run<external_address>([&](auto handler) {
            here.client().async_external_address(
                asked.gateway.name, asked.timeout, std::move(handler)
            );
        });
        out.address_error = error;
        if (!error.failed()) {
            out.found.external_address = address.address;
        }
    }
    auto const telling = with_epoch(out.found);
    if (!telling.empty()) {
        auto only = asked.gateway;
        only.protocols = telling;
        here.client().set_gateways({only});
        wait_until(read_at + between_epochs, here);
        auto const second = discover(asked, here);
        out.epochs = compare(out.found, second, clock::now() - read_at);
    }
}

} // namespace

facts examine(request const& asked, session& here) {
    facts out;
    out.asked = asked.gateway;
    out.timeout = asked.timeout;
    out.no_trial = asked.no_trial;
    out.host = examine_host();
    out.found = discover(asked, here);
    out.out_of_time = here.has_taken(asked.timeout);
    if (!out.found.protocols.empty()) {
        question(asked, here, out);
    }
    out.deafness = try_to_hear(out.found.view.interface);
    out.daemon = ask_daemon(asked, out.found.view.address);
    return out;
}

} // namespace pmp::cli
