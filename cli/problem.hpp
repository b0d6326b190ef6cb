// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>
#include <pmp/network.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace pmp::cli {

/// What was wanted of the gateway: the same result means other things for each.
enum class purpose : std::uint8_t { asking, mapping, deleting };

/// What was tried, for a sentence on why it failed.
struct attempt {
    /// `map tcp port 22`: what the gateway was asked to do.
    std::string deed;
    /// Which was asked, and how.
    gateway_settings gateway;
    purpose aim = purpose::asking;
    /// The one that was suggested; 0: none.
    std::uint16_t external_port = 0;
    /// `--exact` was given.
    bool exact = false;
    /// For how long the same answer is to be expected; zero: that is not known.
    std::chrono::seconds retry_in{};
    /// This host's own address towards the gateway, where that is a public one.
    std::optional<ip_address> own_address{};
    /// The one that was to be mapped; 0: none.
    std::uint16_t internal_port = 0;
    /// What earlier runs have mapped is kept, and of this port there is nothing.
    bool unremembered = false;
    /// It was given up when its time was over, not before.
    bool out_of_time = false;
    /// Of a URL that can't be used, where one is known.
    std::string place{};
};

struct failure {
    int status;
    /// What went wrong, and what to do.
    std::string sentence;
};

failure explain(error_code, attempt, std::chrono::seconds timeout);

/// Nobody has answered, as opposed to: somebody has said no.
bool is_silence(error_code);

/// It has answered that it does not speak what it was asked in.
bool is_unspoken(error_code);

/// The gateway has answered by datagrams, and nobody can make anything of it.
bool is_malformed(error_code);

/// That this host needs no gateway, with a public address of its own.
std::string direct_words(ip_address const& own);

/// That pinholes in that gateway's firewall are of no use.
std::string open_firewall_words(ip_address const& gateway);

/// `10 s`, `2 min`, `1 h 30 min`.
std::string in_words(std::chrono::seconds);

} // namespace pmp::cli
