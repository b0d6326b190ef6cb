// SPDX-License-Identifier: MIT
#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/daemon_leases.hpp"
#include "cli/error_json.hpp"
#include "cli/gateway_options.hpp"
#include "cli/leases.hpp"
#include "cli/port_claims.hpp"
#include "cli/ports.hpp"
#include "cli/session.hpp"
#include "cli/verb.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

namespace json = boost::json;

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

json::object endpoint_json(endpoint const& e) {
    auto const& address = e.address;
    return {
        {"address",
         address.is_unspecified() ? json::value(nullptr) : json::value(address.to_string())},
        {"port", e.port}};
}

/// `made`: as it was mapped; null where nothing is remembered of it.
std::string deletion_json(internal_port const& port, remembered_lease const* made) {
    auto internal = port.internal;
    json::object out{{"deleted", true}, {"protocol", to_string(port.protocol)}};
    out["external"] = nullptr;
    if (made != nullptr) {
        internal.address = made->host.is_unspecified() ? made->internal_address : made->host;
        out["external"] = endpoint_json(made->assigned);
    }
    out["internal"] = endpoint_json(internal);
    return json::serialize(out);
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
            return only && *only != each.gateway_address;
        });
        return leases;
    }

    int end(remembered_lease const& made) {
        auto where = asked_.gateway;
        where.address = made.gateway_address;
        auto const& inside = made.host.is_unspecified() ? made.internal_address : made.host;
        auto const what = std::string(to_string(made.protocol)) + " " +
                          endpoint_words(made.assigned) + " -> " +
                          endpoint_words({inside, made.internal_port});
        return end(
            {made.protocol, {made.host, made.internal_port}}, where, "deleted " + what, &made
        );
    }

    /// By PCP, where a nonce protects what is not ours. By NAT-PMP it could be pmpd's.
    int end_unknown(internal_port const& port) {
        auto where = asked_.gateway;
        if (!asked_.only_protocols) {
            where.protocols = {dialect_id::pcp};
        }
        auto const what = port_words(port.protocol, port.internal);
        return end(
            port,
            where,
            "asked to delete the mapping of " + what + ": none " + whose(where.protocols),
            nullptr
        );
    }

private:
    /// Of what is gone then.
    static std::string whose(std::vector<dialect_id> const& asked) {
        if (asked == std::vector{dialect_id::pcp}) {
            return "by pmp is left";
        }
        // RFC 6886 3.4: a deletion names this machine and the port, and no program.
        auto const any = std::find(asked.begin(), asked.end(), dialect_id::nat_pmp) != asked.end();
        return std::string("of this machine is left") +
               (any ? ", whichever program made it (nat-pmp)" : "");
    }

    int
    end(internal_port const& port,
        gateway_settings const& where,
        std::string const& news,
        remembered_lease const* made) {
        here_.client().set_gateways({where});
        auto const [error] = here_.run<>([&](auto handler) {
            here_.client().async_unmap(
                mapping_of(port.protocol, port.internal), asked_.timeout, std::move(handler)
            );
        });
        here_.remember();
        if (error) {
            return fail(error, port, where, made);
        }
        if (out_.json()) {
            out_.line(deletion_json(port, made));
        }
        out_.note(news);
        return exit_status::done;
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
                    " was mapped by somebody else than pmp; "
                    "if it was pmpd, remove it from /etc/pmpd/pmpd.yaml and reload"
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
        complain(out, {}, *kept);
        return out.finish(exit_status::refused);
    }
    if (auto const other = port_claims(asked).holder(ports)) {
        complain(out, {}, claimed_words(ports, *other));
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
            " is remembered: asks by pcp alone, which can't delete anybody else's"
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
        return misused("unmap", "INTERNAL: " + internal.error().sentence);
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
