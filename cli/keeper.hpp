// SPDX-License-Identifier: MIT
#pragma once

#include "cli/child.hpp"
#include "cli/console.hpp"
#include "cli/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pmp::cli {

/// Keeps mappings open that the session was just granted at this gateway, and releases them in the
/// end.
class keeper {
public:
    keeper(session&, console&, gateway_settings, std::vector<mapping>, std::vector<lease> granted);

    /// Returns the exit status.
    int until_interrupted();
    /// Returns the exit status, which is the command's own where it could be started.
    int while_running(std::vector<std::string> const& command);

private:
    int run();
    void stop();
    void read_event();
    void hear(event const&);
    void show(event const&);
    void tell_unreleased();
    void hear_for_child(heard_signal);

    session& session_;
    console& console_;
    std::vector<mapping> wished_;
    std::vector<lease> granted_;
    pmp::client& client_;
    boost::asio::cancellation_signal stop_;
    std::optional<child> child_;
    error_code outcome_;
    /// Whose release was confirmed or not.
    std::vector<std::string> told_;
    bool child_is_over_ = false;
    bool heard_end_ = false;
    bool ended_ = false;
    bool read_all_ = false;
    /// As far as the gateway has confirmed.
    bool is_left_open_ = false;
};

enum class startup : std::uint8_t { before_mapping, after_mapping };

/// Says why a command can't be started; returns the exit status.
int tell_unstartable(console&, std::vector<std::string> const& command, error_code, startup);

} // namespace pmp::cli
