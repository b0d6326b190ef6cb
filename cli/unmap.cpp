// SPDX-License-Identifier: MIT
#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/daemon_leases.hpp"
#include "cli/error_json.hpp"
#include "cli/gateway_options.hpp"
#include "cli/host_facts.hpp"
#include "cli/leases.hpp"
#include "cli/own_entries.hpp"
#include "cli/port_claims.hpp"
#include "cli/ports.hpp"
#include "cli/session.hpp"
#include "cli/verb.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>

namespace pmp::cli {

namespace {

/// Of what is tried where something else has taken all the time.
constexpr std::chrono::milliseconds least_patience{1000};

std::vector<internal_port> ports_of(request const& asked, std::uint16_t number) {
    std::vector<internal_port> out;
    for (auto const each : {transport::tcp, transport::udp}) {
        auto const& chosen = asked.transports;
        if (chosen.empty() || std::find(chosen.begin(), chosen.end(), each) != chosen.end()) {
            out.push_back({each, {asked.host, number}});
        }
    }
    return out;
}

/// `made`: as it was mapped; null where nothing is remembered of it: gateways answer alike whether
/// they have deleted something or had nothing to delete.
std::string deletion_of(internal_port const& port, remembered_lease const* made, bool is_let_in) {
    auto const none = is_let_in ? std::optional(false) : std::nullopt;
    if (made == nullptr) {
        return deletion_json(port.protocol, port.internal, {}, none);
    }
    auto const& inside = made->host.is_unspecified() ? made->internal_address : made->host;
    return deletion_json(
        port.protocol, {inside, port.internal.port}, made->assigned, none.value_or(true)
    );
}

/// What the user writes has its zone apart.
bool is_same_host(ip_address const& written, ip_address const& remembered) {
    if (!written.is_v6() || !remembered.is_v6()) {
        return written == remembered;
    }
    return written.to_v6().to_bytes() == remembered.to_v6().to_bytes();
}

/// Deletes mappings one after the other; the first that fails is the last.
class deletion {
public:
    deletion(request const& asked, console& out, std::vector<internal_port> const& ports)
        : asked_(asked), out_(out), here_(asked, out, ports) {}

    /// What pmp made, as far as it was told to keep to one gateway there.
    std::vector<remembered_lease> made() const {
        auto leases = here_.known().leases;
        std::erase_if(leases, [this](remembered_lease const& each) {
            auto const& only = asked_.gateway.address;
            return only && !is_same_host(*only, each.gateway_address);
        });
        return leases;
    }

    int end(remembered_lease const& made) {
        auto where = asked_.gateway;
        // Named, it would be searched for at its address alone, and some devices hear only what is
        // sent to all.
        auto const routes = where.address ? std::vector<route_fact>() : default_routes();
        if (routes.empty() || routes.front().gateway != made.gateway_address) {
            where.address = made.gateway_address;
        }
        auto const& inside = made.host.is_unspecified() ? made.internal_address : made.host;
        auto const what = std::string(to_string(made.protocol)) + " " +
                          endpoint_words(made.assigned) + " -> " +
                          endpoint_words({inside, made.internal_port});
        return end(
            {made.protocol, {made.host, made.internal_port}}, where, "deleted " + what, &made
        );
    }

    /// By PCP a nonce protects what is not ours, and by UPnP the table shows whose it is. By
    /// NAT-PMP it could be pmpd's.
    int end_unknown(internal_port const& port) {
        auto where = asked_.gateway;
        if (!asked_.only_protocols) {
            std::erase(where.protocols, dialect_id::nat_pmp);
        }
        auto const datagrams = without_igd(where);
        auto const deadline = std::chrono::steady_clock::now() + asked_.timeout;
        bool const asks_igd = datagrams.protocols.size() < where.protocols.size();
        bool const is_v6 = where.address && where.address->is_v6();
        if (asks_igd && is_v6 && !asked_.only_protocols) {
            return end_unknown_pinhole(port, where, datagrams);
        }
        if (!asks_igd || is_v6) {
            auto const& by = asked_.only_protocols ? where : datagrams;
            return tell_unknown(delete_by(port, by, by.protocols, asked_.timeout), port, by);
        }
        auto error = delete_by_datagrams(port, datagrams, share_of_datagrams());
        if (is_final(error)) {
            return tell_unknown(error, port, datagrams);
        }
        own_entries table(asked_, out_, here_);
        if (auto const status = table.end(port, std::max(left(deadline), least_patience))) {
            return *status;
        }
        if (left(deadline) > least_patience) {
            // Slow, or lost on the way.
            error = delete_by_datagrams(port, datagrams, left(deadline));
        }
        return is_silence(error) ? fail(error, port, where, nullptr)
                                 : tell_unknown(error, port, datagrams);
    }

private:
    /// Of pinholes that UPnP has opened there is no table that shows whose they are.
    int end_unknown_pinhole(
        internal_port const& port, gateway_settings const& where, gateway_settings const& datagrams
    ) {
        auto const deadline = std::chrono::steady_clock::now() + asked_.timeout;
        auto error = delete_by_datagrams(port, datagrams, share_of_datagrams());
        if (is_final(error)) {
            return tell_unknown(error, port, datagrams);
        }
        if (here_.answers_by_igd(where, std::max(left(deadline), least_patience))) {
            complain(
                out_,
                local_error::not_remembered,
                "pmp remembers no mapping of " + port_words(port.protocol, port.internal) +
                    ", and by UPnP a pinhole can't be told from anybody else's; pmp unmap " +
                    std::to_string(port.internal.port) +
                    " --protocols upnp closes it, whichever program opened it"
            );
            return exit_status::refused;
        }
        if (left(deadline) > least_patience) {
            error = delete_by_datagrams(port, datagrams, left(deadline));
        }
        return is_silence(error) ? fail(error, port, where, nullptr)
                                 : tell_unknown(error, port, datagrams);
    }

    static gateway_settings without_igd(gateway_settings where) {
        std::erase(where.protocols, dialect_id::igd);
        return where;
    }

    static std::chrono::milliseconds left(std::chrono::steady_clock::time_point deadline) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now()
        );
    }

    /// Before the table is looked at.
    std::chrono::milliseconds share_of_datagrams() const {
        return std::min(std::chrono::milliseconds(asked_.timeout) / 4, least_patience);
    }

    /// A table would say no more.
    bool is_final(error_code error) const {
        bool const speaks_nat_pmp = error == nat_pmp_result::unsupported_version;
        return (speaks_nat_pmp && !asked_.only_protocols) ||
               !(is_silence(error) || is_unspoken(error));
    }

    error_code delete_by_datagrams(
        internal_port const& port, gateway_settings const& where, std::chrono::milliseconds patience
    ) {
        return where.protocols.empty() ? error_code(fault::gateway_silent)
                                       : delete_by(port, where, where.protocols, patience);
    }

    int tell_unknown(error_code error, internal_port const& port, gateway_settings const& where) {
        auto const what = port_words(port.protocol, port.internal);
        return tell(
            error,
            port,
            where,
            "asked to delete the mapping of " + what + ": none " + whose(where.protocols),
            nullptr
        );
    }

    /// Of what is gone then.
    static std::string whose(std::vector<dialect_id> const& asked) {
        if (asked == std::vector{dialect_id::pcp}) {
            return "by pmp is left";
        }
        // RFC 6886 3.4: a deletion names this machine and the port, and no program.
        auto const any = std::find(asked.begin(), asked.end(), dialect_id::nat_pmp) != asked.end();
        return any ? "of this machine is left, whichever program made it (nat-pmp)"
                   : "by pmp is left";
    }

    error_code delete_by(
        internal_port const& port,
        gateway_settings where,
        std::vector<dialect_id> protocols,
        std::chrono::milliseconds patience
    ) {
        where.protocols = std::move(protocols);
        here_.client().set_gateways({where});
        auto const [error] = here_.run<>([&](auto handler) {
            here_.client().async_unmap(
                mapping_of(port.protocol, port.internal), patience, std::move(handler)
            );
        });
        return error;
    }

    /// What made it may not be spoken there any more: the others have the rest of the time.
    error_code delete_by_any(
        internal_port const& port, gateway_settings const& where, remembered_lease const* made
    ) {
        std::chrono::milliseconds const patience = asked_.timeout;
        auto const& allowed = where.protocols;
        auto alike = allowed;
        std::vector<dialect_id> others;
        if (made != nullptr) {
            bool const by_igd = made->via == dialect_id::igd;
            std::erase_if(alike, [by_igd](auto id) { return (id == dialect_id::igd) != by_igd; });
            std::copy_if(
                allowed.begin(),
                allowed.end(),
                std::back_inserter(others),
                [by_igd](auto id) { return (id == dialect_id::igd) != by_igd; }
            );
        }
        if (alike.empty() || others.empty()) {
            return delete_by(port, where, allowed, patience);
        }
        auto const began = std::chrono::steady_clock::now();
        bool const searches = made->via == dialect_id::igd;
        auto const error = delete_by(port, where, alike, searches ? patience : patience / 2);
        if (!is_silence(error)) {
            return error;
        }
        auto const spent = std::chrono::steady_clock::now() - began;
        auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(patience - spent);
        auto const other = delete_by(port, where, others, std::max(left, least_patience));
        return is_silence(other) ? error : other;
    }

    int
    end(internal_port const& port,
        gateway_settings const& where,
        std::string const& news,
        remembered_lease const* made) {
        return tell(delete_by_any(port, where, made), port, where, news, made);
    }

    int tell(
        error_code error,
        internal_port const& port,
        gateway_settings const& where,
        std::string const& news,
        remembered_lease const* made
    ) {
        here_.remember();
        bool const is_let_in = error == upnp_firewall_result::firewall_disabled;
        if (error && !is_let_in) {
            return fail(error, port, where, made);
        }
        if (out_.json()) {
            out_.line(deletion_of(port, made, is_let_in));
        }
        out_.note(is_let_in ? let_in_words(port, where) : news);
        return exit_status::done;
    }

    /// Without a firewall there is no pinhole, and nothing closes the port.
    static std::string let_in_words(internal_port const& port, gateway_settings const& where) {
        auto const firewall = where.address ? open_firewall_words(*where.address)
                                            : std::string("the gateway's IPv6 firewall is off");
        return firewall + ": there is nothing to delete, and " +
               port_words(port.protocol, port.internal) + " stays open";
    }

    int fail(
        error_code error,
        internal_port const& port,
        gateway_settings const& where,
        remembered_lease const* made
    ) {
        if (error == pcp_result::not_authorized && made == nullptr) {
            complain(
                out_,
                error,
                port_words(port.protocol, port.internal) +
                    " was mapped by another program, or by pmp with a memory that is gone: it ends "
                    "with its lease; if it was pmpd, remove it from " PMP_CONFIG " and reload"
            );
            return exit_status::refused;
        }
        bool const asked_safely = made == nullptr && !asked_.only_protocols;
        if (asked_safely && error == nat_pmp_result::unsupported_version) {
            complain(
                out_,
                error,
                "pmp remembers no mapping of " + port_words(port.protocol, port.internal) +
                    ", and the gateway speaks NAT-PMP, by which it can't be told from anybody "
                    "else's; pmp unmap " +
                    std::to_string(port.internal.port) +
                    " --protocols nat-pmp deletes it, whichever program made it"
            );
            return exit_status::refused;
        }
        auto const deed = "delete the mapping of " + port_words(port.protocol, port.internal);
        return here_.fail(error, {deed, where, purpose::deleting});
    }

    request const& asked_;
    console& out_;
    session here_;
};

int unmap(request const& asked, std::uint16_t number) {
    console out(asked);
    auto const ports = ports_of(asked, number);
    if (auto const kept = kept_by_daemon(asked, ports)) {
        complain(out, local_error::kept_by_pmpd, *kept);
        return out.finish(exit_status::refused);
    }
    if (auto const other = port_claims(asked).holder(ports)) {
        complain(out, local_error::kept_by_pmp, claimed_words(ports, *other));
        return out.finish(exit_status::refused);
    }
    deletion all(asked, out, ports);
    int status = exit_status::done;
    auto const made = all.made();
    for (auto const& each : made) {
        if (status == exit_status::done) {
            status = all.end(each);
        }
    }
    if (!made.empty()) {
        return out.finish(status);
    }
    if (!asked.only_protocols) {
        out.note(
            "no mapping of port " + std::to_string(number) +
            " is remembered: asks by pcp and upnp alone, by which nobody else's is deleted"
        );
    }
    for (auto const& each : ports) {
        if (status == exit_status::done) {
            status = all.end_unknown(each);
        }
    }
    return out.finish(status);
}

int run(request const& asked) {
    auto const internal = read_internal_port(asked.words[0]);
    if (internal.has_error()) {
        return misused("unmap", "INTERNAL: " + internal.error().sentence, asked.json);
    }
    return unmap(asked, *internal);
}

constexpr auto options = gateway_options(deleted_protocol_option, host_option);

constexpr std::string_view notes =
    R"(Without --protocol it deletes what pmp mapped, whether tcp or udp. What pmpd
keeps is not deleted: remove it from pmpd's file.

Example:
  pmp unmap 22
)";

} // namespace

extern constinit verb const unmap_verb{
    .name = "unmap",
    .synopsis = "INTERNAL",
    .summary = "delete our mapping of that port",
    .notes = notes,
    .options = options,
    .least_words = 1,
    .most_words = 1,
    .run = run};

} // namespace pmp::cli
