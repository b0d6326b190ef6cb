// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pmp::cli {

/// A program that runs in this process's group, with its input and outputs: what is typed at the
/// terminal reaches both.
class child {
public:
    using variables = std::vector<std::pair<std::string, std::string>>;

    /// `command`: a program, looked for like a shell does, and its arguments. `also`: what its
    /// environment has besides this process's own.
    static result<child> start(std::vector<std::string> const& command, variables const& also);

    void pass_on(int signal) const;
    /// Nothing while it runs; then its own status, or 128 and the signal that ended it. Never
    /// waits.
    std::optional<int> exit_status();

private:
    explicit child(std::intptr_t process) : process_(process) {}

    /// A number, or a handle: the system keeps it until the exit status is known.
    std::intptr_t process_;
    std::optional<int> status_;
};

/// Where the program is. `no_such_file_or_directory`: nowhere; `permission_denied`: it is there,
/// and can't be executed.
result<std::string> find_program(std::string const& name);

} // namespace pmp::cli
