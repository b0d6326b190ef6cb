// SPDX-License-Identifier: MIT
#include "cli/findings_of_gateway.hpp"

#include "cli/findings.hpp"
#include "cli/leases.hpp"
#include "cli/other_nat.hpp"
#include "cli/problem.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pmp::cli {

namespace {

using std::chrono::seconds;

/// What is wrong, and what to do, of a sentence that says both.
std::pair<std::string, std::string> parted(std::string const& sentence) {
    auto const at = sentence.rfind("; ");
    return at == std::string::npos ? std::pair(sentence, std::string())
                                   : std::pair(sentence.substr(0, at), sentence.substr(at + 2));
}

finding failed(std::string_view step, std::string_view title, std::string const& sentence) {
    auto [summary, advice] = parted(sentence);
    return {step, title, outcome::failed, std::move(summary), std::move(advice)};
}

/// As the gateway is to be named where something failed.
gateway_settings asked_of(facts const& seen) {
    auto out = seen.asked;
    out.address = seen.found.view.address;
    return out;
}

std::string_view name_of(dialect_id via) {
    switch (via) {
    case dialect_id::pcp: return "PCP";
    case dialect_id::nat_pmp: return "NAT-PMP";
    case dialect_id::igd: return "UPnP";
    case dialect_id::direct: return "direct";
    }
    return {};
}

/// Which may have been meant, where the one that was asked says nothing: it has answered a search,
/// or has a default route of its own.
std::optional<ip_address> other_gateway(facts const& seen) {
    auto const& asked = seen.found.view.address;
    if (seen.found.search && seen.found.search->elsewhere) {
        return seen.found.search->elsewhere;
    }
    auto const& routes = seen.host.routes;
    auto const other = std::find_if(routes.begin(), routes.end(), [&](route_fact const& each) {
        return !each.gateway.is_unspecified() && each.gateway != asked;
    });
    bool const chosen = seen.asked.address || !seen.asked.interface.empty();
    return other != routes.end() && !chosen ? std::optional(other->gateway) : std::nullopt;
}

finding gateway_finding(facts const& seen) {
    if (needs_no_gateway(seen)) {
        return {"gateway", "gateway", outcome::ok, "none answers, and none is needed", {}};
    }
    if (!is_answered(seen)) {
        attempt tried{"tell what it speaks", asked_of(seen)};
        tried.out_of_time = seen.out_of_time;
        tried.place = seen.found.search ? seen.found.search->place : std::string();
        auto const why = explain(seen.found.error, std::move(tried), seen.timeout);
        auto out = failed("gateway", "gateway", why.sentence);
        if (auto const other = other_gateway(seen)) {
            auto const name = other->to_string();
            out.advice +=
                "; or where " + name + " leads to the internet, ask that: --gateway " + name;
        }
        return out;
    }
    return {
        "gateway", "gateway", outcome::ok, seen.found.view.address.to_string() + " answers", {}};
}

std::string told_by(spoken_dialect const& spoken) {
    if (spoken.via != dialect_id::igd) {
        return "answers; it started " + in_words(seconds(spoken.epoch)) + " ago";
    }
    auto out = spoken.service.empty() ? std::string("answers") : printable(spoken.service);
    out += spoken.model.empty() ? "" : " of " + printable(spoken.model);
    return out + (spoken.description_url.empty() ? "" : ", " + printable(spoken.description_url));
}

finding protocol_finding(facts const& seen, dialect_id via) {
    auto const& spoken = seen.found.protocols;
    auto const found = std::find_if(spoken.begin(), spoken.end(), [via](auto const& each) {
        return each.via == via;
    });
    finding out{to_string(via), name_of(via), outcome::skipped, "no answer", {}};
    if (found != spoken.end()) {
        out.result = outcome::ok;
        out.summary = told_by(*found);
    }
    return out;
}

/// RFC 6887 8.5, of two answers that are near to each other.
finding epoch_finding(epoch_fact const& told) {
    auto const here = static_cast<std::int64_t>(told.elapsed.count());
    auto const there = std::int64_t{told.second} - std::int64_t{told.first};
    finding out{
        "epoch",
        "epoch",
        outcome::warning,
        "of " + std::string(name_of(told.via)) + " ",
        "mappings work, and are made again too often: look for newer software for the gateway"};
    if (there < -1) {
        out.summary += "went back: the gateway has just restarted";
        out.advice = "try again in a minute";
    } else if (there + 2 < here - here / 16 && there <= 0) {
        out.summary += "stands still: restarts can't be told from it";
        out.advice = "keep lifetimes short, so that a restart is noticed soon";
    } else if (there + 2 < here - here / 16) {
        out.summary +=
            "counts too slowly: " + in_words(seconds(there)) + " in " + in_words(told.elapsed);
    } else if (here + 2 < there - there / 16) {
        out.summary +=
            "counts too fast: " + in_words(seconds(there)) + " in " + in_words(told.elapsed);
    } else {
        out.result = outcome::ok;
        out.summary = "counts as this machine's clock does";
        out.advice.clear();
    }
    return out;
}

error_code why_without_address(facts const& seen) {
    if (seen.address_error.failed()) {
        return seen.address_error;
    }
    auto const hidden = seen.found.search ? seen.found.search->error : error_code();
    return hidden.failed() ? hidden : error_code(fault::no_external_address);
}

finding address_finding(facts const& seen) {
    auto const external = external_of(seen);
    if (!external) {
        attempt const tried{"tell its external address", asked_of(seen)};
        auto const why = explain(why_without_address(seen), tried, seen.timeout);
        return failed("external_address", "external address", why.sentence);
    }
    if (auto const why = not_reachable(*external)) {
        auto out = failed("external_address", "external address", *why);
        if (is_shared(*external)) {
            out.advice = "ask the provider for a public IPv4 address; where there is none to be "
                         "had, IPv6 or a VPN that forwards ports leads in";
        }
        return out;
    }
    return {"external_address", "external address", outcome::ok, external->to_string(), {}};
}

std::string minutes_words(trial_fact const& trial) {
    return "it ends by itself in " + in_words(trial.granted->lifetime);
}

/// What is unusual in a mapping that was made.
void judge(trial_fact const& trial, finding& out) {
    auto const& granted = *trial.granted;
    auto const warn = [&out](std::string const& what, std::string_view advice) {
        out.result = outcome::warning;
        out.summary += "; " + what;
        out.advice += out.advice.empty() ? "" : "; ";
        out.advice += advice;
    };
    if (trial.deletion_error) {
        warn(
            "its deletion was not confirmed (" + trial.deletion_error.message() + ")",
            granted.permanent ? "delete it in the gateway's settings" : minutes_words(trial)
        );
    }
    // Pinholes are in no table.
    bool const is_listed = granted.via == dialect_id::igd && granted.gateway.address.is_v4();
    if (is_listed && granted.verified == verification::none) {
        warn(
            "the gateway's table does not show it",
            "see from outside whether bytes arrive: what can't be read back can't be relied on"
        );
    }
    if (granted.assigned.port != trial.port) {
        warn(
            "another port than the one suggested",
            "tell clients the port that is assigned; hooks of pmpd hand it on"
        );
    }
    if (granted.permanent) {
        warn(
            granted.presumed ? "the gateway's table shows no end for it"
                             : "this gateway's mappings have no lifetime",
            "what isn't deleted stays: delete left ones in the gateway's settings"
        );
    } else if (granted.lifetime < trial.lifetime / 2) {
        warn(
            "for " + in_words(granted.lifetime) + " instead of " + in_words(trial.lifetime),
            "keep it by pmpd or by pmp map --keep: it ends soon unless it is renewed"
        );
    }
}

finding unsteady(trial_fact const& trial) {
    finding out{"trial", "trial mapping", outcome::failed, {}, {}};
    if (trial.again_error) {
        out.summary =
            "a mapping was made, but asking for it again failed: " + trial.again_error.message();
        out.advice = "restart the gateway; old mappings may be in the way until they expire";
    } else {
        out.summary = "the gateway gives a mapping another port each time: " +
                      std::to_string(trial.granted->assigned.port) + ", then " +
                      std::to_string(trial.again->assigned.port);
        out.advice = "let pmpd keep it, with a hook that hands each new port on";
    }
    return out;
}

/// How it was seen to be there.
std::string confirmed_words(lease const& granted) {
    return granted.verified == verification::read_back ? ", read back, confirmed" : ", confirmed";
}

finding trial_finding(facts const& seen) {
    auto const& trial = *seen.trial;
    if (!trial.granted) {
        attempt const tried{"map a port for a trial", asked_of(seen), purpose::mapping, trial.port};
        return failed("trial", "trial mapping", explain(trial.error, tried, seen.timeout).sentence);
    }
    if (trial.again_error ||
        (trial.again && trial.again->assigned.port != trial.granted->assigned.port)) {
        return unsteady(trial);
    }
    auto const& granted = *trial.granted;
    if (granted.via == dialect_id::direct) {
        return {
            "trial", "trial mapping", outcome::skipped, "none was made, and none is needed", {}};
    }
    finding out{
        "trial",
        "trial mapping",
        outcome::ok,
        "UDP " + endpoint_words(granted.assigned) + " made by " +
            std::string(name_of(granted.via)) + confirmed_words(granted) +
            (trial.deletion_error ? "" : " and deleted"),
        {}};
    judge(trial, out);
    return out;
}

/// What is to be added to good news.
std::string firewall_words(firewall_fact const& wall) {
    if (!wall.drops) {
        return "; but the firewall of this host could not be looked at";
    }
    return *wall.drops ? ", but " + wall.name + " of this host drops what no rule of it lets in"
                       : std::string();
}

} // namespace

std::optional<ip_address> external_of(facts const& seen) {
    std::optional<ip_address> out = seen.found.external_address;
    if (!out && seen.trial && seen.trial->granted) {
        out = seen.trial->granted->assigned.address;
    }
    return out && !out->is_unspecified() ? out : std::nullopt;
}

bool is_direct(facts const& seen) {
    return needs_no_gateway(seen) ||
           (seen.trial && seen.trial->granted && seen.trial->granted->via == dialect_id::direct);
}

bool has_no_address(facts const& seen) {
    auto const why = why_without_address(seen);
    return why == fault::no_external_address || why == pcp_result::network_failure ||
           why == nat_pmp_result::network_failure;
}

bool is_shared(ip_address const& external) {
    return use_of(external) == special_use::shared;
}

std::string open_words(facts const& seen) {
    auto const external = external_of(seen);
    auto const where = external ? " at " + external->to_string() : std::string();
    auto const& wall = seen.host.firewall;
    bool const lets_in = wall.drops && !*wall.drops;
    if (is_direct(seen)) {
        auto const& view = seen.found.view;
        return (view.address.is_v6()
                    ? open_firewall_words(view.address) + ": nothing is to be mapped"
                    : direct_words(view.internal)) +
               firewall_words(wall);
    }
    auto const by = std::string(name_of(
        seen.trial && seen.trial->granted ? seen.trial->granted->via
                                          : seen.found.protocols.front().via
    ));
    auto const out = seen.trial
                         ? "ports can be opened by " + by +
                               (lets_in ? ", and the internet reaches them" : "") + where
                         : "the gateway answers by " + by + (lets_in ? " and can be reached" : "") +
                               where + "; whether it opens ports was not tried";
    return out + firewall_words(wall);
}

namespace {

/// One that is wrong is told, and otherwise one is enough.
std::optional<finding> find_epoch(facts const& seen) {
    std::optional<finding> out;
    for (auto const& each : seen.epochs) {
        auto judged = epoch_finding(each);
        if (!out || out->result == outcome::ok) {
            out = std::move(judged);
        }
    }
    return out;
}

} // namespace

void find_gateway(facts const& seen, std::vector<finding>& out) {
    out.push_back(gateway_finding(seen));
    if (!is_answered(seen)) {
        // What there is of UPnP may be all that there is.
        auto const& search = seen.found.search;
        if (search && (search->replies != 0 || search->elsewhere || search->error)) {
            out.push_back(search_finding(seen, *search));
        }
        return;
    }
    for (auto const each : seen.asked.protocols) {
        if (each == dialect_id::nat_pmp && seen.found.view.address.is_v6()) {
            continue; // it knows no IPv6
        }
        if (each == dialect_id::igd && seen.found.search) {
            out.push_back(search_finding(seen, *seen.found.search));
        }
        out.push_back(protocol_finding(seen, each));
    }
    if (auto epoch = find_epoch(seen)) {
        out.push_back(*std::move(epoch));
    }
    out.push_back(address_finding(seen));
}

void find_trial(facts const& seen, std::vector<finding>& out) {
    if (seen.trial) {
        out.push_back(trial_finding(seen));
    } else if (seen.no_trial) {
        out.push_back({"trial", "trial mapping", outcome::skipped, "not wanted", {}});
    }
}

} // namespace pmp::cli
