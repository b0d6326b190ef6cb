// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/private_file.hpp"

#include <pmp/memory.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace pmp::cli {

/// Where a later `pmp unmap` finds what `pmp map` did; empty where there is no such place.
/// `variable`: an environment variable's value, empty where it is not set.
std::filesystem::path
memory_path(std::function<std::string(char const*)> const& variable, bool is_root);

/// What pmp knows of its earlier runs: `memory.json`, and beside it `secret.json`. Nonces follow
/// from the secret, and so does the right to delete; all the rest is a convenience, and written as
/// cheaply as can be. Several processes may use it at the same time. What is wrong with the file is
/// told once, and nothing fails for it.
class memory_file {
public:
    using teller = std::function<void(std::string const& sentence)>;

    /// `ends`: whether to wait for others no longer.
    memory_file(std::filesystem::path, teller, std::function<bool()> ends);

    /// What is there already; a secret that is not kept where there is nothing.
    memory look() const;
    /// The same, but with a secret that outlives this process, unless it can't be kept.
    memory load();
    /// Adds what `now` has and `before` had not, and removes the reverse.
    void merge(memory const& before, memory const& now);

private:
    template <class Change>
    void change(Change);
    result<pmpd::file_lock> lock() const;
    std::optional<result<pmpd::file_lock>> enter();
    std::filesystem::path secret_path() const;
    memory read();
    memory read_leases();
    void write(memory const& before, memory const& known, error_code why_not);
    void tell_failure(std::string const& why);

    std::filesystem::path path_;
    teller tell_;
    std::function<bool()> ends_;
    bool told_ = false;
    /// What `secret.json` has.
    std::optional<secret> secret_;
    /// What was found last: most often nobody has changed it since.
    struct seen {
        std::string text;
        memory known;
    };
    std::optional<seen> seen_;
    /// It can't be read, or another process does not let go of it: it stays as it is.
    bool out_of_reach_ = false;
};

} // namespace pmp::cli
