// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/service_host.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace pmpd {

/// Whoever runs this process: systemd where it asks to be notified, else the foreground.
std::unique_ptr<service_host> make_host(boost::asio::any_io_executor const&);

} // namespace pmpd
