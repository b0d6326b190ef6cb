// SPDX-License-Identifier: MIT
#include "cli/console.hpp"
#include "cli/gateway_options.hpp"
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
    out["epoch"] =
        told.via == dialect_id::igd ? boost::json::value(nullptr) : boost::json::value(told.epoch);
    out["double_nat"] = another_nat(told.address).has_value();
    return boost::json::serialize(out);
}

int run(request const& asked) {
    console out(asked);
    session here(asked, out);
    auto const [error, told] = here.run<external_address>([&](auto handler) {
        here.client().async_external_address(asked.gateway.name, asked.timeout, std::move(handler));
    });
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
