// SPDX-License-Identifier: MIT
#pragma once

#include "cli/problem.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace pmp::cli {

/// `gateway 192.168.1.1`, or `the gateway` where its address is not known.
std::string gateway_words(attempt const&);

/// Where the gateway could not be asked, did not answer, or not to any purpose. Nothing: it has
/// said no.
std::optional<failure> explain_unanswered(error_code, attempt const&, std::chrono::seconds timeout);

} // namespace pmp::cli
