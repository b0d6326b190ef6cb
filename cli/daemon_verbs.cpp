// SPDX-License-Identifier: MIT
#include "cli/console.hpp"
#include "cli/control_client.hpp"
#include "cli/lease_table.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <array>

namespace pmp::cli {

namespace {

namespace json = boost::json;

constexpr std::array<option const*, 5> options{
    &control_option, &timeout_option, &json_option, &quiet_option, &help_option};

bool is_ok(json::object const& reply) {
    auto const* const ok = reply.if_contains("ok");
    return ok != nullptr && ok->is_bool() && ok->get_bool();
}

/// As the daemon says it, without what belongs to the conversation.
std::string to_line(json::object reply) {
    reply.erase("ok");
    return json::serialize(reply);
}

int run_status(request const& asked) {
    console out(asked);
    auto const [reply, status] = ask_daemon(out, asked, {{"command", "status"}});
    if (!reply) {
        return status;
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
    }
    return out.finish(exit_status::done);
}

int run_reload(request const& asked) {
    console out(asked);
    auto const [reply, status] = ask_daemon(out, asked, {{"command", "reload"}});
    if (!reply) {
        return status;
    }
    if (out.json()) {
        out.line(json::serialize(*reply));
    }
    if (is_ok(*reply)) {
        out.note("pmpd has read its file again");
        return out.finish(exit_status::done);
    }
    auto const* const errors = reply->if_contains("errors");
    for (auto const& each :
         errors != nullptr && errors->is_array() ? errors->get_array() : json::array()) {
        out.complain(each.is_string() ? std::string_view(each.get_string()) : "");
    }
    out.complain("the running configuration stays: the file can't be used");
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
    if (out.json()) {
        out.line(json::serialize(*reply));
    }
    if (!is_ok(*reply)) {
        out.complain(text_of(*reply, "error"));
        return out.finish(exit_status::refused);
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
