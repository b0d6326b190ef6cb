// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"
#include "daemon/control_desk.hpp"
#include "daemon/hooks.hpp"
#include "daemon/log.hpp"
#include "daemon/metrics_desk.hpp"
#include "daemon/narrator.hpp"
#include "daemon/options.hpp"
#include "daemon/paced.hpp"
#include "daemon/service_host.hpp"
#include "daemon/state_file.hpp"

#include <pmp/client.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <set>
#include <string>
#include <vector>

namespace pmpd {

/// Keeps the mappings of a configuration: joins the client, the log, the state file and whoever
/// runs it.
class daemon {
public:
    daemon(
        boost::asio::io_context&,
        service_host&,
        log&,
        state_file&,
        pmp::memory known,
        options,
        pmp::config::configuration
    );

    /// Runs the context until the daemon is stopped; returns the exit status.
    int run();

private:
    void apply();
    reload_outcome reload();
    void stop();
    void wake();
    void show_table();

    void open_desks();
    void start_client();
    void read_event();
    void hear(pmp::event const&);
    void ended(pmp::error_code);
    void finish();
    void wait_for_hooks();

    void look();
    void end_once();
    void tell_status();
    void save(pmp::memory const&);
    bool first_try_is_over(std::vector<pmp::standing> const&) const;
    void tell_start();
    void tell_stop();
    void tell_unreleased();

    boost::asio::io_context& context_;
    service_host& host_;
    log& log_;
    state_file& state_;
    options options_;
    pmp::config::configuration configuration_;
    pmp::client client_;
    narrator narrator_;
    control_desk desk_;
    hooks hooks_;
    metrics_desk metrics_;
    paced look_;
    paced once_look_;
    boost::asio::steady_timer deadline_;
    boost::asio::steady_timer save_again_;
    boost::asio::cancellation_signal stop_;
    std::set<std::string> silent_;
    /// Since the stop: mappings of which it has been said that they may stay open.
    std::set<std::string> told_open_;
    bool stopping_ = false;
    bool impatient_ = false;
    bool finished_ = false;
    int status_ = exit_status::orderly;
};

} // namespace pmpd
