// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/mapping.hpp>
#include <pmp/network.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pmp::cli {

/// What the command line asks a verb to do.
struct request {
    bool help = false;

    gateway_settings gateway;
    /// `--protocols` was given.
    bool only_protocols = false;
    std::chrono::seconds timeout{10};
    bool json = false;
    bool quiet = false;
    /// Absent: where pmpd listens by default.
    std::optional<std::filesystem::path> control;

    /// Empty: not said.
    std::vector<transport> transports;
    std::chrono::seconds lifetime = default_lifetime;
    /// `--lifetime` was given.
    bool lifetime_chosen = false;
    bool exact = false;
    /// Unspecified: this one.
    ip_address host{};
    /// Empty: as the library has it.
    std::string description{};
    bool keep = false;
    /// Of `doctor`: nothing is mapped.
    bool no_trial = false;

    /// What is neither an option nor an option's value.
    std::vector<std::string> words;
    /// What follows `--`, of verbs that take a command.
    std::vector<std::string> command;
};

} // namespace pmp::cli
