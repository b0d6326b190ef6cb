// SPDX-License-Identifier: MIT
#include "daemon/foreground.hpp"
#include "daemon/make_host.hpp"
#include "windows-service/windows_host.hpp"

namespace pmpd {

std::unique_ptr<service_host> make_host(boost::asio::any_io_executor const& executor) {
    if (auto* const status = windows_service::service_status::of_process()) {
        return std::make_unique<windows_service::windows_host>(executor, *status);
    }
    return std::make_unique<foreground>(executor);
}

} // namespace pmpd
