// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pmpd {

/// How a reload went.
struct reload_outcome {
    /// All that is wrong with the file; nothing: it is in force.
    std::vector<std::string> errors;
    /// What it has changed.
    std::string message;
};

/// What a client of the control socket can have done. Each object becomes part of a reply.
struct control_commands {
    std::function<boost::json::object()> status;
    std::function<boost::json::object()> gateways;
    std::function<boost::json::object()> version;
    std::function<reload_outcome()> reload;
    /// Returns how many mappings there are of that name; empty: of any.
    std::function<std::size_t(std::string_view mapping)> renew;
};

struct control_answer {
    enum class next : std::uint8_t { more, watch, close };

    /// With its newline.
    std::string line;
    next then = next::more;
};

/// Does what a line asks for.
control_answer carry_out(std::string_view line, control_commands const&);

/// The last word to a client that does not keep to the protocol.
control_answer refuse(std::string_view why);

} // namespace pmpd
