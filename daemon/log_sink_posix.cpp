// SPDX-License-Identifier: MIT
#include "daemon/log_sink.hpp"
#include "daemon/native_log.hpp"
#include "daemon/surroundings.hpp"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/basic_file_sink.h>

namespace pmpd {

spdlog::sink_ptr open_sink(pmp::config::log_target const& target) {
    if (target.to == pmp::config::log_target::kind::file) {
        return std::make_shared<spdlog::sinks::basic_file_sink_st>(target.path.string());
    }
    auto const mode = environment_variable("NO_COLOR").empty() ? spdlog::color_mode::automatic
                                                               : spdlog::color_mode::never;
    return std::make_shared<spdlog::sinks::ansicolor_stderr_sink_st>(mode);
}

std::unique_ptr<native_log> open_event_log() {
    return nullptr;
}

std::unique_ptr<native_log> open_system_log() {
    return nullptr;
}

} // namespace pmpd
