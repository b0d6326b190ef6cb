// SPDX-License-Identifier: MIT
#include "daemon/metrics_desk.hpp"

#include <spdlog/fmt/fmt.h>

#include <utility>

namespace pmpd {

metrics_desk::metrics_desk(
    boost::asio::any_io_executor const& executor, pmp::client& client, teller tell
)
    : client_(client), tell_(std::move(tell)), server_(executor, [this] {
        return metrics_of(
            client_.standings(),
            client_.gateways(),
            client_.counts(),
            counts_,
            pmp::boot_clock::now()
        );
    }) {}

void metrics_desk::open(std::optional<pmp::endpoint> const& at) {
    if (!at) {
        server_.close();
        return;
    }
    if (auto const error = server_.listen(*at); error.failed()) {
        auto const where = pmp::to_string(*at);
        tell_(
            {log_level::warn,
             fmt::format("metrics can't be served at {}: {}", where, error.message()),
             {{"metrics", where, true}, {"error", error.message(), true}}}
        );
    }
}

} // namespace pmpd
