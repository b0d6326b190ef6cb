// SPDX-License-Identifier: MIT
#include "dialect/igd_session.hpp"

#include <algorithm>
#include <utility>

namespace pmp {

namespace igd = wire::igd;
namespace soap = wire::soap;
using std::chrono::seconds;

namespace {

/// How soon after it was not connected.
constexpr seconds disconnected_pause{30};
/// Uptimes are rounded, and drift.
constexpr seconds uptime_slack{60};

} // namespace

void igd_session::take_status(soap::reply const& reply, time_point now) {
    if (auto const* told = std::get_if<soap::answer>(&reply)) {
        auto const status = igd::read_status(*told);
        auto const uptime = status.uptime;
        auto const since = std::chrono::duration_cast<seconds>(now - uptime_since_);
        doubtful_ = doubtful_ || (uptime_ > seconds(0) && uptime < uptime_ + since - uptime_slack);
        uptime_ = uptime;
        uptime_since_ = now;
        tells_status_ = tells_status_ || is_connected(status);
        disconnected_ = is_disconnected(status);
    }
    call(purpose::address, ask_external_address(*service_), now);
}

void igd_session::take_address(soap::reply const& reply, time_point now) {
    // An error says nothing of the connection.
    if (auto const* told = std::get_if<soap::answer>(&reply)) {
        if (auto const address = igd::read_external_address(*told)) {
            external_ = *address;
            has_no_address_ = external_.is_unspecified();
        }
    }
    external_since_ = now;
    if (cut_off()) {
        status_due_ = std::min(status_due_, now + disconnected_pause);
    }
    outbox_.emplace_back(found(false));
}

/// Some never say that they are connected: of those a word of their own says nothing.
bool igd_session::is_disconnected(igd::connection_status const& said) const {
    auto const believed = tells_status_ || external_.is_unspecified() || igd::is_disconnected(said);
    return believed && !said.status.empty() && !is_connected(said);
}

igd_found igd_session::found(bool anew) {
    return {reachable(), cut_off(), std::exchange(doubtful_, false), anew};
}

} // namespace pmp
