// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/control_stream.hpp"

#include <pmp/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <memory>

namespace pmpd {

/// Where clients come in: a Unix socket with its file, mode 0660, of the group `pmpd` where there
/// is one; on Windows a named pipe for administrators and the account that runs the daemon.
class control_socket {
public:
    /// Replaces the file of a daemon that is dead, and makes the file's directory.
    /// `address_in_use`: something answers there; `not_supported`: that is no place for one.
    static pmp::result<std::unique_ptr<control_socket>>
    listen(boost::asio::any_io_executor const&, std::filesystem::path const&);

    ~control_socket();
    control_socket(control_socket const&) = delete;
    control_socket& operator=(control_socket const&) = delete;

    /// Listens no more; the file is gone.
    void close();
    bool is_open() const;
    /// The next client. `operation_aborted`: it is closed.
    boost::asio::awaitable<pmp::result<control_stream>> accept();
    std::filesystem::path const& path() const;

private:
    class state;
    explicit control_socket(std::shared_ptr<state>);

    std::shared_ptr<state> state_;
};

} // namespace pmpd
