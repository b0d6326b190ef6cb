// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.hpp"

#include <pmp/error.hpp>

#include <boost/json/object.hpp>

#include <string>

namespace pmp::cli {

/// `{"error": {"category", "code", "name", "message"}}`; where there is no error code, all but the
/// message are null.
boost::json::object error_json(error_code, std::string const& sentence);

/// Says the sentence, in JSON too where that is wanted.
void complain(console&, error_code, std::string const& sentence);

} // namespace pmp::cli
