// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.hpp"

#include <pmp/error.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace pmp::cli {

/// What goes wrong on this machine, of which no protocol has an error code.
namespace local_error {
inline constexpr std::string_view usage = "usage";
inline constexpr std::string_view interrupted = "interrupted";
inline constexpr std::string_view no_command = "no_command";
inline constexpr std::string_view not_executable = "not_executable";
inline constexpr std::string_view kept_by_pmpd = "kept_by_pmpd";
inline constexpr std::string_view kept_by_pmp = "kept_by_pmp";
inline constexpr std::string_view mapped_already = "mapped_already";
inline constexpr std::string_view no_table = "no_table";
inline constexpr std::string_view not_remembered = "not_remembered";
inline constexpr std::string_view no_pmpd = "no_pmpd";
inline constexpr std::string_view pmpd_refuses = "pmpd_refuses";
inline constexpr std::string_view configuration = "configuration";
} // namespace local_error

/// `{"error": {"category", "code", "name", "message", "retry_in"}}`. `retry_in`: zero is not known.
boost::json::object
error_json(error_code, std::string const& sentence, std::chrono::seconds retry_in = {});
/// The category is `local` and the code null; `name`: one of `local_error`.
boost::json::object error_json(std::string_view name, std::string const& sentence);

/// Says the sentence, in JSON too where that is wanted.
void complain(
    console&, error_code, std::string const& sentence, std::chrono::seconds retry_in = {}
);
void complain(console&, std::string_view name, std::string const& sentence);

} // namespace pmp::cli
