// SPDX-License-Identifier: MIT
#include "dialect/igd_discovery.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

namespace pmp {

namespace ssdp = wire::ssdp;

namespace {

using std::chrono::milliseconds;

constexpr auto never = time_point::max();
constexpr std::size_t most_places = 4;

constexpr std::string_view igd_2 = "urn:schemas-upnp-org:device:InternetGatewayDevice:2";
constexpr std::string_view igd_1 = "urn:schemas-upnp-org:device:InternetGatewayDevice:1";
constexpr std::string_view wan_ip_2 = "urn:schemas-upnp-org:service:WANIPConnection:2";
constexpr std::string_view wan_ip_1 = "urn:schemas-upnp-org:service:WANIPConnection:1";
constexpr std::string_view wan_ppp = "urn:schemas-upnp-org:service:WANPPPConnection:1";
constexpr std::string_view firewall = "urn:schemas-upnp-org:service:WANIPv6FirewallControl:1";
constexpr std::string_view root_device = "upnp:rootdevice";
constexpr std::string_view everything = "ssdp:all";

/// What is asked at once, and how long until the next round. UDA 1.1 1.3.2: no more than ten
/// datagrams in 200 ms, a second to answer what is sent to a device alone, and MX + 1 s to answer
/// the last. Only after that nobody is known to speak UPnP.
struct round {
    std::array<std::string_view, 3> targets;
    milliseconds wait;
};

constexpr std::array plan = {
    round{{igd_2, igd_1, root_device}, milliseconds(250)},
    round{{wan_ip_2, wan_ip_1, wan_ppp}, milliseconds(250)},
    round{{igd_1, igd_2, root_device}, milliseconds(250)},
    round{{wan_ip_1, wan_ppp, wan_ip_2}, milliseconds(500)},
    round{{everything, root_device, {}}, milliseconds(3000)},
};

/// Nothing is dialled by IPv6 alone, and firewalls are of no use to IPv4.
std::string_view target_at(ip_address const& gateway, std::string_view target) {
    return gateway.is_v6() && target == wan_ppp ? firewall : target;
}

} // namespace

std::size_t igd_discovery::rounds() {
    return plan.size();
}

igd_discovery::igd_discovery(ip_address gateway)
    : gateway_(std::move(gateway)), round_(plan.size()) {}

void igd_discovery::start(time_point now, std::optional<wire::http_url> fallback) {
    round_ = 0;
    next_ = now;
    fallback_ = std::move(fallback);
    seen_.clear();
    outbox_.clear();
    tick(now);
}

void igd_discovery::stop() {
    round_ = plan.size();
    next_ = never;
    outbox_.clear();
}

std::optional<wire::http_url> igd_discovery::hear(ssdp::advertisement const& said) {
    auto const url = wire::parse_http_url(said.location);
    auto const own = url ? kept_to(gateway_, *url) : url;
    if (!own || seen_.size() >= most_places ||
        std::find(seen_.begin(), seen_.end(), *own) != seen_.end()) {
        return {};
    }
    seen_.push_back(*own);
    return *own;
}

void igd_discovery::tick(time_point now) {
    if (next_ > now) {
        return;
    }
    if (!running()) {
        next_ = never;
        return;
    }
    send_round();
    next_ = now + plan[round_].wait;
    ++round_;
}

time_point igd_discovery::wake_at() const {
    return next_;
}

void igd_discovery::send_round() {
    auto const groups = gateway_.is_v4() ? std::vector{ssdp::group_v4()}
                                         : std::vector{ssdp::group_v6(), ssdp::site_group_v6()};
    for (auto const planned : plan[round_].targets) {
        if (planned.empty()) {
            continue;
        }
        std::string const target(target_at(gateway_, planned));
        endpoint const own{gateway_, ssdp::port};
        endpoint const named{wire::unscoped(gateway_), ssdp::port};
        for (auto const& group : groups) {
            outbox_.push_back({group, encode(ssdp::search{group, target, 2})});
        }
        outbox_.push_back({own, encode(ssdp::search{named, target, {}})});
    }
}

std::optional<igd_search> igd_discovery::poll() {
    if (outbox_.empty()) {
        return {};
    }
    auto out = std::move(outbox_.front());
    outbox_.pop_front();
    return out;
}

std::optional<wire::http_url> igd_discovery::take_last_resort() {
    auto out = std::exchange(fallback_, std::nullopt);
    return out && std::find(seen_.begin(), seen_.end(), *out) == seen_.end() ? out : std::nullopt;
}

} // namespace pmp
