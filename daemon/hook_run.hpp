// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"
#include "daemon/hook_facts.hpp"
#include "daemon/hook_process.hpp"
#include "daemon/log_line.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace pmpd {

enum class hook_result : std::uint8_t { ok, failed, timeout, not_started };

/// As in the log and in the metrics.
std::string_view to_string(hook_result);

/// One run of a hook: from its start, or the failure of that, to its end, told to the log.
class hook_run : public std::enable_shared_from_this<hook_run> {
public:
    using settings = pmp::config::hook_settings;

    /// `ended` is called once, on the executor, never from inside of `start()`.
    hook_run(
        boost::asio::any_io_executor,
        std::shared_ptr<settings const>,
        hook_facts,
        teller,
        std::function<void(hook_result)> ended
    );

    void start();
    void kill();

private:
    void hear(std::string_view output);
    void tell_line(std::string_view);
    void end(hook_end);
    void tell(log_level, std::string message, std::vector<field> more) const;

    boost::asio::any_io_executor executor_;
    std::shared_ptr<settings const> settings_;
    hook_facts facts_;
    teller tell_;
    std::function<void(hook_result)> ended_;
    std::unique_ptr<hook_process> process_;
    boost::asio::steady_timer timeout_;
    bool timed_out_ = false;
    /// Of a line that has not ended yet.
    std::string output_;
    std::size_t told_ = 0;
};

} // namespace pmpd
