// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>

namespace daemon_test {

/// A directory of its own for one test case.
class scratch {
public:
    scratch() {
        if (!std::filesystem::create_directory(path_)) {
            throw std::runtime_error("no temporary directory");
        }
    }
    ~scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    scratch(scratch const&) = delete;
    scratch& operator=(scratch const&) = delete;

    std::filesystem::path operator/(char const* name) const { return path_ / name; }

private:
    std::filesystem::path path_ = std::filesystem::temp_directory_path() /
                                  ("pmpd-test-" + std::to_string(std::random_device{}()));
};

inline std::string contents(std::filesystem::path const& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
}

/// With lines that end as in the sources, however they end on this system.
inline std::string text(std::filesystem::path const& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
}

inline void write(std::filesystem::path const& path, std::string const& text) {
    std::ofstream(path, std::ios::binary) << text;
}

} // namespace daemon_test
