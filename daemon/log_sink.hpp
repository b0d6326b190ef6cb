// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"

#include <spdlog/common.h>
#include <spdlog/sinks/sink.h>

namespace pmpd {

/// What takes whole lines for that target. Throws `spdlog::spdlog_ex` where it can't be opened.
spdlog::sink_ptr open_sink(pmp::config::log_target const&);

} // namespace pmpd
