// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/control_server.hpp"
#include "daemon/log_line.hpp"
#include "daemon/paced.hpp"

#include <pmp/client.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pmpd {

/// Shows a client's leases to those who come to the control socket, and lets them tell the daemon
/// what to do.
class control_desk {
public:
    /// `reload` returns all that is wrong with the file `config`.
    control_desk(
        boost::asio::any_io_executor const&,
        pmp::client&,
        std::filesystem::path const& config,
        std::function<std::vector<std::string>()> reload,
        teller
    );

    /// Tells where that fails; empty: nowhere.
    void open(std::filesystem::path const&);
    /// Names that mean several mappings, and which.
    void use(std::map<std::string, std::vector<std::string>, std::less<>> groups) {
        groups_ = std::move(groups);
    }
    void hear(pmp::event const&);
    /// From now on nobody can change anything.
    void stopping() { stopping_ = true; }
    /// Tells those who watch what they have not been told yet.
    void flush() { feed_.flush(); }

private:
    control_commands commands(std::function<std::vector<std::string>()> reload);
    std::size_t renew(std::string_view mapping);
    void tell_watchers();

    pmp::client& client_;
    std::filesystem::path config_;
    teller tell_;
    control_server server_;
    paced feed_;
    std::vector<pmp::event> untold_;
    std::map<std::string, std::vector<std::string>, std::less<>> groups_;
    bool stopping_ = false;
};

} // namespace pmpd
