// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>
#include <memory>

namespace pmpd {

/// A Unix socket that listens, with its file: mode 0660, of the group `pmpd` where there is one.
/// The file is removed with it.
class control_socket {
public:
    /// Replaces the file of a daemon that is dead. `address_in_use`: something answers there;
    /// `not_supported`: something else than a socket is there. Makes the file's directory.
    static pmp::result<std::unique_ptr<control_socket>>
    listen(boost::asio::any_io_executor const&, std::filesystem::path const&);

    ~control_socket();
    control_socket(control_socket const&) = delete;
    control_socket& operator=(control_socket const&) = delete;

    /// Listens no more; the file is gone.
    void close();
    boost::asio::local::stream_protocol::acceptor& acceptor() { return acceptor_; }
    std::filesystem::path const& path() const { return path_; }

private:
    control_socket(boost::asio::any_io_executor const&, std::filesystem::path);
    pmp::error_code open();
    void remove_file() const;

    std::filesystem::path path_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    /// Of the file, so that no other's is removed.
    std::uintmax_t device_ = 0;
    std::uintmax_t inode_ = 0;
};

} // namespace pmpd
