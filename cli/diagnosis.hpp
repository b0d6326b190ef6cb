// SPDX-License-Identifier: MIT
#pragma once

#include "cli/host_facts.hpp"

#include <pmp/lease.hpp>
#include <pmp/network.hpp>
#include <pmp/one_shot.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pmp::cli {

/// What became of a mapping that was made to see whether that can be done.
struct trial_fact {
    /// The one that was suggested, and is this machine's own.
    std::uint16_t port = 0;
    std::chrono::seconds lifetime{};
    /// Why it could not be made.
    error_code error;
    std::optional<lease> granted;
    /// The answer to asking for it again.
    error_code again_error;
    std::optional<lease> again;
    /// Why its deletion was not confirmed.
    error_code deletion_error;
};

/// An epoch, told twice.
struct epoch_fact {
    dialect_id via = dialect_id::pcp;
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    /// Between the two, by this machine's clock.
    std::chrono::seconds elapsed{};
};

/// What a running pmpd says.
struct daemon_fact {
    std::size_t wanted = 0;
    std::size_t held = 0;
    /// A mapping that is not held, and why, as far as that is known.
    std::string missing;
    std::string why;
    /// Of the gateway that has been asked here too; absent: not known.
    std::optional<ip_address> external;
};

/// All that is to be judged.
struct facts {
    host_facts host;
    /// What was asked for.
    gateway_settings asked;
    std::chrono::seconds timeout{10};
    discovered_gateway found;
    /// All the time was spent on looking for it.
    bool out_of_time = false;
    /// Why it has not told its external address.
    error_code address_error;
    std::vector<epoch_fact> epochs;
    /// Why announcements can't be listened for.
    error_code deafness;
    /// Absent: none was made.
    std::optional<trial_fact> trial;
    /// The user wanted none.
    bool no_trial = false;
    /// Absent: none runs that can be asked.
    std::optional<daemon_fact> daemon;
};

enum class outcome : std::uint8_t { ok, warning, failed, skipped };

/// `ok`, `warning`, `failed`, `skipped`.
std::string_view to_string(outcome);

/// One step from here to the internet.
struct finding {
    /// As scripts know it.
    std::string_view step;
    /// As people read it.
    std::string_view title;
    outcome result = outcome::ok;
    std::string summary;
    /// What to do; empty: nothing.
    std::string advice;
};

/// What all of it comes to.
struct verdict {
    /// As scripts know it.
    std::string_view name;
    /// Of the program's exit.
    int status = 0;
    std::string sentence;
    /// What to do; empty: nothing.
    std::string advice;
};

struct diagnosis {
    std::vector<finding> findings;
    verdict end;
};

/// From what was seen alone: the same facts, the same words.
diagnosis diagnose(facts const&);

} // namespace pmp::cli
