// SPDX-License-Identifier: MIT
#include "cli/console.hpp"
#include "cli/gateway_options.hpp"
#include "cli/other_nat.hpp"
#include "cli/session.hpp"
#include "cli/verb.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace pmp::cli {

namespace {

std::string to_json(external_address const& told) {
    boost::json::object out;
    out["external_address"] = told.address.to_string();
    out["gateway"] = told.gateway.address.to_string();
    out["via"] = to_string(told.via);
    out["epoch"] = told.via == dialect_id::igd || told.via == dialect_id::direct
                       ? boost::json::value(nullptr)
                       : boost::json::value(told.epoch);
    out["double_nat"] = another_nat(told.address).has_value();
    out["public"] = !not_reachable(told.address);
    return boost::json::serialize(out);
}

/// No gateway answers, and none is needed.
int tell_own(console& out, gateway_view const& way) {
    external_address own;
    own.address = way.internal;
    own.gateway = {way.address, 0};
    own.via = dialect_id::direct;
    out.note(direct_words(way.internal));
    out.line(out.json() ? to_json(own) : own.address.to_string());
    return out.finish(exit_status::done);
}

int run(request const& asked) {
    console out(asked);
    session here(asked, out);
    auto const [error, told] = here.run<external_address>([&](auto handler) {
        here.client().async_external_address(asked.gateway.name, asked.timeout, std::move(handler));
    });
    auto const way = is_silence(error) ? here.find_way() : std::nullopt;
    if (way && way->internal.is_v4() && is_public(way->internal)) {
        return tell_own(out, *way);
    }
    if (error) {
        return here.fail(error, {"tell its external address", asked.gateway});
    }
    if (told.via == dialect_id::pcp) {
        // It took a mapping: the next time that is what is asked first.
        here.remember();
    }
    if (auto const why = not_reachable(told.address)) {
        out.warn(*why);
    }
    out.line(out.json() ? to_json(told) : told.address.to_string());
    return out.finish(exit_status::done);
}

constexpr auto options = gateway_options();

constexpr std::string_view notes = R"(Example:
  pmp external-address --gateway 192.168.1.1
)";

} // namespace

extern constinit verb const external_address_verb{
    .name = "external-address",
    .synopsis = "",
    .summary = "print the gateway's external address",
    .notes = notes,
    .options = options,
    .run = run};

} // namespace pmp::cli
