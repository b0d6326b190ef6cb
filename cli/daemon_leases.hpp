// SPDX-License-Identifier: MIT
#pragma once

#include "cli/request.hpp"
#include "cli/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pmp::cli {

/// Says that a running daemon keeps one of these ports of this machine open at the gateway that was
/// asked for, if any, and what to do about it. Nothing where none does, or no daemon can be asked.
std::optional<std::string> kept_by_daemon(request const&, std::vector<internal_port> const&);

/// A mapping that a running daemon holds.
struct kept_port {
    transport protocol = transport::tcp;
    std::uint16_t external_port = 0;
    endpoint internal;
};

/// Empty where no daemon can be asked.
std::vector<kept_port> ports_kept_by_daemon(request const&);

} // namespace pmp::cli
