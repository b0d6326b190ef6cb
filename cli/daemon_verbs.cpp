// SPDX-License-Identifier: MIT
#include "cli/console.hpp"
#include "cli/control_client.hpp"
#include "cli/error_json.hpp"
#include "cli/lease_table.hpp"
#include "cli/other_nat.hpp"
#include "cli/problem.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"

#include <pmp/parse_address.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <array>

namespace pmp::cli {

namespace {

namespace json = boost::json;

constexpr std::array<option const*, 5> options{
    &control_option, &timeout_option, &json_option, &quiet_option, &help_option};

/// As the daemon says it, without what belongs to the conversation.
std::string to_line(json::object reply) {
    reply.erase("ok");
    return json::serialize(reply);
}

int refused(console& out, json::object const& reply, int status) {
    complain(out, local_error::pmpd_refuses, "pmpd says: " + text_of(reply, "error"));
    return out.finish(status);
}

/// Where the internet can't reach what the gateway has opened.
void warn_of_nats(console const& out, lease_table const& leases) {
    for (auto const& each : leases.external_addresses()) {
        auto const address = parse_address(each);
        if (auto const why = address ? not_reachable(*address) : std::nullopt) {
            out.warn(*why);
        }
    }
}

json::array errors_of(json::object const& reply) {
    auto const* const found = reply.if_contains("errors");
    auto const* const errors = found != nullptr ? found->if_array() : nullptr;
    return errors != nullptr ? *errors : json::array();
}

int run_status(request const& asked) {
    console out(asked);
    auto const [reply, status] = ask_daemon(out, asked, {{"command", "status"}});
    if (!reply) {
        return status;
    }
    if (!is_ok(*reply)) {
        return refused(out, *reply, exit_status::no_daemon);
    }
    if (out.json()) {
        out.line(to_line(*reply));
    } else {
        lease_table const leases(*reply);
        lease_table::space room;
        if (output_is_terminal()) {
            room.columns = size_of_terminal().columns;
        }
        out.text(leases.text(room, output_is_coloured()));
        warn_of_nats(out, leases);
    }
    return out.finish(exit_status::done);
}

int run_reload(request const& asked) {
    console out(asked);
    auto const [reply, status] = ask_daemon(out, asked, {{"command", "reload"}});
    if (!reply) {
        return status;
    }
    if (is_ok(*reply)) {
        if (out.json()) {
            out.line(json::serialize(*reply));
        }
        out.note("pmpd has read its file again: " + text_of(*reply, "message"));
        return out.finish(exit_status::done);
    }
    auto const errors = errors_of(*reply);
    if (errors.empty()) {
        return refused(out, *reply, exit_status::no_daemon);
    }
    std::string const end = "the running configuration stays: the file can't be used";
    if (out.json()) {
        auto document = error_json(local_error::configuration, end);
        document["errors"] = errors;
        out.line(json::serialize(document));
    }
    for (auto const& each : errors) {
        out.complain(each.is_string() ? std::string_view(each.get_string()) : "");
    }
    out.complain(end);
    return out.finish(exit_status::configuration);
}

int run_renew(request const& asked) {
    console out(asked);
    json::object command{{"command", "renew"}};
    if (!asked.words.empty()) {
        command["mapping"] = asked.words.front();
    }
    auto const [reply, status] = ask_daemon(out, asked, command);
    if (!reply) {
        return status;
    }
    if (!is_ok(*reply)) {
        complain(out, local_error::pmpd_refuses, text_of(*reply, "error"));
        return out.finish(exit_status::refused);
    }
    if (out.json()) {
        out.line(json::serialize(*reply));
    }
    out.note("pmpd asks the gateway now; pmp status shows what it answers");
    return out.finish(exit_status::done);
}

constexpr std::string_view status_notes = R"(Only in the states held and renewing is a port open.

Example:
  pmp status --json
)";

constexpr std::string_view reload_notes =
    R"(It waits until the file is in force. Every error of a broken file is told, and
the exit status is 78 then.

Example:
  pmp reload
)";

constexpr std::string_view renew_notes = R"(Without NAME: all mappings.

Example:
  pmp renew ssh
)";

} // namespace

extern constinit verb const status_verb{
    .name = "status",
    .synopsis = "",
    .summary = "show what pmpd keeps open",
    .notes = status_notes,
    .options = options,
    .run = run_status};

extern constinit verb const reload_verb{
    .name = "reload",
    .synopsis = "",
    .summary = "have pmpd read its file again",
    .notes = reload_notes,
    .options = options,
    .run = run_reload};

extern constinit verb const renew_verb{
    .name = "renew",
    .synopsis = "[NAME]",
    .summary = "have pmpd ask the gateway again now",
    .notes = renew_notes,
    .options = options,
    .most_words = 1,
    .run = run_renew};

} // namespace pmp::cli
