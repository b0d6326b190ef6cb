// SPDX-License-Identifier: MIT
#include "daemon/log_sink.hpp"
#include "daemon/options.hpp"
#include "daemon/rotating_file_windows.hpp"
#include "daemon/surroundings.hpp"
#include "windows-service/service_status.hpp"

#include <spdlog/sinks/wincolor_sink.h>

namespace pmpd {

using pmp::config::log_target;

spdlog::sink_ptr open_sink(log_target const& target) {
    if (target.to == log_target::kind::file) {
        return std::make_shared<rotating_file>(target.path);
    }
    // A service has no standard error.
    bool const is_service = windows_service::service_status::of_process() != nullptr;
    if (is_service && target.to == log_target::kind::automatic) {
        return std::make_shared<rotating_file>(default_config().replace_filename("pmpd.log"));
    }
    auto const mode = environment_variable("NO_COLOR").empty() ? spdlog::color_mode::automatic
                                                               : spdlog::color_mode::never;
    return std::make_shared<spdlog::sinks::wincolor_stderr_sink_st>(mode);
}

} // namespace pmpd
