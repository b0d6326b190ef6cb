// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"
#include "daemon/hook_facts.hpp"
#include "daemon/hook_run.hpp"
#include "daemon/log_line.hpp"

#include <pmp/event.hpp>
#include <pmp/lease.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pmpd {

/// Runs the configured programs when something changes: of each mapping one at a time, and not
/// many of all. Where a mapping changes again before its turn has come, the program is told the
/// newest state alone.
class hooks {
public:
    using settings = pmp::config::hook_settings;

    hooks(boost::asio::any_io_executor, teller);
    ~hooks();
    hooks(hooks const&) = delete;
    hooks& operator=(hooks const&) = delete;

    /// From now on these. Those that are new are told what is held.
    void use(std::vector<settings>, std::vector<pmp::standing> const&);
    void hear(pmp::event const&);
    /// Calls `done` when nothing runs or waits any more; what takes longer than `grace` is killed.
    void finish(std::chrono::milliseconds grace, std::function<void()> done);
    /// Called with the word for how each run ended.
    void on_result(std::function<void(hook_result)> handler) { on_result_ = std::move(handler); }

private:
    /// The hook, shared with its runs, which outlive a change of the configuration.
    using shared_settings = std::shared_ptr<settings const>;
    struct waiting {
        shared_settings hook;
        hook_facts facts;
    };
    /// What a mapping, or a gateway, has to be told.
    struct lane {
        std::vector<waiting> queue;
        std::shared_ptr<hook_run> run;
    };

    void enqueue(std::string const& name, shared_settings const&, hook_facts const&);
    void start_some();
    void start(std::string const& name, lane&);
    void ended(std::string const& name, hook_result);
    void check_finished();

    boost::asio::any_io_executor executor_;
    teller tell_;
    std::vector<shared_settings> hooks_;
    std::map<std::string, lane> lanes_;
    /// Those that wait for one of the places, in the order in which they came.
    std::deque<std::string> ready_;
    std::size_t running_ = 0;
    boost::asio::steady_timer grace_;
    std::function<void()> done_;
    std::function<void(hook_result)> on_result_;
};

} // namespace pmpd
