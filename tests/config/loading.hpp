// SPDX-License-Identifier: MIT
#pragma once

#include "parsing.hpp"

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

namespace config_test {

/// A file that lives as long as this.
class temporary_file {
public:
    explicit temporary_file(std::string_view content)
        : path_(
              std::filesystem::temp_directory_path() /
              ("pmp-config-" + std::to_string(std::random_device{}()) + ".yaml")
          ) {
        std::ofstream(path_, std::ios::binary) << content;
    }
    ~temporary_file() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    temporary_file(temporary_file const&) = delete;
    temporary_file& operator=(temporary_file const&) = delete;

    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline std::string complaint_loading(std::filesystem::path const& path) {
    auto const loaded = pmp::config::load(path);
    auto const* const found = std::get_if<pmp::config::problems>(&loaded);
    BOOST_REQUIRE(found != nullptr);
    BOOST_REQUIRE(found->size() == 1U);
    return to_string(found->front(), "F");
}

} // namespace config_test
