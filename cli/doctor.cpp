// SPDX-License-Identifier: MIT
#include "cli/console.hpp"
#include "cli/diagnosis.hpp"
#include "cli/examination.hpp"
#include "cli/gateway_options.hpp"
#include "cli/ports.hpp"
#include "cli/report.hpp"
#include "cli/session.hpp"
#include "cli/system.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"

#include <pmp/clock.hpp>

#include <boost/asio/error.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

namespace pmp::cli {

namespace {

/// Longer lines are hard to read.
constexpr std::size_t widest = 100;

/// Of what is not worth more: it is most often gone by itself.
constexpr std::chrono::seconds left_over_patience{3};

bool is_left_trial(remembered_lease const& lease, std::optional<ip_address> const& gateway) {
    return lease.description == trial_description &&
           (lease.permanent || lease.expires > boot_clock::now()) &&
           (!gateway || *gateway == lease.gateway_address);
}

/// Deletes what an earlier run has mapped for a trial, and was killed before it could. The exit
/// status where it is interrupted.
std::optional<int> end_left_trials(request const& asked, console& out) {
    auto const made_before = session(asked, out).made_before();
    for (auto const& each : made_before) {
        if (!is_left_trial(each, asked.gateway.address)) {
            continue;
        }
        internal_port const port{each.protocol, {each.host, each.internal_port}};
        auto where = asked;
        where.gateway.address = each.gateway_address;
        session here(where, out, {port});
        here.run<>([&](auto handler) {
            here.client().async_unmap(
                mapping_of(port.protocol, port.internal),
                std::min(left_over_patience, asked.timeout),
                std::move(handler)
            );
        });
        here.remember();
        if (here.is_interrupted()) {
            return here.fail({}, {});
        }
    }
    return {};
}

/// NAT-PMP knows no IPv6.
bool asks_by_nothing(gateway_settings const& gateway) {
    return gateway.address && gateway.address->is_v6() &&
           gateway.protocols == std::vector{dialect_id::nat_pmp};
}

int run(request const& asked) {
    console out(asked);
    if (auto const status = asked.no_trial ? std::nullopt : end_left_trials(asked, out)) {
        return *status;
    }
    session here(asked, out);
    if (asks_by_nothing(asked.gateway)) {
        auto const error = boost::asio::error::operation_not_supported;
        return here.fail(error, {"tell what it speaks", asked.gateway});
    }
    if (error_is_terminal()) {
        out.note("looking at this machine and its gateway, which takes some seconds");
    }
    auto const seen = examine(asked, here);
    if (here.is_interrupted()) {
        return here.fail({}, {});
    }
    auto const found = diagnose(seen);
    if (out.json()) {
        out.line(boost::json::serialize(report_json(found, seen)));
    } else {
        auto const columns = output_is_terminal() ? size_of_terminal().columns : 80;
        out.text(report(found, {std::min(columns, widest), output_is_coloured(), shows_unicode()}));
    }
    return out.finish(found.end.status);
}

constexpr auto options = gateway_options(no_trial_option);

constexpr std::string_view notes =
    R"(Asks the gateway and this machine alone. For a trial a free UDP port is mapped,
asked for again and deleted. The last sentence tells what is wrong first, and
what to do; --json has it as "verdict". Root's pmp also reads the rules of this
host's firewall. Exit status 0: ports can be opened, and nothing is seen to keep
them from being reached; 1: they can't, 3: no gateway answers.

Example:
  pmp doctor --gateway 192.168.1.1
)";

} // namespace

extern constinit verb const doctor_verb{
    .name = "doctor",
    .synopsis = "",
    .summary = "tell what keeps the internet out, and what to do",
    .notes = notes,
    .options = options,
    .run = run};

} // namespace pmp::cli
