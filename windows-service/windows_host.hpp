// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/service_host.hpp"
#include "windows-service/service_status.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace pmpd::windows_service {

/// A service of Windows: asked by controls, and telling the service control manager how it fares.
class windows_host : public service_host {
public:
    windows_host(boost::asio::any_io_executor const&, service_status&);
    ~windows_host() override;

    void ready() override;
    void reloading() override {}
    void stopping() override;
    void status(std::string_view /*text*/) override {}

private:
    void act_on(control);
    void give_sign_of_life();

    service_status& status_;
    boost::asio::steady_timer timer_;
};

} // namespace pmpd::windows_service
