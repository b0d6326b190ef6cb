// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/memory.hpp>

#include <filesystem>
#include <functional>
#include <string>

namespace pmp::cli {

/// Where a later `pmp unmap` finds what `pmp map` did; empty where there is no such place.
/// `variable`: an environment variable's value, empty where it is not set.
std::filesystem::path
memory_path(std::function<std::string(char const*)> const& variable, bool is_root);

/// What pmp knows of its earlier runs. Several processes may use it at the same time. What is
/// wrong with the file is told once, and nothing fails for it.
class memory_file {
public:
    using teller = std::function<void(std::string const& sentence)>;

    memory_file(std::filesystem::path, teller);

    /// What is there already; a secret that is not kept where there is nothing.
    memory look() const;
    /// The same, but whose secret is on disk, unless it can't be kept.
    memory load();
    /// Adds what `now` has and `before` had not, and removes the reverse.
    void merge(memory const& before, memory const& now);

private:
    template <class Change>
    void change(Change);
    memory read();
    void tell_failure(std::string const& why);

    std::filesystem::path path_;
    teller tell_;
    bool told_ = false;
};

} // namespace pmp::cli
