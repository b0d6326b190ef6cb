// SPDX-License-Identifier: MIT
#include "cli/console.hpp"
#include "cli/diagnosis.hpp"
#include "cli/examination.hpp"
#include "cli/gateway_options.hpp"
#include "cli/report.hpp"
#include "cli/session.hpp"
#include "cli/system.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"

#include <boost/asio/error.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <vector>

namespace pmp::cli {

namespace {

/// Longer lines are hard to read.
constexpr std::size_t widest = 100;

/// NAT-PMP knows no IPv6.
bool asks_by_nothing(gateway_settings const& gateway) {
    return gateway.address && gateway.address->is_v6() &&
           gateway.protocols == std::vector{dialect_id::nat_pmp};
}

int run(request const& asked) {
    console out(asked);
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
