// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pmpd {

/// What to run: a program without a shell, with an empty standard input.
struct hook_command {
    /// The program, looked for in PATH where it is no path, then its arguments.
    std::vector<std::string> arguments;
    /// `NAME=value`, and no other.
    std::vector<std::string> environment;
};

/// How a program ended: by itself, or by a signal.
struct hook_end {
    int exit_status = 0;
    /// 0: by itself.
    int signal = 0;
};

/// A program that runs. It is killed with all that it has started when this is destroyed before
/// its end.
class hook_process {
public:
    /// What it writes, to standard output and standard error alike, as it comes.
    using output_handler = std::function<void(std::string_view)>;
    /// Called once, on the executor, and last.
    using end_handler = std::function<void(hook_end)>;

    /// Where the program cannot be run, the reason.
    static pmp::result<std::unique_ptr<hook_process>>
    start(boost::asio::any_io_executor const&, hook_command const&, output_handler, end_handler);

    ~hook_process();
    hook_process(hook_process const&) = delete;
    hook_process& operator=(hook_process const&) = delete;

    /// With all that it has started; the end follows.
    void kill();

private:
    class state;

    explicit hook_process(std::shared_ptr<state>);

    std::shared_ptr<state> state_;
};

} // namespace pmpd
