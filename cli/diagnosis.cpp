// SPDX-License-Identifier: MIT
#include "cli/diagnosis.hpp"

#include "cli/findings.hpp"
#include "cli/findings_of_gateway.hpp"
#include "cli/other_nat.hpp"
#include "cli/problem.hpp"
#include "cli/verb.hpp"

#include <algorithm>
#include <array>

namespace pmp::cli {

namespace {

using verdict_of = std::optional<verdict> (*)(facts const&, std::vector<finding> const&);

finding const* find(std::vector<finding> const& all, std::string_view step) {
    auto const found =
        std::find_if(all.begin(), all.end(), [step](finding const& f) { return f.step == step; });
    return found != all.end() ? &*found : nullptr;
}

/// The words of a step that failed.
std::optional<verdict> of_failed(
    std::vector<finding> const& all, std::string_view step, std::string_view name, int status
) {
    auto const* const found = find(all, step);
    if (found == nullptr || found->result != outcome::failed) {
        return {};
    }
    return verdict{name, status, found->summary, found->advice};
}

std::optional<verdict> unconnected(facts const&, std::vector<finding> const& all) {
    auto out = of_failed(all, "interface", "not_connected", exit_status::silent);
    return out ? out : of_failed(all, "route", "no_route", exit_status::silent);
}

std::optional<verdict> unanswered(facts const& seen, std::vector<finding> const& all) {
    auto const& why = seen.found.error;
    if (seen.found.search && seen.found.search->error) {
        return of_failed(all, "gateway", "upnp_unusable", exit_status::refused);
    }
    if (is_malformed(why)) {
        return of_failed(all, "gateway", "gateway_unusable", exit_status::refused);
    }
    bool const closed = why == fault::gateway_unreachable;
    return of_failed(
        all, "gateway", closed ? "gateway_closed" : "gateway_silent", exit_status::silent
    );
}

std::optional<verdict> without_address(facts const& seen, std::vector<finding> const& all) {
    if (external_of(seen) || needs_no_gateway(seen)) {
        return {};
    }
    std::string_view const name =
        has_no_address(seen) ? "no_external_address" : "unread_external_address";
    return of_failed(all, "external_address", name, exit_status::refused);
}

std::optional<verdict> behind_another_nat(facts const& seen, std::vector<finding> const& all) {
    auto const external = external_of(seen);
    std::string_view const name = external && is_shared(*external)     ? "carrier_grade_nat"
                                  : external && another_nat(*external) ? "double_nat"
                                                                       : "unreachable_address";
    return of_failed(all, "external_address", name, exit_status::refused);
}

std::optional<verdict> refused(facts const& seen, std::vector<finding> const& all) {
    bool const was_made = seen.trial && seen.trial->granted;
    return of_failed(all, "trial", was_made ? "unsteady" : "refused", exit_status::refused);
}

std::optional<verdict> not_held(facts const&, std::vector<finding> const& all) {
    return of_failed(all, "daemon", "not_held", exit_status::refused);
}

std::string_view name_of_open(facts const& seen, bool with_remarks) {
    return is_direct(seen) ? "direct" : with_remarks ? "open_with_remarks" : "open";
}

/// Ports can be opened, and something may still go wrong with them.
std::optional<verdict> open_with_remarks(facts const& seen, std::vector<finding> const& all) {
    bool const unread = !seen.host.firewall.drops;
    bool const warned = std::any_of(all.begin(), all.end(), [](finding const& f) {
        return f.result == outcome::warning;
    });
    if (!warned && !unread) {
        return {};
    }
    verdict out{name_of_open(seen, true), exit_status::done, open_words(seen), {}};
    if (!warned) {
        out.sentence = "nothing wrong was found: " + out.sentence;
    }
    for (auto const& each : all) {
        bool const counts = each.result == outcome::warning || (unread && each.step == "firewall");
        if (counts && !each.advice.empty()) {
            out.advice += (out.advice.empty() ? "" : "; ") + each.advice;
        }
    }
    return out;
}

} // namespace

std::string_view to_string(outcome of) {
    constexpr std::array<std::string_view, 4> names{"ok", "warning", "failed", "skipped"};
    return names.at(static_cast<std::size_t>(of));
}

diagnosis diagnose(facts const& seen) {
    diagnosis out{find_all(seen), {}};
    // The first that is in the way hides what comes after it.
    constexpr std::array<verdict_of, 7> all{
        unconnected,
        unanswered,
        without_address,
        behind_another_nat,
        refused,
        not_held,
        open_with_remarks};
    for (auto const each : all) {
        if (auto found = each(seen, out.findings)) {
            out.end = *std::move(found);
            return out;
        }
    }
    out.end = {name_of_open(seen, false), exit_status::done, open_words(seen), {}};
    return out;
}

} // namespace pmp::cli
