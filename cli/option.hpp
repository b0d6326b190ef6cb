// SPDX-License-Identifier: MIT
#pragma once

#include "cli/request.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pmp::cli {

/// What a shell offers where a value is to be written.
enum class offer : std::uint8_t { nothing, files, interfaces, choices };

/// The parser, the help and the completions know an option from this alone.
struct option {
    /// With its dashes.
    std::string_view name;
    /// What its value is called; empty: it takes none.
    std::string_view value;
    std::string_view help;
    /// Takes the value into the request, or returns what is wrong with it.
    std::optional<std::string> (*read)(request&, std::string_view value);
    offer offered = offer::nothing;
    /// Separated by spaces.
    std::string_view choices = {};
};

using option_list = std::span<option const* const>;

// Every verb has the first; those that ask a gateway have all of the next block.
extern constinit option const help_option;

extern constinit option const gateway_option;
extern constinit option const interface_option;
extern constinit option const protocols_option;
extern constinit option const timeout_option;
extern constinit option const json_option;
extern constinit option const quiet_option;
extern constinit option const control_option;

extern constinit option const protocol_option;
/// Of `unmap`.
extern constinit option const deleted_protocol_option;
extern constinit option const lifetime_option;
extern constinit option const exact_option;
extern constinit option const host_option;
extern constinit option const description_option;
extern constinit option const keep_option;
extern constinit option const no_trial_option;

} // namespace pmp::cli
