// SPDX-License-Identifier: MIT
#pragma once

#include "wire/http_url.hpp"
#include "wire/ssdp.hpp"

#include <pmp/clock.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace pmp {

/// A datagram to send.
struct igd_search {
    endpoint destination;
    wire::bytes bytes;
};

/// Looks for the description of the device at one address: asks that address and everybody, for
/// several things, several times, because some devices hear only the one or the other.
class igd_discovery {
public:
    explicit igd_discovery(ip_address gateway);

    /// `fallback`: where the description was before; tried where nothing answers.
    void start(time_point now, std::optional<wire::http_url> fallback);
    void stop();
    /// Where a description may be, if this told; each place once in a search.
    std::optional<wire::http_url> hear(wire::ssdp::advertisement const&);
    void tick(time_point now);
    time_point wake_at() const;

    /// The next datagram to send.
    std::optional<igd_search> poll();
    /// A search has ended without a place that is left to try: once.
    std::optional<wire::http_url> take_last_resort();
    bool running() const { return round_ < rounds(); }

private:
    static std::size_t rounds();
    void send_round();

    ip_address gateway_;
    std::size_t round_;
    time_point next_ = time_point::max();
    std::optional<wire::http_url> fallback_;
    std::vector<wire::http_url> seen_;
    std::deque<igd_search> outbox_;
};

} // namespace pmp
