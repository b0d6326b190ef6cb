// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/service_host.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>

namespace pmpd {

/// A process like any other, asked by signals. From its construction on none of them ends it.
class foreground : public service_host {
public:
    explicit foreground(boost::asio::any_io_executor const&);

    void ready() override {}
    void reloading() override {}
    void stopping() override {}
    void status(std::string_view /*text*/) override {}

private:
    void wait();
    void heard(int signal);

    boost::asio::signal_set signals_;
};

} // namespace pmpd
