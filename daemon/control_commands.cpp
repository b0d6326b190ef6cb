// SPDX-License-Identifier: MIT
#include "daemon/control_commands.hpp"

#include "daemon/log_line.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <spdlog/fmt/fmt.h>

#include <optional>

namespace pmpd {

namespace {

namespace json = boost::json;
using next = control_answer::next;

control_answer reply(json::object const& rest, next then = next::more) {
    json::object out{{"ok", true}};
    for (auto const& each : rest) {
        out.insert(each);
    }
    return {json::serialize(out) + '\n', then};
}

control_answer failure(std::string_view why, json::object const& more = {}) {
    json::object out{{"ok", false}, {"error", why}};
    for (auto const& each : more) {
        out.insert(each);
    }
    return {json::serialize(out) + '\n', next::more};
}

control_answer reload(control_commands const& commands) {
    auto const [errors, message] = commands.reload();
    if (errors.empty()) {
        return reply({{"message", message}});
    }
    return failure(
        fmt::format("{}", fmt::join(errors, "\n")),
        {{"errors", json::array(errors.begin(), errors.end())}}
    );
}

control_answer renew(json::object const& request, control_commands const& commands) {
    auto const* const given = request.if_contains("mapping");
    auto const* const name = given != nullptr ? given->if_string() : nullptr;
    if (given != nullptr && !given->is_null() && name == nullptr) {
        return failure("\"mapping\" must be the name of a mapping");
    }
    if (name != nullptr && name->empty()) {
        return failure("\"mapping\" is empty");
    }
    auto const found = commands.renew(name != nullptr ? std::string_view(*name) : "");
    if (found == 0 && name != nullptr) {
        return failure(fmt::format("there is no mapping \"{}\"", printable(*name)));
    }
    return reply({{"mappings", found}});
}

} // namespace

control_answer refuse(std::string_view why) {
    auto out = failure(why);
    out.then = next::close;
    return out;
}

control_answer carry_out(std::string_view line, control_commands const& commands) {
    boost::system::error_code error;
    auto const parsed = json::parse(line, error);
    if (error.failed()) {
        return refuse("that is not JSON: " + error.message());
    }
    auto const* const request = parsed.if_object();
    if (request == nullptr) {
        return refuse("a request is a JSON object");
    }
    auto const* const given = request->if_contains("command");
    auto const* const command = given != nullptr ? given->if_string() : nullptr;
    if (command == nullptr) {
        return failure("\"command\" is missing");
    }
    if (*command == "status") {
        return reply(commands.status());
    }
    if (*command == "watch") {
        return reply(commands.status(), next::watch);
    }
    if (*command == "reload") {
        return reload(commands);
    }
    if (*command == "renew") {
        return renew(*request, commands);
    }
    if (*command == "gateways") {
        return reply(commands.gateways());
    }
    if (*command == "version") {
        return reply(commands.version());
    }
    return failure(fmt::format(
        "unknown command \"{}\"; there are status, watch, reload, renew, gateways and version",
        printable(std::string_view(*command).substr(0, 64))
    ));
}

} // namespace pmpd
