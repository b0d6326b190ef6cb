// SPDX-License-Identifier: MIT
#pragma once

#include "wire/http_message.hpp"
#include "wire/http_url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// UPnP control (UDA 3): SOAP 1.1 over HTTP.
namespace pmp::wire::soap {

struct argument {
    std::string name;
    std::string value;

    friend bool operator==(argument const&, argument const&) = default;
};

/// An action with its arguments in the order of the service's description.
struct call {
    /// As the device described it.
    std::string service_type;
    std::string action;
    std::vector<argument> arguments;

    friend bool operator==(call const&, call const&) = default;
};

/// What an action gave.
struct answer {
    std::string action;
    std::vector<argument> arguments;

    friend bool operator==(answer const&, answer const&) = default;
};

/// UPnPError of a SOAP fault.
struct upnp_error {
    int code = 501;
    std::string description;

    friend bool operator==(upnp_error const&, upnp_error const&) = default;
};

using reply = std::variant<answer, upnp_error>;

/// The argument of that name, whatever its case; empty where it is missing, as routers leave empty
/// ones out.
std::string_view value_of(std::vector<argument> const&, std::string_view name);

/// POST with the header fields of UDA 3.
http::request encode(call const&, http_url const& control);
/// Errors: `fault::bad_direction` where it is no POST, `fault::bad_value` where the body is no call
/// or not the one that SOAPAction names.
result<call> decode_call(http::request const&);

http::response encode(answer const&, std::string_view service_type);
http::response encode(upnp_error const&);
/// An errorCode counts in a response of any status. Errors: `fault::bad_value` for what is no SOAP,
/// `fault::http_failed` for such with another status than 200.
result<reply> decode_reply(http::response const&);

} // namespace pmp::wire::soap
