// SPDX-License-Identifier: MIT
#include "daemon/metrics.hpp"

#include "daemon/metrics_text.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>

namespace pmpd {

namespace {

using pmp::event_kind;
using pmp::lease_state;
using standings = std::vector<pmp::standing>;

bool is_held(pmp::standing const& s) {
    return s.lease && (s.state == lease_state::held || s.state == lease_state::renewing);
}

/// Through a gateway that is not connected nothing comes.
bool is_open(pmp::standing const& s) {
    return is_held(s) && s.error != pmp::fault::no_external_address;
}

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

/// `NO_RESOURCES` as `no_resources`, `Not Authorized/Refused` as `not_authorized_refused`.
std::string result_word(pmp::error_code error) {
    if (!error.failed()) {
        return "success";
    }
    std::string out(pmp::result_name(error));
    for (char& c : out) {
        bool const is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool const is_digit = c >= '0' && c <= '9';
        c = is_letter ? static_cast<char>(c | 0x20) : is_digit ? c : '_';
    }
    return out;
}

std::string_view via_of(pmp::standing const& s, metrics_counts const& counts) {
    if (s.lease) {
        return to_string(s.lease->via);
    }
    auto const last = counts.granted_by.find(s.mapping.name);
    return last != counts.granted_by.end() ? to_string(last->second) : std::string_view();
}

void write_leases(
    metrics_text& out, standings const& table, metrics_counts const& counts, pmp::time_point now
) {
    auto const each = [&](auto write) {
        for (auto const& s : table) {
            write(s, via_of(s, counts));
        }
    };
    out.family("pmpd_lease_held", "gauge", "Whether the port is open as far as anybody can know.");
    each([&](pmp::standing const& s, std::string_view via) {
        out.sample(
            {{"mapping", s.mapping.name},
             {"protocol", to_string(s.mapping.protocol)},
             {"gateway", s.mapping.gateway},
             {"via", via}},
            std::uint64_t{is_open(s) ? 1U : 0U}
        );
    });
    out.family("pmpd_lease_expiry_seconds", "gauge", "Until the lease runs out.");
    each([&](pmp::standing const& s, std::string_view) {
        if (is_held(s)) {
            auto const left = std::max(seconds(s.lease->expires - now), 0.0);
            out.sample({{"mapping", s.mapping.name}}, left);
        }
    });
    out.family("pmpd_lease_external_port", "gauge", "The port that the gateway assigned.");
    each([&](pmp::standing const& s, std::string_view) {
        if (is_held(s)) {
            out.sample({{"mapping", s.mapping.name}}, std::uint64_t{s.lease->assigned.port});
        }
    });
}

void write_requests(metrics_text& out, pmp::statistics const& all) {
    out.family("pmpd_requests_total", "counter", "Requests by how the gateway answered them.");
    for (auto const& [key, count] : all.answers) {
        auto const& [gateway, via, error] = key;
        out.sample(
            {{"gateway", gateway}, {"via", to_string(via)}, {"result", result_word(error)}}, count
        );
    }
    for (auto const& [key, count] : all.unanswered) {
        auto const& [gateway, via] = key;
        out.sample(
            {{"gateway", gateway}, {"via", to_string(via)}, {"result", "unanswered"}}, count
        );
    }
    auto const& times = all.round_trips;
    out.family("pmpd_request_seconds", "histogram", "From a request to its answer.");
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < times.bounds.size(); ++i) {
        below += times.buckets.at(i);
        out.sample({{"le", fmt::format("{}", times.bounds.at(i))}}, below, "_bucket");
    }
    out.sample({{"le", "+Inf"}}, times.count, "_bucket");
    out.sample({}, seconds(times.sum), "_sum");
    out.sample({}, times.count, "_count");
}

void write_by_gateway(
    metrics_text& out,
    std::map<std::string, std::uint64_t> const& counts,
    std::vector<pmp::gateway_standing> const& gateways
) {
    auto all = counts;
    for (auto const& each : gateways) {
        all.try_emplace(each.view.name, 0U);
    }
    for (auto const& [gateway, count] : all) {
        out.sample({{"gateway", gateway}}, count);
    }
}

void write_gateways(
    metrics_text& out,
    std::vector<pmp::gateway_standing> const& gateways,
    metrics_counts const& counts
) {
    out.family("pmpd_gateway_epoch_seconds", "gauge", "The epoch that the gateway told last.");
    for (auto const& each : gateways) {
        if (each.via) {
            auto const epoch = std::uint64_t{each.epoch};
            if (each.view.address.is_v6()) {
                // The one of IPv4 may have the same name.
                out.sample({{"gateway", each.view.name}, {"address_family", "ipv6"}}, epoch);
            } else {
                out.sample({{"gateway", each.view.name}}, epoch);
            }
        }
    }
    out.family("pmpd_gateway_reboots_total", "counter", "Restarts of the gateway that were seen.");
    write_by_gateway(out, counts.reboots, gateways);
    out.family(
        "pmpd_external_address_changes_total", "counter", "Changes of the external address."
    );
    write_by_gateway(out, counts.address_changes, gateways);
}

void write_packets(metrics_text& out, pmp::statistics const& all) {
    constexpr std::array<std::string_view, 3> reasons = {"stranger", "malformed", "unasked"};
    out.family("pmpd_announcements_total", "counter", "What was heard on the announcement port.");
    out.sample({{"result", "accepted"}}, all.announcements);
    out.sample({{"result", "ignored"}}, all.announcements_ignored);
    out.family("pmpd_packets_ignored_total", "counter", "Packets that had no effect.");
    for (std::size_t i = 0; i < reasons.size(); ++i) {
        out.sample({{"reason", reasons.at(i)}}, all.ignored.at(i));
    }
}

void write_daemon(metrics_text& out, metrics_counts const& counts) {
    out.family("pmpd_renewals_total", "counter", "Leases that were renewed.");
    out.sample({}, counts.renewals);
    out.family("pmpd_hooks_total", "counter", "Runs of hooks by how they ended.");
    for (auto const result :
         {hook_result::ok, hook_result::failed, hook_result::timeout, hook_result::not_started}) {
        auto const found = counts.hooks.find(result);
        auto const count = found != counts.hooks.end() ? found->second : std::uint64_t{0};
        out.sample({{"result", to_string(result)}}, count);
    }
    out.family(
        "pmpd_config_last_reload_successful", "gauge", "Whether the file was right when last read."
    );
    out.sample({}, std::uint64_t{counts.reloaded ? 1U : 0U});
    out.family("pmpd_build_info", "gauge", "The version that runs; always 1.");
    out.sample({{"version", PMPD_VERSION}}, std::uint64_t{1});
}

} // namespace

void metrics_counts::hear(pmp::event const& e) {
    if (e.lease && !e.mapping.empty()) {
        granted_by[e.mapping] = e.lease->via;
    }
    switch (e.kind) {
    case event_kind::renewed: ++renewals; break;
    case event_kind::released: granted_by.erase(e.mapping); break;
    case event_kind::gateway_rebooted: ++reboots[e.gateway]; break;
    case event_kind::external_address_changed: ++address_changes[e.gateway]; break;
    default: break;
    }
}

std::string metrics_of(
    standings const& table,
    std::vector<pmp::gateway_standing> const& gateways,
    pmp::statistics const& all,
    metrics_counts const& counts,
    pmp::time_point now
) {
    metrics_text out;
    write_leases(out, table, counts, now);
    write_requests(out, all);
    write_gateways(out, gateways, counts);
    write_packets(out, all);
    write_daemon(out, counts);
    return out.take();
}

} // namespace pmpd
