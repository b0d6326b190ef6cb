// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>

namespace pmp::cli {

struct heard_signal {
    int number = 0;
    /// Typed at the terminal: every process in the foreground has heard it.
    bool typed = false;
};

/// Hears on an executor, while it lives, the signals that ask this process to end; one object at a
/// time. A signal that was ignored when the process began stays ignored.
class signals {
public:
    using handler = std::function<void(heard_signal)>;

    signals(boost::asio::any_io_executor const&, handler);
    ~signals();
    /// Hears from now on also what a command may want to hear, and that a child has ended.
    void hear_for_child();
    signals(signals const&) = delete;
    signals& operator=(signals const&) = delete;

private:
    class state;
    std::shared_ptr<state> state_;
};

/// That this process is to stop, until it is told to go on: Ctrl-Z.
bool stops(heard_signal);

/// Returns once it is told to go on.
void stop_this_process();

/// That this process is to end.
bool asks_to_end(heard_signal);

/// That a child has ended.
bool is_of_child(heard_signal);

} // namespace pmp::cli
