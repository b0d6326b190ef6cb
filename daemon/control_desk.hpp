// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/control_server.hpp"
#include "daemon/log_line.hpp"
#include "daemon/paced.hpp"
#include "daemon/silence.hpp"

#include <pmp/client.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/array.hpp>

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
    /// `reload` is of the file `config`.
    control_desk(
        boost::asio::any_io_executor const&,
        pmp::client&,
        std::filesystem::path const& config,
        std::function<reload_outcome()> reload,
        teller
    );

    /// Tells where that fails; empty: nowhere.
    void open(std::filesystem::path const&);
    /// Names that mean several mappings, and which; and whom the mappings are asked of.
    void
    use(std::map<std::string, std::vector<std::string>, std::less<>> groups,
        std::vector<pmp::gateway_settings>);
    void hear(pmp::event const&);
    /// From now on nobody can change anything.
    void stopping() { stopping_ = true; }
    /// Tells those who watch what they have not been told yet.
    void flush() { feed_.flush(); }

private:
    control_commands commands(std::function<reload_outcome()> reload);
    std::size_t renew(std::string_view mapping);
    void tell_watchers();
    boost::json::array
    leases(std::vector<pmp::standing>, std::vector<pmp::gateway_standing> const&) const;

    pmp::client& client_;
    std::filesystem::path config_;
    teller tell_;
    control_server server_;
    paced feed_;
    std::vector<pmp::event> untold_;
    silence silence_;
    std::map<std::string, std::vector<std::string>, std::less<>> groups_;
    bool stopping_ = false;
};

} // namespace pmpd
