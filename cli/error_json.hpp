// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.hpp"

#include <pmp/error.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <string>

namespace pmp::cli {

/// `{"error": {"category", "code", "name", "message", "retry_in"}}`; where there is no error code,
/// all but the message are null. `retry_in`: zero is not known.
boost::json::object
error_json(error_code, std::string const& sentence, std::chrono::seconds retry_in = {});

/// Says the sentence, in JSON too where that is wanted.
void complain(
    console&, error_code, std::string const& sentence, std::chrono::seconds retry_in = {}
);

} // namespace pmp::cli
